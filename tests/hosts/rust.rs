//! rustc as a witness: a program over `generated/rust` that prints `offset_of!` and `size_of`.

use std::fmt::Write;
use std::process::Command;

use ringgen_layout::StructKind;
use ringgen_schema::plan::{ConstantValue, Plan, StructPlan};

use crate::common;
use crate::facts::{self, Said, Set};

/// Prints facts; the rest of the program is generated.
const HELPERS: &str = r#"
fn fact(key: &str, value: impl core::fmt::Display) {
    println!("rustc\t{key}\t{value}");
}

fn size_of_field<S, T>(_: fn(&S) -> &T) -> usize {
    core::mem::size_of::<T>()
}
"#;

/// Compiles the program and runs it.
pub(crate) fn ask(set: &Set) -> Said {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (source, program) = (folder.path().join("facts.rs"), folder.path().join("facts"));
    std::fs::write(&source, text(set)).expect("a fresh directory");
    let ringgen = common::ringgen_library();
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024", "--crate-name", "facts", "-A", "warnings", "-C", "debuginfo=0"]);
    rustc.arg("--extern").arg(format!("ringgen={}", ringgen.display()));
    rustc.arg("-L").arg(format!("dependency={}", common::target_dir().join("debug/deps").display()));
    rustc.arg("-o").arg(&program).arg(&source);
    let output = rustc.output().expect("rustc runs");
    assert!(output.status.success(), "{rustc:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    facts::said(&mut Command::new(program))
}

fn text(set: &Set) -> String {
    let mut modules = String::new();
    let mut body = String::new();
    let folder = set.generated("rust");
    for plan in &set.plans {
        let path = folder.join(format!("{}.rs", plan.package));
        let _ = writeln!(modules, "#[path = {path:?}]\nmod {};", plan.package);
        for of in facts::structs(plan) {
            structure(&mut body, plan, of);
        }
        others(&mut body, plan);
    }
    format!("{modules}{HELPERS}\nfn main() {{\n{body}}}\n")
}

fn structure(body: &mut String, plan: &Plan, of: &StructPlan) {
    let ty = format!("{}::{}", plan.package, of.name);
    let key = format!("{}.{}", plan.package, of.name);
    let mut fact = |what: &str, value: &str| {
        let _ = writeln!(body, "    fact({what:?}, {value});");
    };
    fact(&format!("size {key}"), &format!("core::mem::size_of::<{ty}>()"));
    fact(&format!("align {key}"), &format!("core::mem::align_of::<{ty}>()"));
    fact(&format!("layout_hash {key}"), &format!("{ty}::LAYOUT_HASH"));
    if of.kind == StructKind::Message {
        // The hash of the text that a ring gets, not the number that the generator wrote beside it.
        fact(
            &format!("schema_text {key}"),
            &format!("<{ty} as ringgen::Message>::schema_text().replace('\\n', \"⏎\")"),
        );
        let hash = format!("ringgen::Hash::of(<{ty} as ringgen::Message>::schema_text().as_bytes())");
        fact(&format!("schema_hash {key}"), &hash);
        fact(&format!("version {key}"), &format!("<{ty} as ringgen::Message>::PACKAGE_VERSION"));
    }
    for field in &of.fields {
        let name = &field.names.rust;
        let value = format!(
            "format_args!(\"{{}} {{}}\", core::mem::offset_of!({ty}, {name}), size_of_field(|of: &{ty}| &of.{name}))"
        );
        fact(&format!("field {key}.{}", field.name), &value);
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
    for ring in facts::rings(plan) {
        let ty = format!("{package}::{}", ring.type_name);
        let words = format!("format!(\"{{:?}} {{:?}}\", {ty}::KIND, {ty}::WAIT).to_lowercase()");
        let value = format!("format_args!(\"{{}} {{}} {{}}\", {ty}::NAME, {ty}::CAPACITY, {words})");
        fact(format!("ring {package}.{}", ring.type_name), value);
    }
}
