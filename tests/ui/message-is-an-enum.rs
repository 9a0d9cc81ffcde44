use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
enum Event {
    Started,
    Stopped,
}

fn main() {}
