#[derive(RingFlags)]
#[repr(transparent)]
#[ring(bits(OddLot = 0, Cancelled = 15))]
pub struct Conditions(pub u16);
