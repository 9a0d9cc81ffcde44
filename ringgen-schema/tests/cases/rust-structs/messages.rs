#!/usr/bin/env cargo
//! Messages as a Rust program declares them.

use ringgen::{RingEnum, RingFlags, RingMessage, RingStruct, RingVariant, Str};

/// Levels a side.
pub const DEPTH: usize = 5;
const SYMBOL: usize = LONGEST;
const LONGEST: usize = 8;

type Price = f64;
type Row = [f32; 3];
type Key = [u8; 4];

/// Who crossed the spread.
#[derive(Clone, Copy, Debug, PartialEq, RingEnum)]
#[repr(transparent)]
#[ring(values(
    Unknown = 0,
    /// A buyer lifted the offer.
    Buy = 1,
    "Cross" = 255
))]
pub struct Side(pub u8);

#[derive(Clone, Copy, RingFlags)]
#[repr(transparent)]
#[ring(bits(OddLot = 0, Late = 15))]
pub struct Conditions(u16);

/// One price of a book.
#[derive(Clone, Copy, RingStruct)]
#[repr(C)]
#[ring(name = "PriceLevel")]
pub struct Level {
    #[ring(unit = "USD")]
    price: Price,
    quantity: ::core::primitive::u32,
    _pad: [u8; 4],
}

/// Shares that changed hands.
///
/// One message a trade.
#[derive(Clone, Copy, RingMessage)]
#[repr(C, align(64))]
#[ring(package = "desk", version = 3, rings(
    /// All trades of a day.
    trades = 4096,
    late_trades = 64
))]
pub struct Trade {
    /// When the exchange matched it.
    #[ring(unit = "ns", epoch = "unix")]
    pub ts: u64,
    pub r#type: Side,
    pub conditions_after: ringgen::Bool,
    pub conditions: self::Conditions,
    _gap: ringgen::Pad<4>,
    symbol: Str<SYMBOL>,
    names: [ringgen::Str<6>; 2],
    _gap_2: [u8; 4],
    #[ring(name = "levels")]
    book: [Level; DEPTH],
    grid: [[u16; 2]; 3],
    rows: [Row; 2],
    raw: [u8; { 12 }],
    keys: [Key; 2],
    _later: ringgen::Reserved<16>,
    _tail: [u8; 64],
}

#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
#[ring(package = "desk", version = 3)]
pub struct Heartbeat {
    /// Counts up.
    pub count: u64,
}

/// Whatever comes from the desk.
#[derive(Clone, Copy, RingVariant)]
#[repr(C, align(64))]
#[ring(
    package = "desk",
    version = 3,
    view = EventView,
    cases(
        Trade = 1,
        /// Nothing happens.
        Heartbeat("Alive") = 2,
        Best = 300
    ),
    rings(events = 16)
)]
pub struct Event {
    tag: u16,
    _pad0: [u8; 62],
    payload: [u8; 256],
}

/// What an [`Event`] holds.
#[derive(Clone, Copy)]
pub enum EventView<'a> {
    /// A trade.
    Trade(&'a Trade),
    /// Nothing.
    Heartbeat(&'a Heartbeat),
    /// The best price alone.
    Best(&'a Level),
    /// Something newer.
    Unknown(u16, &'a [u8; 256]),
}

/// Not shared: it has no derive, and nothing here is looked at.
pub struct Local {
    name: String,
}

impl Local {
    fn new() -> Self {
        Local { name: String::new() }
    }
}
