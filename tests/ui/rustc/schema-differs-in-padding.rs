use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(schema = "market.toml")]
struct Gaps {
    a: u32,
    _pad0: [u8; 4],
    b: u32, //~ ringgen [R025]: 4 bytes of padding before `b` here and 0 in market.toml | help: leave the padding out
    c: u32,
}

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(schema = "market.toml", name = "Gaps")]
struct NoGap { //~ ringgen [R025]: 0 bytes of padding at the end of `Gaps` here and 4 in market.toml | help: write padding of the type `[u8; 4]`
    a: u32,
    b: u32,
    c: u32,
}

fn main() {}
