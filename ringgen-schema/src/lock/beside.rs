//! The locks that lie beside the schemas of a compilation, each read once.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::{Lock, Versions, beside, read};
use crate::codes;
use crate::compile::Loader;
use crate::diagnostic::{Finding, Findings};
use crate::source::{Source, Sources};

/// What a compilation makes of the `ringgen.lock` beside a schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locks {
    /// It is not read.
    #[default]
    Ignored,
    /// It tells which bytes were reserved once, so that a field may lie in them in front of older ones.
    Read,
    /// As [`Locks::Read`], and a schema that lays out a recorded version in another way is refused.
    Held,
}

/// The locks by their paths.
#[derive(Debug, Default)]
pub(crate) struct LockFiles(BTreeMap<PathBuf, Found>);

#[derive(Debug)]
enum Found {
    Nothing,
    /// One that can't be read, which is reported.
    Broken,
    Lock(Lock),
}

impl LockFiles {
    /// Reads the lock beside a schema if that was not done yet; where it was looked for and is not.
    pub(crate) fn read(
        &mut self,
        schema: &Path,
        loader: &dyn Loader,
        sources: &mut Sources,
        findings: &mut Findings,
    ) -> Option<PathBuf> {
        let path = beside(schema);
        if self.0.contains_key(&path) {
            return None;
        }
        let name = loader.name(&path);
        let found = match loader.load(&path) {
            Ok(bytes) => {
                let source = Source::from_bytes(name, bytes);
                let base = sources.add(source.clone());
                read::read(&source, base, findings).map_or(Found::Broken, Found::Lock)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Nothing,
            Err(error) => {
                let base = sources.add(Source::new(name.as_str(), ""));
                let finding = Finding::new(&codes::R043, &(base..base), format!("{name} can't be read: {error}"));
                findings.push(finding.help("let it be read, or remove it"));
                Found::Broken
            }
        };
        let missing = matches!(found, Found::Nothing).then(|| path.clone());
        self.0.insert(path, found);
        missing
    }

    /// Whether the lock beside a schema can't be read.
    pub(crate) fn is_broken(&self, schema: &Path) -> bool {
        matches!(self.0.get(&beside(schema)), Some(Found::Broken))
    }

    /// The recorded versions of a package whose schema is this one.
    pub(crate) fn versions(&self, schema: &Path, package: &str) -> Option<&Versions> {
        match self.0.get(&beside(schema))? {
            Found::Lock(lock) => lock.versions(package),
            Found::Nothing | Found::Broken => None,
        }
    }
}
