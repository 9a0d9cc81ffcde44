use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Sample<T> {
    value: T,
}

fn main() {}
