use ringgen::RingMessage;

#[derive(RingMessage)]
struct Trade {
    id: usize,
    symbol: String,
    price: f64,
    side: Option<u8>,
    #[ring(unit = 3)]
    quantity: u32,
}

fn main() {}
