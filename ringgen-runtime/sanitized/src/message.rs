//! Messages of any size, without the derive: building that for each sanitizer would take longer than all the rest.
#![allow(unsafe_code)] // Declared by hand: this package is below the derive.

use std::borrow::Cow;

use ringgen_layout::{Canonical, Field, Hash, Note, Struct, StructKind, Type};
use ringgen_runtime::__private::Whole;
use ringgen_runtime::{Message, Pod};

/// `N` bytes that follow from a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Bytes<const N: usize>([u8; N]);

impl<const N: usize> Bytes<N> {
    const FIELDS: [Field<'static>; 1] = [Field { name: "bytes", offset: 0, ty: <[u8; N]>::TYPE, note: Note::NONE }];
    const STRUCT: Struct<'static> =
        Struct { kind: StructKind::Message, name: "Bytes", size: N as u32, align: 1, fields: &Self::FIELDS, doc: "" };

    pub(crate) fn at(position: u64) -> Self {
        let mut state = position;
        Bytes([(); N].map(|()| {
            state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(0x1405_7B7E_F767_814F);
            (state >> 56) as u8
        }))
    }
}

// SAFETY: bytes, described as they lie.
unsafe impl<const N: usize> Pod for Bytes<N> {
    const TYPE: Type<'static> = Self::STRUCT.as_type();
}

impl<const N: usize> Whole for Bytes<N> {}

// SAFETY: the hash is the one of `STRUCT`.
unsafe impl<const N: usize> Message for Bytes<N> {
    const NAME: &'static str = "Bytes";
    const LAYOUT_HASH: Hash = Self::STRUCT.layout_hash();
    const PACKAGE_VERSION: u32 = 1;

    fn schema_text() -> Cow<'static, str> {
        let mut canonical = Canonical::new(None);
        canonical.add_struct(&Self::STRUCT);
        canonical.finish().into()
    }
}
