//! Generated files on disk: only those that change are written, and all of them or none.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ringgen_schema::files::GeneratedFile;
use tempfile::NamedTempFile;

use crate::error::Error;

/// A file that is not what the schema says.
#[derive(Debug)]
#[non_exhaustive]
pub struct Stale<'a> {
    /// Where it is, or should be.
    pub path: PathBuf,
    /// What is there.
    pub found: Option<Vec<u8>>,
    /// What should be there.
    pub text: &'a str,
}

/// The files below `folder` that are missing or have other contents.
///
/// # Errors
/// If one that is there can't be read.
pub fn compare<'a>(files: &'a [GeneratedFile], folder: &Path) -> Result<Vec<Stale<'a>>, Error> {
    let mut stale = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        let found = match fs::read(&path) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(Error::Read { path, error }),
        };
        if found.as_deref() != Some(file.text.as_bytes()) {
            stale.push(Stale { path, found, text: &file.text });
        }
    }
    Ok(stale)
}

/// Writes all that is stale: first everything beside its place, then everything into place, so that a full disk leaves
/// what was there.
///
/// # Errors
/// If one of them can't be written.
pub fn write(stale: &[Stale<'_>]) -> Result<(), Error> {
    let failed = |path: &Path, error| Error::Write { path: path.to_path_buf(), error };
    let mut written = Vec::new();
    for Stale { path, text, .. } in stale {
        written.push(write_beside(path, text).map_err(|error| failed(path, error))?);
    }
    for (temporary, Stale { path, .. }) in written.into_iter().zip(stale) {
        temporary.persist(path).map_err(|error| failed(path, error.error))?;
    }
    Ok(())
}

/// Writes one file, whole or not at all.
///
/// # Errors
/// If that can't be done.
pub fn put(path: &Path, text: &str) -> io::Result<()> {
    write_beside(path, text)?.persist(path)?;
    Ok(())
}

/// Writes a file beside the place that it is meant for, on the same file system. Gone when dropped.
///
/// # Errors
/// If that can't be done.
pub fn write_beside(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Readable as any new file is, as far as the umask lets it be.
    let permissions = Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new().prefix(".ringgen-").permissions(permissions).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}
