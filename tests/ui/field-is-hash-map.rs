use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    prices: std::collections::HashMap<u32, f64>,
}

fn main() {}
