//! Structs and messages in Rust: plain structs with the derive, and a value of zero bytes to fill up from.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use ringgen_layout::StructKind;

use super::{doc, ident, type_in};
use crate::plan::{FieldPlan, Plan, StructPlan};

/// The struct with its derive, its schema text, `Default` and `Debug`.
pub(super) fn print(plan: &Plan, of: &StructPlan) -> TokenStream {
    let StructPlan { name, size, align, .. } = of;
    let ty = ident(name);
    let extent = format!("{size} bytes, aligned to {align}. Fill up a literal with `..{name}::ZERO`.");
    let type_doc = doc([of.doc.as_str(), extent.as_str()]);
    let derive = match of.kind {
        StructKind::Struct => quote!(::ringgen::RingStruct),
        StructKind::Message => quote!(::ringgen::RingMessage),
    };
    let attribute = attribute(plan, of);
    let align = Literal::u32_unsuffixed(*align);
    let fields = of.fields.iter().map(|of| field(plan, of));
    let schema_text = (of.kind == StructKind::Message).then(|| {
        let text = multiline(&of.schema_text);
        quote! {
            impl #ty {
                /// The canonical schema that every ring of this message carries.
                pub const SCHEMA_TEXT: &'static str = #text;
            }
        }
    });
    let shown: Vec<_> = of.data_fields().map(|field| ident(&field.names.rust)).collect();
    let labels = of.data_fields().map(|field| field.names.rust.trim_start_matches("r#"));
    quote! {
        #type_doc
        #[derive(Clone, Copy, PartialEq)]
        #[derive(#derive)]
        #[repr(C, align(#align))]
        #attribute
        pub struct #ty {
            #(#fields)*
        }

        #schema_text

        impl ::core::default::Default for #ty {
            fn default() -> Self {
                Self::ZERO
            }
        }

        impl ::core::fmt::Debug for #ty {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#name) #(.field(#labels, &self.#shown))* .finish()
            }
        }
    }
}

/// What the derive is to expect.
fn attribute(plan: &Plan, of: &StructPlan) -> TokenStream {
    let (name, layout_hash) = (ident(&of.name), of.layout_hash.to_string());
    match of.kind {
        StructKind::Struct => quote!(#[ring(layout_hash = #layout_hash)]),
        StructKind::Message => {
            let (package, version) = (&plan.package, Literal::u32_unsuffixed(plan.version));
            let schema_hash = of.schema_hash.to_string();
            quote! {
                #[ring(
                    package = #package,
                    version = #version,
                    layout_hash = #layout_hash,
                    schema_hash = #schema_hash,
                    schema_text = #name::SCHEMA_TEXT
                )]
            }
        }
    }
}

fn field(plan: &Plan, of: &FieldPlan) -> TokenStream {
    let name = ident(&of.names.rust);
    let ty: syn::Type = syn::parse_str(&type_in(plan, of, "::ringgen::")).expect("a plan's types are types of Rust");
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
    let place = format!("{place}{measured}.");
    let doc = doc([of.doc.as_str(), place.as_str()]);
    let canonical = (of.names.rust.trim_start_matches("r#") != of.name).then(|| {
        let name = &of.name;
        quote!(#[ring(name = #name)])
    });
    quote!(#doc #canonical pub #name: #ty,)
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
