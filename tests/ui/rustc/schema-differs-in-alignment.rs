use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(schema = "market.toml")]
struct Line { //~ ringgen [R025]: `Line` is aligned to 8 here and to 64 in market.toml | help: write `#[repr(C, align(64))]`
    value: u64,
    _pad0: [u8; 56],
}

fn main() {}
