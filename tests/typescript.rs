//! The modules that the TypeScript backend prints, of every schema of the repository and every case of the schema crate:
//! tsc takes them under its strictest flags, and ESLint by all that it and typescript-eslint recommend. Modules that
//! import from each other work together. What each feature does is tested in hosts/node/tests.

mod common;

use std::path::Path;
use std::process::Command;

use ringgen_schema::backend::{BACKENDS, Backend};
use serde_json::json;

fn typescript() -> &'static dyn Backend {
    *BACKENDS.iter().find(|backend| backend.language() == "typescript").expect("there is a TypeScript backend")
}

/// A project of every module. Each case is a folder of its own in it, with the packages that it imports.
fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().expect("a temporary directory");
    common::make_node_project(project.path());
    let mut count = 0;
    for (name, plans) in common::schemas() {
        for plan in &plans {
            let file = project.path().join(&name).join(format!("{}.ts", plan.package));
            std::fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("a fresh directory");
            std::fs::write(file, typescript().emit(plan)).expect("a fresh directory");
            count += 1;
        }
    }
    assert!(count > 25, "only {count} modules");
    write_flags(project.path());
    project
}

/// Everything that tsc can be strict about, one flag at a time: `strict` stands for a family that grows.
fn write_flags(project: &Path) {
    let flags = json!({
        "target": "es2022", "lib": ["es2022", "dom", "esnext.disposable"], "module": "esnext", "moduleResolution": "bundler", "types": [],
        "noEmit": true, "declaration": true, "skipLibCheck": false, "allowImportingTsExtensions": true,
        "strict": true, "exactOptionalPropertyTypes": true, "noUncheckedIndexedAccess": true,
        "noImplicitOverride": true, "noImplicitReturns": true, "noPropertyAccessFromIndexSignature": true,
        "noFallthroughCasesInSwitch": true, "noUnusedLocals": true, "noUnusedParameters": true,
        "noUncheckedSideEffectImports": true, "allowUnreachableCode": false, "allowUnusedLabels": false,
        "forceConsistentCasingInFileNames": true, "isolatedModules": true, "isolatedDeclarations": true,
        "verbatimModuleSyntax": true, "erasableSyntaxOnly": true
    });
    let config = json!({ "compilerOptions": flags, "include": ["*/*.ts"] }).to_string();
    std::fs::write(project.join("tsconfig.json"), config).expect("a fresh directory");
}

fn assert_clean(tool: &str, command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{tool}: {error}"));
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{tool}:\n{stdout}\n{stderr}");
}

#[test]
fn tsc_takes_every_module_under_its_strictest_flags() {
    let project = project();
    assert_clean("tsc", Command::new(common::tsc()).current_dir(project.path()));
}

#[test]
fn eslint_has_nothing_to_say_about_any_module() {
    let project = project();
    let lint = common::node_package().join("lint");
    assert!(lint.join("node_modules").is_dir(), "{} is not there: run `cargo xtask setup`", lint.display());
    assert_clean("ESLint", Command::new("node").arg(lint.join("lint.mjs")).arg(project.path().join("tsconfig.json")));
}

#[test]
fn types_of_siblings_are_written_read_and_sent_like_own_ones() {
    let (_, plans) = common::schemas().into_iter().find(|(name, _)| name == "imports").expect("there is such a case");
    let mut files: Vec<(String, String)> =
        plans.iter().map(|plan| (format!("{}.ts", plan.package), typescript().emit(plan))).collect();
    files.push(("imports.ts".to_string(), common::text("tests/typescript/imports.ts")));
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let project = common::node_project(&files);
    assert_clean("node", Command::new("node").arg(project.path().join("imports.js")));
}
