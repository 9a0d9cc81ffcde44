use ringgen::{Bool, RingMessage, RingStruct, Str};

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
#[ring(schema = "market.toml")]
struct Level {
    price: f32,    //~ ringgen [R025]: `price` is `f32` here and `f64` in market.toml | help: write `price: f64`
    quantity: u32,
    orders: i32,   //~ ringgen [R025]: `orders` is `i32` here and `u32` in market.toml | help: write `orders: u32`
}

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(schema = "market.toml", name = "Quote")]
struct MyQuote {
    symbol: Str<12>,     //~ ringgen [R025]: `symbol` is `str[12]` here and `str[8]` in market.toml | help: write `symbol: Str<8>`
    levels: [Level; 3],  //~ ringgen [R025]: `levels` is `Level[3]` here and `Level[2]` in market.toml
    halted: Bool,
    _pad0: [u8; 7],
}

fn main() {}
