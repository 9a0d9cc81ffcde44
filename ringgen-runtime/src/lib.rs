//! Lock-free rings in shared memory that survive the death of either side.
//!
//! ```text
//!   process A                    one file, mapped by both                        process B
//!   Producer<T> ── push ──▶ │ header │ head │ tail │ slot slot slot … │ ── pop ──▶ Consumer<T>
//!                             read-only   B's    A's   A's
//! ```
//!
//! ```
//! use ringgen_runtime::{Message, OpenError, Ring};
//!
//! fn count<Trade: Message>(name: &str) -> Result<usize, Box<dyn std::error::Error>> {
//!     let mut trades = Ring::<Trade>::attach(name)?.consumer()?;
//!     let mut count = 0;
//!     for trade in &mut trades {
//!         let _trade: Trade = trade?;
//!         count += 1;
//!     }
//!     Ok(count)
//! }
//! ```
//!
//! Users add the crate `ringgen`, which has all of this and the derive for messages. The normative text of what two
//! processes agree on is docs/memory-format.md.
//!
//! ```text
//!   pod.rs       what may lie in shared memory          map.rs     files as memory, and who may write where
//!   header.rs    512 bytes, checked once                role.rs    locks: who holds an end, and whether it lives
//!   cursor.rs    index arithmetic                       protocol.rs  what is stored and loaded, in which order
//!   words.rs     shared memory, as a trait              park.rs    sleeping, one side or many
//!   raw.rs       every access to shared memory          wait.rs    spin, yield, park, ask who lives
//!   steps.rs     where tests can kill                   end.rs     what both ends are made of
//!   wait_set.rs  waiting for any of many rings          asynchronous.rs  reactor.rs   tasks, and the thread that sleeps
//!   trace.rs     what happens, as events of `tracing`
//!   spot.rs      one field in its slot                in_place.rs  with.rs   views and slots of messages
//!   value.rs     what fields take and don't take        text.rs  reference.rs   text, here and in a slab
//!   ring.rs  producer.rs  consumer.rs   with types      host.rs  observe.rs   without
//!   anonymous.rs  pass.rs   rings without a name, handed from process to process
//!   guard.rs     what becomes of a ring whose file is cut short
//!   name.rs  home.rs  where files are, and are again    gc.rs  lock.rs   which of them go, and who says so
//! ```
#[cfg(not(target_os = "linux"))]
compile_error!("ringgen needs Linux: locks of open file descriptions, futexes and membarrier");
#[cfg(not(target_pointer_width = "64"))]
compile_error!(
    "ringgen needs a 64-bit target: lengths of rings are 64 bits, and so are the words that are loaded at once"
);

mod anonymous;
#[cfg(feature = "tokio")]
mod asynchronous;
mod consumer;
mod cursor;
mod derive;
mod end;
mod error;
mod fork;
mod gc;
mod guard;
mod header;
mod home;
mod host;
mod in_place;
mod lock;
mod map;
mod mutants;
mod name;
mod observe;
mod options;
mod park;
mod pass;
pub mod pod;
mod producer;
mod protocol;
mod raw;
#[cfg(feature = "tokio")]
mod reactor;
mod reason;
mod reference;
mod ring;
mod role;
mod spot;
mod steps;
mod sync;
mod sys;
mod text;
mod trace;
mod value;
mod wait;
mod wait_set;
mod with;
mod words;

#[cfg(feature = "tokio")]
pub use asynchronous::{AsyncConsumer, AsyncProducer};
pub use consumer::{Consumer, IntoIter, Iter, IterTimeout, Peek, TryIter};
pub use error::{
    AttachError, ClaimError, Corruption, CreateError, Defect, LayoutMismatch, NameError, OpenError, Peer, PopError,
    PushError, Refusal, TryPushError, Unsupported,
};
pub use gc::{Collector, Found, FoundState};
pub use header::Header;
pub use host::{Layout, RawRing};
pub use in_place::{Array, ArraySlot, InPlace, Items, List, Put, Slot, View};
pub use observe::{Observer, RoleInfo};
pub use options::RingOptions;
pub use pod::{Bool, Message, Pad, Pod, Reserved, zeroed};
pub use producer::{Claim, Producer};
pub use reference::{BlobRef, TextRef};
pub use ring::{Ring, RingKind};
pub use role::{Ending, RawRole, Role, Stats};
pub use sys::pin_thread;
pub use text::{Str, StrError};
pub use value::{Number, Place, ValueError};
pub use wait::Wait;
pub use wait_set::{Event, Interrupter, Readiness, Room, WaitError, WaitSet, Waitable};
pub use with::{Filled, PushWithError};

/// What fuzz targets call. No part of the public interface.
#[cfg(feature = "fuzz")]
#[doc(hidden)]
pub mod fuzz {
    /// Where the regions of a ring lie, if these bytes are the header of one that can be used here.
    pub fn header(bytes: &[u8; 512], file_length: u64) -> Option<ringgen_layout::ring::Geometry> {
        crate::header::Header::decode(bytes, file_length, 4096).ok().map(|header| header.geometry)
    }
}

/// What the expansions of the derives name, and generated code. No part of the public interface: it changes with both.
#[doc(hidden)]
pub mod __private {
    pub use core::clone::Clone;
    pub use core::convert::{From, Into};
    pub use core::fmt::Debug;
    pub use core::include_bytes;
    pub use core::marker::{Copy, Send, Sync};
    pub use core::mem::{align_of, offset_of, size_of};
    pub use core::option::Option::{self, None, Some};
    pub use core::primitive::{bool, str, u32};
    pub use core::result::Result::{self, Ok};
    pub use std::borrow::Cow;

    pub use ringgen_layout::{
        Canonical, Case, Dims, Enum, EnumKind, Field, Hash, Kind, Note, Package, Scalar, Struct, StructKind, Type,
        Value, Variant, VariantExtent, proof,
    };

    pub use crate::derive::{
        Described, DescribedEnum, DescribedVariant, Sample, case, check_copy, check_told, describe, describe_variant,
        member, schema_text,
    };
    pub use crate::in_place::{InPlace, List, Whole};
    pub use crate::pod::{Bool, Message, Pod, case_in, put_case, type_of_field, zeroed};
    pub use crate::spot::{Spot, SpotMut};
    pub use crate::value::{
        Nullable, Number, Text, ValueError, any_bytes_are_valid, check_length, check_range, check_ranges,
        check_reference, check_references, check_text, check_texts, counted, or_null, or_null_in, push_list, set_list,
        text,
    };
}
