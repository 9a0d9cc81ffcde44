//! Words of Rust: names, literals, doc comments.

use std::fmt::Display;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use ringgen_layout::Scalar;
use syn::Ident;

use crate::backend::text::paragraphs;
use crate::names;
use crate::plan::{FieldPlan, Plan};

/// A name, raw where it is.
pub(super) fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, proc_macro2::Span::call_site()),
        None => format_ident!("{name}"),
    }
}

/// The name of a field.
pub(super) fn field_name(of: &FieldPlan) -> Ident {
    ident(&of.names.rust)
}

/// The name of a field in other names, and in texts: without `r#`.
pub(super) fn bare(of: &FieldPlan) -> &str {
    of.names.rust.trim_start_matches("r#")
}

/// A method that has a field's name behind this.
pub(super) fn method(prefix: &str, of: &FieldPlan) -> Ident {
    format_ident!("{prefix}{}", bare(of))
}

/// A constant that has a field's name in front of this.
pub(super) fn constant_of(of: &FieldPlan, suffix: &str) -> Ident {
    format_ident!("{}{suffix}", names::upper_case(bare(of)))
}

/// Digits in groups of three, from five of them on.
pub(super) fn grouped(number: impl Display) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// An integer without a suffix; the place it stands in has a type.
pub(super) fn integer(value: i128) -> TokenStream {
    let digits: Literal = grouped(value.unsigned_abs()).parse().expect("digits are a literal");
    if value < 0 { quote!(-#digits) } else { quote!(#digits) }
}

/// A float, in the shortest digits that give this value back in its own width, and not in f64's.
pub(super) fn float(scalar: Scalar, value: f64) -> TokenStream {
    let ty = ident(scalar.name());
    if value.is_nan() {
        return quote!(#ty::NAN);
    }
    if value.is_infinite() {
        return if value > 0.0 { quote!(#ty::INFINITY) } else { quote!(#ty::NEG_INFINITY) };
    }
    let digits = if scalar == Scalar::F32 { format!("{:?}", value.abs() as f32) } else { format!("{:?}", value.abs()) };
    let digits = match digits.split_once('.') {
        Some((whole, part)) if part.chars().all(|digit| digit.is_ascii_digit()) => {
            // The groups of a fraction count from the point.
            let reversed = |text: &str| text.chars().rev().collect::<String>();
            format!("{}.{}", grouped(whole), reversed(&grouped(reversed(part))))
        }
        _ => digits,
    };
    let digits: Literal = digits.parse().expect("a finite float prints as a literal");
    if value.is_sign_negative() { quote!(-#digits) } else { quote!(#digits) }
}

/// Doc comments, one paragraph each; empty ones are left out.
pub(super) fn doc<const N: usize>(texts: [&str; N]) -> TokenStream {
    let text = paragraphs(texts);
    let lines = text.lines().map(spaced);
    quote!(#(#[doc = #lines])*)
}

pub(super) fn spaced(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(" {line}") }
}

/// The text, or another one where it is empty.
pub(super) fn or(text: &str, default: &str) -> String {
    if text.is_empty() { default.to_string() } else { text.to_string() }
}

/// When it came, as a sentence; empty where that is not known.
pub(super) fn since(version: Option<u32>) -> String {
    version.map(|version| format!("Since version {version}.")).unwrap_or_default()
}

/// What rustc says to those who use it, if it was given up. The versions of a package are no semantic ones, which the
/// `since` of the attribute has to be.
pub(super) fn deprecated(plan: &Plan, version: Option<u32>) -> Option<TokenStream> {
    let note = format!("since version {} of `{}`", version?, plan.package);
    Some(quote!(#[deprecated(note = #note)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!((grouped(4096), grouped(65535)), ("4096".to_string(), "65_535".to_string()));
        assert_eq!(integer(-1_000_000).to_string(), "- 1_000_000");
        let float = |scalar, value| float(scalar, value).to_string();
        assert_eq!(float(Scalar::F32, 0.333333), "0.333_333");
        assert_eq!(float(Scalar::F64, -1234567.0625), "- 1_234_567.0625");
        assert_eq!(float(Scalar::F64, 6.02e23), "6.02e23");
        assert_eq!(float(Scalar::F32, f64::NEG_INFINITY), "f32 :: NEG_INFINITY");
    }
}
