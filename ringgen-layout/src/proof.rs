//! What the derives ask while rustc evaluates constants: does this struct lie as the format says?
//!
//! The expansion hands over what rustc knows (real offsets, sizes, types found by inference); here it is compared
//! with [`Placer`], the function that the generator calls too. Each `check_…` panics with the words that the user
//! reads; `#[track_caller]` makes rustc point at the field that the expansion's call is spanned to.
//!
//! ```should_panic
//! use ringgen_layout::proof::{self, Member};
//! use ringgen_layout::{Note, Scalar, Type};
//!
//! const MEMBERS: &[Member<'_>] = &[
//!     Member { name: "id", ty: Type::scalar(Scalar::U64), offset: 0, note: Note::NONE, describe: |_| () },
//!     Member { name: "quantity", ty: Type::scalar(Scalar::U32), offset: 8, note: Note::NONE, describe: |_| () },
//! ];
//! // In an expansion this is `const _: () = …`, and the panic is a compile error:
//! proof::check_end("Trade", MEMBERS, 16, 8, 0);
//! ```

mod variant;
mod words;

pub use variant::{
    CaseMember, cases, check_case, check_case_like, check_payload, check_variant_end, check_variant_like, tag, variant,
};
use words::{Words, bytes, same};

use crate::{
    Canonical, Enum, EnumKind, Extent, Field, Hash, Kind, Note, PlaceError, Placement, Placer, Scalar, Struct,
    StructKind, Type,
};

/// A field as rustc sees it.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// Its name in the canonical text.
    pub name: &'a str,
    /// Its type, found by inference.
    pub ty: Type<'a>,
    /// Where it really lies: `offset_of!`.
    pub offset: usize,
    /// What is known of it beside its bytes.
    pub note: Note<'a>,
    /// Adds the blocks of its type to a canonical text.
    pub describe: fn(&mut Canonical),
}

impl<'a> Member<'a> {
    /// The type as the format sees it: bytes whose name starts with `_` are padding.
    const fn role(&self) -> Type<'a> {
        match (self.ty.kind, self.ty.dims.as_slice()) {
            (Kind::Scalar(Scalar::U8), &[size]) if self.is_underscored() => Type::new(Kind::Pad, size, 1),
            _ => self.ty,
        }
    }

    const fn is_underscored(&self) -> bool {
        matches!(self.name.as_bytes(), [b'_', ..])
    }

    const fn is_filler(&self) -> bool {
        matches!(self.role().kind, Kind::Pad | Kind::Reserved)
    }
}

/// The fields where [`Placer`] puts them. `N` is how many there are.
///
/// A field that has no place gets the last one there is: [`check_field`] refuses it, at a better place than here.
pub const fn place<'a, const N: usize>(members: &[Member<'a>]) -> [Field<'a>; N] {
    let mut fields = [Field { name: "", offset: u32::MAX, ty: Type::scalar(Scalar::U8), note: Note::NONE }; N];
    let mut placer = Placer::new();
    let mut index = 0;
    while index < N {
        let member = &members[index];
        let offset = match step(&mut placer, member) {
            Ok(placed) => placed.offset,
            Err(_) => u32::MAX,
        };
        fields[index] = Field { name: member.name, offset, ty: member.role(), note: member.note };
        index += 1;
    }
    fields
}

/// The whole struct, given its fields from [`place`] and the alignment that rustc gave it.
///
/// One that can't be gets no size: [`check_end`] refuses it, at a better place than here.
pub const fn structure<'a>(
    kind: StructKind,
    name: &'a str,
    members: &[Member<'_>],
    fields: &'a [Field<'a>],
    align: usize,
    doc: &'a str,
) -> Struct<'a> {
    let (size, align) = match finish(members, align) {
        Ok((extent, _)) => (extent.size, extent.align),
        Err(_) => (0, 1),
    };
    Struct { kind, name, size, align, fields, doc }
}

/// Checks that the field `index` follows the one before without a gap, has a size, is named as what it is, and lies
/// where the format says. `first_pad` is the first number that no `_padN` has yet.
///
/// # Panics
/// If not, with what to write instead.
#[track_caller]
pub const fn check_field(members: &[Member<'_>], index: usize, first_pad: u32) {
    let mut placer = Placer::new();
    let mut gaps = 0;
    let (mut offset, mut padding) = (0, 0);
    let mut at = 0;
    while at <= index {
        gaps += (padding > 0) as u32;
        (offset, padding) = match step(&mut placer, &members[at]) {
            Ok(placed) => (placed.offset, placed.padding),
            Err(error) => refuse(error),
        };
        at += 1;
    }
    let member = &members[index];
    if padding > 0 {
        let words = bytes("ringgen [R006]: ", padding, " of padding before `").text(member.name);
        let words = words.text("`\nhelp: add the line `").pad(first_pad + gaps, padding);
        words.text("` in front of `").text(member.name).text("`").panic();
    }
    if placer.end() == offset {
        Words::new("ringgen [R014]: `").text(member.name).text("` has no bytes\nhelp: leave it out").panic();
    }
    if member.is_underscored() && !member.is_filler() {
        let words = Words::new("ringgen [R010]: `").text(member.name);
        let words = words.text("` is named like padding, but is `").ty(&member.ty);
        words.text("`\nhelp: write a name without `_` in front, or `[u8; N]`, `Pad<N>` or `Reserved<N>`").panic();
    }
    if !member.is_underscored() && member.is_filler() {
        let words = Words::new("ringgen [R010]: `").text(member.name).text("` is padding without a name of padding");
        words.text("\nhelp: write `_").text(member.name).text("`").panic();
    }
    if member.offset != offset as usize {
        let words = Words::new("ringgen [R015]: `").text(member.name).text("` lies at byte ");
        let words = words.number(member.offset as u64).text(", and at ").number(offset as u64);
        words.text(" in every other language\nhelp: write `#[repr(C)]`, with `align(8)` on 32-bit targets").panic();
    }
}

/// Checks that no byte follows the last field, and that rustc's size and alignment are the format's.
///
/// # Panics
/// If not, with what to write instead.
#[track_caller]
pub const fn check_end(name: &str, members: &[Member<'_>], size: usize, align: usize, first_pad: u32) {
    let (extent, gaps) = match finish(members, align) {
        Ok(finished) => finished,
        // Refused here if the fields are not to blame; else `check_field` does it, under the field.
        Err(error) if have_places(members) => refuse(error),
        Err(_) => return,
    };
    if extent.padding > 0 {
        let words = bytes("ringgen [R006]: ", extent.padding, " of padding at the end of `").text(name);
        let words = words.text("`\nhelp: add the line `").pad(first_pad + gaps, extent.padding);
        words.text("` behind `").text(members[members.len() - 1].name).text("`").panic();
    }
    if extent.align as usize != align {
        let words = Words::new("ringgen [R015]: this target aligns `").text(name).text("` to ");
        let words = words.number(align as u64).text(" bytes, the format to ").number(extent.align as u64);
        words.text("\nhelp: write `#[repr(C, align(").number(extent.align as u64).text("))]`").panic();
    }
    if extent.size as usize != size {
        let words = Words::new("ringgen [R015]: `").text(name).text("` has ").number(size as u64);
        let words = words.text(" bytes, and ").number(extent.size as u64).text(" in every other language");
        words.text("\nhelp: write `#[repr(C)]`").panic();
    }
}

/// Checks the data field `name` against the schema's: its type, and the gap in front of it. `rust` is the schema's
/// type as Rust spells it. A field that either struct lacks is no finding: the expansion has its own words for that.
///
/// # Panics
/// If they differ, with the line to write.
#[track_caller]
pub const fn check_like(mine: &Struct<'_>, theirs: &Struct<'_>, name: &str, rust: &str, schema: &str) {
    let (Some((field, gap)), Some((expected, expected_gap))) = (find(mine, name), find(theirs, name)) else { return };
    if !same_type(&field.ty, &expected.ty) {
        let words = Words::new("ringgen [R025]: `").text(name).text("` is `").ty(&field.ty);
        let words = words.text("` here and `").ty(&expected.ty).text("` in ").text(schema);
        if same_name(&field.ty, &expected.ty) {
            let words = words.text(", where `").text(rust).text("` is declared otherwise");
            words.text("\nhelp: compare the two declarations").panic();
        }
        words.text("\nhelp: write `").text(name).text(": ").text(rust).text("`").panic();
    }
    if gap != expected_gap {
        bytes("ringgen [R025]: ", gap, " of padding before `").text(name).other_gap(expected_gap, schema);
    }
}

/// Checks a struct as a whole against the schema's: alignment, the gap at the end, and at last the fingerprint.
///
/// # Panics
/// If they differ, unless a field differs, which [`check_like`] tells better.
#[track_caller]
pub const fn check_whole(mine: &Struct<'_>, theirs: &Struct<'_>, schema: &str) {
    let mut index = 0;
    while index < theirs.fields.len() {
        let expected = &theirs.fields[index];
        if !expected.ty.is_pad() {
            match find(mine, expected.name) {
                Some((field, _)) if same_type(&field.ty, &expected.ty) && field.offset == expected.offset => {}
                _ => return,
            }
        }
        index += 1;
    }
    let name = mine.name;
    if mine.align != theirs.align {
        let words = Words::new("ringgen [R025]: `").text(name).text("` is aligned to ").number(mine.align as u64);
        let words = words.text(" here and to ").number(theirs.align as u64).text(" in ").text(schema);
        words.text("\nhelp: write `#[repr(C, align(").number(theirs.align as u64).text("))]`").panic();
    }
    let gap = mine.size.saturating_sub(data_end(mine));
    let expected_gap = theirs.size.saturating_sub(data_end(theirs));
    if gap != expected_gap {
        bytes("ringgen [R025]: ", gap, " of padding at the end of `").text(name).other_gap(expected_gap, schema);
    }
    if !mine.layout_hash().same(theirs.layout_hash()) {
        let words = Words::new("ringgen [R025]: `").text(name).text("` is not the one in ").text(schema);
        words.text("\nhelp: write the same fields, in the same order").panic();
    }
}

/// The data field `name`, and how many bytes of padding lie in front of it.
const fn find<'a>(of: &Struct<'a>, name: &str) -> Option<(&'a Field<'a>, u32)> {
    let mut end = 0;
    let mut index = 0;
    while index < of.fields.len() {
        let field = &of.fields[index];
        if !field.ty.is_pad() {
            if same(field.name, name) {
                return Some((field, field.offset.saturating_sub(end)));
            }
            end = end_of(field);
        }
        index += 1;
    }
    None
}

const fn data_end(of: &Struct<'_>) -> u32 {
    let mut end = 0;
    let mut index = 0;
    while index < of.fields.len() {
        if !of.fields[index].ty.is_pad() {
            end = end_of(&of.fields[index]);
        }
        index += 1;
    }
    end
}

const fn end_of(field: &Field<'_>) -> u32 {
    match field.ty.total_size() {
        Some(size) => field.offset.saturating_add(size),
        None => u32::MAX,
    }
}

/// Checks a layout hash against the one that was written down.
///
/// # Panics
/// If they differ.
#[track_caller]
pub const fn check_hash(name: &str, actual: Hash, expected: Hash) {
    if !actual.same(expected) {
        let words = Words::new("ringgen [R025]: `").text(name).text("` is not what its `layout_hash` was made for");
        let words = words.text("\nhelp: edit the schema, not this file, and run `ringgen generate`; its hash is now `");
        words.hash(actual).text("`").panic();
    }
}

/// Checks a layout hash against the one that other languages were told, in hexadecimal digits.
///
/// # Panics
/// If they differ.
#[track_caller]
pub const fn check_told(name: &str, actual: Hash, told: &str) {
    if !actual.is(told) {
        let words = Words::new("ringgen [R025]: `").text(name).text("` is not what other languages were told");
        words.text("\nhelp: run `ringgen generate` on the file that declares it").panic();
    }
}

/// Checks a canonical text against the schema hash that was written down.
///
/// # Panics
/// If they differ.
#[track_caller]
pub const fn check_text(name: &str, text: &str, expected: Hash) {
    let actual = Hash::of(text.as_bytes());
    if !actual.same(expected) {
        let words = Words::new("ringgen [R025]: the schema text of `").text(name);
        let words = words.text("` is not what its `schema_hash` was made for");
        let words = words.text("\nhelp: run `ringgen generate`; its hash is now `");
        words.hash(actual).text("`").panic();
    }
}

/// The integer that an enum or flags type of `size` bytes is stored as.
///
/// # Panics
/// If the type of its field is none.
#[track_caller]
pub const fn repr(name: &str, ty: Type<'_>, size: usize) -> Scalar {
    match (ty.kind, ty.dims.as_slice()) {
        (Kind::Scalar(scalar), []) if scalar.is_integer() && scalar.size() as usize == size => scalar,
        _ => {
            let words = Words::new("ringgen [R023]: `").text(name).text("` is stored as `").ty(&ty);
            words.text("`\nhelp: write an integer: `struct ").text(name).text("(pub u8);`").panic()
        }
    }
}

/// Checks the integer of an enum or flags type against the schema's.
///
/// # Panics
/// If they differ.
#[track_caller]
pub const fn check_repr(of: &Enum<'_>, expected: Scalar, schema: &str) {
    if !same(of.repr.name(), expected.name()) {
        let words = Words::new("ringgen [R025]: `").text(of.name).text("` is stored as `").text(of.repr.name());
        let words = words.text("` here and as `").text(expected.name()).text("` in ").text(schema);
        words.text("\nhelp: write `struct ").text(of.name).text("(pub ").text(expected.name()).text(");`").panic();
    }
}

/// Checks that the value `index` of an enum, or bit of flags, fits its integer.
///
/// # Panics
/// If it doesn't.
#[track_caller]
pub const fn check_value(of: &Enum<'_>, index: usize) {
    let value = &of.values[index];
    let (low, high) = match of.repr.integer_range() {
        Some(range) => range,
        None => (0, 0),
    };
    // A flag in the sign bit of a signed integer is a bit like any other.
    let high = if matches!(of.kind, EnumKind::Flags) { (1 << of.repr.bits()) - 1 } else { high };
    if value.value < low || value.value > high {
        let words = Words::new("ringgen [R014]: `").text(value.name).text("` does not fit into `");
        words.text(of.repr.name()).text("`\nhelp: write a smaller number, or a wider integer").panic();
    }
}

const fn step(placer: &mut Placer, member: &Member<'_>) -> Result<Placement, PlaceError> {
    match member.ty.total_size() {
        Some(size) => placer.place(size, member.ty.align),
        None => Err(PlaceError::Overflow),
    }
}

const fn have_places(members: &[Member<'_>]) -> bool {
    let mut placer = Placer::new();
    let mut index = 0;
    while index < members.len() {
        if step(&mut placer, &members[index]).is_err() {
            return false;
        }
        index += 1;
    }
    true
}

/// The extent of the whole, and how many fields have padding in front of them.
const fn finish(members: &[Member<'_>], align: usize) -> Result<(Extent, u32), PlaceError> {
    let mut placer = Placer::new();
    let mut gaps = 0;
    let mut index = 0;
    while index < members.len() {
        match step(&mut placer, &members[index]) {
            Ok(placed) => gaps += (placed.padding > 0) as u32,
            Err(error) => return Err(error),
        }
        index += 1;
    }
    // Alignments never reach 2³²; one that did would be refused like any other above the limit.
    match placer.finish(if align > u32::MAX as usize { u32::MAX } else { align as u32 }) {
        Ok(extent) => Ok((extent, gaps)),
        Err(error) => Err(error),
    }
}

#[track_caller]
const fn refuse(error: PlaceError) -> ! {
    match error {
        PlaceError::Align => {
            panic!("ringgen [R014]: aligned to more than 128 bytes\nhelp: write `align(128)` at the most")
        }
        PlaceError::Overflow => panic!("ringgen [R014]: larger than 4 GiB\nhelp: write shorter arrays"),
    }
}

const fn same_type(a: &Type<'_>, b: &Type<'_>) -> bool {
    let hashes = match (a.kind.hash(), b.kind.hash()) {
        (Some(a), Some(b)) => a.same(b),
        _ => true,
    };
    let maxima = match (a.kind.max(), b.kind.max()) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    let dims = {
        let (a, b) = (a.dims.as_slice(), b.dims.as_slice());
        match (a, b) {
            ([], []) => true,
            ([a], [b]) => *a == *b,
            ([a, n], [b, m]) => *a == *b && *n == *m,
            _ => false,
        }
    };
    same(a.kind.word().0, b.kind.word().0) && a.size == b.size && dims && hashes && maxima
}

const fn same_name(a: &Type<'_>, b: &Type<'_>) -> bool {
    match (a.kind.word().1, b.kind.word().1) {
        (Some(a), Some(b)) => same(a, b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::String;

    use super::*;

    fn member(name: &'static str, ty: Type<'static>, offset: usize) -> Member<'static> {
        Member { name, ty, offset, note: Note::NONE, describe: |_| () }
    }

    fn bytes(length: u32) -> Type<'static> {
        Type::scalar(Scalar::U8).array(length).unwrap()
    }

    /// What a check panics with.
    fn panics(check: impl Fn() + std::panic::UnwindSafe) -> String {
        let panic = std::panic::catch_unwind(check).expect_err("the check passed");
        panic.downcast_ref::<String>().expect("a panic has a text").clone()
    }

    #[test]
    fn what_cannot_end_is_refused_where_no_field_is_to_blame() {
        let members = [member("a", Type::scalar(Scalar::U32), 0), member("b", bytes(u32::MAX - 4), 4)];
        check_field(&members, 1, 0);
        let text = std::panic::catch_unwind(|| check_end("T", &members, 0, 4, 0)).unwrap_err();
        assert!(text.downcast_ref::<&str>().unwrap().starts_with("ringgen [R014]: larger than 4 GiB"));
    }

    #[test]
    fn padding_is_counted_and_numbered() {
        let members = [
            member("a", Type::scalar(Scalar::U8), 0),
            member("b", Type::scalar(Scalar::U64), 8),
            member("_pad4", bytes(3), 16),
            member("c", Type::scalar(Scalar::U16), 20),
        ];
        check_field(&members, 0, 5);
        check_field(&members, 2, 5);
        let first = panics(move || check_field(&members, 1, 5));
        assert!(first.contains("7 bytes of padding before `b`") && first.contains("`_pad5: [u8; 7],`"), "{first}");
        let second = panics(move || check_field(&members, 3, 5));
        assert!(second.contains(" 1 byte of padding before `c`") && second.contains("`_pad6: [u8; 1],`"), "{second}");
        let end = panics(move || check_end("T", &members, 24, 8, 5));
        assert!(end.contains("2 bytes of padding at the end of `T`") && end.contains("`_pad7: [u8; 2],`"), "{end}");
    }

    #[test]
    fn a_field_elsewhere_than_the_format_says_is_refused() {
        let members = [member("a", Type::scalar(Scalar::U32), 4), member("b", Type::scalar(Scalar::U32), 0)];
        let text = panics(move || check_field(&members, 0, 0));
        assert!(text.contains("`a` lies at byte 4, and at 0 in every other language"), "{text}");
        let members = [member("a", Type::scalar(Scalar::U64), 0)];
        let text = panics(move || check_end("T", &members, 8, 4, 0));
        assert!(text.contains("this target aligns `T` to 4 bytes, the format to 8"), "{text}");
    }
}
