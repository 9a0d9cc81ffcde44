use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(package = "market")]
#[ring(package = "markets", name = "A Tick")]
struct Tick {
    ts: u64,
}

fn main() {}
