//! `validate`: what a peer may have got wrong, found before it is believed.
//!
//! Enums, flags, tags of variants and booleans are open, so there is nothing about them that can be wrong.

use super::template::{call, rust};
use super::values::{self, Content, OUTCOME, labels};
use super::words::{fallible, grouped};
use crate::backend::text::text;
use crate::plan::{Element, FieldPlan, Plan, StructPlan, TypePlan};

/// Whether there is anything to ask about a struct.
pub(super) fn asks(plan: &Plan, of: &StructPlan) -> bool {
    of.data_fields().any(|field| {
        let inner = field.element.ty().is_some_and(|id| asks_type(plan, plan.ty(id)));
        let is_text = matches!(field.element, Element::Str(_) | Element::Text(_) | Element::Blob(_));
        inner || is_text || field.range.is_some() || field.list.is_some()
    })
}

/// Whether there is anything to ask about a type.
fn asks_type(plan: &Plan, ty: &TypePlan) -> bool {
    match ty {
        TypePlan::Enum(_) => false,
        TypePlan::Struct(of) => asks(plan, of),
        TypePlan::Variant(of) => of.cases.iter().any(|case| asks_type(plan, plan.ty(case.ty))),
    }
}

/// The method of a struct.
pub(super) fn print(plan: &Plan, of: &StructPlan) -> String {
    let checks: Vec<String> = of.data_fields().filter_map(|field| check(plan, of, field)).collect();
    let why =
        if checks.is_empty() { "Never: any bytes are a valid value." } else { "For the first field that is wrong." };
    let doc = fallible("Checks what the type of each field leaves open: ranges, lengths of lists, text.", why);
    let body = match checks.as_slice() {
        [] => "::ringgen::__private::any_bytes_are_valid(self)".to_string(),
        checks => text!("{}\n::core::result::Result::Ok(())", checks.join("\n")),
    };
    let outcome = OUTCOME;
    rust!(
        "
        $doc
        pub fn validate(&self) -> $outcome {
            $body
        }
        ",
        doc,
        outcome,
        body
    )
}

/// What is asked about a field: a statement.
fn check(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> Option<String> {
    let (name, labels) = (&field.names.rust, labels(of, field));
    let ask = |function: &str, arguments: &[&str]| call(8, &text!("::ringgen::__private::{function}"), arguments, "?;");
    if let Content::Length { items } = Content::of(field) {
        let list = &of.fields[items];
        let (labels, length, limit) = (values::labels(of, list), text!("self.{name}"), grouped(list.dims[0]));
        return Some(ask("check_length", &[&labels, &length, &limit]));
    }
    // Bytes have a dimension that is none of an array's.
    let depth = field.dims.len();
    // All elements one after the other, as a slice.
    let all = match (field.list.is_some(), depth) {
        (true, 1) => text!("self.{name}()"),
        (true, _) => text!("self.{name}().as_flattened()"),
        (false, 1) => text!("&self.{name}"),
        (false, _) => text!("self.{name}.as_flattened()"),
    };
    let one = text!("&self.{name}");
    let range = text!("&Self::{}", values::range_constant(field));
    match (field.element, Content::of(field)) {
        (_, Content::Nullable(_)) => field.range.map(|_| {
            let check = call(12, "::ringgen::__private::check_range", &[&labels, name, &range], "?;");
            rust!(
                "
                if let ::core::option::Option::Some($name) = self.$name() {
                    $check
                }
                ",
                name,
                check
            )
        }),
        (Element::Str(_), _) if depth == 0 => Some(ask("check_text", &[&labels, &one])),
        (Element::Str(_), _) => Some(ask("check_texts", &[&labels, &all])),
        (Element::Text(_) | Element::Blob(_), _) if depth == 0 => Some(ask("check_reference", &[&labels, &one])),
        (Element::Text(_) | Element::Blob(_), _) => Some(ask("check_references", &[&labels, &all])),
        (Element::Type(id), _) if asks_type(plan, plan.ty(id)) => Some(match depth {
            0 => text!("self.{name}.validate()?;"),
            _ => text!("for item in {all} {{\n    item.validate()?;\n}}"),
        }),
        (Element::Scalar(_), _) => field.range.map(|_| match depth {
            0 => ask("check_range", &[&labels, &text!("self.{name}"), &range]),
            _ => ask("check_ranges", &[&labels, &all, &range]),
        }),
        _ => None,
    }
}
