//! Messages that are read and written in their slots: `push_with` and `pop_with`, and the views of a claim and a peek.

use std::convert::Infallible;
use std::fmt;
use std::time::Duration;

use crate::consumer::{Consumer, Peek};
use crate::end::End;
use crate::error::{PopError, PushError};
use crate::in_place::{Slot, View};
use crate::pod::Message;
use crate::producer::{Claim, Producer};
use crate::value::ValueError;
use crate::words::Words;

/// Why a message that was to be built in its slot was not pushed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum PushWithError {
    /// A field does not take a value, as the closure says. The slot is still free.
    Value(ValueError),
    /// There is no slot, as for [`push`](Producer::push).
    Push(PushError),
}

impl fmt::Display for PushWithError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PushWithError::Value(error) => error.fmt(f),
            PushWithError::Push(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PushWithError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            PushWithError::Value(error) => error.source(),
            PushWithError::Push(error) => error.source(),
        }
    }
}

impl From<ValueError> for PushWithError {
    fn from(error: ValueError) -> Self {
        PushWithError::Value(error)
    }
}

impl From<PushError> for PushWithError {
    fn from(error: PushError) -> Self {
        PushWithError::Push(error)
    }
}

/// What a closure that fills a slot may return: nothing, or the first value that a field did not take.
pub trait Filled {
    /// Why the message is not to be published.
    #[doc(hidden)]
    type Error: Into<ValueError>;

    /// Whether it is.
    #[doc(hidden)]
    fn filled(self) -> Result<(), Self::Error>;
}

impl Filled for () {
    type Error = Never;

    #[inline]
    fn filled(self) -> Result<(), Never> {
        Ok(())
    }
}

impl Filled for Result<(), ValueError> {
    type Error = ValueError;

    #[inline]
    fn filled(self) -> Result<(), ValueError> {
        self
    }
}

/// The error of what can't fail.
#[derive(Debug)]
pub struct Never(Infallible);

impl From<Never> for ValueError {
    fn from(never: Never) -> Self {
        match never.0 {}
    }
}

impl<T: Message> Producer<T> {
    /// Builds a message in its slot and pushes it; waits for room first, as long as it takes.
    ///
    /// The closure sets fields, and returns nothing, or what a setter returned. A slot starts blank: what is not set is
    /// zero, or no value where there may be none. Nothing is published if it returns an error or panics; the slot is
    /// then free as before. A message that is built at once is as well pushed by [`push`](Producer::push): this spares a
    /// copy where it is long, and where its parts come from different places.
    ///
    /// Whoever calls `fork` in the closure leaves the slot to the parent: a child that goes on to set fields sets them
    /// in the message of the parent.
    ///
    /// # Errors
    /// With the closure's error; or as [`push`](Producer::push), and then it was not called, or was in a forked child.
    #[inline]
    pub fn push_with<R: Filled>(&mut self, fill: impl FnOnce(&mut Slot<'_, T>) -> R) -> Result<(), PushWithError> {
        if !self.end.is_ready() {
            self.wait_for_room(1, None)?;
        }
        self.fill(fill)
    }

    /// As [`push_with`](Producer::push_with), and waits for room so long at most.
    ///
    /// # Errors
    /// As [`push_with`](Producer::push_with), and if there is no room in time.
    #[inline]
    pub fn push_with_timeout<R: Filled>(
        &mut self,
        timeout: Duration,
        fill: impl FnOnce(&mut Slot<'_, T>) -> R,
    ) -> Result<(), PushWithError> {
        if !self.end.is_ready() {
            self.wait_for_room(1, Some(timeout))?;
        }
        self.fill(fill)
    }

    /// As [`push_with`](Producer::push_with) if there is room now; says whether there is. Without, the closure is not
    /// called.
    ///
    /// # Errors
    /// With the closure's error; or if the ring is corrupt, or came over a fork.
    #[inline]
    #[must_use = "it says whether the message was pushed"]
    pub fn try_push_with<R: Filled>(
        &mut self,
        fill: impl FnOnce(&mut Slot<'_, T>) -> R,
    ) -> Result<bool, PushWithError> {
        if !self.end.is_ready() && self.end.available(1).map_err(PushError::from)? == 0 {
            return Ok(false);
        }
        self.fill(fill).map(|()| true)
    }

    /// Fills the next slot and publishes it. It is free.
    #[inline]
    fn fill<R: Filled>(&mut self, fill: impl FnOnce(&mut Slot<'_, T>) -> R) -> Result<(), PushWithError> {
        let tail = self.end.cursors.tail();
        fill(&mut self.blank(tail)).filled().map_err(Into::into)?;
        self.end.confirm().map_err(PushError::from)?;
        self.end.advance(1);
        Ok(())
    }

    /// The slot of a position, blank. It is free.
    #[inline]
    fn blank(&mut self, position: u64) -> Slot<'_, T> {
        let words = &mut self.end.role.protocol.words;
        words.store(position, &T::blank());
        T::slot(words.spot_mut(position))
    }
}

impl<T: Message> Claim<'_, T> {
    /// Begins a message in a slot: blank, to be set field by field. Whatever was written to that slot is gone.
    ///
    /// As with [`push_with`](Producer::push_with), a fork while it is open leaves the slot to the parent.
    ///
    /// # Errors
    /// If a fork happened since the claim, which makes this the handle of a child.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Claim::len).
    #[inline]
    pub fn slot(&mut self, index: usize) -> Result<Slot<'_, T>, PushError> {
        assert!((index as u64) < self.count, "slot {index} of a claim of {}", self.count);
        if self.producer.end.role.is_forked() {
            return Err(PushError::Forked);
        }
        let position = self.producer.end.cursors.tail() + index as u64;
        Ok(self.producer.blank(position))
    }
}

impl<T: Message> Consumer<T> {
    /// Takes the next message without copying it: the closure reads what it wants in the slot, which is given back
    /// behind it. Waits as long as it takes; `None` is the end of the stream.
    ///
    /// If the closure panics, the message is not taken: the next one to ask gets it again.
    ///
    /// # Errors
    /// As [`pop`](Consumer::pop).
    #[inline]
    pub fn pop_with<R>(&mut self, read: impl FnOnce(View<'_, T>) -> R) -> Result<Option<R>, PopError> {
        if !self.end.is_ready() && !self.wait_for_message(None)? {
            return Ok(None);
        }
        self.read(read).map(Some)
    }

    /// As [`pop_with`](Consumer::pop_with), and waits so long at most.
    ///
    /// # Errors
    /// As [`pop_timeout`](Consumer::pop_timeout).
    #[inline]
    pub fn pop_with_timeout<R>(
        &mut self,
        timeout: Duration,
        read: impl FnOnce(View<'_, T>) -> R,
    ) -> Result<Option<R>, PopError> {
        if !self.end.is_ready() && !self.wait_for_message(Some(timeout))? {
            return Ok(None);
        }
        self.read(read).map(Some)
    }

    /// As [`pop_with`](Consumer::pop_with) if there is a message now. `None` does not say whether more will come: see
    /// [`is_ended`](Consumer::is_ended).
    ///
    /// # Errors
    /// If the ring is corrupt, or came over a fork.
    #[inline]
    pub fn try_pop_with<R>(&mut self, read: impl FnOnce(View<'_, T>) -> R) -> Result<Option<R>, PopError> {
        if !self.end.is_ready() && self.end.available(1)? == 0 {
            return Ok(None);
        }
        self.read(read).map(Some)
    }

    /// Reads the next message and takes it. There is one.
    #[inline]
    fn read<R>(&mut self, read: impl FnOnce(View<'_, T>) -> R) -> Result<R, PopError> {
        let End { role, cursors, .. } = &self.end;
        let result = read(T::view(role.protocol.words.spot(cursors.head())));
        self.end.confirm()?;
        self.end.advance(1);
        Ok(result)
    }
}

impl<T: Message> Peek<'_, T> {
    /// A message as it lies in its slot: what is not asked for is not touched.
    ///
    /// # Panics
    /// If `index` is not below [`len`](Peek::len).
    #[inline]
    pub fn view(&self, index: usize) -> View<'_, T> {
        assert!((index as u64) < self.count, "message {index} of a peek of {}", self.count);
        let End { role, cursors, .. } = &self.consumer.end;
        T::view(role.protocol.words.spot(cursors.head() + index as u64))
    }

    /// All the messages as they lie in their slots, in their order.
    pub fn views(&self) -> impl ExactSizeIterator<Item = View<'_, T>> {
        (0..self.len()).map(|index| self.view(index))
    }
}
