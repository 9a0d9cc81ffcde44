//! Waiting: spin, then yield, then park, and now and then ask the kernel whether anybody is there to wait for.
//!
//! How a side parks and is woken is in `protocol.rs`.

use std::hint;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use ringgen_layout::ring;

use crate::cursor::Cursors;
use crate::error::{Corruption, Peer};
use crate::park::{SLICE, Sight};
use crate::protocol::Look;
use crate::role::{RawRole, Role};
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
/// How many spins there are to one reading of the clock.
pub(crate) const SPINS_PER_CLOCK: u64 = 48;
/// The most spins of a producer between two looks; see [`spins_per_look`].
const MAX_SPINS_PER_LOOK: u64 = 24;

/// The time from now until then: none if it has passed.
pub(crate) fn until(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
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
        if let Some(ticket) = self.protocol.sleeper(self.role())
            && self.is_held()
        {
            self.protocol.answer(ticket);
        }
    }

    /// Wakes the other side whether it sleeps or not.
    pub fn wake_peer(&self) {
        if self.is_held() {
            self.protocol.wake_peer();
        }
    }

    /// Ends a [`park`](RawRole::park) of another thread of this process early.
    pub fn interrupt(&self) {
        self.protocol.interrupt();
    }

    /// Sleeps until the other side wakes this one, but for `slice` at most and never longer than 100 ms.
    ///
    /// Returns at once if the other side's cursor is no longer `seen` or its state no longer `state`, and also
    /// without a reason: look again, and now and then ask [`RawRole::peer_is_alive`]. A producer that waits for room
    /// is woken when the consumer's cursor has reached `want`.
    ///
    /// One thread at a time may park.
    pub fn park(&self, seen: u64, state: u32, want: u64, slice: Duration) {
        if self.is_held() {
            self.label.parked(self.role(), seen);
            self.protocol.park(Sight { seen, state, want }, slice);
        }
    }

    pub(crate) fn look(&self, cursors: &mut Cursors, needed: u64) -> Result<Look, Corruption> {
        self.protocol.look(cursors, needed)
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
                    self.label.parked(role, cursors.peer(role));
                    self.protocol.park(self.protocol.sight(cursors, needed, state), left.min(SLICE));
                }
            }
        }
    }

    /// Asks the kernel whether anybody is there to wait for.
    pub(crate) fn check_peer(&self, cursors: &mut Cursors, needed: u64) -> Result<(), Stop> {
        if self.is_lost() == Some(true) {
            return Err(Stop::Corrupt(Corruption::Truncated));
        }
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
        self.label.peer_died(self.role().peer(), peer);
        Err(Stop::PeerDied(peer))
    }
}

/// How long a side spins between two looks at the other's cursor.
///
/// A consumer looks as often as it can: something may have come. A producer that finds the ring full gains nothing by
/// the first slot that is given back, and would take the line of `head` from the consumer for every one that follows:
/// it lets some of them gather, no more than the consumer has left to do meanwhile.
// NB: in batches of one this took a message from some 20 ns to some 15; see benches/peers.
fn spins_per_look(role: Role, capacity: u64) -> u64 {
    match role {
        Role::Producer => (capacity / 16).clamp(1, MAX_SPINS_PER_LOOK),
        Role::Consumer => 1,
    }
}

/// The longest that a consumer spins while messages gather; see [`gather`].
const MAX_SPINS_TO_GATHER: u64 = 32;

/// Lets messages gather for a moment: for a consumer that will wait anyway, and whose last look found several.
///
/// It has taken all it knew of, as fast as they come. A look now would find one or two more, take the line of `tail` from
/// the producer in the midst of its stores, and be due again at once: both sides would then run at the pace at which that
/// line goes back and forth. A moment later there are dozens. Whoever sends one message and waits for an answer never
/// comes here, as a look of theirs finds one. No longer than the producer has room for meanwhile.
// NB: in batches of one this took a message from some 60 ns to some 10 between distant processors; see benches/peers.
#[inline]
pub(crate) fn gather(capacity: u64) {
    (0..(capacity / 16).clamp(1, MAX_SPINS_TO_GATHER)).for_each(|_| hint::spin_loop());
}

/// What a waiting side does between two looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Spin,
    Yield,
    Park,
}

impl Phase {
    pub(crate) fn after(wait: Wait, waited: Duration) -> Phase {
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
