mod market {
    ringgen::include_schema!("schemas/markt.toml"); //~ R024 | can't read | schemas/markt.toml | relative to the folder of this crate's Cargo.toml
}

// Not a second mistake: what the schema would declare is not known.
pub fn price(trade: &market::Trade) -> f64 {
    trade.price
}

fn main() {}
