//! What the derive of a variant asks: do the cases lie where the format says?

use super::words::{Words, bytes, same};
use crate::{Canonical, Case, Hash, Kind, Scalar, Type, Variant, VariantExtent};

/// A case as rustc sees it.
#[derive(Clone, Copy, Debug)]
pub struct CaseMember<'a> {
    /// What it is; its type was found by inference.
    pub case: Case<'a>,
    /// Adds the blocks of its type to a canonical text.
    pub describe: fn(&mut Canonical),
}

/// The cases alone. `N` is how many there are.
pub const fn cases<'a, const N: usize>(members: &[CaseMember<'a>]) -> [Case<'a>; N] {
    let mut cases = [members[0].case; N];
    let mut index = 0;
    while index < N {
        cases[index] = members[index].case;
        index += 1;
    }
    cases
}

/// The integer that a tag is.
///
/// # Panics
/// If the type of the field is none, or has a sign.
#[track_caller]
pub const fn tag(ty: Type<'_>) -> Scalar {
    match (ty.kind, ty.dims.as_slice()) {
        (Kind::Scalar(scalar), []) if is_unsigned(scalar) => scalar,
        _ => {
            let words = Words::new("ringgen [R023]: a tag of the type `").ty(&ty).text("` can't be");
            words.text("\nhelp: write `tag: u8`, or another unsigned integer").panic()
        }
    }
}

const fn is_unsigned(scalar: Scalar) -> bool {
    matches!(scalar, Scalar::U8 | Scalar::U16 | Scalar::U32 | Scalar::U64)
}

/// The whole variant, with the cases where [`VariantExtent::of`] puts them.
///
/// One that can't be gets no size: [`check_case`] refuses it, at a better place than here.
pub const fn variant<'a, const N: usize>(
    name: &'a str,
    tag: Scalar,
    cases: &'a [Case<'a>; N],
    doc: &'a str,
) -> Variant<'a> {
    let mut extents = [(0, 1); N];
    let mut index = 0;
    while index < N {
        extents[index] = (cases[index].ty.size, cases[index].ty.align);
        index += 1;
    }
    let extent = match VariantExtent::of(tag, &extents) {
        Ok(extent) => extent,
        Err(_) => VariantExtent { size: 0, align: 1, payload: 0 },
    };
    Variant { name, tag, extent, cases, doc }
}

/// Checks that the case `index` is a struct or message, and that its number fits the tag.
///
/// # Panics
/// If not, with what to write instead.
#[track_caller]
pub const fn check_case(of: &Variant<'_>, index: usize) {
    let case = &of.cases[index];
    let is_one = case.ty.dims.as_slice().is_empty();
    if !matches!(case.ty.kind, Kind::Struct { .. }) || !is_one {
        let words = Words::new("ringgen [R023]: the case `").text(case.name).text("` is `").ty(&case.ty);
        words.text("`, no struct or message\nhelp: put it into a struct with `#[derive(RingStruct)]`").panic();
    }
    let (low, high) = match of.tag.integer_range() {
        Some(range) => range,
        None => (0, 0),
    };
    if case.value < low || case.value > high {
        let words = Words::new("ringgen [R014]: `").text(case.name).text("` does not fit into `");
        words.text(of.tag.name()).text("`\nhelp: write a smaller number, or a wider tag").panic();
    }
    if of.extent.size == 0 {
        panic!("ringgen [R014]: larger than 4 GiB\nhelp: write smaller cases");
    }
}

/// Checks that the payload, a field of the type `ty` at `offset`, begins where cases lie, and has room for each of them
/// and no more.
///
/// # Panics
/// If not, with what to write instead.
#[track_caller]
pub const fn check_payload(of: &Variant<'_>, ty: Type<'_>, offset: usize) {
    let expected = of.extent.payload_size();
    let size = match (ty.kind, ty.dims.as_slice()) {
        (Kind::Scalar(Scalar::U8), &[size]) => size,
        _ => {
            let words = Words::new("ringgen [R023]: a payload of the type `").ty(&ty).text("` can't be");
            words.text("\nhelp: write `payload: [u8; ").number(expected as u64).text("]`").panic()
        }
    };
    let start = of.extent.payload as usize;
    if offset < start {
        // A gap may be there already, and too short.
        let end = of.tag.size();
        let words = Words::new("ringgen [R006]: `payload` lies at byte ").number(offset as u64);
        let words = words.text(", and the cases of `").text(of.name).text("` at ").number(start as u64);
        words
            .text("\nhelp: between `tag` and `payload`, write the line `")
            .pad(0, of.extent.payload - end)
            .text("`")
            .panic();
    }
    if offset > start {
        let words = bytes("ringgen [R006]: ", (offset - start) as u32, " too many in front of `payload`");
        words.text("\nhelp: the cases of `").text(of.name).text("` lie at ").number(start as u64).panic();
    }
    if size != expected {
        let words = bytes("ringgen [R014]: `payload` has ", size, ", and the cases of `").text(of.name);
        let words = words.text("` ask for ").number(expected as u64);
        words.text("\nhelp: write `payload: [u8; ").number(expected as u64).text("]`").panic();
    }
}

/// Checks the size and alignment that rustc gave the whole, whose payload is a field of the type `ty` at `offset`.
///
/// # Panics
/// If they are not those of the tag and the cases, with what to write instead.
#[track_caller]
pub const fn check_variant_end(of: &Variant<'_>, ty: Type<'_>, offset: usize, size: usize, align: usize) {
    let expected = of.extent;
    if align != expected.align as usize {
        let words = Words::new("ringgen [R015]: `").text(of.name).text("` is aligned to ").number(align as u64);
        let words = words.text(", and its cases ask for ").number(expected.align as u64);
        let words = words.text("\nhelp: write `#[repr(C, align(").number(expected.align as u64);
        words.text("))]`").panic();
    }
    // Of a payload that is too small, too large or elsewhere, `check_payload` says so.
    let has_room = matches!(ty.total_size(), Some(size) if size == expected.payload_size());
    if has_room && offset == expected.payload as usize && size != expected.size as usize {
        let words = Words::new("ringgen [R015]: `").text(of.name).text("` has ").number(size as u64);
        let words = words.text(" bytes, and ").number(expected.size as u64).text(" in every other language");
        words.text("\nhelp: write nothing behind `payload`").panic();
    }
}

/// Checks a variant against the schema's: its tag, and the fingerprint of the whole. `cases` are the fingerprints of the
/// schema's cases; where one differs, [`check_case_like`] tells it better.
///
/// # Panics
/// If they differ, with what to write instead.
#[track_caller]
pub const fn check_variant_like(of: &Variant<'_>, tag: Scalar, cases: &[Hash], hash: Hash, schema: &str) {
    if !same(of.tag.name(), tag.name()) {
        let words = Words::new("ringgen [R025]: the tag of `").text(of.name).text("` is `").text(of.tag.name());
        let words = words.text("` here and `").text(tag.name()).text("` in ").text(schema);
        words.text("\nhelp: write `tag: ").text(tag.name()).text("`").panic();
    }
    let mut index = 0;
    while index < cases.len() {
        match of.cases[index].ty.kind.hash() {
            Some(hash) if hash.same(cases[index]) => {}
            _ => return,
        }
        index += 1;
    }
    if !of.layout_hash().same(hash) {
        let words = Words::new("ringgen [R025]: `").text(of.name).text("` is not the one in ").text(schema);
        words.text("\nhelp: give the cases the types that they have there").panic();
    }
}

/// Checks the type of the case `index` against that of the schema's, which is called `expected` there.
///
/// # Panics
/// If they differ, with what to write instead.
#[track_caller]
pub const fn check_case_like(of: &Variant<'_>, index: usize, expected: &str, hash: Hash, schema: &str) {
    let case = &of.cases[index];
    match case.ty.kind.hash() {
        Some(actual) if !actual.same(hash) => {}
        _ => return,
    }
    let words = Words::new("ringgen [R025]: the case `").text(case.name).text("` is `").ty(&case.ty);
    let words = words.text("` here and `").text(expected).text("` in ").text(schema);
    match case.ty.kind.word().1 {
        Some(name) if same(name, expected) => {
            let words = words.text(", where it is declared otherwise");
            words.text("\nhelp: compare the two declarations").panic()
        }
        _ => words.text("\nhelp: let this case of the view hold `&").text(expected).text("`").panic(),
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::String;

    use super::*;
    use crate::{Note, StructKind};

    fn message(size: u32, align: u32) -> Type<'static> {
        let kind = Kind::Struct { kind: StructKind::Message, name: "Book", hash: Hash::of(b"") };
        Type::new(kind, size, align)
    }

    fn case(name: &'static str, value: i128, ty: Type<'static>) -> CaseMember<'static> {
        CaseMember { case: Case { name, value, ty, note: Note::NONE }, describe: |_| () }
    }

    fn panics(check: impl Fn() + std::panic::UnwindSafe) -> String {
        let panic = std::panic::catch_unwind(check).expect_err("the check passed");
        panic.downcast_ref::<String>().expect("a panic has a text").clone()
    }

    #[test]
    fn what_is_asked_of_the_fields_is_what_the_placer_says() {
        let cases = cases::<2>(&[case("Book", 1, message(192, 64)), case("Tick", 2, message(40, 8))]);
        let event = variant("Event", Scalar::U16, &cases, "");
        assert_eq!(event.extent, VariantExtent { size: 256, align: 64, payload: 64 });
        let payload = |size| Type::scalar(Scalar::U8).array(size).unwrap();
        check_case(&event, 0);
        check_case(&event, 1);
        check_payload(&event, payload(192), 64);
        check_variant_end(&event, payload(192), 64, 256, 64);
        let near = panics(move || check_payload(&event, payload(192), 2));
        assert!(near.contains("at byte 2, and the cases of `Event` at 64") && near.contains("`_pad0: [u8; 62],`"));
        let far = panics(move || check_payload(&event, payload(192), 65));
        assert!(far.contains("1 byte too many in front of `payload`"), "{far}");
        let small = panics(move || check_payload(&event, payload(40), 64));
        assert!(small.contains("has 40 bytes") && small.contains("`payload: [u8; 192]`"), "{small}");
        let align = panics(move || check_variant_end(&event, payload(192), 2, 194, 2));
        assert!(align.contains("`#[repr(C, align(64))]`"), "{align}");
        let longer = panics(move || check_variant_end(&event, payload(192), 64, 320, 64));
        assert!(longer.contains("has 320 bytes, and 256 in every other language"), "{longer}");
    }

    #[test]
    fn tags_and_cases_of_other_kinds_are_refused() {
        assert_eq!(tag(Type::scalar(Scalar::U8)), Scalar::U8);
        assert!(panics(|| _ = tag(Type::scalar(Scalar::I8))).contains("`i8`"));
        assert!(panics(|| _ = tag(Type::scalar(Scalar::U8).array(2).unwrap())).contains("`u8[2]`"));
        let cases = [case("Book", 256, message(8, 8)).case, case("Number", 1, Type::scalar(Scalar::U32)).case];
        let event = variant("Event", Scalar::U8, &cases, "");
        assert!(panics(move || check_case(&event, 0)).contains("`Book` does not fit into `u8`"));
        assert!(panics(move || check_case(&event, 1)).contains("the case `Number` is `u32`, no struct or message"));
    }
}
