#[derive(RingEnum)]
#[repr(transparent)]
#[ring(values(Unknown = 0, /// Lifted the offer.
Buy = 1, "Self" = -3))]
#[ring(crate = "market::reexported")]
pub struct Side(pub i8);
