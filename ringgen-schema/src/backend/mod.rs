//! From a plan to source text, one language a file.
//!
//! A new language is a file here, and two lines below. The tests find it by themselves.

use crate::plan::Plan;

mod c;
mod python;
mod rust;
mod text;
mod typescript;
mod used;

pub use rust::{IncludedRust, rust_items, rust_type};

/// Prints plans in one language. It cannot fail, because a plan is right by construction.
pub trait Backend: Sync {
    /// The language's name, which is also its folder's: `rust`.
    fn language(&self) -> &'static str;
    /// What a source file of it ends in: `rs`.
    fn extension(&self) -> &'static str;
    /// The whole source file of a package.
    fn emit(&self, plan: &Plan) -> String;
}

/// Every backend, in alphabetical order.
pub const BACKENDS: &[&dyn Backend] = &[&c::C, &python::Python, &rust::Rust, &typescript::TypeScript];
