//! Surroundings that are not as they should be: what attaching to, creating and being handed a ring says of them, in
//! every language the same. And what is handed on works between all of them.

mod common;
#[path = "interop/driver.rs"]
mod driver;
#[path = "surroundings/files.rs"]
mod files;
#[path = "surroundings/handed.rs"]
mod handed;
#[path = "surroundings/make.rs"]
mod make;
#[path = "../generated/rust/market.rs"]
mod market;
#[path = "surroundings/peer.rs"]
#[allow(unsafe_code, reason = "descriptors that are named by their numbers")]
mod peer;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use driver::{Language, PEER};

static RUST: Language = Language {
    name: "Rust",
    produce: &[],
    consume: &[],
    program: || {
        let mut program = common::this_test("the_rust_peer_answers");
        program.env(PEER, "1");
        program
    },
};

static PYTHON: Language = Language {
    name: "Python",
    produce: &[],
    consume: &[],
    program: || {
        let mut program = Command::new(common::python());
        program.arg(common::root().join("tests/surroundings/peer.py")).arg(common::generated("python"));
        program.env("PYTHONDONTWRITEBYTECODE", "1");
        program
    },
};

static NODE: Language = Language {
    name: "Node",
    produce: &[],
    consume: &[],
    program: || {
        static PROJECT: OnceLock<PathBuf> = OnceLock::new();
        let project = PROJECT.get_or_init(|| {
            let peer = common::text("tests/surroundings/peer.ts");
            let market = common::text("generated/typescript/market.ts");
            common::kept_node_project("surroundings", &[("peer.ts", peer), ("market.ts", market)])
        });
        common::node(&project.join("peer.js"))
    },
};

static LANGUAGES: [&Language; 3] = [&RUST, &PYTHON, &NODE];

/// The peer in Rust; nothing where no test started it.
#[test]
fn the_rust_peer_answers() {
    if std::env::var_os(PEER).is_some() {
        peer::answer();
    }
}
