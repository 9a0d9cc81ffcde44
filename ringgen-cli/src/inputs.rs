//! From paths on the command line to plans, or to everything that is wrong.

use std::fs;
use std::path::{Path, PathBuf};

use ringgen_schema::plan::Plan;
use ringgen_schema::{Compiler, Report, Source, Sources};

use crate::output::Failure;

/// Schemas that were read and compiled.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// The plans of schemas without findings, in the order of the paths.
    pub(crate) plans: Vec<Plan>,
    /// Where each of the plans comes from.
    pub(crate) paths: Vec<PathBuf>,
    /// How many schemas have findings, or import some that have.
    pub(crate) bad: usize,
    /// All findings, if there are any.
    pub(crate) report: Option<Report>,
    /// Every file that was read, imports too.
    pub(crate) sources: Sources,
}

impl Inputs {
    /// Reads and compiles the schemas that these paths name: files, or folders, which stand for every `*.toml` in
    /// them. A file that is named twice is taken once. Imports are looked for in `folders` too.
    pub(crate) fn read(paths: &[PathBuf], folders: &[PathBuf]) -> Result<Self, Failure> {
        let mut inputs = Inputs::default();
        let (mut seen, mut roots, mut sources) = (Vec::new(), Vec::new(), Vec::new());
        for path in expand(paths)? {
            let identity = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
            if seen.contains(&identity) {
                continue;
            }
            seen.push(identity);
            sources.push(Source::read(&path).map_err(|error| unreadable(&path, &error))?);
            roots.push(path);
        }
        let compiler = folders.iter().fold(Compiler::new(), Compiler::include);
        let compilation = compiler.compile(sources);
        for (plan, path) in compilation.plans.into_iter().zip(roots) {
            match plan {
                Some(plan) => {
                    inputs.plans.push(plan);
                    inputs.paths.push(path);
                }
                None => inputs.bad += 1,
            }
        }
        inputs.report = compilation.report;
        inputs.sources = compilation.sources;
        Ok(inputs)
    }

    /// How many findings there are in all schemas together.
    pub(crate) fn finding_count(&self) -> usize {
        self.report.as_ref().map_or(0, |report| report.findings().len())
    }
}

/// The files that paths stand for, those of a folder sorted by name.
fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
            let file = entry.map_err(|error| unreadable(path, &error))?.path();
            let is_hidden = file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
            if !is_hidden && file.extension().is_some_and(|extension| extension == "toml") && !file.is_dir() {
                inside.push(file);
            }
        }
        if inside.is_empty() {
            let failure = Failure::new(format_args!("there is no schema in `{}`", path.display()));
            return Err(failure.help("a folder stands for every *.toml in it, not for folders inside it"));
        }
        inside.sort();
        files.append(&mut inside);
    }
    Ok(files)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format_args!("can't read `{}`: {error}", path.display()))
}
