use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Cube {
    cells: [[[u8; 2]; 2]; 2],
}
//~? ringgen [R014]: a field has at most two array dimensions | help: nest a struct

fn main() {}
