//! Rings in Rust: their constants, how to open them, and the types of their ends.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::words::{doc, grouped, ident};
use crate::plan::{Plan, RingPlan, Wait};

/// The ring's type, and aliases for its producer and consumer.
pub(super) fn print(plan: &Plan, of: &RingPlan) -> TokenStream {
    let RingPlan { type_name, capacity, .. } = of;
    let ty = ident(type_name);
    let message_name = plan.ty(of.message).name();
    let message = ident(message_name);
    let name = format!("{}.{}", plan.package, of.name);
    let what = format!("The ring `{name}`: {capacity} messages [`{message_name}`] from one producer to one consumer.");
    let type_doc = doc([of.doc.as_str(), what.as_str()]);
    let capacity: Literal = grouped(capacity).parse().expect("digits are a literal");
    let wait = match of.wait {
        Wait::Spin => quote!(Spin),
        Wait::Yield => quote!(Yield),
        Wait::Hybrid => quote!(Hybrid),
    };
    let (producer, consumer) = (format_ident!("{type_name}Producer"), format_ident!("{type_name}Consumer"));
    let producer_doc = doc([format!("The writing end of [`{type_name}`].").as_str()]);
    let consumer_doc = doc([format!("The reading end of [`{type_name}`].").as_str()]);
    quote! {
        #type_doc
        #[derive(Clone, Copy, Debug)]
        pub struct #ty;

        impl #ty {
            /// The name that every process finds it by.
            pub const NAME: &'static str = #name;
            /// How many messages it holds where it is created from here.
            pub const CAPACITY: u64 = #capacity;
            /// What kind of ring it is.
            pub const KIND: ::ringgen::RingKind = ::ringgen::RingKind::Spsc;
            /// How its ends wait.
            pub const WAIT: ::ringgen::Wait = ::ringgen::Wait::#wait;

            /// The options of the schema, to change some of them.
            #[must_use]
            pub fn options() -> ::ringgen::RingOptions {
                ::ringgen::RingOptions::new().capacity(Self::CAPACITY).wait(Self::WAIT)
            }

            /// Creates the ring.
            ///
            /// # Errors
            /// If it is there already, or there is no room for it.
            pub fn create() -> ::core::result::Result<::ringgen::Ring<#message>, ::ringgen::CreateError> {
                Self::options().create(Self::NAME)
            }

            /// Attaches to the ring that another process created.
            ///
            /// # Errors
            /// If there is none, or its messages are not these.
            pub fn attach() -> ::core::result::Result<::ringgen::Ring<#message>, ::ringgen::AttachError> {
                Self::options().attach(Self::NAME)
            }

            /// Attaches to the ring, or creates it if there is none yet.
            ///
            /// # Errors
            /// As [`create`](Self::create) and [`attach`](Self::attach).
            pub fn open_or_create() -> ::core::result::Result<::ringgen::Ring<#message>, ::ringgen::OpenError> {
                Self::options().open_or_create(Self::NAME)
            }
        }

        #producer_doc
        pub type #producer = ::ringgen::Producer<#message>;

        #consumer_doc
        pub type #consumer = ::ringgen::Consumer<#message>;
    }
}
