//! What both ends of a ring are made of, without the type of the messages.

use std::marker::PhantomData;
use std::time::Duration;

use ringgen_layout::ring::block;

use crate::cursor::Cursors;
use crate::error::Corruption;
use crate::fork;
use crate::park::Parking;
use crate::protocol::Look;
use crate::raw::Shared;
use crate::role::{RawRole, Side};
use crate::steps::Step;
use crate::wait::{Stop, Wait};

/// A role, both cursors as this side knows them, and whether they can still be believed.
#[derive(Debug)]
pub(crate) struct End<S: Side> {
    pub(crate) role: RawRole,
    pub(crate) cursors: Cursors,
    wait: Wait,
    /// The fork generation that this end is good for; of no process once the peer's words have contradicted
    /// themselves. One comparison for both.
    good_for: u64,
    /// Set once and for ever.
    corruption: Option<Corruption>,
    side: PhantomData<S>,
}

/// A generation that no process ever reaches.
const GOOD_FOR_NOBODY: u64 = u64::MAX;

impl<S: Side> End<S> {
    pub(crate) fn new(role: RawRole, cursors: Cursors, wait: Wait) -> Self {
        assert!(role.role() == S::ROLE, "an end is made of its own role");
        let good_for = role.generation();
        End { role, cursors, wait, good_for, corruption: None, side: PhantomData }
    }

    /// Whether one message can be moved without looking at the other side's cursor, or at anything else.
    ///
    /// What happens for each message is behind this and short enough to be inlined; all else is out of line. The more
    /// messages the processor has in flight at once, the more of their cache lines are on their way.
    #[inline]
    pub(crate) fn is_ready(&self) -> bool {
        self.good_for == fork::generation() && self.cursors.available(S::ROLE) > 0
    }

    /// How much this side can do now; the other side's cursor is only looked at when `needed` seems too much.
    #[inline]
    pub(crate) fn available(&mut self, needed: u64) -> Result<u64, Stop> {
        if self.good_for != fork::generation() {
            return Err(self.broken());
        }
        let known = self.cursors.available(S::ROLE);
        if known >= needed { Ok(known) } else { self.refresh() }
    }

    #[inline(never)]
    fn refresh(&mut self) -> Result<u64, Stop> {
        match self.role.protocol.refresh(S::ROLE, &mut self.cursors) {
            Ok(available) => {
                if available == 0 {
                    self.role.protocol.count(Step::LookStall, block::STALLS);
                }
                Ok(available)
            }
            Err(corruption) => Err(self.corrupt(corruption)),
        }
    }

    /// Stores this side's cursor and wakes the other side if it sleeps.
    #[inline]
    pub(crate) fn advance(&mut self, count: u64) {
        self.role.protocol.advance::<S>(&mut self.cursors, count);
    }

    /// Waits until `needed` can be done, or the stream has ended.
    #[cold]
    pub(crate) fn wait(&mut self, needed: u64, timeout: Option<Duration>) -> Result<Look, Stop> {
        if self.good_for != fork::generation() {
            return Err(self.broken());
        }
        self.role.wait(&mut self.cursors, needed, self.wait, timeout).map_err(|stop| self.told(stop))
    }

    /// Why waiting ended, remembered where it is for good.
    fn told(&mut self, stop: Stop) -> Stop {
        match stop {
            Stop::Corrupt(corruption) => self.corrupt(corruption),
            other => other,
        }
    }

    #[cold]
    fn corrupt(&mut self, corruption: Corruption) -> Stop {
        self.good_for = GOOD_FOR_NOBODY;
        self.role.label.corrupt(S::ROLE, &corruption);
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

/// An end, whatever side it is of: what waits for many of them needs.
pub(crate) trait AnyEnd {
    /// Whether `needed` can be done, or the stream has ended.
    fn look(&mut self, needed: u64) -> Result<Look, Stop>;

    /// Asks the kernel whether anybody is there to wait for.
    fn check(&mut self, needed: u64) -> Result<(), Stop>;

    /// Says that this side is about to sleep. A look has just shown nothing, with the peer in `state`.
    fn parking(&mut self, needed: u64, state: u32) -> Parking<'_, Shared>;
}

impl<S: Side> AnyEnd for End<S> {
    fn look(&mut self, needed: u64) -> Result<Look, Stop> {
        if self.good_for != fork::generation() {
            return Err(self.broken());
        }
        self.role.look(&mut self.cursors, needed).map_err(|corruption| self.corrupt(corruption))
    }

    fn check(&mut self, needed: u64) -> Result<(), Stop> {
        self.role.check_peer(&mut self.cursors, needed).map_err(|stop| self.told(stop))
    }

    fn parking(&mut self, needed: u64, state: u32) -> Parking<'_, Shared> {
        let protocol = &self.role.protocol;
        self.role.label.parked(S::ROLE, self.cursors.peer(S::ROLE));
        Parking::begin(&protocol.words, S::ROLE, protocol.sight(&self.cursors, needed, state))
    }
}
