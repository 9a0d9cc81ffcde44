//! From paths to plans, or to everything that is wrong.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ringgen_schema::backend::Backend;
use ringgen_schema::files::{self, GeneratedFile};
use ringgen_schema::lock::Locks;
use ringgen_schema::plan::Plan;
use ringgen_schema::suggest::Declarations;
use ringgen_schema::{Compiler, Report, Source, Sources};

use crate::error::Error;

/// Schemas that were read and compiled.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Inputs {
    /// The plans of schemas without findings, in the order of the paths.
    pub plans: Vec<Plan>,
    /// Where each of the plans comes from.
    pub paths: Vec<PathBuf>,
    /// How many schemas have findings, or import some that have.
    pub bad: usize,
    /// All findings, if there are any.
    pub report: Option<Report>,
    /// Every file that was read, imports and locks too.
    pub sources: Sources,
    /// Where imports and locks were looked for and not found.
    pub missing: BTreeSet<PathBuf>,
    /// How the files declare their types.
    pub declarations: Declarations,
}

impl Inputs {
    /// Reads and compiles the schemas that these paths name: files, or folders, which stand for every `*.toml` in
    /// them. A file that is named twice is taken once. Imports are looked for in `folders` too. A schema is held to the
    /// `ringgen.lock` beside it, if there is one.
    ///
    /// # Errors
    /// If one of the paths can't be read, or is a folder without a schema. Mistakes in schemas are no errors here.
    pub fn read(paths: &[PathBuf], folders: &[PathBuf]) -> Result<Self, Error> {
        Inputs::read_with(paths, folders, Locks::Held)
    }

    /// As [`Inputs::read`], and says what to make of the `ringgen.lock` beside a schema.
    ///
    /// # Errors
    /// As of [`Inputs::read`].
    pub fn read_with(paths: &[PathBuf], folders: &[PathBuf], locks: Locks) -> Result<Self, Error> {
        let mut inputs = Inputs::default();
        let (mut seen, mut roots, mut sources) = (Vec::new(), Vec::new(), Vec::new());
        for path in expand(paths)? {
            let identity = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
            if seen.contains(&identity) {
                continue;
            }
            seen.push(identity);
            sources.push(Source::read(&path).map_err(|error| Error::Read { path: path.clone(), error })?);
            roots.push(path);
        }
        let compiler = folders.iter().fold(Compiler::new().locks(locks), Compiler::include);
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
        inputs.missing = compilation.missing;
        inputs.declarations = compilation.declarations;
        Ok(inputs)
    }

    /// How many findings there are in all schemas together.
    pub fn finding_count(&self) -> usize {
        self.report.as_ref().map_or(0, |report| report.findings().len())
    }

    /// Every file that was read, in order.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self.sources.files().iter().map(|source| PathBuf::from(source.name())).collect();
        files.sort();
        files
    }

    /// Prints every plan in these languages.
    ///
    /// # Errors
    /// If two schemas have one package.
    pub fn generate(&self, backends: &[&dyn Backend]) -> Result<Vec<GeneratedFile>, Error> {
        files::generate(&self.plans, backends).map_err(|same| Error::SamePackage {
            schemas: [same.first, same.second].map(|index| self.paths[index].clone()),
            package: same.package,
        })
    }
}

/// The files that paths stand for, those of a folder sorted by name.
fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(schemas_in(path)?);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn schemas_in(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |error| Error::Read { path: folder.to_path_buf(), error };
    let mut inside = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let is_hidden = file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !is_hidden && file.extension().is_some_and(|extension| extension == "toml") && !file.is_dir() {
            inside.push(file);
        }
    }
    if inside.is_empty() {
        return Err(Error::NoSchema { folder: folder.to_path_buf() });
    }
    inside.sort();
    Ok(inside)
}
