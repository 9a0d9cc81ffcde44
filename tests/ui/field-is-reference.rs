use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    name: &'static str,
}

fn main() {}
