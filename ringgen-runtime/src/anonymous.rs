//! Rings without a name: sealed memory that only who is given a descriptor of it can reach.
//!
//! The size of such a ring can't be changed by anybody any more, so that no peer can take pages away from under a
//! mapping. A descriptor that is passed on shares its open file description with the sender's, and so its locks: who gets
//! one opens the file anew, by way of `/proc/self/fd`.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::path::PathBuf;

use rustix::fs::{FileType, MemfdFlags, SealFlags};
use rustix::io::Errno;

use crate::error::{AttachError, CreateError, Refusal};
use crate::header::Header;
use crate::home::{self, Home};
use crate::host::{Layout, RawRing};
use crate::map::{self, NewRing};
use crate::name::{self, Location};
use crate::observe::Observer;
use crate::options::RingOptions;
use crate::pass;
use crate::sys;

/// What must be sealed for good: the size, so that no access to the mapping can fail, and the seals themselves.
const REQUIRED: SealFlags = SealFlags::SHRINK.union(SealFlags::GROW).union(SealFlags::SEAL);
/// What must not be sealed, or nobody could take a role.
const FORBIDDEN: SealFlags = SealFlags::WRITE.union(SealFlags::FUTURE_WRITE);

/// What `statfs` says of memory of ordinary pages.
const TMPFS_MAGIC: rustix::fs::FsWord = 0x0102_1994;

impl RawRing {
    /// Creates a ring that has no file; `name` is what the ring is called in its header and in messages.
    ///
    /// # Errors
    /// As for [`Ring::create_anonymous`](crate::Ring::create_anonymous).
    pub fn create_anonymous(name: &str, layout: &Layout<'_>, options: &RingOptions) -> Result<Self, CreateError> {
        let file_name = Location::file_name(name, options.instance.as_deref()).map_err(CreateError::InvalidName)?;
        let new = Self::plan(&file_name, layout, options)?;
        let label = label(&file_name);
        let (file, header) = create(&file_name, &new).map_err(|(action, error)| {
            let path = label.clone();
            CreateError::Io { path, action, error }
        })?;
        Self::created(Home::Anonymous(label), file, header, &new)
    }

    /// Attaches to the ring that a descriptor is of. It is opened anew and can be closed afterwards.
    ///
    /// # Errors
    /// As for [`Ring::from_fd`](crate::Ring::from_fd).
    pub fn from_fd(fd: impl AsFd, layout: Option<&Layout<'_>>, options: &RingOptions) -> Result<Self, AttachError> {
        let (home, file) = adopt(fd.as_fd(), options.any_owner)?;
        Self::attached(Observer::of(home, file)?, layout)
    }

    /// Passes a descriptor of the ring on, over a Unix socket.
    ///
    /// # Errors
    /// As for [`Ring::send_over`](crate::Ring::send_over).
    pub fn send_over(&self, socket: impl AsFd) -> io::Result<()> {
        match self.observer().home {
            Home::Anonymous(_) => pass::send(socket.as_fd(), self.observer().file.as_fd()),
            Home::Named(_) => {
                let what = "a ring that has a name is not sent: attach to it by its name";
                Err(io::Error::new(io::ErrorKind::InvalidInput, what))
            }
        }
    }

    /// Attaches to the ring whose descriptor comes next over a Unix socket.
    ///
    /// # Errors
    /// As for [`Ring::receive_from`](crate::Ring::receive_from).
    pub fn receive_from(
        socket: impl AsFd,
        layout: Option<&Layout<'_>>,
        options: &RingOptions,
    ) -> Result<Self, AttachError> {
        Self::from_fd(pass::receive(socket.as_fd())?, layout, options)
    }
}

impl AsFd for RawRing {
    /// A descriptor of the ring's file, to be passed on. It holds no lock.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.observer().file.as_fd()
    }
}

/// What a ring without a file is called where others have a path.
fn label(name: &str) -> PathBuf {
    format!("memfd:{name}").into()
}

fn create(name: &str, new: &NewRing<'_>) -> Result<(File, Header), (&'static str, io::Error)> {
    let header = map::new_header(new).map_err(|error| ("find out about this process for", error))?;
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let fd = match rustix::fs::memfd_create(name, flags | MemfdFlags::NOEXEC_SEAL) {
        // Linux before 6.3 does not know that this memory is no program.
        Err(Errno::INVAL) => rustix::fs::memfd_create(name, flags),
        other => other,
    };
    let file = File::from(fd.map_err(|error| ("create", error.into()))?);
    // No file system with a size stands behind it: the kernel would give pages until it had to end processes for more.
    if sys::available_memory() < new.geometry.file_length {
        return Err(("allocate", Errno::NOMEM.into()));
    }
    map::fill(&file, &header, new).map_err(|error| ("allocate", error))?;
    rustix::fs::fcntl_add_seals(&file, REQUIRED).map_err(|error| ("seal", error.into()))?;
    Ok((file, header))
}

/// Checks what a descriptor is of, and opens that anew.
fn adopt(fd: BorrowedFd<'_>, any_owner: bool) -> Result<(Home, File), AttachError> {
    let path = name_of(fd);
    let refused = |reason| AttachError::Refused { path: path.clone(), reason };
    let failed = |action, error: io::Error| AttachError::Io { path: path.clone(), action, error };
    let stat = rustix::fs::fstat(fd).map_err(|error| failed("look at", error.into()))?;
    // Files of a tmpfs know of seals too, and can't be sealed; but they have a name. Huge pages may be missing when they
    // are touched, which ends a process as truncation does.
    let is_nameless = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile && stat.st_nlink == 0;
    if !is_nameless || rustix::fs::fstatfs(fd).is_ok_and(|system| system.f_type != TMPFS_MAGIC) {
        return Err(refused(Refusal::NotAnonymous));
    }
    let seals = match rustix::fs::fcntl_get_seals(fd) {
        Ok(seals) => seals,
        Err(Errno::INVAL) => return Err(refused(Refusal::NotAnonymous)),
        Err(error) => return Err(failed("look at the seals of", error.into())),
    };
    if !seals.contains(REQUIRED) {
        return Err(refused(Refusal::Unsealed { missing: REQUIRED.difference(seals).bits() }));
    }
    if seals.intersects(FORBIDDEN) {
        return Err(refused(Refusal::SealedAgainstWriting));
    }
    // Whose mode does not count: it is reached by a descriptor alone, and who got one was given it.
    name::check_owner_and_mode(&stat, any_owner, rustix::fs::Mode::empty()).map_err(refused)?;
    let file = home::reopen_descriptor(fd).map_err(|error| failed("open the descriptor again of", error))?;
    Ok((Home::Anonymous(path), file.into()))
}

/// What the memory was called by who made it, as the kernel tells; where it does not, the number of the descriptor.
fn name_of(fd: BorrowedFd<'_>) -> PathBuf {
    let number = fd.as_raw_fd();
    let link = fs::read_link(format!("/proc/self/fd/{number}")).unwrap_or_default();
    match link.to_str().and_then(|link| link.strip_prefix("/memfd:")) {
        Some(name) => label(name.strip_suffix(" (deleted)").unwrap_or(name)),
        None => format!("descriptor {number}").into(),
    }
}
