use ringgen::{Ring, RingStruct};

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
struct Level {
    price: f64,
}

fn count(_: Ring<Level>) {} //~ ringgen [R019]: `Level` is no message that can travel in a ring

fn main() {}
