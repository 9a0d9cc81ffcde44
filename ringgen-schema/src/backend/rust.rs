//! The Rust backend.

use super::Backend;
use crate::plan::Plan;

/// Prints Rust.
pub struct Rust;

impl Backend for Rust {
    fn language(&self) -> &'static str {
        "rust"
    }

    fn extension(&self) -> &'static str {
        "rs"
    }

    fn emit(&self, _plan: &Plan) -> String {
        String::new()
    }
}
