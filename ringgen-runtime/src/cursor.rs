//! Index arithmetic: what one side knows of a ring, in private memory.
//!
//! ```text
//!        head               tail            head + capacity
//!   ──────┴─ pending ────────┴─ free ────────┴──────▶ positions, never reset
//! ```
//! A position's slot is its lower bits. The peer's cursor is a copy, refreshed only when it says that nothing can
//! be done: reading the shared word costs a cache miss whenever the peer has moved.

use ringgen_layout::ring::MAX_POSITION;

use crate::error::Corruption;
use crate::role::Role;

/// Both cursors as this side knows them. `head ≤ tail ≤ head + capacity` always holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursors {
    head: u64,
    tail: u64,
    capacity: u64,
}

impl Cursors {
    /// Cursors as they are found in a ring; `capacity` is a power of two.
    pub(crate) fn new(head: u64, tail: u64, capacity: u64) -> Result<Self, Corruption> {
        let cursors = Cursors { head, tail, capacity };
        if cursors.are_possible() { Ok(cursors) } else { Err(Corruption::Cursors { head, tail, capacity }) }
    }

    fn are_possible(&self) -> bool {
        self.head <= self.tail && self.tail - self.head <= self.capacity && self.tail <= MAX_POSITION
    }

    /// Messages ever taken, as far as known.
    #[inline]
    pub(crate) fn head(&self) -> u64 {
        self.head
    }

    /// Messages ever published, as far as known.
    #[inline]
    pub(crate) fn tail(&self) -> u64 {
        self.tail
    }

    /// Messages between the two.
    #[inline]
    pub(crate) fn pending(&self) -> u64 {
        self.tail - self.head
    }

    /// Slots that may be written.
    #[inline]
    pub(crate) fn free(&self) -> u64 {
        self.capacity - (self.tail - self.head)
    }

    /// What this role can do now: write so many slots, or take so many messages.
    #[inline]
    pub(crate) fn available(&self, role: Role) -> u64 {
        match role {
            Role::Producer => self.free(),
            Role::Consumer => self.pending(),
        }
    }

    /// The cursor of the other role, as last seen.
    #[inline]
    pub(crate) fn peer(&self, role: Role) -> u64 {
        match role {
            Role::Producer => self.head,
            Role::Consumer => self.tail,
        }
    }

    /// Takes over the cursor of the other role, which is not trusted: it may not go back, nor too far.
    #[inline]
    pub(crate) fn see_peer(&mut self, role: Role, now: u64) -> Result<(), Corruption> {
        let seen = self.peer(role);
        if now < seen {
            return Err(Corruption::Backwards { role: role.peer(), seen, now });
        }
        let mut next = *self;
        match role {
            Role::Producer => next.head = now,
            Role::Consumer => next.tail = now,
        }
        if !next.are_possible() {
            return Err(Corruption::Cursors { head: next.head, tail: next.tail, capacity: self.capacity });
        }
        *self = next;
        Ok(())
    }

    /// Moves `tail` behind `count` slots that have been written; where it is then.
    #[inline]
    pub(crate) fn publish(&mut self, count: u64) -> u64 {
        debug_assert!(count <= self.free(), "more slots were published than were free");
        self.tail += count;
        self.tail
    }

    /// Moves `head` behind `count` messages that have been taken; where it is then.
    #[inline]
    pub(crate) fn take(&mut self, count: u64) -> u64 {
        debug_assert!(count <= self.pending(), "more messages were taken than were there");
        self.head += count;
        self.head
    }

    /// How many slots from `position` on lie side by side, `count` at most.
    #[inline]
    pub(crate) fn contiguous(&self, position: u64, count: u64) -> u64 {
        count.min(self.capacity - (position & (self.capacity - 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_of_one_is_empty_or_full() {
        let mut cursors = Cursors::new(7, 7, 1).unwrap();
        assert_eq!((cursors.free(), cursors.pending()), (1, 0));
        cursors.publish(1);
        assert_eq!((cursors.free(), cursors.pending()), (0, 1));
        cursors.take(1);
        assert_eq!((cursors.free(), cursors.pending()), (1, 0));
    }

    #[test]
    fn runs_end_where_the_slots_do() {
        let cursors = Cursors::new(0, 0, 8).unwrap();
        assert_eq!(cursors.contiguous(0, 100), 8);
        assert_eq!(cursors.contiguous(6, 100), 2);
        assert_eq!(cursors.contiguous((1 << 32) - 5, 100), 5);
        assert_eq!(cursors.contiguous((1 << 53) - 5, 3), 3);
    }

    #[test]
    fn impossible_cursors_are_corrupt() {
        for (head, tail) in [(1, 0), (0, 9), (u64::MAX, 0), (MAX_POSITION, MAX_POSITION + 1), (u64::MAX, u64::MAX)] {
            assert_eq!(Cursors::new(head, tail, 8).unwrap_err(), Corruption::Cursors { head, tail, capacity: 8 });
        }
        assert!(Cursors::new(MAX_POSITION - 8, MAX_POSITION, 8).is_ok());
    }

    #[test]
    fn a_peer_that_jumps_is_not_believed() {
        let mut producer = Cursors::new(10, 14, 8).unwrap();
        assert!(matches!(producer.see_peer(Role::Producer, 9), Err(Corruption::Backwards { seen: 10, now: 9, .. })));
        assert!(matches!(producer.see_peer(Role::Producer, 15), Err(Corruption::Cursors { .. })));
        assert_eq!((producer.head(), producer.tail()), (10, 14), "what is refused is not taken over");
        producer.see_peer(Role::Producer, 14).unwrap();
        assert_eq!(producer.free(), 8);
        let mut consumer = Cursors::new(10, 14, 8).unwrap();
        assert!(consumer.see_peer(Role::Consumer, 19).is_err());
        assert!(consumer.see_peer(Role::Consumer, 13).is_err());
        consumer.see_peer(Role::Consumer, 18).unwrap();
        assert_eq!(consumer.available(Role::Consumer), 8);
    }
}
