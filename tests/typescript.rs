//! The modules that the TypeScript backend prints, of every schema of the repository and every case of the schema crate:
//! tsc takes them under its strictest flags, and ESLint by all that it and typescript-eslint recommend. Modules that
//! import from each other work together. What each feature does is tested in hosts/node/tests.

mod common;

use std::process::Command;

use common::Strict;
use ringgen_schema::backend::{BACKENDS, Backend};

fn typescript() -> &'static dyn Backend {
    *BACKENDS.iter().find(|backend| backend.language() == "typescript").expect("there is a TypeScript backend")
}

/// Every module. Each case is a folder of its own, with the packages that it imports.
fn all() -> Strict {
    let mut modules = Vec::new();
    for (name, plans) in common::schemas() {
        modules.extend(plans.iter().map(|plan| (format!("{name}/{}.ts", plan.package), typescript().emit(plan))));
    }
    assert!(modules.len() > 25, "only {} modules", modules.len());
    Strict::new(modules)
}

#[test]
fn tsc_takes_every_module_under_its_strictest_flags() {
    all().assert_compiles();
}

#[test]
fn eslint_has_nothing_to_say_about_any_module() {
    all().assert_lints();
}

#[test]
fn types_of_siblings_are_written_read_and_sent_like_own_ones() {
    let (_, plans) = common::schemas().into_iter().find(|(name, _)| name == "imports").expect("there is such a case");
    let mut files: Vec<(String, String)> =
        plans.iter().map(|plan| (format!("{}.ts", plan.package), typescript().emit(plan))).collect();
    files.push(("imports.ts".to_string(), common::text("tests/typescript/imports.ts")));
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let project = common::node_project(&files);
    common::assert_succeeds("node", Command::new("node").arg(project.path().join("imports.js")));
}
