//! What both ends of a ring are made of, without the type of the messages.

use std::time::Duration;

use ringgen_layout::ring::block;

use crate::cursor::Cursors;
use crate::error::Corruption;
use crate::role::{RawRole, Role};
use crate::sync::Ordering;
use crate::wait::{Look, Stop, Wait};

/// What both ends have: a role, both cursors as this side knows them, and whether they can still be believed.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) role: RawRole,
    pub(crate) cursors: Cursors,
    wait: Wait,
    /// Set once and for ever when the peer's words contradict themselves.
    corruption: Option<Corruption>,
}

impl End {
    pub(crate) fn new(role: RawRole, cursors: Cursors, wait: Wait) -> Self {
        End { role, cursors, wait, corruption: None }
    }

    /// How much this side can do now; the other side's cursor is only looked at when `needed` seems too much.
    #[inline]
    pub(crate) fn available(&mut self, needed: u64) -> Result<u64, Stop> {
        if self.role.is_forked() || self.corruption.is_some() {
            return Err(self.broken());
        }
        let role = self.role.role();
        let known = self.cursors.available(role);
        if known >= needed {
            return Ok(known);
        }
        match self.role.refresh(&mut self.cursors) {
            Ok(available) => {
                if available == 0 {
                    self.role.count(block::STALLS);
                }
                Ok(available)
            }
            Err(corruption) => Err(self.corrupt(corruption)),
        }
    }

    /// Stores this side's cursor and wakes the other side if it sleeps.
    #[inline]
    pub(crate) fn advance(&mut self, count: u64) {
        let cursor = match self.role.role() {
            Role::Producer => {
                self.cursors.publish(count);
                self.cursors.tail()
            }
            Role::Consumer => {
                self.cursors.take(count);
                self.cursors.head()
            }
        };
        // SYNC(tail): publishes the slots. SYNC(head): gives them back when they have been read.
        self.role.own64(block::CURSOR).store(cursor, Ordering::Release);
        self.role.notify();
    }

    /// Waits until `needed` can be done, or the stream has ended.
    #[cold]
    pub(crate) fn wait(&mut self, needed: u64, timeout: Option<Duration>) -> Result<Look, Stop> {
        if self.role.is_forked() || self.corruption.is_some() {
            return Err(self.broken());
        }
        self.role.wait(&mut self.cursors, needed, self.wait, timeout).map_err(|stop| match stop {
            Stop::Corrupt(corruption) => self.corrupt(corruption),
            other => other,
        })
    }

    pub(crate) fn corrupt(&mut self, corruption: Corruption) -> Stop {
        Stop::Corrupt(*self.corruption.insert(corruption))
    }

    #[cold]
    fn broken(&self) -> Stop {
        match self.corruption {
            Some(corruption) if !self.role.is_forked() => Stop::Corrupt(corruption),
            _ => Stop::Forked,
        }
    }
}
