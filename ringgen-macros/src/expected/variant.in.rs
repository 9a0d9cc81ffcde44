/// Whatever happens.
#[derive(RingVariant)]
#[repr(C, align(8))]
#[ring(view = EventView, cases(
    /// Shares that changed hands.
    Trade = 1,
    Best("Top") = 65_535,
))]
#[ring(package = "market", version = 3)]
pub struct Event {
    tag: u16,
    _pad0: [u8; 6],
    payload: [u8; 40],
}
