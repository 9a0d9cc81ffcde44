//! An item against the schema it names: `#[ring(schema = "market.toml", name = "Trade")]`.
//!
//! Names and their order are compared here, where each field has its span. Types can't be: tokens prove nothing. For
//! those the expansion holds the schema's struct, and rustc compares it with what the fields really are.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use ringgen_layout::{EnumKind, Scalar, StructKind};
use ringgen_schema::annotated::{Case, Field, Input, Report, Value};
use ringgen_schema::backend::rust_type;
use ringgen_schema::lock::Locks;
use ringgen_schema::plan::{CasePlan, Element, EnumPlan, FieldPlan, Plan, StructPlan, TypePlan, VariantPlan};
use ringgen_schema::{Compiler, Disk, Source, codes};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, LitStr};

use crate::expand::{check, hash};

/// A struct or message of a schema.
pub(crate) struct BoundStruct {
    schema: Schema,
    of: StructPlan,
}

/// An enum or flags type of a schema.
pub(crate) struct BoundEnum {
    schema: Schema,
    of: EnumPlan,
    /// Its values, as if they had been written in the attribute.
    pub(crate) values: Vec<Value>,
}

/// A variant of a schema.
pub(crate) struct BoundVariant {
    schema: Schema,
    of: VariantPlan,
    /// Its cases, as if they had been written in the attribute.
    pub(crate) cases: Vec<Case>,
}

/// A schema file that was named in Rust.
pub(crate) struct Schema {
    /// As the user wrote it.
    name: String,
    /// Every file that it is made of.
    paths: Vec<PathBuf>,
    pub(crate) plan: Plan,
}

/// The schema's struct for an item that names one, with its differences reported. The fields of the input get the
/// names they have there.
pub(crate) fn structure(kind: StructKind, input: &mut Input, report: &mut Report) -> Option<BoundStruct> {
    let schema = load(input.ring.schema.as_ref()?, report)?;
    let of = match find(&schema, input, report)? {
        TypePlan::Struct(of) if of.kind == kind => of.clone(),
        other => {
            wrong_derive(&schema, input, other, report);
            return None;
        }
    };
    compare(&schema, &of, input, report);
    Some(BoundStruct { schema, of })
}

/// The schema's enum for an item that names one.
pub(crate) fn enumeration(kind: EnumKind, input: &Input, report: &mut Report) -> Option<BoundEnum> {
    let schema = load(input.ring.schema.as_ref()?, report)?;
    let of = match find(&schema, input, report)? {
        TypePlan::Enum(of) if of.kind == kind => of.clone(),
        other => {
            wrong_derive(&schema, input, other, report);
            return None;
        }
    };
    let number = |value: i128| match kind {
        EnumKind::Enum => value,
        EnumKind::Flags => value.trailing_zeros().into(),
    };
    let value = |value: &ringgen_schema::plan::ValuePlan| Value {
        name: value.wire_name.clone(),
        span: input.ident.span(),
        doc: value.doc.clone(),
        number: number(value.value),
    };
    let values = of.values.iter().map(value).collect();
    Some(BoundEnum { schema, of, values })
}

/// The schema's variant for an item that names one.
pub(crate) fn variant(input: &Input, report: &mut Report) -> Option<BoundVariant> {
    let schema = load(input.ring.schema.as_ref()?, report)?;
    let of = match find(&schema, input, report)? {
        TypePlan::Variant(of) => of.clone(),
        other => {
            wrong_derive(&schema, input, other, report);
            return None;
        }
    };
    let span = input.ring.view.as_ref().map_or(input.ident.span(), |view| view.span());
    let case = |case: &CasePlan| Case {
        ident: Ident::new(&case.name, span),
        name: case.wire_name.clone(),
        doc: case.doc.clone(),
        number: case.value,
    };
    let cases = of.cases.iter().map(case).collect();
    Some(BoundVariant { schema, of, cases })
}

/// Reads and compiles the file that a literal names, relative to the crate.
pub(crate) fn load(literal: &LitStr, report: &mut Report) -> Option<Schema> {
    let name = literal.value();
    let Some(root) = std::env::var_os("CARGO_MANIFEST_DIR") else {
        let what = "a schema is found relative to CARGO_MANIFEST_DIR, which is not set";
        report.add(&codes::R024, literal, what, "build with cargo");
        return None;
    };
    let path = Path::new(&root).join(&name);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let what = format!("can't read {}: {error}", path.display());
            report.add(&codes::R024, literal, what, "write a path relative to the folder of this crate's Cargo.toml");
            return None;
        }
    };
    let compiler = Compiler::new().loader(Disk::below(&root)).locks(Locks::Held);
    let compilation = compiler.compile([Source::from_bytes(name.as_str(), bytes)]);
    let paths = compilation.sources.files().iter().map(|file| Path::new(&root).join(file.name())).collect();
    match compilation.into_plans() {
        Ok(plans) => plans.into_iter().next().map(|plan| Schema { name, paths, plan }),
        Err(findings) => {
            let what = format!("{name} has mistakes of its own\n{}", findings.render(false));
            report.add(&codes::R024, literal, what.trim_end(), format_args!("run `ringgen check {name}`"));
            None
        }
    }
}

fn find<'a>(schema: &'a Schema, input: &Input, report: &mut Report) -> Option<&'a TypePlan> {
    let name = input.name();
    let found = schema.plan.types.iter().find(|ty| ty.name() == name);
    if found.is_none() {
        let what = format!("{} declares no `{name}`", schema.name);
        let names: Vec<String> = schema.plan.types.iter().map(|ty| format!("`{}`", ty.name())).collect();
        let help = format!("write one of {}", names.join(", "));
        match &input.ring.name {
            Some(literal) => report.add(&codes::R025, literal, what, help),
            None => report.add(&codes::R025, &input.ident, what, help),
        }
    }
    found
}

fn wrong_derive(schema: &Schema, input: &Input, found: &TypePlan, report: &mut Report) {
    let (word, derive) = match found {
        TypePlan::Struct(StructPlan { kind: StructKind::Message, .. }) => ("a message", "RingMessage"),
        TypePlan::Struct(_) => ("a struct", "RingStruct"),
        TypePlan::Enum(EnumPlan { kind: EnumKind::Enum, .. }) => ("an enum", "RingEnum"),
        TypePlan::Enum(_) => ("flags", "RingFlags"),
        TypePlan::Variant(_) => ("a variant", "RingVariant"),
    };
    let what = format!("`{}` is {word} in {}", found.name(), schema.name);
    report.add(&codes::R025, &input.ident, what, format_args!("write `#[derive({derive})]`"));
}

/// Names and order. Padding may be called anything, and be split in any way.
fn compare(schema: &Schema, of: &StructPlan, input: &mut Input, report: &mut Report) {
    let expected: Vec<&FieldPlan> = of.fields.iter().filter(|field| !matches!(field.element, Element::Pad)).collect();
    let mut order = Vec::new();
    for field in &mut input.fields {
        if let Some(index) = expected.iter().position(|expected| is_named(field, expected)) {
            field.name.clone_from(&expected[index].wire_name);
            order.push((index, field.ident.clone()));
        } else if !field.is_filler() {
            let what = format!("`{}` is not in `{}` of {}", field.name, of.name, schema.name);
            report.add(&codes::R025, &field.ident, what, "leave it out here, or declare it there");
        }
    }
    for (index, missing) in expected.iter().enumerate() {
        if !order.iter().any(|(found, _)| *found == index) {
            let what = format!("`{}` of {} is missing here", missing.name, schema.name);
            let line = format!("add the line `{}: {},`", missing.names.rust, rust_type(&schema.plan, missing));
            let place = match index.checked_sub(1) {
                Some(before) => format!(" behind `{}`", expected[before].names.rust),
                None => " as the first field".to_string(),
            };
            report.add(&codes::R025, &input.ident, what, line + &place);
        }
    }
    if let Some(pair) = order.windows(2).find(|pair| pair[0].0 > pair[1].0) {
        let (first, second) = (&pair[0].1, &pair[1].1);
        let what = format!("`{second}` lies in front of `{first}` in {}", schema.name);
        let names: Vec<&str> = expected.iter().map(|field| field.names.rust.as_str()).collect();
        report.add(&codes::R025, second, what, format_args!("write them in the order {}", names.join(", ")));
    }
}

fn is_named(field: &Field, expected: &FieldPlan) -> bool {
    let rust = expected.names.rust.trim_start_matches("r#");
    field.name == expected.name || field.name == expected.wire_name || field.ident.unraw() == rust
}

impl BoundStruct {
    /// The version of the package, and the canonical text with everything that the schema says in it.
    pub(crate) fn schema(&self) -> (u32, &str) {
        (self.schema.plan.version, &self.of.schema_text)
    }

    /// What rustc is to compare: each field, under its type, and the whole, under its name.
    pub(crate) fn checks(&self, private: &TokenStream, input: &Input) -> TokenStream {
        let BoundStruct { schema, of } = self;
        let ident = &input.ident;
        let file = &schema.name;
        let theirs = format_ident!("__RINGGEN_SCHEMA");
        let mine = quote!(&<#ident as #private::Described>::STRUCT);
        let expected = self.expected(private);
        let fields = input.fields.iter().filter_map(|field| {
            let plan = of.fields.iter().find(|plan| plan.wire_name == field.name)?;
            let (name, rust) = (&plan.wire_name, rust_type(&schema.plan, plan));
            let call = quote!(#private::proof::check_like(#mine, &#theirs, #name, #rust, #file));
            Some(check(field.ty.span(), call))
        });
        let whole = check(ident.span(), quote!(#private::proof::check_whole(#mine, &#theirs, #file)));
        let track = schema.track(private);
        quote! {
            const #theirs: #private::Struct<'static> = #expected;
            #(#fields)*
            #whole
            #track
        }
    }

    fn expected(&self, private: &TokenStream) -> TokenStream {
        let StructPlan { kind, name, size, align, fields, .. } = &self.of;
        let kind = match kind {
            StructKind::Struct => quote!(#private::StructKind::Struct),
            StructKind::Message => quote!(#private::StructKind::Message),
        };
        let fields = fields.iter().map(|field| {
            let FieldPlan { wire_name: name, offset, .. } = field;
            let ty = self.field_type(private, field);
            quote!(#private::Field { name: #name, offset: #offset, ty: #ty, note: #private::Note::NONE })
        });
        quote! {
            #private::Struct { kind: #kind, name: #name, size: #size, align: #align, fields: &[#(#fields),*], doc: "" }
        }
    }

    fn field_type(&self, private: &TokenStream, field: &FieldPlan) -> TokenStream {
        let mut ty = match field.element {
            Element::Scalar(scalar) => scalar_type(private, scalar),
            Element::Bytes => scalar_type(private, Scalar::U8),
            Element::Str(length) => quote!(#private::Type::new(#private::Kind::Str, #length, 1)),
            Element::Text(max) => reference(private, &quote!(Text), max),
            Element::Blob(max) => reference(private, &quote!(Blob), max),
            Element::Pad | Element::Reserved => {
                let size = field.size;
                let kind = if field.element == Element::Pad { quote!(Pad) } else { quote!(Reserved) };
                return quote!(#private::Type::new(#private::Kind::#kind, #size, 1));
            }
            Element::Type(id) => match self.schema.plan.ty(id) {
                TypePlan::Enum(EnumPlan { kind, name, repr, layout_hash, .. }) => {
                    let kind = match kind {
                        EnumKind::Enum => quote!(#private::EnumKind::Enum),
                        EnumKind::Flags => quote!(#private::EnumKind::Flags),
                    };
                    let (size, align, hash) = (repr.size(), repr.align(), hash(private, *layout_hash));
                    let kind = quote!(#private::Kind::Enum { kind: #kind, name: #name, hash: #hash });
                    quote!(#private::Type::new(#kind, #size, #align))
                }
                TypePlan::Struct(StructPlan { kind, name, size, align, layout_hash, .. }) => {
                    let kind = match kind {
                        StructKind::Struct => quote!(#private::StructKind::Struct),
                        StructKind::Message => quote!(#private::StructKind::Message),
                    };
                    let hash = hash(private, *layout_hash);
                    let kind = quote!(#private::Kind::Struct { kind: #kind, name: #name, hash: #hash });
                    quote!(#private::Type::new(#kind, #size, #align))
                }
                TypePlan::Variant(VariantPlan { name, size, align, layout_hash, .. }) => {
                    let hash = hash(private, *layout_hash);
                    let kind = quote!(#private::Kind::Variant { name: #name, hash: #hash });
                    quote!(#private::Type::new(#kind, #size, #align))
                }
            },
        };
        for length in field.dims.iter().rev() {
            ty = quote!(#ty.array(#length).unwrap());
        }
        ty
    }
}

fn reference(private: &TokenStream, kind: &TokenStream, max: u32) -> TokenStream {
    quote!(#private::Type::new(
        #private::Kind::#kind { max: #max },
        #private::Type::REFERENCE.0,
        #private::Type::REFERENCE.1,
    ))
}

fn scalar_type(private: &TokenStream, of: Scalar) -> TokenStream {
    let scalar = scalar(private, of);
    quote!(#private::Type::scalar(#scalar))
}

fn scalar(private: &TokenStream, of: Scalar) -> TokenStream {
    // A variant is called as its Debug says: the table of scalars derives it.
    let variant = format_ident!("{}", format!("{of:?}"));
    quote!(#private::Scalar::#variant)
}

impl BoundEnum {
    /// What rustc is to compare: the integer behind it. The values were taken from the schema.
    pub(crate) fn checks(&self, private: &TokenStream, input: &Input) -> TokenStream {
        let (ident, file) = (&input.ident, &self.schema.name);
        let repr = scalar(private, self.of.repr);
        let mine = quote!(&<#ident as #private::DescribedEnum>::ENUM);
        let track = self.schema.track(private);
        let repr = check(ident.span(), quote!(#private::proof::check_repr(#mine, #repr, #file)));
        quote!(#repr #track)
    }
}

impl BoundVariant {
    /// The version of the package, and the canonical text with everything that the schema says in it.
    pub(crate) fn schema(&self) -> (u32, &str) {
        (self.schema.plan.version, &self.of.schema_text)
    }

    /// What rustc is to compare: the type of each case, the tag, and the whole. The numbers were taken from the schema.
    pub(crate) fn checks(&self, private: &TokenStream, input: &Input) -> TokenStream {
        let BoundVariant { schema, of, .. } = self;
        let (ident, file) = (&input.ident, &schema.name);
        let mine = quote!(&<#ident as #private::DescribedVariant>::VARIANT);
        let types: Vec<&TypePlan> = of.cases.iter().map(|case| schema.plan.ty(case.ty)).collect();
        let span = input.ring.view.as_ref().map_or(ident.span(), |view| view.span());
        let cases = types.iter().enumerate().map(|(index, ty)| {
            let (name, hash) = (ty.name(), hash(private, ty.layout_hash()));
            check(span, quote!(#private::proof::check_case_like(#mine, #index, #name, #hash, #file)))
        });
        let hashes = types.iter().map(|ty| hash(private, ty.layout_hash()));
        let (tag, whole) = (scalar(private, of.tag), hash(private, of.layout_hash));
        let whole = quote!(#private::proof::check_variant_like(#mine, #tag, &[#(#hashes),*], #whole, #file));
        let whole = check(ident.span(), whole);
        let track = schema.track(private);
        quote!(#(#cases)* #whole #track)
    }
}

impl Schema {
    /// Makes cargo compile the crate again when one of the files changes.
    pub(crate) fn track(&self, private: &TokenStream) -> TokenStream {
        let paths = self.paths.iter().map(|path| path.to_string_lossy());
        quote!(const _: () = { #(let _ = #private::include_bytes!(#paths);)* };)
    }
}
