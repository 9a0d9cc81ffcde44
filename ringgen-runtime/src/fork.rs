//! What a `fork` does to roles: they stay with the parent.
//!
//! A lock belongs to an open file description, and a child inherits those: unless it closes them, a role would be
//! held for as long as any child lives. So every lock's descriptor is listed here, a fork handler closes them all
//! in the child, and the child's handles learn by the generation that they are void.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::sync::{AtomicBool, AtomicU64, Ordering, fence};
use crate::sys;

/// How many forks there are between this process and the first one that used rings.
static GENERATION: AtomicU64 = AtomicU64::new(0);
/// Held by whoever opens or closes a lock's descriptor, and over every `fork`: a child never inherits one unlisted.
static GATE: AtomicBool = AtomicBool::new(false);
/// The descriptors of all locks. Only locked behind the gate, so never while the process forks.
static DESCRIPTORS: Mutex<Vec<RawFd>> = Mutex::new(Vec::new());

/// The number that differs between a process and its forked children.
#[inline]
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}

/// A descriptor that a forked child does not inherit.
#[derive(Debug)]
pub(crate) struct UnforkedFd {
    fd: Option<OwnedFd>,
    generation: u64,
}

impl UnforkedFd {
    /// Opens a descriptor in such a way that no `fork` can come in between.
    pub(crate) fn open(open: impl FnOnce() -> io::Result<OwnedFd>) -> io::Result<Self> {
        install_handlers()?;
        let _gate = Gate::enter();
        let fd = open()?;
        DESCRIPTORS.lock().unwrap_or_else(PoisonError::into_inner).push(fd.as_raw_fd());
        Ok(UnforkedFd { fd: Some(fd), generation: generation() })
    }

    /// The descriptor; `None` in a forked child, where it is closed and its number may be another file by now.
    pub(crate) fn get(&self) -> Option<BorrowedFd<'_>> {
        use std::os::fd::AsFd;
        self.fd.as_ref().filter(|_| self.generation == generation()).map(AsFd::as_fd)
    }
}

impl Drop for UnforkedFd {
    fn drop(&mut self) {
        let Some(fd) = self.fd.take() else { return };
        let _gate = Gate::enter();
        if self.generation == generation() {
            let raw = fd.as_raw_fd();
            DESCRIPTORS.lock().unwrap_or_else(PoisonError::into_inner).retain(|&listed| listed != raw);
            drop(fd);
        } else {
            // The handler closed it in this child.
            let _ = std::os::fd::IntoRawFd::into_raw_fd(fd);
        }
    }
}

/// Does something in such a way that no `fork` can come in between. Not inside of itself.
#[cfg(feature = "tokio")]
pub(crate) fn undivided<R>(action: impl FnOnce() -> R) -> R {
    let _gate = Gate::enter();
    action()
}

struct Gate;

impl Gate {
    fn enter() -> Gate {
        enter_gate();
        Gate
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        leave_gate();
    }
}

/// A lock without an owner, because the thread that leaves it in a forked child is not the one that took it.
extern "C" fn enter_gate() {
    while GATE.swap(true, Ordering::Acquire) {
        std::thread::yield_now();
    }
}

extern "C" fn leave_gate() {
    GATE.store(false, Ordering::Release);
}

extern "C" fn enter_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    fence(Ordering::SeqCst);
    // Nobody but the gate's holder locks the list, and that is the thread that forked. Nothing here allocates.
    if let Ok(mut descriptors) = DESCRIPTORS.try_lock() {
        for fd in descriptors.drain(..) {
            sys::close_inherited(fd);
        }
    }
    leave_gate();
}

fn install_handlers() -> io::Result<()> {
    static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| {
        sys::at_fork(enter_gate, leave_gate, enter_child).map_err(|error| error.raw_os_error().unwrap_or(0))
    });
    installed.map_err(io::Error::from_raw_os_error)
}
