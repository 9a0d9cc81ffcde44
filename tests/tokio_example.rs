//! The example with two processes and tokio runs, and gets every message across.

use std::process::Command;

#[test]
fn two_processes_of_the_example_exchange_every_message() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let rings = tempfile::Builder::new().prefix("ringgen-test-").tempdir_in("/dev/shm").unwrap();
    let output = Command::new(cargo)
        .args(["run", "--quiet", "--locked", "--features", "tokio", "--example", "tokio", "--", "5000"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("RINGGEN_DIR", rings.path())
        .output()
        .unwrap();
    let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{printed}{errors}");
    assert!(printed.contains("\n5000 trades; "), "{printed}{errors}");
    assert_eq!(std::fs::read_dir(rings.path()).unwrap().count(), 0, "the ring is removed");
}
