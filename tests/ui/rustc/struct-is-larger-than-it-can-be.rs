use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Pages {
    first: [u8; 3 << 30],
    second: [u8; 3 << 30], //~ ringgen [R014]: larger than 4 GiB
}

fn main() {}
