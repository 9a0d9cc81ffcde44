//! ctypes and numpy as witnesses: `facts.py` imports `generated/python` and looks at it.

use std::process::Command;

use crate::facts::{self, Said, Set};
use crate::{common, question};

/// Runs the program over the generated modules.
pub(crate) fn ask(set: &Set) -> Said {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let question = folder.path().join("question.json");
    std::fs::write(&question, question::of(&set.plans, |names| &names.python)).expect("a fresh directory");
    let mut python = Command::new(common::python());
    python
        .args(["-W", "ignore::DeprecationWarning"])
        .arg(common::root().join("tests/hosts/facts.py"))
        .arg(&question)
        .arg(set.generated("python"));
    facts::said(python.env("PYTHONDONTWRITEBYTECODE", "1"))
}
