//! The Rust backend: plain structs, and the derive that proves them to be what the plan says.
//!
//! What is printed computes nothing: the derive gets the plan's fingerprints and refuses to compile if rustc lays the
//! type out in any other way. Names of ours are spelt `::ringgen::…` and `::core::…`, as those of a schema may be any.
//!
//! ```text
//!   structs.rs    the struct itself                     enums.rs      enums and flags
//!   values.rs     what a field may hold, and setters    variants.rs   variants and their views
//!   validate.rs   what a peer may have got wrong        rings.rs      rings
//!   builder.rs    all of it by name                     words.rs      literals, docs, names
//! ```

mod builder;
mod enums;
mod rings;
mod structs;
mod told;
mod validate;
mod values;
mod variants;
mod words;

use proc_macro2::TokenStream;
use quote::quote;
use ringgen_layout::Scalar;

use self::words::{doc, float, grouped, ident, integer, spaced};
use super::Backend;
use super::text::{GENERATED, paragraphs};
use crate::plan::{Constant, ConstantValue, Element, FieldPlan, ImportPlan, Plan, TypePlan};

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
        let mut module_doc = format!("Package `{}`, version {}.", plan.package, plan.version);
        let imports: Vec<String> = plan.imports.iter().map(|of| format!("`{}`", of.package)).collect();
        if !imports.is_empty() {
            module_doc +=
                &format!(" Its module stands beside those of the packages that it imports: {}.", imports.join(", "));
        }
        let module_doc = paragraphs([plan.doc.as_str(), &module_doc]);
        let module_doc = module_doc.lines().map(spaced);
        let head = prettyplease::unparse(&parsed(quote!(#(#![doc = #module_doc])*)));
        // One by one, for the trees of a large package together are more than caches hold.
        let items: String = items(plan).map(|item| prettyplease::unparse(&parsed(item))).collect();
        let lints = inner_lints();
        separated(&format!("// {GENERATED}\n{head}{lints}#![cfg_attr(rustfmt, rustfmt_skip)]\n{items}"))
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
/// attributes, each item says in an outer one.
pub fn rust_items(plan: &Plan) -> TokenStream {
    let lints = LINTS.iter().flat_map(|(lints, _)| *lints);
    let lints = lints.map(|lint| lint.parse::<TokenStream>().expect("a path is made of tokens"));
    let lints = quote!(#[allow(#(#lints),*)]);
    let items = items(plan).flat_map(|item| parsed(item).items);
    quote!(#(#lints #items)*)
}

/// The items that the package has, those of one declaration together.
fn items(plan: &Plan) -> impl Iterator<Item = TokenStream> {
    let imports = plan.imports.iter().map(|of| import(plan, of));
    let constants = plan.constants.iter().map(constant);
    let types = plan.own_types().iter().map(|ty| match ty {
        TypePlan::Enum(of) => enums::print(plan, of),
        TypePlan::Struct(of) => structs::print(plan, of),
        TypePlan::Variant(of) => variants::print(plan, of),
    });
    let rings = plan.rings.iter().map(|ring| rings::print(plan, ring));
    imports.chain(constants).chain(types).chain(rings)
}

/// What lints say of generated code that nobody can mend there, and why not. The tests know of each that it is needed;
/// docs/decisions/0011 says more.
const LINTS: &[(&[&str], &str)] = &[
    (&["dead_code", "unreachable_pub"], "a program uses a part of what its schema declares"),
    (&["deprecated"], "a type is made of all its members, those that were given up too"),
    (
        &[
            "non_snake_case",
            "clippy::enum_variant_names",
            "clippy::iter_not_returning_iterator",
            "clippy::len_without_is_empty",
            "clippy::self_named_constructors",
            "clippy::should_implement_trait",
            "clippy::struct_field_names",
            "clippy::upper_case_acronyms",
            "clippy::used_underscore_binding",
            "clippy::wrong_self_convention",
        ],
        "names are the schema's",
    ),
    (&["clippy::approx_constant"], "numbers are the schema's"),
    (
        &["clippy::doc_lazy_continuation", "clippy::doc_markdown", "clippy::tabs_in_doc_comments", "rustdoc::all"],
        "docs are the schema's, and for every language",
    ),
    (
        &["clippy::large_types_passed_by_value", "clippy::trivially_copy_pass_by_ref"],
        "every type has the same methods, be it large or small",
    ),
    (&["clippy::missing_fields_in_debug"], "what is shown is data, and no padding"),
    (&["clippy::nursery"], "clippy is not done with these itself"),
];

/// The attributes of a file, in lines of readable length.
fn inner_lints() -> String {
    let mut text = String::new();
    for (lints, reason) in LINTS {
        let mut line = "#![allow(".to_string();
        for part in lints.iter().map(|lint| format!("{lint}, ")).chain([format!("reason = \"{reason}\")]\n")]) {
            if line.len() + part.len() > 120 {
                text += line.trim_end();
                line = "\n    ".to_string();
            }
            line += &part;
        }
        text += &line;
    }
    text
}

fn parsed(tokens: TokenStream) -> syn::File {
    syn::parse2(tokens).expect("a plan's names are identifiers of Rust, so what is printed parses")
}

/// The type of a field as a user of the crate `ringgen` spells it: `[Level; 5]`, `Str<12>`.
pub fn rust_type(plan: &Plan, field: &FieldPlan) -> String {
    array_of(&element_type(plan, field, ""), &field.dims)
}

/// The type of a field in generated code; `outer` of its dimensions are left out.
fn type_within(plan: &Plan, field: &FieldPlan, outer: usize) -> syn::Type {
    let spelt = array_of(&element_type(plan, field, "::ringgen::"), &field.dims[outer..]);
    syn::parse_str(&spelt).expect("a plan's types are types of Rust")
}

/// The type of a field in generated code.
fn type_of(plan: &Plan, field: &FieldPlan) -> syn::Type {
    type_within(plan, field, 0)
}

fn array_of(element: &str, dims: &[u32]) -> String {
    dims.iter().rev().fold(element.to_string(), |inner, length| format!("[{inner}; {}]", grouped(length)))
}

/// The type of an element, with `root` in front of the crate's own types.
fn element_type(plan: &Plan, field: &FieldPlan, root: &str) -> String {
    let size = grouped(field.size);
    match field.element {
        Element::Scalar(Scalar::Bool) => format!("{root}Bool"),
        Element::Scalar(scalar) => scalar.name().to_string(),
        Element::Str(length) => format!("{root}Str<{}>", grouped(length)),
        Element::Bytes => "u8".to_string(),
        Element::Text(max) => format!("{root}TextRef<{}>", grouped(max)),
        Element::Blob(max) => format!("{root}BlobRef<{}>", grouped(max)),
        Element::Type(id) => plan.ty(id).name().to_string(),
        Element::Pad => format!("{root}Pad<{size}>"),
        Element::Reserved => format!("{root}Reserved<{size}>"),
    }
}

/// The types of another package, which is a module beside this one.
fn import(plan: &Plan, of: &ImportPlan) -> TokenStream {
    let (package, types) = (ident(&of.package), of.types.iter().map(|id| ident(plan.ty(*id).name())));
    quote!(pub use super::#package::{#(#types),*};)
}

fn constant(of: &Constant) -> TokenStream {
    let name = ident(&of.name);
    let ty = ident(of.scalar.name());
    let value = value(of.scalar, of.value);
    let doc = doc([of.doc.as_str(), if of.doc.is_empty() { "A constant of the schema." } else { "" }]);
    quote!(#doc pub const #name: #ty = #value;)
}

/// A value as an expression; the place it stands in has its type.
fn value(scalar: Scalar, value: ConstantValue) -> TokenStream {
    match value {
        ConstantValue::Integer(value) => integer(value),
        ConstantValue::Bool(value) => quote!(#value),
        ConstantValue::Float(value) => float(scalar, value),
    }
}

/// A blank line in front of each item that follows another, and in front of methods: prettyplease prints none, and
/// rustfmt keeps them.
fn separated(source: &str) -> String {
    let mut text = String::with_capacity(source.len() + source.len() / 16);
    let lines: Vec<&str> = source.lines().collect();
    let mut previous = "";
    for (index, line) in lines.iter().enumerate() {
        if begins_item(line, previous) || begins_method(&lines[index..], previous) {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        previous = line;
    }
    text
}

fn begins_item(line: &str, previous: &str) -> bool {
    let begins = ["///", "#[", "impl ", "pub "].iter().any(|start| line.starts_with(start));
    let ends = previous == "}" || previous.ends_with(';') || previous.starts_with("#![") || previous == "{}";
    let are_imports = line.starts_with("pub use ") && previous.starts_with("pub use ");
    begins && ends && !previous.starts_with(' ') && !are_imports
}

/// Whether a method begins with these lines, behind something else of its impl.
fn begins_method(lines: &[&str], previous: &str) -> bool {
    let ends = previous.ends_with(';') || previous == "    }";
    let is_about_it = |line: &&&str| line.starts_with("    ///") || line.starts_with("    #[");
    let item = lines.iter().find(|line| !is_about_it(line));
    let is_method = ["    pub fn ", "    pub const fn ", "    fn "]
        .iter()
        .any(|start| item.is_some_and(|item| item.starts_with(start)));
    ends && is_method
}
