use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
struct Quote {
    price: f64,
}

fn main() {}
