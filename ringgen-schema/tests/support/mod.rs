//! What the tests of this crate share.
#![allow(dead_code, reason = "each test uses a part of it")]

pub(crate) mod outcome;

use std::fs;
use std::path::{Path, PathBuf};

/// Whether to write expectations instead of comparing with them.
pub(crate) fn bless() -> bool {
    std::env::var_os("RINGGEN_BLESS").is_some_and(|value| value == "1")
}

/// Where the repository lies.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace").to_path_buf()
}

/// Compares a text with the file that says what it should be; with `RINGGEN_BLESS=1` writes the file.
pub(crate) fn expect(path: &Path, text: &str) -> Result<(), String> {
    if bless() {
        if fs::read_to_string(path).is_ok_and(|old| old == text) {
            return Ok(());
        }
        return fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()));
    }
    let expected = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if expected == text {
        return Ok(());
    }
    let line = expected.lines().zip(text.lines()).take_while(|(a, b)| a == b).count();
    let show = |text: &str| text.lines().nth(line).unwrap_or("(the end)").to_string();
    Err(format!(
        "{}:{}: differs\n  expected: {}\n     found: {}\nRINGGEN_BLESS=1 cargo test -p ringgen-schema writes it anew",
        path.display(),
        line + 1,
        show(&expected),
        show(text)
    ))
}

/// The folders of a kind of case, in order.
pub(crate) fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(&folder).expect("tests/cases").map(|entry| entry.expect("an entry").path()).collect();
    cases.sort();
    cases
}

/// The schema of a case: TOML, or Rust.
pub(crate) fn schema(case: &Path) -> PathBuf {
    let rust = case.join("messages.rs");
    if rust.exists() { rust } else { case.join("schema.toml") }
}

/// The real schemas of the repository: its own, and those that translate what others publish.
pub(crate) fn schemas() -> Vec<PathBuf> {
    let folders = ["schemas", "schemas/examples"].map(|folder| fs::read_dir(root().join(folder)).expect(folder));
    let mut schemas: Vec<PathBuf> = folders
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    schemas.sort();
    schemas
}
