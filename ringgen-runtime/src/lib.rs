//! Lock-free rings in shared memory that survive the death of either side.

mod derive;
pub mod pod;
mod text;

pub use pod::{Bool, Message, Pad, Pod, Reserved, zeroed};
pub use text::{Str, StrError};

/// What the expansions of the derives name. No part of the public interface: it changes with the derives.
#[doc(hidden)]
pub mod __private {
    pub use core::include_bytes;
    pub use core::marker::{Copy, Send, Sync};
    pub use core::mem::{align_of, offset_of, size_of};
    pub use core::option::Option::{None, Some};
    pub use core::primitive::{str, u32};
    pub use std::borrow::Cow;

    pub use ringgen_layout::{
        Canonical, Dims, Enum, EnumKind, Field, Hash, Kind, Note, Package, Scalar, Struct, StructKind, Type, Value, proof,
    };

    pub use crate::derive::{Described, DescribedEnum, check_copy, describe, member, schema_text};
    pub use crate::pod::{Message, Pod, type_of_field, zeroed};
}
