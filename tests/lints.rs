//! What is generated in Rust is in the crates of others, under their lints: it compiles there without a warning, be they
//! as strict as can be. docs/decisions/0011 says what it allows, and why.

mod common;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::schemas;
use ringgen_schema::backend::BACKENDS;

/// The most careful user's crate.
const STRICT: &str = "\
//! Documented.
#![warn(warnings, missing_docs, missing_debug_implementations, unreachable_pub, rust_2018_idioms, non_snake_case)]
#![warn(clippy::all, clippy::pedantic, clippy::nursery)]
#![forbid(unsafe_code)]
";

#[test]
fn generated_code_is_clean_under_the_strictest_lints() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let output = run(&clippy(), folder.path(), &["--emit", "metadata"], |text| text.to_string());
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn its_documentation_is_clean_too() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let output = run(Path::new("rustdoc"), folder.path(), &["-W", "rustdoc::all"], |text| text.to_string());
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What is allowed and not needed would hide what others want to hear of.
#[test]
fn what_it_allows_is_what_it_needs() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let arguments = ["--emit", "metadata", "--error-format", "json"];
    let mut allowed = BTreeSet::new();
    let output = run(&clippy(), folder.path(), &arguments, |text| {
        let (before, rest) = text.split_once("#![allow(").expect("there are lints that are allowed");
        let (lints, rest) = rest.split_once("#![cfg_attr(rustfmt").expect("that is behind them");
        let is_lint = |word: &&str| word.chars().all(|c| c == '_' || c == ':' || c.is_ascii_lowercase());
        let code = lints.lines().map(|line| line.split("reason").next().unwrap_or_default());
        let words = code.flat_map(|line| line.split(['(', ',', ' ', '#', '!', ']', ')']));
        allowed.extend(words.filter(|word| !word.is_empty() && *word != "allow").filter(is_lint).map(String::from));
        format!("{before}#![cfg_attr(rustfmt{rest}")
    });
    let said = String::from_utf8(output.stderr).expect("rustc prints UTF-8");
    let needed = |lint: &String| said.contains(&format!("\"code\":\"{lint}\""));
    // Of groups: clippy's own list is no part of this, and rustdoc's lints are rustdoc's.
    allowed.retain(|lint| !["clippy::nursery", "rustdoc::all"].contains(&lint.as_str()));
    assert!(allowed.len() > 10, "{allowed:?}");
    let unneeded: Vec<&String> = allowed.iter().filter(|lint| !needed(lint)).collect();
    assert!(unneeded.is_empty(), "nothing is there that asks for {unneeded:?}");
}

/// Runs a compiler over a crate of every package, each as a library shows it, and as a program keeps it to itself, of
/// which it uses nothing.
fn run(compiler: &Path, folder: &Path, arguments: &[&str], mut change: impl FnMut(&str) -> String) -> Output {
    let mut library = STRICT.to_string();
    let rust = BACKENDS.iter().find(|backend| backend.language() == "rust").expect("there is a Rust backend");
    for (set, plans) in schemas() {
        let set = set.replace('-', "_");
        // What Rust gets of types that a Rust file declares is no module.
        let plans = plans.iter().filter(|plan| !plan.origin.is_rust());
        let files: Vec<(&str, String)> = plans.map(|plan| (plan.package.as_str(), change(&rust.emit(plan)))).collect();
        for (name, visibility) in [(format!("shown_{set}"), "pub "), (format!("kept_{set}"), "")] {
            let _ = writeln!(library, "/// Packages.\n{visibility}mod {name} {{");
            for (package, text) in &files {
                let path = folder.join(format!("{name}_{package}.rs"));
                std::fs::write(&path, text).expect("a fresh directory");
                let _ = writeln!(library, "    #[path = {path:?}]\n    {visibility}mod {package};");
            }
            library += "}\n";
        }
    }
    let source = folder.join("lib.rs");
    std::fs::write(&source, library).expect("a fresh directory");
    let mut compiler = Command::new(compiler);
    compiler.args(["--edition", "2024", "--crate-type", "lib", "--crate-name", "strict"]).args(arguments);
    compiler.arg("--extern").arg(format!("ringgen={}", common::ringgen_library().display()));
    compiler.arg("-L").arg(format!("dependency={}", common::target_dir().join("debug/deps").display()));
    compiler.arg("--out-dir").arg(folder).arg(&source).output().unwrap_or_else(|error| panic!("{compiler:?}: {error}"))
}

/// clippy, as a compiler: it lies beside cargo.
fn clippy() -> PathBuf {
    let cargo = std::env::var_os("CARGO").map_or_else(|| "cargo".into(), PathBuf::from);
    cargo.parent().unwrap_or(Path::new("")).join("clippy-driver")
}
