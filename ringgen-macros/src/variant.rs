//! The expansion of `RingVariant`: the proof that cases lie where the format says, and the way to them.
//!
//! The types of the cases are those that the constructors of the view take, found by inference as the types of fields
//! are: what the proof is about is what a `match` on the view gives.

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;
use ringgen_schema::annotated::{Case, Derive, Input};
use syn::spanned::Spanned;

use crate::bind::{self, BoundVariant};
use crate::expand::{self, bounds, check, expanded, member, under};
use crate::in_place;

/// The expansion of `RingVariant`.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    expand::expand(Derive::Variant, item, |input, report| {
        let bound = bind::variant(input, report);
        report.is_empty().then(|| print(input, bound.as_ref()))
    })
}

fn print(input: &Input, bound: Option<&BoundVariant>) -> TokenStream {
    let root = input.root();
    let private = quote!(#root::__private);
    let (ident, name, doc) = (&input.ident, input.name(), &input.doc);
    let declared = input.ring.cases.as_deref().unwrap_or_default();
    let cases = bound.map_or(declared, |bound| bound.cases.as_slice());
    let count = cases.len();
    let idents = input.fields.iter().map(|field| &field.ident);
    let members = input.fields.iter().map(|field| member(&private, field));
    let case_members = cases.iter().map(|case| case_member(&private, input, case));
    let described = quote!(<Self as #private::DescribedVariant>);
    let variant = quote!(#described::VARIANT);
    let tag = input.fields.first().map(|field| field.ty.span()).unwrap_or(ident.span());
    let tag = under(tag, quote!(#private::proof::tag(#described::MEMBERS[0].ty)));
    let schema = bound.map(BoundVariant::schema);
    let message = expand::message(&private, input, &variant, schema);
    let inherent = expand::inherent(&private, input, &variant, &accessors(&private, input, cases));
    let from = from_view(&private, input, cases);
    let bounds = bounds(&private);
    let checks = checks(&private, input, cases, bound);
    let in_place = in_place::variant(&private, input);
    quote! {
        const _: () = {
            // A case that was given up is one all the same.
            #[allow(deprecated)]
            #[automatically_derived]
            impl #private::DescribedVariant for #ident {
                const MEMBERS: &'static [#private::proof::Member<'static>] = {
                    // Without `..`: a field that an attribute adds behind our back is an error.
                    let _: fn(&Self) = |Self { #(#idents: _),* }| ();
                    &[#(#members),*]
                };
                const CASES: &'static [#private::proof::CaseMember<'static>] = &[#(#case_members),*];
                const VARIANT: #private::Variant<'static> = #private::proof::variant(
                    #name,
                    #tag,
                    &#private::proof::cases::<#count>(#described::CASES),
                    #doc,
                );
            }
            // SAFETY: tag, padding and payload are `Pod`, which `member` in `MEMBERS` takes alone. `check_field` finds
            // no gap between them, and `check_variant_end` none behind them; `check_case` and `check_payload` find that
            // each case, which is `Pod` as `case` takes nothing else, has its place in the payload.
            #[automatically_derived]
            unsafe impl #private::Pod for #ident #bounds {
                const TYPE: #private::Type<'static> = #variant.as_type();
                fn describe(canonical: &mut #private::Canonical) {
                    #private::describe_variant::<Self>(canonical)
                }
            }
            #message
            #inherent
            #from
            #checks
        };
        #in_place
    }
}

/// One row of `CASES`, under the case's name.
fn case_member(private: &TokenStream, input: &Input, case: &Case) -> TokenStream {
    let Case { ident, name, doc, number } = case;
    let view = &input.ring.view;
    let tokens = quote! {
        #private::case(#name, #number, #view::#ident, #private::Note { doc: #doc, ..#private::Note::NONE })
    };
    under(expanded(ident.span()), tokens)
}

/// `tag` and `view`.
fn accessors(private: &TokenStream, input: &Input, cases: &[Case]) -> TokenStream {
    let Input { visibility, ring, fields, .. } = input;
    let view = &ring.view;
    let ty = &fields[0].ty;
    let arms = cases.iter().map(|case| {
        let (ident, number) = (&case.ident, number(case));
        let case = quote!(#view::#ident(#private::case_in(&self.payload)));
        let case = at(ident.span(), case);
        quote!(#number => #case)
    });
    quote! {
        /// The number that says which case it is.
        #[must_use]
        #visibility const fn tag(&self) -> #ty {
            self.tag
        }

        /// The case that it is, to `match` on.
        #[must_use]
        // A tag that is too narrow for a number is told under that number.
        #[allow(deprecated, overflowing_literals, unreachable_patterns)]
        #visibility fn view(&self) -> #view<'_> {
            match self.tag {
                #(#arms,)*
                __tag => #view::Unknown(__tag, &self.payload),
            }
        }
    }
}

/// From a view to the variant that it is a view of: the rest of the payload is zero.
fn from_view(private: &TokenStream, input: &Input, cases: &[Case]) -> TokenStream {
    let Input { ident, ring, .. } = input;
    let (view, bounds) = (&ring.view, bounds(private));
    let arms = cases.iter().map(|case| {
        let (ident, number) = (&case.ident, number(case));
        let pattern = quote!(#view::#ident(__case));
        let pattern = at(ident.span(), pattern);
        let put = at(ident.span(), quote!(#private::put_case(&mut __variant.payload, __case)));
        quote! {
            #pattern => {
                __variant.tag = #number;
                #put;
            }
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(deprecated, overflowing_literals)]
        impl #private::From<#view<'_>> for #ident #bounds {
            #[inline]
            fn from(view: #view<'_>) -> Self {
                let mut __variant = Self::ZERO;
                match view {
                    #(#arms)*
                    #view::Unknown(__tag, __payload) => {
                        __variant.tag = __tag;
                        __variant.payload = *__payload;
                    }
                }
                __variant
            }
        }
    }
}

/// The place that the user wrote, in the expansion: what is wrong there is told there. Unlike in [`expanded`], names are
/// those around it.
fn at(span: Span, tokens: TokenStream) -> TokenStream {
    under(Span::call_site().located_at(span), tokens)
}

fn number(case: &Case) -> Literal {
    Literal::i128_unsuffixed(case.number)
}

/// One unnamed constant a check: rustc evaluates all of them, so that all mistakes come in one run.
fn checks(private: &TokenStream, input: &Input, cases: &[Case], bound: Option<&BoundVariant>) -> TokenStream {
    let ident = &input.ident;
    let described = quote!(<#ident as #private::DescribedVariant>);
    let variant = quote!(&#described::VARIANT);
    let first_pad = expand::first_free_pad(&input.fields);
    let copy = expand::check_bound(private, ident);
    let fields = input.fields.iter().enumerate().map(|(index, field)| {
        check(field.ident.span(), quote!(#private::proof::check_field(#described::MEMBERS, #index, #first_pad)))
    });
    let cases = cases
        .iter()
        .enumerate()
        .map(|(index, case)| check(case.ident.span(), quote!(#private::proof::check_case(#variant, #index))));
    let last = input.fields.len() - 1;
    let payload = quote!(#described::MEMBERS[#last]);
    let place = quote!(#private::proof::check_payload(#variant, #payload.ty, #payload.offset));
    let place = check(input.fields[last].ident.span(), place);
    let (size, align) = (quote!(#private::size_of::<#ident>()), quote!(#private::align_of::<#ident>()));
    let end = check(
        ident.span(),
        quote!(#private::proof::check_variant_end(#variant, #payload.ty, #payload.offset, #size, #align)),
    );
    let fingerprint = expand::fingerprint(private, input, &quote!(#described::VARIANT));
    let text = expand::text(private, input);
    let bound = bound.map(|bound| bound.checks(private, input));
    quote!(#copy #(#fields)* #(#cases)* #place #end #fingerprint #text #bound)
}
