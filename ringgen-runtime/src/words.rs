//! What the protocol does to shared memory, as a trait: the real protocol runs over a mapping, and over the cells of a
//! model checker.
//!
//! [`Protocol`](crate::protocol::Protocol) is generic over [`Words`] and monomorphised, so that it costs nothing.
//! [`Shared`](crate::raw::Shared) is the mapping.
//!
//! Nothing else stores to a word or a slot of a ring: each store is one call of a method here, says which [`Step`] it
//! is, and first [reaches](crate::steps::reach) it. So a test that kills at every step has killed between any two
//! stores.

use std::time::Duration;

use crate::pod::Pod;
use crate::role::Role;
use crate::steps::Step;
use crate::sync::Ordering;

/// Control words and slots of a ring, as one side has them.
///
/// A word is named by the role whose block it is in and its offset there (`block::*` of the format). Only the holder of
/// that role stores to it.
pub(crate) trait Words {
    /// Loads a word: it alone, in no order with anything else.
    fn load32(&self, role: Role, offset: usize) -> u32;

    /// As [`load32`](Words::load32).
    fn load64(&self, role: Role, offset: usize) -> u64;

    /// Loads a word that the peer stores, and sees all that it stored before.
    fn acquire32(&self, role: Role, offset: usize) -> u32;

    /// As [`acquire32`](Words::acquire32).
    fn acquire64(&self, role: Role, offset: usize) -> u64;

    /// Stores a word of this side's block.
    fn store32(&self, step: Step, role: Role, offset: usize, value: u32, ordering: Ordering);

    /// As [`store32`](Words::store32).
    fn store64(&self, step: Step, role: Role, offset: usize, value: u64, ordering: Ordering);

    /// Copies a message into the slot of `position`, which this side may write to.
    fn store<T: Pod>(&self, position: u64, message: &T);

    /// Copies messages into the slots from `position` on, which lie side by side.
    fn store_run<T: Pod>(&self, position: u64, messages: &[T]);

    /// Copies the message in the slot of `position` out.
    fn load<T: Pod>(&self, position: u64) -> T;

    /// Copies the messages in the slots from `position` on out, which lie side by side.
    fn load_run<T: Pod>(&self, position: u64, into: &mut [T]);

    /// A full fence.
    fn fence(&self, step: Step);

    /// Sees what was stored in front of what has just been loaded.
    fn acquire_fence(&self);

    /// Has every processor that runs a registered process fence; false if the kernel can't.
    fn barrier(&self) -> bool;

    /// Sleeps while the event of `role` is `expected`, so long at most. Wakes without a reason too.
    fn sleep(&self, step: Step, role: Role, expected: u32, at_most: Duration);

    /// Wakes a sleeper on the event of `role`.
    fn wake(&self, step: Step, role: Role);
}
