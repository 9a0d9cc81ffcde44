use ringgen::{RingStruct, RingVariant};

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
struct Level {
    price: f32,
}

enum View<'a> {
    Level(&'a Level),
    Number(&'a u32),
    Levels(&'a [Level; 1]),
    Unknown(u8, &'a [u8; 4]),
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C, align(4))]
#[ring(view = View, cases(
    Level = 300, //~ ringgen [R014]: `Level` does not fit into `u8` | help: write a smaller number, or a wider tag
    Number = 1, //~ ringgen [R023]: the case `Number` is `u32`, no struct or message
    Levels = 2, //~ ringgen [R023]: the case `Levels` is `Level[1]`, no struct or message
))]
struct Event {
    tag: u8,
    _pad0: [u8; 3],
    payload: [u8; 4],
}

fn main() {}
