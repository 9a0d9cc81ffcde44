use ringgen::{Bool, RingEnum, RingMessage, RingStruct};

#[derive(Clone, Copy, RingMessage)]
struct Trade {
    name: String,
    count: usize,
    flag: bool,
    next: Option<Box<Trade>>,
}

#[derive(Clone, Copy, RingMessage)]
#[repr(C, packed)]
struct Packed {
    a: u8,
}

#[derive(Clone, Copy, RingStruct)]
#[repr(C)]
struct Generic<T> {
    a: T,
}

#[derive(Clone, Copy, RingEnum)]
enum Side {
    Buy,
}

#[derive(Clone, Copy, RingEnum)]
#[repr(transparent)]
#[ring(values(Buy = 1, Sell = 300))]
struct Wide(u8);

#[derive(Clone, Copy, RingMessage)]
#[repr(C, align(256))]
#[ring(rings(Trades = 100, odd = 3))]
struct lower {
    _a: u32,
    b: u8,
    c: u64,
    class: Bool,
    toObject: Bool,
    #[ring(color = "red")]
    d: f64,
}

#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
struct Gap {
    b: u8,
    c: u64,
    d: u8,
}
