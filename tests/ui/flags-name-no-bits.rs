use ringgen::RingFlags;

#[derive(RingFlags, Clone, Copy)]
#[repr(transparent)]
struct Conditions(u16);

fn main() {}
