//! Ends that are awaited.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::task::coop;

use crate::consumer::Consumer;
use crate::end::{AnyEnd, End};
use crate::error::{PopError, PushError};
use crate::pod::Message;
use crate::producer::Producer;
use crate::protocol::Look;
use crate::reactor::{Registration, Seat};
use crate::role::Side;
use crate::wait::Stop;

/// A [`Consumer`] for tasks.
///
/// ```no_run
/// # async fn run<Trade: ringgen_runtime::Message>() -> Result<(), Box<dyn std::error::Error>> {
/// let mut trades = ringgen_runtime::Ring::<Trade>::attach("market.trades")?.async_consumer()?;
/// while let Some(trade) = trades.recv().await? {
///     // …
/// }
/// # Ok(())
/// # }
/// ```
///
/// With messages there, receiving is [`Consumer::try_pop`] and no more. Otherwise the task sleeps until the producer
/// publishes, and one thread of the process sleeps for all such tasks; nothing spins. The futures are those of `std`
/// and run in any executor; in tokio's, a task that never has to wait yields now and then, as with tokio's own channels.
///
/// All futures here can be dropped at any time, as in `select!`: what they have not given to anyone is still in the ring.
///
/// Unlike `tokio::sync::mpsc::Receiver`, it gives errors, of which a peer's death is the one to expect: see
/// [`recv`](AsyncConsumer::recv). Dropping it gives the role back; it ends no stream.
#[derive(Debug)]
pub struct AsyncConsumer<T: Message> {
    // In front of the end, which must be there for as long as somebody sleeps for it.
    registration: Registration,
    inner: Consumer<T>,
}

/// A [`Producer`] for tasks; see [`AsyncConsumer`] for how they wait.
///
/// Dropping it ends the stream for good; [`detach`](AsyncProducer::detach) leaves it to a successor.
#[derive(Debug)]
pub struct AsyncProducer<T: Message> {
    registration: Registration,
    inner: Producer<T>,
}

/// Waits until `needed` can be done, or the stream has ended.
fn poll_end<S: Side>(
    end: &mut End<S>,
    registration: &Registration,
    needed: u64,
    context: &mut Context<'_>,
) -> Poll<Result<Look, Stop>> {
    if end.available(needed)? >= needed {
        return Poll::Ready(Ok(Look::Ready));
    }
    if registration.take_suspicion() {
        end.check(needed)?;
    }
    let state = match end.look(needed)? {
        found @ (Look::Ready | Look::Ended) => return Poll::Ready(Ok(found)),
        Look::Nothing(state) => state,
        Look::Detached => ringgen_layout::ring::STATE_DETACHED,
    };
    registration.ask(end.role.protocol.sight(&end.cursors, needed, state), context.waker());
    Poll::Pending
}

impl<T: Message> AsyncConsumer<T> {
    pub(crate) fn new(inner: Consumer<T>, seat: Seat) -> Self {
        let registration = seat.register(&inner.end.role);
        AsyncConsumer { registration, inner }
    }

    /// Takes the next message, and waits for it as long as it takes. `None` is the end of the stream.
    ///
    /// Cancel safe: a future that is dropped has taken nothing.
    ///
    /// # Errors
    /// If the ring is empty and its producer has died, or if it is corrupt, or came over a fork. Everything that was
    /// published comes first. A producer that has detached, or never was, is waited for. After a death, receiving again
    /// waits for a successor, and says after 100 ms that there is none.
    pub async fn recv(&mut self) -> Result<Option<T>, PopError> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    /// As [`recv`](AsyncConsumer::recv), for futures by hand.
    ///
    /// # Errors
    /// As there.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<T>, PopError>> {
        let budget = ready!(coop::poll_proceed(context));
        let mut message = self.inner.try_pop()?;
        if message.is_none() && ready!(self.poll_message(context))? {
            message = self.inner.try_pop()?;
        }
        budget.made_progress();
        Poll::Ready(Ok(message))
    }

    /// Takes as many messages as there are, `limit` at most, puts them at the end of a vector, and says how many; waits
    /// for the first as long as it takes. 0, where `limit` is not, is the end of the stream.
    ///
    /// Cancel safe: a future that is dropped has taken nothing.
    ///
    /// # Errors
    /// As [`recv`](AsyncConsumer::recv).
    pub async fn recv_many(&mut self, into: &mut Vec<T>, limit: usize) -> Result<usize, PopError> {
        poll_fn(|context| {
            let budget = ready!(coop::poll_proceed(context));
            let mut count = self.inner.try_pop_many_into(into, limit)?;
            if count == 0 && limit > 0 && ready!(self.poll_message(context))? {
                count = self.inner.try_pop_many_into(into, limit)?;
            }
            budget.made_progress();
            Poll::Ready(Ok(count))
        })
        .await
    }

    /// Waits until there is a message, to be taken or peeked at by [`get_mut`](AsyncConsumer::get_mut); `false` at the end
    /// of the stream.
    ///
    /// Cancel safe: it takes nothing.
    ///
    /// # Errors
    /// As [`recv`](AsyncConsumer::recv).
    pub async fn ready(&mut self) -> Result<bool, PopError> {
        poll_fn(|context| {
            let budget = ready!(coop::poll_proceed(context));
            let is_there = ready!(self.poll_message(context))?;
            budget.made_progress();
            Poll::Ready(Ok(is_there))
        })
        .await
    }

    /// Takes the next message if there is one now.
    ///
    /// # Errors
    /// As [`Consumer::try_pop`].
    #[inline]
    pub fn try_recv(&mut self) -> Result<Option<T>, PopError> {
        self.inner.try_pop()
    }

    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Result<bool, PopError>> {
        let look = ready!(poll_end(&mut self.inner.end, &self.registration, 1, context))?;
        Poll::Ready(Ok(look != Look::Ended))
    }

    /// The consumer itself, for all else. What it waits for, it waits for on this thread.
    pub fn get_mut(&mut self) -> &mut Consumer<T> {
        self.registration.withdraw();
        &mut self.inner
    }

    /// The consumer itself, to be looked at.
    pub fn get_ref(&self) -> &Consumer<T> {
        &self.inner
    }

    /// The consumer itself, which keeps the role.
    pub fn into_inner(self) -> Consumer<T> {
        let AsyncConsumer { registration, inner } = self;
        drop(registration);
        inner
    }

    /// Gives the role back: a successor goes on at the next position. As dropping it.
    pub fn detach(self) {
        self.into_inner().detach();
    }
}

/// The messages in their order, until the stream ends. A producer's death is an error in between.
impl<T: Message> Stream for AsyncConsumer<T> {
    type Item = Result<T, PopError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::into_inner(self).poll_recv(context).map(Result::transpose)
    }
}

impl<T: Message> AsyncProducer<T> {
    pub(crate) fn new(inner: Producer<T>, seat: Seat) -> Self {
        let registration = seat.register(&inner.end.role);
        AsyncProducer { registration, inner }
    }

    /// Pushes a message, and waits for room as long as it takes.
    ///
    /// Cancel safe: of a future that is dropped before it is done, nothing has been pushed.
    ///
    /// # Errors
    /// If the ring is full and its consumer is gone, or if it is corrupt, or came over a fork. With room, nobody
    /// looks whether there is a consumer.
    pub async fn send(&mut self, message: T) -> Result<(), PushError> {
        poll_fn(|context| {
            let budget = ready!(coop::poll_proceed(context));
            while self.inner.try_push_many(std::slice::from_ref(&message))? == 0 {
                ready!(self.poll_room(1, context))?;
            }
            budget.made_progress();
            Poll::Ready(Ok(()))
        })
        .await
    }

    /// Pushes as many of these messages as there is room for, the first ones, and says how many; waits for room for the
    /// first as long as it takes.
    ///
    /// Cancel safe: of a future that is dropped before it is done, nothing has been pushed.
    ///
    /// # Errors
    /// As [`send`](AsyncProducer::send).
    pub async fn send_some(&mut self, messages: &[T]) -> Result<usize, PushError> {
        poll_fn(|context| {
            let budget = ready!(coop::poll_proceed(context));
            let mut count = self.inner.try_push_many(messages)?;
            if count == 0 && !messages.is_empty() {
                ready!(self.poll_room(1, context))?;
                count = self.inner.try_push_many(messages)?;
            }
            budget.made_progress();
            Poll::Ready(Ok(count))
        })
        .await
    }

    /// Pushes all of these messages, and waits for room in between as long as it takes.
    ///
    /// A future that is dropped before it is done may have pushed some, the first ones:
    /// [`Producer::position`] says how many. [`send_some`](AsyncProducer::send_some) is cancel safe.
    ///
    /// # Errors
    /// As [`send`](AsyncProducer::send).
    pub async fn send_many(&mut self, mut messages: &[T]) -> Result<(), PushError> {
        while !messages.is_empty() {
            messages = &messages[self.send_some(messages).await?..];
        }
        Ok(())
    }

    /// Waits until there is room for `count` messages, or for as many as the ring holds, to be written by
    /// [`get_mut`](AsyncProducer::get_mut).
    ///
    /// Cancel safe: it writes nothing.
    ///
    /// # Errors
    /// As [`send`](AsyncProducer::send).
    pub async fn ready(&mut self, count: usize) -> Result<(), PushError> {
        let needed = (count as u64).min(self.inner.capacity());
        poll_fn(|context| {
            let budget = ready!(coop::poll_proceed(context));
            ready!(self.poll_room(needed, context))?;
            budget.made_progress();
            Poll::Ready(Ok(()))
        })
        .await
    }

    fn poll_room(&mut self, needed: u64, context: &mut Context<'_>) -> Poll<Result<(), PushError>> {
        ready!(poll_end(&mut self.inner.end, &self.registration, needed, context))?;
        Poll::Ready(Ok(()))
    }

    /// The producer itself, for all else. What it waits for, it waits for on this thread.
    pub fn get_mut(&mut self) -> &mut Producer<T> {
        self.registration.withdraw();
        &mut self.inner
    }

    /// The producer itself, to be looked at.
    pub fn get_ref(&self) -> &Producer<T> {
        &self.inner
    }

    /// The producer itself, which keeps the role.
    pub fn into_inner(self) -> Producer<T> {
        let AsyncProducer { registration, inner } = self;
        drop(registration);
        inner
    }

    /// Ends the stream for good. As dropping it.
    pub fn close(self) {
        self.into_inner().close();
    }

    /// Gives the role back without ending the stream: a successor goes on at the next position.
    pub fn detach(self) {
        self.into_inner().detach();
    }
}
