//! Roles: who may write to which words, and how the kernel says whether they still live.
//!
//! A role is a lock on one byte far behind the end of the file, held by an open file description that nothing else
//! refers to: not the mapping, not a forked child. When its holder dies, in whatever way, the kernel drops it.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ringgen_layout::ring::{self, Geometry, block};
use rustix::thread::MembarrierCommand;

use crate::cursor::Cursors;
use crate::error::{ClaimError, Corruption};
use crate::fork::{self, UnforkedFd};
use crate::home::Home;
use crate::lock::{self, Answer};
use crate::map::{Mapping, Residency};
use crate::protocol::{Claimant, Inadmissible, Protocol};
use crate::raw::Shared;
use crate::steps::{self, Step};
use crate::sys;
use crate::trace::Label;
use crate::words::Words;

/// A side of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Writes messages.
    Producer,
    /// Takes messages.
    Consumer,
}

impl Role {
    /// The other side.
    pub const fn peer(self) -> Role {
        match self {
            Role::Producer => Role::Consumer,
            Role::Consumer => Role::Producer,
        }
    }

    /// Where the block of this role lies.
    pub const fn block(self, geometry: &Geometry) -> u64 {
        match self {
            Role::Producer => geometry.producer_block,
            Role::Consumer => geometry.consumer_block,
        }
    }

    /// The byte whose lock is this role.
    pub(crate) const fn lock_byte(self) -> u64 {
        match self {
            Role::Producer => ring::LOCK_PRODUCER,
            Role::Consumer => ring::LOCK_CONSUMER,
        }
    }

    /// Whether a role can be in this state: a consumer never ends a stream.
    pub(crate) const fn knows(self, state: u32) -> bool {
        match state {
            ring::STATE_NEW | ring::STATE_ACTIVE | ring::STATE_DETACHED => true,
            ring::STATE_CLOSED => matches!(self, Role::Producer),
            _ => false,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Role::Producer => "producer",
            Role::Consumer => "consumer",
        })
    }
}

/// A side that is known when the program is compiled, so that the hot path does not ask which one it is.
pub(crate) trait Side {
    const ROLE: Role;
}

/// The producer's [`Side`].
#[derive(Debug)]
pub(crate) enum Writing {}

/// The consumer's [`Side`].
#[derive(Debug)]
pub(crate) enum Reading {}

impl Side for Writing {
    const ROLE: Role = Role::Producer;
}

impl Side for Reading {
    const ROLE: Role = Role::Consumer;
}

/// How a role is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A producer ends the stream, for good. A consumer can't: its close is a [`Detach`](Ending::Detach).
    Close,
    /// A successor may claim the role and go on.
    Detach,
}

/// What a role counts, from the creation of the ring on; its successors go on counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// How often it found the ring full (producer) or empty (consumer).
    pub stalls: u64,
    /// How often it slept.
    pub parks: u64,
    /// How often it woke the other side.
    pub wakes: u64,
    /// Messages that it dropped or lost: always 0 in an spsc ring.
    pub dropped: u64,
    /// The most messages that it saw waiting when it looked at the other side's cursor.
    pub high_water: u64,
}

/// A claimed role of a ring, for hosts in other languages that move messages themselves.
///
/// [`Producer`](crate::Producer) and [`Consumer`](crate::Consumer) are this with the moving of messages on top.
/// It maps the ring for itself, so that only what the role owns can be written to. Any thread may use it; but words
/// of a role have one writer, so only one thread at a time may publish, and only one may park.
///
/// Dropping it gives the role back: a producer closes the stream, a consumer detaches.
#[derive(Debug)]
pub struct RawRole {
    pub(crate) protocol: Protocol<Shared>,
    generation: u64,
    lock: RoleLock,
    pub(crate) label: Label,
}

/// The lock that is a role; `None` once it has been given back.
#[derive(Clone, Debug)]
pub(crate) struct RoleLock(Arc<Mutex<Option<UnforkedFd>>>);

impl RoleLock {
    fn get(&self) -> MutexGuard<'_, Option<UnforkedFd>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a living process holds `role`. Asks the kernel.
    pub(crate) fn sees_held(&self, role: Role) -> io::Result<bool> {
        match self.get().as_ref().and_then(UnforkedFd::get) {
            Some(fd) => lock::role_is_held(fd, role),
            None => Err(io::Error::other("the role is not held by this process any more")),
        }
    }
}

impl RawRole {
    /// Claims a role of the ring that is at home there; also what both cursors are then.
    pub(crate) fn claim(
        home: &Home,
        geometry: Geometry,
        file: &std::fs::File,
        role: Role,
        residency: Residency,
    ) -> Result<(Self, Cursors), ClaimError> {
        let failed = |action| move |error: io::Error| ClaimError::Io { action, error };
        let gone = || ClaimError::NotFound { path: home.path().to_path_buf() };
        if !home.leads_to(file).map_err(failed("look at the ring's file"))? {
            return Err(gone());
        }
        let start = sys::start_time().map_err(failed("read /proc/self/stat"))?;
        steps::reach(Step::ClaimOpen);
        let lock = UnforkedFd::open(|| home.reopen(file)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => gone(),
            _ => failed("open the ring's file again")(error),
        })?;
        steps::reach(Step::ClaimMap);
        let mut map = Mapping::for_role(file, geometry, role).map_err(failed("map the ring"))?;
        if residency.guarded {
            map.guard().map_err(failed("handle SIGBUS for the ring"))?;
        }
        map.make_resident(role, residency).map_err(|(action, error)| ClaimError::Io { action, error })?;
        let shared = Shared::new(map);
        let fd = lock.get().ok_or_else(|| failed("lock the role")(io::Error::other("the process forked meanwhile")))?;
        steps::reach(Step::ClaimLock);
        match lock::take_role(fd, role).map_err(failed("lock the role"))? {
            Answer::Given => {}
            Answer::Taken => {
                return Err(ClaimError::RoleTaken { role, pid: shared.acquire64(role, block::PID) });
            }
            Answer::Collected => return Err(gone()),
        }
        steps::reach(Step::ClaimLook);
        let admit = || -> Result<Cursors, ClaimError> {
            // A collector that was faster than the lock has removed the file: whoever comes next would never meet us.
            if !home.leads_to(fd).map_err(failed("look at the ring's file"))?
                || !home.leads_to(file).map_err(failed("look at the ring's file"))?
            {
                return Err(gone());
            }
            let admitted = Protocol::admit(&shared, role, geometry.capacity);
            if shared.map().is_lost() == Some(true) {
                return Err(ClaimError::Corrupt(Corruption::Truncated));
            }
            admitted.map_err(|inadmissible| match inadmissible {
                Inadmissible::Closed => ClaimError::Closed,
                Inadmissible::Corrupt(corruption) => ClaimError::Corrupt(corruption),
            })
        };
        // A claim that is refused after all unlocks by itself: a process that another thread is starting just now has
        // a copy of the descriptor until its `exec`, and closing ours would leave the role locked for as long.
        let cursors = admit().inspect_err(|_| {
            let _ = lock::give_role_back(fd, role);
        })?;
        let fence_mode = match rustix::thread::membarrier(MembarrierCommand::RegisterGlobalExpedited) {
            Ok(()) => ring::FENCE_ASYMMETRIC,
            Err(_) => ring::FENCE_FULL,
        };
        let claimant = Claimant { pid: std::process::id().into(), start, fence_mode };
        let claimed = RawRole {
            protocol: Protocol::claim(shared, role, claimant),
            generation: fork::generation(),
            lock: RoleLock(Arc::new(Mutex::new(Some(lock)))),
            label: Label::new(home.path()),
        };
        let position = match role {
            Role::Producer => cursors.tail(),
            Role::Consumer => cursors.head(),
        };
        claimed.label.claimed(role, claimed.epoch(), position);
        Ok((claimed, cursors))
    }

    /// Which role this is.
    #[inline]
    pub fn role(&self) -> Role {
        self.protocol.role()
    }

    /// Which claim of the role this is, from 1.
    pub fn epoch(&self) -> u64 {
        self.protocol.epoch()
    }

    /// How this side orders a cursor before it looks whether the peer sleeps: `FENCE_*` of the format.
    #[inline]
    pub fn fence_mode(&self) -> u32 {
        self.protocol.fence_mode()
    }

    /// The first byte of the mapping. Only the block of this role, and for a producer the slots, can be written to:
    /// a store elsewhere ends the process. Valid for as long as this lives.
    pub fn base(&self) -> *mut u8 {
        self.protocol.words.map().base()
    }

    /// Where each byte of the ring lies.
    pub fn geometry(&self) -> &Geometry {
        self.protocol.words.map().geometry()
    }

    /// Whether the role is still held: not given back, and not in a forked child.
    pub fn is_held(&self) -> bool {
        !self.is_forked() && self.lock.get().is_some()
    }

    /// Whether this is a forked child, whose parent keeps the role.
    #[inline]
    pub fn is_forked(&self) -> bool {
        self.generation != fork::generation()
    }

    /// The cursor of the other side, checked by nobody.
    #[inline]
    pub fn peer_cursor(&self) -> u64 {
        self.protocol.peer_cursor()
    }

    /// The state of the other side.
    ///
    /// # Errors
    /// If there is no such state.
    pub fn peer_state(&self) -> Result<u32, Corruption> {
        self.protocol.peer_state()
    }

    /// How often the other side has been claimed.
    pub fn peer_epoch(&self) -> u64 {
        self.protocol.words.acquire64(self.role().peer(), block::EPOCH)
    }

    /// The process that claimed the other side last, as it said itself.
    pub fn peer_pid(&self) -> u64 {
        self.protocol.words.acquire64(self.role().peer(), block::PID)
    }

    /// Whether a living process holds the other side. Asks the kernel.
    ///
    /// # Errors
    /// If the kernel does not answer, or if the role has been given back.
    pub fn peer_is_alive(&self) -> io::Result<bool> {
        self.lock.sees_held(self.role().peer())
    }

    /// What this role counts.
    pub fn stats(&self) -> Stats {
        stats(&self.protocol.words, self.role())
    }

    /// Gives the role back, wakes the other side, and is true if it was still held.
    ///
    /// The mapping stays until this is dropped. No thread may be parked or publish meanwhile: a successor may be
    /// there at once, and words of a role have one writer.
    pub fn end(&self, ending: Ending) -> bool {
        if self.is_forked() {
            // Nothing to give back. Nor may the lock be touched: another thread may have had it when the parent forked.
            return false;
        }
        let lock = self.lock.get().take();
        let Some(lock) = lock else { return false };
        let Some(fd) = lock.get() else { return false };
        let state = match (self.role(), ending) {
            (Role::Producer, Ending::Close) => ring::STATE_CLOSED,
            _ => ring::STATE_DETACHED,
        };
        self.protocol.end(state);
        steps::reach(Step::EndUnlock);
        // Explicitly, in case anything else still refers to the description.
        let _ = lock::give_role_back(fd, self.role());
        self.label.ended(self.role(), state == ring::STATE_CLOSED);
        true
    }

    /// Lets the role's lock go and says nothing, so that the other side sees a death; true if it was still held.
    ///
    /// For hosts in languages whose handles can be lost without having been closed: that is no end of the stream.
    pub fn abandon(&self) -> bool {
        if self.is_forked() {
            return false;
        }
        let lock = self.lock.get().take();
        let Some(fd) = lock.as_ref().and_then(UnforkedFd::get) else { return false };
        let _ = lock::give_role_back(fd, self.role());
        self.label.abandoned(self.role());
        true
    }

    /// What another thread needs to sleep for this one.
    #[cfg(feature = "tokio")]
    pub(crate) fn lock(&self) -> RoleLock {
        self.lock.clone()
    }

    /// Whether it is guarded against truncation, and then whether the ring has been lost by it.
    pub(crate) fn is_lost(&self) -> Option<bool> {
        self.protocol.words.map().is_lost()
    }

    #[inline]
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }
}

impl Drop for RawRole {
    fn drop(&mut self) {
        self.end(Ending::Close);
    }
}

pub(crate) fn stats(shared: &Shared, role: Role) -> Stats {
    let counter = |offset| shared.load64(role, offset);
    Stats {
        stalls: counter(block::STALLS),
        parks: counter(block::PARKS),
        wakes: counter(block::WAKES),
        dropped: counter(block::DROPPED),
        high_water: counter(block::HIGH_WATER),
    }
}
