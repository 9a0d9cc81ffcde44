use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    next: Option<Box<u64>>,
}

fn main() {}
