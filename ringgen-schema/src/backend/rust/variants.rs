//! Variants in Rust: a tag and bytes, and an enum of references to take them apart.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::structs::{known_by, schema_text};
use super::values::{fallible, outcome};
use super::words::{deprecated, doc, grouped, ident, or, since};
use crate::names;
use crate::plan::{CasePlan, Plan, TypeId, VariantPlan};
use crate::reserved;

/// The variant with its derive, its constructors, and its view.
pub(super) fn print(plan: &Plan, of: &VariantPlan) -> TokenStream {
    let VariantPlan { name, tag, size, align, payload_offset, payload_size, .. } = of;
    let (ty, view, tag_type) = (ident(name), format_ident!("{name}View"), ident(tag.name()));
    let extent = format!(
        "{size} bytes, aligned to {align}: a `{tag_type}` that says which case it is, and the case at byte {payload_offset}."
    );
    let extent = format!("{extent} Take it apart with [`view`](Self::view).");
    let type_doc = doc([of.doc.as_str(), extent.as_str()]);
    let cases = of.cases.iter().map(|case| {
        let (name, number, wire_name) = (ident(&case.name), Literal::i128_unsuffixed(case.value), &case.wire_name);
        let renamed = (*wire_name != case.name).then(|| quote!((#wire_name)));
        quote!(#name #renamed = #number)
    });
    let known_by = known_by(plan, name, &of.layout_hash.to_string(), &of.schema_hash.to_string());
    let align = Literal::u32_unsuffixed(*align);
    let pad = payload_offset - tag.size();
    let pad = (pad > 0).then(|| {
        let pad: Literal = grouped(pad).parse().expect("digits are a literal");
        quote!(_pad0: ::ringgen::Pad<#pad>,)
    });
    let payload: Literal = grouped(payload_size).parse().expect("digits are a literal");
    let schema_text = schema_text(&of.schema_text, "variant");
    let constructors = of.cases.iter().map(|case| constructor(plan, of, case));
    let conversions = of.cases.iter().filter_map(|case| conversion(plan, of, case));
    let validate = validate(of);
    let enumerators = of.cases.iter().map(|case| enumerator(plan, case));
    let view_doc = doc([format!("What [`{name}`] holds.").as_str()]);
    quote! {
        #type_doc
        #[derive(Clone, Copy)]
        #[derive(::ringgen::RingVariant)]
        #[repr(C, align(#align))]
        #[ring(view = #view, cases(#(#cases),*))]
        #[ring(#known_by)]
        pub struct #ty {
            tag: #tag_type,
            #pad
            payload: [u8; #payload],
        }

        impl #ty {
            #schema_text
            #(#constructors)*
            #validate
        }

        #(#conversions)*

        impl ::core::default::Default for #ty {
            fn default() -> Self {
                Self::ZERO
            }
        }

        impl ::core::cmp::PartialEq for #ty {
            fn eq(&self, other: &Self) -> bool {
                self.view() == other.view()
            }
        }

        impl ::core::fmt::Debug for #ty {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.view(), f)
            }
        }

        #view_doc
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum #view<'a> {
            #(#enumerators)*
            /// A tag that has no name here, as of a newer peer, and the bytes behind it.
            Unknown(#tag_type, &'a [u8; #payload]),
        }
    }
}

/// What a case is, for those who read the documentation.
fn case_doc(plan: &Plan, case: &CasePlan) -> TokenStream {
    let what = format!("[`{}`]", plan.ty(case.ty).name());
    let number = format!("Tag {}.", case.value);
    let number = match since(case.since).as_str() {
        "" => number,
        since => format!("{number} {since}"),
    };
    doc([or(&case.doc, &format!("{what}.")).as_str(), number.as_str()])
}

fn enumerator(plan: &Plan, case: &CasePlan) -> TokenStream {
    let (name, ty) = (ident(&case.name), ident(plan.ty(case.ty).name()));
    let (doc, deprecated) = (case_doc(plan, case), deprecated(plan, case.deprecated));
    quote!(#doc #deprecated #name(&'a #ty),)
}

/// The function that makes a variant of a case: `Event::trade`.
fn constructor(plan: &Plan, of: &VariantPlan, case: &CasePlan) -> TokenStream {
    let (name, ty) = (ident(&case.name), ident(plan.ty(case.ty).name()));
    let view = format_ident!("{}View", of.name);
    let function = ident(&reserved::escape_rust(names::snake_case(&case.name)));
    let doc = doc([format!("The case [`{name}`]({view}::{name}).").as_str()]);
    let deprecated = deprecated(plan, case.deprecated);
    quote! {
        #doc
        #deprecated
        #[must_use]
        pub fn #function(case: #ty) -> Self {
            Self::from(#view::#name(&case))
        }
    }
}

/// `From` the type of a case, where it is that of no other.
fn conversion(plan: &Plan, of: &VariantPlan, case: &CasePlan) -> Option<TokenStream> {
    if of.cases.iter().filter(|other| other.ty == case.ty).count() > 1 {
        return None;
    }
    let (name, ty, variant) = (ident(&case.name), ident(plan.ty(case.ty).name()), ident(&of.name));
    let view = format_ident!("{}View", of.name);
    Some(quote! {
        impl ::core::convert::From<#ty> for #variant {
            fn from(case: #ty) -> Self {
                Self::from(#view::#name(&case))
            }
        }
    })
}

fn validate(of: &VariantPlan) -> TokenStream {
    let view = format_ident!("{}View", of.name);
    // Cases of one type have one arm: two arms that say the same are a mistake to most readers.
    let mut types: Vec<TypeId> = of.cases.iter().map(|case| case.ty).collect();
    types.sort();
    types.dedup();
    let cases = types.into_iter().map(|ty| {
        let names = of.cases.iter().filter(|case| case.ty == ty).map(|case| ident(&case.name));
        quote!(#(#view::#names(case))|* => case.validate(),)
    });
    let doc = fallible(
        "Checks the case that it is, if that has a name here: see its own `validate`.",
        "For the first field of it that is wrong.",
    );
    let outcome = outcome();
    quote! {
        #doc
        pub fn validate(&self) -> #outcome {
            match self.view() {
                #(#cases)*
                #view::Unknown(..) => ::core::result::Result::Ok(()),
            }
        }
    }
}
