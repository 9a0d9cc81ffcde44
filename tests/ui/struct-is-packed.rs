use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C, packed)]
struct Quote {
    side: u8,
    price: f64,
}

fn main() {}
