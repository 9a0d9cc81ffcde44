//! gcc as a witness: C11 structs with natural types, and what `offsetof` and `sizeof` make of them.
//!
//! Only padding that the schema names is a member here; the rest is left to the compiler, which puts it where the C
//! ABI wants it. Scalars state their alignment, as the format does: on 32-bit x86 a `double` in a struct would have 4.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

use ringgen_layout::{Scalar, ScalarKind};
use ringgen_schema::plan::{Element, FieldPlan, Plan, StructPlan, TypePlan};

use crate::facts::{self, Said};

/// What came of asking for another machine.
pub(crate) enum Verdict {
    /// Every assertion holds there.
    Agrees,
    /// This compiler can't compile for it.
    NoSuchTarget(String),
}

/// Compiles a program that prints the layout, and runs it.
pub(crate) fn ask(plans: &[Plan]) -> Said {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let program = folder.path().join("facts");
    let mut text = "#include <stdio.h>\n".to_string() + &declarations(plans) + "int main(void) {\n";
    each(plans, |key, c, field| {
        let _ = match field {
            None => writeln!(
                text,
                "  printf(\"gcc\\tsize {key}\\t%zu\\ngcc\\talign {key}\\t%zu\\n\", sizeof({c}), _Alignof({c}));"
            ),
            Some((field, true)) => writeln!(
                text,
                "  printf(\"gcc\\tfield {key}\\t%zu %zu\\n\", offsetof({c}, {field}), sizeof((({c} *)0)->{field}));"
            ),
            // The compiler's own: it lies between the ends of what is there.
            Some((_, false)) => Ok(()),
        };
    });
    gaps(plans, &mut text);
    text += "  return 0;\n}\n";
    let output = gcc(folder.path(), &text, &["-o", "facts"]);
    assert!(output.status.success(), "gcc:\n{}", String::from_utf8_lossy(&output.stderr));
    facts::said(&mut Command::new(program))
}

/// Compiles assertions for a 32-bit machine. Nothing runs, so that no 32-bit libraries are needed.
pub(crate) fn assert_for_32_bits(plans: &[Plan]) -> Verdict {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let flags = ["-m32", "-ffreestanding", "-c", "-o", "facts.o"];
    let probe = "_Static_assert(sizeof(void *) == 4, \"32 bits\");\nint x;\n";
    let output = gcc(folder.path(), probe, &flags);
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Verdict::NoSuchTarget(why.lines().next().unwrap_or("gcc -m32 fails").to_string());
    }
    let mut text = declarations(plans);
    let mut assert = |what: String, number: u32, key: &str| {
        let _ = writeln!(text, "_Static_assert({what} == {number}, \"{key}: {number} in the plan\");");
    };
    for plan in plans {
        for of in facts::structs(plan) {
            let (c, key) = (c_name(plan, of), format!("schemas/{}.toml: {}", plan.package, of.name));
            assert(format!("sizeof({c})"), of.size, &key);
            assert(format!("_Alignof({c})"), of.align, &key);
            for field in of.fields.iter().filter(|field| !is_implied(field)) {
                let key = format!("{key}.{}", field.name);
                assert(format!("offsetof({c}, {})", member(field)), field.offset, &key);
                assert(format!("sizeof((({c} *)0)->{})", member(field)), field.size, &key);
            }
        }
    }
    let output = gcc(folder.path(), &text, &flags);
    assert!(output.status.success(), "gcc -m32:\n{}", String::from_utf8_lossy(&output.stderr));
    Verdict::Agrees
}

fn gcc(folder: &Path, text: &str, flags: &[&str]) -> Output {
    std::fs::write(folder.join("facts.c"), text).expect("a fresh directory");
    let mut gcc = Command::new("gcc");
    gcc.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "facts.c"]).args(flags).current_dir(folder);
    gcc.output().expect("gcc runs: it must be on the machine")
}

/// Calls `tell` with the key and C type of each struct, and of each of its fields: the member's name, and whether it
/// is one.
fn each(plans: &[Plan], mut tell: impl FnMut(&str, &str, Option<(&str, bool)>)) {
    for plan in plans {
        for of in facts::structs(plan) {
            let (c, key) = (c_name(plan, of), format!("{}.{}", plan.package, of.name));
            tell(&key, &c, None);
            for field in &of.fields {
                tell(&format!("{key}.{}", field.name), &c, Some((&member(field), !is_implied(field))));
            }
        }
    }
}

/// Prints where the compiler left room: from the end of one member to the start of the next, or to the struct's end.
fn gaps(plans: &[Plan], text: &mut String) {
    for plan in plans {
        for of in facts::structs(plan) {
            let c = c_name(plan, of);
            for (index, field) in of.fields.iter().enumerate().filter(|(_, field)| is_implied(field)) {
                let end = |of: &FieldPlan| format!("offsetof({c}, {0}) + sizeof((({c} *)0)->{0})", member(of));
                let start = index.checked_sub(1).map_or("(size_t)0".to_string(), |before| end(&of.fields[before]));
                let stop = match of.fields.get(index + 1) {
                    Some(next) => format!("offsetof({c}, {})", member(next)),
                    None => format!("sizeof({c})"),
                };
                let key = format!("field {}.{}.{}", plan.package, of.name, field.name);
                let _ = writeln!(text, "  printf(\"gcc\\t{key}\\t%zu %zu\\n\", {start}, {stop} - ({start}));");
            }
        }
    }
}

fn declarations(plans: &[Plan]) -> String {
    let mut text = "#include <stddef.h>\n#include <stdint.h>\n#include <stdbool.h>\n".to_string();
    for plan in plans {
        for of in facts::structs(plan) {
            // A member's alignment is the struct's too, so an over-aligned struct asks for it at its first member.
            let c = c_name(plan, of);
            let _ = writeln!(text, "{c} {{");
            let mut align = of.align;
            for field in of.fields.iter().filter(|field| !is_implied(field)) {
                let dims: String = field.dims.iter().map(|length| format!("[{length}]")).collect();
                let (ty, own, tail) = spelling(plan, field);
                let align = std::mem::replace(&mut align, 0).max(own);
                let _ = writeln!(text, "  _Alignas({align}) {ty} {}{dims}{tail};", member(field));
            }
            text += "};\n";
        }
    }
    text
}

/// The C type of one element, its alignment, and what stands behind the dimensions.
fn spelling(plan: &Plan, field: &FieldPlan) -> (String, u32, String) {
    let scalar = |scalar: Scalar| {
        let bits = scalar.bits();
        let name = match scalar.kind() {
            ScalarKind::Unsigned => format!("uint{bits}_t"),
            ScalarKind::Signed => format!("int{bits}_t"),
            ScalarKind::Float => if bits == 32 { "float" } else { "double" }.to_string(),
            ScalarKind::Bool => "bool".to_string(),
        };
        (name, scalar.size(), String::new())
    };
    match field.element {
        Element::Scalar(of) => scalar(of),
        Element::Str(length) => ("char".to_string(), 1, format!("[{length}]")),
        Element::Bytes => ("uint8_t".to_string(), 1, String::new()),
        Element::Pad | Element::Reserved => ("uint8_t".to_string(), 1, format!("[{}]", field.size)),
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(of) => scalar(of.repr),
            TypePlan::Struct(of) => (c_name(plan, of), of.align, String::new()),
        },
    }
}

/// Whether the schema leaves this padding to the generator, and this test to the compiler.
fn is_implied(field: &FieldPlan) -> bool {
    let number = field.name.strip_prefix("_pad").unwrap_or_default();
    field.element == Element::Pad && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn c_name(plan: &Plan, of: &StructPlan) -> String {
    format!("struct {}_{}", plan.package, of.name)
}

/// No keyword and no macro begins like this.
fn member(field: &FieldPlan) -> String {
    format!("f_{}", field.name)
}
