use ringgen::RingMessage;

#[derive(RingMessage)]
#[repr(C)]
struct Note<'a> {
    text: &'a str,
}

fn main() {}
