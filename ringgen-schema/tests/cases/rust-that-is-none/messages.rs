#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
struct Trade {
    id: u64
    price: f64,
}
