use ringgen::{RingEnum, RingMessage};

#[derive(RingEnum, Clone, Copy)]
#[repr(transparent)]
#[ring(schema = "market.toml", name = "Side")]
struct SideInTwoBytes(u16); //~ ringgen [R025]: `Side` is stored as `u16` here and as `u8` in market.toml

#[derive(RingEnum, Clone, Copy)]
#[repr(transparent)]
#[ring(values(Unknown = 0, Buy = 2, Sell = 1))]
struct Side(u8);

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(schema = "market.toml")]
struct Order {
    side: Side, //~ ringgen [R025]: `side` is `Side` here and `Side` in market.toml, where `Side` is declared otherwise
}

fn main() {}
