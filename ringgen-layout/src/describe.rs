//! What a type is made of: plain descriptions that the derive builds as constants and the generator as values.

use crate::{Hash, Scalar, VariantExtent};

/// The array dimensions of a field: none, `[n]` or `[n][m]`, the outermost first, as C and numpy have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dims {
    lengths: [u32; Dims::MAX],
    rank: u8,
}

impl Dims {
    /// How many dimensions a field may have.
    pub const MAX: usize = 2;

    /// No array: one element.
    pub const NONE: Dims = Dims { lengths: [0; Dims::MAX], rank: 0 };

    /// These dimensions inside one more, the outermost, of `length` elements; `None` past [`Dims::MAX`].
    pub const fn inside(self, length: u32) -> Option<Dims> {
        match self.rank {
            0 => Some(Dims { lengths: [length, 0], rank: 1 }),
            1 => Some(Dims { lengths: [length, self.lengths[0]], rank: 2 }),
            _ => None,
        }
    }

    /// The lengths, the outermost first.
    pub const fn as_slice(&self) -> &[u32] {
        self.lengths.split_at(self.rank as usize).0
    }

    /// How many elements there are altogether: 1 where there is no array; `None` on overflow.
    pub const fn elements(&self) -> Option<u32> {
        match self.rank {
            0 => Some(1),
            1 => Some(self.lengths[0]),
            _ => self.lengths[0].checked_mul(self.lengths[1]),
        }
    }
}

/// Whether an integer type names single values or bits to combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnumKind {
    /// Each value has one name.
    Enum,
    /// Each name is a bit; values are combinations of bits.
    Flags,
}

impl EnumKind {
    /// The word in canonical texts: `enum` or `flags`.
    pub const fn word(self) -> &'static str {
        match self {
            EnumKind::Enum => "enum",
            EnumKind::Flags => "flags",
        }
    }
}

/// Whether a struct may travel in a ring by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StructKind {
    /// A type to nest in others.
    Struct,
    /// A type that may travel in a ring.
    Message,
}

impl StructKind {
    /// The word in canonical texts: `struct` or `message`.
    pub const fn word(self) -> &'static str {
        match self {
            StructKind::Struct => "struct",
            StructKind::Message => "message",
        }
    }
}

/// What one element of a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A primitive.
    Scalar(Scalar),
    /// UTF-8 text, NUL padded, of as many bytes as the element has.
    Str,
    /// Bytes that only keep the fields behind them aligned. Zero; no part of a layout's identity.
    Pad,
    /// Zero bytes that a later version may put to use. Part of a layout's identity.
    Reserved,
    /// An enum or flags type declared elsewhere.
    Enum {
        /// Which of the two.
        kind: EnumKind,
        /// Its name.
        name: &'a str,
        /// Its layout hash.
        hash: Hash,
    },
    /// A struct or message declared elsewhere.
    Struct {
        /// Which of the two.
        kind: StructKind,
        /// Its name.
        name: &'a str,
        /// Its layout hash.
        hash: Hash,
    },
    /// A tagged union declared elsewhere.
    Variant {
        /// Its name.
        name: &'a str,
        /// Its layout hash.
        hash: Hash,
    },
    /// A reference to text in the slab of a ring.
    Text {
        /// The most bytes that it may have.
        max: u32,
    },
    /// A reference to bytes in the slab of a ring.
    Blob {
        /// The most bytes that it may have.
        max: u32,
    },
}

impl<'a> Kind<'a> {
    /// The word for it in canonical texts, and the name of the declared type, if it is one.
    pub const fn word(&self) -> (&'static str, Option<&'a str>) {
        match *self {
            Kind::Scalar(scalar) => (scalar.name(), None),
            Kind::Str => ("str", None),
            Kind::Pad => ("pad", None),
            Kind::Reserved => ("reserved", None),
            Kind::Enum { kind, name, .. } => (kind.word(), Some(name)),
            Kind::Struct { kind, name, .. } => (kind.word(), Some(name)),
            Kind::Variant { name, .. } => ("variant", Some(name)),
            Kind::Text { .. } => ("text", None),
            Kind::Blob { .. } => ("blob", None),
        }
    }

    /// The fingerprint of the declared type, if it is one.
    pub const fn hash(&self) -> Option<Hash> {
        match *self {
            Kind::Enum { hash, .. } | Kind::Struct { hash, .. } | Kind::Variant { hash, .. } => Some(hash),
            _ => None,
        }
    }

    /// The most bytes of text or bytes in a slab, if it is a reference to such.
    pub const fn max(&self) -> Option<u32> {
        match *self {
            Kind::Text { max } | Kind::Blob { max } => Some(max),
            _ => None,
        }
    }
}

/// The type of a field: an element, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type<'a> {
    /// What one element is.
    pub kind: Kind<'a>,
    /// The size of one element in bytes.
    pub size: u32,
    /// The alignment in bytes.
    pub align: u32,
    /// How many elements, and in which shape.
    pub dims: Dims,
}

impl<'a> Type<'a> {
    /// One element of `kind`.
    pub const fn new(kind: Kind<'a>, size: u32, align: u32) -> Self {
        Type { kind, size, align, dims: Dims::NONE }
    }

    /// The size and alignment of a reference into a slab: `{ pos: u64, len: u32, zero: u32 }`.
    pub const REFERENCE: (u32, u32) = (16, 8);

    /// One scalar.
    pub const fn scalar(scalar: Scalar) -> Self {
        Type::new(Kind::Scalar(scalar), scalar.size(), scalar.align())
    }

    /// An array of `length` of this type; `None` past two dimensions.
    pub const fn array(self, length: u32) -> Option<Self> {
        match self.dims.inside(length) {
            Some(dims) => Some(Type { dims, ..self }),
            None => None,
        }
    }

    /// The size of all elements in bytes; `None` on overflow.
    pub const fn total_size(&self) -> Option<u32> {
        match self.dims.elements() {
            Some(elements) => self.size.checked_mul(elements),
            None => None,
        }
    }

    /// Whether this is padding, which is no part of a layout's identity.
    pub const fn is_pad(&self) -> bool {
        matches!(self.kind, Kind::Pad)
    }
}

/// What is known of a field beside its bytes. No part of a layout's identity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Note<'a> {
    /// What it means; may be empty, may have several lines.
    pub doc: &'a str,
    /// The unit it is counted in, for example `ns`; may be empty.
    pub unit: &'a str,
    /// What a time is counted from, for example `unix`; may be empty.
    pub epoch: &'a str,
    /// The value that stands for no value; may be empty.
    pub null: &'a str,
    /// The smallest and the largest value that setters take, a blank between them; may be empty.
    pub range: &'a str,
    /// The field that says how many elements of this one count; may be empty.
    pub list: &'a str,
    /// The version of the package that added it; 0 where that is not known.
    pub since: u32,
    /// The version of the package that gave it up; 0 if none did.
    pub deprecated: u32,
    /// What it is called now, if that is not its name in the layout; else empty.
    pub renamed: &'a str,
}

impl Note<'_> {
    /// Nothing known.
    pub const NONE: Note<'static> =
        Note { doc: "", unit: "", epoch: "", null: "", range: "", list: "", since: 0, deprecated: 0, renamed: "" };
}

/// A field of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name; the same in every language's canonical text.
    pub name: &'a str,
    /// Bytes from the start of the struct.
    pub offset: u32,
    /// What it is.
    pub ty: Type<'a>,
    /// What is known of it.
    pub note: Note<'a>,
}

/// A struct or message with every number in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Struct<'a> {
    /// Whether it may travel in a ring.
    pub kind: StructKind,
    /// Its name.
    pub name: &'a str,
    /// Its size in bytes, a multiple of `align`.
    pub size: u32,
    /// Its alignment in bytes.
    pub align: u32,
    /// Its fields in the order they lie in memory, padding included.
    pub fields: &'a [Field<'a>],
    /// What it means; may be empty.
    pub doc: &'a str,
}

/// A name for a value of an enum, or for a bit of flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    /// The name.
    pub name: &'a str,
    /// The value; for flags the value with that one bit set. Fits the enum's `repr`.
    pub value: i128,
    /// What is known of it.
    pub note: Note<'a>,
}

/// An enum or flags type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enum<'a> {
    /// Which of the two.
    pub kind: EnumKind,
    /// Its name.
    pub name: &'a str,
    /// The integer it is stored as.
    pub repr: Scalar,
    /// The names, in the order of their declaration.
    pub values: &'a [Value<'a>],
    /// What it means; may be empty.
    pub doc: &'a str,
}

/// One of the types that a [`Variant`] may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case<'a> {
    /// Its name.
    pub name: &'a str,
    /// The tag that says that it is this one. Fits the variant's `tag`.
    pub value: i128,
    /// What it is: one struct or message.
    pub ty: Type<'a>,
    /// What is known of it.
    pub note: Note<'a>,
}

/// A tagged union: a tag, and room for any one of its cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant<'a> {
    /// Its name.
    pub name: &'a str,
    /// The integer that says which case it is, at byte 0.
    pub tag: Scalar,
    /// Where the cases lie, and how large the whole is: see [`VariantExtent::of`](crate::VariantExtent::of).
    pub extent: VariantExtent,
    /// What it may hold, in the order of their declaration.
    pub cases: &'a [Case<'a>],
    /// What it means; may be empty.
    pub doc: &'a str,
}

impl Variant<'_> {
    /// The word in canonical texts.
    pub const WORD: &'static str = "variant";
}

/// The package that a type belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package<'a> {
    /// Its name.
    pub name: &'a str,
    /// The version of its types.
    pub version: u32,
}
