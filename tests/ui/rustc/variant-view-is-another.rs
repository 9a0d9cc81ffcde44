use ringgen::{RingStruct, RingVariant};

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
struct Level {
    price: f32,
}

struct NoData {
    price: f32,
}

enum View<'a> {
    Level(&'a Level),
    Other(&'a NoData),
    Owned(Level),
    Unknown(u32, &'a [u8; 4]),
}

#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
#[ring(view = View, cases(
    Level = 1,
    Other = 2, //~ ringgen [R019]: `NoData` can't lie in shared memory
    //~^ `NoData` can't lie in shared memory
    //~^^ `NoData` can't lie in shared memory
    Owned = 3, //~ mismatched types
    //~^ mismatched types
    //~^^ mismatched types
    Missing = 4, //~ no variant
    //~^ no variant
    //~^^ no variant
))]
struct Event {
    tag: u32,
    payload: [u8; 4],
}

fn main() {}
