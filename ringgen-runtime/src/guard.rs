//! What becomes of a mapping whose file somebody cuts short: the kernel answers each access with SIGBUS, which ends the
//! process, unless the mapping is guarded.
//!
//! ```text
//!   access ──SIGBUS──▶ handler ── inside of a guarded mapping ──▶ mark it, zero pages over all of it ──▶ go on
//!                         └────── anywhere else ───────────────▶ whoever handled SIGBUS before
//! ```
//! A handle looks at the mark in front of what it does and behind it. The handler belongs to the whole process and is
//! installed with the first guard; everything it does is allowed in a handler: it loads and stores atomics of a list
//! whose entries are never freed, and makes system calls.
#![allow(unsafe_code)] // A signal handler is given pointers, and maps pages.

use std::ffi::{c_int, c_void};
use std::io;
use std::ptr;
use std::sync::{Mutex, OnceLock, PoisonError};

use rustix::mm::{MapFlags, ProtFlags};

use crate::sync::{AtomicBool, AtomicPtr, AtomicU32, AtomicUsize, Ordering, fence};

/// A mapping that is guarded for as long as this lives.
#[derive(Debug)]
pub(crate) struct Guard(&'static Entry);

/// A place in the list. It is used again when its guard is gone, and never freed: a handler may be looking at it.
#[derive(Debug)]
struct Entry {
    /// Odd while `start` and `length` change.
    version: AtomicU32,
    start: AtomicUsize,
    /// 0 where there is no guard.
    length: AtomicUsize,
    is_lost: AtomicBool,
    /// Set before anybody sees the entry, and never again.
    next: *const Entry,
}

// SAFETY: `next` is not changed once the entry can be seen, and points to one that is never freed.
unsafe impl Send for Entry {}
// SAFETY: as above; all else is atomic.
unsafe impl Sync for Entry {}

/// The last entry that was made, from which all others can be reached.
static ENTRIES: AtomicPtr<Entry> = AtomicPtr::new(ptr::null_mut());
/// Held by whoever changes the list, never by a handler.
static CHANGES: Mutex<()> = Mutex::new(());
/// Who handled SIGBUS before.
static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();

impl Guard {
    /// Guards a mapping of `length` bytes, which stays where it is for as long as the guard lives.
    pub(crate) fn over(start: *mut u8, length: usize) -> io::Result<Guard> {
        install()?;
        let _changes = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries().find(|entry| entry.length.load(Ordering::Relaxed) == 0).unwrap_or_else(|| {
            let next = ENTRIES.load(Ordering::Relaxed).cast_const();
            let (version, start, length) = (AtomicU32::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
            let entry = Box::leak(Box::new(Entry { version, start, length, is_lost: AtomicBool::new(false), next }));
            ENTRIES.store(entry, Ordering::Release);
            entry
        });
        entry.is_lost.store(false, Ordering::Relaxed);
        entry.set(start.expose_provenance(), length);
        Ok(Guard(entry))
    }

    /// Whether the file does not have all of its bytes any more, and the mapping is this process's own by now.
    pub(crate) fn is_lost(&self) -> bool {
        self.0.is_lost.load(Ordering::Acquire)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _changes = CHANGES.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.set(0, 0);
    }
}

impl Entry {
    /// Changes the range. One thread at a time does; handlers don't look while the version is odd.
    fn set(&self, start: usize, length: usize) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        self.start.store(start, Ordering::Relaxed);
        self.length.store(length, Ordering::Relaxed);
        self.version.store(version.wrapping_add(2), Ordering::Release);
    }

    /// The range. `None` while it changes: whoever faults in a mapping has it guarded, so it is not this one.
    fn range(&self) -> Option<(usize, usize)> {
        let version = self.version.load(Ordering::Acquire);
        let range = (self.start.load(Ordering::Relaxed), self.length.load(Ordering::Relaxed));
        fence(Ordering::Acquire);
        (version.is_multiple_of(2) && self.version.load(Ordering::Relaxed) == version).then_some(range)
    }
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    let mut next = ENTRIES.load(Ordering::Acquire).cast_const();
    std::iter::from_fn(move || {
        // SAFETY: null, or an entry that was leaked before it could be seen here.
        let entry = unsafe { next.as_ref() }?;
        next = entry.next;
        Some(entry)
    })
}

/// Has the process handle SIGBUS, once.
fn install() -> io::Result<()> {
    static INSTALLED: OnceLock<Result<(), i32>> = OnceLock::new();
    let installed = INSTALLED.get_or_init(|| {
        let before = replace_handler(None).and_then(|before| {
            // In front of the new one, which passes on to it.
            BEFORE.get_or_init(|| before);
            replace_handler(Some(handle))
        });
        before.map(drop).map_err(|error| error.raw_os_error().unwrap_or(0))
    });
    installed.map_err(io::Error::from_raw_os_error)
}

type Handler = extern "C" fn(c_int, *mut libc::siginfo_t, *mut c_void);

/// Who handles SIGBUS; from now on this one does, if there is one.
fn replace_handler(handler: Option<Handler>) -> io::Result<libc::sigaction> {
    // SAFETY: plain integers and pointers, for which all zeros are a value.
    let mut before: libc::sigaction = unsafe { std::mem::zeroed() };
    let mut new = before;
    new.sa_sigaction = handler.map_or(0, |handler| handler as usize);
    // On the stack that threads have for it: whoever is behind us may have been called for a stack that overflowed.
    new.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
    let new = if handler.is_some() { &raw const new } else { ptr::null() };
    // SAFETY: both are whole, or the first is null, which asks only; `handle` keeps to what a handler may do.
    match unsafe { libc::sigaction(libc::SIGBUS, new, &raw mut before) } {
        0 => Ok(before),
        _ => Err(io::Error::last_os_error()),
    }
}

extern "C" fn handle(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    // SAFETY: the kernel gives a whole one to a handler with SA_SIGINFO.
    let facts = unsafe { &*info };
    if facts.si_code == libc::BUS_ADRERR {
        // SAFETY: of a fault, it is the address.
        let address = unsafe { facts.si_addr() };
        if take_over(address.addr()) {
            return;
        }
    }
    pass_on(signal, info, context);
}

/// Maps zero pages over the guarded mapping that this address is in, and marks it; false if there is none.
fn take_over(address: usize) -> bool {
    let range = |entry: &'static Entry| entry.range().map(|(start, length)| (entry, start, length));
    let is_here = |(_, start, length): &(&Entry, usize, usize)| address.wrapping_sub(*start) < *length;
    let Some((entry, start, length)) = entries().filter_map(range).find(is_here) else { return false };
    // First: whoever sees the zeros sees this.
    entry.is_lost.store(true, Ordering::Release);
    let access = ProtFlags::READ | ProtFlags::WRITE;
    let flags = MapFlags::PRIVATE | MapFlags::FIXED | MapFlags::NORESERVE;
    // SAFETY: replaces a mapping that is guarded, hence there, by one of the same length. What refers to it are atomics
    // and copies of plain old data, which any bytes will do for. It is one system call, which leaves `errno` alone.
    unsafe { rustix::mm::mmap_anonymous(ptr::with_exposed_provenance_mut(start), length, access, flags) }.is_ok()
}

/// Does with a signal what was done with it before.
fn pass_on(signal: c_int, info: *mut libc::siginfo_t, context: *mut c_void) {
    let (handler, flags) = BEFORE.get().map_or((libc::SIG_DFL, 0), |before| (before.sa_sigaction, before.sa_flags));
    // SAFETY: as in `handle`.
    let is_fault = unsafe { &*info }.si_code > 0;
    match handler {
        // Nobody sends a fault, and it can't be ignored: it would come again for ever.
        libc::SIG_IGN if !is_fault => {}
        libc::SIG_DFL | libc::SIG_IGN => {
            // SAFETY: the default ends the process: at the access that faults again, or by the signal sent again.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
            if !is_fault {
                // SAFETY: sends a signal, which comes when this handler is done.
                unsafe { libc::raise(signal) };
            }
        }
        handler if flags & libc::SA_SIGINFO != 0 => {
            // SAFETY: with this flag it is a function of these arguments, as whoever installed it said.
            let handler: Handler = unsafe { std::mem::transmute(handler) };
            handler(signal, info, context);
        }
        handler => {
            // SAFETY: without it, one of the signal alone.
            let handler: extern "C" fn(c_int) = unsafe { std::mem::transmute(handler) };
            handler(signal);
        }
    }
}
