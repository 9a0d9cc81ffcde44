use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Trade { //~ ringgen [R006]: 4 bytes of padding at the end of `Trade` | help: add the line `_pad0: [u8; 4],` behind `symbol`
    id: u64,
    price: f64,
    quantity: u32,
    symbol: [u8; 8],
}

fn main() {}
