use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
union Either {
    integer: u32,
    float: f32,
}

fn main() {}
