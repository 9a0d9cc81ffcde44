//! The expansion of views and slots: a method a field that loads it where it lies, and one that stores it.
//!
//! Their types have no name in the user's module, so they take none: `View<'_, Trade>` is found through the trait.
//! Beside the proof, and in a constant of their own: within, they have names that errors can call them by, and which no
//! token of the user's in there has.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use ringgen_schema::annotated::{Field, Held, Input};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Ident, Path, Type};

use crate::expand::{expanded, under};

/// What the parts of an expansion have in common.
struct Names<'a> {
    private: &'a TokenStream,
    input: &'a Input,
    view: Ident,
    slot: Ident,
    /// As [`expand::bounds`](crate::expand::bounds), from outside of the struct.
    bounds: TokenStream,
}

impl<'a> Names<'a> {
    fn new(private: &'a TokenStream, input: &'a Input) -> Self {
        let ident = &input.ident;
        let mut taken = BTreeSet::new();
        for field in &input.fields {
            collect(field.ty.to_token_stream(), &mut taken);
        }
        collect(private.clone(), &mut taken);
        collect(input.ring.view.to_token_stream(), &mut taken);
        let free = |suffix: &str| {
            let mut name = format!("{}{suffix}", ident.unraw());
            while taken.contains(&name) {
                name.push('_');
            }
            Ident::new(&name, Span::call_site())
        };
        let bounds = quote!(where for<'__of> #ident: #private::Copy + #private::Send + #private::Sync);
        Names { private, input, view: free("View"), slot: free("Slot"), bounds }
    }

    fn offset(&self, field: &Ident) -> TokenStream {
        let (private, ident) = (self.private, &self.input.ident);
        quote!(#private::offset_of!(#ident, #field))
    }

    /// Both types, with what the trait and the methods say of them.
    fn print(&self, of_view: &TokenStream, of_slot: &TokenStream, more: &TokenStream) -> TokenStream {
        let Names { private, input, view, slot, bounds } = self;
        let Input { ident, visibility, .. } = input;
        quote! {
            #[allow(dead_code, deprecated, missing_docs, non_camel_case_types, non_snake_case)]
            const _: () = {
                #[derive(#private::Clone, #private::Copy, #private::Debug)]
                #visibility struct #view<'__ring> {
                    spot: #private::Spot<'__ring, #ident>,
                }
                #[derive(#private::Debug)]
                #visibility struct #slot<'__ring> {
                    spot: #private::SpotMut<'__ring, #ident>,
                }
                #[automatically_derived]
                impl #private::InPlace for #ident #bounds {
                    type View<'__ring> = #view<'__ring>;
                    type Slot<'__ring> = #slot<'__ring>;
                    #[inline]
                    fn view(spot: #private::Spot<'_, Self>) -> #view<'_> {
                        #view { spot }
                    }
                    #[inline]
                    fn slot(spot: #private::SpotMut<'_, Self>) -> #slot<'_> {
                        #slot { spot }
                    }
                }
                #[automatically_derived]
                impl #private::From<#view<'_>> for #ident #bounds {
                    #[inline]
                    fn from(view: #view<'_>) -> Self {
                        view.spot.load()
                    }
                }
                #[automatically_derived]
                impl<'__ring> #view<'__ring> #bounds {
                    #of_view
                }
                #[automatically_derived]
                impl #slot<'_> #bounds {
                    #of_slot
                }
                #more
            };
        }
    }
}

/// The view and the slot of a struct or message.
pub(crate) fn structure(private: &TokenStream, input: &Input) -> TokenStream {
    let names = Names::new(private, input);
    let fields: Vec<Part<'_>> = input.fields.iter().map(|field| Part::new(&names, field)).collect();
    let data = || fields.iter().filter(|part| !part.field.is_filler());
    let getters = data().map(Part::getter);
    let lengths: Vec<&Ident> = input.fields.iter().filter_map(|field| field.held.length.as_ref()).collect();
    let setters: Vec<(Vec<Ident>, TokenStream)> =
        data().filter(|part| !lengths.contains(&&part.field.ident)).map(Part::setters).collect();
    let taken: BTreeSet<&Ident> = setters.iter().flat_map(|(names, _)| names).collect();
    // One whose name is that of a setter is left out: the field has a setter that takes all of it.
    let slots = data().filter(|part| !taken.contains(&part.field.ident)).filter_map(Part::slot);
    let setters = setters.iter().map(|(_, setter)| setter);
    let ident = &input.ident;
    let bounds = &names.bounds;
    let sample = quote! {
        #[automatically_derived]
        impl #private::Sample for #ident #bounds {
            #[inline]
            fn sample<__Lazy>() -> &'static Self {
                const { &#private::zeroed() }
            }
        }
    };
    names.print(&quote!(#(#getters)*), &quote!(#(#setters)* #(#slots)*), &sample)
}

/// What makes zero bytes blank, as a function in the impl of a trait.
pub(crate) fn blank(private: &TokenStream, input: &Input) -> TokenStream {
    let blanks: Vec<TokenStream> = input
        .fields
        .iter()
        .filter(|field| !field.is_filler())
        .filter_map(|field| {
            let Field { ident, ty, held, .. } = field;
            match &held.null {
                Some(null) => Some(quote!(blank.#ident = Self::#null;)),
                None if may_have_parts(field) => {
                    let place = quote!(blank.#ident);
                    blank_one(private, &place, &place, ty, expanded(ty.span()))
                }
                None => None,
            }
        })
        .collect();
    match blanks.as_slice() {
        [] => quote!(|_| ()),
        blanks => quote!(|blank| { #(#blanks)* }),
    }
}

/// What makes one value blank, in the words in which `member` asks about its type, and under it: so rustc tells once what
/// is wrong with that. What a macro expands to is somewhere else, and stays zero.
fn blank_one(
    private: &TokenStream,
    place: &TokenStream,
    assigned: &TokenStream,
    ty: &Type,
    span: Span,
) -> Option<TokenStream> {
    match ty {
        Type::Array(of) => {
            let one = blank_one(private, &quote!(each), &quote!(*each), &of.elem, span)?;
            Some(quote!(for each in #place.iter_mut() { #one }))
        }
        Type::Path(path) if !is_whole(ty) => {
            let value = under(span, quote!(<#path as #private::Pod>::blank()));
            Some(quote!(#assigned = #value;))
        }
        _ => None,
    }
}

/// The view and the slot of a variant. A case is asked for by the constructor of the enum that it is looked at by.
pub(crate) fn variant(private: &TokenStream, input: &Input) -> TokenStream {
    let names = Names::new(private, input);
    let [tag, .., payload] = &input.fields[..] else { return TokenStream::new() };
    let Input { ident, visibility, ring, .. } = input;
    let looked_at: Option<&Path> = ring.view.as_ref();
    let (tag_type, payload_type) = (&tag.ty, &payload.ty);
    let (tag, payload) = (names.offset(&tag.ident), names.offset(&payload.ident));
    let of_view = quote! {
        /// The number that says which case it is.
        #[inline]
        #visibility fn tag(self) -> #tag_type {
            self.spot.field::<#tag_type>(#tag).load()
        }

        /// The case of this constructor, if that is what it is.
        #[inline]
        #visibility fn case<__Case: #private::Sample>(
            self,
            of: fn(&'static __Case) -> #looked_at<'static>,
        ) -> #private::Option<<__Case as #private::InPlace>::View<'__ring>> {
            if self.tag() == <#ident as #private::From<#looked_at<'_>>>::from(of(__Case::sample::<__Case>())).tag { #private::Some(self.spot.view::<__Case>(#payload)) } else { #private::None }
        }

        /// The bytes of the case, whatever it is.
        #[inline]
        #visibility fn payload(self) -> <#payload_type as #private::InPlace>::View<'__ring> {
            self.spot.view::<#payload_type>(#payload)
        }
    };
    let of_slot = quote! {
        /// Makes it the case of this constructor, blank, to be set field by field.
        #[inline]
        #visibility fn case<__Case: #private::Sample>(
            &mut self,
            of: fn(&'static __Case) -> #looked_at<'static>,
        ) -> <__Case as #private::InPlace>::Slot<'_> {
            self.set_case(of(__Case::sample::<__Case>()));
            self.spot.put::<__Case>(#payload, <__Case as #private::Pod>::blank());
            self.spot.slot::<__Case>(#payload)
        }

        /// Stores this case; the rest of the payload is zero.
        #[inline]
        #visibility fn set_case(&mut self, case: #looked_at<'_>) {
            self.spot.store(&<#ident as #private::From<#looked_at<'_>>>::from(case));
        }
    };
    names.print(&of_view, &of_slot, &TokenStream::new())
}

/// A field, and what its methods have in common.
struct Part<'a> {
    names: &'a Names<'a>,
    field: &'a Field,
    ty: TokenStream,
    offset: TokenStream,
    /// What its methods begin with.
    head: TokenStream,
    /// A bound where the type may be one that can't lie in a slot. With a lifetime of its own it is checked where the method
    /// is used, so rustc tells once of such a field: where `member` does.
    bound: Option<TokenStream>,
}

impl<'a> Part<'a> {
    fn new(names: &'a Names<'a>, field: &'a Field) -> Self {
        let Field { ident, ty, doc, visibility, deprecated, .. } = field;
        let ty = spelt(ty.to_token_stream(), &names.input.ident);
        let doc = (!doc.is_empty()).then(|| quote!(#[doc = #doc]));
        let private = names.private;
        let is_generated = names.input.ring.layout_hash.is_some();
        let bound = (!is_generated).then(|| quote!(where for<'__of> #ty: #private::InPlace));
        let head = quote!(#doc #deprecated #[inline] #visibility);
        Part { names, field, ty, offset: names.offset(ident), head, bound }
    }

    /// The method of the view.
    fn getter(&self) -> TokenStream {
        let Part { names, field, ty, offset, head, bound } = self;
        let (private, owner, ident) = (names.private, &names.input.ident, &field.ident);
        let tokens = match &field.held {
            Held { length: Some(length), .. } => {
                let (element, count) = self.element();
                let length = names.offset(length);
                quote! {
                    #head fn #ident(self) -> #private::List<'__ring, #element> {
                        self.spot.list::<#element, { #count }>(#offset, #length)
                    }
                }
            }
            Held { null: Some(null), .. } => quote! {
                #head fn #ident(self) -> #private::Option<#ty> {
                    self.spot.present::<#ty>(#offset, #owner::#null)
                }
            },
            _ => quote! {
                #head fn #ident(self) -> <#ty as #private::InPlace>::View<'__ring> #bound {
                    self.spot.view::<#ty>(#offset)
                }
            },
        };
        under(expanded(ident.span()), tokens)
    }

    /// The names of the setters, and these.
    fn setters(&self) -> (Vec<Ident>, TokenStream) {
        let Part { names, field, ty, offset, head, bound } = self;
        let (private, owner) = (names.private, &names.input.ident);
        let bare = field.ident.unraw();
        let set = format_ident!("set_{bare}");
        let label = field.held.label.as_ref().map_or_else(|| bare.to_string(), |label| label.value());
        let label = (owner.unraw().to_string(), label);
        let label = {
            let (owner, field) = &label;
            quote!((#owner, #field))
        };
        let fallible = quote!(-> #private::Result<(), #private::ValueError>);
        let range = field.held.range.as_ref().map(|range| quote!(&#owner::#range));
        let tokens = match &field.held {
            Held { length: Some(length), .. } => {
                let (element, count) = self.element();
                let push = format_ident!("push_{bare}");
                let places = {
                    let length = names.offset(length);
                    quote!((#offset, #length))
                };
                let check_all = self.check(&label, &quote!(value), 1);
                let check_one = self.check(&label, &quote!(value), 0);
                let tokens = quote! {
                    #head fn #set(&mut self, value: &[#element]) #fallible {
                        #check_all
                        self.spot.set_list::<#element, { #count }>(#label, #places, value)
                    }
                    #head fn #push(&mut self, value: #element) #fallible {
                        #check_one
                        self.spot.push_list::<#element, { #count }>(#label, #places, value)
                    }
                };
                return (vec![set, push], tokens);
            }
            Held { null: Some(null), .. } => {
                let stored = match range {
                    Some(range) => quote!(#private::or_null_in(#label, value, #owner::#null, #range)?),
                    None => quote!(#private::or_null(#label, value, #owner::#null)?),
                };
                quote! {
                    #head fn #set(&mut self, value: #private::Option<#ty>) #fallible {
                        self.spot.put::<#ty>(#offset, #stored);
                        #private::Ok(())
                    }
                }
            }
            _ if range.is_some() => {
                let check = self.check(&label, &quote!(value), 0);
                quote! {
                    #head fn #set(&mut self, value: #ty) #fallible {
                        #check
                        self.spot.put::<#ty>(#offset, value);
                        #private::Ok(())
                    }
                }
            }
            _ => match last_word(&field.ty).as_deref() {
                Some("Str") => quote! {
                    #head fn #set(&mut self, value: &#private::str) #fallible
                    where
                        for<'__of> #ty: #private::InPlace + #private::Text,
                    {
                        self.spot.put::<#ty>(#offset, <#ty as #private::Text>::text(#label, value)?);
                        #private::Ok(())
                    }
                },
                Some("Bool") => quote! {
                    #head fn #set(&mut self, value: impl #private::Into<#ty>) #bound {
                        self.spot.put::<#ty>(#offset, #private::Into::into(value));
                    }
                },
                _ => quote! {
                    #head fn #set(&mut self, value: #ty) #bound {
                        self.spot.put::<#ty>(#offset, value);
                    }
                },
            },
        };
        (vec![set], under(expanded(field.ident.span()), tokens))
    }

    /// The check of the range, if there is one, of what is given: a field's value, or a slice of elements of a list.
    fn check(&self, label: &TokenStream, given: &TokenStream, depth_of_slice: usize) -> TokenStream {
        let (private, owner) = (self.names.private, &self.names.input.ident);
        let Some(range) = &self.field.held.range else { return TokenStream::new() };
        let is_list = self.field.held.length.is_some();
        match dimensions(&self.field.ty) - usize::from(is_list) + depth_of_slice {
            0 => quote!(#private::check_range(#label, #given, &#owner::#range)?;),
            1 if depth_of_slice == 1 => quote!(#private::check_ranges(#label, #given, &#owner::#range)?;),
            1 => quote!(#private::check_ranges(#label, &#given, &#owner::#range)?;),
            _ => quote!(#private::check_ranges(#label, #given.as_flattened(), &#owner::#range)?;),
        }
    }

    /// The slot of a field that has parts, or may have as far as tokens tell.
    fn slot(&self) -> Option<TokenStream> {
        let Part { names, field, ty, offset, head, bound } = self;
        let (private, ident) = (names.private, &field.ident);
        if !may_have_parts(field) {
            return None;
        }
        let tokens = quote! {
            #head fn #ident(&mut self) -> <#ty as #private::InPlace>::Slot<'_> #bound {
                self.spot.slot::<#ty>(#offset)
            }
        };
        Some(under(expanded(ident.span()), tokens))
    }

    /// The type of a list's elements, and how many there is room for.
    fn element(&self) -> (TokenStream, TokenStream) {
        match &self.field.ty {
            Type::Array(of) => {
                let owner = &self.names.input.ident;
                (spelt(of.elem.to_token_stream(), owner), spelt(of.len.to_token_stream(), owner))
            }
            // Then rustc says that it is no array.
            other => (other.to_token_stream(), quote!(0)),
        }
    }
}

/// Whether there may be something in a field that is set by itself: a number has no parts, nor does what is checked as a
/// whole.
fn may_have_parts(field: &Field) -> bool {
    let Held { null, range, length, .. } = &field.held;
    let is_checked = null.is_some() || range.is_some() || length.is_some();
    !is_checked && !is_whole(&field.ty)
}

fn is_whole(ty: &Type) -> bool {
    last_word(ty).is_some_and(|word| WHOLE.contains(&word.as_str()))
}

/// Types of no parts, whatever module they are in. Of those that are declared with a derive, tokens say nothing.
const WHOLE: [&str; 14] =
    ["u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "f64", "Bool", "Str", "TextRef", "BlobRef"];

/// The last word of a path: `Str` of `ringgen::Str<8>`.
fn last_word(ty: &Type) -> Option<String> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// How many dimensions an array has as it is written.
fn dimensions(ty: &Type) -> usize {
    match ty {
        Type::Array(of) => 1 + dimensions(&of.elem),
        _ => 0,
    }
}

/// A type as it is spelt outside of its struct, where `Self` is something else.
fn spelt(tokens: TokenStream, owner: &Ident) -> TokenStream {
    let spelt = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(word) if word == "Self" => {
            let mut owner = owner.clone();
            owner.set_span(word.span());
            TokenTree::Ident(owner)
        }
        TokenTree::Group(group) => {
            let mut inner = proc_macro2::Group::new(group.delimiter(), spelt(group.stream(), owner));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    });
    spelt.collect()
}

/// All words of some tokens.
fn collect(tokens: TokenStream, words: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => drop(words.insert(word.to_string())),
            TokenTree::Group(group) => collect(group.stream(), words),
            _ => {}
        }
    }
}
