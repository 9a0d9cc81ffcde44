//! Typed rings in shared memory: the same bytes in Rust, Python and TypeScript, and no system call a message.
//!
//! ```text
//!   #[derive(RingMessage)]        proves that a struct is plain old data, and gives it a fingerprint
//!            │
//!   Ring::<Tick>::create ─▶ /dev/shm/ringgen-1000/market.ticks
//!            │              ┌────────┬──────┬──────┬──────┬──────┬──────┬──────┐
//!            │              │ header │ head │ tail │ slot │ slot │ slot │ slot │
//!            │              │ schema │      │      │ 16 B │ 16 B │ 16 B │ 16 B │
//!            │              └────────┴──▲───┴──▲───┴──────┴──────┴──────┴──────┘
//!            ├─ .consumer() ── pop ─────┘      │
//!            └─ .producer() ── push ───────────┘        each in a process of its own, in any of the languages
//! ```
//!
//! ```
//! use ringgen::{Ring, RingMessage};
//!
//! #[derive(RingMessage, Clone, Copy, Debug, PartialEq)]
//! #[repr(C)]
//! struct Tick {
//!     ts: u64,
//!     price: f64,
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let ring = Ring::<Tick>::open_or_create("docs.ticks", 1024)?;
//! let mut producer = ring.producer()?;
//! producer.push(Tick { ts: 1, price: 99.5 })?;
//!
//! // In another process, or here:
//! let mut consumer = Ring::<Tick>::attach("docs.ticks")?.consumer()?;
//! assert_eq!(consumer.pop()?, Some(Tick { ts: 1, price: 99.5 }));
//!
//! producer.close();
//! assert_eq!(consumer.pop()?, None); // the end of the stream
//! ring.unlink()?;
//! # Ok(())
//! # }
//! ```
//!
//! # What a message may be made of
//!
//! Numbers of fixed width, [`Bool`], [`Str`], arrays of these in one or two dimensions, and types of your own:
//! structs with [`RingStruct`], open enums with [`RingEnum`], sets of bits with [`RingFlags`], and one of several structs
//! with [`RingVariant`]. Anything else does not compile, and the error says what to write instead: an address means
//! nothing in another process, `usize` is as wide as each target likes, and a peer may send bytes that are no value of a
//! Rust enum or `bool`. Padding has a name, so that nothing of a process's memory leaks through it. [`TextRef`] and
//! [`BlobRef`] refer to what lies outside of a message; rings that carry them are not there yet.
//!
//! # Three ways to declare one
//!
//! | written | by | what is proven |
//! | --- | --- | --- |
//! | `#[derive(RingMessage)]` | hand | plain old data, no hidden padding; its hash is computed |
//! | `… #[ring(schema = "market.toml", name = "Trade")]` | hand | the same, and equal to the schema, field by field |
//! | `… #[ring(layout_hash = "…", schema_hash = "…", …)]` | `ringgen generate` | the same, and the hashes are these |
//!
//! Or by nobody: [`include_schema!`] expands to what `ringgen generate` would write, inside a module of yours.
//!
//! What is generated has setters and a builder that refuse what a field does not take, and `validate` for what a peer
//! wrote; all of these give a [`ValueError`]. The page docs/rust.md of the repository shows it.
//!
//! The schema language, the other languages and the command `ringgen` are described in the repository's README.
#![forbid(unsafe_code)]

pub use ringgen_layout::Hash;
pub use ringgen_macros::{RingEnum, RingFlags, RingMessage, RingStruct, RingVariant, include_schema};
#[doc(hidden)]
pub use ringgen_runtime::__private;
pub use ringgen_runtime::{
    Array, ArraySlot, AttachError, BlobRef, Bool, Claim, ClaimError, Collector, Consumer, Corruption, CreateError,
    Defect, Event, Filled, Found, FoundState, InPlace, Interrupter, IntoIter, Items, Iter, IterTimeout, LayoutMismatch,
    List, Message, NameError, Number, OpenError, Pad, Peek, Peer, Place, Pod, PopError, Producer, PushError,
    PushWithError, Put, Readiness, Refusal, Reserved, Ring, RingKind, RingOptions, Room, Slot, Stats, Str, StrError,
    TextRef, TryIter, TryPushError, Unsupported, ValueError, View, Wait, WaitError, WaitSet, Waitable, pin_thread,
    zeroed,
};
#[cfg(feature = "tokio")]
pub use ringgen_runtime::{AsyncConsumer, AsyncProducer};

// The README and the page on Rust are code too: their Rust blocks are tests of this crate.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doctest)]
#[doc = include_str!("../docs/rust.md")]
struct Rust;

#[cfg(doctest)]
#[doc = include_str!("../docs/anonymous.md")]
struct Anonymous;

#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../docs/waiting.md")]
struct Waiting;
