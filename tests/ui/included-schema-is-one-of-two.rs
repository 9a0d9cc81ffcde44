mod market {
    ringgen::include_schema!("schemas/market.toml", "schemas/telemetry.toml");
}

fn main() {}
