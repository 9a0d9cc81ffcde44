//! The C backend: a header of plain structs for C11 and C++17, with an assertion for every number in the plan.
//!
//! It asks for no more than a freestanding compiler. Every byte is a member and every struct states its alignment, so
//! no target has a choice left, be it one whose ABI aligns a `uint64_t` to 4. Nothing has external linkage, hence no
//! `extern "C"`. Macros that are not a schema's begin with `RINGGEN_`, as no package is called like that.

mod comment;
mod enums;
mod literal;
mod structs;
mod support;
mod variants;

use self::comment::comment;
use super::Backend;
use super::text::{GENERATED, paragraphs, text};
use crate::plan::{Constant, Plan, TypeId, TypePlan};
use crate::spell;

/// Prints C.
pub(super) struct C;

impl Backend for C {
    fn language(&self) -> &'static str {
        "c"
    }

    fn extension(&self) -> &'static str {
        "h"
    }

    fn emit(&self, plan: &Plan) -> String {
        let guard = text!("RINGGEN_{}_H_", plan.package.to_ascii_uppercase());
        let mut text = text!("/* {GENERATED} */\n/* clang-format off */\n\n{}", head(plan));
        text += &text!("#ifndef {guard}\n#define {guard}\n\n");
        text += if support::has_bool(plan) { "#include <stdbool.h>\n" } else { "" };
        text += "#include <stddef.h>\n#include <stdint.h>\n";
        text.extend(plan.imports.iter().map(|import| text!("\n#include \"{}.h\"", import.package)));
        text += if plan.imports.is_empty() { "" } else { "\n" };
        text += support::BYTE_ORDER;
        text += "\n/** The version of the package's types. */\n";
        text += &text!("#define {} {}\n", spell::c_macro(&plan.package, &["PACKAGE_VERSION"]), plan.version);
        text.extend(plan.constants.iter().map(|of| constant(plan, of)));
        text += &support::before(plan);
        text.extend(plan.own_types().iter().map(|ty| match ty {
            TypePlan::Enum(of) => enums::print(plan, of),
            TypePlan::Struct(of) => structs::print(plan, of),
            TypePlan::Variant(of) => variants::print(plan, of),
        }));
        text += &support::after(plan);
        text + &text!("\n#endif /* {guard} */\n")
    }
}

/// The type with this index; one of another package by that package's name.
fn type_name(plan: &Plan, id: TypeId) -> String {
    let import = plan.imports.iter().find(|import| import.types.contains(&id));
    spell::c_type(import.map_or(&plan.package, |import| &import.package), plan.ty(id).name())
}

/// The comment about the whole file.
fn head(plan: &Plan) -> String {
    let Plan { package, version, doc, .. } = plan;
    let what = text!("Package `{package}`, version {version}: the layout of its messages, for C11 and C++17.");
    let conventions = "Behind each member stand its offset and its type in the schema. Bytes without a meaning are zero: \
                       start from\n`= {0}` in C, `= {}` in C++. A `bool` is a byte: write 0 or 1, and read any other \
                       value as true. A `str[N]` is UTF-8,\nNUL padded, with no NUL at its end if it fills all N bytes. \
                       Enums are open: a peer may send a value that has no name.";
    let text = paragraphs([doc.as_str(), what.as_str(), conventions]);
    comment("", &text).replacen("/**\n", &text!("/**\n * @file {package}.h\n *\n"), 1)
}

fn constant(plan: &Plan, of: &Constant) -> String {
    let value = literal::number(of.scalar, of.value);
    let name = spell::c_macro(&plan.package, &[&of.name]);
    text!("\n{}#define {name} {value}\n", comment("", &of.doc))
}
