#[derive(RingStruct)]
#[repr(C)]
#[ring(schema = "../schemas/market.toml", name = "Level")]
pub(crate) struct Depth {
    price: f64,
    quantity: u32,
    orders: u32,
}
