//! `include_schema!`: the Rust that `ringgen generate` would write, in place.

use proc_macro2::TokenStream;
use quote::quote;
use ringgen_schema::annotated::Report;
use ringgen_schema::backend::rust_items;
use ringgen_schema::codes;
use syn::LitStr;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::token::Comma;

use crate::bind;

/// The items of the schema that the input names, or everything that is wrong with it.
pub(crate) fn schema(input: TokenStream) -> TokenStream {
    let mut report = Report::default();
    let schema = path(input, &mut report).and_then(|path| bind::load(&path, &mut report));
    let Some(schema) = schema else { return report.into_tokens() };
    let items = rust_items(&schema.plan);
    let track = schema.track(&quote!(::ringgen::__private));
    quote!(#items #track)
}

fn path(input: TokenStream, report: &mut Report) -> Option<LitStr> {
    let help =
        "write `ringgen::include_schema!(\"schemas/market.toml\");`, relative to the folder of this crate's Cargo.toml";
    let literals = match Punctuated::<LitStr, Comma>::parse_terminated.parse2(input.clone()) {
        Ok(literals) => literals,
        Err(error) => {
            let error = syn::Error::new(error.span(), "`include_schema!` takes the path of a schema in quotes");
            report.add_syntax(&codes::R024, error, help);
            return None;
        }
    };
    let mut literals = literals.into_iter();
    match (literals.next(), literals.next()) {
        (Some(path), None) => Some(path),
        (Some(_), Some(second)) => {
            let what = "a module holds one schema";
            report.add(&codes::R024, second, what, "write `include_schema!` again, in a module of its own");
            None
        }
        (None, _) => {
            let error = syn::Error::new(proc_macro2::Span::call_site(), "`include_schema!` needs the path of a schema");
            report.add_syntax(&codes::R024, error, help);
            None
        }
    }
}
