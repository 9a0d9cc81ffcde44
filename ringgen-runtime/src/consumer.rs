//! The consumer's end: messages come out at `head`.

use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use ringgen_layout::ring;

use crate::end::{AnyEnd, End};
use crate::error::PopError;
use crate::pod::Message;
use crate::protocol::Look;
use crate::role::{Ending, Reading, Stats};
use crate::wait::{self, Stop, until};
use crate::words::Words;

/// The reading end of a ring. There is at most one in the whole machine.
///
/// What it knows of the producer's progress is a private copy, looked at again only when it says that the ring is
/// empty: meanwhile the producer may have published more, and never less. Nothing here makes a system call unless it
/// waits, or the producer sleeps.
///
/// What starts with `try_` never waits, and takes what is there now; the others wait, `…_timeout` and `…_deadline` so long
/// at most. [`wait_for_message`](Consumer::wait_for_message) gives every `try_…` a time.
///
/// Messages are plain old data from a process that is not trusted: any bytes may come. Dropping it gives the role
/// back; a successor goes on where it was.
pub struct Consumer<T: Message> {
    pub(crate) end: End<Reading>,
    /// Whether the last look at the tail found more than one message.
    is_streaming: bool,
    warnings: Vec<String>,
    messages: PhantomData<fn() -> T>,
}

impl<T: Message> Consumer<T> {
    pub(crate) fn new(end: End<Reading>, warnings: Vec<String>) -> Self {
        Consumer { end, is_streaming: false, warnings, messages: PhantomData }
    }

    /// Takes the next message if there is one now. `None` does not say whether more will come: see
    /// [`is_ended`](Consumer::is_ended).
    ///
    /// # Errors
    /// If the ring is corrupt, or came over a fork.
    #[inline]
    pub fn try_pop(&mut self) -> Result<Option<T>, PopError> {
        if self.end.is_ready() { Ok(Some(self.get())) } else { self.refresh_and_pop() }
    }

    #[inline(never)]
    fn refresh_and_pop(&mut self) -> Result<Option<T>, PopError> {
        if !self.end.is_usual() {
            return self.unusually(Self::try_pop);
        }
        Ok(if self.end.available_as_usual(1)? == 0 { None } else { Some(self.get()) })
    }

    /// Does something as the consumer of a ring that may go away under it.
    #[cold]
    #[inline(never)]
    fn unusually<R>(&mut self, verb: impl FnOnce(&mut Self) -> Result<R, PopError>) -> Result<R, PopError> {
        self.end.enter()?;
        let result = verb(self);
        self.end.leave()?;
        result
    }

    #[inline]
    fn get(&mut self) -> T {
        self.end.role.protocol.pop(&mut self.end.cursors)
    }

    /// Takes the next message, and waits for it as long as it takes. `None` is the end of the stream.
    ///
    /// # Errors
    /// If the ring is empty and its producer has died, or if it is corrupt, or came over a fork. Everything that was
    /// published comes first. A producer that has detached, or never was, is waited for.
    #[inline]
    pub fn pop(&mut self) -> Result<Option<T>, PopError> {
        self.pop_within(None)
    }

    /// Takes the next message, and waits for it so long at most. `None` is the end of the stream.
    ///
    /// # Errors
    /// As [`pop`](Consumer::pop), and if no message comes in time.
    #[inline]
    pub fn pop_timeout(&mut self, timeout: Duration) -> Result<Option<T>, PopError> {
        self.pop_within(Some(timeout))
    }

    /// Takes the next message, and waits for it until then at most. `None` is the end of the stream.
    ///
    /// # Errors
    /// As [`pop`](Consumer::pop), and if no message comes in time.
    #[inline]
    pub fn pop_deadline(&mut self, deadline: Instant) -> Result<Option<T>, PopError> {
        if self.end.is_ready() { Ok(Some(self.get())) } else { self.wait_and_pop(Some(until(deadline))) }
    }

    #[inline]
    fn pop_within(&mut self, timeout: Option<Duration>) -> Result<Option<T>, PopError> {
        if self.end.is_ready() { Ok(Some(self.get())) } else { self.wait_and_pop(timeout) }
    }

    #[inline(never)]
    fn wait_and_pop(&mut self, timeout: Option<Duration>) -> Result<Option<T>, PopError> {
        if !self.end.is_usual() {
            return self.unusually(|this| this.pop_within(timeout));
        }
        if self.is_streaming {
            wait::gather(self.end.role.geometry().capacity);
        }
        if self.end.available_as_usual(1)? == 0 && self.end.wait(1, timeout)? == Look::Ended {
            return Ok(None);
        }
        self.is_streaming = self.end.cursors.pending() > 1;
        Ok(Some(self.get()))
    }

    /// Takes as many messages as there are now and as `into` has room for, and says how many.
    ///
    /// # Errors
    /// If the ring is corrupt, or came over a fork.
    #[inline]
    pub fn try_pop_many(&mut self, into: &mut [T]) -> Result<usize, PopError> {
        if !self.end.is_usual() {
            return self.unusually(|this| this.try_pop_many(into));
        }
        let count = self.end.available_as_usual(into.len() as u64)?.min(into.len() as u64);
        if count == 0 {
            return Ok(0);
        }
        self.end.role.protocol.pop_many(&mut self.end.cursors, &mut into[..count as usize]);
        Ok(count as usize)
    }

    /// Takes as many messages as there are now, `limit` at most, puts them at the end of a vector, and says how many.
    ///
    /// # Errors
    /// If the ring is corrupt, or came over a fork.
    pub fn try_pop_many_into(&mut self, into: &mut Vec<T>, limit: usize) -> Result<usize, PopError> {
        if !self.end.is_usual() {
            let length = into.len();
            let popped = self.unusually(|this| this.try_pop_many_into(into, limit));
            return popped.inspect_err(|_| into.truncate(length));
        }
        let count = self.end.available_as_usual(limit as u64)?.min(limit as u64);
        if count == 0 {
            return Ok(0);
        }
        let head = self.end.cursors.head();
        let first = self.end.cursors.contiguous(head, count);
        let shared = &self.end.role.protocol.words;
        shared.load_run_into(head, into, first as usize);
        if first < count {
            shared.load_run_into(head + first, into, (count - first) as usize);
        }
        self.end.advance(count);
        Ok(count as usize)
    }

    /// As [`try_pop_many`](Consumer::try_pop_many), and waits for the first message as long as it takes. 0,
    /// where `into` has room, is the end of the stream.
    ///
    /// # Errors
    /// As [`pop`](Consumer::pop).
    pub fn pop_many(&mut self, into: &mut [T]) -> Result<usize, PopError> {
        if into.is_empty() || !self.wait_for_message(None)? { Ok(0) } else { self.try_pop_many(into) }
    }

    /// As [`try_pop_many_into`](Consumer::try_pop_many_into), and waits for the first message as long as it takes. 0,
    /// where `limit` is not, is the end of the stream.
    ///
    /// # Errors
    /// As [`pop`](Consumer::pop).
    pub fn pop_many_into(&mut self, into: &mut Vec<T>, limit: usize) -> Result<usize, PopError> {
        if limit == 0 || !self.wait_for_message(None)? { Ok(0) } else { self.try_pop_many_into(into, limit) }
    }

    /// Waits until there is a message; `false` at the end of the stream.
    ///
    /// # Errors
    /// As [`pop`](Consumer::pop), and if no message comes in time.
    pub fn wait_for_message(&mut self, timeout: Option<Duration>) -> Result<bool, PopError> {
        Ok(self.end.available(1)? > 0 || self.end.wait(1, timeout)? != Look::Ended)
    }

    /// Up to `count` messages side by side, to be read in place and given back at once; `None` if there is none now.
    ///
    /// There may be fewer than asked for where the slots end: the rest comes with the next peek. Dropping the peek
    /// takes nothing.
    ///
    /// # Errors
    /// If the ring is corrupt, or came over a fork.
    #[inline]
    pub fn try_peek(&mut self, count: usize) -> Result<Option<Peek<'_, T>>, PopError> {
        let pending = self.end.available(count as u64)?.min(count as u64);
        let count = self.end.cursors.contiguous(self.end.cursors.head(), pending);
        Ok((count > 0).then_some(Peek { consumer: self, count }))
    }

    /// As [`try_peek`](Consumer::try_peek), and waits for a message as long as it takes. `None` is the end of the stream.
    ///
    /// # Errors
    /// As [`pop`](Consumer::pop).
    ///
    /// # Panics
    /// If `count` is 0.
    pub fn peek(&mut self, count: usize) -> Result<Option<Peek<'_, T>>, PopError> {
        assert!(count > 0, "a peek at no messages");
        if self.wait_for_message(None)? { self.try_peek(count) } else { Ok(None) }
    }

    /// Whether the stream has ended: the producer closed it, and everything has been taken.
    pub fn is_ended(&self) -> bool {
        // SYNC(state): the last tail was stored before the state.
        self.end.role.peer_state() == Ok(ring::STATE_CLOSED) && self.end.role.peer_cursor() == self.position()
    }

    /// The messages in their order, each waited for, until the stream ends.
    ///
    /// A producer's death is an error in between: the next one waits for a successor.
    pub fn iter(&mut self) -> Iter<'_, T> {
        Iter { consumer: self, is_over: false }
    }

    /// The messages that are there now, and those that come meanwhile: it ends where it would have to wait.
    pub fn try_iter(&mut self) -> TryIter<'_, T> {
        TryIter { consumer: self, is_over: false }
    }

    /// As [`iter`](Consumer::iter), and waits for each message so long at most: a timeout is an error in between.
    pub fn iter_timeout(&mut self, timeout: Duration) -> IterTimeout<'_, T> {
        IterTimeout { consumer: self, timeout, is_over: false }
    }

    /// The position of the next message: how many have ever been taken out of this ring.
    pub fn position(&self) -> u64 {
        self.end.cursors.head()
    }

    /// Which claim of the role this is, from 1.
    pub fn epoch(&self) -> u64 {
        self.end.role.epoch()
    }

    /// How many messages the ring holds.
    pub fn capacity(&self) -> u64 {
        self.end.role.geometry().capacity
    }

    pub(crate) fn any_end(&mut self) -> &mut dyn AnyEnd {
        &mut self.end
    }

    /// What the consumers of this ring have counted.
    pub fn stats(&self) -> Stats {
        self.end.role.stats()
    }

    /// What the ring's attacher should know; see [`Ring::warnings`](crate::Ring::warnings).
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Gives the role back. As dropping it: a consumer never ends a stream.
    pub fn close(self) {
        self.detach();
    }

    /// Gives the role back: a successor goes on at the next position.
    pub fn detach(self) {
        self.end.role.end(Ending::Detach);
    }
}

impl<T: Message> fmt::Debug for Consumer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumer")
            .field("message", &T::NAME)
            .field("position", &self.position())
            .field("epoch", &self.epoch())
            .finish_non_exhaustive()
    }
}

/// Messages of a ring, side by side, that the producer does not touch until they are given back by
/// [`release`](Peek::release).
#[derive(Debug)]
#[must_use = "nothing is taken without `release`"]
pub struct Peek<'a, T: Message> {
    pub(crate) consumer: &'a mut Consumer<T>,
    pub(crate) count: u64,
}

#[expect(clippy::len_without_is_empty, reason = "there is always one message at least")]
impl<T: Message> Peek<'_, T> {
    /// How many messages there are, one at least.
    #[inline]
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// The position of the first message.
    #[inline]
    pub fn position(&self) -> u64 {
        self.consumer.position()
    }

    /// A copy of a message.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Peek::len).
    #[inline]
    pub fn get(&self, index: usize) -> T {
        assert!((index as u64) < self.count, "message {index} of a peek of {}", self.count);
        let End { role, cursors, .. } = &self.consumer.end;
        role.protocol.words.load(cursors.head() + index as u64)
    }

    /// Copies of all the messages, in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = T> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The messages as they lie in shared memory.
    ///
    /// # Safety
    /// The producer follows the protocol: it never writes to a slot that has not been given back.
    #[allow(unsafe_code)] // The one promise that this type can't check.
    pub unsafe fn as_slice(&self) -> &[T] {
        let End { role, cursors, .. } = &self.consumer.end;
        // SAFETY: these are published slots, and the caller vouches for the producer.
        unsafe { role.protocol.words.as_slice(cursors.head(), self.count as usize) }
    }

    /// Gives the first `count` slots back at once: their messages have been taken. The others stay.
    ///
    /// # Errors
    /// If a fork happened since the peek, which makes this the handle of a child.
    ///
    /// # Panics
    /// If `count` is more than [`len`](Peek::len).
    #[inline]
    pub fn release(self, count: usize) -> Result<(), PopError> {
        assert!(count as u64 <= self.count, "{count} messages released of a peek of {}", self.count);
        let advance = |consumer: &mut Consumer<T>| {
            if count > 0 {
                consumer.end.advance(count as u64);
            }
            Ok(())
        };
        if self.consumer.end.is_usual() { advance(self.consumer) } else { self.consumer.unusually(advance) }
    }
}

/// The messages of a ring, borrowed from its consumer; see [`Consumer::iter`].
#[derive(Debug)]
pub struct Iter<'a, T: Message> {
    consumer: &'a mut Consumer<T>,
    is_over: bool,
}

impl<T: Message> Iterator for Iter<'_, T> {
    type Item = Result<T, PopError>;

    fn next(&mut self) -> Option<Self::Item> {
        next(self.consumer, &mut self.is_over, Consumer::pop)
    }
}

/// The messages of a ring, with its consumer; see [`Consumer::iter`].
#[derive(Debug)]
pub struct IntoIter<T: Message> {
    consumer: Consumer<T>,
    is_over: bool,
}

impl<T: Message> Iterator for IntoIter<T> {
    type Item = Result<T, PopError>;

    fn next(&mut self) -> Option<Self::Item> {
        next(&mut self.consumer, &mut self.is_over, Consumer::pop)
    }
}

/// The messages of a ring that are there now; see [`Consumer::try_iter`].
#[derive(Debug)]
pub struct TryIter<'a, T: Message> {
    consumer: &'a mut Consumer<T>,
    is_over: bool,
}

impl<T: Message> Iterator for TryIter<'_, T> {
    type Item = Result<T, PopError>;

    fn next(&mut self) -> Option<Self::Item> {
        next(self.consumer, &mut self.is_over, Consumer::try_pop)
    }
}

/// The messages of a ring, each waited for so long at most; see [`Consumer::iter_timeout`].
#[derive(Debug)]
pub struct IterTimeout<'a, T: Message> {
    consumer: &'a mut Consumer<T>,
    timeout: Duration,
    is_over: bool,
}

impl<T: Message> Iterator for IterTimeout<'_, T> {
    type Item = Result<T, PopError>;

    fn next(&mut self) -> Option<Self::Item> {
        let timeout = self.timeout;
        next(self.consumer, &mut self.is_over, |consumer| consumer.pop_timeout(timeout))
    }
}

fn next<T: Message>(
    consumer: &mut Consumer<T>,
    is_over: &mut bool,
    pop: impl FnOnce(&mut Consumer<T>) -> Result<Option<T>, PopError>,
) -> Option<Result<T, PopError>> {
    if *is_over {
        return None;
    }
    let item = pop(consumer).transpose();
    // What can't get better is said once, so that a loop over errors ends.
    *is_over = matches!(item, Some(Err(PopError::Corrupt(_) | PopError::Forked)));
    item
}

impl<T: Message> IntoIterator for Consumer<T> {
    type Item = Result<T, PopError>;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { consumer: self, is_over: false }
    }
}

impl<'a, T: Message> IntoIterator for &'a mut Consumer<T> {
    type Item = Result<T, PopError>;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl From<Stop> for PopError {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Timeout => PopError::Timeout,
            Stop::PeerDied(peer) => PopError::PeerDied(peer),
            Stop::Corrupt(corruption) => PopError::Corrupt(corruption),
            Stop::Forked => PopError::Forked,
            Stop::Detached => unreachable!("a consumer waits for a producer that has detached"),
        }
    }
}
