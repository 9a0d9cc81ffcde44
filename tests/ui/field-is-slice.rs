use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    rest: [u8],
}

fn main() {}
