/// Shares that changed hands.
#[derive(RingMessage)]
#[repr(C)]
#[ring(package = "market", version = 3)]
pub struct Trade {
    /// Counts up.
    pub id: u64,
    #[ring(unit = "USD")]
    pub price: f64,
    #[ring(name = "type", epoch = "unix")]
    r#kind: u32,
    _pad0: [u8; 4],
}
