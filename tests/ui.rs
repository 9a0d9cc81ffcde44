//! What the derives accept and refuse: one case a mistake, named after it.
//!
//! - `ui/pass`: compiles, and runs.
//! - `ui/*.rs`: refused in words that are ours alone, expected to the letter beside the case.
//!   `TRYBUILD=overwrite cargo test --test ui` writes them anew.
//! - `ui/rustc`: refused by rustc, which frames our words in its own, other ones each release. Each error is expected
//!   by a comment on the line that it points at, `//~ text | more text`: it says these things. `//~^` stands a line
//!   below, `//~?` anywhere. An error without a comment fails the case, as does a comment without an error.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[test]
fn accepted() {
    trybuild::TestCases::new().pass("tests/ui/pass/*.rs");
}

#[test]
fn refused_by_syntax() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}

#[test]
fn refused_by_rustc() {
    let cases = cases();
    assert!(cases.contains_key("hidden-padding-at-the-end"), "tests/ui/rustc is not found");
    let mut found = check(&project("ui", &cases));
    let mut failures = String::new();
    for (name, source) in &cases {
        failures += &compare(name, source, found.remove(name).unwrap_or_default());
    }
    assert!(failures.is_empty(), "{failures}");
}

/// An error that rustc reported.
#[derive(Debug)]
struct Error {
    line: Option<u64>,
    text: String,
    rendered: String,
}

/// An error that a comment announces.
struct Expected<'a> {
    line: Option<u64>,
    texts: Vec<&'a str>,
}

fn cases() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/rustc");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let rust = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    rust.map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn a_struct_is_compared_again_when_its_schema_changes() {
    let case = "#[derive(ringgen::RingStruct, Clone, Copy)]\n#[repr(C)]\n#[ring(schema = \"market.toml\")]\n\
                pub struct Level { pub price: f64, pub quantity: u32, pub orders: u32 }\n\nfn main() {}\n";
    let project = project("tracked", &BTreeMap::from([("level".to_string(), case.to_string())]));
    assert_eq!(check(&project).len(), 0);
    let schema = project.join("market.toml");
    let changed =
        fs::read_to_string(&schema).unwrap().replace("\"orders\", type = \"u32\"", "\"orders\", type = \"i32\"");
    fs::write(&schema, changed).unwrap();
    let found = check(&project).remove("level").unwrap_or_default();
    assert!(found.len() == 1 && found[0].text.contains("`orders` is `u32` here and `i32`"), "{found:?}");
}

#[test]
fn an_included_schema_is_expanded_again_when_it_changes() {
    let included = |use_of_it: &str| {
        format!(
            "//! Documented, and free of warnings.\n#![deny(warnings, missing_docs)]\n#![forbid(unsafe_code)]\n\
             /// What is generated.\npub mod market {{\n    ringgen::include_schema!(\"market.toml\");\n}}\n\n\
             fn main() {{\n    {use_of_it}\n}}\n"
        )
    };
    let level = "let level = market::Level { price: 1.0, ..market::Level::ZERO }; assert_eq!(level.orders, 0_u32);";
    let project = project("included", &BTreeMap::from([("included".to_string(), included(level))]));
    let none: Vec<Error> = Vec::new();
    let found = check(&project).remove("included").unwrap_or(none);
    assert!(found.is_empty(), "{found:?}");
    let schema = project.join("market.toml");
    let text = fs::read_to_string(&schema).unwrap();
    fs::write(&schema, text.replace("\"orders\", type = \"u32\"", "\"orders\", type = \"i32\"")).unwrap();
    let found = check(&project).remove("included").unwrap_or_default();
    assert!(found.len() == 1 && found[0].line == Some(10) && found[0].text.contains("mismatched types"), "{found:?}");
    // A mistake in it is an error where it is included, and mending it mends the crate.
    fs::write(&schema, text.replace("\"orders\", type = \"u32\"", "\"orders\", type = \"usize\"")).unwrap();
    let found = check(&project).remove("included").unwrap_or_default();
    assert!(found.len() == 1 && found[0].line == Some(6) && found[0].text.contains("error[R002]"), "{found:?}");
    fs::write(&schema, text).unwrap();
    let found = check(&project).remove("included").unwrap_or_default();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn an_included_schema_is_expanded_again_when_one_that_it_imports_changes() {
    let case = "mod levels {\n    ringgen::include_schema!(\"levels.toml\");\n}\n\nfn main() {\n    \
                let _: [u8; 2] = levels::Levels::ZERO.levels;\n}\n";
    let project = project("importing", &BTreeMap::from([("importing".to_string(), case.to_string())]));
    let levels = "ringgen = 1\npackage = \"levels\"\nimport = [\"common/depth.toml\"]\n\
                  [struct.Levels]\nfields = [{ name = \"levels\", type = \"u8[DEPTH]\" }]\n";
    let depth = "ringgen = 1\npackage = \"depth\"\n[const]\nDEPTH = { type = \"u32\", value = 2 }\n";
    fs::create_dir_all(project.join("common")).unwrap();
    fs::write(project.join("levels.toml"), levels).unwrap();
    fs::write(project.join("common/depth.toml"), depth).unwrap();
    let found = check(&project).remove("importing").unwrap_or_default();
    assert!(found.is_empty(), "{found:?}");
    fs::write(project.join("common/depth.toml"), depth.replace("= 2", "= 3")).unwrap();
    let found = check(&project).remove("importing").unwrap_or_default();
    assert!(found.len() == 1 && found[0].line == Some(6) && found[0].text.contains("mismatched types"), "{found:?}");
    fs::write(project.join("common/depth.toml"), depth.replace("u32", "f32")).unwrap();
    let found = check(&project).remove("importing").unwrap_or_default();
    assert!(found.len() == 1 && found[0].text.contains("`DEPTH` is no integer"), "{found:?}");
}

#[test]
fn an_included_schema_is_held_to_the_lock_beside_it() {
    let case = "mod levels {\n    ringgen::include_schema!(\"locked/levels.toml\");\n}\n\nfn main() {\n    \
                let _: u16 = levels::Levels::ZERO.count;\n}\n";
    let project = project("locked", &BTreeMap::from([("locked".to_string(), case.to_string())]));
    let levels =
        "ringgen = 1\npackage = \"levels\"\n[struct.Levels]\nfields = [{ name = \"count\", type = \"u16\" }]\n";
    let lock = "ringgen-lock 1\npackage levels 1\nstruct Levels 2 2\n  0 2 u16 - count\n";
    fs::create_dir_all(project.join("locked")).unwrap();
    fs::write(project.join("locked/levels.toml"), levels).unwrap();
    fs::write(project.join("locked/ringgen.lock"), lock).unwrap();
    let found = check(&project).remove("locked").unwrap_or_default();
    assert!(found.is_empty(), "{found:?}");
    // The lock alone changes: the crate is compiled again.
    fs::write(project.join("locked/ringgen.lock"), lock.replace("u16", "i16")).unwrap();
    let found = check(&project).remove("locked").unwrap_or_default();
    assert!(found.len() == 1 && found[0].line == Some(2) && found[0].text.contains("error[R011]"), "{found:?}");
    assert!(found[0].text.contains("locked/ringgen.lock:4:3"), "{found:?}");
    // The version is raised.
    fs::write(project.join("locked/levels.toml"), levels.replace("[struct", "version = 2\n[struct")).unwrap();
    let found = check(&project).remove("locked").unwrap_or_default();
    assert!(found.is_empty(), "{found:?}");
}

/// A crate of these cases, each a binary of it, so that cargo runs once.
fn project(name: &str, cases: &BTreeMap<String, String>) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // The cases of an earlier run must not be there any more.
    let _ = fs::remove_dir_all(project.join("src"));
    fs::create_dir_all(project.join("src/bin")).unwrap();
    for (name, source) in cases {
        fs::write(project.join(format!("src/bin/{name}.rs")), source).unwrap();
    }
    for schema in ["market.toml", "mistaken.toml", "history.toml"] {
        fs::copy(root.join("tests/ui/rustc").join(schema), project.join(schema)).unwrap();
    }
    fs::copy(root.join("Cargo.lock"), project.join("Cargo.lock")).unwrap();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nringgen = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    fs::write(project.join("Cargo.toml"), manifest).unwrap();
    project
}

/// The errors of each case.
fn check(project: &Path) -> BTreeMap<String, Vec<Error>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--offline", "--bins", "--keep-going", "--message-format=json"])
        .current_dir(project)
        .env("CARGO_TARGET_DIR", target_dir())
        .output()
        .unwrap();
    let mut finished = false;
    let mut found: BTreeMap<String, Vec<Error>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let message: Value = serde_json::from_str(line).unwrap();
        if message["reason"] == "compiler-message" && message["message"]["level"] == "error" {
            let name = message["target"]["name"].as_str().unwrap_or_default();
            found.entry(name.to_string()).or_default().extend(error(&message["message"]));
        }
        finished |= message["reason"] == "build-finished";
    }
    assert!(finished, "{}", String::from_utf8_lossy(&output.stderr));
    found
}

fn target_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target/tmp").join("ui")
}

/// The error in a message of rustc's, unless it only counts the others.
fn error(message: &Value) -> Option<Error> {
    let said = message["message"].as_str()?;
    if said.starts_with("aborting due to") {
        return None;
    }
    let code = message["code"]["code"].as_str().unwrap_or_default();
    let children = message["children"].as_array()?.iter().filter_map(|child| child["message"].as_str());
    let spans = message["spans"].as_array()?.iter();
    let primary = spans.filter(|span| span["is_primary"] == true).find_map(|span| {
        let file = span["file_name"].as_str()?;
        file.starts_with("src/bin").then_some(span["line_start"].as_u64()?)
    });
    let text = [code, said].into_iter().chain(children).collect::<Vec<_>>().join("\n");
    Some(Error { line: primary, text, rendered: message["rendered"].as_str().unwrap_or_default().to_string() })
}

fn expected(source: &str) -> Vec<Expected<'_>> {
    let mut expected = Vec::new();
    for (number, line) in (1..).zip(source.lines()) {
        let Some((_, comment)) = line.split_once("//~") else { continue };
        let (line, text) = if let Some(text) = comment.strip_prefix('?') {
            (None, text)
        } else {
            let text = comment.trim_start_matches('^');
            (Some(number - (comment.len() - text.len()) as u64), text)
        };
        expected.push(Expected { line, texts: text.split(" | ").map(str::trim).collect() });
    }
    expected
}

/// What is wrong with a case; nothing if each error was expected and each expectation met.
fn compare(name: &str, source: &str, mut found: Vec<Error>) -> String {
    let mut failures = String::new();
    let expected = expected(source);
    if expected.is_empty() {
        failures += &format!("{name}: expects no error\n");
    }
    for Expected { line, texts } in expected {
        let matches = |error: &Error| {
            (line.is_none() || error.line == line) && texts.iter().all(|text| error.text.contains(text))
        };
        match found.iter().position(matches) {
            Some(index) => drop(found.remove(index)),
            None => failures += &format!("{name}:{}: no error says {texts:?}\n", line.unwrap_or_default()),
        }
    }
    for error in found {
        failures += &format!("{name}:{}: not expected:\n{}\n", error.line.unwrap_or_default(), error.rendered);
    }
    failures
}
