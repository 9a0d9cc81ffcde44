//! V8 as a witness: `facts.ts` is compiled with `generated/typescript`, imports it and looks at it.

use std::process::Command;

use crate::facts::{self, Said, Set};
use crate::{common, question};

/// Compiles the program with the generated modules, and runs it.
pub(crate) fn ask(set: &Set) -> Said {
    let mut files = vec![("facts.ts".to_string(), common::text("tests/hosts/facts.ts"))];
    for plan in &set.plans {
        let name = format!("{}.ts", plan.package);
        let text = set.text(&format!("typescript/{name}"));
        files.push((name, text));
    }
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let project = common::node_project(&files);
    let question = project.path().join("question.json");
    std::fs::write(&question, question::of(&set.plans, |names| &names.typescript)).expect("a fresh directory");
    facts::said(Command::new("node").arg(project.path().join("facts.js")).arg(&question))
}
