//! The schemas of the repository, as plans.

use std::path::{Path, PathBuf};

use ringgen_schema::lock::Locks;
use ringgen_schema::plan::Plan;
use ringgen_schema::{Compiler, Source};

/// The schemas that are right, by the name of their folder, each with those that it imports: `schemas`, and the cases of
/// the schema crate that have a plan. Cases are packages of the same name.
pub fn schemas() -> Vec<(String, Vec<Plan>)> {
    let cases = super::root().join("ringgen-schema/tests/cases");
    let cases = std::fs::read_dir(&cases).unwrap_or_else(|error| panic!("{}: {error}", cases.display()));
    let mut folders: Vec<PathBuf> = cases.map(|entry| entry.expect("it can be read").path()).collect();
    folders.retain(|case| case.join("plan.txt").exists());
    folders.push(super::root().join("schemas"));
    folders.sort();
    let compile = |folder: PathBuf| {
        let sources = schemas_below(&folder).into_iter().map(|path| Source::read(path).expect("it can be read"));
        let compiler = Compiler::new().include(folder.join("include")).locks(Locks::Held);
        let compilation = compiler.compile(sources);
        let plans = compilation.into_plans().unwrap_or_else(|report| panic!("{}", report.render(false)));
        (folder.file_name().expect("a folder has a name").display().to_string(), plans)
    };
    folders.into_iter().map(compile).collect()
}

fn schemas_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        match entry.expect("it can be read").path() {
            path if path.is_dir() => files.extend(schemas_below(&path)),
            path if path.extension().is_some_and(|extension| extension == "toml") => files.push(path),
            path if path.ends_with("messages.rs") => files.push(path),
            _ => {}
        }
    }
    files.sort();
    files
}
