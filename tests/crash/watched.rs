//! Programs that tell of each step that they take, and end in front of one: the same code, with the feature
//! `crash-points` of the runtime, and with another `store.js` in the Node package. They are built when they are needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::common;
use crate::subject;

const FEATURE: &str = "ringgen-runtime/crash-points";
/// What this test needs besides, to await ends.
const TASKS: &str = "--features=tokio";

/// This very test.
pub(crate) fn this_program() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let program =
        PROGRAM.get_or_init(|| build(&["test", "--no-run", "--package", "ringgen", "--test", "crash", TASKS]));
    let mut program = Command::new(program);
    program.args(subject::CHILD);
    program
}

/// The peer for Node.
pub(crate) fn node_program() -> Command {
    static PROJECT: OnceLock<PathBuf> = OnceLock::new();
    let project = PROJECT.get_or_init(|| {
        let addon = build(&["build", "--package", "ringgen-node"]);
        let project = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crash-watched");
        let _ = fs::remove_dir_all(&project);
        let package = project.join("node_modules/ringgen");
        copy_all(&common::node_package().join("dist"), &package.join("dist"));
        copy(&common::node_package().join("package.json"), &package);
        copy(&subject::node_project().join("store.js"), &package.join("dist"));
        fs::copy(addon, package.join("ringgen.linux-x64-gnu.node")).expect("the addon was built");
        for file in ["package.json", "peer.js", "market.js"] {
            copy(&subject::node_project().join(file), &project);
        }
        project
    });
    common::node(&project.join("peer.js"))
}

/// Builds something with the feature, and says where cargo put it.
fn build(arguments: &[&str]) -> PathBuf {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).args(["--quiet", "--features", FEATURE, "--message-format", "json"]);
    cargo.current_dir(common::root()).env("CARGO_TARGET_DIR", common::target_dir());
    let output = cargo.output().expect("cargo runs");
    assert!(output.status.success(), "{cargo:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    let file = messages.lines().rev().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        let is_it = message["reason"] == "compiler-artifact"
            && (message["executable"].is_string() || message["target"]["kind"][0] == "cdylib");
        let files = message["filenames"].as_array().filter(|_| is_it)?;
        files.iter().filter_map(Value::as_str).find(|file| !file.ends_with(".d")).map(PathBuf::from)
    });
    file.expect("cargo says where it is")
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a fresh directory");
    for entry in fs::read_dir(from).expect("it is built") {
        copy(&entry.expect("it can be read").path(), to);
    }
}

/// Copies a file into a folder.
fn copy(from: &Path, to: &Path) {
    fs::copy(from, to.join(from.file_name().expect("it is a file"))).expect("a fresh directory");
}
