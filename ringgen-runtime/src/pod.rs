//! Plain old data: the types whose bytes mean the same to every process that sees them.
#![allow(unsafe_code)] // The traits are promises about bytes: implementing one is what is unsafe about it.

use std::borrow::Cow;

use ringgen_layout::{Canonical, Hash, Kind, Scalar, Type};

use crate::in_place::InPlace;
use crate::reference::{BlobRef, TextRef};
use crate::text::Str;

/// A type that may lie in shared memory: any bytes of its size are a value of it, and all of its bytes are its value.
///
/// Implemented for the scalars, [`Bool`], [`Str`], [`TextRef`], [`BlobRef`], [`Pad`], [`Reserved`] and arrays of up to two
/// dimensions, and by the derives for structs, variants, enums and flags of them. Rust's own `bool`, `char` and enums are not plain old
/// data: a peer may send bytes that are no value of theirs.
///
/// # Safety
/// - Every bit pattern of `size_of::<Self>()` bytes is a valid value.
/// - There is no padding: each byte belongs to a field, and fields are themselves `Pod`.
/// - There is no interior mutability and no address in it.
/// - `TYPE` states the size and alignment that `size_of` and `align_of` do.
#[diagnostic::on_unimplemented(
    message = "ringgen [R019]: `{Self}` can't lie in shared memory: not any bytes that a peer may write are a value of it",
    label = "not plain old data",
    note = "write a number of fixed width, `Bool`, `Str<N>`, `[T; N]`, or a type of your own with \
            `#[derive(RingStruct)]`, `#[derive(RingEnum)]` or `#[derive(RingFlags)]`"
)]
pub unsafe trait Pod: Copy + Send + Sync + 'static {
    /// What a field of this type is in descriptions and fingerprints.
    const TYPE: Type<'static>;

    /// Adds the blocks of declared types: the own one first, then those of its fields in their order.
    /// Types that are not declared, such as scalars, have none.
    fn describe(_: &mut Canonical) {}

    /// What a slot holds before a field of it is set: zero bytes, but for what stands for no value.
    #[inline]
    fn blank() -> Self {
        zeroed()
    }
}

/// A type that may travel in a ring by itself.
///
/// # Safety
/// As for [`Pod`], and `LAYOUT_HASH` is the fingerprint of exactly this layout.
#[diagnostic::on_unimplemented(
    message = "ringgen [R019]: `{Self}` is no message that can travel in a ring",
    label = "no `#[derive(RingMessage)]`",
    note = "put `#[derive(Clone, Copy, RingMessage)]` and `#[repr(C)]` on the struct"
)]
pub unsafe trait Message: InPlace {
    /// The name of the message, the same in every language.
    const NAME: &'static str;
    /// The fingerprint of the layout. Two processes can share a ring only if theirs are equal.
    const LAYOUT_HASH: Hash;
    /// The version of the package that declares it; 0 where there is none.
    const PACKAGE_VERSION: u32;

    /// The canonical text of the layout, which every ring carries. Its [`Hash::of`] is the schema hash.
    fn schema_text() -> Cow<'static, str>;
}

/// The value of `T` whose bytes are all zero.
///
/// ```
/// assert_eq!(ringgen_runtime::zeroed::<[u32; 4]>(), [0; 4]);
/// ```
pub const fn zeroed<T: Pod>() -> T {
    // SAFETY: every bit pattern is a value of a `Pod` type, zero bytes too.
    unsafe { core::mem::zeroed() }
}

/// The bytes of a value.
fn bytes_of<T: Pod>(value: &T) -> &[u8] {
    // SAFETY: so many bytes lie behind the reference, and all of them are initialised: a `Pod` type has no padding.
    unsafe { std::slice::from_raw_parts(std::ptr::from_ref(value).cast(), size_of::<T>()) }
}

/// The case at the beginning of a variant's payload.
///
/// # Panics
/// If it has no room there, or lies where no `T` can. The derive proves while it compiles that it does.
#[inline]
pub fn case_in<T: Pod>(payload: &[u8]) -> &T {
    let case = payload.as_ptr().cast::<T>();
    assert!(size_of::<T>() <= payload.len(), "`check_payload` sees room for every case");
    assert!(case.is_aligned(), "`check_payload` and `check_variant_end` see that every case is aligned");
    // SAFETY: aligned, and inside of the payload, both as asserted; any bytes are a value of a `Pod` type, and none of
    // them changes while the payload is borrowed, as there is no interior mutability in it.
    unsafe { &*case }
}

/// Writes a case to the beginning of a variant's payload. What lies behind it stays as it is.
///
/// # Panics
/// If there is no room. The derive proves while it compiles that there is.
#[inline]
pub fn put_case<T: Pod>(payload: &mut [u8], case: &T) {
    payload[..size_of::<T>()].copy_from_slice(bytes_of(case));
}

macro_rules! scalars {
    ($($rust:ident $scalar:ident)*) => { $(
        // SAFETY: a number without padding; every bit pattern is a value. Its size is that of the scalar table,
        // and its alignment too, which `ALIGNMENTS` checks below.
        #[diagnostic::do_not_recommend]
        unsafe impl Pod for $rust {
            const TYPE: Type<'static> = Type::scalar(Scalar::$scalar);
        }
    )* };
}

scalars! { u8 U8 u16 U16 u32 U32 u64 U64 i8 I8 i16 I16 i32 I32 i64 I64 f32 F32 f64 F64 }

/// Fails to compile where the target aligns a scalar in another way than the format does.
const ALIGNMENTS: () = {
    assert!(align_of::<u16>() == 2 && align_of::<u32>() == 4 && align_of::<u64>() == 8);
    assert!(align_of::<f32>() == 4 && align_of::<f64>() == 8);
    assert!(cfg!(target_endian = "little"), "ringgen rings are little-endian");
};
const _: () = ALIGNMENTS;

// SAFETY: `N` values without padding between them, each valid for every bit pattern.
// Recommended, unlike the others: so the error about an array of something names the something.
unsafe impl<T: Pod, const N: usize> Pod for [T; N] {
    const TYPE: Type<'static> = match T::TYPE.array(length(N)) {
        Some(array) => array,
        None => panic!("ringgen [R014]: a field has at most two array dimensions\nhelp: nest a struct"),
    };

    fn describe(canonical: &mut Canonical) {
        T::describe(canonical);
    }

    #[inline]
    fn blank() -> Self {
        [T::blank(); N]
    }
}

// SAFETY: transparent over bytes; every bit pattern is a value, as reading checks the text.
#[diagnostic::do_not_recommend]
unsafe impl<const N: usize> Pod for Str<N> {
    const TYPE: Type<'static> = Type::new(Kind::Str, length(N), 1);
}

// SAFETY: numbers without padding between or behind them; every bit pattern is a value. Size and alignment are checked
// below.
#[diagnostic::do_not_recommend]
unsafe impl<const MAX: usize> Pod for TextRef<MAX> {
    const TYPE: Type<'static> = reference(Kind::Text { max: length(MAX) });
}

// SAFETY: as above.
#[diagnostic::do_not_recommend]
unsafe impl<const MAX: usize> Pod for BlobRef<MAX> {
    const TYPE: Type<'static> = reference(Kind::Blob { max: length(MAX) });
}

const fn reference(kind: Kind<'static>) -> Type<'static> {
    let (size, align) = Type::REFERENCE;
    assert!(size_of::<TextRef<1>>() == size as usize && align_of::<TextRef<1>>() == align as usize);
    assert!(size_of::<BlobRef<1>>() == size as usize && align_of::<BlobRef<1>>() == align as usize);
    Type::new(kind, size, align)
}

/// A length in descriptions, which are 32 bits wide.
const fn length(n: usize) -> u32 {
    assert!(n > 0, "ringgen [R014]: an array or text of length 0 has no bytes to share\nhelp: leave it out");
    assert!(n <= u32::MAX as usize, "ringgen [R014]: an array or text is longer than 4 GiB");
    n as u32
}

/// A boolean that may hold any byte: written 0 or 1, read as `!= 0`.
///
/// ```
/// use ringgen_runtime::Bool;
/// assert!(Bool::from(true).get());
/// assert_eq!(Bool::TRUE, true);
/// ```
#[derive(Clone, Copy, Default)]
#[repr(transparent)]
pub struct Bool(u8);

impl Bool {
    /// Written as 0.
    pub const FALSE: Bool = Bool(0);
    /// Written as 1.
    pub const TRUE: Bool = Bool(1);

    /// The value that is written for `value`.
    pub const fn new(value: bool) -> Self {
        Bool(value as u8)
    }

    /// Whether the byte is not 0.
    pub const fn get(self) -> bool {
        self.0 != 0
    }
}

// SAFETY: transparent over a byte, every value of which is read.
#[diagnostic::do_not_recommend]
unsafe impl Pod for Bool {
    const TYPE: Type<'static> = Type::scalar(Scalar::Bool);
}

impl From<bool> for Bool {
    fn from(value: bool) -> Self {
        Bool::new(value)
    }
}

impl From<Bool> for bool {
    fn from(value: Bool) -> Self {
        value.get()
    }
}

impl PartialEq for Bool {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for Bool {}

impl PartialEq<bool> for Bool {
    fn eq(&self, other: &bool) -> bool {
        self.get() == *other
    }
}

impl std::hash::Hash for Bool {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

impl std::fmt::Debug for Bool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(f)
    }
}

impl std::fmt::Display for Bool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.get().fmt(f)
    }
}

/// `N` bytes that keep the fields behind them aligned. Written as zero, never looked at: any two are equal.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Pad<const N: usize>([u8; N]);

impl<const N: usize> Pad<N> {
    /// Zero bytes.
    pub const ZERO: Pad<N> = Pad([0; N]);
}

// SAFETY: transparent over bytes.
#[diagnostic::do_not_recommend]
unsafe impl<const N: usize> Pod for Pad<N> {
    const TYPE: Type<'static> = Type::new(Kind::Pad, length(N), 1);
}

impl<const N: usize> Default for Pad<N> {
    fn default() -> Self {
        Pad::ZERO
    }
}

impl<const N: usize> PartialEq for Pad<N> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<const N: usize> Eq for Pad<N> {}

impl<const N: usize> std::hash::Hash for Pad<N> {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl<const N: usize> std::fmt::Debug for Pad<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pad<{N}>")
    }
}

/// `N` zero bytes that a later version of the message may put to use. Part of the layout's identity.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Reserved<const N: usize>([u8; N]);

impl<const N: usize> Reserved<N> {
    /// Zero bytes.
    pub const ZERO: Reserved<N> = Reserved([0; N]);

    /// The bytes as a peer wrote them.
    pub const fn bytes(&self) -> &[u8; N] {
        &self.0
    }
}

// SAFETY: transparent over bytes.
#[diagnostic::do_not_recommend]
unsafe impl<const N: usize> Pod for Reserved<N> {
    const TYPE: Type<'static> = Type::new(Kind::Reserved, length(N), 1);
}

impl<const N: usize> Default for Reserved<N> {
    fn default() -> Self {
        Reserved::ZERO
    }
}

impl<const N: usize> std::fmt::Debug for Reserved<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reserved<{N}>")
    }
}

/// The type of a field, inferred from the function that reaches it: what a struct *is*, and not what its tokens say.
pub const fn type_of_field<S, T: Pod>(_: fn(&S) -> &T) -> Type<'static> {
    T::TYPE
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Probe {
        grid: [[f32; 3]; 2],
        symbol: Str<12>,
        gap: Pad<3>,
    }

    #[test]
    fn inferred_types_are_those_of_the_fields() {
        const GRID: Type<'static> = type_of_field(|probe: &Probe| &probe.grid);
        assert_eq!((GRID.dims.as_slice(), GRID.size, GRID.align), (&[2, 3][..], 4, 4));
        assert_eq!(GRID.total_size(), Some(24));
        let symbol = type_of_field(|probe: &Probe| &probe.symbol);
        assert_eq!((symbol.kind, symbol.size, symbol.align), (Kind::Str, 12, 1));
        assert!(type_of_field(|probe: &Probe| &probe.gap).is_pad());
    }

    #[test]
    fn a_case_is_read_where_it_was_written() {
        #[repr(C, align(8))]
        struct Payload([u8; 24]);
        let mut payload = Payload([0xFF; 24]);
        put_case(&mut payload.0, &[1_u64, 2]);
        assert_eq!(case_in::<[u64; 2]>(&payload.0), &[1, 2]);
        assert_eq!(case_in::<u16>(&payload.0), &1);
        assert_eq!(payload.0[16..], [0xFF; 8], "what lies behind it stays");
    }

    #[test]
    fn a_case_is_never_read_where_it_cannot_lie() {
        #[repr(C, align(8))]
        struct Payload([u8; 16]);
        let payload = Payload([0; 16]);
        for (from, to) in [(0, 7), (1, 16), (4, 16)] {
            let refused = std::panic::catch_unwind(|| *case_in::<u64>(&payload.0[from..to]));
            assert!(refused.is_err(), "{from}..{to}");
        }
        assert!(std::panic::catch_unwind(|| put_case(&mut [0; 7], &1_u64)).is_err());
    }

    #[test]
    fn any_byte_is_a_bool() {
        assert!(Bool(2).get());
        assert_eq!(Bool(2), Bool::TRUE);
        assert_ne!(Bool(2), Bool::FALSE);
        assert_eq!(format!("{} {:?}", Bool(255), Bool(0)), "true false");
    }

    #[test]
    fn padding_is_never_a_difference() {
        assert_eq!(Pad([1, 2]), Pad::ZERO);
        assert_ne!(Reserved([1, 2]), Reserved::ZERO);
        assert_eq!(Reserved([1, 2]).bytes(), &[1, 2]);
    }
}
