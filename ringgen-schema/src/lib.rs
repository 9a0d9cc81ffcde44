//! Placeholder, to be replaced by the table of contents.
pub mod backend;
pub mod plan;
