//! rustc as a witness: a program over `generated/rust` that prints `offset_of!` and `size_of`.

use std::fmt::Write;
use std::process::Command;

use ringgen_layout::StructKind;
use ringgen_schema::plan::{ConstantValue, Plan, StructPlan, VariantPlan};

use crate::common;
use crate::facts::{self, Said, Set};
use crate::rust_values::Values;

/// Prints facts; the rest of the program is generated.
const HELPERS: &str = r#"
fn fact(key: &str, value: impl core::fmt::Display) {
    println!("rustc\t{key}\t{value}");
}

fn size_of_field<S, T>(_: fn(&S) -> &T) -> usize {
    core::mem::size_of::<T>()
}

// Tag and payload are private; what the derive proves of them is what rustc told it.
fn variant<T: ringgen::__private::DescribedVariant>(key: &str) {
    let [tag, .., payload] = T::MEMBERS else { panic!("{key} has a tag and a payload") };
    for member in [tag, payload] {
        let (offset, size) = (member.offset, member.ty.total_size().expect("it has a size"));
        fact(&format!("field {key}.{}", member.name), format_args!("{offset} {size}"));
    }
}

// All bytes of a value, and the same value from them.
fn encode<T: ringgen::Pod + PartialEq + core::fmt::Debug>(key: &str, value: T) {
    #[repr(C, align(128))]
    struct Aligned([u8; 65536]);
    let mut aligned = Aligned([0; 65536]);
    let bytes = &mut aligned.0[..core::mem::size_of::<T>()];
    ringgen::__private::put_case(bytes, &value);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("rustc by builders\tencode {key}\t{hex}");
    assert_eq!(ringgen::__private::case_in::<T>(bytes), &value);
}

// What a type says of its own layout, without the text that was written into the file.
fn describes_itself<T: ringgen::Message>() {
    let layout = |text: &str| text.lines().take_while(|line| !line.starts_with('#')).map(String::from).collect::<Vec<_>>();
    let own = ringgen::__private::schema_text::<T>(None);
    assert_eq!(layout(&own), layout(&T::schema_text()), "{}", T::NAME);
}
"#;

/// Compiles a program over the modules of a set, and runs it. It builds values of the first `built` packages alone: that
/// takes rustc longer than all the rest.
pub(crate) fn ask(set: &Set, built: usize) -> Said {
    ask_all(std::slice::from_ref(set), built).pop().expect("one set has one answer")
}

/// The same for sets whose modules may have the same names: one program, run once for each.
pub(crate) fn ask_all(sets: &[Set], built: usize) -> Vec<Said> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (source, program) = (folder.path().join("facts.rs"), folder.path().join("facts"));
    let (mut text, mut arms) = (String::new(), String::new());
    for (index, set) in sets.iter().enumerate() {
        let _ = writeln!(text, "mod set_{index} {{\n{}}}\n", module(set, built));
        let _ = writeln!(arms, "        \"{index}\" => set_{index}::main(),");
    }
    let _ = writeln!(
        text,
        "fn main() {{\n    match std::env::args().nth(1).unwrap().as_str() {{\n{arms}        _ => panic!(),\n    }}\n}}"
    );
    std::fs::write(&source, text).expect("a fresh directory");
    let ringgen = common::ringgen_library();
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024", "--crate-name", "facts", "-A", "warnings", "-C", "debuginfo=0"]);
    rustc.arg("--extern").arg(format!("ringgen={}", ringgen.display()));
    rustc.arg("-L").arg(format!("dependency={}", common::target_dir().join("debug/deps").display()));
    rustc.arg("-o").arg(&program).arg(&source);
    let output = rustc.output().expect("rustc runs");
    assert!(output.status.success(), "{rustc:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    (0..sets.len()).map(|index| facts::said(Command::new(&program).arg(index.to_string()))).collect()
}

fn module(set: &Set, built: usize) -> String {
    let mut modules = String::new();
    let mut body = String::new();
    let folder = set.generated("rust");
    let values = Values::of(&set.plans);
    for (index, plan) in set.plans.iter().enumerate() {
        let path = folder.join(format!("{}.rs", plan.package));
        let _ = writeln!(modules, "#[path = {path:?}]\nmod {};", plan.package);
        facts::structs(plan).for_each(|of| structure(&mut body, plan, of));
        facts::variants(plan).for_each(|of| variant(&mut body, plan, of));
        others(&mut body, plan);
        for ty in facts::composed(plan).filter(|_| index < built) {
            let key = format!("{}.{}", plan.package, ty.name());
            // In a frame of its own: unoptimized, one for all of them would be larger than a stack.
            let value = values.expression(plan, ty);
            let _ = writeln!(body, "    {{ fn all() {{ encode({key:?}, {value}) }} all() }}");
        }
    }
    format!("{modules}{HELPERS}\npub fn main() {{\n{body}}}\n")
}

/// What is known of every type that lies in memory as a whole, and of those that travel.
fn whole(body: &mut String, key: &str, ty: &str, travels: bool) {
    let mut fact = |what: &str, value: &str| {
        let _ = writeln!(body, "    fact({what:?}, {value});");
    };
    fact(&format!("size {key}"), &format!("core::mem::size_of::<{ty}>()"));
    fact(&format!("align {key}"), &format!("core::mem::align_of::<{ty}>()"));
    fact(&format!("layout_hash {key}"), &format!("{ty}::LAYOUT_HASH"));
    if travels {
        // The hash of the text that a ring gets, not the number that the generator wrote beside it.
        fact(
            &format!("schema_text {key}"),
            &format!("<{ty} as ringgen::Message>::schema_text().replace('\\n', \"⏎\")"),
        );
        let hash = format!("ringgen::Hash::of(<{ty} as ringgen::Message>::schema_text().as_bytes())");
        fact(&format!("schema_hash {key}"), &hash);
        fact(&format!("version {key}"), &format!("<{ty} as ringgen::Message>::PACKAGE_VERSION"));
        let _ = writeln!(body, "    describes_itself::<{ty}>();");
    }
}

fn structure(body: &mut String, plan: &Plan, of: &StructPlan) {
    let ty = format!("{}::{}", plan.package, of.name);
    let key = format!("{}.{}", plan.package, of.name);
    whole(body, &key, &ty, of.kind == StructKind::Message);
    let mut fact = |what: &str, value: &str| {
        let _ = writeln!(body, "    fact({what:?}, {value});");
    };
    for field in &of.fields {
        let name = &field.names.rust;
        let value = format!(
            "format_args!(\"{{}} {{}}\", core::mem::offset_of!({ty}, {name}), size_of_field(|of: &{ty}| &of.{name}))"
        );
        fact(&format!("field {key}.{}", field.name), &value);
    }
}

fn variant(body: &mut String, plan: &Plan, of: &VariantPlan) {
    let package = &plan.package;
    let (ty, key) = (format!("{package}::{}", of.name), format!("{package}.{}", of.name));
    whole(body, &key, &ty, true);
    let _ = writeln!(body, "    variant::<{ty}>({key:?});");
    for case in &of.cases {
        let what = format!("value {key}.{}", case.name);
        let zero = format!("&{package}::{}::ZERO", plan.ty(case.ty).name());
        let _ = writeln!(body, "    fact({what:?}, {ty}::from({ty}View::{}({zero})).tag());", case.name);
    }
}

fn others(body: &mut String, plan: &Plan) {
    let package = &plan.package;
    let mut fact = |what: String, value: String| {
        let _ = writeln!(body, "    fact({what:?}, {value});");
    };
    for of in facts::enums(plan) {
        for value in &of.values {
            let key = format!("value {package}.{}.{}", of.name, value.name);
            fact(key, format!("{package}::{}::{}.0", of.name, value.rust_const));
        }
    }
    for constant in &plan.constants {
        let name = &constant.name;
        let value = match constant.value {
            ConstantValue::Float(_) => format!("format_args!(\"{{:016x}}\", f64::from({package}::{name}).to_bits())"),
            _ => format!("{package}::{name}"),
        };
        fact(format!("constant {package}.{name}"), value);
    }
    for ring in &plan.rings {
        let ty = format!("{package}::{}", ring.type_name);
        let words = format!("format!(\"{{:?}} {{:?}}\", {ty}::KIND, {ty}::WAIT).to_lowercase()");
        let value = format!("format_args!(\"{{}} {{}} {{}}\", {ty}::NAME, {ty}::CAPACITY, {words})");
        fact(format!("ring {package}.{}", ring.type_name), value);
    }
}
