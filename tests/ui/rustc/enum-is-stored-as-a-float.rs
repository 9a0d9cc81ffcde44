use ringgen::RingEnum;

#[derive(RingEnum, Clone, Copy)]
#[repr(transparent)]
#[ring(values(Low = 1))]
struct Level(f32); //~ ringgen [R023]: `Level` is stored as `f32` | help: write an integer: `struct Level(pub u8);`

fn main() {}
