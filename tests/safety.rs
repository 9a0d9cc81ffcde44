//! docs/safety.md names tests and files: each of them exists, and no file with `unsafe` code is left out.

mod common;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The links of a page whose text is code: what it names, and the path it leads to.
fn named(page: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for (start, _) in page.match_indices("[`") {
        let rest = &page[start + 2..];
        if let Some((name, rest)) = rest.split_once("`](")
            && let Some((path, _)) = rest.split_once(')')
        {
            found.push((name, path));
        }
    }
    found
}

/// Whether a source file has a test of this name, or a function that tests are made of.
fn has_test(path: &str, source: &str, name: &str) -> bool {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("rs") => source.contains(&format!("fn {name}(")) && source.contains("#[test]"),
        Some("py") => source.contains(&format!("def test_{name}(")),
        Some("ts") => source.contains(&format!("test(\"{name}\"")),
        _ => false,
    }
}

#[test]
fn every_test_that_the_page_names_exists() {
    let page = common::text("docs/safety.md");
    let named = named(&page);
    assert!(named.len() > 40, "the page names only {} tests", named.len());
    let mut missing = Vec::new();
    for (name, path) in named {
        let path = path.strip_prefix("../").unwrap_or_else(|| panic!("`{name}` leads to {path}, not to a source file"));
        if !has_test(path, &common::text(path), name) {
            missing.push(format!("{path}: {name}"));
        }
    }
    assert!(missing.is_empty(), "docs/safety.md names tests that there are not:\n{}", missing.join("\n"));
}

/// Rust files below a directory, but for what tests expect of expansions.
fn sources(directory: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display())) {
        let path = entry.expect("a directory can be read").path();
        if path.is_dir() && !path.ends_with("expected") {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

#[test]
fn every_file_with_unsafe_code_is_in_the_table() {
    let page = common::text("docs/safety.md");
    let section = page.split("\n## ").find(|section| section.starts_with("Where unsafe code is\n")).expect("a section");
    let listed: BTreeSet<&str> =
        section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`')).map(|(path, _)| path).collect();
    let mut paths = Vec::new();
    for directory in [
        "src",
        "ringgen-build/src",
        "ringgen-cli/src",
        "ringgen-layout/src",
        "ringgen-macros/src",
        "ringgen-runtime/src",
        "ringgen-schema/src",
        "hosts/node/addon/src",
    ] {
        sources(&common::root().join(directory), &mut paths);
    }
    // What is neither allowed nor in a macro is refused by the lint `unsafe_code`.
    let has_unsafe = |text: &str| text.contains("allow(unsafe_code") || text.contains("unsafe impl #");
    let found: BTreeSet<String> = paths
        .iter()
        .filter(|path| has_unsafe(&std::fs::read_to_string(path).expect("a source file is text")))
        .map(|path| path.strip_prefix(common::root()).expect("below the root").display().to_string())
        .collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(found, listed, "files with unsafe code, and those in docs/safety.md");
}

#[test]
fn a_test_that_is_not_there_is_missed() {
    let page = "as [`a_b`](../tests/x.rs) and [`c d`](../hosts/x.test.ts) show, and [text](y.md) does not";
    assert_eq!(named(page), [("a_b", "../tests/x.rs"), ("c d", "../hosts/x.test.ts")]);
    assert!(has_test("x.rs", "#[test]\nfn a_b() {}", "a_b"));
    assert!(!has_test("x.rs", "#[test]\nfn a_bc() {}", "a_b"));
    assert!(has_test("x.test.ts", "test(\"c d\", async () => {", "c d"));
    assert!(!has_test("x.test.ts", "test(\"c d e\", async () => {", "c d"));
    assert!(has_test("x.py", "def test_a() -> None:", "a"));
    assert!(!has_test("x.py", "def test_ab() -> None:", "a"));
}
