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
//!   told.rs       what Rust files get                   template.rs   templates of code
//! ```

mod builder;
mod enums;
mod rings;
mod structs;
mod template;
mod told;
mod validate;
mod values;
mod variants;
mod words;

use proc_macro2::TokenStream;
use ringgen_layout::Scalar;

use self::template::{LITERAL_LINE, rust};
use self::words::{commented, doc, grouped, value};
use super::Backend;
use super::text::{GENERATED, paragraphs, text};
use crate::plan::{Constant, Element, FieldPlan, ImportPlan, Plan, TypePlan};

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
        let mut module_doc = text!("Package `{}`, version {}.", plan.package, plan.version);
        let imports: Vec<String> = plan.imports.iter().map(|of| text!("`{}`", of.package)).collect();
        if !imports.is_empty() {
            module_doc +=
                &text!(" Its module stands beside those of the packages that it imports: {}.", imports.join(", "));
        }
        let module_doc = commented("//!", &paragraphs([plan.doc.as_str(), &module_doc]));
        let (lints, items) = (inner_lints(), items(plan));
        let mut text = text!("// {GENERATED}\n{module_doc}\n{lints}#![cfg_attr(rustfmt, rustfmt_skip)]\n");
        let mut previous = "";
        for item in &items {
            let are_imports = item.starts_with("pub use ") && previous.starts_with("pub use ");
            text += if are_imports { "" } else { "\n" };
            text += item;
            text += "\n";
            previous = item;
        }
        text.replace(LITERAL_LINE, "\n")
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
        text!("// {GENERATED}\n{}", included(plan))
    }
}

/// The items of a package alone, for a macro to expand in a module of the user's: what the file says of itself in inner
/// attributes, each item says in an outer one.
pub fn rust_items(plan: &Plan) -> TokenStream {
    included(plan).parse().expect("a plan's names are identifiers of Rust, so what is printed is Rust")
}

fn included(plan: &Plan) -> String {
    let lints: Vec<&str> = LINTS.iter().flat_map(|(lints, _)| *lints).copied().collect();
    let lints = text!("#[allow({})]", lints.join(", "));
    let mut text = String::new();
    for item in items(plan) {
        text.extend(["\n", lints.as_str(), "\n", item.as_str(), "\n"]);
    }
    text.replace(LITERAL_LINE, "\n")
}

/// The items of a package.
fn items(plan: &Plan) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    items.extend(plan.imports.iter().map(|of| import(plan, of)));
    items.extend(plan.constants.iter().map(constant));
    for ty in plan.own_types() {
        items.extend(match ty {
            TypePlan::Enum(of) => enums::print(plan, of),
            TypePlan::Struct(of) => structs::print(plan, of),
            TypePlan::Variant(of) => variants::print(plan, of),
        });
    }
    items.extend(plan.rings.iter().flat_map(|ring| rings::print(plan, ring)));
    items
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
        for part in lints.iter().map(|lint| text!("{lint}, ")).chain([text!("reason = \"{reason}\")]\n")]) {
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

/// The type of a field as a user of the crate `ringgen` spells it: `[Level; 5]`, `Str<12>`.
pub fn rust_type(plan: &Plan, field: &FieldPlan) -> String {
    array_of(&element_type(plan, field, ""), &field.dims)
}

/// The type of a field in generated code; `outer` of its dimensions are left out.
fn type_within(plan: &Plan, field: &FieldPlan, outer: usize) -> String {
    array_of(&element_type(plan, field, "::ringgen::"), &field.dims[outer..])
}

/// The type of a field in generated code.
fn type_of(plan: &Plan, field: &FieldPlan) -> String {
    type_within(plan, field, 0)
}

fn array_of(element: &str, dims: &[u32]) -> String {
    dims.iter().rev().fold(element.to_string(), |inner, length| text!("[{inner}; {}]", grouped(length)))
}

/// The type of an element, with `root` in front of the crate's own types.
fn element_type(plan: &Plan, field: &FieldPlan, root: &str) -> String {
    let size = grouped(field.size);
    match field.element {
        Element::Scalar(Scalar::Bool) => text!("{root}Bool"),
        Element::Scalar(scalar) => scalar.name().to_string(),
        Element::Str(length) => text!("{root}Str<{}>", grouped(length)),
        Element::Bytes => "u8".to_string(),
        Element::Text(max) => text!("{root}TextRef<{}>", grouped(max)),
        Element::Blob(max) => text!("{root}BlobRef<{}>", grouped(max)),
        Element::Type(id) => plan.ty(id).name().to_string(),
        Element::Pad => text!("{root}Pad<{size}>"),
        Element::Reserved => text!("{root}Reserved<{size}>"),
    }
}

/// The types of another package, which is a module beside this one.
fn import(plan: &Plan, of: &ImportPlan) -> String {
    let types: Vec<&str> = of.types.iter().map(|id| plan.ty(*id).name()).collect();
    match types[..] {
        [ty] => text!("pub use super::{}::{ty};", of.package),
        _ => text!("pub use super::{}::{{{}}};", of.package, types.join(", ")),
    }
}

fn constant(of: &Constant) -> String {
    let (name, ty, value) = (&of.name, of.scalar.name(), value(of.scalar, of.value));
    let doc = doc([of.doc.as_str(), if of.doc.is_empty() { "A constant of the schema." } else { "" }]);
    rust!(
        "
        $doc
        pub const $name: $ty = $value;
        ",
        doc,
        name,
        ty,
        value
    )
}
