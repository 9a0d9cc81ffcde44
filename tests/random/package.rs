//! Random packages: everything that the language has, in any order and to its limits, and nothing that it refuses.
//!
//! A strategy makes a [`Package`] of parts that name each other by index, and [`Package::print`] prints it. What it may
//! not say (a name twice, a range without a value, a type that is too large) is put right while it is printed, so that
//! proptest can shrink the parts freely.

mod print;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use ringgen_layout::Scalar;

pub(crate) use print::Printed;

/// The version that all packages have: members are added and given up in those before.
const VERSION: u32 = 5;

/// What docs and units are made of: what ends comments and strings, and what is no ASCII.
const SCRAPS: &[&str] = &[
    "One trade.",
    "*/",
    "/*",
    "//",
    "\"\"\"",
    "\"",
    "'",
    "\\",
    "??/",
    "{@link X}",
    "`code`",
    "<b>",
    "é µ 漢 🦀",
    "#",
    "%s",
    "$x",
    "a_b_c",
    "-->",
    "@deprecated",
    "r#\"",
    "\\n",
    "{",
    "}",
    "| a |",
    "* list",
    "1e-9 USD",
    "&amp;",
    "://",
];

/// A package.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    doc: String,
    camel: bool,
    u64_as_number: bool,
    constants: Vec<Constant>,
    enums: Vec<Enum>,
    structs: Vec<Struct>,
    variants: Vec<Variant>,
    rings: Vec<(Index, u8)>,
}

#[derive(Clone, Debug)]
struct Constant {
    scalar: Scalar,
    bits: u64,
    doc: String,
}

#[derive(Clone, Debug)]
struct Enum {
    is_flags: bool,
    repr: Index,
    values: Vec<(u64, Member)>,
    doc: String,
}

/// What a value, a field or a case may have.
#[derive(Clone, Debug)]
struct Member {
    word: Index,
    doc: String,
    since: Option<u32>,
    deprecated: Option<u32>,
    was: bool,
}

#[derive(Clone, Debug)]
struct Struct {
    is_message: bool,
    has_id: bool,
    align: Option<u32>,
    fields: Vec<Field>,
    doc: String,
}

#[derive(Clone, Debug)]
struct Field {
    member: Member,
    element: Element,
    shape: Shape,
    unit: String,
    epoch: bool,
    null: bool,
    range: Option<(u64, u64)>,
    ts_u64: Option<bool>,
}

#[derive(Clone, Debug)]
enum Element {
    Scalar(Scalar),
    Str(u32),
    Bytes(u32),
    Enum(Index),
    Struct(Index),
    Text(u32),
    Reserved(u32),
    Pad(u32),
}

#[derive(Clone, Debug)]
enum Shape {
    One,
    Array(u32),
    Grid(u32, u32),
    List(u32),
    ListOfRows(u32, u32),
}

#[derive(Clone, Debug)]
struct Variant {
    tag: Index,
    cases: Vec<(Index, u64, bool, Member)>,
    doc: String,
}

/// Any package.
pub(crate) fn package() -> impl Strategy<Value = Package> {
    let options = (text(), any::<bool>(), prop::bool::weighted(0.2));
    let types = (
        vec(constant(), 0..4),
        vec(enumeration(), 0..3),
        vec(structure(), 1..5),
        vec(variant(), 0..2),
        vec((any::<Index>(), 0u8..12), 0..3),
    );
    (options, types).prop_map(|((doc, camel, u64_as_number), (constants, enums, structs, variants, rings))| Package {
        doc,
        camel,
        u64_as_number,
        constants,
        enums,
        structs,
        variants,
        rings,
    })
}

fn scalar() -> impl Strategy<Value = Scalar> {
    select(Scalar::ALL.to_vec())
}

fn text() -> impl Strategy<Value = String> {
    let line = vec(select(SCRAPS.to_vec()), 1..4).prop_map(|scraps| scraps.join(" "));
    prop_oneof![3 => Just(String::new()), 2 => line.clone(), 1 => (line.clone(), line).prop_map(|(a, b)| format!("{a}\n\n  {b}"))]
}

fn constant() -> impl Strategy<Value = Constant> {
    (scalar(), edge(), text()).prop_map(|(scalar, bits, doc)| Constant { scalar, bits, doc })
}

/// Numbers, those at the ends more often than others.
fn edge() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), select(vec![0, 1, u64::MAX, 1 << 63, (1 << 63) - 1, 1 << 53, 0x80, 0x7FFF]), 0u64..100]
}

fn member() -> impl Strategy<Value = Member> {
    let version = || option::weighted(0.2, 1..=VERSION);
    (any::<Index>(), text(), version(), version(), prop::bool::weighted(0.1))
        .prop_map(|(word, doc, since, deprecated, was)| Member { word, doc, since, deprecated, was })
}

fn enumeration() -> impl Strategy<Value = Enum> {
    (any::<bool>(), any::<Index>(), vec((edge(), member()), 1..6), text())
        .prop_map(|(is_flags, repr, values, doc)| Enum { is_flags, repr, values, doc })
}

fn structure() -> impl Strategy<Value = Struct> {
    let align = option::weighted(0.2, select(vec![8, 16, 32, 64, 128]));
    (any::<bool>(), any::<bool>(), align, vec(field(), 1..8), text())
        .prop_map(|(is_message, has_id, align, fields, doc)| Struct { is_message, has_id, align, fields, doc })
}

fn field() -> impl Strategy<Value = Field> {
    let element = prop_oneof![
        8 => scalar().prop_map(Element::Scalar),
        2 => (1u32..20).prop_map(Element::Str),
        2 => prop_oneof![1u32..20, Just(40_000)].prop_map(Element::Bytes),
        2 => any::<Index>().prop_map(Element::Enum),
        3 => any::<Index>().prop_map(Element::Struct),
        1 => (1u32..5000).prop_map(Element::Text),
        1 => (1u32..20).prop_map(Element::Reserved),
        1 => (1u32..9).prop_map(Element::Pad),
    ];
    let shape = prop_oneof![
        6 => Just(Shape::One),
        2 => (1u32..9).prop_map(Shape::Array),
        1 => (1u32..4, 1u32..4).prop_map(|(n, m)| Shape::Grid(n, m)),
        2 => (1u32..9).prop_map(Shape::List),
        1 => (1u32..4, 1u32..4).prop_map(|(n, m)| Shape::ListOfRows(n, m)),
    ];
    let more = (text(), any::<bool>(), prop::bool::weighted(0.3), option::weighted(0.3, (edge(), edge())));
    (member(), element, shape, more, option::weighted(0.2, any::<bool>())).prop_map(
        |(member, element, shape, (unit, epoch, null, range), ts_u64)| Field {
            member,
            element,
            shape,
            unit,
            epoch,
            null,
            range,
            ts_u64,
        },
    )
}

fn variant() -> impl Strategy<Value = Variant> {
    (any::<Index>(), vec((any::<Index>(), edge(), any::<bool>(), member()), 1..5), text())
        .prop_map(|(tag, cases, doc)| Variant { tag, cases, doc })
}

const REPRS: [Scalar; 8] =
    [Scalar::U8, Scalar::U16, Scalar::U32, Scalar::U64, Scalar::I8, Scalar::I16, Scalar::I32, Scalar::I64];
