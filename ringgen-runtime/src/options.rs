//! How a ring is created or attached.

use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use crate::error::{AttachError, CreateError, NameError, OpenError};
use crate::map::Residency;
use crate::name::Location;
use crate::pod::Message;
use crate::ring::Ring;
use crate::wait::Wait;

/// The highest position that a ring may start at: far enough from where positions end.
pub(crate) const MAX_FIRST_POSITION: u64 = 1 << 61;

/// How a ring is created or attached, where the defaults won't do.
///
/// ```no_run
/// # use ringgen_runtime::{Message, RingOptions, Wait};
/// # fn open<Trade: Message>() -> Result<(), ringgen_runtime::OpenError> {
/// let ring = RingOptions::new().capacity(1 << 16).wait(Wait::Spin).instance("eu").open_or_create::<Trade>("market.trades")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RingOptions {
    pub(crate) capacity: u64,
    pub(crate) dir: Option<PathBuf>,
    pub(crate) instance: Option<String>,
    pub(crate) wait: Wait,
    pub(crate) first_position: u64,
    pub(crate) any_owner: bool,
    pub(crate) residency: Residency,
}

impl Default for RingOptions {
    fn default() -> Self {
        RingOptions {
            capacity: 1024,
            dir: None,
            instance: None,
            wait: Wait::default(),
            first_position: 0,
            any_owner: false,
            residency: Residency::default(),
        }
    }
}

impl RingOptions {
    /// A capacity of 1024 messages, hybrid waiting, and the directory of this user's rings.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many messages the ring holds, a power of two. The creator's choice; whoever attaches takes what there is.
    #[must_use]
    pub fn capacity(mut self, messages: u64) -> Self {
        self.capacity = messages;
        self
    }

    /// The directory that named rings lie in, instead of `$RINGGEN_DIR` or else `/dev/shm/ringgen-<uid>`.
    #[must_use]
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = Some(dir.into());
        self
    }

    /// Which of several rings of the same name: the last part of the file's name.
    #[must_use]
    pub fn instance(mut self, instance: impl Into<String>) -> Self {
        self.instance = Some(instance.into());
        self
    }

    /// How this process waits. The other side chooses for itself.
    #[must_use]
    pub fn wait(mut self, wait: Wait) -> Self {
        self.wait = wait;
        self
    }

    /// The position of the first message, up to 2⁶¹: for tests of what positions do when they are large.
    #[must_use]
    pub fn first_position(mut self, position: u64) -> Self {
        self.first_position = position;
        self
    }

    /// Whether a ring or its directory may belong to another user, who could then see and change every message.
    #[must_use]
    pub fn any_owner(mut self, allowed: bool) -> Self {
        self.any_owner = allowed;
        self
    }

    /// Whether all pages of the ring are mapped when a role is claimed, so that no message is late for a page fault on its
    /// first lap. It makes claims slower. Needs Linux 5.14; otherwise claims fail.
    #[must_use]
    pub fn prefault(mut self, ahead: bool) -> Self {
        self.residency.prefault = ahead;
        self
    }

    /// Whether the ring's pages stay in memory while a role is held, and are never swapped out. Claims fail where the
    /// process may not lock so much (`ulimit -l`).
    #[must_use]
    pub fn lock_memory(mut self, locked: bool) -> Self {
        self.residency.locked = locked;
        self
    }

    /// Whether the roles that are claimed survive it when somebody truncates the ring's file while they are at work.
    ///
    /// Without this it is SIGBUS, which ends the process: so the kernel answers access to a page that a file no longer
    /// has, and so it is in every program that maps files. With it, the operation returns
    /// [`Corrupt`](crate::PushError::Corrupt) with [`Truncated`](crate::Corruption::Truncated), and so do all that
    /// follow. A message that is read by [`Peek::get`](crate::Peek::get) may be all zero then; `release` says why.
    ///
    /// It installs a handler of SIGBUS for the whole process, once; what is no fault in such a ring goes on to whoever
    /// handled the signal before. A handler that is installed later has to pass on what is not its own, too. Guarded
    /// handles are slower by a call and a few comparisons an operation; others pay nothing.
    ///
    /// [Rings without a name](Ring::create_anonymous) can't be truncated, and need no guard.
    #[must_use]
    pub fn guard_truncation(mut self, guarded: bool) -> Self {
        self.residency.guarded = guarded;
        self
    }

    /// As [`Ring::create`], with these options.
    ///
    /// # Errors
    /// As there.
    pub fn create<T: Message>(&self, name: impl AsRef<Path>) -> Result<Ring<T>, CreateError> {
        Ring::create_with(name.as_ref(), self)
    }

    /// As [`Ring::attach`], with these options.
    ///
    /// # Errors
    /// As there.
    pub fn attach<T: Message>(&self, name: impl AsRef<Path>) -> Result<Ring<T>, AttachError> {
        Ring::attach_with(name.as_ref(), self)
    }

    /// As [`Ring::open_or_create`], with these options.
    ///
    /// # Errors
    /// As there.
    pub fn open_or_create<T: Message>(&self, name: impl AsRef<Path>) -> Result<Ring<T>, OpenError> {
        Ring::open_or_create_with(name.as_ref(), self)
    }

    /// As [`Ring::create_anonymous`], with these options.
    ///
    /// # Errors
    /// As there.
    pub fn create_anonymous<T: Message>(&self, name: &str) -> Result<Ring<T>, CreateError> {
        Ring::create_anonymous_with(name, self)
    }

    /// As [`Ring::from_fd`], with these options.
    ///
    /// # Errors
    /// As there.
    pub fn from_fd<T: Message>(&self, fd: impl AsFd) -> Result<Ring<T>, AttachError> {
        Ring::from_fd_with(fd.as_fd(), self)
    }

    /// As [`Ring::receive_from`], with these options.
    ///
    /// # Errors
    /// As there.
    pub fn receive_from<T: Message>(&self, socket: impl AsFd) -> Result<Ring<T>, AttachError> {
        Ring::receive_with(socket.as_fd(), self)
    }

    pub(crate) fn locate(&self, name: &Path) -> Result<Location, NameError> {
        Location::resolve(name, self.dir.as_deref(), self.instance.as_deref())
    }
}
