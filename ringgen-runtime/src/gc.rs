//! Collecting what nobody uses any more: rings of an earlier boot, rings that were never finished, and, where the
//! owner asks for it, rings that nobody holds a role of.
//!
//! A file loses its name only while its collector holds the locks of all of its roles, and of its name. So nobody takes
//! part in it then; who claims a role a moment later finds that the name is gone, and says so.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::error::AttachError;
use crate::home::Home;
use crate::lock::{self, NameLock};
use crate::map;
use crate::name::{self, Location, Place, PlaceError};
use crate::observe::Observer;
use crate::options::RingOptions;
use crate::role::Role;
use crate::steps::{self, Step};
use crate::trace;

/// Removes rings that nobody uses any more, and says what it found.
///
/// Without more being asked for, that is what can't be used by anybody: rings from before the machine's last start,
/// and files of creators that died before their ring was finished.
///
/// ```no_run
/// # fn main() -> Result<(), ringgen_runtime::AttachError> {
/// use ringgen_runtime::Collector;
///
/// for found in Collector::new().dry_run(true).collect()? {
///     println!("{} {:?}", found.path.display(), found.state);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Collector {
    options: RingOptions,
    idle: bool,
    dry_run: bool,
}

/// A file that a [`Collector`] looked at.
#[derive(Debug)]
#[non_exhaustive]
pub struct Found {
    /// The file.
    pub path: PathBuf,
    /// How long it is.
    pub bytes: u64,
    /// What it was when it was looked at.
    pub state: FoundState,
    /// Whether it was removed; in a dry run, whether it would have been.
    pub removed: bool,
}

/// What a [`Collector`] found a file to be.
#[derive(Debug)]
#[non_exhaustive]
pub enum FoundState {
    /// A ring from before the machine's last start: its users are gone.
    Stale,
    /// A ring that its creator died over.
    Unfinished,
    /// A ring that is being made just now.
    InTheMaking,
    /// A ring of which nobody holds a role. Its users may come back for it.
    Idle {
        /// How many messages lie in it that nobody has taken.
        unread: u64,
    },
    /// A ring of which a living process holds a role.
    Held {
        /// The role; the producer's, if both are held.
        role: Role,
        /// The process, as it said itself.
        pid: u64,
    },
    /// Another process is about to remove it, or has done so meanwhile.
    Leaving,
    /// No ring, or one that can't be judged or removed from here.
    Unusable(AttachError),
}

impl FoundState {
    /// Whether a collector that removes idle rings, or one that does not, takes it.
    fn is_garbage(&self, idle: bool) -> bool {
        match self {
            FoundState::Stale | FoundState::Unfinished => true,
            FoundState::Idle { .. } => idle,
            _ => false,
        }
    }
}

impl Collector {
    /// One that removes what nobody can use.
    pub fn new() -> Self {
        Self::default()
    }

    /// The directory of rings, instead of `$RINGGEN_DIR` or else `/dev/shm/ringgen-<uid>`.
    #[must_use]
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.options = self.options.dir(dir);
        self
    }

    /// Whether to remove rings that nobody holds a role of, too, with all that lies in them. Processes that keep one
    /// for a restart, or are about to claim a role of it, have to create it anew.
    #[must_use]
    pub fn idle(mut self, removed: bool) -> Self {
        self.idle = removed;
        self
    }

    /// Whether to only look. It takes no lock, and nobody notices it.
    #[must_use]
    pub fn dry_run(mut self, only_look: bool) -> Self {
        self.dry_run = only_look;
        self
    }

    /// Looks at every file in the directory, and removes what is garbage. In order of their names; other hidden files
    /// than unfinished rings are left out. A directory that is not there has no files.
    ///
    /// # Errors
    /// If the directory can't be read, or belongs to or can be written to by others. What is wrong with one file is said
    /// of that one.
    pub fn collect(&self) -> Result<Vec<Found>, AttachError> {
        let location = Location::directory(self.options.dir.as_deref());
        let dir = location.dir().to_path_buf();
        let place = match self.open(location) {
            Ok(place) => place,
            Err(AttachError::NotFound { .. }) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let failed =
            |error: Errno| AttachError::Io { path: dir.clone(), action: "read the directory", error: error.into() };
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&place.dir).map_err(failed)? {
            let name = OsString::from_vec(entry.map_err(failed)?.file_name().to_bytes().to_vec());
            if !is_hidden(&name) || name::creator_of_unpublished(&name).is_some() {
                names.push(name);
            }
        }
        names.sort();
        let mut found = Vec::new();
        for name in names {
            let place = Place {
                dir: place.dir.try_clone().map_err(|error| AttachError::Io {
                    path: dir.clone(),
                    action: "open the directory",
                    error,
                })?,
                path: dir.join(&name),
                file: name,
            };
            found.extend(self.look(place));
        }
        Ok(found)
    }

    /// Looks at the ring of this name, or at this path, and removes it if it is garbage.
    ///
    /// # Errors
    /// If there is none, or the name can't be one. What else is wrong with it is said in what was found.
    pub fn collect_one(&self, name: impl AsRef<Path>) -> Result<Found, AttachError> {
        let location = self.options.locate(name.as_ref()).map_err(AttachError::InvalidName)?;
        let path = location.path();
        let place = self.open(location)?;
        self.look(place).ok_or(AttachError::NotFound { path })
    }

    fn open(&self, location: Location) -> Result<Place, AttachError> {
        let (dir, path) = (location.dir().to_path_buf(), location.path());
        location.open(false, self.options.any_owner).map_err(|error| match error {
            PlaceError::NotFound => AttachError::NotFound { path },
            PlaceError::Refused(reason) => AttachError::Refused { path: dir, reason },
            PlaceError::Io(action, error) => AttachError::Io { path: dir, action, error },
        })
    }

    /// What is there, and whether it is gone; `None` if there is nothing.
    fn look(&self, place: Place) -> Option<Found> {
        let path = place.path.clone();
        let bytes = rustix::fs::statat(&place.dir, &place.file, rustix::fs::AtFlags::SYMLINK_NOFOLLOW);
        let bytes = bytes.map_or(0, |stat| u64::try_from(stat.st_size).unwrap_or(0));
        let (state, removed) = match self.judge(place) {
            Ok(judged) => judged,
            Err(AttachError::NotFound { .. }) => return None,
            Err(error) => (FoundState::Unusable(error), false),
        };
        if removed && !self.dry_run {
            trace::collected(&path, bytes);
        }
        Some(Found { path, bytes, state, removed })
    }

    fn judge(&self, place: Place) -> Result<(FoundState, bool), AttachError> {
        let path = place.path.clone();
        let failed = |action| {
            let path = path.clone();
            move |error| AttachError::Io { path, action, error }
        };
        let file = map::open(&place, true, self.options.any_owner)?;
        if name::creator_of_unpublished(&place.file).is_some() {
            let state_now = || {
                let in_use = lock::is_in_use(file.as_fd())?;
                Ok(if in_use { FoundState::InTheMaking } else { FoundState::Unfinished })
            };
            return self.sweep(&place, &file, state_now).map_err(failed("remove"));
        }
        let observer = Observer::of(Home::Named(place), file)?;
        let Observer { home: Home::Named(place), file, .. } = &observer else {
            unreachable!("it was opened by its name")
        };
        self.sweep(place, file, || state_of(&observer)).map_err(failed("remove"))
    }

    /// Removes what is garbage, unless somebody comes in between.
    fn sweep(
        &self,
        place: &Place,
        file: &File,
        state_now: impl Fn() -> io::Result<FoundState>,
    ) -> io::Result<(FoundState, bool)> {
        let state = state_now()?;
        if !state.is_garbage(self.idle) {
            return Ok((state, false));
        }
        if self.dry_run {
            return Ok((state, true));
        }
        // All roles in one call: none can be claimed from here on, and if any is held, nothing has happened.
        steps::reach(Step::GcLock);
        let Some(lock) = NameLock::try_take_with_roles(file)? else {
            let state = state_now()?;
            return Ok((if state.is_garbage(self.idle) { FoundState::Leaving } else { state }, false));
        };
        let removed = place.remove(file)?;
        drop(lock);
        Ok((if removed { state } else { FoundState::Leaving }, removed))
    }
}

/// What a finished ring is.
fn state_of(observer: &Observer) -> io::Result<FoundState> {
    for role in [Role::Producer, Role::Consumer] {
        if observer.role(role)?.held {
            let pid = observer.role(role)?.pid;
            return Ok(FoundState::Held { role, pid });
        }
    }
    if observer.is_stale()? {
        return Ok(FoundState::Stale);
    }
    if lock::is_in_use(observer.file.as_fd())? {
        return Ok(FoundState::Leaving);
    }
    let (head, tail) = observer.cursors();
    Ok(FoundState::Idle { unread: tail.saturating_sub(head) })
}

fn is_hidden(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.')
}
