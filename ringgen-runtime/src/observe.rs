//! Looking at rings: what a tool shows of them without taking part.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use ringgen_layout::ring::block;

use crate::error::AttachError;
use crate::header::Header;
use crate::home::Home;
use crate::lock;
use crate::map::{self, Mapping};
use crate::name::PlaceError;
use crate::options::RingOptions;
use crate::raw::Shared;
use crate::role::{self, Role, Stats};
use crate::steps::{self, Step};
use crate::sys;
use crate::words::Words;

/// A look at a ring that changes nothing: it takes no role, writes nothing, and nobody notices it.
///
/// What it shows was so at some moment; the ring goes on meanwhile.
#[derive(Debug)]
pub struct Observer {
    pub(crate) home: Home,
    pub(crate) file: File,
    pub(crate) header: Header,
    pub(crate) schema: String,
    pub(crate) shared: Shared,
}

/// What is known of a role of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RoleInfo {
    /// `STATE_*` of the format.
    pub state: u32,
    /// Whether a living process holds it: the kernel says so.
    pub held: bool,
    /// How often it has been claimed.
    pub epoch: u64,
    /// The process that claimed it last, as it said itself.
    pub pid: u64,
    /// When that process started, in clock ticks since boot.
    pub start: u64,
    /// Messages published (producer) or taken (consumer).
    pub cursor: u64,
    /// Whether it sleeps.
    pub parked: bool,
    /// `FENCE_*` of the format.
    pub fence_mode: u32,
    /// What it counts.
    pub stats: Stats,
}

impl Observer {
    /// Looks at the ring of this name, or at this path. A ring from before the machine's last start is one too.
    ///
    /// # Errors
    /// As for [`Ring::attach`](crate::Ring::attach), but for the message, which is not compared.
    pub fn open(name: impl AsRef<Path>, options: &RingOptions) -> Result<Self, AttachError> {
        Self::open_as(name.as_ref(), options, false)
    }

    pub(crate) fn open_as(name: &Path, options: &RingOptions, writable: bool) -> Result<Self, AttachError> {
        let location = options.locate(name).map_err(AttachError::InvalidName)?;
        let (dir, path) = (location.dir().to_path_buf(), location.path());
        let place = location.open(false, options.any_owner).map_err(|error| match error {
            PlaceError::NotFound => AttachError::NotFound { path },
            PlaceError::Refused(reason) => AttachError::Refused { path: dir, reason },
            PlaceError::Io(action, error) => AttachError::Io { path: dir, action, error },
        })?;
        steps::reach(Step::AttachOpen);
        let file = map::open(&place, writable, options.any_owner)?;
        Self::of(Home::Named(place), file)
    }

    /// Looks at the ring in a file that is open.
    pub(crate) fn of(home: Home, file: File) -> Result<Self, AttachError> {
        let (header, schema) = map::read(&file, home.path())?;
        steps::reach(Step::AttachMap);
        let map = Mapping::read_only(&file, header.geometry).map_err(|error| {
            let path = home.path().to_path_buf();
            AttachError::Io { path, action: "map", error }
        })?;
        Ok(Observer { home, file, header, schema, shared: Shared::new(map) })
    }

    /// The static header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The canonical schema.
    pub fn schema(&self) -> &str {
        &self.schema
    }

    /// Where the ring lies.
    pub fn path(&self) -> &Path {
        self.home.path()
    }

    /// The first byte of the mapping, all of which is read-only. Valid for as long as this lives.
    pub fn base(&self) -> *const u8 {
        self.shared.map().base()
    }

    /// Whether the ring is from before the machine's last start, so that nobody can use it any more.
    ///
    /// # Errors
    /// If the kernel does not say which start this is.
    pub fn is_stale(&self) -> io::Result<bool> {
        Ok(sys::boot_id()? != self.header.boot_id)
    }

    /// What is known of a role.
    ///
    /// # Errors
    /// If the kernel does not say whether it is held.
    pub fn role(&self, role: Role) -> io::Result<RoleInfo> {
        let word = |offset| self.shared.acquire64(role, offset);
        let half = |offset| self.shared.acquire32(role, offset);
        Ok(RoleInfo {
            state: half(block::STATE),
            held: lock::role_is_held(self.file.as_fd(), role)?,
            epoch: word(block::EPOCH),
            pid: word(block::PID),
            start: word(block::START),
            cursor: word(block::CURSOR),
            parked: half(block::TICKET) & 1 == 1,
            fence_mode: half(block::FENCE_MODE),
            stats: role::stats(&self.shared, role),
        })
    }

    /// `head` and `tail`: messages ever taken and published. `head` is read first, so it is never the larger one
    /// in a sound ring.
    pub fn cursors(&self) -> (u64, u64) {
        let cursor = |role| self.shared.acquire64(role, block::CURSOR);
        let head = cursor(Role::Consumer);
        (head, cursor(Role::Producer))
    }

    /// Copies the bytes of the message at this position, and is true if it was waiting in the ring all the while.
    ///
    /// Otherwise it is not published yet, or was taken meanwhile, and what was copied may be of two messages.
    ///
    /// # Panics
    /// If `into` has not the size of a message.
    pub fn read(&self, position: u64, into: &mut [u8]) -> bool {
        let waits = || {
            let (head, tail) = self.cursors();
            head <= position && position < tail && tail - head <= self.header.geometry.capacity
        };
        if !waits() {
            return false;
        }
        self.shared.load_bytes(position, into);
        // A slot is written again only when its message has been taken.
        self.shared.acquire_fence();
        waits()
    }
}
