use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    names: [[String; 2]; 3],
}

fn main() {}
