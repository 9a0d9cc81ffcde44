use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(package = 3, version = "one")]
struct Tick {
    ts: u64,
}

fn main() {}
