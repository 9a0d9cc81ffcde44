//! Waiting for any of many rings.

use std::fmt;
use std::hint;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crate::consumer::Consumer;
use crate::end::AnyEnd;
use crate::error::{Corruption, Peer};
use crate::park::{self, Parking, SLICE, UNFENCED_SLICE};
use crate::pod::Message;
use crate::producer::Producer;
use crate::protocol::Look;
use crate::raw::Shared;
use crate::steps::{self, Step};
use crate::sync::{AtomicU32, Ordering};
use crate::sys;
use crate::wait::{Phase, SPINS_PER_CLOCK, Stop, Wait};

/// Waits until one or more of many ends can go on: consumers for a message, producers for room.
///
/// ```
/// # use std::time::Duration;
/// # use ringgen_runtime::{Consumer, Message, Producer, Readiness, WaitError, WaitSet};
/// # fn run<A: Message, B: Message>(mut trades: Consumer<A>, mut quotes: Consumer<B>, mut out: Producer<A>)
/// #     -> Result<(), Box<dyn std::error::Error>> {
/// let mut set = WaitSet::new();
/// loop {
///     let timeout = Some(Duration::from_secs(1));
///     let events = match set.wait(&mut [&mut trades, &mut quotes, &mut out.room(16)], timeout) {
///         Ok(events) => events,
///         Err(WaitError::Timeout) => continue,
///         Err(_) => return Ok(()), // interrupted, by a `set.interrupter()` in another thread
///     };
///     for event in events {
///         match (event.index, event.readiness) {
///             (0, Readiness::Ready) => drop(trades.try_pop()?),
///             (1, Readiness::Ready) => drop(quotes.try_pop()?),
///             (2, Readiness::Ready) => { /* `out` has room for 16 messages */ }
///             (_, Readiness::PeerDied(_) | Readiness::Detached) => {} // a successor may come
///             (index, other) => return Err(format!("member {index}: {other:?}").into()),
///         }
///     }
/// }
/// # }
/// ```
///
/// Nothing is registered: each wait is given its members, and the set keeps what must outlast one wait. What is told is
/// what is so: a message that is not taken is told again. While nothing is there, a wait spins, yields and sleeps as one
/// over a single ring does, in one system call for all members, and whoever publishes wakes it.
///
/// A kernel before Linux 5.16, or a sandbox that does not know `futex_waitv`, can't sleep on several words, and none can
/// on more than 128. Then, and beside more than 127 members, it sleeps for 2 ms at most between two looks.
///
/// Unlike `mio::Poll`, it needs no file descriptors and keeps no registrations; unlike `crossbeam_channel::Select`, it
/// tells of all members that are ready, and takes nothing out of them.
#[derive(Debug)]
pub struct WaitSet {
    wait: Wait,
    interrupts: Interrupter,
    /// Which of the interrupts have been told.
    told: u32,
    /// When the kernel is asked next who lives: not for each wait, or a busy ring would hide the death beside it.
    next_check: Option<Instant>,
    /// Where the next wait begins to look.
    first: usize,
    states: Vec<u32>,
    events: Vec<Event>,
}

/// What a [`WaitSet`] can wait for: a [`Consumer`] for its next message, a [`Producer`] for room for one, or a [`Room`].
pub trait Waitable: Member {}

impl<T: Message> Waitable for Consumer<T> {}
impl<T: Message> Waitable for Producer<T> {}
impl<T: Message> Waitable for Room<'_, T> {}

/// No trait for others to implement.
pub trait Member {
    /// The end, and how much of it is waited for.
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "what seals the trait")]
    fn end(&mut self) -> (&mut dyn AnyEnd, u64);
}

impl<T: Message> Member for Consumer<T> {
    #[allow(private_interfaces, reason = "what seals the trait")]
    fn end(&mut self) -> (&mut dyn AnyEnd, u64) {
        (self.any_end(), 1)
    }
}

impl<T: Message> Member for Producer<T> {
    #[allow(private_interfaces, reason = "what seals the trait")]
    fn end(&mut self) -> (&mut dyn AnyEnd, u64) {
        (self.any_end(), 1)
    }
}

impl<T: Message> Member for Room<'_, T> {
    #[allow(private_interfaces, reason = "what seals the trait")]
    fn end(&mut self) -> (&mut dyn AnyEnd, u64) {
        (self.producer.any_end(), self.needed)
    }
}

/// Room for several messages, to be waited for; see [`Producer::room`].
#[derive(Debug)]
pub struct Room<'a, T: Message> {
    producer: &'a mut Producer<T>,
    needed: u64,
}

impl<T: Message> Producer<T> {
    /// What a [`WaitSet`] waits for until there is room for `count` messages, or for as many as the ring holds.
    pub fn room(&mut self, count: usize) -> Room<'_, T> {
        let needed = (count as u64).min(self.capacity());
        Room { producer: self, needed }
    }
}

/// A member of a [`WaitSet`] that can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Which of the members it is.
    pub index: usize,
    /// What can be done.
    pub readiness: Readiness,
}

/// What a [`WaitSet`] tells of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Readiness {
    /// There is a message, or the room.
    Ready,
    /// The stream has ended: all was taken, and no more will come. Told by every wait from now on.
    Ended,
    /// There is nothing, and the peer has died. Told now and then, until a successor comes.
    PeerDied(Peer),
    /// There is no room, and the consumer has given its role back. Told now and then, until a successor comes.
    Detached,
    /// The control words contradict each other. Told by every wait from now on.
    Corrupt(Corruption),
    /// The handle came over a fork, and its role stays with the parent. Told by every wait from now on.
    Forked,
}

/// Why a [`WaitSet`] has nothing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WaitError {
    /// No member could go on in the time given.
    Timeout,
    /// An [`Interrupter`] of the set was used.
    Interrupted,
}

impl WaitError {
    /// The name of this error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Timeout => "Timeout",
            Self::Interrupted => "Interrupted",
        }
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout => "no ring became ready within the time given",
            Self::Interrupted => "the wait was interrupted",
        })
    }
}

impl std::error::Error for WaitError {}

/// Ends the wait of a [`WaitSet`] from any thread.
#[derive(Clone, Debug, Default)]
pub struct Interrupter {
    count: Arc<AtomicU32>,
}

impl Interrupter {
    /// Has the set's wait end with [`WaitError::Interrupted`]: the one that goes on, or else the next one. Interrupts that
    /// nobody has been told of yet are one.
    pub fn interrupt(&self) {
        self.count.fetch_add(1, Ordering::Release);
        sys::futex_wake_own(&self.count);
    }
}

impl Default for WaitSet {
    fn default() -> Self {
        Self::new()
    }
}

impl WaitSet {
    /// A set that waits as rings do by default: it spins, yields, then sleeps.
    pub fn new() -> Self {
        Self::with_wait(Wait::default())
    }

    /// A set that waits in this way, whatever its members were opened with.
    pub fn with_wait(wait: Wait) -> Self {
        let (interrupts, states, events) = (Interrupter::default(), Vec::new(), Vec::new());
        WaitSet { wait, interrupts, told: 0, next_check: None, first: 0, states, events }
    }

    /// What ends a wait of this set from another thread.
    pub fn interrupter(&self) -> Interrupter {
        self.interrupts.clone()
    }

    /// Waits until one or more of the members can go on, and says which: each at most once.
    ///
    /// The first one told is the first one behind that of the last wait: who handles one at a time neglects none.
    /// A peer's death is told within some 100 ms, also beside members that are never idle.
    ///
    /// # Errors
    /// If none can in time, or if an [`Interrupter`] of this set was used. That comes first, and costs no message.
    pub fn wait(
        &mut self,
        members: &mut [&mut dyn Waitable],
        timeout: Option<Duration>,
    ) -> Result<&[Event], WaitError> {
        let start = Instant::now();
        let rounds = SPINS_PER_CLOCK / (members.len() as u64).clamp(1, SPINS_PER_CLOCK);
        self.first = if self.first < members.len() { self.first } else { 0 };
        let mut phase = Phase::after(self.wait, Duration::ZERO);
        let mut now = start;
        loop {
            let interrupts = self.interrupts.count.load(Ordering::Acquire);
            if interrupts != self.told {
                self.told = interrupts;
                return Err(WaitError::Interrupted);
            }
            let waited = now - start;
            let left = timeout.map_or(SLICE, |timeout| timeout.saturating_sub(waited));
            let is_due = left.is_zero() || now >= *self.next_check.get_or_insert(now + SLICE);
            if is_due {
                self.next_check = Some(now + SLICE);
            }
            for round in 0..if phase == Phase::Spin { rounds } else { 1 } {
                if round > 0 {
                    hint::spin_loop();
                }
                self.look(members, is_due && round == 0);
                if !self.events.is_empty() {
                    self.first = self.events[0].index + 1;
                    return Ok(&self.events);
                }
            }
            if left.is_zero() {
                return Err(WaitError::Timeout);
            }
            match phase {
                Phase::Spin => {}
                Phase::Yield => thread::yield_now(),
                Phase::Park => self.park(members, left.min(SLICE)),
            }
            now = Instant::now();
            phase = Phase::after(self.wait, now - start);
        }
    }

    /// Looks at every member, and has the kernel say whether the peers live if it `is_due`.
    fn look(&mut self, members: &mut [&mut dyn Waitable], is_due: bool) {
        self.events.clear();
        self.states.clear();
        self.states.resize(members.len(), 0);
        let (in_front, behind) = members.split_at_mut(self.first);
        let first = self.first;
        let from_first = behind.iter_mut().enumerate().map(|(index, member)| (first + index, member));
        for (index, member) in from_first.chain(in_front.iter_mut().enumerate()) {
            let (end, needed) = member.end();
            let look = end.look(needed);
            // It may come while the kernel is asked: what is seen behind the answer counts, and `check` looks again.
            let look = match look {
                Ok(Look::Nothing(_) | Look::Detached) if is_due => end.check(needed).and_then(|()| end.look(needed)),
                look => look,
            };
            let readiness = match look {
                Ok(Look::Ready) => Readiness::Ready,
                Ok(Look::Ended) => Readiness::Ended,
                Ok(Look::Nothing(state)) => {
                    self.states[index] = state;
                    continue;
                }
                Ok(Look::Detached) => {
                    self.states[index] = ringgen_layout::ring::STATE_DETACHED;
                    continue;
                }
                Err(Stop::PeerDied(peer)) => Readiness::PeerDied(peer),
                Err(Stop::Detached) => Readiness::Detached,
                Err(Stop::Corrupt(corruption)) => Readiness::Corrupt(corruption),
                Err(Stop::Forked) => Readiness::Forked,
                Err(Stop::Timeout) => unreachable!("a look has no timeout"),
            };
            self.events.push(Event { index, readiness });
        }
    }

    fn park(&self, members: &mut [&mut dyn Waitable], slice: Duration) {
        let mut sides: Vec<Parking<'_, Shared>> = Vec::with_capacity(members.len());
        for (member, &state) in members.iter_mut().zip(&self.states) {
            let (end, needed) = member.end();
            sides.push(end.parking(needed, state));
        }
        if let Some(longest) = park::settle(&mut sides) {
            let own = (&*self.interrupts.count, self.told);
            steps::reach(Step::ParkSleep);
            sys::futex_wait_any(events(&sides), own, slice.min(longest), UNFENCED_SLICE);
        }
        sides.into_iter().for_each(Parking::end);
    }
}

/// The words that these sides sleep on, and what they expect there.
pub(crate) fn events<'a>(sides: &[Parking<'a, Shared>]) -> impl Iterator<Item = (&'a AtomicU32, u32)> {
    sides.iter().map(|side| {
        let (words, role, event) = side.event();
        (words.event(role), event)
    })
}
