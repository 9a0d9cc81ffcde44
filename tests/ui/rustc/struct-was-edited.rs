use ringgen::RingMessage;

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(
    package = "market",
    layout_hash = "c5077d0c59cc69a29cd10a6fec7f5764", //~ ringgen [R025]: `Tick` is not what its `layout_hash` was made for
    schema_hash = "c5077d0c59cc69a29cd10a6fec7f5764", //~ ringgen [R025]: the schema text of `Tick` is not what its `schema_hash` was made for
    schema_text = TEXT
)]
struct Tick {
    ts: u64,
}

const TEXT: &str = "message Tick 8 8\n";

fn main() {}
