use ringgen::RingEnum;

#[derive(RingEnum, Clone, Copy)]
#[repr(u8)]
enum Side {
    Buy,
    Sell,
}

fn main() {}
