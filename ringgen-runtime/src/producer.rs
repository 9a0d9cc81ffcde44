//! The producer's end: messages go in at `tail`.

use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use crate::end::{AnyEnd, End};
use crate::error::{PushError, TryPushError};
use crate::pod::Message;
use crate::role::{Ending, Stats, Writing};
use crate::wait::{Stop, until};
use crate::words::Words;

/// The writing end of a ring. There is at most one in the whole machine.
///
/// What it knows of the consumer's progress is a private copy, looked at again only when it says that the ring is
/// full: meanwhile the consumer may have made room, and never the other way round. Nothing here makes a system call
/// unless it waits, or the consumer sleeps.
///
/// What starts with `try_` never waits, and does now what it can; the others wait, `…_timeout` and `…_deadline` so long
/// at most. [`wait_for_room`](Producer::wait_for_room) gives every `try_…` a time.
///
/// Dropping it ends the stream for good; [`detach`](Producer::detach) leaves it to a successor.
pub struct Producer<T: Message> {
    pub(crate) end: End<Writing>,
    warnings: Vec<String>,
    messages: PhantomData<fn(T)>,
}

impl<T: Message> Producer<T> {
    pub(crate) fn new(end: End<Writing>, warnings: Vec<String>) -> Self {
        Producer { end, warnings, messages: PhantomData }
    }

    /// Pushes a message if there is room now.
    ///
    /// # Errors
    /// With the message, if the ring is full, corrupt, or came over a fork.
    #[inline]
    pub fn try_push(&mut self, message: T) -> Result<(), TryPushError<T>> {
        if self.end.is_ready() {
            self.put(&message);
            return Ok(());
        }
        self.refresh_and_push(message)
    }

    #[inline(never)]
    fn refresh_and_push(&mut self, message: T) -> Result<(), TryPushError<T>> {
        let refused = |stop| match stop {
            Stop::Corrupt(corruption) => TryPushError::Corrupt(message, corruption),
            _ => TryPushError::Forked(message),
        };
        if !self.end.is_usual() {
            self.end.enter().map_err(refused)?;
            let pushed = self.try_push(message);
            self.end.leave().map_err(refused)?;
            return pushed;
        }
        match self.end.available_as_usual(1) {
            Ok(0) => Err(TryPushError::Full(message)),
            Ok(_) => {
                self.put(&message);
                Ok(())
            }
            Err(stop) => Err(refused(stop)),
        }
    }

    /// Does something as the producer of a ring that may go away under it.
    #[cold]
    #[inline(never)]
    fn unusually<R>(&mut self, verb: impl FnOnce(&mut Self) -> Result<R, PushError>) -> Result<R, PushError> {
        self.end.enter()?;
        let result = verb(self);
        self.end.leave()?;
        result
    }

    #[inline]
    fn put(&mut self, message: &T) {
        self.end.role.protocol.push(&mut self.end.cursors, message);
    }

    /// Pushes a message, and waits for room as long as it takes.
    ///
    /// # Errors
    /// If the ring is full and its consumer is gone, or if it is corrupt, or came over a fork. With room, nobody
    /// looks whether there is a consumer.
    #[inline]
    pub fn push(&mut self, message: T) -> Result<(), PushError> {
        self.push_within(message, None)
    }

    /// Pushes a message, and waits for room so long at most.
    ///
    /// # Errors
    /// As [`push`](Producer::push), and if there is no room in time.
    #[inline]
    pub fn push_timeout(&mut self, message: T, timeout: Duration) -> Result<(), PushError> {
        self.push_within(message, Some(timeout))
    }

    /// Pushes a message, and waits for room until then at most.
    ///
    /// # Errors
    /// As [`push`](Producer::push), and if there is no room in time.
    #[inline]
    pub fn push_deadline(&mut self, message: T, deadline: Instant) -> Result<(), PushError> {
        if self.end.is_ready() {
            self.put(&message);
            return Ok(());
        }
        self.wait_and_push(message, Some(until(deadline)))
    }

    #[inline]
    fn push_within(&mut self, message: T, timeout: Option<Duration>) -> Result<(), PushError> {
        if self.end.is_ready() {
            self.put(&message);
            return Ok(());
        }
        self.wait_and_push(message, timeout)
    }

    #[inline(never)]
    fn wait_and_push(&mut self, message: T, timeout: Option<Duration>) -> Result<(), PushError> {
        if !self.end.is_usual() {
            return self.unusually(|this| this.push_within(message, timeout));
        }
        if self.end.available_as_usual(1)? == 0 {
            self.end.wait(1, timeout)?;
        }
        self.put(&message);
        Ok(())
    }

    /// Pushes as many of these messages as there is room for now, the first ones, and says how many.
    ///
    /// They are published all at once.
    ///
    /// # Errors
    /// If the ring is corrupt, or came over a fork.
    #[inline]
    pub fn try_push_many(&mut self, messages: &[T]) -> Result<usize, PushError> {
        if !self.end.is_usual() {
            return self.unusually(|this| this.try_push_many(messages));
        }
        let count = self.end.available_as_usual(messages.len() as u64)?.min(messages.len() as u64);
        if count == 0 {
            return Ok(0);
        }
        self.end.role.protocol.push_many(&mut self.end.cursors, &messages[..count as usize]);
        Ok(count as usize)
    }

    /// Pushes all of these messages, and waits for room in between as long as it takes.
    ///
    /// What there is room for at once is published at once.
    ///
    /// # Errors
    /// As [`push`](Producer::push). [`position`](Producer::position) says how many were pushed: the first ones.
    pub fn push_many(&mut self, mut messages: &[T]) -> Result<(), PushError> {
        loop {
            messages = &messages[self.try_push_many(messages)?..];
            if messages.is_empty() {
                return Ok(());
            }
            self.wait_for_room(1, None)?;
        }
    }

    /// Waits until there is room for `count` messages, or for as many as the ring holds.
    ///
    /// # Errors
    /// As [`push`](Producer::push), and if there is no room in time.
    pub fn wait_for_room(&mut self, count: usize, timeout: Option<Duration>) -> Result<(), PushError> {
        let needed = (count as u64).min(self.capacity());
        if self.end.available(needed)? < needed {
            self.end.wait(needed, timeout)?;
        }
        Ok(())
    }

    /// Up to `count` free slots side by side, to be written in place and published at once; `None` if there is no
    /// room now.
    ///
    /// There may be fewer than asked for where the slots end: the rest comes with the next claim. Dropping the claim
    /// publishes nothing.
    ///
    /// # Errors
    /// If the ring is corrupt, or came over a fork.
    #[inline]
    pub fn try_claim(&mut self, count: usize) -> Result<Option<Claim<'_, T>>, PushError> {
        let free = self.end.available(count as u64)?.min(count as u64);
        let count = self.end.cursors.contiguous(self.end.cursors.tail(), free);
        Ok((count > 0).then_some(Claim { producer: self, count }))
    }

    /// As [`try_claim`](Producer::try_claim), and waits for room for one message as long as it takes.
    ///
    /// # Errors
    /// As [`push`](Producer::push).
    ///
    /// # Panics
    /// If `count` is 0.
    pub fn claim(&mut self, count: usize) -> Result<Claim<'_, T>, PushError> {
        assert!(count > 0, "a claim of no slots");
        self.wait_for_room(1, None)?;
        Ok(self.try_claim(count)?.expect("there is room for one"))
    }

    /// The position of the next message: how many have ever been published in this ring.
    pub fn position(&self) -> u64 {
        self.end.cursors.tail()
    }

    /// Which claim of the role this is, from 1.
    pub fn epoch(&self) -> u64 {
        self.end.role.epoch()
    }

    pub(crate) fn any_end(&mut self) -> &mut dyn AnyEnd {
        &mut self.end
    }

    /// How many messages the ring holds.
    pub fn capacity(&self) -> u64 {
        self.end.role.geometry().capacity
    }

    /// What the producers of this ring have counted.
    pub fn stats(&self) -> Stats {
        self.end.role.stats()
    }

    /// What the ring's attacher should know; see [`Ring::warnings`](crate::Ring::warnings).
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Ends the stream for good: the consumer takes what is left and then sees the end. As dropping it.
    pub fn close(self) {
        self.end.role.end(Ending::Close);
    }

    /// Gives the role back without ending the stream: a successor goes on at the next position.
    pub fn detach(self) {
        self.end.role.end(Ending::Detach);
    }
}

impl<T: Message> fmt::Debug for Producer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Producer")
            .field("message", &T::NAME)
            .field("position", &self.position())
            .field("epoch", &self.epoch())
            .finish_non_exhaustive()
    }
}

/// Free slots of a ring, side by side, that only this producer can see. Publish them by [`commit`](Claim::commit).
///
/// A slot that is published without having been written holds an older message, or zero bytes.
#[derive(Debug)]
#[must_use = "nothing is published without `commit`"]
pub struct Claim<'a, T: Message> {
    pub(crate) producer: &'a mut Producer<T>,
    pub(crate) count: u64,
}

#[expect(clippy::len_without_is_empty, reason = "there is always one slot at least")]
impl<T: Message> Claim<'_, T> {
    /// How many slots there are, one at least.
    #[inline]
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// The position of the first slot.
    #[inline]
    pub fn position(&self) -> u64 {
        self.producer.position()
    }

    /// Writes a slot. In a forked child this writes nothing, and `commit` says so.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Claim::len).
    #[inline]
    pub fn write(&mut self, index: usize, message: T) {
        assert!((index as u64) < self.count, "slot {index} of a claim of {}", self.count);
        let End { role, cursors, .. } = &self.producer.end;
        if !role.is_forked() {
            role.protocol.words.store(cursors.tail() + index as u64, &message);
        }
    }

    /// The slots as they lie in shared memory.
    ///
    /// # Safety
    /// The consumer follows the protocol: it never reads a slot that is not published. No `fork` happened since the
    /// claim.
    #[allow(unsafe_code)] // The one promise that this type can't check.
    pub unsafe fn as_mut_slice(&mut self) -> &mut [T] {
        let End { role, cursors, .. } = &self.producer.end;
        // SAFETY: these are free slots of the only producer, which is borrowed mutably, and the caller vouches for
        // the consumer.
        unsafe { role.protocol.words.as_mut_slice(cursors.tail(), self.count as usize) }
    }

    /// Publishes the first `count` slots at once. The others stay free.
    ///
    /// # Errors
    /// If a fork happened since the claim, which makes this the handle of a child.
    ///
    /// # Panics
    /// If `count` is more than [`len`](Claim::len).
    #[inline]
    pub fn commit(self, count: usize) -> Result<(), PushError> {
        assert!(count as u64 <= self.count, "{count} slots committed of a claim of {}", self.count);
        let advance = |producer: &mut Producer<T>| {
            if count > 0 {
                producer.end.advance(count as u64);
            }
            Ok(())
        };
        if self.producer.end.is_usual() { advance(self.producer) } else { self.producer.unusually(advance) }
    }
}

impl From<Stop> for PushError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Timeout => PushError::Timeout,
            Stop::PeerDied(peer) => PushError::PeerDied(peer),
            Stop::Detached => PushError::Detached,
            Stop::Corrupt(corruption) => PushError::Corrupt(corruption),
            Stop::Forked => PushError::Forked,
        }
    }
}
