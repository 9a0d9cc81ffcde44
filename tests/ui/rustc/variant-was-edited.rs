use ringgen::{RingStruct, RingVariant};

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
struct Level {
    price: f32,
}

enum View<'a> {
    Level(&'a Level),
    Unknown(u32, &'a [u8; 4]),
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
#[ring(
    view = View,
    cases(Level = 2),
    layout_hash = "c5077d0c59cc69a29cd10a6fec7f5764", //~ ringgen [R025]: `Event` is not what its `layout_hash` was made for
    schema_hash = "c5077d0c59cc69a29cd10a6fec7f5764", //~ ringgen [R025]: the schema text of `Event` is not what its `schema_hash` was made for
    schema_text = TEXT
)]
struct Event {
    tag: u32,
    payload: [u8; 4],
}

const TEXT: &str = "variant Event 8 4 u32 4\n";

fn main() {}
