//! Why nothing was generated.

use std::fmt;
use std::io;
use std::path::PathBuf;

use ringgen_schema::Report;

/// Why nothing was generated. `Debug` prints it for people too, since that is what a `main` that returns it shows.
#[non_exhaustive]
pub enum Error {
    /// Schemas have mistakes.
    Findings(Box<Report>),
    /// A folder that was named has no schema in it.
    NoSchema {
        /// The folder.
        folder: PathBuf,
    },
    /// Two schemas have one package, whose files would overwrite each other.
    SamePackage {
        /// The name that both have.
        package: String,
        /// The schemas.
        schemas: [PathBuf; 2],
    },
    /// There is no language of this name.
    UnknownLanguage {
        /// What was asked for.
        language: String,
        /// What there is.
        known: Vec<&'static str>,
    },
    /// There is nowhere to write to: no folder was named, and cargo says none.
    NoOutDir,
    /// A file can't be read.
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// A file can't be written.
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Findings(report) => f.write_str(report.render(false).trim_end()),
            Error::NoSchema { folder } => write!(f, "there is no schema in `{}`", folder.display()),
            Error::SamePackage { package, schemas: [first, second] } => {
                write!(f, "`{}` and `{}` are both called `{package}`", first.display(), second.display())
            }
            Error::UnknownLanguage { language, known } => {
                write!(f, "there is no language `{language}`; there are {}", known.join(", "))
            }
            Error::NoOutDir => {
                f.write_str("there is no OUT_DIR outside of build scripts: name a folder with `out_dir`")
            }
            Error::Read { path, error } => write!(f, "can't read `{}`: {error}", path.display()),
            Error::Write { path, error } => write!(f, "can't write `{}`: {error}", path.display()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Error::Findings(_) = self {
            f.write_str("schemas have mistakes\n\n")?;
        }
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Read { error, .. } | Error::Write { error, .. } => Some(error),
            _ => None,
        }
    }
}
