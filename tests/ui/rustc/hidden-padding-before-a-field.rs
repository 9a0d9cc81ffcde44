use ringgen::RingStruct;

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
struct Quote {
    side: u8,
    price: f64, //~ ringgen [R006]: 7 bytes of padding before `price` | help: add the line `_pad0: [u8; 7],` in front of `price`
}

fn main() {}
