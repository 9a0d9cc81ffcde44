#[derive(RingMessage)]
#[repr(C)]
struct Note {
    id: u64,
    body: String,
    halted: bool,
}
