use ringgen::{Message, RingMessage};

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Note { //~ E0204
    id: u64,
    body: String, //~ ringgen [R001]: `String` keeps its text on the heap of one process | help: write `body: Str<16>`
}

fn takes<T: Message>() {}

fn main() {
    takes::<Note>();
    let _ = Note::LAYOUT_HASH;
}
