use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    size: Option<u64>,
}

fn main() {}
