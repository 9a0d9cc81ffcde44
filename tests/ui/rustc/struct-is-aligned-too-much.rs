use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C, align(256))]
struct Page { //~ ringgen [R014]: aligned to more than 128 bytes | help: write `align(128)` at the most
    bytes: [u8; 256],
}

fn main() {}
