use ringgen::RingMessage;

#[derive(Clone, Copy, RingMessage)]
#[repr(C)]
#[ring(schema = "market
.toml", name = "Trade")]
pub struct Bound {
    pub id: u64,
}
