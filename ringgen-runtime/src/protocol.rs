//! What a side does to shared memory, in which order: claim, push, pop, notify, park, end.
//!
//! ```text
//!   publisher                               waiter: park.rs
//!   cursor = …            SYNC(tail/head)   e = event
//!   fence                 SYNC(park)        ticket = odd
//!   ticket odd and new?                     fence
//!     event += 1                            cursor, state and fence mode still the same?
//!     FUTEX_WAKE                            FUTEX_WAIT(event, e); ticket = even
//! ```
//! One of the two fences orders both sides: either the publisher sees the ticket, or the waiter sees the cursor.
//! The publisher's is a compiler fence where `membarrier` makes the waiter's fence count on every processor.
//!
//! All of it is generic over [`Words`], so that a model checker runs these very lines; time, locks and forks are
//! elsewhere.

use std::time::Duration;

use ringgen_layout::ring::{self, block};

use crate::cursor::Cursors;
use crate::error::Corruption;
use crate::park::{self, Parking, Sight};
use crate::pod::Pod;
use crate::role::{Reading, Role, Side, Writing};
use crate::steps::Step;
use crate::sync::{AtomicU32, Ordering, compiler_fence};
use crate::words::Words;

/// A side of a ring over its words. Whoever has one holds the role.
#[derive(Debug)]
pub(crate) struct Protocol<W> {
    pub(crate) words: W,
    role: Role,
    epoch: u64,
    fence_mode: u32,
    /// The last ticket of the peer that was answered by a wake. Private to this side.
    last_woken: AtomicU32,
}

/// Who claims a role, as told to whoever looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claimant {
    pub(crate) pid: u64,
    /// When the process started, in clock ticks since boot.
    pub(crate) start: u64,
    pub(crate) fence_mode: u32,
}

/// Why nobody can claim a role, though its lock is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inadmissible {
    Closed,
    Corrupt(Corruption),
}

/// What a look at the other side shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// There is what was waited for.
    Ready,
    /// The producer has ended the stream, and everything has been taken.
    Ended,
    /// The consumer has given its role back.
    Detached,
    /// Nothing yet, with the peer in this state.
    Nothing(u32),
}

/// The steps by which a side wakes the other one.
struct Wake {
    event: Step,
    count: Step,
    wake: Step,
}

const NOTIFY: Wake = Wake { event: Step::NotifyEvent, count: Step::NotifyCount, wake: Step::NotifyWake };
const END: Wake = Wake { event: Step::EndEvent, count: Step::EndCount, wake: Step::EndWake };

impl<W: Words> Protocol<W> {
    /// Both cursors as whoever has the lock of `role` finds them, if the role can be claimed.
    pub(crate) fn admit(words: &W, role: Role, capacity: u64) -> Result<Cursors, Inadmissible> {
        let state = words.acquire32(role, block::STATE);
        if !role.knows(state) {
            return Err(Inadmissible::Corrupt(Corruption::State { role, state }));
        }
        if state == ring::STATE_CLOSED {
            return Err(Inadmissible::Closed);
        }
        let cursor = |role| words.acquire64(role, block::CURSOR);
        Cursors::new(cursor(Role::Consumer), cursor(Role::Producer), capacity).map_err(Inadmissible::Corrupt)
    }

    /// Says that this side is there. The caller has the lock of `role`, and was [admitted](Protocol::admit).
    pub(crate) fn claim(words: W, role: Role, claimant: Claimant) -> Self {
        let Claimant { pid, start, fence_mode } = claimant;
        let epoch = words.acquire64(role, block::EPOCH).wrapping_add(1);
        words.store64(Step::ClaimEpoch, role, block::EPOCH, epoch, Ordering::Relaxed);
        words.store64(Step::ClaimPid, role, block::PID, pid, Ordering::Relaxed);
        words.store64(Step::ClaimStart, role, block::START, start, Ordering::Relaxed);
        // Tickets go on and are never reset: one that is seen twice would not be answered. A predecessor that died
        // while it was parked left an odd one.
        let last = words.load32(role, block::TICKET);
        words.store32(Step::ClaimTicket, role, block::TICKET, last.wrapping_add(last & 1), Ordering::Relaxed);
        words.store32(Step::ClaimFenceMode, role, block::FENCE_MODE, fence_mode, Ordering::Relaxed);
        // SYNC(state): publishes the words above.
        words.store32(Step::ClaimState, role, block::STATE, ring::STATE_ACTIVE, Ordering::Release);
        // Before the first cursor is stored, whoever parks must be able to see the new fence mode.
        words.fence(Step::ClaimFence);
        Protocol { words, role, epoch, fence_mode, last_woken: AtomicU32::new(0) }
    }

    #[inline]
    pub(crate) fn role(&self) -> Role {
        self.role
    }

    /// Which claim of the role this is, from 1.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    #[inline]
    pub(crate) fn fence_mode(&self) -> u32 {
        self.fence_mode
    }

    /// The cursor of the other side, checked by nobody.
    #[inline]
    pub(crate) fn peer_cursor(&self) -> u64 {
        // SYNC(tail), SYNC(head): sees the slots that were published or given back.
        self.words.acquire64(self.role.peer(), block::CURSOR)
    }

    /// The state of the other side, if there is such a state.
    pub(crate) fn peer_state(&self) -> Result<u32, Corruption> {
        let role = self.role.peer();
        // SYNC(state): sees the words of the claim, and the last cursor of a side that has ended.
        let state = self.words.acquire32(role, block::STATE);
        if role.knows(state) { Ok(state) } else { Err(Corruption::State { role, state }) }
    }

    /// Adds one to a counter of this side.
    pub(crate) fn count(&self, step: Step, counter: usize) {
        let count = self.words.load64(self.role, counter).wrapping_add(1);
        self.words.store64(step, self.role, counter, count, Ordering::Relaxed);
    }

    /// Takes over the peer's cursor, and looks at its state if that is not enough.
    pub(crate) fn look(&self, cursors: &mut Cursors, needed: u64) -> Result<Look, Corruption> {
        if self.refresh(self.role, cursors)? >= needed {
            return Ok(Look::Ready);
        }
        let state = self.peer_state()?;
        if matches!(state, ring::STATE_CLOSED | ring::STATE_DETACHED) && self.refresh(self.role, cursors)? >= needed {
            // The last cursor of a side that has ended comes before its state, and so may be new since the first look.
            return Ok(Look::Ready);
        }
        Ok(match (self.role, state) {
            (Role::Consumer, ring::STATE_CLOSED) => Look::Ended,
            (Role::Producer, ring::STATE_DETACHED) => Look::Detached,
            _ => Look::Nothing(state),
        })
    }

    /// Takes over the peer's cursor; what this side can do then. `role` is this side's, for callers that know which.
    #[inline]
    pub(crate) fn refresh(&self, role: Role, cursors: &mut Cursors) -> Result<u64, Corruption> {
        // SYNC(tail), SYNC(head): sees the slots that were published or given back.
        cursors.see_peer(role, self.words.acquire64(role.peer(), block::CURSOR))?;
        let pending = cursors.pending();
        if pending > self.words.load64(role, block::HIGH_WATER) {
            self.words.store64(Step::LookHighWater, role, block::HIGH_WATER, pending, Ordering::Relaxed);
        }
        Ok(cursors.available(role))
    }

    /// Pushes a message. There is room for it.
    #[inline]
    pub(crate) fn push<T: Pod>(&self, cursors: &mut Cursors, message: &T) {
        self.words.store(cursors.tail(), message);
        self.advance::<Writing>(cursors, 1);
    }

    /// Pushes messages, published all at once. There is room for them.
    #[inline]
    pub(crate) fn push_many<T: Pod>(&self, cursors: &mut Cursors, messages: &[T]) {
        let count = messages.len() as u64;
        let tail = cursors.tail();
        let first = cursors.contiguous(tail, count);
        let (until_end, from_start) = messages.split_at(first as usize);
        self.words.store_run(tail, until_end);
        if !from_start.is_empty() {
            self.words.store_run(tail + first, from_start);
        }
        self.advance::<Writing>(cursors, count);
    }

    /// Takes the next message. There is one.
    #[inline]
    pub(crate) fn pop<T: Pod>(&self, cursors: &mut Cursors) -> T {
        let message = self.words.load(cursors.head());
        self.advance::<Reading>(cursors, 1);
        message
    }

    /// Takes messages. There are as many.
    #[inline]
    pub(crate) fn pop_many<T: Pod>(&self, cursors: &mut Cursors, into: &mut [T]) {
        let count = into.len() as u64;
        let head = cursors.head();
        let first = cursors.contiguous(head, count);
        let (until_end, from_start) = into.split_at_mut(first as usize);
        self.words.load_run(head, until_end);
        if !from_start.is_empty() {
            self.words.load_run(head + first, from_start);
        }
        self.advance::<Reading>(cursors, count);
    }

    /// Stores this side's cursor and wakes the other side if it sleeps.
    #[inline]
    pub(crate) fn advance<S: Side>(&self, cursors: &mut Cursors, count: u64) {
        let (step, cursor) = match S::ROLE {
            Role::Producer => (Step::PushCursor, cursors.publish(count)),
            Role::Consumer => (Step::PopCursor, cursors.take(count)),
        };
        // SYNC(tail): publishes the slots. SYNC(head): gives them back when they have been read.
        self.words.store64(step, S::ROLE, block::CURSOR, cursor, Ordering::Release);
        if let Some(ticket) = self.sleeper(S::ROLE) {
            self.answer(ticket);
        }
    }

    /// The ticket of the other side if it sleeps, seen behind a store of this side's cursor. `role` is this side's.
    #[inline]
    pub(crate) fn sleeper(&self, role: Role) -> Option<u32> {
        // SYNC(park): the cursor goes first, then the look at the ticket.
        if self.fence_mode == ring::FENCE_ASYMMETRIC {
            crate::steps::reach(Step::NotifyFence);
            compiler_fence(Ordering::SeqCst);
        } else {
            self.words.fence(Step::NotifyFence);
        }
        let ticket = self.words.load32(role.peer(), block::TICKET);
        (ticket & 1 == 1).then_some(ticket)
    }

    /// Wakes the other side if this is the first time it is told, and if what it waits for is there.
    #[cold]
    pub(crate) fn answer(&self, ticket: u32) {
        if ticket == self.last_woken.load(Ordering::Relaxed) {
            return;
        }
        if self.role == Role::Consumer {
            // SYNC(want): sees what the producer stored in front of its ticket.
            self.words.acquire_fence();
            let want = self.words.load64(Role::Producer, block::WANT);
            if self.words.load64(Role::Consumer, block::CURSOR) < want {
                return;
            }
        }
        self.last_woken.store(ticket, Ordering::Relaxed);
        self.wake_peer();
    }

    /// Wakes the other side whether it sleeps or not.
    pub(crate) fn wake_peer(&self) {
        self.bump_and_wake(&NOTIFY);
    }

    /// Ends a park of another thread of this process early.
    pub(crate) fn interrupt(&self) {
        self.words.wake(Step::NotifyWake, self.role.peer());
    }

    fn bump_and_wake(&self, steps: &Wake) {
        let event = self.words.load32(self.role, block::EVENT).wrapping_add(1);
        self.words.store32(steps.event, self.role, block::EVENT, event, Ordering::Release);
        self.count(steps.count, block::WAKES);
        self.words.wake(steps.wake, self.role);
    }

    /// Sleeps until the other side wakes this one, but for `slice` at most; see [`RawRole::park`](crate::RawRole::park).
    pub(crate) fn park(&self, sight: Sight, slice: Duration) {
        let mut side = [Parking::begin(&self.words, self.role, sight)];
        let longest = park::settle(&mut side);
        let [side] = side;
        if let Some(longest) = longest {
            side.sleep(slice.min(longest));
        }
        side.end();
    }

    /// What to sleep for until `needed` may be there. A look has just shown nothing, with the peer in `state`.
    pub(crate) fn sight(&self, cursors: &Cursors, needed: u64, state: u32) -> Sight {
        let seen = cursors.peer(self.role);
        Sight { seen, state, want: seen.saturating_add(needed.saturating_sub(cursors.available(self.role))) }
    }

    /// Says that this side is done, in `state`, and wakes the other one. The lock goes next.
    pub(crate) fn end(&self, state: u32) {
        // SYNC(state): publishes the last cursor.
        self.words.store32(Step::EndState, self.role, block::STATE, state, Ordering::Release);
        self.bump_and_wake(&END);
    }
}

#[cfg(test)]
mod under_loom;
