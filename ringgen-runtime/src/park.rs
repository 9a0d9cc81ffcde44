//! Sleeping: how one side, or many, say that they sleep before they do.
//!
//! ```text
//!   Parking::begin   e = event; ticket = odd            a side, and each of many
//!   settle           fence                              once for all of them
//!                    cursor, state and fence mode still the same?
//!                    FUTEX_WAIT, for any of the events
//!   Parking::end     ticket = even
//! ```
//! The other half is in `protocol.rs`: whoever publishes looks at the ticket. That a fence stands between all tickets
//! and all looks is what counts, so many sides need no more of them than one.

use std::time::Duration;

use ringgen_layout::ring::{self, block};

use crate::role::Role;
use crate::steps::Step;
use crate::sync::Ordering;
use crate::words::Words;

/// The longest sleep without a look at the peer's lock.
pub(crate) const SLICE: Duration = Duration::from_millis(100);
/// The longest sleep beside a peer that can't be relied on to wake anyone, or that nobody can wait for.
pub(crate) const UNFENCED_SLICE: Duration = Duration::from_millis(2);

/// What a side sleeps for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    /// The other side's cursor, as last seen.
    pub(crate) seen: u64,
    /// Its state, as last seen.
    pub(crate) state: u32,
    /// Where the other side's cursor must be for this side to go on.
    pub(crate) want: u64,
}

/// A side whose ticket is odd: it sleeps, or is about to. It is woken by whoever publishes from now on.
#[derive(Debug)]
#[must_use = "a ticket that stays odd has the other side wake nobody"]
pub(crate) struct Parking<'a, W> {
    words: &'a W,
    role: Role,
    sight: Sight,
    event: u32,
    ticket: u32,
    fence_mode: u32,
}

impl<'a, W: Words> Parking<'a, W> {
    /// Says that this side is about to sleep. One thread at a time may say so.
    pub(crate) fn begin(words: &'a W, role: Role, sight: Sight) -> Self {
        let parks = words.load64(role, block::PARKS).wrapping_add(1);
        words.store64(Step::ParkCount, role, block::PARKS, parks, Ordering::Relaxed);
        let event = words.acquire32(role.peer(), block::EVENT);
        if role == Role::Producer {
            // SYNC(want): goes in front of the ticket.
            words.store64(Step::ParkWant, role, block::WANT, sight.want, Ordering::Relaxed);
        }
        let ticket = words.load32(role, block::TICKET).wrapping_add(1) | 1;
        words.store32(Step::ParkTicketOdd, role, block::TICKET, ticket, Ordering::Release);
        Parking { words, role, sight, event, ticket, fence_mode: ring::FENCE_NONE }
    }

    /// Whether there is something to look at.
    fn has_changed(&self) -> bool {
        let peer = self.role.peer();
        self.words.acquire64(peer, block::CURSOR) != self.sight.seen
            || self.words.acquire32(peer, block::STATE) != self.sight.state
    }

    fn peer_fence_mode(&self) -> u32 {
        self.words.acquire32(self.role.peer(), block::FENCE_MODE)
    }

    /// Sleeps until the other side says something, but for `slice` at most. Only behind [`settle`].
    pub(crate) fn sleep(&self, slice: Duration) {
        self.words.sleep(Step::ParkSleep, self.role.peer(), self.event, slice);
    }

    /// The memory, the side whose event is slept on, and the event as it was in front of the ticket.
    pub(crate) fn event(&self) -> (&'a W, Role, u32) {
        (self.words, self.role.peer(), self.event)
    }

    /// Says that this side is awake.
    pub(crate) fn end(self) {
        let ticket = self.ticket.wrapping_add(1);
        self.words.store32(Step::ParkTicketEven, self.role, block::TICKET, ticket, Ordering::Relaxed);
    }
}

/// Says that a side is awake whose [`Parking`] another thread has. Never beside its [`end`](Parking::end).
#[cfg(feature = "tokio")]
pub(crate) fn rise(words: &impl Words, role: Role) {
    let ticket = words.load32(role, block::TICKET).wrapping_add(1);
    words.store32(Step::ParkTicketEven, role, block::TICKET, ticket, Ordering::Relaxed);
}

/// Makes sure that nothing happened that these sides would sleep through: how long they may sleep then. `None` if one of
/// them has something to look at.
pub(crate) fn settle<W: Words>(sides: &mut [Parking<'_, W>]) -> Option<Duration> {
    let Some(words) = sides.first().map(|side| side.words) else { return Some(SLICE) };
    for side in sides.iter_mut() {
        side.fence_mode = side.peer_fence_mode();
    }
    let are_any = |mode| sides.iter().any(|side| side.fence_mode == mode);
    let asymmetric = are_any(ring::FENCE_ASYMMETRIC) && words.barrier();
    words.fence(Step::ParkFence);
    // SYNC(park): the tickets go first, then the looks at cursors and states. And at fence modes: where one is new there
    // is another peer by now, which may order its stores in another way.
    if sides.iter().any(|side| side.has_changed() || side.peer_fence_mode() != side.fence_mode) {
        return None;
    }
    let is_fenced = |side: &Parking<'_, W>| match side.fence_mode {
        ring::FENCE_ASYMMETRIC => asymmetric,
        ring::FENCE_FULL => true,
        _ => false,
    };
    Some(if sides.iter().all(is_fenced) { SLICE } else { UNFENCED_SLICE })
}
