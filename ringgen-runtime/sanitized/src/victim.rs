//! The victim of `tests/hostile.rs` in Rust, where AddressSanitizer sees what it does.

#[path = "../../../generated/rust/clock.rs"]
mod clock;
#[path = "../../../generated/rust/kitchen_sink.rs"]
mod kitchen_sink;
#[path = "../../../tests/common/random.rs"]
mod random;
#[path = "../../../tests/hostile/victim.rs"]
mod victim;

fn main() {
    victim::serve();
}
