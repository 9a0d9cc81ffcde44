use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Everywhere { //~ 3 bytes of padding at the end of `Everywhere` | `_pad9: [u8; 3],` behind `last`
    first: u8,
    second: u16, //~ ringgen [R006]: 1 byte of padding before `second` | `_pad7: [u8; 1],`
    _pad6: [u8; 3],
    third: u32, //~ ringgen [R006]: 1 byte of padding before `third` | `_pad8: [u8; 1],`
    last: u8,
}

fn main() {}
