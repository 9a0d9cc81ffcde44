use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(pakage = "market", values(Buy = 1))]
struct Tick {
    #[ring(units = "ns")]
    ts: u64,
}

fn main() {}
