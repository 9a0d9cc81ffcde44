//! Rings that another version of a schema made: attached to if the layouts are compatible, and the caller is told.
//! Which layouts are is in tests/compatible of the repository.

mod support;

use ringgen_layout::{Canonical, Field, Hash, Kind, Note, Package, Scalar, Struct, StructKind, Type};
use ringgen_runtime::{AttachError, Defect, Layout, RawRing, Role};
use support::{NAME, Rings};

const RESERVED: Type<'static> = Type::new(Kind::Reserved, 16, 1);

/// A message of 24 bytes: `id`, and what lies behind it.
fn order(version: u32, behind: &[(&'static str, u32, Type<'static>)]) -> Layout<'static> {
    let field = |&(name, offset, ty)| Field { name, offset, ty, note: Note::NONE };
    let fields: Vec<Field<'_>> = [("id", 0, Type::scalar(Scalar::U64))].iter().chain(behind).map(field).collect();
    let of = Struct { kind: StructKind::Message, name: "Order", size: 24, align: 8, fields: &fields, doc: "" };
    let mut text = Canonical::new(Some(Package { name: "test", version }));
    text.add_struct(&of);
    Layout {
        message_name: "Order".into(),
        layout_hash: of.layout_hash(),
        schema_text: text.finish().into(),
        size: 24,
        align: 8,
        package_version: version,
    }
}

fn older() -> Layout<'static> {
    order(1, &[("_later", 8, RESERVED)])
}

fn newer() -> Layout<'static> {
    let rest = Type::new(Kind::Reserved, 12, 1);
    order(2, &[("venue", 8, Type::scalar(Scalar::U32)), ("_later", 12, rest)])
}

/// What is said to who expects `mine` and finds a ring of `theirs`.
fn attach(mine: &Layout<'_>, theirs: &Layout<'_>) -> Result<Vec<String>, AttachError> {
    let rings = Rings::new();
    RawRing::create(NAME, theirs, &rings.options().capacity(8)).unwrap();
    let ring = RawRing::attach(NAME, Some(mine), &rings.options())?;
    for role in [Role::Producer, Role::Consumer] {
        drop(ring.claim(role).unwrap());
    }
    Ok(ring.warnings().to_vec())
}

#[test]
fn a_field_in_reserved_bytes_is_attached_to_with_a_warning() {
    let start = "ring \"test.ticks\": Order has another layout than the one expected here, and a compatible one: ";
    let on_older = attach(&newer(), &older()).unwrap();
    assert_eq!(on_older, [format!("{start}Order.venue is here `venue: u32 at 8`, in the ring `reserved`")]);
    let on_newer = attach(&older(), &newer()).unwrap();
    assert_eq!(on_newer, [format!("{start}Order.venue is here `reserved`, in the ring `venue: u32 at 8`")]);
    assert!(attach(&newer(), &newer()).unwrap().is_empty());
}

#[test]
fn a_warning_names_some_of_many_differences_and_lines_where_nothing_has_a_name() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p"];
    let bytes: Vec<_> = (8..).zip(names).map(|(at, name)| (name, at, Type::scalar(Scalar::U8))).collect();
    let [warning] = attach(&order(2, &bytes), &older()).unwrap().try_into().unwrap();
    let named = warning.matches("in the ring `reserved`").count();
    assert!(named == 8 && warning.ends_with("in the ring `reserved`; and 8 more"), "{warning}");

    let halves = order(1, &[("_a", 8, Type::new(Kind::Reserved, 8, 1)), ("_b", 16, Type::new(Kind::Reserved, 8, 1))]);
    let [warning] = attach(&halves, &older()).unwrap().try_into().unwrap();
    assert!(warning.ends_with(": here `8 8 reserved - _a`, in the ring `8 16 reserved - _later`"), "{warning}");
}

#[test]
fn a_contradiction_is_named_and_not_what_may_differ() {
    let theirs = order(2, &[("venue", 8, Type::scalar(Scalar::I32)), ("_later", 12, Type::new(Kind::Reserved, 12, 1))]);
    let AttachError::LayoutMismatch(mismatch) = attach(&newer(), &theirs).unwrap_err() else { panic!("another error") };
    assert_eq!((mismatch.type_name.as_str(), mismatch.member.as_str()), ("Order", "venue"));
    assert_eq!((mismatch.mine.as_str(), mismatch.theirs.as_str()), ("venue: u32 at 8", "venue: i32 at 8"));
}

/// A ring whose parts say different things is refused, even if its text alone would do.
#[test]
fn a_ring_that_contradicts_itself_is_refused() {
    let stranger = Layout { layout_hash: Hash::of(b"another"), ..older() };
    let AttachError::LayoutMismatch(mismatch) = attach(&older(), &stranger).unwrap_err() else {
        panic!("another error")
    };
    assert_eq!((mismatch.type_name.as_str(), mismatch.member.as_str()), ("Order", ""));
    assert_eq!(mismatch.mine, format!("layout {}", older().layout_hash));
    assert_eq!(mismatch.theirs, format!("layout {}", stranger.layout_hash));

    let error = attach(&newer(), &Layout { size: 32, ..older() }).unwrap_err();
    let expected = Defect::Field { name: "payload size", value: 32 };
    assert!(matches!(&error, AttachError::NotARing { defect, .. } if *defect == expected), "{error:?}");
    let error = attach(&newer(), &Layout { align: 4, ..older() }).unwrap_err();
    let expected = Defect::Field { name: "payload alignment", value: 4 };
    assert!(matches!(&error, AttachError::NotARing { defect, .. } if *defect == expected), "{error:?}");
}
