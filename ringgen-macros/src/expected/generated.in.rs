#[derive(RingMessage)]
#[repr(C, align(8))]
#[ring(
    package = "market",
    version = 1,
    layout_hash = "acc39ef1a438c6ec50d7577b9506bcd2",
    schema_hash = "cd5a5b7b72b7742aede960c7ecd0a45c",
    schema_text = Trade::SCHEMA_TEXT
)]
pub struct Trade {
    pub id: u64,
}
