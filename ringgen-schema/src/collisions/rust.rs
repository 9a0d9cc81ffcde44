//! Methods and constants that fields and cases bring along in Rust, where a field itself is none of them.

use std::borrow::Cow;

use super::{Entry, LANGUAGES, Named, choose, no_collisions};
use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::names;
use crate::reserved::{self, Taken};
use crate::schema::{CaseDecl, FieldDecl, Schema, VariantDecl};
use crate::type_expr::{Head, TypeExpr};

/// Reports names of a struct's fields that its methods, or those of its builder, can't have, or have twice.
pub(super) fn methods(schema: &Schema, fields: &[Named<'_>], findings: &mut Findings) {
    // Structs of a Rust file have the methods that it gives them.
    if schema.origin.is_rust() {
        return;
    }
    let rust = &LANGUAGES[0];
    let (mut methods, mut constants) = (Vec::new(), Vec::new());
    for of in fields {
        let Named { field, name, ty: Some(ty), .. } = *of else { continue };
        let (spelt, span) = (of.spelt.rust.trim_start_matches("r#"), of.span(rust));
        let taken = reserved::rust_builder(spelt)
            .or_else(|| has_getter(field, ty).then(|| reserved::rust_method(spelt)).flatten());
        if let Some(Taken { by }) = taken {
            let message = format!("a field can't be called `{spelt}` in Rust");
            let finding = Finding::new(&codes::R010, span, message).label(by);
            findings.push(finding.help(choose(rust, schema.origin, &name.value)));
        }
        let entry = |name: Cow<'static, str>, what| Entry { span, ..Entry::new(name, what, of.name) };
        if has_getter(field, ty) {
            methods.push(Entry { span, ..Entry::new(spelt, "`$name` reads `$origin`", name) });
        }
        if has_setter(field, ty) {
            methods.push(entry(format!("set_{spelt}").into(), "`$name` sets `$origin`"));
        }
        if ty.is_list() {
            methods.push(entry(format!("push_{spelt}").into(), "`$name` adds to `$origin`"));
        }
        if field.null.is_some() || field.range.is_some() {
            let upper = names::upper_case(spelt);
            if field.null.is_some() {
                constants.push(entry(format!("{upper}_NULL").into(), "`$name` stands for no value of `$origin`"));
            }
            if field.range.is_some() {
                constants.push(entry(format!("{upper}_RANGE").into(), "`$name` is the range of `$origin`"));
            }
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
        let what = "`$name` makes a `$type` of `$origin`";
        functions.push(Entry { ty: &of.name.value, ..Entry::new(function, what, name) });
    }
    no_collisions(functions, " in Rust", |_| rename(), findings);
}

fn rename() -> String {
    "give the case another name: `name = \"…\"`".to_string()
}
