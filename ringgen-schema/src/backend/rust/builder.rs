//! Builders: every field by its name, checked as a whole.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use ringgen_layout::Scalar;
use syn::Ident;

use super::values::{Content, fallible};
use super::words::{deprecated, doc, field_name, ident, method};
use super::{type_of, type_within};
use crate::plan::{Element, FieldPlan, Plan, StructPlan};

/// The function of a struct that begins one.
pub(super) fn begin(of: &StructPlan) -> TokenStream {
    let (doc, builder) = (doc(["Begins a value by its fields; those that are not set are as by default."]), name(of));
    quote! {
        #doc
        pub fn builder() -> #builder {
            #builder { value: Self::default(), error: ::core::option::Option::None }
        }
    }
}

fn name(of: &StructPlan) -> Ident {
    format_ident!("{}Builder", of.name)
}

/// The builder of a struct.
pub(super) fn print(plan: &Plan, of: &StructPlan) -> TokenStream {
    let (ty, builder) = (ident(&of.name), name(of));
    let methods = of.data_fields().filter_map(|field| setter(plan, of, field));
    let what = doc([format!("Builds [`{}`] by its fields.", of.name).as_str()]);
    let build = fallible(
        &format!("The value, which is [valid]({}::validate).", of.name),
        "For the first value that its field does not take.",
    );
    quote! {
        #what
        #[derive(Clone, Debug)]
        #[must_use = "it is `build` that makes a value"]
        pub struct #builder {
            value: #ty,
            error: ::core::option::Option<::ringgen::ValueError>,
        }

        impl #builder {
            #(#methods)*

            #build
            pub fn build(self) -> ::core::result::Result<#ty, ::ringgen::ValueError> {
                match self.error {
                    ::core::option::Option::Some(error) => ::core::result::Result::Err(error),
                    ::core::option::Option::None => self.value.validate().map(|()| self.value),
                }
            }
        }
    }
}

/// The method that sets a field. What a field's own setter refuses is kept for `build` to tell.
fn setter(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> Option<TokenStream> {
    let (name, content) = (field_name(field), Content::of(field));
    let ty = type_of(plan, field);
    let ty = match content {
        Content::Nullable(_) => quote!(::core::option::Option<#ty>),
        Content::List { .. } => {
            let element = type_within(plan, field, 1);
            quote!(&[#element])
        }
        Content::Text => quote!(&str),
        Content::Bool => quote!(bool),
        Content::Plain => quote!(#ty),
        Content::Length { .. } => return None,
    };
    let set = match (content.is_checked(field), field.element) {
        (true, _) => {
            let setter = method("set_", field);
            quote!(self.error = self.error.or(self.value.#setter(#name).err());)
        }
        (false, Element::Scalar(Scalar::Bool)) if field.dims.is_empty() => {
            quote!(self.value.#name = ::ringgen::Bool::new(#name);)
        }
        (false, _) => quote!(self.value.#name = #name;),
    };
    let doc = doc([format!("Sets [`{name}`](field@{}::{name}).", of.name).as_str()]);
    let deprecated = deprecated(plan, field.deprecated);
    Some(quote! {
        #doc
        #deprecated
        pub fn #name(mut self, #name: #ty) -> Self {
            #set
            self
        }
    })
}
