use ringgen::{RingMessage, RingStruct};

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(schema = "market.toml", name = "Trad")] //~ ringgen [R025]: market.toml declares no `Trad` | help: write one of
struct Trade {
    id: u64,
}

#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
#[ring(schema = "market.toml")]
struct Level { //~ ringgen [R025]: `Level` is a struct in market.toml | help: write `#[derive(RingStruct)]`
    price: f64,
    quantity: u32,
    orders: u32,
}

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
#[ring(schema = "no/such.toml")] //~ ringgen [R024]: can't read
struct Other {
    price: f64,
}

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
#[ring(schema = "mistaken.toml", layout_hash = "c5077d0c59cc69a29cd10a6fec7f5764")]
//~^ ringgen [R024]: mistaken.toml has mistakes of its own | R002
//~^^ ringgen [R024]: `layout_hash` comes from the schema
struct Another {
    price: f64,
}

fn main() {}
