//! `validate`: what a peer may have got wrong, found before it is believed.
//!
//! Enums, flags, tags of variants and booleans are open, so there is nothing about them that can be wrong.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::values::{self, Content, check_given, check_ranges, fallible, labels, outcome};
use super::words::field_name;
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
pub(super) fn print(plan: &Plan, of: &StructPlan) -> TokenStream {
    let checks: Vec<TokenStream> = of.data_fields().filter_map(|field| check(plan, of, field)).collect();
    let why =
        if checks.is_empty() { "Never: any bytes are a valid value." } else { "For the first field that is wrong." };
    let body = match checks.as_slice() {
        [] => quote!(::ringgen::__private::any_bytes_are_valid(self)),
        checks => quote!(#(#checks)* ::core::result::Result::Ok(())),
    };
    let doc = fallible("Checks what the type of each field leaves open: ranges, lengths of lists, text.", why);
    let outcome = outcome();
    quote! {
        #doc
        pub fn validate(&self) -> #outcome {
            #body
        }
    }
}

/// What is asked about a field.
fn check(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> Option<TokenStream> {
    let (name, labels) = (field_name(field), labels(of, field));
    if let Content::Length { items } = Content::of(field) {
        let list = &of.fields[items];
        let (labels, limit) = (values::labels(of, list), Literal::u32_unsuffixed(list.dims[0]));
        return Some(quote!(::ringgen::__private::check_length(#labels, self.#name, #limit)?;));
    }
    // Bytes have a dimension that is none of an array's.
    let is_list = field.list.is_some();
    let depth = field.dims.len();
    // All elements one after the other, as a slice.
    let all = match (is_list, depth) {
        (true, 1) => quote!(self.#name()),
        (true, _) => quote!(self.#name().as_flattened()),
        (false, 1) => quote!(&self.#name),
        (false, _) => quote!(self.#name.as_flattened()),
    };
    match (field.element, Content::of(field)) {
        (_, Content::Nullable(_)) => field.range.map(|_| {
            let check = check_given(of, field, &quote!(#name), 0);
            quote!(if let ::core::option::Option::Some(#name) = self.#name() { #check?; })
        }),
        (Element::Str(_), _) if depth == 0 => Some(quote!(::ringgen::__private::check_text(#labels, &self.#name)?;)),
        (Element::Str(_), _) => Some(quote!(::ringgen::__private::check_texts(#labels, #all)?;)),
        (Element::Text(_) | Element::Blob(_), _) if depth == 0 => {
            Some(quote!(::ringgen::__private::check_reference(#labels, &self.#name)?;))
        }
        (Element::Text(_) | Element::Blob(_), _) => {
            Some(quote!(::ringgen::__private::check_references(#labels, #all)?;))
        }
        (Element::Type(id), _) if asks_type(plan, plan.ty(id)) => Some(match depth {
            0 => quote!(self.#name.validate()?;),
            _ => quote!(for item in #all { item.validate()?; }),
        }),
        (Element::Scalar(_), _) => field.range.map(|_| {
            let check = match depth {
                0 => check_given(of, field, &quote!(self.#name), 0),
                _ => check_ranges(of, field, &all),
            };
            quote!(#check?;)
        }),
        _ => None,
    }
}
