//! In a crate that forbids `unsafe` and every warning: by hand, and as the generator writes it.
#![forbid(unsafe_code)]
#![deny(warnings)]
use ringgen::{Bool, Pad, Reserved, RingEnum, RingFlags, RingMessage, RingStruct, RingVariant, Str};

#[derive(RingEnum, Clone, Copy)]
#[repr(transparent)]
#[ring(values(Unknown = 0, Buy = 1))]
struct Side(u8);

#[derive(RingFlags, Clone, Copy)]
#[repr(transparent)]
#[ring(bits(OddLot = 0, Cancelled = 7))]
struct Conditions(u8);

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
struct Level {
    price: f64,
}

#[derive(RingMessage, Clone, Copy)]
#[repr(C, align(16))]
#[ring(package = "market", version = 1)]
struct Book {
    symbol: Str<12>,
    seq: u32,
    levels: [[Level; 2]; 3],
    raw: [u8; 3],
    side: Side,
    conditions: Conditions,
    halted: Bool,
    _pad0: Pad<2>,
    _pad1: [u8; 4],
    _rsv: Reserved<4>,
}

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(layout_hash = "b8aeac2bfd6df7a709639a5c4b7be964", version = 2)]
#[ring(schema_hash = "d177aa0c2cd62ae7267ff9df37791dfa", schema_text = Tick::TEXT)]
struct Tick {
    ts: u64,
}

impl Tick {
    const TEXT: &str = "message Tick 8 8\n0 8 u64 - ts\n#ringgen 1\n";
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C, align(8))]
#[ring(view = EventView, cases(
    /// One more.
    Tick = 1,
    Level("Price") = 2,
))]
struct Event {
    tag: u8,
    _pad0: Pad<7>,
    payload: [u8; 8],
}

#[derive(Clone, Copy)]
enum EventView<'a> {
    Tick(&'a Tick),
    Level(&'a Level),
    Unknown(u8, &'a [u8; 8]),
}

fn main() {
    let event = Event::from(EventView::Level(&Level { price: 2.5 }));
    assert!(event.tag() == 2 && matches!(event.view(), EventView::Level(Level { price: 2.5 })));
    assert!(matches!(Event::from(EventView::Tick(&Tick { ts: 1 })).view(), EventView::Tick(Tick { ts: 1 })));
    assert!(matches!(Event::ZERO.view(), EventView::Unknown(0, [0, 0, 0, 0, 0, 0, 0, 0])));

    let Book { symbol, seq, levels, raw, side, conditions, halted, _pad0, _pad1, _rsv } = Book::ZERO;
    assert!(symbol.is_empty() && seq == 0 && levels[0][0].price == 0.0 && raw == [0; 3]);
    assert!(side.0 == 0 && conditions.0 == 0 && halted == false);
    assert_eq!((_pad0, _pad1, _rsv), (Pad::ZERO, [0; 4], Reserved::ZERO));
    assert_eq!(Tick::ZERO.ts, 0);
}
