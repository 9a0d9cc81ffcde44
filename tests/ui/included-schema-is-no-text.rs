mod market {
    ringgen::include_schema!(concat!("schemas/", "market.toml"));
}

fn main() {}
