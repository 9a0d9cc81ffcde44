use ringgen::RingMessage;

#[derive(Clone, Copy)]
#[repr(C)]
struct Level {
    price: f64,
}

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Book {
    best: Level, //~ ringgen [R019]: `Level` can't lie in shared memory
}

fn main() {}
