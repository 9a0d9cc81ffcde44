//! The real binary, run as a user runs it.
//!
//! `RINGGEN_BLESS=1 cargo test -p ringgen-cli` writes the goldens and the output in docs/cli.md anew.

mod check;
mod colors;
mod explain;
mod generate;
mod help;
mod layout;
mod support;
