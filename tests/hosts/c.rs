//! gcc and g++ as witnesses: a program over `generated/c` that prints `offsetof`, `sizeof` and the constants; and the
//! headers without the padding that the generator named, which a compiler then has to put there by itself.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use ringgen_layout::{EnumKind, Scalar, ScalarKind, StructKind};
use ringgen_schema::plan::{Element, EnumPlan, FieldPlan, Plan, StructPlan, VariantPlan};
use ringgen_schema::upper_case;

use crate::common::compilers::Compiler;
use crate::facts::{self, Facts, Said, Set};

/// What the program begins with, which is C and C++ at once.
const HEAD: &str = r#"
#include <stdio.h>
#include <string.h>

/* Members that a schema gives up have a place all the same. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#ifdef __cplusplus
#define WITNESS "g++"
#define ALIGNOF alignof
#else
#define WITNESS "gcc"
#define ALIGNOF _Alignof
#endif
#define FACT(key, format, ...) printf(WITNESS "\t" key "\t" format "\n", __VA_ARGS__)

static unsigned long long number(uint64_t value) { return value; }
static long long signed_number(int64_t value) { return value; }

static unsigned long long bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

int main(void)
{
    /* Of which a schema may need none. */
    (void)number;
    (void)signed_number;
    (void)bits;
"#;

/// What the program has to print: the layout, and what has a constant or a function in C.
pub(crate) fn facts(plan: &Plan) -> Facts {
    let mut facts = facts::everything(plan);
    facts.retain(|key, _| !key.starts_with("ring ") && !key.starts_with("schema_text "));
    for of in facts::structs(plan) {
        facts.extend(of.id.map(|id| (format!("id {}.{}", plan.package, of.name), id.to_string())));
    }
    for of in facts::enums(plan).filter(|of| of.kind == EnumKind::Enum) {
        let key = format!("{}.{}", plan.package, of.name);
        facts.extend(of.values.iter().map(|value| (format!("name {key} {}", value.value), value.name.clone())));
        facts.insert(format!("name {key} {}", nameless(of)), "none".to_string());
    }
    for of in plan.constants.iter().filter(|of| has_width(of.scalar)) {
        facts.insert(format!("width {}.{}", plan.package, of.name), of.scalar.size().to_string());
    }
    facts
}

/// Whether a constant is as wide as its type: narrower integers are `int`s, as in all of C.
fn has_width(scalar: Scalar) -> bool {
    scalar.kind() == ScalarKind::Float || scalar.bits() == 64
}

/// A value that has no name.
fn nameless(of: &EnumPlan) -> i128 {
    (0..).find(|number| of.values.iter().all(|value| value.value != *number)).expect("an enum has few names")
}

/// Compiles the program and runs it.
pub(crate) fn ask(set: &Set, compiler: Compiler) -> Said {
    let mut text = HEAD.to_string();
    for plan in &set.plans {
        facts::structs(plan).for_each(|of| structure(&mut text, plan, of));
        facts::variants(plan).for_each(|of| variant(&mut text, plan, of));
        facts::enums(plan).for_each(|of| enumeration(&mut text, plan, of));
        constants(&mut text, plan);
    }
    text += "    return 0;\n}\n";
    let folder = tempfile::tempdir().expect("a temporary directory");
    write(folder.path(), set, &text, |_, header| header);
    compiler.compile(folder.path(), ["facts.c", "-o", "facts"]);
    facts::said(&mut Command::new(folder.path().join("facts")))
}

/// Compiles assertions of the plan's numbers about the types of the headers. Nothing runs, so that what has no
/// libraries here can be asked too.
pub(crate) fn assert(set: &Set, compiler: Compiler) {
    let mut text =
        "#pragma GCC diagnostic ignored \"-Wdeprecated-declarations\"\n#ifdef __cplusplus\n#define _Static_assert static_assert\n#define _Alignof alignof\n#endif\n".to_string();
    let mut assert = |what: String, number: u32, key: &str| {
        let _ = writeln!(text, "_Static_assert({what} == {number}, \"{key}: {number} in the plan\");");
    };
    for plan in &set.plans {
        for of in facts::structs(plan) {
            let (c, key) = (c_name(plan, of), format!("schemas/{}.toml: {}", plan.package, of.name));
            assert(format!("sizeof({c})"), of.size, &key);
            assert(format!("_Alignof({c})"), of.align, &key);
            for field in &of.fields {
                assert(format!("offsetof({c}, {})", field.names.c), field.offset, &format!("{key}.{}", field.name));
            }
        }
    }
    let folder = tempfile::tempdir().expect("a temporary directory");
    write(folder.path(), set, &text, |_, header| header);
    compiler.compile(folder.path(), ["-fsyntax-only", "facts.c"]);
}

/// Compiles the headers without the padding that the schema left to the generator. Their assertions about all other
/// members and the sizes must hold still: this is where the C ABI of a 64-bit machine wants padding.
pub(crate) fn assert_without_padding(set: &Set, compiler: Compiler) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let mut removed = 0;
    write(folder.path(), set, "", |plan, mut header| {
        for of in facts::structs(plan) {
            for field in of.fields.iter().filter(|field| is_implied(field)) {
                let (c, name, FieldPlan { offset, size, .. }) = (c_name(plan, of), &field.names.c, field);
                let asserted = format!("RINGGEN_MEMBER_({c}, {name}, {offset}, {size});\n");
                let declared = format!("    uint8_t {name}[{size}]; /* {offset}: pad[{size}] */\n");
                let start = header.find(&format!("typedef struct {c} {{")).expect("the struct is declared");
                let at = start + header[start..].find(&declared).expect("its padding is a member");
                header.replace_range(at..at + declared.len(), "");
                assert!(header.contains(&asserted), "{asserted}");
                header = header.replace(&asserted, "");
                removed += 1;
            }
        }
        header
    });
    assert!(removed > 10, "{removed} runs of padding");
    compiler.compile(folder.path(), ["-fsyntax-only", "facts.c"]);
}

/// Writes the headers, as `edit` has them, and a program that includes them.
fn write(folder: &Path, set: &Set, text: &str, mut edit: impl FnMut(&Plan, String) -> String) {
    let mut includes = String::new();
    for plan in &set.plans {
        let name = format!("{}.h", plan.package);
        let header = edit(plan, set.text(&format!("c/{name}")));
        std::fs::write(folder.join(&name), header).expect("a fresh directory");
        let _ = writeln!(includes, "#include \"{name}\"");
    }
    std::fs::write(folder.join("facts.c"), includes + text).expect("a fresh directory");
}

fn structure(text: &mut String, plan: &Plan, of: &StructPlan) {
    let (c, key) = (c_name(plan, of), format!("{}.{}", plan.package, of.name));
    let constant = |what: &str| format!("{}_{}_{what}", plan.package.to_uppercase(), upper_case(&of.name));
    let mut fact = |what: &str, format: &str, value: &str| {
        let _ = writeln!(text, "    FACT(\"{what}\", \"{format}\", {value});");
    };
    fact(&format!("size {key}"), "%zu", &format!("sizeof({c})"));
    fact(&format!("align {key}"), "%zu", &format!("ALIGNOF({c})"));
    fact(&format!("layout_hash {key}"), "%s", &constant("LAYOUT_HASH"));
    if of.kind == StructKind::Message {
        fact(&format!("schema_hash {key}"), "%s", &constant("SCHEMA_HASH"));
        let version = format!("{}_PACKAGE_VERSION", plan.package.to_uppercase());
        fact(&format!("version {key}"), "%llu", &format!("number({version})"));
    }
    if of.id.is_some() {
        fact(&format!("id {key}"), "%llu", &format!("number({})", constant("ID")));
    }
    let _ = writeln!(text, "    extern {c} of_{c};");
    for FieldPlan { name, names, .. } in &of.fields {
        let value = format!("offsetof({c}, {0}), sizeof of_{c}.{0}", names.c);
        let _ = writeln!(text, "    FACT(\"field {key}.{name}\", \"%zu %zu\", {value});");
    }
}

fn variant(text: &mut String, plan: &Plan, of: &VariantPlan) {
    let (c, key) = (format!("{}_{}", plan.package, of.name), format!("{}.{}", plan.package, of.name));
    let prefix = format!("{}_{}", plan.package.to_uppercase(), upper_case(&of.name));
    let mut fact = |what: &str, format: &str, value: &str| {
        let _ = writeln!(text, "    FACT(\"{what}\", \"{format}\", {value});");
    };
    fact(&format!("size {key}"), "%zu", &format!("sizeof({c})"));
    fact(&format!("align {key}"), "%zu", &format!("ALIGNOF({c})"));
    fact(&format!("layout_hash {key}"), "%s", &format!("{prefix}_LAYOUT_HASH"));
    fact(&format!("schema_hash {key}"), "%s", &format!("{prefix}_SCHEMA_HASH"));
    fact(&format!("version {key}"), "%llu", &format!("number({}_PACKAGE_VERSION)", plan.package.to_uppercase()));
    for case in &of.cases {
        let value = format!("number({prefix}_{})", upper_case(&case.name));
        fact(&format!("value {key}.{}", case.name), "%llu", &value);
    }
    let _ = writeln!(text, "    extern {c} of_{c};");
    for part in ["tag", "payload"] {
        let value = format!("offsetof({c}, {part}), sizeof of_{c}.{part}");
        let _ = writeln!(text, "    FACT(\"field {key}.{part}\", \"%zu %zu\", {value});");
    }
}

fn enumeration(text: &mut String, plan: &Plan, of: &EnumPlan) {
    let key = format!("{}.{}", plan.package, of.name);
    let prefix = format!("{}_{}", plan.package.to_uppercase(), upper_case(&of.name));
    let (format, number) = printed(of.repr);
    for value in &of.values {
        let constant = format!("{prefix}_{}", value.names.c);
        let _ = writeln!(text, "    FACT(\"value {key}.{}\", \"{format}\", {number}({constant}));", value.name);
        if of.kind == EnumKind::Enum {
            let name = format!("{}_{}_name({constant})", plan.package, of.name);
            let _ = writeln!(text, "    FACT(\"name {key} {}\", \"%s\", {name});", value.value);
        }
    }
    if of.kind == EnumKind::Enum {
        let (nameless, name) = (nameless(of), format!("{}_{}_name", plan.package, of.name));
        let _ =
            writeln!(text, "    FACT(\"name {key} {nameless}\", \"%s\", {name}({nameless}) ? \"some\" : \"none\");");
    }
}

fn constants(text: &mut String, plan: &Plan) {
    for of in &plan.constants {
        let (key, name) =
            (format!("{}.{}", plan.package, of.name), format!("{}_{}", plan.package.to_uppercase(), of.name));
        let (format, value) = match of.scalar.kind() {
            ScalarKind::Bool => ("%s", format!("{name} ? \"true\" : \"false\"")),
            ScalarKind::Float => ("%016llx", format!("bits({name})")),
            _ => (printed(of.scalar).0, format!("{}({name})", printed(of.scalar).1)),
        };
        let _ = writeln!(text, "    FACT(\"constant {key}\", \"{format}\", {value});");
        if has_width(of.scalar) {
            let _ = writeln!(text, "    FACT(\"width {key}\", \"%zu\", sizeof({name}));");
        }
    }
}

/// How an integer is printed: its format, and the function that makes it as wide as that.
fn printed(scalar: Scalar) -> (&'static str, &'static str) {
    if scalar.kind() == ScalarKind::Signed { ("%lld", "signed_number") } else { ("%llu", "number") }
}

/// Whether the schema leaves this padding to the generator.
fn is_implied(field: &FieldPlan) -> bool {
    let number = field.name.strip_prefix("_pad").unwrap_or_default();
    field.element == Element::Pad && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn c_name(plan: &Plan, of: &StructPlan) -> String {
    format!("{}_{}", plan.package, of.name)
}
