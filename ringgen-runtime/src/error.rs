//! What can go wrong: one enum an operation, with the facts in its variants.
//!
//! Every error has a [`code`](AttachError::code): the name it has in all languages. It is an exception class in
//! Python and the `code` of an error in TypeScript.

use std::fmt;
use std::io;
use std::path::PathBuf;

use ringgen_layout::ring::GeometryError;

pub use crate::reason::{Corruption, Defect, LayoutMismatch, NameError, Refusal, Unsupported};
use crate::role::Role;

/// Why a ring was not created.
#[derive(Debug)]
#[non_exhaustive]
pub enum CreateError {
    /// There is a file of that name already.
    AlreadyExists {
        /// The file.
        path: PathBuf,
    },
    /// The name can't be one.
    InvalidName(NameError),
    /// There can be no ring of that capacity, or for that message.
    InvalidGeometry(GeometryError),
    /// The first position is above 2⁶¹.
    InvalidPosition(u64),
    /// The directory is not one to put rings into.
    Refused {
        /// The directory.
        path: PathBuf,
        /// Why.
        reason: Refusal,
    },
    /// The operating system said no.
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What it said.
        error: io::Error,
    },
}

/// Why a ring was not attached.
#[derive(Debug)]
#[non_exhaustive]
pub enum AttachError {
    /// There is no such ring.
    NotFound {
        /// The file that was looked for.
        path: PathBuf,
    },
    /// The name can't be one.
    InvalidName(NameError),
    /// The ring carries another message than the one expected here.
    LayoutMismatch(Box<LayoutMismatch>),
    /// The file is no ring, or a damaged one.
    NotARing {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        defect: Defect,
    },
    /// The ring needs a newer ringgen, or another kind of machine.
    UnsupportedFormat {
        /// The file.
        path: PathBuf,
        /// What is not supported.
        what: Unsupported,
    },
    /// The ring was made before the machine started: whoever used it is gone.
    Stale {
        /// The file.
        path: PathBuf,
    },
    /// The file is not safe to share memory by.
    Refused {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        reason: Refusal,
    },
    /// The operating system said no.
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What it said.
        error: io::Error,
    },
}

/// Why a ring was neither attached nor created.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// There is one, and it can't be attached.
    Attach(AttachError),
    /// There is none, and it can't be created.
    Create(CreateError),
}

/// Why a role was not claimed.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClaimError {
    /// A living process holds it.
    RoleTaken {
        /// The role.
        role: Role,
        /// The process that holds it, as it says itself.
        pid: u64,
    },
    /// The stream has been ended by its producer, for good.
    Closed,
    /// The ring's file is no longer there, or is another ring by now.
    NotFound {
        /// Where it was.
        path: PathBuf,
    },
    /// The control words of the ring contradict each other.
    Corrupt(Corruption),
    /// The operating system said no.
    Io {
        /// What was tried.
        action: &'static str,
        /// What it said.
        error: io::Error,
    },
}

/// Why a message was not pushed at once; what was to be pushed is handed back.
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TryPushError<T> {
    /// There is no room now.
    Full(T),
    /// The consumer's words are nonsense: nothing more can be pushed by this handle.
    Corrupt(T, Corruption),
    /// The handle came over a `fork`: the role stays with the parent.
    Forked(T),
}

/// Why nothing was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushError {
    /// No room within the time given.
    Timeout,
    /// The ring is full and its consumer has died. Push again to wait for a successor.
    PeerDied(Peer),
    /// The ring is full and its consumer has given its role back. Push again to wait for a successor.
    Detached,
    /// The consumer's words are nonsense: nothing more can be pushed by this handle.
    Corrupt(Corruption),
    /// The handle came over a `fork`: the role stays with the parent.
    Forked,
}

/// Why nothing was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PopError {
    /// No message within the time given.
    Timeout,
    /// The ring is empty and its producer has died. Pop again to wait for a successor.
    PeerDied(Peer),
    /// The producer's words are nonsense: nothing more can be taken by this handle.
    Corrupt(Corruption),
    /// The handle came over a `fork`: the role stays with the parent.
    Forked,
}

/// The process on the other side of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Its process id, as it said itself.
    pub pid: u64,
    /// Which claim of the role it was, from 1.
    pub epoch: u64,
}

macro_rules! codes {
    ($($error:ident $(<$generic:ident>)? { $($pattern:pat => $code:expr,)* })*) => { $(
        impl $(<$generic>)? $error $(<$generic>)? {
            /// The name of this error in every language.
            pub fn code(&self) -> &'static str {
                match self { $($pattern => $code,)* }
            }
        }
    )* };
}

codes! {
    CreateError {
        Self::AlreadyExists { .. } => "AlreadyExists",
        Self::InvalidName(_) | Self::InvalidGeometry(_) | Self::InvalidPosition(_) => "InvalidArgument",
        Self::Refused { .. } => "Refused",
        Self::Io { .. } => "Io",
    }
    AttachError {
        Self::NotFound { .. } => "NotFound",
        Self::InvalidName(_) => "InvalidArgument",
        Self::LayoutMismatch(_) => "LayoutMismatch",
        Self::NotARing { .. } => "NotARing",
        Self::UnsupportedFormat { .. } => "UnsupportedFormat",
        Self::Stale { .. } => "Stale",
        Self::Refused { .. } => "Refused",
        Self::Io { .. } => "Io",
    }
    OpenError {
        Self::Attach(error) => error.code(),
        Self::Create(error) => error.code(),
    }
    ClaimError {
        Self::RoleTaken { .. } => "RoleTaken",
        Self::Closed => "Closed",
        Self::NotFound { .. } => "NotFound",
        Self::Corrupt(_) => "Corrupt",
        Self::Io { .. } => "Io",
    }
    TryPushError<T> {
        Self::Full(_) => "Full",
        Self::Corrupt(..) => "Corrupt",
        Self::Forked(_) => "Forked",
    }
    PushError {
        Self::Timeout => "Timeout",
        Self::PeerDied(_) => "PeerDied",
        Self::Detached => "Detached",
        Self::Corrupt(_) => "Corrupt",
        Self::Forked => "Forked",
    }
    PopError {
        Self::Timeout => "Timeout",
        Self::PeerDied(_) => "PeerDied",
        Self::Corrupt(_) => "Corrupt",
        Self::Forked => "Forked",
    }
}

impl<T> TryPushError<T> {
    /// The message that was not pushed.
    pub fn into_message(self) -> T {
        match self {
            Self::Full(message) | Self::Corrupt(message, _) | Self::Forked(message) => message,
        }
    }
}

impl fmt::Display for CreateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyExists { path } => {
                write!(f, "there is a ring at {} already: attach to it, or remove it first", path.display())
            }
            Self::InvalidName(error) => error.fmt(f),
            Self::InvalidGeometry(GeometryError::Capacity(capacity)) => {
                write!(f, "a capacity of {capacity} messages is no power of two: ")?;
                match capacity.checked_next_power_of_two() {
                    Some(next) => write!(f, "take {next}"),
                    None => f.write_str("take a smaller one"),
                }
            }
            Self::InvalidGeometry(GeometryError::Payload { size, align }) => {
                write!(f, "a message of {size} bytes aligned to {align} can't lie in a ring")
            }
            Self::InvalidGeometry(GeometryError::PageSize(size)) => {
                write!(f, "a page size of {size} bytes is no power of two from 4096 on")
            }
            Self::InvalidGeometry(GeometryError::Schema(size)) => {
                write!(f, "the canonical schema has {size} bytes; 1 MiB is the limit")
            }
            Self::InvalidGeometry(_) => f.write_str("the ring would be larger than a file can be: lower the capacity"),
            Self::InvalidPosition(position) => write!(f, "a ring can't start at {position}: 2^61 is the limit"),
            Self::Refused { path, reason } => refused(f, path, *reason),
            Self::Io { path, action, error } => write!(f, "can't {action} {}: {error}", path.display()),
        }
    }
}

impl fmt::Display for AttachError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { path } => write!(
                f,
                "there is no ring at {}: start the process that creates it, or look at RINGGEN_DIR in both",
                path.display()
            ),
            Self::InvalidName(error) => error.fmt(f),
            Self::LayoutMismatch(mismatch) => mismatch.fmt(f),
            Self::NotARing { path, defect } => write!(f, "{} is no usable ring: {defect}", path.display()),
            Self::UnsupportedFormat { path, what } => write!(f, "{} can't be used here: {what}", path.display()),
            Self::Stale { path } => write!(
                f,
                "the ring at {} was made before this machine started, its users are gone: `ringgen gc` removes it",
                path.display()
            ),
            Self::Refused { path, reason } => refused(f, path, *reason),
            Self::Io { path, action, error } => write!(f, "can't {action} {}: {error}", path.display()),
        }
    }
}

fn refused(f: &mut fmt::Formatter<'_>, path: &std::path::Path, reason: Refusal) -> fmt::Result {
    write!(f, "{} is not safe to share memory by: {reason}", path.display())
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attach(error) => error.fmt(f),
            Self::Create(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RoleTaken { role, pid } => {
                write!(f, "the ring has a {role} already, process {pid}: end it, or use another ring")
            }
            Self::Closed => f.write_str("the ring's producer has ended the stream: create a new ring"),
            Self::NotFound { path } => {
                write!(f, "the ring's file at {} is gone or is another ring by now: attach again", path.display())
            }
            Self::Corrupt(corruption) => corrupt(f, corruption),
            Self::Io { action, error } => write!(f, "can't {action}: {error}"),
        }
    }
}

fn corrupt(f: &mut fmt::Formatter<'_>, corruption: &Corruption) -> fmt::Result {
    write!(f, "the ring is corrupt: {corruption}; remove it and create it anew")
}

const FULL: &str = "the ring is full";
const FORKED: &str = "this handle came over a fork, and its role stays with the parent: claim a role in the child";

impl<T> fmt::Debug for TryPushError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("Full(..)"),
            Self::Corrupt(_, corruption) => write!(f, "Corrupt(.., {corruption:?})"),
            Self::Forked(_) => f.write_str("Forked(..)"),
        }
    }
}

impl<T> fmt::Display for TryPushError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str(FULL),
            Self::Corrupt(_, corruption) => corrupt(f, corruption),
            Self::Forked(_) => f.write_str(FORKED),
        }
    }
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("the ring stayed full for the time given"),
            Self::PeerDied(peer) => {
                write!(f, "{FULL} and its consumer, process {}, has died: push again to wait for a new one", peer.pid)
            }
            Self::Detached => {
                write!(f, "{FULL} and its consumer has detached: push again to wait for a new one")
            }
            Self::Corrupt(corruption) => corrupt(f, corruption),
            Self::Forked => f.write_str(FORKED),
        }
    }
}

impl fmt::Display for PopError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("no message came within the time given"),
            Self::PeerDied(peer) => write!(
                f,
                "the ring is empty and its producer, process {}, has died: pop again to wait for a new one",
                peer.pid
            ),
            Self::Corrupt(corruption) => corrupt(f, corruption),
            Self::Forked => f.write_str(FORKED),
        }
    }
}

impl std::error::Error for CreateError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl std::error::Error for AttachError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Attach(error) => std::error::Error::source(error),
            Self::Create(error) => std::error::Error::source(error),
        }
    }
}

impl std::error::Error for ClaimError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl<T> std::error::Error for TryPushError<T> {}
impl std::error::Error for PushError {}
impl std::error::Error for PopError {}
