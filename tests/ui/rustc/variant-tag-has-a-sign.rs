use ringgen::{RingStruct, RingVariant};

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
struct Level {
    price: u8,
}

enum View<'a> {
    Level(&'a Level),
    Unknown(i8, &'a [u8; 1]),
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
#[ring(view = View, cases(Level = 1))]
struct Event {
    tag: i8, //~ ringgen [R023]: a tag of the type `i8` can't be | help: write `tag: u8`
    payload: [u8; 1],
}

fn main() {}
