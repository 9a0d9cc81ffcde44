use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Tick {
    ts: u64,
    rest: [u8; 0],
}
//~? ringgen [R014]: an array or text of length 0 has no bytes to share

fn main() {}
