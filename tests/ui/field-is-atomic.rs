use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    count: std::sync::atomic::AtomicU64,
}

fn main() {}
