//! What fields may hold beyond what their types say: absent values, ranges, lists, text; and the methods for these.

use proc_macro2::TokenStream;
use quote::quote;
use ringgen_layout::Scalar;

use super::words::{bare, constant_of, deprecated, doc, field_name, ident, method};
use super::{type_of, type_within, value};
use crate::plan::{ConstantValue, Element, EnumPlan, FieldPlan, ListPart, Plan, StructPlan, TypePlan};

/// What a field holds, as far as its methods care.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// A number or enum, or no value, for which this one stands.
    Nullable(ConstantValue),
    /// The elements of a list; the index of the field that says how many of them count.
    List { length: usize },
    /// How many elements of a list count; the index of the field with these.
    Length { items: usize },
    /// A text.
    Text,
    /// One boolean.
    Bool,
    /// Anything else.
    Plain,
}

impl Content {
    pub(super) fn of(field: &FieldPlan) -> Content {
        match (field.null, field.list, field.element) {
            (Some(null), ..) => Content::Nullable(null),
            (None, Some(ListPart::Items { length }), _) => Content::List { length },
            (None, Some(ListPart::Length { items }), _) => Content::Length { items },
            (None, None, Element::Str(_)) if field.dims.is_empty() => Content::Text,
            (None, None, Element::Scalar(Scalar::Bool)) if field.dims.is_empty() => Content::Bool,
            _ => Content::Plain,
        }
    }

    /// Whether there is a setter, because not every value is taken.
    pub(super) fn is_checked(self, field: &FieldPlan) -> bool {
        match self {
            Content::Nullable(_) | Content::List { .. } | Content::Text => true,
            Content::Length { .. } | Content::Bool => false,
            Content::Plain => field.range.is_some(),
        }
    }
}

/// Whether the bytes of a value are zero.
pub(super) fn is_zero(value: ConstantValue) -> bool {
    match value {
        ConstantValue::Integer(value) => value == 0,
        ConstantValue::Float(value) => value.to_bits() == 0,
        ConstantValue::Bool(value) => !value,
    }
}

/// Whether it is a float, which need not be equal to itself.
pub(super) fn is_float(value: ConstantValue) -> bool {
    matches!(value, ConstantValue::Float(_))
}

/// The constant that stands for no value in a field.
pub(super) fn null_constant(of: &FieldPlan) -> syn::Ident {
    constant_of(of, "_NULL")
}

/// The constant with the range of a field.
pub(super) fn range_constant(of: &FieldPlan) -> syn::Ident {
    constant_of(of, "_RANGE")
}

/// The type and the name of a field, as errors call them.
pub(super) fn labels(of: &StructPlan, field: &FieldPlan) -> TokenStream {
    let (ty, name) = (&of.name, &field.name);
    quote!((#ty, #name))
}

/// The scalar that a field's numbers are of.
fn scalar_of(plan: &Plan, field: &FieldPlan) -> Scalar {
    match field.element {
        Element::Scalar(scalar) => scalar,
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(of) => of.repr,
            other => panic!("a plan gives {} a null value or a range", other.name()),
        },
        _ => panic!("a plan gives `{}` a null value or a range", field.name),
    }
}

/// The enum of a nullable field, if it is one.
fn enum_of<'a>(plan: &'a Plan, field: &FieldPlan) -> Option<&'a EnumPlan> {
    match plan.ty(field.element.ty()?) {
        TypePlan::Enum(of) => Some(of),
        _ => None,
    }
}

/// What a field takes, in a sentence for its documentation.
pub(super) fn in_words(of: &FieldPlan) -> String {
    // Values of enums are integers of 64 bits at most.
    let scalar = if let Element::Scalar(scalar) = of.element { scalar } else { Scalar::I64 };
    let name = bare(of);
    let mut sentences = Vec::new();
    if let Some((least, most)) = of.range {
        let each = if of.dims.is_empty() { "" } else { "Each " };
        let from = if each.is_empty() { "From" } else { "from" };
        sentences.push(format!("{each}{from} {} to {}.", least.shown(scalar), most.shown(scalar)));
    }
    match Content::of(of) {
        Content::Nullable(_) => {
            let null = null_constant(of);
            sentences.push(format!("[`{null}`](Self::{null}) stands for no value: see [`{name}()`](Self::{name}())."));
        }
        Content::List { .. } => {
            sentences.push(format!("Those that count are [`{name}()`](Self::{name}())."));
        }
        _ => {}
    }
    sentences.join(" ")
}

/// The constants and methods of a struct's fields.
pub(super) fn print(plan: &Plan, of: &StructPlan) -> TokenStream {
    let constants = of.data_fields().map(|field| constants(plan, field));
    let methods = of.data_fields().map(|field| {
        let methods = match Content::of(field) {
            Content::Nullable(_) => nullable(plan, of, field),
            Content::List { length } => list(plan, of, field, length),
            Content::Text => text(plan, of, field),
            Content::Plain if field.range.is_some() => ranged(plan, of, field),
            Content::Plain | Content::Length { .. } | Content::Bool => Vec::new(),
        };
        quote!(#(#methods)*)
    });
    quote!(#(#constants)* #(#methods)*)
}

fn constants(plan: &Plan, field: &FieldPlan) -> TokenStream {
    let scalar = || ident(scalar_of(plan, field).name());
    let deprecated = deprecated(plan, field.deprecated);
    let null = field.null.map(|null| {
        let (constant, number) = (null_constant(field), value(scalar_of(plan, field), null));
        let (ty, number) = match enum_of(plan, field) {
            Some(of) => {
                let ty = ident(&of.name);
                (ty.clone(), quote!(#ty(#number)))
            }
            None => (scalar(), number),
        };
        let doc = doc([format!("Stands for no value in `{}`.", bare(field)).as_str()]);
        quote!(#doc #deprecated pub const #constant: #ty = #number;)
    });
    let range = field.range.map(|(least, most)| {
        let (constant, ty) = (range_constant(field), scalar());
        let [least, most] = [least, most].map(|end| value(scalar_of(plan, field), end));
        let each = if field.dims.is_empty() { "" } else { "each of " };
        let doc = doc([format!("What {each}`{}` may be.", bare(field)).as_str()]);
        quote!(#doc #deprecated pub const #constant: ::core::ops::RangeInclusive<#ty> = #least..=#most;)
    });
    quote!(#null #range)
}

/// The documentation of a method that may fail.
pub(super) fn fallible(what: &str, why: &str) -> TokenStream {
    doc([what, format!("# Errors\n{why}").as_str()])
}

/// What a method returns that sets something.
pub(super) fn outcome() -> TokenStream {
    quote!(::core::result::Result<(), ::ringgen::ValueError>)
}

fn nullable(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> Vec<TokenStream> {
    let deprecated = deprecated(plan, field.deprecated);
    let (name, ty, setter) = (field_name(field), type_of(plan, field), method("set_", field));
    let (null, labels, outcome) = (null_constant(field), labels(of, field), outcome());
    let is_nan = matches!(field.null, Some(ConstantValue::Float(null)) if null.is_nan());
    let is_there = if is_nan { quote!(!self.#name.is_nan()) } else { quote!(self.#name != Self::#null) };
    // Errors speak of numbers, so an enum is asked about as one.
    let wrapper = enum_of(plan, field).map(|of| ident(&of.name));
    let (given, null_number) = match &wrapper {
        Some(_) => (quote!(#name.map(|#name| #name.0)), quote!(Self::#null.0)),
        None => (quote!(#name), quote!(Self::#null)),
    };
    let (stored, why) = match field.range {
        Some(_) => {
            let range = range_constant(field);
            let stored = quote!(::ringgen::__private::or_null_in(#labels, #given, #null_number, &Self::#range)?);
            (stored, format!("If it lies outside of [`{range}`](Self::{range}), or stands for no value itself."))
        }
        None => {
            let stored = quote!(::ringgen::__private::or_null(#labels, #given, #null_number)?);
            (stored, "If it stands for no value itself.".to_string())
        }
    };
    let stored = match wrapper {
        Some(wrapper) => quote!(#wrapper(#stored)),
        None => stored,
    };
    let getter_doc = doc([format!("The value of `{name}`, if there is one.").as_str()]);
    let what = format!("Sets `{name}`, or stores [`{null}`](Self::{null}) for no value.");
    let setter_doc = fallible(&what, &why);
    vec![
        quote! {
            #getter_doc
            #deprecated
            #[must_use]
            pub fn #name(&self) -> ::core::option::Option<#ty> {
                (#is_there).then_some(self.#name)
            }
        },
        quote! {
            #setter_doc
            #deprecated
            pub fn #setter(&mut self, #name: ::core::option::Option<#ty>) -> #outcome {
                self.#name = #stored;
                ::core::result::Result::Ok(())
            }
        },
    ]
}

fn ranged(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> Vec<TokenStream> {
    let deprecated = deprecated(plan, field.deprecated);
    let (name, ty, setter) = (field_name(field), type_of(plan, field), method("set_", field));
    let (range, outcome) = (range_constant(field), outcome());
    let check = check_given(of, field, &quote!(#name), field.dims.len());
    let which = if field.dims.is_empty() { "it" } else { "one of them" };
    let why = format!("If {which} lies outside of [`{range}`](Self::{range}).");
    let doc = fallible(&format!("Sets `{name}`."), &why);
    vec![quote! {
        #doc
        #deprecated
        pub fn #setter(&mut self, #name: #ty) -> #outcome {
            #check?;
            self.#name = #name;
            ::core::result::Result::Ok(())
        }
    }]
}

/// The check of a number, or of an array of `depth` dimensions, against the range of a field.
pub(super) fn check_given(of: &StructPlan, field: &FieldPlan, given: &TokenStream, depth: usize) -> TokenStream {
    let (labels, range) = (labels(of, field), range_constant(field));
    match depth {
        0 => quote!(::ringgen::__private::check_range(#labels, #given, &Self::#range)),
        1 => check_ranges(of, field, &quote!(&#given)),
        _ => check_ranges(of, field, &quote!(#given.as_flattened())),
    }
}

/// The check of a slice of numbers against the range of a field.
pub(super) fn check_ranges(of: &StructPlan, field: &FieldPlan, given: &TokenStream) -> TokenStream {
    let (labels, range) = (labels(of, field), range_constant(field));
    quote!(::ringgen::__private::check_ranges(#labels, #given, &Self::#range))
}

fn text(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> Vec<TokenStream> {
    let deprecated = deprecated(plan, field.deprecated);
    let (name, setter) = (field_name(field), method("set_", field));
    let (labels, outcome) = (labels(of, field), outcome());
    let why = format!("If it is longer than {} bytes, or holds a NUL. Nothing is ever cut.", field.size);
    let doc = fallible(&format!("Sets `{name}`."), &why);
    vec![quote! {
        #doc
        #deprecated
        pub fn #setter(&mut self, #name: &str) -> #outcome {
            self.#name = ::ringgen::__private::text(#labels, #name)?;
            ::core::result::Result::Ok(())
        }
    }]
}

fn list(plan: &Plan, of: &StructPlan, field: &FieldPlan, length: usize) -> Vec<TokenStream> {
    let deprecated = deprecated(plan, field.deprecated);
    let (name, length) = (field_name(field), field_name(&of.fields[length]));
    let (setter, push) = (method("set_", field), method("push_", field));
    let (element, labels, outcome) = (type_within(plan, field, 1), labels(of, field), outcome());
    let depth = field.dims.len();
    let range = field.range.map(|_| range_constant(field));
    let check = range.as_ref().map(|_| {
        let given = if depth == 1 { quote!(#name) } else { quote!(#name.as_flattened()) };
        let check = check_ranges(of, field, &given);
        quote!(#check?;)
    });
    let check_one = range.as_ref().map(|_| {
        let check = check_given(of, field, &quote!(item), depth - 1);
        quote!(#check?;)
    });
    let most = field.dims[0];
    let getter_doc = format!("The elements of `{name}` that count: never more than {most}, whatever a peer says.");
    let getter_doc = doc([getter_doc.as_str()]);
    let what = format!("Makes `{name}` hold these elements; what is behind them is zeroed.");
    let outside = |which: &str| match &range {
        Some(range) => format!(", or {which} lies outside of [`{range}`](Self::{range}).", range = range),
        None => ".".to_string(),
    };
    let setter_doc = fallible(&what, &format!("If there are more than {most}{}", outside("one of them")));
    let what = format!("Adds an element to `{name}`.");
    let push_doc = fallible(&what, &format!("If there are {most} already{}", outside("it")));
    vec![
        quote! {
            #getter_doc
            #deprecated
            #[must_use]
            pub fn #name(&self) -> &[#element] {
                ::ringgen::__private::counted(&self.#name, self.#length)
            }
        },
        quote! {
            #setter_doc
            #deprecated
            pub fn #setter(&mut self, #name: &[#element]) -> #outcome {
                #check
                ::ringgen::__private::set_list(#labels, &mut self.#name, &mut self.#length, #name)
            }
        },
        quote! {
            #push_doc
            #deprecated
            pub fn #push(&mut self, item: #element) -> #outcome {
                #check_one
                ::ringgen::__private::push_list(#labels, &mut self.#name, &mut self.#length, item)
            }
        },
    ]
}
