use ringgen::RingEnum;

#[derive(RingEnum, Clone, Copy)]
#[repr(transparent)]
#[ring(values(Buy = 1, Sell = 2, Buy = 3, Short = 2))]
struct Side(u8);

fn main() {}
