use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    run: fn(u32) -> u32,
}

fn main() {}
