//! The real binary, run as a user runs it.
//!
//! `RINGGEN_BLESS=1 cargo test -p ringgen-cli` writes the goldens and the output in docs/cli.md anew.

mod check;
mod colors;
mod completions;
mod depfile;
mod diff;
mod docs;
mod explain;
mod gc;
mod generate;
mod help;
mod init;
mod inspect;
mod layout;
mod lock;
mod man;
mod messages;
mod pictures;
mod repository;
mod schema;
mod support;
mod watch;

#[path = "../../../tests/common/optional.rs"]
mod optional;

/// What the generator writes for schemas/market.toml, as a user has it.
#[path = "../../../generated/rust/market.rs"]
mod market;
