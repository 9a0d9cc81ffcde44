//! From what the user said to the expansion: constants for rustc to evaluate, and the only `unsafe impl`s there are.
//!
//! The proof rests on types that rustc infers, and never on the tokens of a type, which a user can shadow:
//! `member(|this: &Self| &this.price)` is whatever `price` really is. An expansion names `…::__private` alone, holds
//! no `use`, and declares nothing but one constant without a name (and one with, where there is a schema).

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::quote;
use ringgen_layout::{EnumKind, Hash, StructKind};
use syn::spanned::Spanned;
use syn::{DeriveInput, Ident};

use crate::bind::{self, BoundEnum, BoundStruct};
use crate::in_place;
use ringgen_schema::annotated::{self, Derive, Field, Input, Report, Value};

/// The expansion of `RingMessage` and `RingStruct`.
pub(crate) fn structure(kind: StructKind, item: TokenStream) -> TokenStream {
    expand(Derive::Struct(kind), item, |input, report| {
        let bound = bind::structure(kind, input, report);
        report.is_empty().then(|| print_struct(kind, input, bound.as_ref()))
    })
}

/// The expansion of `RingEnum` and `RingFlags`.
pub(crate) fn enumeration(kind: EnumKind, item: TokenStream) -> TokenStream {
    expand(Derive::Enum(kind), item, |input, report| {
        let bound = bind::enumeration(kind, input, report);
        report.is_empty().then(|| print_enum(kind, input, bound))
    })
}

/// From tokens to tokens: what `print` makes of the item, or what is wrong with it.
pub(crate) fn expand(
    derive: Derive,
    item: TokenStream,
    print: impl FnOnce(&mut Input, &mut Report) -> Option<TokenStream>,
) -> TokenStream {
    let item: DeriveInput = match syn::parse2(item) {
        Ok(item) => item,
        // rustc hands a derive nothing but whole items; should it ever not, its own words are the best there are.
        Err(error) => return error.to_compile_error(),
    };
    let mut report = Report::default();
    let mut input = annotated::read(derive, item, &mut report);
    match print(&mut input, &mut report) {
        Some(tokens) => tokens,
        None => {
            let stub = stub(derive, &input);
            let errors = report.into_tokens();
            quote!(#errors #stub)
        }
    }
}

/// Impls that hold nothing, so that whoever uses the type hears of its mistakes once and not at each use.
fn stub(derive: Derive, input: &Input) -> TokenStream {
    let root = input.root();
    let private = quote!(#root::__private);
    let ident = &input.ident;
    let (generics, arguments, _) = input.generics.split_for_impl();
    let predicates = input.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    // A bound with a lifetime of its own is checked where the impl is used, and not where it is written.
    let bounds = quote! {
        where #(#predicates,)* for<'__ring> Self: #private::Copy + #private::Send + #private::Sync + 'static
    };
    let is_message = matches!(derive, Derive::Struct(StructKind::Message) | Derive::Variant);
    let message = is_message.then(|| {
        quote! {
            #[automatically_derived]
            unsafe impl #generics #private::Message for #ident #arguments #bounds {
                const NAME: &'static #private::str = "";
                const LAYOUT_HASH: #private::Hash = #private::Hash::of(b"");
                const PACKAGE_VERSION: #private::u32 = 0;
                fn schema_text() -> #private::Cow<'static, #private::str> { #private::Cow::Borrowed("") }
            }
        }
    });
    let inherent = matches!(derive, Derive::Struct(_) | Derive::Variant).then(|| {
        let visibility = &input.visibility;
        let view = input.ring.view.as_ref().map(|view| quote!(#visibility fn view(&self) -> #view<'_> { loop {} }));
        quote! {
            #[allow(dead_code)]
            impl #generics #ident #arguments #bounds {
                #visibility const ZERO: Self = #private::zeroed();
                #visibility const LAYOUT_HASH: #private::Hash = #private::Hash::of(b"");
                #view
            }
        }
    });
    // What syntax found no fault with may still be no plain old data: one run is to find all there is to find.
    let is_struct = matches!(derive, Derive::Struct(_)) && !input.fields.is_empty();
    let others = (is_struct && input.generics.params.is_empty() && !input.is_packed).then(|| {
        let members = input.fields.iter().filter(|field| !field.is_refused).map(|field| member(&private, field));
        quote! {
            #[automatically_derived]
            impl #private::Described for #ident {
                const PARTS: (&'static [#private::proof::Member<'static>], fn(&mut Self)) =
                    (&[#(#members),*], |_| ());
                const STRUCT: #private::Struct<'static> =
                    #private::proof::structure(#private::StructKind::Struct, "", &[], &[], 1, "");
            }
        }
    });
    quote! {
        const _: () = {
            // SAFETY: of no program: a `compile_error!` stands beside this, which is there so that the user sees that
            // one and not twenty errors about a type that is no `Pod`. So it is for `Message` above.
            #[automatically_derived]
            unsafe impl #generics #private::Pod for #ident #arguments #bounds {
                const TYPE: #private::Type<'static> = #private::Type::scalar(#private::Scalar::U8);
            }
            #[automatically_derived]
            impl #generics #private::Whole for #ident #arguments #bounds {}
            #message
            #inherent
            #others
        };
    }
}

fn print_struct(kind: StructKind, input: &Input, bound: Option<&BoundStruct>) -> TokenStream {
    let root = input.root();
    let private = quote!(#root::__private);
    let (ident, name, doc) = (&input.ident, input.name(), &input.doc);
    let count = input.fields.len();
    let idents = input.fields.iter().map(|field| &field.ident);
    let members = input.fields.iter().map(|field| member(&private, field));
    let kind_tokens = struct_kind(kind);
    let bounds = bounds(&private);
    let checks = struct_checks(&private, input, bound);
    let described = quote!(<Self as #private::Described>::STRUCT);
    let schema = bound.map(BoundStruct::schema);
    let message = (kind == StructKind::Message).then(|| message(&private, input, &described, schema));
    let inherent = inherent(&private, input, &described, &TokenStream::new());
    let blank = in_place::blank(&private, input);
    let in_place = in_place::structure(&private, input);
    quote! {
        const _: () = {
            // A field that was given up is one all the same.
            #[allow(deprecated)]
            #[automatically_derived]
            impl #private::Described for #ident {
                const PARTS: (&'static [#private::proof::Member<'static>], fn(&mut Self)) = {
                    // Without `..`: a field that an attribute adds behind our back is an error.
                    let _: fn(&Self) = |Self { #(#idents: _),* }| ();
                    (&[#(#members),*], #blank)
                };
                const STRUCT: #private::Struct<'static> = #private::proof::structure(
                    #private::StructKind::#kind_tokens,
                    #name,
                    <Self as #private::Described>::MEMBERS,
                    &#private::proof::place::<#count>(<Self as #private::Described>::MEMBERS),
                    #private::align_of::<Self>(),
                    #doc,
                );
            }
            // SAFETY: each field is `Pod`, which `member` in `MEMBERS` takes alone. `check_field` finds each where
            // `place` puts it, and so without a gap in front of it, and `check_end` none behind the last one: there is no
            // padding. Size and alignment are rustc's, which `check_end` compares.
            #[automatically_derived]
            unsafe impl #private::Pod for #ident #bounds {
                const TYPE: #private::Type<'static> = #described.as_type();
                fn describe(canonical: &mut #private::Canonical) {
                    #private::describe::<Self>(canonical)
                }
                #[inline]
                fn blank() -> Self {
                    let mut blank = #private::zeroed();
                    (<Self as #private::Described>::PARTS.1)(&mut blank);
                    blank
                }
            }
            #message
            #inherent
            #checks
        };
        #in_place
    }
}

/// Bounds that make a missing `Copy` one error, ours: with a lifetime of their own they are checked at uses alone.
pub(crate) fn bounds(private: &TokenStream) -> TokenStream {
    quote!(where for<'__ring> Self: #private::Copy + #private::Send + #private::Sync)
}

fn struct_kind(kind: StructKind) -> Ident {
    let name = match kind {
        StructKind::Struct => "Struct",
        StructKind::Message => "Message",
    };
    Ident::new(name, Span::call_site())
}

/// One row of `MEMBERS`, under the field's type.
pub(crate) fn member(private: &TokenStream, field: &Field) -> TokenStream {
    let Field { ident, name, doc, unit, epoch, .. } = field;
    let tokens = quote! {
        #private::member(
            #name,
            |__ring: &Self| &__ring.#ident,
            #private::offset_of!(Self, #ident),
            #private::Note { doc: #doc, unit: #unit, epoch: #epoch, ..#private::Note::NONE },
        )
    };
    under(expanded(field.ty.span()), tokens)
}

/// The impl of `Message` for what `described` describes; `schema` is the version and the text of its schema.
pub(crate) fn message(
    private: &TokenStream,
    input: &Input,
    described: &TokenStream,
    schema: Option<(u32, &str)>,
) -> TokenStream {
    let (ident, name) = (&input.ident, input.name());
    let bounds = bounds(private);
    let version = schema.map_or(input.ring.version.unwrap_or(0), |(version, _)| version);
    let text = match (schema, &input.ring.schema_text, &input.ring.package) {
        (Some((_, text)), ..) => quote!(#private::Cow::Borrowed(#text)),
        (None, Some(path), _) => quote!(#private::Cow::Borrowed(#path)),
        (None, None, Some(package)) => {
            let package = quote!(#private::Package { name: #package, version: #version });
            quote!(#private::schema_text::<Self>(#private::Some(#package)))
        }
        (None, None, None) => quote!(#private::schema_text::<Self>(#private::None)),
    };
    quote! {
        // SAFETY: the hash is the one of the description that `Pod::TYPE` is made of, in the same expansion.
        #[automatically_derived]
        unsafe impl #private::Message for #ident #bounds {
            const NAME: &'static #private::str = #name;
            const LAYOUT_HASH: #private::Hash = #described.layout_hash();
            const PACKAGE_VERSION: #private::u32 = #version;
            fn schema_text() -> #private::Cow<'static, #private::str> {
                #text
            }
        }
    }
}

/// The constants that a type gets, and what else it is to have.
pub(crate) fn inherent(
    private: &TokenStream,
    input: &Input,
    described: &TokenStream,
    more: &TokenStream,
) -> TokenStream {
    let Input { ident, visibility, .. } = input;
    let bounds = bounds(private);
    quote! {
        #[allow(dead_code)]
        #[automatically_derived]
        impl #ident #bounds {
            /// The value whose bytes are all zero, padding too.
            #visibility const ZERO: Self = #private::zeroed();
            /// The fingerprint of the layout, the same in every language.
            #visibility const LAYOUT_HASH: #private::Hash = #described.layout_hash();
            #more
        }
    }
}

/// One unnamed constant a check: rustc evaluates all of them, so that all mistakes come in one run.
fn struct_checks(private: &TokenStream, input: &Input, bound: Option<&BoundStruct>) -> TokenStream {
    let (ident, name) = (&input.ident, input.name());
    let described = quote!(<#ident as #private::Described>);
    let first_pad = first_free_pad(&input.fields);
    let copy = check_bound(private, ident);
    let fields = input.fields.iter().enumerate().map(|(index, field)| {
        check(field.ident.span(), quote!(#private::proof::check_field(#described::MEMBERS, #index, #first_pad)))
    });
    let (size, align) = (quote!(#private::size_of::<#ident>()), quote!(#private::align_of::<#ident>()));
    let end = quote!(#private::proof::check_end(#name, #described::MEMBERS, #size, #align, #first_pad));
    let end = check(ident.span(), end);
    let fingerprint = fingerprint(private, input, &quote!(#described::STRUCT));
    let text = text(private, input);
    let bound = bound.map(|bound| bound.checks(private, input));
    quote!(#copy #(#fields)* #end #fingerprint #text #bound)
}

/// The check of a `schema_text = …` against its hash, under the digits of that.
pub(crate) fn text(private: &TokenStream, input: &Input) -> Option<TokenStream> {
    let (expected, span) = input.ring.schema_hash?;
    let (name, text, expected) = (input.name(), input.ring.schema_text.as_ref()?, hash(private, expected));
    Some(check(span, quote!(#private::proof::check_text(#name, #text, #expected))))
}

/// The check of a `layout_hash = "…"`, under its digits.
pub(crate) fn fingerprint(private: &TokenStream, input: &Input, described: &TokenStream) -> Option<TokenStream> {
    let (expected, span) = input.ring.layout_hash?;
    let (name, expected) = (input.name(), hash(private, expected));
    Some(check(span, quote!(#private::proof::check_hash(#name, #described.layout_hash(), #expected))))
}

/// The first number for a `_padN` that no field has.
pub(crate) fn first_free_pad(fields: &[Field]) -> u32 {
    let numbers = fields.iter().filter_map(|field| field.name.strip_prefix("_pad")?.parse::<u32>().ok());
    numbers.max().map_or(0, |number| number.saturating_add(1))
}

fn print_enum(kind: EnumKind, input: &Input, bound: Option<BoundEnum>) -> TokenStream {
    let root = input.root();
    let private = quote!(#root::__private);
    let (ident, name, doc) = (&input.ident, input.name(), &input.doc);
    let kind_tokens = Ident::new(if kind == EnumKind::Enum { "Enum" } else { "Flags" }, Span::call_site());
    let declared = input.ring.values.as_deref().unwrap_or_default();
    let values = match &bound {
        Some(bound) => bound.values.as_slice(),
        None => declared,
    };
    let values_tokens = values.iter().map(|Value { name, doc, number, .. }| {
        // A bit past the widest integer is refused below; here it must only not stop this macro.
        let value = match kind {
            EnumKind::Enum => *number,
            EnumKind::Flags => 1i128.checked_shl(u32::try_from(*number).unwrap_or(u32::MAX)).unwrap_or(i128::MAX),
        };
        quote!(#private::Value {
            name: #name,
            value: #value,
            note: #private::Note { doc: #doc, ..#private::Note::NONE },
        })
    });
    let described = quote!(<#ident as #private::DescribedEnum>);
    let checks = values
        .iter()
        .enumerate()
        .map(|(index, value)| check(value.span, quote!(#private::proof::check_value(&#described::ENUM, #index))));
    let copy = check_bound(&private, ident);
    let ty = quote!(#private::type_of_field(|__ring: &Self| &__ring.0));
    let repr = under(ident.span(), quote!(#private::proof::repr(#name, #ty, #private::size_of::<Self>())));
    let fingerprint = fingerprint(&private, input, &quote!(#described::ENUM));
    let bound = bound.as_ref().map(|bound| bound.checks(&private, input));
    let bounds = bounds(&private);
    let nullable = (kind == EnumKind::Enum).then(|| {
        quote! {
            #[automatically_derived]
            impl #private::Nullable for #ident #bounds {
                fn number(self) -> #private::Number {
                    #private::Nullable::number(self.0)
                }
                #[inline]
                fn is(self, other: Self) -> #private::bool {
                    #private::Nullable::is(self.0, other.0)
                }
            }
        }
    });
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #private::DescribedEnum for #ident {
                const ENUM: #private::Enum<'static> = {
                    let _: fn(&Self) = |Self(_)| ();
                    #private::Enum {
                        kind: #private::EnumKind::#kind_tokens,
                        name: #name,
                        repr: #repr,
                        values: &[#(#values_tokens),*],
                        doc: #doc,
                    }
                };
            }
            // SAFETY: a struct of one field, by the pattern `Self(_)` above, which `repr` finds to be an integer as long
            // as the struct: every bit pattern is a value, and there is no padding.
            #[automatically_derived]
            unsafe impl #private::Pod for #ident #bounds {
                const TYPE: #private::Type<'static> = #described::ENUM.as_type();
                fn describe(canonical: &mut #private::Canonical) {
                    canonical.add_enum(&#described::ENUM)
                }
            }
            #[automatically_derived]
            impl #private::Whole for #ident #bounds {}
            #nullable
            #copy
            #(#checks)*
            #fingerprint
            #bound
        };
    }
}

/// An unnamed constant for rustc to evaluate, whose panic is an error at `span`.
pub(crate) fn check(span: Span, call: TokenStream) -> TokenStream {
    under(span, quote!(const _: () = #call;))
}

/// The check that a type is `Copy`.
pub(crate) fn check_bound(private: &TokenStream, ident: &Ident) -> TokenStream {
    under(expanded(ident.span()), quote!(const _: () = #private::check_copy::<#ident>();))
}

/// The place that the user wrote, in the expansion: rustc then suggests no change to what it takes for the user's. Not
/// for calls that panic in const evaluation, which rustc would show under the name of the derive.
pub(crate) fn expanded(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// These tokens, each as if it stood at `span`: rustc points at the place that all tokens of an expression share.
pub(crate) fn under(span: Span, tokens: TokenStream) -> TokenStream {
    let moved = tokens.into_iter().map(|mut token| {
        if let TokenTree::Group(group) = &token {
            token = TokenTree::Group(Group::new(group.delimiter(), under(span, group.stream())));
        }
        token.set_span(span);
        token
    });
    moved.collect()
}

/// A fingerprint as an expression.
pub(crate) fn hash(private: &TokenStream, hash: Hash) -> TokenStream {
    let number = hash.to_u128();
    quote!(#private::Hash::from_u128(#number))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    /// The expansion of `expected/<name>.in.rs`, against `expected/<name>.out.rs`. `RINGGEN_BLESS=1` writes these anew.
    fn check(name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/expected");
        let read = |path: &PathBuf| std::fs::read_to_string(path).unwrap_or_default();
        let item = read(&folder.join(format!("{name}.in.rs")));
        let derive = item.split_once("#[derive(").and_then(|(_, rest)| rest.split_once(")]")).map(|(derive, _)| derive);
        let tokens: TokenStream = item.replace(&format!("#[derive({})]", derive.unwrap()), "").parse().unwrap();
        let expansion = match derive.unwrap() {
            "RingMessage" => structure(StructKind::Message, tokens),
            "RingStruct" => structure(StructKind::Struct, tokens),
            "RingEnum" => enumeration(EnumKind::Enum, tokens),
            "RingFlags" => enumeration(EnumKind::Flags, tokens),
            "RingVariant" => crate::variant::expand(tokens),
            other => panic!("{name}: no derive {other}"),
        };
        let printed = prettyplease::unparse(&syn::parse2(expansion).expect("an expansion parses"));
        let printed = printed.replace(env!("CARGO_MANIFEST_DIR"), "$CARGO_MANIFEST_DIR");
        let path = folder.join(format!("{name}.out.rs"));
        if std::env::var_os("RINGGEN_BLESS").is_some_and(|value| value == "1") {
            std::fs::write(&path, &printed).unwrap();
        }
        let differs = format!("{name} differs; RINGGEN_BLESS=1 accepts this:\n{printed}");
        assert!(read(&path) == printed, "{differs}");
    }

    #[test]
    fn a_message_expands_to_its_proof() {
        check("message");
    }

    #[test]
    fn a_generated_message_expands_to_the_comparison_with_its_hashes() {
        check("generated");
    }

    #[test]
    fn a_struct_with_a_schema_expands_to_the_comparison_with_it() {
        check("schema");
    }

    #[test]
    fn an_enum_and_flags_expand_to_their_values() {
        check("enum");
        check("flags");
    }

    #[test]
    fn a_variant_expands_to_its_proof_and_the_way_to_its_cases() {
        check("variant");
        check("variant-of-a-schema");
    }

    #[test]
    fn a_refused_struct_expands_to_errors_and_a_stub() {
        check("refused");
    }
}
