//! Repositories of git, made and changed by the real one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Run, command};

/// A repository in a folder of its own.
pub(crate) struct Repository(TempDir);

impl Repository {
    /// Without a commit.
    pub(crate) fn new() -> Self {
        let repository = Repository(tempfile::tempdir().unwrap());
        repository.git("init -q").expect("git makes repositories");
        repository
    }

    /// A path in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    /// Writes a file and commits it, with all else that changed.
    pub(crate) fn commit(&self, name: &str, text: &str) {
        self.write(name, text);
        self.git("add .").unwrap();
        self.git("commit -qm change").unwrap();
    }

    /// Runs git; what it says if it fails.
    pub(crate) fn git(&self, line: &str) -> Result<(), String> {
        let mut git = Command::new("git");
        envs(&mut git);
        let output = git.args(line.split_whitespace()).current_dir(self.0.path()).output().expect("there is git");
        let said = || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if output.status.success() { Ok(()) } else { Err(said()) }
    }

    /// Runs the binary in a folder of it.
    pub(crate) fn ringgen(&self, folder: &str, line: &str) -> Run {
        Run::of(command(line.split_whitespace()).current_dir(self.path(folder)).output().unwrap())
    }

    /// Where it is.
    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }
}

/// The environment of the binary, which has what git asks for.
fn envs(git: &mut Command) {
    for (name, value) in command([""; 0]).get_envs() {
        match value {
            Some(value) => git.env(name, value),
            None => git.env_remove(name),
        };
    }
}
