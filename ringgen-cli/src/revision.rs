//! Schemas of other revisions, and what they import there: `HEAD:schemas/market.toml`, by asking git.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use ringgen_schema::{Compiler, Loader, Source, normalized};

use crate::output::Failure;

/// A revision of the repository around here.
#[derive(Debug)]
pub(crate) struct Revision {
    /// As the user names it; empty for the index.
    name: String,
    /// Where here is, from the top of the repository.
    here: PathBuf,
    /// The top of the working tree, if there is one.
    top: Option<PathBuf>,
}

/// A schema file, wherever it is.
pub(crate) struct Located {
    /// The schema.
    pub(crate) source: Source,
    /// The revision that it is of; none if it is on disk.
    revision: Option<Arc<Revision>>,
}

/// Finds a schema: the file that is called so, or else `REV:PATH`.
pub(crate) fn locate(argument: &Path) -> Result<Located, Failure> {
    let named = argument.to_str().and_then(|text| text.split_once(':'));
    let Some((name, path)) = named.filter(|_| !argument.exists()) else {
        let source = Source::read(argument).map_err(|error| {
            let failure = Failure::new(format_args!("can't read `{}`: {error}", argument.display()));
            failure.help("write a file, or one of another revision: `HEAD:schemas/market.toml`")
        })?;
        return Ok(Located { source, revision: None });
    };
    let revision = Revision::find(name)?;
    let is_from_here = path.starts_with("./") || path.starts_with("../");
    let path = normalized(&if is_from_here { revision.here.join(path) } else { PathBuf::from(path) });
    let bytes = revision.blob(&path).map_err(|error| revision.missing(&path, &error))?;
    let source = Source::from_bytes(revision.called(&path), bytes).at(path);
    Ok(Located { source, revision: Some(Arc::new(revision)) })
}

impl Located {
    /// A compiler that reads what the schema imports from where it is itself.
    pub(crate) fn compiler(&self, folders: &[PathBuf]) -> Compiler {
        match &self.revision {
            None => folders.iter().fold(Compiler::new(), Compiler::include),
            Some(revision) => {
                let compiler = Compiler::new().loader(InRevision(Arc::clone(revision)));
                folders.iter().map(|folder| revision.folder(folder)).fold(compiler, Compiler::include)
            }
        }
    }
}

struct InRevision(Arc<Revision>);

impl Loader for InRevision {
    fn load(&self, path: &Path) -> io::Result<Vec<u8>> {
        // What lies outside of the repository has no revisions.
        if path.is_absolute() { std::fs::read(path) } else { self.0.blob(path) }
    }

    fn name(&self, path: &Path) -> String {
        if path.is_absolute() { path.display().to_string() } else { self.0.called(path) }
    }
}

impl Revision {
    fn find(name: &str) -> Result<Self, Failure> {
        let here = git(["rev-parse", "--show-prefix"]).map_err(|error| {
            let failure = Failure::new(format_args!("can't run git, which knows the revision `{name}`: {error}"));
            failure.help("install git, or write two files")
        })?;
        if !here.status.success() {
            let said = String::from_utf8_lossy(&here.stderr);
            let said = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ").to_string();
            let failure = Failure::new(format_args!("`{name}:` names a revision, and git says: {said}"));
            return Err(failure.help("run it inside of the repository, or write two files"));
        }
        let line = |output: &Output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim_end_matches('\n'));
        let top = git(["rev-parse", "--show-toplevel"]).ok().filter(|output| output.status.success());
        let revision = Revision { name: name.to_string(), here: line(&here), top: top.as_ref().map(line) };
        // A name that begins so would be an option.
        let is_known =
            !name.starts_with('-') && (name.is_empty() || revision.object(&format!("{name}^{{tree}}")).is_some());
        if !is_known {
            let failure = Failure::new(format_args!("there is no revision `{name}`, and no file of that name"));
            return Err(failure.help("write a branch, tag or commit in front of the `:`"));
        }
        Ok(revision)
    }

    /// The id of what git finds by this name.
    fn object(&self, name: &str) -> Option<String> {
        let output = git(["rev-parse", "--verify", "--quiet", name]).ok()?;
        let id = String::from_utf8_lossy(&output.stdout).trim().to_string();
        output.status.success().then_some(id)
    }

    /// The contents of a file.
    fn blob(&self, path: &Path) -> io::Result<Vec<u8>> {
        let id = self.object(&self.called(path)).ok_or(io::ErrorKind::NotFound)?;
        let output = git(["cat-file", "blob", &id])?;
        if !output.status.success() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        Ok(output.stdout)
    }

    fn called(&self, path: &Path) -> String {
        format!("{}:{}", self.name, path.display())
    }

    fn missing(&self, path: &Path, error: &io::Error) -> Failure {
        let place = if self.name.is_empty() { "the index".to_string() } else { format!("`{}`", self.name) };
        if error.kind() != io::ErrorKind::NotFound {
            return Failure::new(format_args!("can't read `{}` in {place}: {error}", path.display()));
        }
        let failure = Failure::new(format_args!("there is no `{}` in {place}", path.display()));
        let from_here = normalized(&self.here.join(path));
        if self.object(&self.called(&from_here)).is_some() {
            let name = &self.name;
            return failure
                .help(format_args!("paths begin at the top of the repository: `{}`", self.called(&from_here)))
                .help(format_args!("or here, with `./` in front: `{name}:./{}`", path.display()));
        }
        failure
    }

    /// A folder on disk as one of the repository, if it lies in it.
    fn folder(&self, folder: &Path) -> PathBuf {
        let from_top = match &self.top {
            Some(top) if folder.is_absolute() => folder.strip_prefix(top).map(Path::to_path_buf).ok(),
            _ if folder.is_absolute() => None,
            _ => Some(normalized(&self.here.join(folder))).filter(|path| !path.starts_with("..")),
        };
        from_top.unwrap_or_else(|| std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf()))
    }
}

fn git<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> io::Result<Output> {
    Command::new("git").args(arguments).output()
}
