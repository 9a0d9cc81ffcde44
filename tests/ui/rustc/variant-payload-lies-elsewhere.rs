use ringgen::{RingMessage, RingStruct, RingVariant};

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Trade {
    id: u64,
    price: f64,
}

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
struct Level {
    price: f32,
}

enum View<'a> {
    Trade(&'a Trade),
    Level(&'a Level),
    Unknown(u16, &'a [u8; 14]),
}

// A first try, with numbers that are guessed: each error has the one that is right.
#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
#[ring(view = View, cases(Trade = 1, Level = 2))]
struct Event { //~ ringgen [R015]: `Event` is aligned to 2, and its cases ask for 8 | help: write `#[repr(C, align(8))]`
    tag: u16,
    payload: [u8; 14], //~ ringgen [R006]: `payload` lies at byte 2, and the cases of `Event` at 8 | write the line `_pad0: [u8; 6],`
}

enum SmallView<'a> {
    Trade(&'a Trade),
    Unknown(u16, &'a [u8; 8]),
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C, align(8))]
#[ring(view = SmallView, cases(Trade = 1))]
struct Small {
    tag: u16,
    _pad0: [u8; 6],
    payload: [u8; 8], //~ ringgen [R014]: `payload` has 8 bytes, and the cases of `Small` ask for 16 | help: write `payload: [u8; 16]`
}

enum FarView<'a> {
    Level(&'a Level),
    Unknown(u32, &'a [u8; 4]),
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
#[ring(view = FarView, cases(Level = 1))]
struct Far {
    tag: u32,
    _pad0: [u8; 4],
    payload: [u8; 4], //~ ringgen [R006]: 4 bytes too many in front of `payload`
}

enum GapView<'a> {
    Level(&'a Level),
    Unknown(u16, &'a [u8; 4]),
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C, align(4))]
#[ring(view = GapView, cases(Level = 1))]
struct Gap {
    tag: u16,
    _gap: u16, //~ ringgen [R010]: `_gap` is named like padding, but is `u16`
    payload: [u8; 4],
}

fn main() {}
