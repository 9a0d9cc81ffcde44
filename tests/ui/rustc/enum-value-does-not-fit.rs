use ringgen::{RingEnum, RingFlags};

#[derive(RingEnum, Clone, Copy)]
#[repr(transparent)]
#[ring(values(Low = -129, High = 127, Higher = 128))]
//~^ ringgen [R014]: `Low` does not fit into `i8`
//~^^ ringgen [R014]: `Higher` does not fit into `i8`
struct Level(i8);

#[derive(RingFlags, Clone, Copy)]
#[repr(transparent)]
#[ring(bits(First = 0, Last = 8, Lost = 4000))]
//~^ ringgen [R014]: `Last` does not fit into `u8`
//~^^ ringgen [R014]: `Lost` does not fit into `u8`
struct Bits(u8);

fn main() {}
