mod mistaken {
    ringgen::include_schema!("mistaken.toml"); //~ R024 | mistaken.toml has mistakes of its own | error[R002] | --> mistaken.toml:6:34 | run `ringgen check mistaken.toml`
}

fn main() {}
