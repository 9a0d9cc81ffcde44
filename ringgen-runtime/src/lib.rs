//! Lock-free rings in shared memory that survive the death of either side.

pub mod pod;
mod text;

pub use pod::{Bool, Message, Pad, Pod, Reserved, zeroed};
pub use text::{Str, StrError};

/// What the expansions of the derives name. No part of the public interface: it changes with the derives.
#[doc(hidden)]
pub mod __private {
    pub use std::borrow::Cow;

    pub use ringgen_layout::{
        Canonical, Dims, EDITION, Enum, EnumKind, Extent, Field, Hash, Hasher, Kind, MAX_ALIGN, Note, Package,
        PlaceError, Placement, Placer, Scalar, ScalarKind, Struct, StructKind, Type, Value,
    };

    pub use crate::pod::{
        Bool, Message, Pad, Pod, Reserved, align_of_field, describe_field, size_of_field, type_of_field, zeroed,
    };
    pub use crate::text::Str;
}
