mod market {
    ringgen::include_schema!();
}

fn main() {}
