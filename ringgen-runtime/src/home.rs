//! How a ring's file is found again once it is open: by its name, or by the descriptor alone.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use crate::lock::NameLock;
use crate::name::Place;
use crate::steps::{self, Step};

/// Where a ring's file is at home.
#[derive(Debug)]
pub(crate) enum Home {
    /// In a directory, where anybody of the same user finds it.
    Named(Place),
    /// Nowhere: only who is given a descriptor of it finds it. What it is called in messages.
    Anonymous(PathBuf),
}

impl Home {
    /// Where it lies, for people.
    pub(crate) fn path(&self) -> &Path {
        match self {
            Home::Named(place) => &place.path,
            Home::Anonymous(label) => label,
        }
    }

    /// Whether who looks for the ring now finds this very file. One without a name can't lose it.
    pub(crate) fn leads_to(&self, file: impl AsFd) -> io::Result<bool> {
        match self {
            Home::Named(place) => place.leads_to(file),
            Home::Anonymous(_) => Ok(true),
        }
    }

    /// Opens the file once more, as an open file description of its own; another one if the name leads there by now.
    pub(crate) fn reopen(&self, file: &File) -> io::Result<OwnedFd> {
        match self {
            Home::Named(place) => place.reopen(),
            Home::Anonymous(_) => reopen_descriptor(file),
        }
    }

    /// Takes the name away, if it still leads to this very file.
    ///
    /// Whoever does so holds the lock on the file's name, so that it can't lead elsewhere between the look and the
    /// removal: a name that is taken is given to another file only once somebody has taken it away.
    pub(crate) fn unlink(&self, file: &File) -> io::Result<bool> {
        let Home::Named(place) = self else { return Ok(false) };
        let own = match place.reopen() {
            Ok(own) => own,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        if !same_file(&own, file)? {
            return Ok(false);
        }
        steps::reach(Step::UnlinkLock);
        let lock = NameLock::take(&own)?;
        let removed = place.remove(file);
        drop(lock);
        removed
    }
}

impl Place {
    /// Whether the name leads to this very file.
    pub(crate) fn leads_to(&self, file: impl AsFd) -> io::Result<bool> {
        let mine = rustix::fs::fstat(file)?;
        match rustix::fs::statat(&self.dir, &self.file, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(there) => Ok((there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes the name away if it leads to this file, whose [`NameLock`] the caller holds.
    pub(crate) fn remove(&self, file: impl AsFd) -> io::Result<bool> {
        steps::reach(Step::UnlinkLook);
        if !self.leads_to(file)? {
            return Ok(false);
        }
        steps::reach(Step::UnlinkRemove);
        match rustix::fs::unlinkat(&self.dir, &self.file, AtFlags::empty()) {
            Ok(()) => Ok(true),
            // Its creator gave up in the middle, or somebody removed it by hand.
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn reopen(&self) -> io::Result<OwnedFd> {
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        Ok(rustix::fs::openat(&self.dir, &self.file, flags, Mode::empty())?)
    }
}

/// Opens a file once more that has no name: a copy of the descriptor would share its locks.
pub(crate) fn reopen_descriptor(fd: impl AsFd) -> io::Result<OwnedFd> {
    let path = format!("/proc/self/fd/{}", fd.as_fd().as_raw_fd());
    match rustix::fs::open(path, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()) {
        Ok(fd) => Ok(fd),
        Err(Errno::NOENT) => {
            Err(io::Error::new(io::ErrorKind::Unsupported, "/proc is not there, and is needed for it"))
        }
        Err(error) => Err(error.into()),
    }
}

fn same_file(one: impl AsFd, other: impl AsFd) -> io::Result<bool> {
    let (one, other) = (rustix::fs::fstat(one)?, rustix::fs::fstat(other)?);
    Ok((one.st_dev, one.st_ino) == (other.st_dev, other.st_ino))
}
