//! Structs written by hand: against a schema, against what is generated from it, and without either.

use ringgen::{
    AttachError, Bool, Hash, Message, Pad, Pod, Reserved, Ring, RingEnum, RingFlags, RingMessage, RingOptions,
    RingStruct, RingVariant, Str,
};

#[path = "../generated/rust/clock.rs"]
mod clock;
#[path = "../generated/rust/kitchen_sink.rs"]
mod kitchen_sink;
#[path = "../generated/rust/market.rs"]
mod market;

mod included {
    ringgen::include_schema!("schemas/market.toml");
}

#[derive(RingEnum, Clone, Copy, Debug, PartialEq)]
#[repr(transparent)]
#[ring(values(Unknown = 0, Buy = 1, Sell = 2))]
struct Side(u8);

#[derive(RingFlags, Clone, Copy, Debug, PartialEq)]
#[repr(transparent)]
#[ring(schema = "schemas/market.toml")]
struct Conditions(u16);

/// As the schema has it, under a name of its own.
#[derive(RingMessage, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
#[ring(schema = "schemas/market.toml", name = "Trade")]
struct ByHand {
    id: u64,
    price: f64,
    quantity: u32,
    symbol: Str<8>,
    side: Side,
    _gap: [u8; 1],
    conditions: Conditions,
    ts: u64,
}

/// The same without a schema.
#[derive(RingMessage, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
#[ring(name = "Trade")]
struct Bare {
    id: u64,
    price: f64,
    quantity: u32,
    symbol: Str<8>,
    side: Side,
    _pad0: Pad<1>,
    conditions: Conditions,
    ts: u64,
}

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
#[ring(schema = "schemas/market.toml")]
struct Level {
    price: f64,
    quantity: u32,
    orders: u32,
}

#[derive(RingMessage, Clone, Copy)]
#[repr(C, align(64))]
#[ring(schema = "schemas/market.toml", name = "Book")]
struct BookByHand {
    ts: u64,
    symbol: Str<8>,
    bids: [Level; 5],
    asks: [Level; 5],
    seq: u32,
    halted: Bool,
    _rsv: Reserved<11>,
}

#[test]
fn a_struct_by_hand_and_a_generated_one_have_one_layout() {
    assert_eq!(ByHand::LAYOUT_HASH, market::Trade::LAYOUT_HASH);
    assert_eq!(Bare::LAYOUT_HASH, market::Trade::LAYOUT_HASH);
    assert_eq!(BookByHand::LAYOUT_HASH, market::Book::LAYOUT_HASH);
    assert_eq!(Level::TYPE, market::Level::TYPE);
    assert_eq!(Side::TYPE, market::Side::TYPE);
    assert_eq!(Conditions::TYPE, market::Conditions::TYPE);
}

#[test]
fn a_struct_with_a_schema_carries_all_that_it_says() {
    assert_eq!(ByHand::schema_text(), market::Trade::SCHEMA_TEXT);
    assert_eq!((ByHand::NAME, ByHand::PACKAGE_VERSION), ("Trade", market::Trade::PACKAGE_VERSION));
    assert_eq!((Bare::NAME, Bare::PACKAGE_VERSION), ("Trade", 0));
}

#[test]
fn what_is_included_is_what_is_generated() {
    assert_eq!(included::Trade::SCHEMA_TEXT, market::Trade::SCHEMA_TEXT);
    assert_eq!(included::Book::LAYOUT_HASH, market::Book::LAYOUT_HASH);
    assert_eq!((included::DEPTH, included::TICK), (market::DEPTH, market::TICK));
    let included = included::Trade { side: included::Side::BUY, ..included::Trade::ZERO };
    let generated = market::Trade { side: market::Side::BUY, ..market::Trade::ZERO };
    assert_eq!(format!("{included:?}"), format!("{generated:?}"));
    let dir = tempfile::tempdir().unwrap();
    let ring = included::Trades::options().dir(dir.path()).create::<included::Trade>(included::Trades::NAME).unwrap();
    let attached = market::Trades::options().dir(dir.path()).attach::<market::Trade>(market::Trades::NAME).unwrap();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), attached.consumer().unwrap());
    producer.push(included).unwrap();
    assert_eq!(consumer.pop().unwrap(), Some(generated));
}

#[test]
fn a_bare_struct_describes_itself() {
    /// A tick.
    ///
    /// In two lines.
    #[derive(RingMessage, Clone, Copy)]
    #[repr(C)]
    #[ring(package = "feed", version = 4)]
    struct Tick {
        /// When.
        #[ring(unit = "ns", epoch = "unix")]
        ts: u64,
        #[ring(name = "type", unit = "1e-9 USD")]
        kind: Side,
        _pad0: [u8; 3],
        rows: [[u8; 2]; 2],
    }
    let text = "message Tick 16 8\n0 8 u64 - ts\n8 1 enum:Side - type\n9 3 pad - _pad0\n12 4 u8 2x2 rows\n\
                enum Side 1 u8\n0 Unknown\n1 Buy\n2 Sell\n\
                #ringgen 1\n#package feed 4\n#doc Tick A tick.\\n\\nIn two lines.\n\
                #doc Tick.ts When.\n#unit Tick.ts ns\n#epoch Tick.ts unix\n#unit Tick.type 1e-9 USD\n";
    assert_eq!(Tick::schema_text(), text);
    assert_eq!(Tick::PACKAGE_VERSION, 4);
    let Tick { ts, kind, _pad0, rows } = Tick::ZERO;
    assert_eq!((ts, kind, _pad0, rows), (0, Side(0), [0; 3], [[0; 2]; 2]));
}

/// Variants by hand, over cases that were generated.
mod variants {
    use super::*;
    use kitchen_sink::{Lists, Point, Reading, Sensor};

    /// As the schema has it.
    #[derive(RingVariant, Clone, Copy)]
    #[repr(C, align(8))]
    #[ring(schema = "schemas/kitchen_sink.toml", name = "Event", view = View)]
    pub(super) struct Bound {
        tag: u16,
        _pad0: [u8; 6],
        payload: [u8; 128],
    }

    /// The same without a schema.
    #[derive(RingVariant, Clone, Copy)]
    #[repr(C, align(8))]
    #[ring(name = "Event", view = View)]
    #[ring(cases(Reading = 7, Sensor = 8, Lists = 0, Top("Peak") = 65_535, Base = 3))]
    pub(super) struct Bare {
        tag: u16,
        _gap: Pad<6>,
        payload: [u8; 128],
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    pub(super) enum View<'a> {
        Reading(&'a Reading),
        Sensor(&'a Sensor),
        Lists(&'a Lists),
        Top(&'a Point),
        Base(&'a Point),
        Unknown(u16, &'a [u8; 128]),
    }

    #[test]
    fn a_variant_by_hand_and_a_generated_one_have_one_layout() {
        assert_eq!(Bound::LAYOUT_HASH, kitchen_sink::Event::LAYOUT_HASH);
        assert_eq!(Bare::LAYOUT_HASH, kitchen_sink::Event::LAYOUT_HASH);
        assert_eq!(Bound::schema_text(), kitchen_sink::Event::SCHEMA_TEXT);
        assert_eq!((Bound::NAME, Bound::PACKAGE_VERSION), ("Event", kitchen_sink::Event::PACKAGE_VERSION));
    }

    #[test]
    fn variants_by_hand_and_generated_ones_share_a_ring() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("events");
        let ring = Ring::<Bare>::create(&path, 8).unwrap();
        let mut producer = ring.producer().unwrap();
        let mut consumer = Ring::<kitchen_sink::Event>::attach(&path).unwrap().consumer().unwrap();
        let point = Point { x: 1, y: -1 };
        producer.push(Bare::from(View::Base(&point))).unwrap();
        let event = consumer.pop().unwrap().unwrap();
        assert_eq!(event.view(), kitchen_sink::EventView::Base(&point));
    }
}

/// What is in a layout's identity, one difference each.
mod identity {
    use super::*;

    macro_rules! tick {
        ($module:ident: $($field:ident: $ty:ty),*) => {
            pub(super) mod $module {
                #![allow(dead_code)]
                use super::*;
                #[derive(RingMessage, Clone, Copy)]
                #[repr(C)]
                pub(crate) struct Tick { $(pub(crate) $field: $ty),* }
            }
        };
    }

    tick! { original: bid: u32, ask: u32, _pad0: [u8; 8] }
    tick! { other_padding: bid: u32, ask: u32, _a: Pad<4>, _b: [u8; 4] }
    tick! { swapped: ask: u32, bid: u32, _pad0: [u8; 8] }
    tick! { other_type: bid: u32, ask: i32, _pad0: [u8; 8] }
    tick! { reserved: bid: u32, ask: u32, _pad0: Reserved<8> }
    tick! { longer: bid: u32, ask: u32, _pad0: [u8; 12] }
}

#[test]
fn names_and_types_are_in_the_hash_and_padding_is_not() {
    let original = identity::original::Tick::LAYOUT_HASH;
    assert_eq!(original, identity::other_padding::Tick::LAYOUT_HASH);
    let others: [Hash; 4] = [
        identity::swapped::Tick::LAYOUT_HASH,
        identity::other_type::Tick::LAYOUT_HASH,
        identity::reserved::Tick::LAYOUT_HASH,
        identity::longer::Tick::LAYOUT_HASH,
    ];
    for (index, other) in others.iter().enumerate() {
        assert_ne!(original, *other, "{index}");
        assert!(!others[..index].contains(other), "{index}");
    }
}

#[test]
fn a_ring_in_two_lines() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("trades");
    // From an annotated struct to a live ring:
    let ring = Ring::<ByHand>::create(&path, 8).unwrap();
    let mut producer = ring.producer().unwrap();

    // A process whose struct was generated takes part.
    let mut consumer = Ring::<market::Trade>::attach(&path).unwrap().consumer().unwrap();
    let symbol = Str::new("AAPL").unwrap();
    producer.push(ByHand { id: 7, side: Side(1), symbol, ..ByHand::ZERO }).unwrap();
    let trade = consumer.pop().unwrap().unwrap();
    assert_eq!((trade.id, trade.side, trade.symbol), (7, market::Side::BUY, symbol));
}

#[test]
fn a_ring_of_another_layout_is_refused_with_the_field() {
    let dir = tempfile::tempdir().unwrap();
    let options = RingOptions::new().dir(dir.path().join("rings")).capacity(8);
    let _ring = options.create::<identity::original::Tick>("feed.ticks").unwrap();
    options.attach::<identity::other_padding::Tick>("feed.ticks").unwrap();
    let Err(refused) = options.attach::<identity::other_type::Tick>("feed.ticks") else { panic!("it attached") };
    assert!(matches!(refused, AttachError::LayoutMismatch { .. }), "{refused:?}");
    let words = refused.to_string();
    assert!(words.contains("`ask: i32 at 4`") && words.contains("`ask: u32 at 4`"), "{words}");
}
