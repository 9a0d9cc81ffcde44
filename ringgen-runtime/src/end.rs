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
    /// themselves, and where a guard has to be asked around whatever is done. One comparison for all of these.
    good_for: u64,
    /// Set once and for ever.
    corruption: Option<Corruption>,
    side: PhantomData<S>,
}

/// A generation that no process ever reaches.
const GOOD_FOR_NOBODY: u64 = u64::MAX;
/// Another one: of an end whose memory may go away.
const GUARDED: u64 = u64::MAX - 1;

impl<S: Side> End<S> {
    pub(crate) fn new(role: RawRole, cursors: Cursors, wait: Wait) -> Self {
        assert!(role.role() == S::ROLE, "an end is made of its own role");
        let good_for = if role.is_lost().is_some() { GUARDED } else { role.generation() };
        End { role, cursors, wait, good_for, corruption: None, side: PhantomData }
    }

    /// Whether one message can be moved without looking at the other side's cursor, or at anything else.
    ///
    /// What happens for each message is behind this and short enough to be inlined; all else is out of line. The more
    /// messages the processor has in flight at once, the more of their cache lines are on their way.
    #[inline]
    pub(crate) fn is_ready(&self) -> bool {
        self.is_usual() && self.cursors.available(S::ROLE) > 0
    }

    /// Whether this end can be used without further ado. Otherwise there is [`enter`](End::enter).
    #[inline]
    pub(crate) fn is_usual(&self) -> bool {
        self.good_for == fork::generation()
    }

    /// Makes a guarded end a usual one until [`leave`](End::leave), and is why this end can't be used if that is so.
    #[cold]
    #[inline(never)]
    pub(crate) fn enter(&mut self) -> Result<(), Stop> {
        match self.role.is_lost() {
            None => Err(self.broken()),
            _ if self.corruption.is_some() || self.role.is_forked() => Err(self.broken()),
            Some(true) => Err(self.corrupt(Corruption::Truncated)),
            Some(false) => {
                self.good_for = self.role.generation();
                Ok(())
            }
        }
    }

    /// Whether what was done since [`enter`](End::enter) was done to the ring.
    #[cold]
    #[inline(never)]
    pub(crate) fn leave(&mut self) -> Result<(), Stop> {
        if self.role.is_lost() == Some(true) {
            return Err(self.corrupt(Corruption::Truncated));
        }
        if self.corruption.is_none() {
            self.good_for = GUARDED;
        }
        Ok(())
    }

    /// Whether what has just been done in a slot was done to the ring, by the process that has the role.
    #[inline]
    pub(crate) fn confirm(&mut self) -> Result<(), Stop> {
        if self.is_usual() { Ok(()) } else { self.unusually(|_| Ok(())) }
    }

    /// Does something as a usual end.
    #[cold]
    #[inline(never)]
    fn unusually<R>(&mut self, verb: impl FnOnce(&mut Self) -> Result<R, Stop>) -> Result<R, Stop> {
        self.enter()?;
        let result = verb(self);
        self.leave()?;
        result
    }

    /// How much this side can do now; the other side's cursor is only looked at when `needed` seems too much.
    #[inline]
    pub(crate) fn available(&mut self, needed: u64) -> Result<u64, Stop> {
        if self.is_usual() { self.available_as_usual(needed) } else { self.unusually(|end| end.available(needed)) }
    }

    /// As [`available`](End::available), for an end that is known to be a usual one.
    #[inline]
    pub(crate) fn available_as_usual(&mut self, needed: u64) -> Result<u64, Stop> {
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
        if !self.is_usual() {
            return self.unusually(|end| end.wait(needed, timeout));
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
    #[inline(never)]
    fn corrupt(&mut self, corruption: Corruption) -> Stop {
        // Zeros in place of the peer's words contradict what was seen of them, too.
        let corruption = if self.role.is_lost() == Some(true) { Corruption::Truncated } else { corruption };
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
        if !self.is_usual() {
            return self.unusually(|end| end.look(needed));
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
