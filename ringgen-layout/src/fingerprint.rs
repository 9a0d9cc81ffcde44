//! When two layouts are the same: a hash that can be computed in const evaluation and in any language.

use core::fmt;

use crate::{Dims, Enum, Kind, Struct, Type, Variant};

/// The edition of the schema language, and of what a layout hash is made of.
pub const EDITION: u32 = 1;

/// A 128-bit fingerprint. Prints as 32 hexadecimal digits, in the order its bytes have in a ring's header.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(u128);

impl Hash {
    /// The hash with this number; its first byte is the most significant one.
    pub const fn from_u128(value: u128) -> Self {
        Hash(value)
    }

    /// The number.
    pub const fn to_u128(self) -> u128 {
        self.0
    }

    /// The hash with these bytes, as they lie in a ring's header.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Hash(u128::from_be_bytes(bytes))
    }

    /// The bytes, as they lie in a ring's header.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    /// The hash of some bytes, for example of a canonical text: its schema hash.
    pub const fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new();
        hasher.bytes(bytes);
        hasher.finish()
    }

    /// Whether these are its 32 hexadecimal digits, in const evaluation.
    pub const fn is(self, digits: &str) -> bool {
        let digits = digits.as_bytes();
        let mut value = 0;
        let mut index = 0;
        while index < digits.len() {
            let digit = match digits[index] {
                digit @ b'0'..=b'9' => digit - b'0',
                digit @ b'a'..=b'f' => digit - b'a' + 10,
                _ => return false,
            };
            value = value << 4 | digit as u128;
            index += 1;
        }
        digits.len() == 32 && value == self.0
    }

    /// Whether two hashes are equal, in const evaluation.
    pub const fn same(self, other: Hash) -> bool {
        self.0 == other.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// FNV-1a with 128 bits (RFC 9923), over the encoding of docs/memory-format.md, "Layout hash":
/// integers little-endian, strings behind their length as u32.
#[derive(Clone, Copy, Debug)]
pub struct Hasher(u128);

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher {
    const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = (1 << 88) + 0x13b;

    /// The hash of nothing yet.
    pub const fn new() -> Self {
        Hasher(Self::OFFSET_BASIS)
    }

    /// Adds bytes as they are.
    pub const fn bytes(&mut self, bytes: &[u8]) {
        let mut index = 0;
        while index < bytes.len() {
            self.0 = (self.0 ^ bytes[index] as u128).wrapping_mul(Self::PRIME);
            index += 1;
        }
    }

    /// The hash of everything added.
    pub const fn finish(self) -> Hash {
        Hash(self.0)
    }

    const fn u32(&mut self, value: u32) {
        self.bytes(&value.to_le_bytes());
    }

    const fn string(&mut self, string: &str) {
        self.u32(string.len() as u32);
        self.bytes(string.as_bytes());
    }

    const fn dims(&mut self, dims: Dims) {
        let lengths = dims.as_slice();
        self.u32(lengths.len() as u32);
        let mut index = 0;
        while index < lengths.len() {
            self.u32(lengths[index]);
            index += 1;
        }
    }

    const fn ty(&mut self, ty: &Type<'_>) {
        self.string(ty.kind.word().0);
        self.u32(ty.size);
        self.dims(ty.dims);
        if let Some(hash) = ty.kind.hash() {
            self.bytes(&hash.to_bytes());
        }
        if let Some(max) = ty.kind.max() {
            self.u32(max);
        }
    }
}

impl Struct<'_> {
    /// The fingerprint of everything that must be equal for two processes to share this type: names, offsets,
    /// types. Padding and notes are not in it; reserved bytes are.
    pub const fn layout_hash(&self) -> Hash {
        let mut hasher = Hasher::new();
        hasher.u32(EDITION);
        hasher.string(self.kind.word());
        hasher.string(self.name);
        hasher.u32(self.size);
        hasher.u32(self.align);
        let mut index = 0;
        while index < self.fields.len() {
            let field = &self.fields[index];
            if !field.ty.is_pad() {
                hasher.string(field.name);
                hasher.u32(field.offset);
                hasher.ty(&field.ty);
            }
            index += 1;
        }
        hasher.finish()
    }

    /// The type of a field that holds this struct.
    pub const fn as_type(&self) -> Type<'_> {
        let kind = Kind::Struct { kind: self.kind, name: self.name, hash: self.layout_hash() };
        Type::new(kind, self.size, self.align)
    }
}

impl Enum<'_> {
    /// The fingerprint of its kind, name, representation and every name with its value.
    pub const fn layout_hash(&self) -> Hash {
        let mut hasher = Hasher::new();
        hasher.u32(EDITION);
        hasher.string(self.kind.word());
        hasher.string(self.name);
        hasher.string(self.repr.name());
        let mut index = 0;
        while index < self.values.len() {
            hasher.string(self.values[index].name);
            // The low 64 bits in two's complement: every repr fits.
            hasher.bytes(&(self.values[index].value as u64).to_le_bytes());
            index += 1;
        }
        hasher.finish()
    }

    /// The type of a field that holds this enum.
    pub const fn as_type(&self) -> Type<'_> {
        let kind = Kind::Enum { kind: self.kind, name: self.name, hash: self.layout_hash() };
        Type::new(kind, self.repr.size(), self.repr.align())
    }
}

impl Variant<'_> {
    /// The fingerprint of its name, tag and extent, and of every case with its tag and layout.
    pub const fn layout_hash(&self) -> Hash {
        let mut hasher = Hasher::new();
        hasher.u32(EDITION);
        hasher.string(Variant::WORD);
        hasher.string(self.name);
        hasher.u32(self.extent.size);
        hasher.u32(self.extent.align);
        hasher.string(self.tag.name());
        hasher.u32(self.extent.payload);
        let mut index = 0;
        while index < self.cases.len() {
            let case = &self.cases[index];
            hasher.string(case.name);
            hasher.bytes(&(case.value as u64).to_le_bytes());
            hasher.ty(&case.ty);
            index += 1;
        }
        hasher.finish()
    }

    /// The type of a field that holds this variant.
    pub const fn as_type(&self) -> Type<'_> {
        let kind = Kind::Variant { name: self.name, hash: self.layout_hash() };
        Type::new(kind, self.extent.size, self.extent.align)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fnv_1a_128_matches_the_published_vectors() {
        // The vectors of RFC 9923, appendix C.
        assert_eq!(Hash::of(b"").to_u128(), 0x6c62272e07bb014262b821756295c58d);
        assert_eq!(Hash::of(b"a").to_u128(), 0xd228cb696f1a8caf78912b704e4a8964);
        assert_eq!(Hash::of(b"foobar").to_u128(), 0x343e1662793c64bf6f0d3597ba446f18);
    }

    #[test]
    fn bytes_print_in_the_order_they_lie() {
        let hash = Hash::from_bytes(*b"\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10");
        assert_eq!(extern_format(hash), "0102030405060708090a0b0c0d0e0f10");
        assert_eq!(hash.to_bytes()[0], 1);
        assert!(hash.is("0102030405060708090a0b0c0d0e0f10"));
        for other in ["", "0102030405060708090a0b0c0d0e0f1", "0102030405060708090a0b0c0d0e0f1g"] {
            assert!(!hash.is(other), "{other}");
        }
    }

    fn extern_format(hash: Hash) -> alloc::string::String {
        alloc::format!("{hash}")
    }
}
