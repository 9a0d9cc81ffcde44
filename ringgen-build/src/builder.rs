//! What a build script asks for.

use std::collections::BTreeSet;
use std::env;
use std::path::PathBuf;

use ringgen_schema::backend::{BACKENDS, Backend, IncludedRust};

use crate::error::Error;
use crate::inputs::Inputs;
use crate::write;

/// Schemas to generate from, languages to generate, and where to.
///
/// ```no_run
/// # fn main() -> Result<(), ringgen_build::Error> {
/// // Rust for this crate, and headers for the C code that it builds.
/// let builder = ringgen_build::Builder::new().schema("schemas").include("../common/schemas");
/// builder.clone().generate()?;
/// builder.languages(["c"]).out_dir("include").generate()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "nothing happens until `generate`"]
pub struct Builder {
    schemas: Vec<PathBuf>,
    folders: Vec<PathBuf>,
    out: Option<PathBuf>,
    languages: Vec<String>,
}

/// What was generated.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// Every file, up to date.
    pub files: Vec<PathBuf>,
    /// Those that had to be written for it.
    pub written: Vec<PathBuf>,
    /// Every file that was read: schemas, what they import, and the `ringgen.lock` beside them.
    pub schemas: Vec<PathBuf>,
}

impl Builder {
    /// Generates nothing yet.
    pub fn new() -> Self {
        Builder::default()
    }

    /// Adds a schema, or a folder, which stands for every `*.toml` in it. Relative to the folder of `Cargo.toml`, where
    /// build scripts run.
    pub fn schema(mut self, path: impl Into<PathBuf>) -> Self {
        self.schemas.push(path.into());
        self
    }

    /// Looks for imports in this folder too, behind those that were added before.
    pub fn include(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// Writes to `<folder>/<language>/<package>.<extension>`, by default to cargo's `OUT_DIR`.
    ///
    /// Rust in `OUT_DIR` is for `include!` in a module; in a folder of your own it is a module by itself.
    pub fn out_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out = Some(folder.into());
        self
    }

    /// Generates these languages, named as `ringgen generate --lang` names them; by default `rust` alone.
    pub fn languages<L: Into<String>>(mut self, languages: impl IntoIterator<Item = L>) -> Self {
        self.languages = languages.into_iter().map(Into::into).collect();
        self
    }

    /// Generates what changed. In a build script, tells cargo which files to run it again for.
    ///
    /// # Errors
    /// If a schema has mistakes, or can't be read; then nothing is written. If a file can't be written.
    pub fn generate(&self) -> Result<Generated, Error> {
        let for_cargo = env::var_os("OUT_DIR").map(PathBuf::from);
        let backends = self.backends()?;
        let out = self.out.as_ref().or(for_cargo.as_ref()).ok_or(Error::NoOutDir)?;
        let inputs = Inputs::read(&self.schemas, &self.folders);
        if for_cargo.is_some() {
            // A folder, for schemas that come to be in it; a file that can't be read, for the day on which it can.
            let read = inputs.as_ref().map(Inputs::files).unwrap_or_default();
            for path in self.schemas.iter().cloned().chain(read).collect::<BTreeSet<PathBuf>>() {
                println!("cargo::rerun-if-changed={}", path.display());
            }
        }
        let mut inputs = inputs?;
        if let Some(report) = inputs.report.take() {
            return Err(Error::Findings(Box::new(report)));
        }
        let generated = inputs.generate(&backends)?;
        let stale = write::compare(&generated, out)?;
        write::write(&stale)?;
        Ok(Generated {
            files: generated.iter().map(|file| out.join(&file.path)).collect(),
            written: stale.into_iter().map(|stale| stale.path).collect(),
            schemas: inputs.files(),
        })
    }

    fn backends(&self) -> Result<Vec<&'static dyn Backend>, Error> {
        let find = |language: &str| match language {
            "rust" if self.out.is_none() => Ok(&IncludedRust as &dyn Backend),
            _ => find(language),
        };
        match self.languages[..] {
            [] => Ok(vec![find("rust")?]),
            _ => self.languages.iter().map(|language| find(language)).collect(),
        }
    }
}

/// The backend of a language.
fn find(language: &str) -> Result<&'static dyn Backend, Error> {
    BACKENDS.iter().copied().find(|backend| backend.language() == language).ok_or_else(|| Error::UnknownLanguage {
        language: language.to_string(),
        known: BACKENDS.iter().map(|backend| backend.language()).collect(),
    })
}
