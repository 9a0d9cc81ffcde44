//! What happens to rings, as events of `tracing`, under the target `ringgen`. Nothing at all without the feature.
//!
//! None of this is on the way of a message that is there, or finds room.
#![cfg_attr(not(feature = "tracing"), allow(unused_variables, reason = "without the feature there is nobody to tell"))]

use std::path::Path;
#[cfg(feature = "tracing")]
use std::path::PathBuf;

use crate::error::{Corruption, Peer};
use crate::role::Role;

macro_rules! tell {
    ($level:ident, $($event:tt)*) => {
        #[cfg(feature = "tracing")]
        tracing::event!(target: "ringgen", tracing::Level::$level, $($event)*);
    };
}

pub(crate) fn created(ring: &Path, message: &str, capacity: u64) {
    tell!(INFO, ring = %ring.display(), message_type = message, capacity, "created a ring");
}

pub(crate) fn attached(ring: &Path, message: &str, warnings: &[String]) {
    tell!(DEBUG, ring = %ring.display(), message_type = message, "attached to a ring");
    for warning in warnings {
        tell!(WARN, ring = %ring.display(), "{warning}");
    }
}

pub(crate) fn unlinked(ring: &Path) {
    tell!(INFO, ring = %ring.display(), "took a ring's name away");
}

pub(crate) fn collected(ring: &Path, bytes: u64) {
    tell!(INFO, ring = %ring.display(), bytes, "collected a ring that nobody uses");
}

#[cfg(feature = "tokio")]
pub(crate) fn parked_for_tasks(ends: usize) {
    tell!(TRACE, ends, "sleeps for tasks");
}

/// The role that events are about.
#[derive(Debug)]
pub(crate) struct Label {
    #[cfg(feature = "tracing")]
    ring: PathBuf,
}

impl Label {
    pub(crate) fn new(ring: &Path) -> Self {
        Label {
            #[cfg(feature = "tracing")]
            ring: ring.to_path_buf(),
        }
    }

    pub(crate) fn claimed(&self, role: Role, epoch: u64, position: u64) {
        tell!(INFO, ring = %self.ring.display(), %role, epoch, position, "claimed a role");
    }

    pub(crate) fn parked(&self, role: Role, seen: u64) {
        tell!(TRACE, ring = %self.ring.display(), %role, seen, "sleeps");
    }

    pub(crate) fn ended(&self, role: Role, is_closed: bool) {
        if is_closed {
            tell!(INFO, ring = %self.ring.display(), %role, "ended the stream");
        } else {
            tell!(INFO, ring = %self.ring.display(), %role, "gave a role back");
        }
    }

    pub(crate) fn abandoned(&self, role: Role) {
        tell!(WARN, ring = %self.ring.display(), %role, "abandoned a role");
    }

    pub(crate) fn peer_died(&self, peer: Role, Peer { pid, epoch }: Peer) {
        tell!(WARN, ring = %self.ring.display(), %peer, pid, epoch, "the peer died");
    }

    pub(crate) fn corrupt(&self, role: Role, corruption: &Corruption) {
        tell!(ERROR, ring = %self.ring.display(), %role, %corruption, "the ring is corrupt");
    }
}
