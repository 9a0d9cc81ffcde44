use ringgen::RingEnum;

#[derive(RingEnum, Clone, Copy)]
#[repr(transparent)]
struct Side(u8);

fn main() {}
