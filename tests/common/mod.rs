//! What the tests that cross languages share: where the interpreters are, and a ring directory of their own.
#![allow(dead_code, unreachable_pub, unused_imports, reason = "each test binary uses its own part of this module")]

mod optional;
mod schemas;
mod strict;

pub mod compilers;
pub mod sanitizers;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

pub use optional::optional_tool;
pub use schemas::schemas;
pub use strict::{Strict, assert_succeeds};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `ringgen generate schemas` made for a language, as it is committed.
pub fn generated(language: &str) -> PathBuf {
    let folder = root().join("generated").join(language);
    assert!(folder.is_dir(), "{} is missing: run `ringgen generate schemas --out generated`", folder.display());
    folder
}

/// The text of a file of the repository.
pub fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Where cargo put this test, hence where the other things it built are.
pub fn target_dir() -> PathBuf {
    let test = std::env::current_exe().expect("a running test has a path");
    // target/debug/deps/interop-0123456789abcdef
    test.ancestors().nth(3).expect("cargo runs tests from target/<profile>/deps").to_path_buf()
}

/// The `ringgen` command, built if this test was started without the rest of the workspace.
pub fn ringgen() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--package", "ringgen-cli"]).current_dir(root());
    build.env("CARGO_TARGET_DIR", target_dir());
    assert!(build.status().expect("cargo runs").success(), "ringgen-cli does not build");
    target_dir().join("debug/ringgen")
}

/// The crate `ringgen`, built: cargo says where it lies.
pub fn ringgen_library() -> PathBuf {
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--package", "ringgen", "--lib", "--message-format", "json"]);
    build.current_dir(root()).env("CARGO_TARGET_DIR", target_dir());
    let output = build.output().expect("cargo runs");
    assert!(output.status.success(), "{build:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    let library = messages.lines().rev().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        if message["reason"] != "compiler-artifact" || message["target"]["name"] != "ringgen" {
            return None;
        }
        let files = message["filenames"].as_array()?;
        files.iter().filter_map(|file| file.as_str()).find(|file| file.ends_with(".rlib")).map(PathBuf::from)
    });
    library.expect("cargo says where the library is")
}

/// A Python with the `ringgen` package and numpy.
pub fn python() -> PathBuf {
    set_up("RINGGEN_TEST_PYTHON", target_dir().join("venv/bin/python"))
}

/// The program that is running, to run this test of it alone: a process of its own for what the test says.
pub fn this_test(name: &str) -> Command {
    let mut program = Command::new(std::env::current_exe().expect("a running test has a path"));
    program.args(["--exact", name, "--nocapture", "--test-threads=1"]);
    program
}

/// Node with this module, which ends at a promise that nobody catches.
pub fn node(module: &Path) -> Command {
    let mut program = Command::new("node");
    program.args(["--no-warnings", "--unhandled-rejections=strict"]).arg(module);
    program
}

/// The built Node package.
pub fn node_package() -> PathBuf {
    let package = set_up("RINGGEN_TEST_NODE_PACKAGE", root().join("hosts/node"));
    assert!(package.join("dist").is_dir(), "{} is not built: run `cargo xtask setup`", package.display());
    package
}

/// The TypeScript compiler.
pub fn tsc() -> PathBuf {
    node_package().join("node_modules/.bin/tsc")
}

fn set_up(variable: &str, default: PathBuf) -> PathBuf {
    let path = std::env::var_os(variable).map_or(default, PathBuf::from);
    assert!(path.exists(), "{} is missing: run `cargo xtask setup` first", path.display());
    path
}

/// A fresh directory for rings, in memory, removed when it is dropped.
pub fn ring_dir() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("ringgen-test-").tempdir_in("/dev/shm").expect("/dev/shm is writable")
}

/// A folder with a Node project that has the package and these TypeScript files (name, text), compiled by tsc
/// under the strictest flags. Its JavaScript lies beside the sources.
pub fn node_project(files: &[(&str, String)]) -> tempfile::TempDir {
    let project = tempfile::tempdir().expect("a temporary directory");
    compile_node_project(project.path(), files);
    project
}

/// The same, kept below the target folder and compiled again only if something in it has changed: for tests that
/// start it many times.
pub fn kept_node_project(name: &str, files: &[(&str, String)]) -> PathBuf {
    let mut hash = DefaultHasher::new();
    (node_package(), TSCONFIG, files).hash(&mut hash);
    let dist = std::fs::read_dir(node_package().join("dist")).expect("it is built");
    let mut types: Vec<PathBuf> = dist.map(|entry| entry.expect("it can be read").path()).collect();
    types.retain(|path| path.to_string_lossy().ends_with(".d.ts"));
    types.sort();
    for path in types {
        std::fs::read(path).expect("it can be read").hash(&mut hash);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let kept = folder.join(format!("{name}-{:016x}", hash.finish()));
    if !kept.is_dir() {
        let project = tempfile::Builder::new().prefix(name).tempdir_in(folder).expect("the target folder is writable");
        compile_node_project(project.path(), files);
        // Whoever else compiled it meanwhile has the same.
        if std::fs::rename(project.path(), &kept).is_ok() {
            let _ = project.keep();
        }
    }
    kept
}

/// Makes a folder a Node project that has the package.
pub fn make_node_project(project: &Path) {
    let modules = project.join("node_modules");
    std::fs::create_dir(&modules).expect("a fresh directory");
    std::os::unix::fs::symlink(node_package(), modules.join("ringgen")).expect("a fresh directory");
    std::os::unix::fs::symlink(node_package().join("node_modules/@types"), modules.join("@types"))
        .expect("a fresh directory");
    write(project, "package.json", r#"{ "private": true, "type": "module" }"#);
    write(project, "tsconfig.json", TSCONFIG);
}

fn compile_node_project(project: &Path, files: &[(&str, String)]) {
    make_node_project(project);
    for (name, text) in files {
        write(project, name, text);
    }
    let output = Command::new(tsc()).current_dir(project).output().expect("tsc runs");
    assert!(output.status.success(), "tsc: {}", String::from_utf8_lossy(&output.stdout));
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("a fresh directory is writable");
}

/// The flags that generated TypeScript promises to be clean under.
const TSCONFIG: &str = r#"{
  "compilerOptions": {
    "target": "es2022", "lib": ["es2023", "esnext.disposable"], "module": "nodenext", "moduleResolution": "nodenext",
    "types": ["node"], "strict": true, "verbatimModuleSyntax": true, "erasableSyntaxOnly": true,
    "isolatedDeclarations": true, "declaration": true, "noUncheckedIndexedAccess": true,
    "exactOptionalPropertyTypes": true, "noImplicitOverride": true, "noFallthroughCasesInSwitch": true
  }
}"#;
