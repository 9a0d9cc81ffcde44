use ringgen::{Bool, Pad, RingMessage, RingStruct, RingVariant, Str};

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
struct Level {
    price: f64,
    quantity: u32,
    orders: u32,
}

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Quote {
    symbol: Str<8>,
    levels: [Level; 2],
    halted: Bool,
    _pad0: Pad<7>,
}

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(name = "Quote")]
struct OtherQuote {
    symbol: Str<8>,
    levels: [Level; 3],
}

enum View<'a> {
    Quote(&'a OtherQuote),
    Level(&'a OtherQuote),
    Unknown(u16, &'a [u8; 56]),
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C, align(8))]
#[ring(schema = "market.toml", name = "Event", view = View)] //~ the case `Quote` is `Quote` here and `Quote` in market.toml, where it is declared otherwise
//~^ the case `Level` is `Quote` here and `Level` in market.toml | help: let this case of the view hold `&Level`
struct OtherCases {
    tag: u16,
    _pad0: [u8; 6],
    payload: [u8; 56],
}

enum WideView<'a> {
    Quote(&'a Quote),
    Level(&'a Level),
    Unknown(u32, &'a [u8; 48]),
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C, align(8))]
#[ring(schema = "market.toml", name = "Event", view = WideView)]
struct OtherTag { //~ ringgen [R025]: the tag of `Event` is `u32` here and `u16` in market.toml | help: write `tag: u16`
    tag: u32,
    _pad0: [u8; 4],
    payload: [u8; 48],
}

#[derive(RingMessage, Clone, Copy)] //~? `Event` is a variant in market.toml | help: write `#[derive(RingVariant)]`
#[repr(C)]
#[ring(schema = "market.toml", name = "Event")]
struct OtherDerive {
    tag: u16,
}

fn main() {}
