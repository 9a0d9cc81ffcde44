//! TypeScript that promises to be clean, and what says whether it is.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

/// A project of TypeScript modules.
pub struct Strict(TempDir);

impl Strict {
    /// The modules: paths and texts.
    pub fn new(modules: impl IntoIterator<Item = (String, String)>) -> Strict {
        let project = tempfile::tempdir().expect("a temporary directory");
        super::make_node_project(project.path());
        for (path, text) in modules {
            let file = project.path().join("src").join(path);
            std::fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("a fresh directory");
            std::fs::write(file, text).expect("a fresh directory");
        }
        write_flags(project.path());
        Strict(project)
    }

    /// tsc takes all of it.
    pub fn assert_compiles(&self) {
        assert_succeeds("tsc", Command::new(super::tsc()).current_dir(self.0.path()));
    }

    /// ESLint has nothing to say.
    pub fn assert_lints(&self) {
        let lint = super::node_package().join("lint");
        assert!(lint.join("node_modules").is_dir(), "{} is not there: run `cargo xtask setup`", lint.display());
        assert_succeeds(
            "ESLint",
            Command::new("node").arg(lint.join("lint.mjs")).arg(self.0.path().join("tsconfig.json")),
        );
    }
}

/// Everything that tsc can be strict about, flag by flag: `strict` stands for a family that grows.
fn write_flags(project: &Path) {
    let flags = json!({
        "target": "es2022", "lib": ["es2022", "dom", "esnext.disposable"], "types": [],
        "module": "esnext", "moduleResolution": "bundler", "allowImportingTsExtensions": true,
        "noEmit": true, "declaration": true, "skipLibCheck": false,
        "strict": true, "exactOptionalPropertyTypes": true, "noUncheckedIndexedAccess": true,
        "noImplicitOverride": true, "noImplicitReturns": true, "noPropertyAccessFromIndexSignature": true,
        "noFallthroughCasesInSwitch": true, "noUnusedLocals": true, "noUnusedParameters": true,
        "noUncheckedSideEffectImports": true, "allowUnreachableCode": false, "allowUnusedLabels": false,
        "forceConsistentCasingInFileNames": true, "isolatedModules": true, "isolatedDeclarations": true,
        "verbatimModuleSyntax": true, "erasableSyntaxOnly": true
    });
    let config = json!({ "compilerOptions": flags, "include": ["src"] }).to_string();
    std::fs::write(project.join("tsconfig.json"), config).expect("a fresh directory");
}

/// Runs a program to its end.
pub fn assert_succeeds(tool: &str, command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{tool}: {error}"));
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{tool}:\n{stdout}\n{stderr}");
}
