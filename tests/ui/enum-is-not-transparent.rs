use ringgen::RingEnum;

#[derive(RingEnum, Clone, Copy)]
#[ring(values(Buy = 1))]
struct Side(u8);

fn main() {}
