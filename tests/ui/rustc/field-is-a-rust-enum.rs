use ringgen::RingMessage;

#[derive(Clone, Copy)]
#[repr(u8)]
enum Side {
    Buy,
    Sell,
}

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Order {
    side: Side,          //~ ringgen [R019]: `Side` can't lie in shared memory
    sides: [Side; 4],    //~ ringgen [R019]: `Side` can't lie in shared memory
}

fn main() {}
