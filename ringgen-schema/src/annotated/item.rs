//! From tokens to what the user said: the item, its fields or values, and its `#[ring(…)]` attributes.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use ringgen_layout::{EnumKind, Hash, StructKind};
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Data, DeriveInput, Expr, ExprLit, Fields, Ident, Lit, LitInt, LitStr, Path, Token, Type, Visibility,
};

use super::mistakes::Report;
use super::reject::reject;
use super::variant::{self, Case};
use crate::codes;

/// Which of the derives it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derive {
    /// A struct or message.
    Struct(StructKind),
    /// An enum or flags.
    Enum(EnumKind),
    /// A variant.
    Variant,
}

/// An item with a derive on it.
#[derive(Debug)]
pub struct Input {
    /// What Rust calls it.
    pub ident: Ident,
    /// Who may use it.
    pub visibility: Visibility,
    /// Only for the stub of an item that is refused.
    pub generics: syn::Generics,
    /// The doc comment.
    pub doc: String,
    /// Its attributes.
    pub ring: Ring,
    /// Of a struct or message; of a variant its tag, padding and payload.
    pub fields: Vec<Field>,
    /// Whether no reference to a field may exist.
    pub is_packed: bool,
}

/// What stands in the item's `#[ring(…)]`.
#[derive(Debug, Default)]
pub struct Ring {
    /// The name in every language.
    pub name: Option<LitStr>,
    /// The package.
    pub package: Option<LitStr>,
    /// The version of the package.
    pub version: Option<u32>,
    /// The schema file that it is to be equal to.
    pub schema: Option<LitStr>,
    /// What its layout hash is to be.
    pub layout_hash: Option<(Hash, Span)>,
    /// What the hash of its schema text is to be.
    pub schema_hash: Option<(Hash, Span)>,
    /// Where its schema text is.
    pub schema_text: Option<Path>,
    /// The rings that carry it, and how many messages each holds; for the generator alone.
    pub rings: Option<Vec<Value>>,
    /// What the crate `ringgen` is called.
    pub krate: Option<Path>,
    /// The values of an enum, or the bits of flags.
    pub values: Option<Vec<Value>>,
    /// The cases of a variant.
    pub cases: Option<Vec<Case>>,
    /// The enum that a variant is looked at by.
    pub view: Option<Path>,
}

/// A field of a struct or message.
#[derive(Debug)]
pub struct Field {
    /// What Rust calls it.
    pub ident: Ident,
    /// In the canonical text, which knows no `r#`.
    pub name: String,
    /// Its type, as it is written.
    pub ty: Type,
    /// The doc comment.
    pub doc: String,
    /// What it is counted in; may be empty.
    pub unit: String,
    /// What a time is counted from; may be empty.
    pub epoch: String,
    /// Who may use it.
    pub visibility: Visibility,
    /// What rustc is to say to those who use it.
    pub deprecated: Option<Attribute>,
    /// What generated code knows of it beside its type.
    pub held: Held,
    /// Whether its type was refused as it is written.
    pub is_refused: bool,
}

/// What a field holds beyond what its type says, as generated code tells it to its derive. Values are constants of the
/// struct.
#[derive(Debug, Default)]
pub struct Held {
    /// The value that stands for none.
    pub null: Option<Ident>,
    /// What its numbers may be.
    pub range: Option<Ident>,
    /// Of a list, the field that says how many elements count.
    pub length: Option<Ident>,
    /// What errors call it, where that is not its name in Rust.
    pub label: Option<LitStr>,
}

impl Field {
    /// Whether its name is one of padding or reserved bytes.
    pub fn is_filler(&self) -> bool {
        self.name.starts_with('_')
    }
}

/// A value of an enum, or a bit of flags.
#[derive(Debug)]
pub struct Value {
    /// Its name in layouts.
    pub name: String,
    /// Where that is written.
    pub span: Span,
    /// The doc comment.
    pub doc: String,
    /// As written: the value of an enum, the number of a bit.
    pub number: i128,
}

impl Input {
    /// What the user calls it in every language.
    pub fn name(&self) -> String {
        self.ring.name.as_ref().map_or_else(|| self.ident.unraw().to_string(), LitStr::value)
    }

    /// The path of the crate `ringgen`.
    pub fn root(&self) -> TokenStream {
        match &self.ring.krate {
            Some(path) => path.to_token_stream(),
            None => quote!(::ringgen),
        }
    }
}

/// Reads an item. What is wrong with it goes to the report; there is always an input, if only for a stub.
pub fn read(derive: Derive, item: DeriveInput, report: &mut Report) -> Input {
    let ring = read_ring(derive, &item, report);
    check_generics(&item, report);
    let is_packed = check_repr(derive, &item, report);
    let fields = match derive {
        Derive::Struct(_) => read_fields(&item, ring.layout_hash.is_some(), report),
        Derive::Enum(_) => {
            check_newtype(&item, report);
            Vec::new()
        }
        Derive::Variant if variant::refuse_form(&item, report) => Vec::new(),
        Derive::Variant => {
            let fields = read_fields(&item, false, report);
            variant::check_fields(&item, &fields, report);
            fields
        }
    };
    let doc = doc_of(&item.attrs);
    Input { ident: item.ident, visibility: item.vis, generics: item.generics, doc, ring, fields, is_packed }
}

fn check_generics(item: &DeriveInput, report: &mut Report) {
    if !item.generics.params.is_empty() {
        let what = format!("`{}` has parameters, and another language can't fill them in", item.ident);
        report.add(&codes::R018, &item.generics.params, what, "write one struct for each type that travels");
    }
}

/// Checks the `repr`, and says whether it packs.
fn check_repr(derive: Derive, item: &DeriveInput, report: &mut Report) -> bool {
    let (needed, help) = match derive {
        Derive::Struct(_) | Derive::Variant => ("C", "#[repr(C)]"),
        Derive::Enum(_) => ("transparent", "#[repr(transparent)]"),
    };
    let (mut found, mut is_packed) = (false, false);
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("repr")) {
        // What rustc can't read of a `repr`, rustc reports.
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta.path.is_ident(needed);
            if meta.path.is_ident("packed") {
                is_packed = true;
                let what = "packed fields lie where no reference may point";
                report.add(&codes::R016, &meta.path, what, "write `#[repr(C)]`, and the widest fields first");
            }
            skip_value(&meta)
        });
    }
    // An item of the wrong form has another mistake, which its repr follows from.
    if !found && matches!(item.data, Data::Struct(_)) {
        let what =
            format!("without `{}` the compiler chooses how `{}` lies in memory", &help[2..help.len() - 1], item.ident);
        report.add(&codes::R015, &item.ident, what, format_args!("write `{help}` on it"));
    }
    is_packed
}

fn read_fields(item: &DeriveInput, is_generated: bool, report: &mut Report) -> Vec<Field> {
    let ident = &item.ident;
    let fields = match &item.data {
        Data::Struct(data) => &data.fields,
        Data::Enum(_) => {
            let what = format!("`{ident}` is an enum, and a peer may send a tag that it does not have");
            let help = "write a struct; or for names of numbers `#[derive(RingEnum)]` on `struct Side(pub u8);`";
            report.add(&codes::R023, ident, what, help);
            return Vec::new();
        }
        Data::Union(_) => {
            let what = format!("`{ident}` is a union: nothing says which of its fields holds");
            report.add(&codes::R023, ident, what, "write a struct");
            return Vec::new();
        }
    };
    match fields {
        Fields::Named(named) if named.named.is_empty() => {
            report.add(
                &codes::R014,
                ident,
                format_args!("`{ident}` has no bytes to share"),
                "write at least one field",
            );
            Vec::new()
        }
        Fields::Named(named) => {
            named.named.iter().filter_map(|field| read_field(field, is_generated, report)).collect()
        }
        Fields::Unnamed(_) | Fields::Unit => {
            let what = format!("the fields of `{ident}` have no names for other languages to use");
            report.add(&codes::R023, ident, what, format_args!("write `struct {ident} {{ value: u32 }}`"));
            Vec::new()
        }
    }
}

/// What may stand in a field's `#[ring(…)]`.
const KEYS: &[&str] = &["name", "unit", "epoch"];
/// The same for generated code, which has the constants and methods that these speak of.
const GENERATED_KEYS: &[&str] = &["name", "unit", "epoch", "null", "range", "length", "label"];

fn read_field(field: &syn::Field, is_generated: bool, report: &mut Report) -> Option<Field> {
    let ident = field.ident.clone()?;
    let mut read = Field {
        name: ident.unraw().to_string(),
        ident,
        ty: field.ty.clone(),
        doc: doc_of(&field.attrs),
        unit: String::new(),
        epoch: String::new(),
        visibility: field.vis.clone(),
        deprecated: field.attrs.iter().find(|attribute| attribute.path().is_ident("deprecated")).cloned(),
        held: Held::default(),
        is_refused: false,
    };
    let keys = if is_generated { GENERATED_KEYS } else { KEYS };
    read_attributes(&field.attrs, report, keys, |key, meta, report| {
        match key {
            "null" => read.held.null = Some(meta.value()?.parse()?),
            "range" => read.held.range = Some(meta.value()?.parse()?),
            "length" => read.held.length = Some(meta.value()?.parse()?),
            _ => {
                let Some(text) = string(meta, report)? else { return Ok(()) };
                check_word(key, &text, report);
                match key {
                    "name" => read.name = text.value(),
                    "unit" => read.unit = text.value(),
                    "epoch" => read.epoch = text.value(),
                    _ => read.held.label = Some(text),
                }
            }
        }
        Ok(())
    });
    read.is_refused = reject(&read.name, &read.ty, report);
    Some(read)
}

/// `#[repr(transparent)] struct Side(pub u8);` and nothing else.
fn check_newtype(item: &DeriveInput, report: &mut Report) {
    let ident = &item.ident;
    let help = format!("write `#[repr(transparent)] struct {ident}(pub u8);`");
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                reject("0", &fields.unnamed[0].ty, report);
            }
            _ => report.add(&codes::R023, ident, format_args!("`{ident}` is not one unnamed integer"), help),
        },
        Data::Enum(_) | Data::Union(_) => {
            let what = format!("`{ident}` has bit patterns that are no value, and a peer may send any");
            report.add(&codes::R023, ident, what, help);
        }
    }
}

fn read_ring(derive: Derive, item: &DeriveInput, report: &mut Report) -> Ring {
    let keys: &[&str] = match derive {
        Derive::Struct(StructKind::Message) => {
            &["name", "package", "version", "schema", "layout_hash", "schema_hash", "schema_text", "rings", "crate"]
        }
        Derive::Struct(StructKind::Struct) => &["name", "schema", "layout_hash", "crate"],
        Derive::Variant => &[
            "view",
            "cases",
            "name",
            "package",
            "version",
            "schema",
            "layout_hash",
            "schema_hash",
            "schema_text",
            "rings",
            "crate",
        ],
        Derive::Enum(EnumKind::Enum) => &["values", "name", "schema", "layout_hash", "crate"],
        Derive::Enum(EnumKind::Flags) => &["bits", "name", "schema", "layout_hash", "crate"],
    };
    let mut ring = Ring::default();
    read_attributes(&item.attrs, report, keys, |key, meta, report| {
        match key {
            "version" => {
                ring.version = number(meta, report)?;
            }
            "layout_hash" => ring.layout_hash = hash(meta, report)?,
            "schema_hash" => ring.schema_hash = hash(meta, report)?,
            "schema_text" => ring.schema_text = Some(meta.value()?.parse()?),
            "crate" => ring.krate = string(meta, report)?.map(|path| path.parse()).transpose()?,
            "values" | "bits" | "rings" => {
                let list;
                syn::parenthesized!(list in meta.input);
                let values = Punctuated::<Value, Token![,]>::parse_terminated(&list)?;
                let into = if key == "rings" { &mut ring.rings } else { &mut ring.values };
                into.get_or_insert_default().extend(values);
            }
            "cases" => {
                let list;
                syn::parenthesized!(list in meta.input);
                let cases = Punctuated::<Case, Token![,]>::parse_terminated(&list)?;
                ring.cases.get_or_insert_default().extend(cases);
            }
            "view" => ring.view = Some(meta.value()?.parse()?),
            _ => {
                let Some(text) = string(meta, report)? else { return Ok(()) };
                check_word(key, &text, report);
                match key {
                    "schema" => ring.schema = Some(text),
                    "package" => ring.package = Some(text),
                    _ => ring.name = Some(text),
                }
            }
        }
        Ok(())
    });
    check_together(derive, item, &ring, report);
    ring
}

/// Which attributes need each other, or exclude each other.
fn check_together(derive: Derive, item: &DeriveInput, ring: &Ring, report: &mut Report) {
    let name = ring.name.as_ref().map_or_else(|| item.ident.unraw().to_string(), LitStr::value);
    if name.len() > ringgen_layout::ring::MAX_NAME {
        let what = format!("`{name}` is longer than the 63 bytes that a ring has for it");
        report.add(&codes::R014, &item.ident, what, "write a shorter one: `#[ring(name = \"…\")]`");
    }
    if let Some(schema) = &ring.schema {
        let here = [
            ("package", ring.package.is_some()),
            ("version", ring.version.is_some()),
            ("layout_hash", ring.layout_hash.is_some()),
            ("schema_hash", ring.schema_hash.is_some()),
            ("schema_text", ring.schema_text.is_some()),
            ("values", ring.values.is_some()),
            ("rings", ring.rings.is_some()),
            ("cases", ring.cases.is_some()),
        ];
        for (key, _) in here.into_iter().filter(|(_, given)| *given) {
            let what = format!("`{key}` comes from the schema");
            report.add(&codes::R024, schema, what, format_args!("leave `{key}` out"));
        }
    }
    if ring.schema_hash.is_some() != ring.schema_text.is_some() {
        let what = "`schema_hash` and `schema_text` belong together";
        report.add(&codes::R024, &item.ident, what, "write both, as `ringgen generate` does, or neither");
    }
    // An item of the wrong form has another mistake, and its names with it.
    let is_struct = matches!(item.data, Data::Struct(_));
    if let (Derive::Enum(kind), true, None, None) = (derive, is_struct, &ring.values, &ring.schema) {
        let (what, help) = match kind {
            EnumKind::Enum => ("values", "write `#[ring(values(Unknown = 0, Buy = 1))]`"),
            EnumKind::Flags => ("bits", "write `#[ring(bits(OddLot = 0, Cancelled = 15))]`"),
        };
        report.add(&codes::R024, &item.ident, format_args!("`{}` names no {what}", item.ident), help);
    }
    check_unique(ring.values.as_deref().unwrap_or_default(), report);
    if derive == Derive::Variant {
        variant::check_ring(item, ring, report);
    }
}

fn check_unique(values: &[Value], report: &mut Report) {
    for (index, value) in values.iter().enumerate() {
        let at = Ident::new("at", value.span);
        if values[..index].iter().any(|earlier| earlier.name == value.name) {
            report.add(&codes::R013, &at, format_args!("`{}` is there already", value.name), "choose another name");
        } else if let Some(earlier) = values[..index].iter().find(|earlier| earlier.number == value.number) {
            let what = format!("`{}` has the number of `{}`", value.name, earlier.name);
            report.add(&codes::R013, &at, what, "choose another number");
        }
    }
}

impl Parse for Value {
    /// `/// Lifted the offer.` `Buy = 1`, the name quoted where Rust can't have it.
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let doc = doc_of(&Attribute::parse_outer(input)?);
        let (name, span) = if input.peek(LitStr) {
            let name: LitStr = input.parse()?;
            (name.value(), name.span())
        } else {
            let name = input.call(Ident::parse_any)?;
            (name.unraw().to_string(), name.span())
        };
        input.parse::<Token![=]>()?;
        let negative = input.parse::<Option<Token![-]>>()?.is_some();
        let number: i128 = input.parse::<LitInt>()?.base10_parse()?;
        Ok(Value { name, span, doc, number: if negative { -number } else { number } })
    }
}

/// Walks all `#[ring(…)]` of an item or field. An unknown key is reported and stepped over.
fn read_attributes(
    attributes: &[Attribute],
    report: &mut Report,
    keys: &[&str],
    mut read: impl FnMut(&str, &ParseNestedMeta<'_>, &mut Report) -> syn::Result<()>,
) {
    let mut seen: Vec<String> = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("ring")) {
        let known =
            format!("write one of {}", keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "));
        let parsed = attribute.parse_nested_meta(|meta| {
            let key = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
            if !keys.contains(&key.as_str()) {
                let what = format!("`{}` means nothing here", meta.path.to_token_stream());
                report.add(&codes::R024, &meta.path, what, &known);
                return skip_value(&meta);
            }
            if seen.contains(&key) {
                report.add(
                    &codes::R024,
                    &meta.path,
                    format_args!("`{key}` is there already"),
                    "leave one of the two out",
                );
                return skip_value(&meta);
            }
            read(&key, &meta, report)?;
            seen.push(key);
            Ok(())
        });
        if let Err(error) = parsed {
            report.add_syntax(&codes::R024, error, known);
        }
    }
}

fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if meta.input.peek(Token![=]) {
        meta.value()?.parse::<Expr>()?;
    } else if meta.input.peek(syn::token::Paren) {
        let list;
        syn::parenthesized!(list in meta.input);
        list.parse::<TokenStream>()?;
    }
    Ok(())
}

/// The text behind a key. `None` if there is something else, which is reported.
fn string(meta: &ParseNestedMeta<'_>, report: &mut Report) -> syn::Result<Option<LitStr>> {
    match meta.value()?.parse::<Expr>()? {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(Some(text)),
        other => {
            let key = meta.path.to_token_stream().to_string();
            report.add(&codes::R024, &other, format_args!("`{key}` is a text"), format_args!("write `{key} = \"…\"`"));
            Ok(None)
        }
    }
}

/// The version behind a key.
fn number(meta: &ParseNestedMeta<'_>, report: &mut Report) -> syn::Result<Option<u32>> {
    let value = meta.value()?.parse::<Expr>()?;
    let number = match &value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        _ => None,
    };
    if number.is_none() {
        let key = meta.path.to_token_stream();
        report.add(&codes::R024, &value, format_args!("`{key}` is a number"), format_args!("write `{key} = 1`"));
    }
    Ok(number)
}

/// Names are words in the lines of a canonical text, and what a unit is must fit on one.
fn check_word(key: &str, text: &LitStr, report: &mut Report) {
    let value = text.value();
    let is_word = value.chars().all(|letter| letter == '_' || letter.is_alphanumeric());
    if matches!(key, "name" | "package")
        && !(is_word && !value.is_empty() && !value.starts_with(|c: char| c.is_numeric()))
    {
        report.add(&codes::R010, text, format_args!("`{value}` is no name"), "write letters, digits and `_`");
    }
}

fn hash(meta: &ParseNestedMeta<'_>, report: &mut Report) -> syn::Result<Option<(Hash, Span)>> {
    let Some(text) = string(meta, report)? else { return Ok(None) };
    let value = text.value();
    let number = u128::from_str_radix(&value, 16).ok().filter(|_| value.len() == 32 && !value.starts_with('+'));
    if number.is_none() {
        report.add(
            &codes::R024,
            &text,
            "a fingerprint is 32 hexadecimal digits",
            "write what `ringgen generate` writes, or leave it out",
        );
    }
    Ok(number.map(|number| (Hash::from_u128(number), text.span())))
}

/// The text of a doc comment, without the space that follows its slashes.
pub(super) fn doc_of(attributes: &[Attribute]) -> String {
    let mut lines = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let Ok(named) = attribute.meta.require_name_value() else { continue };
        let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &named.value else { continue };
        lines.extend(text.value().lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end().to_string()));
        if text.value().is_empty() {
            lines.push(String::new());
        }
    }
    lines.join("\n").trim_matches('\n').to_string()
}
