//! Derives that prove a struct to be plain old data, and give it its place in every language.
//!
//! ```text
//!   tokens ─read→ Input ─bind→ what its schema says, if it names one ─expand→ tokens
//!             │                                                          │
//!          ringgen-schema's, as the generator does too                proof: const evaluation of ringgen-layout's
//! ```
//!
//! Use them through the crate `ringgen`, which holds what their expansions name:
//!
//! ```text
//! use ringgen::RingMessage;
//!
//! #[derive(RingMessage, Clone, Copy)]
//! #[repr(C)]
//! struct Tick {
//!     ts: u64,
//!     price: f64,
//! }
//! ```
#![forbid(unsafe_code)]

mod bind;
mod expand;
mod in_place;
mod include;
mod variant;

use proc_macro::TokenStream;
use ringgen_layout::{EnumKind, StructKind};

/// Makes a `#[repr(C)]` struct a message that can travel in a ring.
///
/// On the struct: `#[ring(name = "…", package = "…", version = 1)]`; or `schema = "file.toml"`, relative to the
/// crate, to be compared with it; or, written by the generator, `layout_hash`, `schema_hash` and `schema_text`.
/// `rings(trades = 4096)` names the rings that carry it, for `ringgen generate src/messages.rs`. `crate = "…"` where
/// `ringgen` has another name. On a field: `#[ring(name = "…", unit = "…", epoch = "…")]`.
#[proc_macro_derive(RingMessage, attributes(ring))]
pub fn ring_message(item: TokenStream) -> TokenStream {
    expand::structure(StructKind::Message, item.into()).into()
}

/// Makes a `#[repr(C)]` struct a type for fields of messages. Attributes as for [`RingMessage`](macro@RingMessage).
#[proc_macro_derive(RingStruct, attributes(ring))]
pub fn ring_struct(item: TokenStream) -> TokenStream {
    expand::structure(StructKind::Struct, item.into()).into()
}

/// Makes a `#[repr(C)]` struct of a tag and a payload a variant: one of several messages and structs, which can travel in
/// a ring, and lie in fields of others.
///
/// An enum of yours is the view of it, with a case for each type and one for tags that have no name:
///
/// ```text
/// #[derive(RingVariant, Clone, Copy)]
/// #[repr(C, align(8))]
/// #[ring(view = EventView, cases(Trade = 1, Book = 2))]
/// struct Event {
///     tag: u16,
///     _pad0: [u8; 6],
///     payload: [u8; 64],
/// }
///
/// #[derive(Clone, Copy, Debug, PartialEq)]
/// enum EventView<'a> {
///     Trade(&'a Trade),
///     Book(&'a Book),
///     Unknown(u16, &'a [u8; 64]),
/// }
///
/// let event = Event::from(EventView::Trade(&trade));
/// match event.view() {
///     EventView::Trade(trade) => {}
///     EventView::Book(book) => {}
///     EventView::Unknown(tag, bytes) => {}
/// }
/// ```
///
/// The numbers in it follow from the cases: write any, and the errors say which are right. The struct gets `tag()`,
/// `view()` and `From` its view, besides `ZERO` and `LAYOUT_HASH`. Attributes as for [`RingMessage`](macro@RingMessage);
/// a case is `Trade("Fill") = 1` where layouts call it otherwise, and a doc comment may stand in front of it.
#[proc_macro_derive(RingVariant, attributes(ring))]
pub fn ring_variant(item: TokenStream) -> TokenStream {
    variant::expand(item.into()).into()
}

/// Makes a `#[repr(transparent)]` integer an open enum: `#[ring(values(Unknown = 0, Buy = 1))] struct Side(pub u8);`.
#[proc_macro_derive(RingEnum, attributes(ring))]
pub fn ring_enum(item: TokenStream) -> TokenStream {
    expand::enumeration(EnumKind::Enum, item.into()).into()
}

/// Makes a `#[repr(transparent)]` integer a set of flags: `#[ring(bits(OddLot = 0))] struct Condition(pub u16);`.
#[proc_macro_derive(RingFlags, attributes(ring))]
pub fn ring_flags(item: TokenStream) -> TokenStream {
    expand::enumeration(EnumKind::Flags, item.into()).into()
}

/// Expands to the messages and rings of a schema: what `ringgen generate` writes to a file, inside a module of yours.
///
/// ```text
/// /// Trades and the top of the book.
/// mod market {
///     ringgen::include_schema!("schemas/market.toml");
/// }
///
/// let mut trades = market::Trades::create()?.producer()?;
/// ```
///
/// A schema that imports others finds their types in modules beside its own: include each in a module that is called
/// as its package is.
///
/// The path is relative to the folder of the crate's `Cargo.toml`. Editing the schema compiles the crate again; its
/// mistakes are errors here, with the lines of the schema that they are in.
#[proc_macro]
pub fn include_schema(input: TokenStream) -> TokenStream {
    include::schema(input.into()).into()
}
