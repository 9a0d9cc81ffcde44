use ringgen::RingVariant;

#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
#[ring(view = View, cases(Trade = 1, Quote = 2, Trade = 3, Best("Quote") = 4, Worst = 2, Unknown = 0))]
struct Event {
    tag: u8,
    payload: [u8; 8],
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
#[ring(view = View, cases(Trade = -1))]
struct Negative {
    tag: u8,
    payload: [u8; 8],
}

fn main() {}
