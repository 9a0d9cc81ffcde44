//! The modules that the Python backend prints, of every schema of the repository and every case of the schema crate: ruff,
//! mypy and pyright have nothing to say about them, at their strictest, and about the hands of a user only what is wrong
//! there. They are imported where every warning is an error, with nothing but the standard library.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use ringgen_schema::backend::{BACKENDS, Backend};
use ringgen_schema::plan::Plan;
use serde_json::{Value, json};

fn backend() -> &'static dyn Backend {
    *BACKENDS.iter().find(|backend| backend.language() == "python").expect("there is a Python backend")
}

/// Every module. Each case is a folder, a package of Python, with the packages that it imports.
struct Modules {
    folder: tempfile::TempDir,
    /// The folders whose modules find each other on the path, and not in their package.
    paths: Vec<String>,
}

impl Modules {
    fn new() -> Self {
        let modules = Modules { folder: tempfile::tempdir().expect("a temporary directory"), paths: Vec::new() };
        let (mut count, mut paths) = (0, Vec::new());
        for (name, plans) in common::schemas() {
            let name = name.replace('-', "_");
            for plan in &plans {
                modules.write(&format!("{name}/{}.py", plan.package), &backend().emit(plan));
            }
            let is_path = |plan: &Plan| !plan.imports.is_empty() && !plan.targets.python.relative_imports;
            if plans.iter().any(is_path) {
                paths.push(name);
            }
            count += plans.len();
        }
        assert!(count > 25 && !paths.is_empty(), "only {count} modules");
        Modules { paths, ..modules }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, text: &str) {
        let file = self.path().join(name);
        std::fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("a fresh directory");
        std::fs::write(file, text).expect("a fresh directory");
    }

    /// The folders of cases.
    fn folders(&self) -> Vec<PathBuf> {
        let entries =
            std::fs::read_dir(self.path()).expect("it was made").map(|entry| entry.expect("it was made").path());
        entries.filter(|path| path.is_dir()).collect()
    }
}

/// A program of the virtualenv.
fn tool(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(common::python());
    command.args(["-m", name]).current_dir(folder);
    command
}

fn assert_clean(command: &mut Command) {
    let output = command.output().expect("the virtualenv has it");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{command:?}:\n{stdout}\n{stderr}");
}

#[test]
fn ruff_has_nothing_to_say_about_any_module() {
    let modules = Modules::new();
    let settings = common::root().join("hosts/python/pyproject.toml");
    for arguments in [&["check"][..], &["format", "--diff"]] {
        assert_clean(tool("ruff", modules.path()).args(arguments).args(["--no-cache", "--config"]).arg(&settings));
    }
}

#[test]
fn mypy_takes_every_module_and_finds_the_mistakes_of_a_user() {
    let mut modules = Modules::new();
    modules.write("uses.py", &common::text("tests/python/uses.py"));
    let cache = common::target_dir().join("mypy");
    let strict = ["--strict", "--enable-error-code=deprecated", "--explicit-package-bases"];
    let mypy = |folder: &Path, more: &[String]| {
        assert_clean(tool("mypy", folder).args(strict).arg("--cache-dir").arg(&cache).args(more).arg("."));
    };
    let paths = std::mem::take(&mut modules.paths);
    mypy(modules.path(), &["--exclude".to_string(), format!("^({})/", paths.join("|"))]);
    for path in paths {
        mypy(&modules.path().join(path), &[]);
    }
}

#[test]
fn pyright_takes_every_module_and_finds_the_mistakes_of_a_user() {
    let modules = Modules::new();
    modules.write("uses.py", &common::text("tests/python/uses.py"));
    let roots: Vec<Value> = modules.paths.iter().map(|path| json!({ "root": path })).collect();
    let config = json!({
        "typeCheckingMode": "strict", "reportUnnecessaryTypeIgnoreComment": "error", "enableTypeIgnoreComments": false,
        "pythonVersion": "3.11", "pythonPlatform": "Linux", "executionEnvironments": roots
    });
    modules.write("pyrightconfig.json", &config.to_string());
    assert_clean(tool("pyright", modules.path()).arg("--pythonpath").arg(common::python()));
}

/// Imports each file that it is given, by its own name in the folder that it lies in.
const IMPORT: &str = "
import importlib, pathlib, sys
sys.modules['numpy'] = sys.modules['ringgen'] = sys.modules['typing_extensions'] = None
folder = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(folder.parent if sys.argv[2] == 'package' else folder))
for file in sorted(folder.glob('*.py')):
    name = f'{folder.name}.{file.stem}' if sys.argv[2] == 'package' else file.stem
    assert importlib.import_module(name).__file__ == str(file), name
    print(name)
";

#[test]
fn every_module_is_imported_without_a_warning_and_with_the_standard_library_alone() {
    let modules = Modules::new();
    let mut count = 0;
    for folder in modules.folders() {
        let is_path = modules.paths.iter().any(|path| folder.ends_with(path));
        let kind = if is_path { "path" } else { "package" };
        let mut python = Command::new(common::python());
        python.args(["-B", "-I", "-W", "error", "-c", IMPORT]).arg(&folder).arg(kind);
        let output = python.output().expect("Python runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && stderr.is_empty(), "{}: {stderr}", folder.display());
        count += String::from_utf8_lossy(&output.stdout).lines().count();
    }
    assert!(count > 25, "only {count} modules");
}

#[test]
fn what_is_imported_travels_in_rings() {
    let modules = Modules::new();
    modules.write("uses_imports.py", &common::text("tests/python/imports.py"));
    let rings = common::ring_dir();
    let mut python = Command::new(common::python());
    python.args(["-B", "-W", "error"]).arg(modules.path().join("uses_imports.py")).env("RINGGEN_DIR", rings.path());
    let output = python.output().expect("Python runs");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && printed == "all of it holds\n", "{}", String::from_utf8_lossy(&output.stderr));
}
