//! The Python backend: ctypes structures with checked properties, and rings that import the package `ringgen` late.
//!
//! A generated module needs nothing but the standard library until a ring is created or a dtype asked for. Names of its
//! own begin with `_`, which no name of a schema does but those of padding, so that neither hides the other.

mod code;
mod enums;
mod fields;
mod helpers;
mod rings;
mod structs;

use self::code::{Code, docstring};
use super::Backend;
use super::text::{GENERATED, paragraphs};
use crate::plan::{Constant, ConstantValue, Plan, TypePlan};

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
        let mut body = Code::default();
        for of in &plan.constants {
            constant(&mut body, of);
        }
        for ty in plan.own_types() {
            match ty {
                TypePlan::Enum(of) => enums::print(&mut body, of),
                TypePlan::Struct(of) => structs::print(&mut body, plan, of),
                TypePlan::Variant(_) => {}
            }
        }
        for ring in plan.rings.iter().filter(|ring| matches!(plan.ty(ring.message), TypePlan::Struct(_))) {
            rings::print(&mut body, plan, ring);
        }
        let body = body.finish();

        let mut file = Code::default();
        file.line(format!("# {GENERATED}"));
        if has_ambiguous_name(plan) {
            file.line("# ruff: noqa: E741, E743");
        }
        let version = format!("Package `{}`, version {}.", plan.package, plan.version);
        docstring(&mut file, &paragraphs([plan.doc.as_str(), &version]));
        let helpers = helpers::used_by(&body, plan);
        helpers::imports(&mut file, &format!("{helpers}{body}"));
        // Two blank lines behind a function; what else begins the body brings them along.
        let gap = if helpers.contains("\ndef ") && !plan.constants.is_empty() { "\n" } else { "" };
        format!("{}{helpers}{gap}{body}", file.finish()).trim_end().to_string() + "\n"
    }
}

/// Whether a field has one of the names that look like digits, which linters warn of.
fn has_ambiguous_name(plan: &Plan) -> bool {
    plan.types.iter().any(|ty| match ty {
        TypePlan::Struct(of) => of.data_fields().any(|field| matches!(field.names.python.as_str(), "l" | "O" | "I")),
        TypePlan::Enum(_) | TypePlan::Variant(_) => false,
    })
}

fn constant(code: &mut Code, of: &Constant) {
    let value = match of.value {
        ConstantValue::Integer(value) => value.to_string(),
        ConstantValue::Bool(value) => if value { "True" } else { "False" }.to_string(),
        ConstantValue::Float(value) if value.is_finite() => format!("{value:?}"),
        ConstantValue::Float(value) => format!("float(\"{value}\")"),
    };
    code.line("");
    code.line(format!("{}: _t.Final = {value}", of.name));
    let ty = format!("`{}`.", of.scalar.name());
    docstring(code, &paragraphs([of.doc.as_str(), &ty]));
}

/// `-0x8000_0000`, grouped by four digits.
fn hexadecimal(value: i128) -> String {
    let digits = format!("{:X}", value.unsigned_abs());
    let head = digits.len() % 4;
    let mut groups: Vec<&str> = Vec::new();
    if head > 0 {
        groups.push(&digits[..head]);
    }
    let mut rest = &digits[head..];
    while !rest.is_empty() {
        groups.push(&rest[..4]);
        rest = &rest[4..];
    }
    format!("{}0x{}", if value < 0 { "-" } else { "" }, groups.join("_"))
}
