//! What a session wants to know of: the files that it read or looked for, and the folders that schemas may come to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use ringgen_build::Inputs;

use crate::args::SourceArgs;

/// Files and folders as the kernel calls them, each with the name that the user gave it.
#[derive(Debug, Default)]
pub(super) struct Interest {
    files: BTreeMap<PathBuf, String>,
    folders: BTreeMap<PathBuf, PathBuf>,
}

impl Interest {
    /// What these arguments name, and what was read because of them.
    pub(super) fn new(sources: &SourceArgs, inputs: Option<&Inputs>) -> Self {
        let mut interest = Interest::default();
        for path in &sources.paths {
            if path.is_dir() {
                interest.folders.insert(real(path), path.clone());
            } else {
                interest.file(path);
            }
        }
        for path in inputs.iter().flat_map(|inputs| inputs.files()) {
            interest.file(&path);
        }
        for path in inputs.iter().flat_map(|inputs| &inputs.missing) {
            interest.file(path);
        }
        interest
    }

    fn file(&mut self, path: &Path) {
        let name = path.display().to_string();
        // Where a link leads, and the link.
        self.files.insert(real(path), name.clone());
        self.files.insert(in_real_folder(path), name);
    }

    /// The folders to watch: of each file the one it is in, or the nearest above that is there.
    pub(super) fn folders(&self) -> BTreeSet<PathBuf> {
        let of_files = self.files.keys().filter_map(|file| file.parent());
        let all = of_files.chain(self.folders.keys().map(PathBuf::as_path));
        all.filter_map(|folder| folder.ancestors().find(|folder| folder.is_dir())).map(Path::to_path_buf).collect()
    }

    /// What the user calls what happened, if it matters here.
    pub(super) fn name(&self, path: &Path) -> Option<String> {
        if let Some(name) = self.files.get(path) {
            return Some(name.clone());
        }
        let (folder, name) = (path.parent()?, path.file_name()?);
        let is_schema = path.extension().is_some_and(|extension| extension == "toml");
        if let Some(folder) =
            self.folders.get(folder).filter(|_| is_schema && !name.as_encoded_bytes().starts_with(b"."))
        {
            return Some(folder.join(name).display().to_string());
        }
        // A folder that something of interest is in, or would be.
        let mut wanted = self.files.keys().chain(self.folders.keys());
        wanted.any(|wanted| wanted.starts_with(path)).then(|| shown(path))
    }
}

/// What a folder is called from here.
fn shown(path: &Path) -> String {
    let here = env::current_dir().ok();
    here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path).display().to_string()
}

/// The path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| in_real_folder(path))
}

/// The path with its folder without links, as far as that is there.
fn in_real_folder(path: &Path) -> PathBuf {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return path.to_path_buf() };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    real(folder).join(name)
}
