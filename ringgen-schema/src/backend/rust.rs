//! The Rust backend: plain structs, and the derive that proves them to be what the plan says.
//!
//! What is printed computes nothing: the derive gets the plan's fingerprints and refuses to compile if rustc lays the
//! struct out in any other way. Names of ours are spelt `::ringgen::…` and `::core::…`, as those of a schema may be any.

mod enums;
mod rings;
mod structs;
mod told;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use ringgen_layout::Scalar;
use syn::Ident;

use super::Backend;
use super::text::{GENERATED, paragraphs};
use crate::plan::{Constant, ConstantValue, Element, FieldPlan, Plan, TypePlan};

/// Prints Rust.
pub(super) struct Rust;

impl Backend for Rust {
    fn language(&self) -> &'static str {
        "rust"
    }

    fn extension(&self) -> &'static str {
        "rs"
    }

    fn emit(&self, plan: &Plan) -> String {
        if plan.origin.is_rust() {
            return told::print(plan);
        }
        let module_doc = format!("Package `{}`, version {}.", plan.package, plan.version);
        let module_doc = paragraphs([plan.doc.as_str(), &module_doc]);
        let module_doc = module_doc.lines().map(spaced);
        let (lints, items) = (lints(), items(plan));
        let tokens = quote! {
            #(#![doc = #module_doc])*
            #![allow(#lints)]
            #![cfg_attr(rustfmt, rustfmt_skip)]
            #items
        };
        let file = parsed(tokens);
        separated(&format!("// {GENERATED}\n{}", prettyplease::unparse(&file)))
    }
}

/// Prints Rust for `include!` in a module: that can't hold inner attributes, so each item has outer ones.
pub struct IncludedRust;

impl Backend for IncludedRust {
    fn language(&self) -> &'static str {
        Rust.language()
    }

    fn extension(&self) -> &'static str {
        Rust.extension()
    }

    fn emit(&self, plan: &Plan) -> String {
        if plan.origin.is_rust() {
            return told::print(plan);
        }
        separated(&format!("// {GENERATED}\n{}", prettyplease::unparse(&parsed(rust_items(plan)))))
    }
}

/// The items of a package alone, for a macro to expand in a module of the user's: what the file says of itself in inner
/// attributes, each item says in outer ones.
pub fn rust_items(plan: &Plan) -> TokenStream {
    let lints = lints();
    let items = parsed(items(plan)).items;
    quote!(#(#[allow(#lints)] #items)*)
}

fn items(plan: &Plan) -> TokenStream {
    let constants = plan.constants.iter().map(constant);
    let types = plan.own_types().iter().map(|ty| match ty {
        TypePlan::Enum(of) => enums::print(of),
        TypePlan::Struct(of) => structs::print(plan, of),
        TypePlan::Variant(_) => TokenStream::new(),
    });
    let rings = plan
        .rings
        .iter()
        .filter(|ring| matches!(plan.ty(ring.message), TypePlan::Struct(_)))
        .map(|ring| rings::print(plan, ring));
    quote!(#(#constants)* #(#types)* #(#rings)*)
}

/// What lints have to say of generated code, nobody can mend in it.
fn lints() -> TokenStream {
    quote!(dead_code, unreachable_pub, clippy::all, clippy::pedantic, clippy::nursery, rustdoc::all)
}

fn parsed(tokens: TokenStream) -> syn::File {
    syn::parse2(tokens).expect("a plan's names are identifiers of Rust, so what is printed parses")
}

/// The type of a field as a user of the crate `ringgen` spells it: `[Level; 5]`, `Str<12>`.
pub fn rust_type(plan: &Plan, field: &FieldPlan) -> String {
    type_in(plan, field, "")
}

/// The same, with `root` in front of the crate's own types.
fn type_in(plan: &Plan, field: &FieldPlan, root: &str) -> String {
    let FieldPlan { size, dims, .. } = field;
    let element = match field.element {
        Element::Scalar(Scalar::Bool) => format!("{root}Bool"),
        Element::Scalar(scalar) => scalar.name().to_string(),
        Element::Str(length) => format!("{root}Str<{length}>"),
        Element::Bytes => "u8".to_string(),
        Element::Text(max) => format!("{root}TextRef<{max}>"),
        Element::Blob(max) => format!("{root}BlobRef<{max}>"),
        Element::Type(id) => plan.ty(id).name().to_string(),
        Element::Pad => format!("{root}Pad<{size}>"),
        Element::Reserved => format!("{root}Reserved<{size}>"),
    };
    dims.iter().rev().fold(element, |inner, length| format!("[{inner}; {length}]"))
}

fn constant(of: &Constant) -> TokenStream {
    let name = ident(&of.name);
    let ty = ident(of.scalar.name());
    let value = match of.value {
        ConstantValue::Integer(value) => integer(value),
        ConstantValue::Bool(value) => quote!(#value),
        ConstantValue::Float(value) => float(of.scalar, value),
    };
    let doc = doc([of.doc.as_str(), if of.doc.is_empty() { "A constant of the schema." } else { "" }]);
    quote!(#doc pub const #name: #ty = #value;)
}

fn float(scalar: Scalar, value: f64) -> TokenStream {
    let ty = ident(scalar.name());
    if value.is_nan() {
        return quote!(#ty::NAN);
    }
    if value.is_infinite() {
        return if value > 0.0 { quote!(#ty::INFINITY) } else { quote!(#ty::NEG_INFINITY) };
    }
    // The shortest digits that give this value back in its own width, not in f64's.
    let digits = if scalar == Scalar::F32 { format!("{:?}", value.abs() as f32) } else { format!("{:?}", value.abs()) };
    let digits: Literal = digits.parse().expect("a finite float prints as a literal");
    if value.is_sign_negative() { quote!(-#digits) } else { quote!(#digits) }
}

/// An integer without a suffix; the place it stands in has a type.
fn integer(value: i128) -> TokenStream {
    let digits = Literal::u128_unsuffixed(value.unsigned_abs());
    if value < 0 { quote!(-#digits) } else { quote!(#digits) }
}

/// Doc comments, one paragraph each; empty ones are left out.
fn doc<const N: usize>(texts: [&str; N]) -> TokenStream {
    let text = paragraphs(texts);
    let lines = text.lines().map(spaced);
    quote!(#(#[doc = #lines])*)
}

fn spaced(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(" {line}") }
}

fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, proc_macro2::Span::call_site()),
        None => format_ident!("{name}"),
    }
}

/// A blank line in front of each item that follows another: prettyplease prints none, and rustfmt keeps them.
fn separated(source: &str) -> String {
    let mut text = String::with_capacity(source.len() + source.len() / 16);
    let mut previous = "";
    for line in source.lines() {
        let starts_item = |line: &str| line.starts_with("///") || line.starts_with("#[");
        let ends_item = |line: &str| line == "}" || line.ends_with(';') || line.starts_with("#![") || line == "{}";
        let begins = starts_item(line) || line.starts_with("impl ") || line.starts_with("pub ");
        if !line.starts_with(' ') && begins && ends_item(previous) && !previous.starts_with(' ') {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        previous = line;
    }
    text
}
