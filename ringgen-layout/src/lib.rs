//! Sizes, offsets, fingerprints and ring geometry: the numbers that every part of ringgen agrees on.
//!
//! Nothing here allocates, touches memory it was not given, or depends on the target. Almost everything is a
//! `const fn`, because two callers must get the same answer: the generator, which calls these functions while
//! it runs, and the expansion of the derive, which calls them while rustc evaluates constants.
//!
//! ```text
//!   scalar.rs       what the primitive types are         u8 … f64, bool
//!   describe.rs     what a type is made of               Struct, Field, Type, Enum, Variant
//!   place.rs        where each field lies                Placer, VariantExtent
//!   fingerprint.rs  when two layouts are the same        layout_hash, FNV-1a 128
//!   canonical.rs    a layout as text, in any ring        Canonical
//!   compare.rs      whether two texts go together        compare_layouts
//!   proof.rs        what a derive's expansion asks       check_field, check_end
//!   ring.rs         where each byte of a ring lies       Geometry, header and block offsets
//! ```
//!
//! ```
//! use ringgen_layout::{Placer, Scalar};
//!
//! let mut placer = Placer::new();
//! let id = placer.place(Scalar::U64.size(), Scalar::U64.align()).unwrap();
//! let side = placer.place(Scalar::U8.size(), Scalar::U8.align()).unwrap();
//! let price = placer.place(Scalar::F64.size(), Scalar::F64.align()).unwrap();
//! assert_eq!((id.offset, side.offset, price.offset), (0, 8, 16));
//! assert_eq!(price.padding, 7);
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod canonical;
mod compare;
mod describe;
mod fingerprint;
mod place;
pub mod proof;
pub mod ring;
mod scalar;

pub use canonical::Canonical;
pub use compare::{Comparison, Difference, compare_layouts, first_other_lines, line_in_words};
pub use describe::{Case, Dims, Enum, EnumKind, Field, Kind, Note, Package, Struct, StructKind, Type, Value, Variant};
pub use fingerprint::{EDITION, Hash, Hasher};
pub use place::{Extent, MAX_ALIGN, PlaceError, Placement, Placer, VariantExtent};
pub use scalar::{Scalar, ScalarKind};
