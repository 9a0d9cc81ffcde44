//! Mistakes in an item, collected: the user sees all of them in one run, each under the tokens it is about.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

use crate::codes::Code;

/// Everything that is wrong with an item.
#[derive(Debug, Default)]
pub struct Report {
    mistakes: Vec<Mistake>,
}

/// One thing that is wrong.
#[derive(Debug)]
pub struct Mistake {
    /// What kind of mistake it is.
    pub code: &'static Code,
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub help: String,
    /// The first and the last token that it is about.
    pub at: (Span, Span),
    error: syn::Error,
}

impl Report {
    /// Adds a mistake: what it is, and what to write instead.
    pub fn add(&mut self, code: &'static Code, at: impl ToTokens, what: impl Display, help: impl Display) {
        let tokens = at.into_token_stream();
        let mut spans = tokens.clone().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        let at = (first, spans.last().unwrap_or(first));
        let error = syn::Error::new_spanned(tokens, text(code, &what, &help));
        self.mistakes.push(Mistake { code, what: what.to_string(), help: help.to_string(), at, error });
    }

    /// Adds what syn has to say of tokens that are no Rust, or no attribute.
    pub fn add_syntax(&mut self, code: &'static Code, error: syn::Error, help: impl Display) {
        let (span, what) = (error.span(), error.to_string());
        let error = syn::Error::new(span, text(code, &what, &help));
        self.mistakes.push(Mistake { code, what, help: help.to_string(), at: (span, span), error });
    }

    /// Whether there is nothing to report.
    pub fn is_empty(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// The mistakes, in the order in which they were found.
    pub fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes
    }

    /// One `compile_error!` a mistake.
    pub fn into_tokens(self) -> TokenStream {
        self.mistakes.iter().map(|mistake| mistake.error.to_compile_error()).collect()
    }
}

fn text(code: &Code, what: impl Display, help: impl Display) -> String {
    format!("ringgen [{}]: {what}\nhelp: {help}", code.id)
}
