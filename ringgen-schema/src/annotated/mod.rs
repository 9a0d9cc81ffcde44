//! Rust items with a derive of ringgen's on them: read once, for the derives and for the generator.
//!
//! For the crates of ringgen alone; there is no promise that it stays.

mod item;
mod mistakes;
mod reject;
mod variant;

pub use item::{Derive, Field, Held, Input, Ring, Value, read};
pub use mistakes::{Mistake, Report};
pub use variant::Case;
