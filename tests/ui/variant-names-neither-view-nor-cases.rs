use ringgen::RingVariant;

#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
struct Event {
    tag: u8,
    payload: [u8; 8],
}

fn main() {}
