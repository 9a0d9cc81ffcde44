//! Mistakes, collected: the user sees all of them in one run, each under the tokens it is about.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;
use ringgen_schema::codes::Code;

/// Everything that is wrong with an item.
#[derive(Default)]
pub(crate) struct Report {
    errors: Vec<syn::Error>,
}

impl Report {
    /// Adds a mistake: what it is, and what to write instead.
    pub(crate) fn add(&mut self, code: &Code, at: impl ToTokens, what: impl Display, help: impl Display) {
        let text = format!("ringgen [{}]: {what}\nhelp: {help}", code.id);
        self.errors.push(syn::Error::new_spanned(at, text));
    }

    /// Adds what syn has to say of tokens that are no Rust, or no attribute.
    pub(crate) fn add_syntax(&mut self, code: &Code, error: syn::Error, help: impl Display) {
        let text = format!("ringgen [{}]: {error}\nhelp: {help}", code.id);
        self.errors.push(syn::Error::new(error.span(), text));
    }

    /// Whether there is nothing to report.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// One `compile_error!` a mistake.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.errors.iter().map(syn::Error::to_compile_error).collect()
    }
}
