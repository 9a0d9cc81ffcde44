use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    initial: char,
}

fn main() {}
