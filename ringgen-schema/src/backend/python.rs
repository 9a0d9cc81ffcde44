//! The Python backend: ctypes structures with checked properties, and rings that import the package `ringgen` late.
//!
//! A generated module needs nothing but the standard library until a ring is created or a dtype asked for. Names of its
//! own begin with `_`, which no name of a schema does but those of padding, so that neither hides the other.

mod broken;
mod checks;
mod class;
mod code;
mod enums;
mod fields;
mod helpers;
mod history;
mod modules;
mod push;
mod rings;
mod scalars;
mod structs;
mod values;
mod variants;

use self::code::{Code, docstring};
use super::Backend;
use super::text::{GENERATED, paragraphs};
use super::used::Used;
use crate::plan::{Constant, Plan, TypePlan};

/// Prints Python.
pub(super) struct Python;

impl Backend for Python {
    fn language(&self) -> &'static str {
        "python"
    }

    fn extension(&self) -> &'static str {
        "py"
    }

    fn emit(&self, plan: &Plan) -> String {
        let mut constants = Code::default();
        for of in &plan.constants {
            constant(&mut constants, of);
        }
        let mut body = Code::default();
        for ty in plan.own_types() {
            match ty {
                TypePlan::Enum(of) => enums::print(&mut body, of),
                TypePlan::Struct(of) => structs::print(&mut body, plan, of),
                TypePlan::Variant(of) => variants::print(&mut body, plan, of),
            }
        }
        for ring in &plan.rings {
            rings::print(&mut body, plan, ring);
        }
        let mut used = Used::by(body.text());
        let mut remade = Code::default();
        modules::remade(&mut remade, plan, &used);
        used.and_by(constants.text());
        used.and_by(remade.text());
        let mut helpers = Code::default();
        helpers::print(&mut helpers, plan, &mut used);
        used.and_by(helpers.text());

        let mut head = Code::default();
        let version = format!("Package `{}`, version {}.", plan.package, plan.version);
        docstring(&mut head, &paragraphs([plan.doc.as_str(), &version]));
        helpers::imports(&mut head, plan, &used);
        if helpers.text().contains("\ndef ") && !plan.constants.is_empty() {
            // Two blank lines behind a function; what else begins the body brings them along.
            helpers.line("");
        }
        let parts = [&head, &helpers, &constants, &remade, &body];
        let mut text = format!("# {GENERATED}\n{}", directives(plan, parts.iter().any(|part| part.is_wide())));
        text.reserve(parts.iter().map(|part| part.text().len()).sum());
        text.extend(parts.map(Code::text));
        text.truncate(text.trim_end().len());
        text + "\n"
    }
}

/// What linters and formatters are told of names that they would not choose.
fn directives(plan: &Plan, is_wide: bool) -> String {
    let mut codes = Vec::new();
    if has_ambiguous_name(plan) {
        codes.extend(["E741", "E743"]);
    }
    if is_wide {
        codes.push("E501");
    }
    let mut lines = String::new();
    if !codes.is_empty() {
        lines += &format!("# ruff: noqa: {}\n", codes.join(", "));
    }
    if is_wide {
        lines += "# fmt: off, because of names that are too long for a line\n";
    }
    lines
}

/// Whether a field has one of the names that look like digits, which linters warn of.
fn has_ambiguous_name(plan: &Plan) -> bool {
    plan.types.iter().any(|ty| match ty {
        TypePlan::Struct(of) => of.data_fields().any(|field| matches!(field.names.python.as_str(), "l" | "O" | "I")),
        TypePlan::Enum(_) | TypePlan::Variant(_) => false,
    })
}

fn constant(code: &mut Code, of: &Constant) {
    code.line("");
    code.line(format!("{}: _t.Final = {}", of.name, scalars::literal(of.value)));
    let ty = format!("`{}`.", of.scalar.name());
    docstring(code, &paragraphs([of.doc.as_str(), &ty]));
}
