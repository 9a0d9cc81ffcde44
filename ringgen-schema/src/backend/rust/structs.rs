//! Structs and messages in Rust: plain structs with the derive, and a value of zero bytes to fill up from.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use ringgen_layout::StructKind;

use super::values::{self, Content};
use super::words::{bare, deprecated, doc, field_name, ident, since};
use super::{builder, type_of, validate};
use crate::plan::{Element, FieldPlan, Plan, StructPlan, TypePlan};

/// The struct with its derive, what people expect of it, the methods of its fields, and its builder.
pub(super) fn print(plan: &Plan, of: &StructPlan) -> TokenStream {
    let StructPlan { name, size, align, .. } = of;
    let ty = ident(name);
    let mut extent = format!("{size} bytes, aligned to {align}. Fill up a literal with `..{name}::ZERO`.");
    if validate::asks(plan, of) {
        extent += "\nNothing checks a literal: [`builder`](Self::builder) and [`validate`](Self::validate) do.";
    }
    let type_doc = doc([of.doc.as_str(), extent.as_str()]);
    let derive = match of.kind {
        StructKind::Struct => quote!(::ringgen::RingStruct),
        StructKind::Message => quote!(::ringgen::RingMessage),
    };
    let attribute = attribute(plan, of);
    let align = Literal::u32_unsuffixed(*align);
    let fields = of.fields.iter().map(|of| field(plan, of));
    let schema_text = (of.kind == StructKind::Message).then(|| schema_text(&of.schema_text, "message"));
    let (methods, validate) = (values::print(plan, of), validate::print(plan, of));
    let (begin, builder) = (builder::begin(of), builder::print(plan, of));
    let equality = equality(of);
    let derived_equality = equality.is_none().then(|| quote!(, PartialEq));
    let (default, debug) = (default(plan, of), debug(of));
    quote! {
        #type_doc
        #[derive(Clone, Copy #derived_equality)]
        #[derive(#derive)]
        #[repr(C, align(#align))]
        #attribute
        pub struct #ty {
            #(#fields)*
        }

        impl #ty {
            #schema_text
            #methods
            #begin
            #validate
        }

        #default
        #equality
        #debug
        #builder
    }
}

/// The constant that a ring gets its text from.
pub(super) fn schema_text(text: &str, what: &str) -> TokenStream {
    let doc = doc([format!("The canonical schema that every ring of this {what} carries.").as_str()]);
    let text = multiline(text);
    quote!(#doc pub const SCHEMA_TEXT: &'static str = #text;)
}

/// What the derive is to expect.
fn attribute(plan: &Plan, of: &StructPlan) -> TokenStream {
    let layout_hash = of.layout_hash.to_string();
    match of.kind {
        StructKind::Struct => quote!(#[ring(layout_hash = #layout_hash)]),
        StructKind::Message => {
            let known_by = known_by(plan, &of.name, &layout_hash, &of.schema_hash.to_string());
            quote!(#[ring(#known_by)])
        }
    }
}

/// What the derive of a type that travels is to expect.
pub(super) fn known_by(plan: &Plan, name: &str, layout_hash: &str, schema_hash: &str) -> TokenStream {
    let (name, package, version) = (ident(name), &plan.package, Literal::u32_unsuffixed(plan.version));
    quote! {
        package = #package,
        version = #version,
        layout_hash = #layout_hash,
        schema_hash = #schema_hash,
        schema_text = #name::SCHEMA_TEXT
    }
}

/// How many calls or comparisons follow each other in one expression: compilers go down into it.
const MAX_CHAIN: usize = 200;

fn field(plan: &Plan, of: &FieldPlan) -> TokenStream {
    let (name, ty) = (field_name(of), type_of(plan, of));
    if !of.is_data() {
        return quote!(#[doc(hidden)] pub #name: #ty,);
    }
    let place = match of.size {
        1 => format!("Byte {}", of.offset),
        size => format!("Bytes {}..{}", of.offset, of.offset + size),
    };
    let measured = match (of.unit.as_str(), of.epoch.as_str()) {
        ("", "") => String::new(),
        (unit, "") => format!(", in {unit}"),
        ("", epoch) => format!(", since {epoch}"),
        (unit, epoch) => format!(", in {unit} since {epoch}"),
    };
    let sentences = [format!("{place}{measured}."), values::in_words(of), since(of.since)];
    let sentences: Vec<&str> = sentences.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let doc = doc([of.doc.as_str(), sentences.join(" ").as_str()]);
    let deprecated = deprecated(plan, of.deprecated);
    let canonical = (bare(of) != of.wire_name).then(|| {
        let name = &of.wire_name;
        quote!(#[ring(name = #name)])
    });
    quote!(#doc #deprecated #canonical pub #name: #ty,)
}

/// `Default`: all bytes are zero, but for what stands for no value.
fn default(plan: &Plan, of: &StructPlan) -> TokenStream {
    let ty = ident(&of.name);
    let nulls: Vec<TokenStream> = of.data_fields().filter_map(|field| default_of(plan, field)).collect();
    let value = match nulls.as_slice() {
        [] => quote!(Self::ZERO),
        nulls if nulls.len() == of.fields.len() => quote!(Self { #(#nulls),* }),
        nulls => quote!(Self { #(#nulls,)* ..Self::ZERO }),
    };
    let doc = (!nulls.is_empty()).then(|| doc(["No value where there may be none; all else is zero."]));
    quote! {
        impl ::core::default::Default for #ty {
            #doc
            fn default() -> Self {
                #value
            }
        }
    }
}

/// What a field is by default, if that is not zero.
fn default_of(plan: &Plan, of: &FieldPlan) -> Option<TokenStream> {
    let name = field_name(of);
    if let Content::Nullable(null) = Content::of(of) {
        let null_value = values::null_constant(of);
        return (!values::is_zero(null)).then(|| quote!(#name: Self::#null_value));
    }
    let Element::Type(id) = of.element else { return None };
    // What is behind the end of a list is zero, and by default that is all of it.
    if of.list.is_some() || !has_nulls(plan, plan.ty(id)) {
        return None;
    }
    let ty = ident(plan.ty(id).name());
    let value = of.dims.iter().rev().fold(quote!(#ty::default()), |value, length| {
        let length = Literal::u32_unsuffixed(*length);
        quote!([#value; #length])
    });
    Some(quote!(#name: #value))
}

/// Whether a type is by default something else than zero.
fn has_nulls(plan: &Plan, ty: &TypePlan) -> bool {
    let TypePlan::Struct(of) = ty else { return false };
    of.data_fields().any(|field| match (Content::of(field), field.element) {
        (Content::Nullable(null), _) => !values::is_zero(null),
        (Content::List { .. } | Content::Length { .. }, _) => false,
        (_, Element::Type(id)) => has_nulls(plan, plan.ty(id)),
        _ => false,
    })
}

/// `PartialEq` where bytes don't tell it: of what is behind the end of a list, and of NaN that stands for no value.
fn equality(of: &StructPlan) -> Option<TokenStream> {
    let is_needed = of.fields.iter().any(|field| match Content::of(field) {
        Content::Nullable(null) => values::is_float(null),
        Content::List { .. } => true,
        _ => false,
    });
    let ty = ident(&of.name);
    let compared = of.fields.iter().filter(|field| field.element != Element::Pad).filter_map(|field| {
        let name = field_name(field);
        match Content::of(field) {
            Content::Nullable(_) | Content::List { .. } => Some(quote!(self.#name() == other.#name())),
            // The list says it.
            Content::Length { .. } => None,
            _ => Some(quote!(self.#name == other.#name)),
        }
    });
    let compared: Vec<TokenStream> = compared.collect();
    let compared = match compared.len() {
        ..=MAX_CHAIN => quote!(#(#compared)&&*),
        _ => {
            let parts = compared.chunks(MAX_CHAIN).map(|part| quote!((#(#part)&&*)));
            quote!(#(#parts)&&*)
        }
    };
    is_needed.then(|| {
        quote! {
            /// Compares what is meant: of a list the elements that count, and one absent value with another.
            impl ::core::cmp::PartialEq for #ty {
                fn eq(&self, other: &Self) -> bool {
                    #compared
                }
            }
        }
    })
}

fn debug(of: &StructPlan) -> TokenStream {
    let (ty, type_name) = (ident(&of.name), &of.name);
    let shown = of.data_fields().filter_map(|field| {
        let (name, label) = (field_name(field), bare(field));
        match Content::of(field) {
            Content::Nullable(_) | Content::List { .. } => Some(quote!(.field(#label, &self.#name()))),
            Content::Length { .. } => None,
            _ => Some(quote!(.field(#label, &self.#name))),
        }
    });
    let shown: Vec<TokenStream> = shown.collect();
    let shown = match shown.len() {
        ..=MAX_CHAIN => quote!(f.debug_struct(#type_name) #(#shown)* .finish()),
        _ => quote! {
            let mut shown = f.debug_struct(#type_name);
            #(shown #shown;)*
            shown.finish()
        },
    };
    quote! {
        impl ::core::fmt::Debug for #ty {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #shown
            }
        }
    }
}

/// A text of many lines as a literal of as many lines, so that a change of one is a change of one.
fn multiline(text: &str) -> Literal {
    let mut literal = String::from("\"\\\n");
    for character in text.chars() {
        match character {
            '\n' => literal.push('\n'),
            '"' | '\\' => literal.extend(['\\', character]),
            other if other.is_control() || !other.is_ascii() && other.is_whitespace() => {
                literal.extend(other.escape_unicode());
            }
            other => literal.push(other),
        }
    }
    literal.push('"');
    literal.parse().expect("a text with its special characters escaped is a literal")
}
