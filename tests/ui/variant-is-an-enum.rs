use ringgen::RingVariant;

#[derive(RingVariant, Clone, Copy)]
#[repr(C)]
enum Event {
    Trade(u64),
    Quote(u64),
}

fn main() {}
