//! Waiting: spin, then yield, then park on a futex; and waking whoever is parked.
//!
//! ```text
//!   publisher                               waiter
//!   cursor = …            SYNC(tail/head)   e = event
//!   fence                 SYNC(park)        ticket = odd
//!   ticket odd and new?                     fence
//!     event += 1                            cursor, state and fence mode still the same?
//!     FUTEX_WAKE                            FUTEX_WAIT(event, e); ticket = even
//! ```
//! One of the two fences orders both sides: either the publisher sees the ticket, or the waiter sees the cursor.
//! The publisher's is a compiler fence where `membarrier` makes the waiter's fence count on every processor.

use std::hint;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use ringgen_layout::ring::{self, block};
use rustix::thread::MembarrierCommand;

use crate::cursor::Cursors;
use crate::error::{Corruption, Peer};
use crate::role::{RawRole, Role};
use crate::sync::{Ordering, acquire_u32, acquire_u64, compiler_fence, fence};
use crate::sys;

/// How a side waits for the other. Each side chooses for itself; whoever publishes wakes a sleeper in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Wait {
    /// Never gives the processor away: the shortest latency, for a processor of its own.
    Spin,
    /// Gives the processor away between looks, and never sleeps.
    Yield,
    /// Spins for 50 µs, yields up to 150 µs, then sleeps without using the processor at all.
    #[default]
    Hybrid,
}

/// How long a hybrid wait spins.
const SPIN: Duration = Duration::from_micros(50);
/// How long it has waited when it parks.
const SPIN_AND_YIELD: Duration = Duration::from_micros(150);
/// The longest sleep without a look at the peer's lock.
const SLICE: Duration = Duration::from_millis(100);
/// The longest sleep beside a peer that can't be relied on to wake anyone.
const UNFENCED_SLICE: Duration = Duration::from_millis(2);
/// How many spins there are to one reading of the clock.
const SPINS_PER_CLOCK: u64 = 48;
/// The most spins of a producer between two looks; see [`spins_per_look`].
const MAX_SPINS_PER_LOOK: u64 = 24;

/// The time from now until then: none if it has passed.
pub(crate) fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
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

/// Why waiting ended without what was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Timeout,
    PeerDied(Peer),
    Detached,
    Corrupt(Corruption),
    Forked,
}

impl From<Corruption> for Stop {
    fn from(corruption: Corruption) -> Self {
        Stop::Corrupt(corruption)
    }
}

impl RawRole {
    /// Wakes the other side if it sleeps and this is the first time it is told. Call it behind every store of this
    /// side's cursor.
    pub fn notify(&self) {
        self.notify_as(self.role());
    }

    /// As [`notify`](RawRole::notify), for a caller that knows which role this is.
    #[inline]
    pub(crate) fn notify_as(&self, role: Role) {
        // SYNC(park): the cursor goes first, then the look at the ticket.
        if self.fence_mode() == ring::FENCE_ASYMMETRIC {
            compiler_fence(Ordering::SeqCst);
        } else {
            fence(Ordering::SeqCst);
        }
        let ticket = self.shared.word32(role.peer(), block::TICKET).load(Ordering::Relaxed);
        if ticket & 1 == 1 {
            self.answer(ticket);
        }
    }

    #[cold]
    fn answer(&self, ticket: u32) {
        if ticket == self.last_woken.load(Ordering::Relaxed) {
            return;
        }
        if self.role() == Role::Consumer {
            // SYNC(want): sees what the producer stored in front of its ticket.
            fence(Ordering::Acquire);
            let want = self.peer64(block::WANT).load(Ordering::Relaxed);
            if self.own64(block::CURSOR).load(Ordering::Relaxed) < want {
                return;
            }
        }
        self.last_woken.store(ticket, Ordering::Relaxed);
        self.wake_peer();
    }

    /// Wakes the other side whether it sleeps or not.
    pub fn wake_peer(&self) {
        if self.is_held() {
            self.bump_and_wake();
        }
    }

    /// Ends a [`park`](RawRole::park) of another thread of this process early.
    pub fn interrupt(&self) {
        sys::futex_wake(self.peer32(block::EVENT));
    }

    pub(crate) fn bump_and_wake(&self) {
        let event = self.own32(block::EVENT);
        event.store(event.load(Ordering::Relaxed).wrapping_add(1), Ordering::Release);
        self.count(block::WAKES);
        sys::futex_wake(event);
    }

    /// Sleeps until the other side wakes this one, but for `slice` at most and never longer than 100 ms.
    ///
    /// Returns at once if the other side's cursor is no longer `seen` or its state no longer `state`, and also
    /// without a reason: look again, and now and then ask [`RawRole::peer_is_alive`]. A producer that waits for room
    /// is woken when the consumer's cursor has reached `want`.
    ///
    /// One thread at a time may park.
    pub fn park(&self, seen: u64, state: u32, want: u64, slice: Duration) {
        if !self.is_held() {
            return;
        }
        self.count(block::PARKS);
        let event = self.peer32(block::EVENT);
        let expected = acquire_u32(event);
        if self.role() == Role::Producer {
            // SYNC(want): goes in front of the ticket.
            self.own64(block::WANT).store(want, Ordering::Relaxed);
        }
        let ticket = self.own32(block::TICKET);
        let parked = ticket.load(Ordering::Relaxed).wrapping_add(1) | 1;
        ticket.store(parked, Ordering::Release);
        loop {
            let fence_mode = acquire_u32(self.peer32(block::FENCE_MODE));
            let longest = fence_for(fence_mode);
            // SYNC(park): the ticket goes first, then the look at cursor and state.
            if self.peer_cursor() != seen || acquire_u32(self.peer32(block::STATE)) != state {
                break;
            }
            // Another peer by now, which may order its stores in another way.
            if acquire_u32(self.peer32(block::FENCE_MODE)) != fence_mode {
                continue;
            }
            sys::futex_wait(event, expected, slice.min(longest));
            break;
        }
        ticket.store(parked.wrapping_add(1), Ordering::Relaxed);
    }

    /// Takes over the peer's cursor, and looks at its state if that is not enough.
    pub(crate) fn look(&self, cursors: &mut Cursors, needed: u64) -> Result<Look, Corruption> {
        if self.refresh(cursors)? >= needed {
            return Ok(Look::Ready);
        }
        let state = self.peer_state()?;
        if matches!(state, ring::STATE_CLOSED | ring::STATE_DETACHED) && self.refresh(cursors)? >= needed {
            // The last cursor of a side that has ended comes before its state, and so may be new since the first look.
            return Ok(Look::Ready);
        }
        Ok(match (self.role(), state) {
            (Role::Consumer, ring::STATE_CLOSED) => Look::Ended,
            (Role::Producer, ring::STATE_DETACHED) => Look::Detached,
            _ => Look::Nothing(state),
        })
    }

    /// Takes over the peer's cursor; what this side can do then.
    fn refresh(&self, cursors: &mut Cursors) -> Result<u64, Corruption> {
        self.refresh_as(self.role(), cursors)
    }

    /// As [`refresh`](RawRole::refresh), for a caller that knows which role this is.
    #[inline]
    pub(crate) fn refresh_as(&self, role: Role, cursors: &mut Cursors) -> Result<u64, Corruption> {
        // SYNC(tail), SYNC(head): sees the slots that were published or given back.
        cursors.see_peer(role, acquire_u64(self.shared.word64(role.peer(), block::CURSOR)))?;
        let pending = cursors.pending();
        let high_water = self.shared.word64(role, block::HIGH_WATER);
        if pending > high_water.load(Ordering::Relaxed) {
            high_water.store(pending, Ordering::Relaxed);
        }
        Ok(cursors.available(role))
    }

    /// Waits until this side can do `needed`, the stream has ended, or nobody is there to wait for.
    pub(crate) fn wait(
        &self,
        cursors: &mut Cursors,
        needed: u64,
        wait: Wait,
        timeout: Option<Duration>,
    ) -> Result<Look, Stop> {
        let role = self.role();
        let mut start = None;
        let mut phase = Phase::after(wait, Duration::ZERO);
        let mut next_check = SLICE;
        let spins = spins_per_look(role, self.geometry().capacity);
        loop {
            let mut state = ring::STATE_NEW;
            for _ in 0..if phase == Phase::Spin { SPINS_PER_CLOCK / spins } else { 1 } {
                if self.is_forked() {
                    return Err(Stop::Forked);
                }
                // In front of the look: the caller has just looked, and each look takes the line from the peer.
                (0..spins).for_each(|_| hint::spin_loop());
                match self.look(cursors, needed)? {
                    Look::Nothing(other) => state = other,
                    Look::Detached => state = ring::STATE_DETACHED,
                    found => return Ok(found),
                }
            }
            let waited = start.get_or_insert_with(Instant::now).elapsed();
            let left = timeout.map_or(SLICE, |timeout| timeout.saturating_sub(waited));
            if left.is_zero() || waited >= next_check {
                self.check_peer(cursors, needed)?;
                next_check = waited + SLICE;
            }
            if left.is_zero() {
                // It may have come while the kernel was asked.
                return match self.look(cursors, needed)? {
                    found @ (Look::Ready | Look::Ended) => Ok(found),
                    Look::Nothing(_) | Look::Detached => Err(Stop::Timeout),
                };
            }
            phase = Phase::after(wait, waited);
            match phase {
                Phase::Spin => {}
                Phase::Yield => thread::yield_now(),
                Phase::Park => {
                    let seen = cursors.peer(role);
                    let want = seen + needed.saturating_sub(cursors.available(role));
                    self.park(seen, state, want, left.min(SLICE));
                }
            }
        }
    }

    /// Asks the kernel whether anybody is there to wait for.
    fn check_peer(&self, cursors: &mut Cursors, needed: u64) -> Result<(), Stop> {
        match self.look(cursors, needed)? {
            Look::Detached => return Err(Stop::Detached),
            Look::Nothing(ring::STATE_ACTIVE) => {}
            _ => return Ok(()),
        }
        let epoch = self.peer_epoch();
        let alive = || self.peer_is_alive().unwrap_or(true);
        if alive() {
            return Ok(());
        }
        // It may have published, closed or been succeeded since the first look: only what is seen behind the free
        // lock counts.
        let peer = Peer { pid: self.peer_pid(), epoch };
        if self.look(cursors, needed)? != Look::Nothing(ring::STATE_ACTIVE) || self.peer_epoch() != epoch || alive() {
            return Ok(());
        }
        Err(Stop::PeerDied(peer))
    }
}

/// Orders what this side stored before what it loads next, beside a peer with this fence mode; how long it may then
/// sleep.
fn fence_for(fence_mode: u32) -> Duration {
    let asymmetric =
        fence_mode == ring::FENCE_ASYMMETRIC && rustix::thread::membarrier(MembarrierCommand::GlobalExpedited).is_ok();
    fence(Ordering::SeqCst);
    if asymmetric || fence_mode == ring::FENCE_FULL { SLICE } else { UNFENCED_SLICE }
}

/// How long a side spins between two looks at the other's cursor.
///
/// A consumer looks as often as it can: something may have come. A producer that finds the ring full gains nothing by
/// the first slot that is given back, and would take the line of `head` from the consumer for every one that follows:
/// it lets some of them gather, no more than the consumer has left to do meanwhile.
// NB: in batches of one this took a message from some 20 ns to some 15; see benches/push_pop.rs.
fn spins_per_look(role: Role, capacity: u64) -> u64 {
    match role {
        Role::Producer => (capacity / 16).clamp(1, MAX_SPINS_PER_LOOK),
        Role::Consumer => 1,
    }
}

/// What a waiting side does between two looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Spin,
    Yield,
    Park,
}

impl Phase {
    fn after(wait: Wait, waited: Duration) -> Phase {
        match wait {
            Wait::Spin => Phase::Spin.unless_alone(),
            Wait::Hybrid if waited < SPIN => Phase::Spin.unless_alone(),
            Wait::Yield => Phase::Yield,
            Wait::Hybrid if waited < SPIN_AND_YIELD => Phase::Yield,
            Wait::Hybrid => Phase::Park,
        }
    }

    /// With one processor, a peer would never come to run while this side spins. What counts is the machine: a
    /// process that is bound to one processor has a peer on another.
    fn unless_alone(self) -> Phase {
        static PROCESSORS: OnceLock<u64> = OnceLock::new();
        if *PROCESSORS.get_or_init(sys::processors) > 1 { self } else { Phase::Yield }
    }
}
