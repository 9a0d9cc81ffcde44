//! Running the binary, and comparing what it prints with what it printed before.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a run printed and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// What a program that ended printed.
    pub(crate) fn of(output: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        let status = output.status.code().expect("the program was not killed");
        Run { status, stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Its standard output, if it ended with `status` and complained about nothing.
    #[track_caller]
    pub(crate) fn stdout_of(self, status: i32) -> String {
        assert_eq!((self.status, self.stderr.as_str()), (status, ""), "{}", self.stdout);
        self.stdout
    }

    /// Its standard error, if it ended with `status` and printed nothing else.
    #[track_caller]
    pub(crate) fn stderr_of(self, status: i32) -> String {
        assert_eq!((self.status, self.stdout.as_str()), (status, ""), "{}", self.stderr);
        self.stderr
    }
}

/// The binary, in the folder of test schemas, free of whatever the environment says of colours, widths and git.
pub(crate) fn command<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringgen"));
    command.args(arguments).current_dir(data()).env("COLUMNS", "100");
    for name in ["CI", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RINGGEN_DIR"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm-256color");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    for name in ["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"] {
        command.env(name, "/dev/null");
    }
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "You").env(format!("GIT_{who}_EMAIL"), "you@example.com");
    }
    command
}

/// Runs the binary with arguments as they are typed, separated by blanks.
pub(crate) fn ringgen(line: &str) -> Run {
    run(line.split_whitespace())
}

/// Runs the binary.
pub(crate) fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    Run::of(command(arguments).output().expect("the binary starts"))
}

/// The folder of test schemas.
pub(crate) fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

/// Whether goldens are to be written and not compared.
pub(crate) fn is_blessing() -> bool {
    std::env::var_os("RINGGEN_BLESS").is_some_and(|value| value == "1")
}

/// Compares with `tests/golden/<name>`.
#[track_caller]
pub(crate) fn golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if is_blessing() {
        fs::write(&path, actual).expect("the golden can be written");
        return;
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{name} differs; RINGGEN_BLESS=1 accepts it\n{}", diff(&expected, actual));
}

/// A unified diff.
pub(crate) fn diff(expected: &str, actual: &str) -> String {
    similar::TextDiff::from_lines(expected, actual).unified_diff().header("expected", "actual").to_string()
}
