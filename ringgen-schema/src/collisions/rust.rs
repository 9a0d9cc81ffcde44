//! Methods and constants that fields and cases bring along in Rust, where a field itself is none of them.

use super::{Entry, LANGUAGES, choose, no_collisions};
use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::names;
use crate::reserved::{self, Taken};
use crate::schema::{CaseDecl, FieldDecl, Schema, StructDecl, VariantDecl};
use crate::spell;
use crate::type_expr::{Head, TypeExpr};

/// Reports names of a struct's fields that its methods, or those of its builder, can't have, or have twice.
pub(super) fn methods(schema: &Schema, of: &StructDecl, parsed: &[Option<TypeExpr>], findings: &mut Findings) {
    // Structs of a Rust file have the methods that it gives them.
    if schema.origin.is_rust() {
        return;
    }
    let rust = &LANGUAGES[0];
    let (mut methods, mut constants) = (Vec::new(), Vec::new());
    for (field, parsed) in of.fields.iter().flatten().zip(parsed) {
        let (Some(name), Some(ty)) = (&field.name, parsed) else { continue };
        let spelt = spell::field(&name.value, &field.overrides, false).rust;
        let spelt = spelt.trim_start_matches("r#");
        let span = field.overrides.rust.as_ref().map_or(&name.span, |chosen| &chosen.span);
        let taken = reserved::rust_builder(spelt)
            .or_else(|| has_getter(field, ty).then(|| reserved::rust_method(spelt)).flatten());
        if let Some(Taken { by }) = taken {
            let message = format!("a field can't be called `{spelt}` in Rust");
            let finding = Finding::new(&codes::R010, span, message).label(by);
            findings.push(finding.help(choose(rust, schema.origin, &name.value)));
        }
        let entry = |spelt: String, does: &str| Entry {
            what: format!("`{spelt}` {does} `{}`", name.value),
            name: spelt,
            span,
            origin: &name.value,
        };
        if has_getter(field, ty) {
            methods.push(entry(spelt.to_string(), "reads"));
        }
        if has_setter(field, ty) {
            methods.push(entry(format!("set_{spelt}"), "sets"));
        }
        if ty.is_list() {
            methods.push(entry(format!("push_{spelt}"), "adds to"));
        }
        let upper = names::upper_case(spelt);
        if field.null.is_some() {
            constants.push(entry(format!("{upper}_NULL"), "stands for no value of"));
        }
        if field.range.is_some() {
            constants.push(entry(format!("{upper}_RANGE"), "is the range of"));
        }
    }
    for scope in [methods, constants] {
        no_collisions(scope, " in Rust", |entry| choose(rust, schema.origin, entry.origin), findings);
    }
}

/// Whether a method of a field's name says what the field holds.
fn has_getter(field: &FieldDecl, ty: &TypeExpr) -> bool {
    field.null.is_some() || ty.is_list()
}

fn has_setter(field: &FieldDecl, ty: &TypeExpr) -> bool {
    let is_text = matches!(ty.head, Head::Str(_)) && !ty.has_elements();
    has_getter(field, ty) || field.range.is_some() || is_text
}

/// Reports names of a variant's cases that its functions and its view can't have, or have twice.
pub(super) fn cases(of: &VariantDecl, findings: &mut Findings) {
    let mut functions = Vec::new();
    for name in of.cases.iter().flatten().filter_map(CaseDecl::name) {
        let function = names::snake_case(&name.value);
        if let Some(Taken { by }) = reserved::case(&name.value, &function) {
            let message = format!("a case can't be called `{}`", name.value);
            findings.push(Finding::new(&codes::R010, &name.span, message).label(by).help(rename()));
        }
        let what = format!("`{function}` makes a `{}` of `{}`", of.name.value, name.value);
        functions.push(Entry { name: function, what, span: &name.span, origin: &name.value });
    }
    no_collisions(functions, " in Rust", |_| rename(), findings);
}

fn rename() -> String {
    "give the case another name: `name = \"…\"`".to_string()
}
