use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Message {
    id: u64,
    of: std::marker::PhantomData<u32>,
}

fn main() {}
