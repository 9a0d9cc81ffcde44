use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    key: std::num::NonZeroU64,
}

fn main() {}
