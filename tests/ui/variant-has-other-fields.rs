use ringgen::RingVariant;

#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
#[ring(view = View, cases(Trade = 1))]
struct Backwards {
    payload: [u8; 8],
    price: f64,
    tag: u8,
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
#[ring(view = View, cases(Trade = 1))]
struct TagAlone {
    tag: u8,
}

#[derive(RingVariant, Clone, Copy)]
#[ring(view = View, cases(Trade = 1))]
struct WithoutRepr {
    tag: u8,
    payload: [u8; 8],
}

fn main() {}
