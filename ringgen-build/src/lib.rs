//! ringgen for build scripts: schemas to source files, and a build that knows when to run again.
//!
//! ```text
//! schemas/*.toml ─Inputs→ plans ─Builder→ target/…/out/rust/market.rs
//!        │                                generated/c/market.h
//!        └─ cargo::rerun-if-changed, imports too
//! ```
//!
//! In `build.rs`:
//!
//! ```no_run
//! fn main() -> Result<(), ringgen_build::Error> {
//!     ringgen_build::Builder::new().schema("schemas/market.toml").generate()?;
//!     Ok(())
//! }
//! ```
//!
//! and in the crate, which depends on `ringgen`:
//!
//! ```ignore
//! mod market {
//!     include!(concat!(env!("OUT_DIR"), "/rust/market.rs"));
//! }
//! ```
//!
//! A schema that imports others finds their types in modules beside its own: include each in a module that is called as
//! its package is.
//!
//! Where Rust is all that is wanted, `ringgen::include_schema!` needs no build script.
#![forbid(unsafe_code)]

mod builder;
mod error;
mod inputs;
pub mod write;

pub use builder::{Builder, Generated};
pub use error::Error;
pub use inputs::Inputs;
