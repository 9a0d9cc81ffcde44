//! Where a ring of some name lies in the file system.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use ringgen_layout::ring::MAX_NAME;
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::error::{NameError, Refusal};

/// A name in a directory that is open, so that nothing that is done to the path later leads elsewhere.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) dir: OwnedFd,
    pub(crate) file: OsString,
    pub(crate) path: PathBuf,
}

/// Where to look, and for what.
#[derive(Debug)]
pub(crate) struct Location {
    dir: PathBuf,
    file: OsString,
    /// Whether the directory holds nothing but rings, so that it is made and checked.
    owned: bool,
}

/// Why there is no [`Place`].
#[derive(Debug)]
pub(crate) enum PlaceError {
    NotFound,
    Refused(Refusal),
    Io(&'static str, io::Error),
}

impl Location {
    /// `package.ring`, with an instance where there is one, in the directory of rings; or any path with a `/` in it.
    pub(crate) fn resolve(name: &Path, dir: Option<&Path>, instance: Option<&str>) -> Result<Self, NameError> {
        let refuse = |reason| Err(NameError { name: name.display().to_string(), reason });
        if name.as_os_str().as_encoded_bytes().contains(&b'/') {
            if dir.is_some() || instance.is_some() {
                return refuse("a path goes without directory and instance");
            }
            let Ok(path) = std::path::absolute(name) else { return refuse("the path is empty") };
            return match (path.parent(), path.file_name()) {
                (Some(dir), Some(file)) => Ok(Location { dir: dir.into(), file: file.into(), owned: false }),
                _ => refuse("the path names a directory"),
            };
        }
        let Some(text) = name.to_str() else { return refuse("it is no UTF-8") };
        let file = Self::file_name(text, instance)?;
        Ok(Location { file: file.into(), ..Self::directory(dir) })
    }

    /// The name of a ring's file in the directory of rings.
    pub(crate) fn file_name(name: &str, instance: Option<&str>) -> Result<String, NameError> {
        let refuse = |reason| Err(NameError { name: name.to_string(), reason });
        let file = match instance {
            Some(instance) => format!("{name}.{instance}"),
            None => name.to_string(),
        };
        if file.split('.').count() > 3 {
            return refuse("it has more than three parts: package, ring and instance");
        }
        for part in file.split('.') {
            if part.is_empty() {
                return refuse("a part of it is empty");
            }
            if part.len() > MAX_NAME {
                return refuse("a part of it is longer than 63 bytes");
            }
            if !part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
                return refuse("a part of it has other characters than A-Z, a-z, 0-9, _ and -");
            }
        }
        Ok(file)
    }

    /// The directory of rings itself.
    pub(crate) fn directory(dir: Option<&Path>) -> Self {
        let dir = dir.map_or_else(default_dir, PathBuf::from);
        let dir = std::path::absolute(&dir).unwrap_or(dir);
        Location { dir, file: OsString::new(), owned: true }
    }

    /// The whole path.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.join(&self.file)
    }

    /// The directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Opens the directory, and makes it first if `make` says so.
    pub(crate) fn open(self, make: bool, any_owner: bool) -> Result<Place, PlaceError> {
        if make && self.owned {
            make_directory(&self.dir).map_err(|error| PlaceError::Io("make the directory", error))?;
        }
        let mut flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        if self.owned {
            flags |= OFlags::NOFOLLOW;
        }
        let dir = match rustix::fs::open(&self.dir, flags, Mode::empty()) {
            Ok(dir) => dir,
            Err(Errno::NOENT) => return Err(PlaceError::NotFound),
            Err(Errno::NOTDIR | Errno::LOOP) => return Err(PlaceError::Refused(Refusal::NotADirectory)),
            Err(error) => return Err(PlaceError::Io("open the directory", error.into())),
        };
        if self.owned {
            let stat =
                rustix::fs::fstat(&dir).map_err(|error| PlaceError::Io("look at the directory", error.into()))?;
            check_owner_and_mode(&stat, any_owner, Mode::WGRP | Mode::WOTH).map_err(PlaceError::Refused)?;
        }
        let path = self.path();
        Ok(Place { dir, file: self.file, path })
    }
}

/// Makes a directory for this user alone, whatever the umask says, if there is none.
fn make_directory(dir: &Path) -> io::Result<()> {
    match rustix::fs::mkdir(dir, Mode::RWXU) {
        Ok(()) => {}
        Err(Errno::EXIST) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let fd = rustix::fs::open(dir, flags, Mode::empty())?;
    if Mode::from_raw_mode(rustix::fs::fstat(&fd)?.st_mode) != Mode::RWXU {
        // By way of /proc: a directory that its owner must not read can be opened for its path alone, and such a
        // descriptor changes nothing.
        rustix::fs::chmod(format!("/proc/self/fd/{}", fd.as_raw_fd()), Mode::RWXU)?;
    }
    Ok(())
}

/// `$RINGGEN_DIR`, or a directory of this user's in shared memory.
fn default_dir() -> PathBuf {
    match env::var_os("RINGGEN_DIR") {
        Some(dir) if !dir.is_empty() => dir.into(),
        _ => format!("/dev/shm/ringgen-{}", rustix::process::geteuid().as_raw()).into(),
    }
}

/// Refuses what belongs to somebody else, or what has one of these rights.
pub(crate) fn check_owner_and_mode(stat: &rustix::fs::Stat, any_owner: bool, forbidden: Mode) -> Result<(), Refusal> {
    let me = rustix::process::geteuid().as_raw();
    if !any_owner && stat.st_uid != me {
        return Err(Refusal::Owner { owner: stat.st_uid, me });
    }
    if Mode::from_raw_mode(stat.st_mode).intersects(forbidden) {
        return Err(Refusal::Mode(stat.st_mode & 0o7777));
    }
    Ok(())
}

/// Refuses what is no regular file with one name that only its owner and group may write to.
pub(crate) fn check_file(stat: &rustix::fs::Stat, any_owner: bool) -> Result<(), Refusal> {
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(Refusal::NotRegular);
    }
    if stat.st_nlink > 1 {
        return Err(Refusal::Links(stat.st_nlink));
    }
    check_owner_and_mode(stat, any_owner, Mode::WOTH)
}

/// The name of a ring that is not published yet: no ring can have it, because of the leading dot.
pub(crate) fn unpublished(pid: u32, instance_id: u64) -> String {
    format!("{UNPUBLISHED}{pid}.{instance_id:016x}")
}

const UNPUBLISHED: &str = ".ringgen.";

/// The process that made a ring which is not published yet, if this is the name of one.
pub(crate) fn creator_of_unpublished(file: &OsStr) -> Option<u32> {
    let (pid, instance_id) = file.to_str()?.strip_prefix(UNPUBLISHED)?.split_once('.')?;
    let is_hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let is_one = instance_id.len() == 16 && instance_id.bytes().all(is_hexadecimal);
    if is_one { pid.parse().ok() } else { None }
}

/// The name of the ring itself: the second dotted part of a file's name, or all of it.
pub(crate) fn ring_name(file: &str) -> &str {
    file.split('.').nth(1).filter(|part| !part.is_empty()).unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(name: &str, instance: Option<&str>) -> Result<PathBuf, &'static str> {
        Location::resolve(name.as_ref(), Some("/rings".as_ref()), instance)
            .map(|location| location.path())
            .map_err(|error| error.reason)
    }

    #[test]
    fn names_lie_in_the_directory() {
        assert_eq!(resolve("market.trades", None).unwrap(), Path::new("/rings/market.trades"));
        assert_eq!(resolve("market.trades", Some("7")).unwrap(), Path::new("/rings/market.trades.7"));
        assert_eq!(resolve("trades", None).unwrap(), Path::new("/rings/trades"));
        assert_eq!((ring_name("market.trades.7"), ring_name("trades"), ring_name(".x")), ("trades", "trades", "x"));
    }

    #[test]
    fn rings_in_the_making_have_names_of_their_own() {
        let name = unpublished(42, 7);
        assert_eq!(name, ".ringgen.42.0000000000000007");
        assert_eq!(creator_of_unpublished(name.as_ref()), Some(42));
        assert!(resolve(&name, None).is_err());
        for other in [".ringgen.42.7", ".ringgen.x.0000000000000007", "ringgen.42.0000000000000007", ".ringgen.42", "x"]
        {
            assert_eq!(creator_of_unpublished(other.as_ref()), None, "{other}");
        }
    }

    #[test]
    fn a_slash_makes_a_path() {
        let location = Location::resolve("/some/where/ring".as_ref(), None, None).unwrap();
        assert_eq!(location.path(), Path::new("/some/where/ring"));
        assert!(!location.owned);
        assert!(Location::resolve("/".as_ref(), None, None).is_err());
        assert!(Location::resolve("/a/b".as_ref(), None, Some("1")).is_err());
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["", ".", "..", "a..b", ".hidden", "a.b.c.d", "a b", "ü", &"x".repeat(64)] {
            assert!(resolve(name, None).is_err(), "{name}");
        }
        assert!(resolve("a.b", Some("../c")).is_err());
        assert!(resolve("a.b.c", Some("d")).is_err());
    }
}
