//! The table of scalars. A new scalar is one row here; a new [`ScalarKind`] makes the compiler list the places.

/// How the bits of a [`Scalar`] are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScalarKind {
    /// An unsigned integer.
    Unsigned,
    /// A signed integer, two's complement.
    Signed,
    /// An IEEE 754 binary floating-point number.
    Float,
    /// One byte, written 0 or 1, read as `!= 0`.
    Bool,
}

macro_rules! scalars {
    ($($variant:ident $name:literal $kind:ident $bits:literal;)*) => {
        /// A primitive type: the same bytes in every language. Little-endian, aligned to its size.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Scalar {
            $(#[doc = concat!("`", $name, "`, ", $bits, " bits.")] $variant,)*
        }

        impl Scalar {
            /// Every scalar, in the order of the table.
            pub const ALL: &'static [Scalar] = &[$(Scalar::$variant),*];

            /// The name in schemas, canonical texts and Rust, for example `u32`.
            pub const fn name(self) -> &'static str {
                match self { $(Scalar::$variant => $name,)* }
            }

            /// How the bits are read.
            pub const fn kind(self) -> ScalarKind {
                match self { $(Scalar::$variant => ScalarKind::$kind,)* }
            }

            /// The width in bits.
            pub const fn bits(self) -> u32 {
                match self { $(Scalar::$variant => $bits,)* }
            }
        }
    };
}

scalars! {
    U8   "u8"   Unsigned  8;
    U16  "u16"  Unsigned 16;
    U32  "u32"  Unsigned 32;
    U64  "u64"  Unsigned 64;
    I8   "i8"   Signed    8;
    I16  "i16"  Signed   16;
    I32  "i32"  Signed   32;
    I64  "i64"  Signed   64;
    F32  "f32"  Float    32;
    F64  "f64"  Float    64;
    Bool "bool" Bool      8;
}

impl Scalar {
    /// The scalar that schemas call `name`.
    pub fn from_name(name: &str) -> Option<Scalar> {
        Scalar::ALL.iter().copied().find(|scalar| scalar.name() == name)
    }

    /// The size in bytes.
    pub const fn size(self) -> u32 {
        self.bits() / 8
    }

    /// The alignment in bytes: the size, on every target.
    pub const fn align(self) -> u32 {
        self.size()
    }

    /// Whether this is an integer, signed or not; `bool` is none.
    pub const fn is_integer(self) -> bool {
        matches!(self.kind(), ScalarKind::Unsigned | ScalarKind::Signed)
    }

    /// The smallest and largest value of an integer; `None` for any other kind.
    pub const fn integer_range(self) -> Option<(i128, i128)> {
        match self.kind() {
            ScalarKind::Unsigned => Some((0, (1 << self.bits()) - 1)),
            ScalarKind::Signed => Some((-(1 << (self.bits() - 1)), (1 << (self.bits() - 1)) - 1)),
            ScalarKind::Float | ScalarKind::Bool => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_rust() {
        for (scalar, size) in [
            (Scalar::U8, size_of::<u8>()),
            (Scalar::U16, size_of::<u16>()),
            (Scalar::U32, size_of::<u32>()),
            (Scalar::U64, size_of::<u64>()),
            (Scalar::I8, size_of::<i8>()),
            (Scalar::I16, size_of::<i16>()),
            (Scalar::I32, size_of::<i32>()),
            (Scalar::I64, size_of::<i64>()),
            (Scalar::F32, size_of::<f32>()),
            (Scalar::F64, size_of::<f64>()),
            (Scalar::Bool, size_of::<bool>()),
        ] {
            assert_eq!(scalar.size() as usize, size, "{}", scalar.name());
            assert_eq!(Scalar::from_name(scalar.name()), Some(scalar));
        }
    }

    #[test]
    fn integer_ranges_are_those_of_rust() {
        assert_eq!(Scalar::U64.integer_range(), Some((0, u64::MAX.into())));
        assert_eq!(Scalar::I64.integer_range(), Some((i64::MIN.into(), i64::MAX.into())));
        assert_eq!(Scalar::I8.integer_range(), Some((-128, 127)));
        assert_eq!(Scalar::Bool.integer_range(), None);
    }
}
