use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(layout_hash = "0a13b070")]
struct Tick {
    ts: u64,
}

fn main() {}
