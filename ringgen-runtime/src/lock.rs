//! Locks on bytes far behind the end of a ring's file: one for each role, and one for the file's name.
//!
//! ```text
//!   2⁶²       its name: held by whoever gives it to the file or takes it away
//!   2⁶² + 1   the producer's role
//!   2⁶² + 2   the consumer's role
//!   ├─────┈┈  all from 2⁶² on: a collector, who can be sure that nobody takes part
//! ```
//!
//! All of them are write locks of open file descriptions, which the kernel drops when their holder dies.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::{Duration, Instant};

use ringgen_layout::ring;

use crate::role::Role;
use crate::sys::{self, Bytes};

/// How long one waits for a lock that its holder needs for a few system calls. Only a stopped one needs longer.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_micros(200);

const NAME: Bytes = Bytes { start: ring::LOCK_COLLECTOR, length: 1 };
const ALL: Bytes = Bytes { start: ring::LOCK_COLLECTOR, length: 0 };

const fn byte_of(role: Role) -> Bytes {
    Bytes { start: role.lock_byte(), length: 1 }
}

/// What became of asking for a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is this description's from now on.
    Given,
    /// Another one holds it.
    Taken,
    /// A collector is at the file, and does not end.
    Collected,
}

/// Takes a role. A collector that is just looking at the file is no holder, and is waited for.
pub(crate) fn take_role(fd: BorrowedFd<'_>, role: Role) -> io::Result<Answer> {
    let asked = Instant::now();
    loop {
        if sys::lock(fd, byte_of(role))? {
            return Ok(Answer::Given);
        }
        match sys::lock_of_another(fd, byte_of(role))? {
            // Given back meanwhile.
            None => {}
            Some(start) if start > ring::LOCK_COLLECTOR => return Ok(Answer::Taken),
            Some(_) if asked.elapsed() > PATIENCE => return Ok(Answer::Collected),
            Some(_) => std::thread::sleep(PAUSE),
        }
    }
}

/// Gives a role back.
pub(crate) fn give_role_back(fd: BorrowedFd<'_>, role: Role) -> io::Result<()> {
    sys::unlock(fd, byte_of(role))
}

/// Whether another description holds a role.
pub(crate) fn role_is_held(fd: BorrowedFd<'_>, role: Role) -> io::Result<bool> {
    Ok(sys::lock_of_another(fd, byte_of(role))?.is_some_and(|start| start > ring::LOCK_COLLECTOR))
}

/// Whether another description has any lock on the file.
pub(crate) fn is_in_use(fd: BorrowedFd<'_>) -> io::Result<bool> {
    Ok(sys::lock_of_another(fd, ALL)?.is_some())
}

/// The right to give a file its name or to take it away, as long as this lives.
#[derive(Debug)]
pub(crate) struct NameLock<F: AsFd> {
    fd: F,
    bytes: Bytes,
}

impl<F: AsFd> NameLock<F> {
    /// Takes it if nobody has it.
    pub(crate) fn try_take(fd: F) -> io::Result<Option<Self>> {
        Ok(sys::lock(fd.as_fd(), NAME)?.then(|| NameLock { fd, bytes: NAME }))
    }

    /// Takes it, and waits for whoever has it just now.
    pub(crate) fn take(fd: F) -> io::Result<Self> {
        let start = Instant::now();
        loop {
            if sys::lock(fd.as_fd(), NAME)? {
                return Ok(NameLock { fd, bytes: NAME });
            }
            if start.elapsed() > PATIENCE {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "another process is removing it and does not end"));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// Takes it together with every role, so that nobody takes part as long as this lives.
    pub(crate) fn try_take_with_roles(fd: F) -> io::Result<Option<Self>> {
        Ok(sys::lock(fd.as_fd(), ALL)?.then(|| NameLock { fd, bytes: ALL }))
    }
}

impl<F: AsFd> Drop for NameLock<F> {
    fn drop(&mut self) {
        // Explicitly: a process that another thread is starting just now has a copy of the description.
        let _ = sys::unlock(self.fd.as_fd(), self.bytes);
    }
}
