use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Tick { //~ ringgen [R017]: `Tick` is not `Copy`
    ts: u64,
}

fn main() {}
