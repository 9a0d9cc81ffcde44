//! The protocol's own lines under Loom, which runs every interleaving of a few threads and lets each load see every
//! store that the memory model of Rust and C11 allows it to see.
//!
//! Loom knows neither compiler fences nor `membarrier`, so both sides fence in full here (`FENCE_FULL`); the model in
//! ringgen-runtime/model has the other modes. Nothing sleeps for a time: a lost wake-up is a deadlock, which Loom finds.
//! Slots are cells whose accesses must be ordered: one that is read while it may be written is found too.
//!
//! A model that does not see a mistake that is there shows nothing, so each test has [`Mutant`]s that it must find.
//!
//! Where all interleavings would take too long, those with a few preemptions are run: mistakes need one or two.
//! `RINGGEN_TEST_PREEMPTIONS=7` asks for more, and may take hours.
#![allow(unsafe_code)] // Loom's cells are read and written by pointer.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::AtomicU64 as Private;
use std::time::Duration;

use ::loom::cell::UnsafeCell;
use ::loom::sync::atomic::{AtomicU32, AtomicU64, fence};
use ::loom::sync::{Condvar, Mutex};
use ::loom::thread;
use ringgen_layout::ring::{self, block};

use super::{Claimant, Inadmissible, Look, Protocol};
use crate::cursor::Cursors;
use crate::park::{self, Parking, SLICE};
use crate::pod::Pod;
use crate::role::Role;
use crate::steps::Step;
use crate::sync::Ordering;
use crate::words::Words;

/// What is done wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mutant {
    Nothing,
    /// A store that publishes is relaxed.
    Relaxed(Step),
    /// A fence is left out.
    NoFence(Step),
    /// A store or a wake is left out.
    Omitted(Step),
    /// The odd ticket is stored behind the last look, in front of the sleep.
    TicketAfterLook,
}

/// The words of a block that the other side looks at.
struct Block {
    cursor: AtomicU64,
    event: AtomicU32,
    ticket: AtomicU32,
    want: AtomicU64,
    fence_mode: AtomicU32,
    state: AtomicU32,
    /// All else, which only its owner uses: no word of the protocol depends on it.
    others: [Private; block::SIZE / 8],
    /// Where the kernel keeps who sleeps on the event.
    kernel: Arc<Kernel>,
}

/// Those who sleep on an event, or on several at once.
struct Kernel {
    sleepers: Mutex<()>,
    woken: Condvar,
}

impl Kernel {
    fn new() -> Arc<Kernel> {
        Arc::new(Kernel { sleepers: Mutex::new(()), woken: Condvar::new() })
    }
}

impl Block {
    fn new(cursor: u64, kernel: Arc<Kernel>) -> Self {
        Block {
            cursor: AtomicU64::new(cursor),
            event: AtomicU32::new(0),
            ticket: AtomicU32::new(0),
            want: AtomicU64::new(0),
            fence_mode: AtomicU32::new(0),
            state: AtomicU32::new(ring::STATE_NEW),
            others: [const { Private::new(0) }; block::SIZE / 8],
            kernel,
        }
    }

    fn word32(&self, offset: usize) -> &AtomicU32 {
        match offset {
            block::EVENT => &self.event,
            block::TICKET => &self.ticket,
            block::FENCE_MODE => &self.fence_mode,
            block::STATE => &self.state,
            other => panic!("no 32-bit word at {other:#x}"),
        }
    }

    fn load64(&self, offset: usize, ordering: Ordering) -> u64 {
        match offset {
            block::CURSOR => self.cursor.load(ordering),
            block::WANT => self.want.load(ordering),
            other => self.others[other / 8].load(Ordering::Relaxed),
        }
    }

    fn store64(&self, offset: usize, value: u64, ordering: Ordering) {
        match offset {
            block::CURSOR => self.cursor.store(value, ordering),
            block::WANT => self.want.store(value, ordering),
            other => self.others[other / 8].store(value, Ordering::Relaxed),
        }
    }
}

/// A ring in memory that Loom watches.
struct Memory {
    producer: Block,
    consumer: Block,
    slots: Vec<UnsafeCell<u64>>,
}

/// A side's view of it.
struct View {
    memory: Arc<Memory>,
    mutant: Mutant,
    held_back: Cell<Option<u32>>,
}

impl View {
    fn block(&self, role: Role) -> &Block {
        match role {
            Role::Producer => &self.memory.producer,
            Role::Consumer => &self.memory.consumer,
        }
    }

    /// The ordering of a store, which a mutant weakens; `None` if it leaves the store out.
    fn ordering(&self, step: Step, ordering: Ordering) -> Option<Ordering> {
        match self.mutant {
            Mutant::Relaxed(this) if this == step => Some(Ordering::Relaxed),
            Mutant::Omitted(this) if this == step => None,
            _ => Some(ordering),
        }
    }

    /// Stores the ticket that a mutant has held back until its sleep.
    fn hand_over_ticket(&self, role: Role) {
        if let Some(ticket) = self.held_back.take() {
            self.block(role).ticket.store(ticket, Ordering::Release);
        }
    }

    fn slot(&self, position: u64) -> &UnsafeCell<u64> {
        &self.memory.slots[position as usize % self.memory.slots.len()]
    }
}

impl Words for View {
    fn load32(&self, role: Role, offset: usize) -> u32 {
        self.block(role).word32(offset).load(Ordering::Relaxed)
    }

    fn load64(&self, role: Role, offset: usize) -> u64 {
        self.block(role).load64(offset, Ordering::Relaxed)
    }

    fn acquire32(&self, role: Role, offset: usize) -> u32 {
        self.block(role).word32(offset).load(Ordering::Acquire)
    }

    fn acquire64(&self, role: Role, offset: usize) -> u64 {
        self.block(role).load64(offset, Ordering::Acquire)
    }

    fn store32(&self, step: Step, role: Role, offset: usize, value: u32, ordering: Ordering) {
        if self.mutant == Mutant::TicketAfterLook {
            match step {
                Step::ParkTicketOdd => return self.held_back.set(Some(value)),
                Step::ParkTicketEven => self.held_back.set(None),
                _ => {}
            }
        }
        if let Some(ordering) = self.ordering(step, ordering) {
            self.block(role).word32(offset).store(value, ordering);
        }
    }

    fn store64(&self, step: Step, role: Role, offset: usize, value: u64, ordering: Ordering) {
        if let Some(ordering) = self.ordering(step, ordering) {
            self.block(role).store64(offset, value, ordering);
        }
    }

    fn store<T: Pod>(&self, position: u64, message: &T) {
        let message = *(message as &dyn Any).downcast_ref::<u64>().expect("messages here are numbers");
        // SAFETY: Loom stops the run if anything else uses the cell meanwhile.
        self.slot(position).with_mut(|slot| unsafe { *slot = message });
    }

    fn store_run<T: Pod>(&self, position: u64, messages: &[T]) {
        messages.iter().zip(position..).for_each(|(message, position)| self.store(position, message));
    }

    fn load<T: Pod>(&self, position: u64) -> T {
        // SAFETY: as above.
        let message = self.slot(position).with(|slot| unsafe { *slot });
        *(&message as &dyn Any).downcast_ref::<T>().expect("messages here are numbers")
    }

    fn load_run<T: Pod>(&self, position: u64, into: &mut [T]) {
        into.iter_mut().zip(position..).for_each(|(message, position)| *message = self.load(position));
    }

    fn fence(&self, step: Step) {
        if self.mutant != Mutant::NoFence(step) {
            fence(Ordering::SeqCst);
        }
    }

    fn acquire_fence(&self) {
        fence(Ordering::Acquire);
    }

    fn barrier(&self) -> bool {
        false
    }

    fn sleep(&self, _: Step, role: Role, expected: u32, at_most: Duration) {
        self.hand_over_ticket(role.peer());
        if at_most < SLICE {
            // Beside a side that was not there yet: a short slice, and then another look.
            return thread::yield_now();
        }
        let block = self.block(role);
        // As the kernel does: it compares behind the lock that a waker takes, and sleeps without letting it go before.
        let sleepers = block.kernel.sleepers.lock().expect("nobody panics behind it");
        if block.event.load(Ordering::Relaxed) == expected {
            drop(block.kernel.woken.wait(sleepers));
        }
    }

    fn wake(&self, step: Step, role: Role) {
        if self.mutant != Mutant::Omitted(step) {
            let block = self.block(role);
            drop(block.kernel.sleepers.lock());
            block.kernel.woken.notify_one();
        }
    }
}

/// A role and what it knows.
struct End {
    protocol: Protocol<View>,
    cursors: Cursors,
}

struct Ring {
    memory: Arc<Memory>,
    mutant: Mutant,
    capacity: u64,
    fence_mode: u32,
}

impl Ring {
    fn new(capacity: u64, first_position: u64, mutant: Mutant) -> Ring {
        Ring::on(Kernel::new(), capacity, first_position, mutant)
    }

    /// A ring on whose messages one can sleep together with those of others on this kernel.
    fn on(kernel: Arc<Kernel>, capacity: u64, first_position: u64, mutant: Mutant) -> Ring {
        #[expect(clippy::arc_with_non_send_sync, reason = "Loom's threads take turns on one")]
        let memory = Arc::new(Memory {
            producer: Block::new(first_position, kernel),
            consumer: Block::new(first_position, Kernel::new()),
            slots: (0..capacity).map(|_| UnsafeCell::new(u64::MAX)).collect(),
        });
        Ring { memory, mutant, capacity, fence_mode: ring::FENCE_FULL }
    }

    fn claim(&self, role: Role) -> Result<End, Inadmissible> {
        let view = View { memory: Arc::clone(&self.memory), mutant: self.mutant, held_back: Cell::new(None) };
        let cursors = Protocol::admit(&view, role, self.capacity)?;
        let claimant = Claimant { pid: 1, start: 1, fence_mode: self.fence_mode };
        Ok(End { protocol: Protocol::claim(view, role, claimant), cursors })
    }

    fn ends(&self) -> (End, End) {
        (self.claim(Role::Producer).unwrap(), self.claim(Role::Consumer).unwrap())
    }
}

impl End {
    /// As `RawRole::wait`, without its clock.
    fn wait(&mut self, needed: u64) -> Look {
        loop {
            let state = match self.protocol.look(&mut self.cursors, needed).unwrap() {
                Look::Nothing(state) => state,
                Look::Detached => ring::STATE_DETACHED,
                found => return found,
            };
            self.protocol.park(self.protocol.sight(&self.cursors, needed, state), SLICE);
        }
    }

    fn push(&mut self, message: u64) {
        if self.cursors.available(Role::Producer) == 0 {
            assert_eq!(self.wait(1), Look::Ready);
        }
        self.protocol.push(&mut self.cursors, &message);
    }

    fn pop(&mut self) -> Option<u64> {
        if self.cursors.available(Role::Consumer) == 0 && self.wait(1) == Look::Ended {
            return None;
        }
        Some(self.protocol.pop(&mut self.cursors))
    }

    /// Says that this consumer is about to sleep, beside a peer in `state`.
    fn parking(&self, state: u32) -> Parking<'_, View> {
        let sight = self.protocol.sight(&self.cursors, 1, state);
        Parking::begin(&self.protocol.words, Role::Consumer, sight)
    }

    /// As many as there are now.
    fn pop_many(&mut self, limit: usize) -> Vec<u64> {
        let pending = self.protocol.refresh(Role::Consumer, &mut self.cursors).unwrap();
        let mut messages = vec![0_u64; limit.min(pending as usize)];
        if !messages.is_empty() {
            self.protocol.pop_many(&mut self.cursors, &mut messages);
        }
        messages
    }

    /// As many of them as there is room for now.
    fn push_many(&mut self, messages: &[u64]) -> usize {
        let free = self.protocol.refresh(Role::Producer, &mut self.cursors).unwrap();
        let count = messages.len().min(free as usize);
        if count > 0 {
            self.protocol.push_many(&mut self.cursors, &messages[..count]);
        }
        count
    }
}

/// Runs all interleavings with so many preemptions at most (`None`: any number) and counts them; what Loom says if one
/// goes wrong.
fn explore(preemptions: Option<usize>, scenario: fn(Mutant), mutant: Mutant) -> Result<u64, String> {
    let mut model = ::loom::model::Builder::new();
    model.preemption_bound = match std::env::var("RINGGEN_TEST_PREEMPTIONS") {
        Ok(number) => Some(number.parse().expect("RINGGEN_TEST_PREEMPTIONS is a number")),
        Err(_) => preemptions,
    };
    let runs = Arc::new(Private::new(0));
    let counted = Arc::clone(&runs);
    let run = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        scenario(mutant);
    };
    match panic::catch_unwind(AssertUnwindSafe(|| model.check(run))) {
        Ok(()) => Ok(runs.load(Ordering::Relaxed)),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            Err(text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string())).unwrap_or_default())
        }
    }
}

/// Runs a scenario as it should be, and then with each mutant, which must end in what it is to end in.
fn check(preemptions: Option<usize>, scenario: fn(Mutant), mutants: &[(Mutant, &str)]) {
    let runs = explore(preemptions, scenario, Mutant::Nothing).expect("the protocol is right");
    println!("{runs} interleavings");
    for &(mutant, end) in mutants {
        let found = explore(preemptions, scenario, mutant).expect_err(&format!("{mutant:?} is not found"));
        assert!(found.to_lowercase().contains(end), "{mutant:?} ends in another way: {found}");
    }
}

/// What Loom calls a cell that is read and written without an order.
const RACE: &str = "causality violation";
const STUCK: &str = "deadlock";

/// Two slots, around their end more than once; nobody waits.
fn wrap_around(mutant: Mutant) {
    let ring = Ring::new(2, 3, mutant);
    let (mut producer, mut consumer) = ring.ends();
    let pushing = thread::spawn(move || {
        let messages = [3, 4, 5, 6, 7];
        let first = producer.push_many(&messages);
        let second = first + producer.push_many(&messages[first..]);
        second + producer.push_many(&messages[second..])
    });
    let mut taken = consumer.pop_many(1);
    taken.extend(consumer.pop_many(2));
    taken.extend(consumer.pop_many(2));
    let pushed = pushing.join().unwrap();
    taken.extend(consumer.pop_many(4));
    assert_eq!(taken, (3..3 + pushed as u64).collect::<Vec<_>>());
}

#[test]
fn messages_are_whole_and_in_order_around_the_end_of_the_slots() {
    check(None, wrap_around, &[(Mutant::Relaxed(Step::PushCursor), RACE), (Mutant::Relaxed(Step::PopCursor), RACE)]);
}

/// One slot and two messages: both sides sleep, the producer until there is room.
fn one_slot(mutant: Mutant) {
    let ring = Ring::new(1, 0, mutant);
    let (mut producer, mut consumer) = ring.ends();
    let pushing = thread::spawn(move || {
        producer.push(0);
        producer.push(1);
    });
    assert_eq!((consumer.pop(), consumer.pop()), (Some(0), Some(1)));
    pushing.join().unwrap();
}

#[test]
fn nobody_sleeps_through_a_message_or_a_free_slot() {
    check(
        Some(5),
        one_slot,
        &[
            (Mutant::NoFence(Step::NotifyFence), STUCK),
            (Mutant::NoFence(Step::ParkFence), STUCK),
            (Mutant::TicketAfterLook, STUCK),
            (Mutant::Omitted(Step::NotifyEvent), STUCK),
            (Mutant::Omitted(Step::NotifyWake), STUCK),
            (Mutant::Relaxed(Step::PushCursor), RACE),
        ],
    );
}

/// A consumer that waits while the producer publishes its last message and closes.
fn close(mutant: Mutant) {
    let ring = Ring::new(2, 0, mutant);
    let (mut producer, mut consumer) = ring.ends();
    let pushing = thread::spawn(move || {
        producer.push(0);
        producer.protocol.end(ring::STATE_CLOSED);
    });
    assert_eq!((consumer.pop(), consumer.pop()), (Some(0), None));
    pushing.join().unwrap();
    assert_eq!(ring.claim(Role::Producer).err(), Some(Inadmissible::Closed));
}

#[test]
fn a_closing_producer_is_heard_and_its_last_message_is_taken() {
    check(Some(4), close, &[(Mutant::Omitted(Step::EndWake), STUCK), (Mutant::Omitted(Step::EndEvent), STUCK)]);
}

/// A consumer that looks and does not sleep, beside a producer that leaves fences to the sleeper: here, to nobody.
fn close_unfenced(mutant: Mutant) {
    let ring = Ring { fence_mode: ring::FENCE_ASYMMETRIC, ..Ring::new(2, 0, mutant) };
    let (mut producer, mut consumer) = ring.ends();
    let pushing = thread::spawn(move || {
        producer.push(0);
        producer.protocol.end(ring::STATE_CLOSED);
    });
    let look = consumer.protocol.look(&mut consumer.cursors, 1).unwrap();
    assert_ne!(look, Look::Ended, "there is a message");
    pushing.join().unwrap();
    assert_eq!((consumer.pop(), consumer.pop()), (Some(0), None));
}

#[test]
fn the_end_is_not_seen_before_the_last_message() {
    // By the release store of the state: a fence at the notification of the message would hide that it is missing.
    check(None, close_unfenced, &[(Mutant::Relaxed(Step::EndState), "there is a message")]);
}

/// A producer hands over to a successor while the consumer parks.
fn succeed_producer(mutant: Mutant) {
    let ring = Ring::new(2, 0, mutant);
    let (mut producer, mut consumer) = ring.ends();
    let pushing = thread::spawn(move || {
        producer.push(0);
        producer.protocol.end(ring::STATE_DETACHED);
        drop(producer);
        // The lock of the role orders the two; the start of a thread does here.
        let successor = thread::spawn(move || ring.claim(Role::Producer).unwrap().push(1));
        successor.join().unwrap();
    });
    assert_eq!((consumer.pop(), consumer.pop()), (Some(0), Some(1)));
    pushing.join().unwrap();
}

#[test]
fn a_successor_of_the_producer_goes_on_and_wakes_whoever_parked_before() {
    check(
        Some(3),
        succeed_producer,
        &[
            (Mutant::NoFence(Step::NotifyFence), STUCK),
            (Mutant::TicketAfterLook, STUCK),
            (Mutant::Relaxed(Step::PushCursor), RACE),
        ],
    );
}

/// A consumer hands over to a successor while the producer waits for room.
fn succeed_consumer(mutant: Mutant) {
    let ring = Ring::new(1, 0, mutant);
    let (mut producer, consumer) = ring.ends();
    producer.push(0);
    let popping = thread::spawn(move || {
        consumer.protocol.end(ring::STATE_DETACHED);
        drop(consumer);
        let successor = thread::spawn(move || ring.claim(Role::Consumer).unwrap().pop());
        assert_eq!(successor.join().unwrap(), Some(0));
    });
    producer.push(1);
    popping.join().unwrap();
}

#[test]
fn a_successor_of_the_consumer_gives_back_slots_and_wakes_whoever_parked_before() {
    check(
        Some(3),
        succeed_consumer,
        &[
            (Mutant::NoFence(Step::NotifyFence), STUCK),
            (Mutant::TicketAfterLook, STUCK),
            (Mutant::Relaxed(Step::PopCursor), RACE),
        ],
    );
}

/// As a set of rings waits: all tickets, one fence, all looks, one sleep. Which of them has a message.
fn wait_for_any(ends: &mut [End; 2]) -> usize {
    loop {
        let mut states = [0; 2];
        for (index, end) in ends.iter_mut().enumerate() {
            match end.protocol.look(&mut end.cursors, 1).unwrap() {
                Look::Nothing(state) => states[index] = state,
                found => {
                    assert_eq!(found, Look::Ready);
                    return index;
                }
            }
        }
        let [first, second] = &*ends;
        let mut sides = [first.parking(states[0]), second.parking(states[1])];
        if let Some(longest) = park::settle(&mut sides) {
            assert_eq!(longest, SLICE, "both peers can be relied on");
            for side in &sides {
                side.event().0.hand_over_ticket(Role::Consumer);
            }
            let kernel = Arc::clone(&first.protocol.words.memory.producer.kernel);
            let sleepers = kernel.sleepers.lock().expect("nobody panics behind it");
            // As the kernel does for several words: it sleeps only if none of them has changed.
            let is_still = |side: &Parking<'_, View>| {
                let (view, role, expected) = side.event();
                view.block(role).event.load(Ordering::Relaxed) == expected
            };
            if sides.iter().all(is_still) {
                drop(kernel.woken.wait(sleepers));
            }
        }
        sides.into_iter().for_each(Parking::end);
    }
}

/// One thread waits for a message in either of two rings, whose producers know nothing of each other.
fn two_rings(mutant: Mutant) {
    let kernel = Kernel::new();
    let rings = [Ring::on(Arc::clone(&kernel), 1, 0, mutant), Ring::on(kernel, 1, 0, mutant)];
    let [(mut first, one), (mut second, other)] = rings.map(|ring| ring.ends());
    let mut ends = [one, other];
    let pushing = thread::spawn(move || first.push(7));
    let also_pushing = thread::spawn(move || second.push(8));
    let mut taken = [0; 2];
    for _ in 0..2 {
        let index = wait_for_any(&mut ends);
        taken[index] = ends[index].pop().unwrap();
    }
    assert_eq!(taken, [7, 8]);
    pushing.join().unwrap();
    also_pushing.join().unwrap();
}

#[test]
fn whoever_sleeps_on_two_rings_is_woken_by_either() {
    check(
        Some(3),
        two_rings,
        &[
            (Mutant::NoFence(Step::NotifyFence), STUCK),
            (Mutant::NoFence(Step::ParkFence), STUCK),
            (Mutant::TicketAfterLook, STUCK),
            (Mutant::Omitted(Step::NotifyEvent), STUCK),
            (Mutant::Omitted(Step::NotifyWake), STUCK),
        ],
    );
}
