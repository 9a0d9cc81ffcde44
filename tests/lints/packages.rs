//! Every package that there is: those of the repository, the examples, and the cases of the generator's own tests.

use std::path::{Path, PathBuf};

use ringgen_schema::backend::BACKENDS;
use ringgen_schema::plan::Plan;
use ringgen_schema::{Compiler, Disk, Source};

use crate::common;

/// Packages that can lie beside each other.
pub(crate) struct Set {
    /// An identifier.
    pub(crate) name: String,
    /// The name of each package, and its Rust.
    pub(crate) files: Vec<(String, String)>,
}

/// All of them.
pub(crate) fn all() -> Vec<Set> {
    let mut sets = vec![set("schemas", &common::root().join("schemas"))];
    let cases = entries(&common::root().join("ringgen-schema/tests/cases")).into_iter();
    for case in cases.filter(|case| case.join("plan.txt").exists() && case.join("schema.toml").exists()) {
        let name = case.file_name().expect("a folder has a name").to_string_lossy().replace('-', "_");
        sets.push(set(&name, &case));
    }
    assert!(sets.len() > 20, "only {} sets are found", sets.len());
    sets
}

/// The schemas of a folder and of those in it, each compiled by itself.
fn set(name: &str, folder: &Path) -> Set {
    let sources = schemas(folder).into_iter().map(|path| {
        let bytes = std::fs::read(&path).expect("a file that was listed");
        let name = path.strip_prefix(folder).expect("it was found there").to_string_lossy().into_owned();
        Source::from_bytes(name, bytes)
    });
    let compiler = Compiler::new().loader(Disk::below(folder)).include("include");
    let plans = compiler.compile(sources).into_plans();
    let plans = plans.unwrap_or_else(|report| panic!("{}:\n{}", folder.display(), report.render(false)));
    let rust = BACKENDS.iter().find(|backend| backend.language() == "rust").expect("there is a Rust backend");
    let file = |plan: &Plan| (plan.package.clone(), rust.emit(plan));
    Set { name: name.to_string(), files: plans.iter().map(file).collect() }
}

fn schemas(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            found.extend(schemas(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}
