use ringgen::{Pad, Reserved, RingMessage};

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Tick {
    _ts: u64,         //~ ringgen [R010]: `_ts` is named like padding, but is `u64`
    gap: Pad<4>,      //~ ringgen [R010]: `gap` is padding without a name of padding | help: write `_gap`
    rest: Reserved<4>, //~ ringgen [R010]: `rest` is padding without a name of padding
}

fn main() {}
