use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C, align(64))]
struct Line { //~ ringgen [R006]: 56 bytes of padding at the end of `Line`
    value: u64,
}

fn main() {}
