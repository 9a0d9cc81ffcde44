//! What is particular to variants: the fields that they have, and the cases that their attribute names.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Data, DeriveInput, Ident, LitInt, LitStr, Token};

use super::item::{Field, Ring, doc_of};
use super::mistakes::Report;
use crate::codes;

/// A case of a variant.
#[derive(Debug)]
pub struct Case {
    /// What the view calls it.
    pub ident: Ident,
    /// Its name in layouts.
    pub name: String,
    /// The doc comment.
    pub doc: String,
    /// The tag that says so.
    pub number: i128,
}

impl Parse for Case {
    /// `/// A trade.` `Trade = 1`, or `Trade("Fill") = 1` where layouts call it otherwise.
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let doc = doc_of(&Attribute::parse_outer(input)?);
        let ident = input.call(Ident::parse_any)?;
        let mut name = ident.unraw().to_string();
        if input.peek(syn::token::Paren) {
            let other;
            syn::parenthesized!(other in input);
            name = other.parse::<LitStr>()?.value();
        }
        input.parse::<Token![=]>()?;
        let number = input.parse::<LitInt>()?;
        let number: u64 = number.base10_parse().map_err(|_| {
            syn::Error::new(number.span(), format!("`{number}` is no tag, which has no sign and 64 bits"))
        })?;
        Ok(Case { ident, name, doc, number: number.into() })
    }
}

/// Reports an item that can't be a variant, and says whether it is none.
pub(super) fn refuse_form(item: &DeriveInput, report: &mut Report) -> bool {
    let ident = &item.ident;
    if let Data::Enum(_) = item.data {
        let what = format!("`{ident}` is an enum, and a peer may send a tag that it does not have");
        let help = format!(
            "write a struct of `tag` and `payload`, and this enum as the view of it: `#[ring(view = {ident}View)]`"
        );
        report.add(&codes::R023, ident, what, help);
        return true;
    }
    false
}

/// Checks that there is a tag in front, a payload at the end, and at most padding between them.
pub(super) fn check_fields(item: &DeriveInput, fields: &[Field], report: &mut Report) {
    let [first, .., last] = fields else {
        if !fields.is_empty() {
            let what = format!("`{}` has no payload", item.ident);
            report.add(&codes::R023, &item.ident, what, "write `tag: u16`, and behind it `payload: [u8; 16]`");
        }
        return;
    };
    if first.name != "tag" {
        let what = format!("`{}` stands where the tag of a variant does", first.name);
        report.add(&codes::R023, &first.ident, what, "write `tag: u16` as the first field");
    }
    if last.name != "payload" {
        let what = format!("`{}` stands where the payload of a variant does", last.name);
        report.add(&codes::R023, &last.ident, what, "write `payload: [u8; 16]` as the last field");
    }
    for field in fields[1..fields.len() - 1].iter().filter(|field| !field.is_filler()) {
        let what = format!("`{}` belongs to no case", field.name);
        report.add(&codes::R023, &field.ident, what, "put it into the struct of a case");
    }
}

/// Checks that a view and cases are named.
pub(super) fn check_ring(item: &DeriveInput, ring: &Ring, report: &mut Report) {
    // An item of the wrong form has another mistake, and its names with it.
    if !matches!(item.data, Data::Struct(_)) {
        return;
    }
    let ident = &item.ident;
    if ring.view.is_none() {
        let help = format!("write `#[ring(view = {ident}View)]`, and that enum with a case for each type");
        report.add(&codes::R024, ident, format_args!("`{ident}` names no view"), help);
    }
    if ring.cases.as_ref().is_none_or(Vec::is_empty) && ring.schema.is_none() {
        report.add(
            &codes::R024,
            ident,
            format_args!("`{ident}` names no cases"),
            "write `#[ring(cases(Trade = 1, Book = 2))]`",
        );
    }
    let cases = ring.cases.as_deref().unwrap_or_default();
    for (index, case) in cases.iter().enumerate() {
        if cases[..index].iter().any(|earlier| earlier.name == case.name || earlier.ident == case.ident) {
            let what = format!("`{}` is there already", case.name);
            report.add(&codes::R013, &case.ident, what, "choose another name");
        } else if let Some(earlier) = cases[..index].iter().find(|earlier| earlier.number == case.number) {
            let what = format!("`{}` has the number of `{}`", case.ident, earlier.ident);
            report.add(&codes::R013, &case.ident, what, "choose another number");
        }
        if case.ident == "Unknown" {
            let what = "`Unknown` is the case of the view for tags that have no name";
            report.add(&codes::R010, &case.ident, what, "choose another name");
        }
    }
}
