use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(schema_hash = "0a13b070a4fb769258c168c47e7e9c0c")]
struct Tick {
    ts: u64,
}

fn main() {}
