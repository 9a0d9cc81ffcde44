use ringgen::RingStruct;

#[derive(RingStruct, Clone, Copy)]
#[repr(C)]
#[ring(schema = "market.toml")]
struct Level { //~ ringgen [R025]: `orders` of market.toml is missing here | help: add the line `orders: u32,` behind `quantity`
    quantity: u32,
    price: f64, //~ ringgen [R025]: `price` lies in front of `quantity` in market.toml | help: write them in the order price, quantity, orders
    depth: u32, //~ ringgen [R025]: `depth` is not in `Level` of market.toml
}

fn main() {}
