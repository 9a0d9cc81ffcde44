//! The example with two processes and tokio runs, and gets every message across.

use std::path::PathBuf;
use std::process::Command;

/// The example, as cargo has built it beside this test; built now where this test alone was asked for.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let example = test.parent().unwrap().parent().unwrap().join("examples/tokio");
    if !example.exists() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let build = ["build", "--quiet", "--locked", "--features", "tokio", "--example", "tokio"];
        let status = Command::new(cargo).args(build).current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap();
        assert!(status.success(), "the example does not build");
    }
    example
}

#[test]
fn two_processes_of_the_example_exchange_every_message() {
    let rings = tempfile::Builder::new().prefix("ringgen-test-").tempdir_in("/dev/shm").unwrap();
    let output = Command::new(example()).arg("5000").env("RINGGEN_DIR", rings.path()).output().unwrap();
    let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}{errors}");
    assert!(printed.contains("\n5000 trades; "), "{printed}{errors}");
    assert_eq!(std::fs::read_dir(rings.path()).unwrap().count(), 0, "the ring is removed");
}
