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
//! # Two processes
//!
//! This one starts itself a second time, and takes what the second one pushes:
//!
//! ```standalone_crate
//! use std::process::{Command, id};
//!
//! use ringgen::{Ring, RingMessage};
//!
//! #[derive(RingMessage, Clone, Copy)]
//! #[repr(C)]
//! struct Tick {
//!     ts: u64,
//!     price: f64,
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     if let Ok(name) = std::env::var("TICKS") {
//!         let mut producer = Ring::<Tick>::attach(&name)?.producer()?;
//!         for ts in 0..10_000 {
//!             producer.push(Tick { ts, price: 99.5 })?; // waits where the ring is full
//!         }
//!         return Ok(()); // dropped, the producer ends the stream
//!     }
//!     let name = format!("docs.ticks{}", id());
//!     let ring = Ring::<Tick>::open_or_create(&name, 64)?;
//!     let mut consumer = ring.consumer()?;
//!     let mut child = Command::new(std::env::current_exe()?).env("TICKS", &name).spawn()?;
//!     let mut expected = 0;
//!     while let Some(tick) = consumer.pop()? {
//!         assert_eq!(tick.ts, expected);
//!         expected += 1;
//!     }
//!     assert_eq!(expected, 10_000);
//!     assert!(child.wait()?.success());
//!     ring.unlink()?;
//!     Ok(())
//! }
//! ```
//!
//! # What is promised
//!
//! - What was published is delivered once and in order, whoever dies; a consumer that dies loses at most the batch that it
//!   was taking. A peer's death is an error by name, and a successor goes on where it was.
//! - A peer that doesn't keep to the protocol can send nonsense values. It can't make a safe call read out of bounds, make
//!   an invalid value, loop for ever or panic. Truncating the file is SIGBUS, unless
//!   [guarded](RingOptions::guard_truncation); a ring without a name, in sealed memory, can't be truncated.
//! - Nothing makes a system call for a message, unless it waits or the other side sleeps.
//!
//! # What orders what
//!
//! Each word in shared memory has one writer. A store that publishes is paired with the load that sees it, under a name
//! that stands beside both in the source:
//!
//! | name | stored | seen by |
//! | --- | --- | --- |
//! | `SYNC(tail)` | by the producer, Release, when slots are written | the consumer: Relaxed, then an Acquire fence; then it reads them |
//! | `SYNC(head)` | by the consumer, Release, when slots are read | the producer, likewise; then it writes them |
//! | `SYNC(state)` | by either side, Release, behind its last cursor | the other side, which then looks at the cursor once more |
//! | `SYNC(park)` | by a side that sleeps: its ticket, then a fence, then a look at the cursor | the other: its cursor, then a fence, then a look at the ticket |
//!
//! # Without a copy
//!
//! [`Consumer::pop_with`] and [`Peek::view`] read single fields where they lie, [`Producer::push_with`] and
//! [`Claim::slot`] write them: see [`View`] and [`Slot`].
//!
//! # Features
//!
//! `tokio` adds ends that are awaited; `tracing` tells what happens to rings as events, and never a message. Both are off.
//! Waiting for many rings at once, with [`WaitSet`], needs none.
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
