//! What a process finds that will end, and what holds once it has: the other side, which is this test, goes on, and so
//! does a successor.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use ringgen::{AttachError, ClaimError, Collector, Consumer, Found, FoundState, PopError, Producer, PushError, Ring};
use ringgen_layout::ring::{self, block};
use ringgen_runtime::Role;
use tempfile::TempDir;

use crate::common;
use crate::market::{Trade, Trades};
use crate::subject::{PATIENCE, trade, until};

const CAPACITY: u64 = 8;
/// Three slots in front of the end of the memory, and of 32 bits.
const FIRST: u64 = (1 << 32) - 3;
/// An odd ticket of a side that sleeps, or died asleep.
const ASLEEP: u32 = 5;

/// Something that a process does.
pub(crate) struct Deed {
    pub(crate) name: &'static str,
    /// What the peers call it.
    pub(crate) op: &'static str,
    pub(crate) before: Before,
    /// How many messages it moves, all at once.
    pub(crate) count: u64,
}

/// How a ring is when it begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// There is none.
    Nothing,
    /// One message, and room for more.
    Some,
    /// As `Some`, and nobody has a role.
    Idle,
    /// Six messages.
    Many,
    Full,
    Empty,
    /// As `Empty`, and a consumer waits.
    Awaited,
    /// As `Some`, and the consumer has said that it sleeps.
    SleepingConsumer,
    /// As `Many`, and the producer has said that it sleeps until the first message is taken.
    SleepingProducer,
    /// As `Some`, and a producer died asleep.
    DeadProducer,
    /// As `Many`, and a consumer died asleep.
    DeadConsumer,
}

impl Deed {
    /// Whether it is the producer that does it.
    pub(crate) fn is_producers(&self) -> bool {
        !matches!(self.op, "claim consumer" | "detach consumer" | "peek") && !self.op.starts_with("pop")
    }

    /// Whether it waits for the other side.
    pub(crate) fn waits(&self) -> bool {
        matches!(self.before, Before::Full | Before::Empty)
    }

    /// Whether it takes the same steps each time. A wait goes round once more or less, as it happens to be woken, and
    /// whoever waits is awake for a moment now and then.
    pub(crate) fn is_steady(&self) -> bool {
        !self.waits() && self.before != Before::Awaited
    }

    fn role(&self) -> Role {
        if self.is_producers() { Role::Producer } else { Role::Consumer }
    }
}

type Waiting = std::thread::JoinHandle<(Result<Option<Trade>, PopError>, Consumer<Trade>)>;

/// A ring in which a process does something, and this side of it.
pub(crate) struct Scene<'a> {
    deed: &'a Deed,
    rings: TempDir,
    /// `None` as long as there is no ring.
    ring: Option<Ring<Trade>>,
    producer: Option<Producer<Trade>>,
    consumer: Option<Consumer<Trade>>,
    /// A consumer that waits, and what came of it.
    waiting: Option<Waiting>,
    head: u64,
    tail: u64,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(deed: &'a Deed) -> Self {
        let rings = common::ring_dir();
        let mut scene =
            Scene { deed, rings, ring: None, producer: None, consumer: None, waiting: None, head: FIRST, tail: FIRST };
        if deed.before != Before::Nothing {
            scene.prepare();
        }
        scene
    }

    fn prepare(&mut self) {
        let options = Trades::options().dir(self.rings.path()).capacity(CAPACITY).first_position(FIRST);
        let ring: Ring<Trade> = options.create(Trades::NAME).unwrap();
        let mut producer = ring.producer().unwrap();
        self.tail += match self.deed.before {
            Before::Some | Before::Idle | Before::SleepingConsumer | Before::DeadProducer => 1,
            Before::Many | Before::SleepingProducer | Before::DeadConsumer => 6,
            Before::Full => CAPACITY,
            Before::Empty | Before::Awaited | Before::Nothing => 0,
        };
        (FIRST..self.tail).for_each(|position| producer.try_push(trade(position)).unwrap());
        match self.deed.role() {
            Role::Producer => {
                producer.detach();
                self.consumer = (self.deed.before != Before::Idle).then(|| ring.consumer().unwrap());
                if self.deed.before == Before::Awaited {
                    self.waiting = self.consumer.take().map(|consumer| self.wait(&ring, consumer));
                }
            }
            Role::Consumer => self.producer = Some(producer),
        }
        let set32 = |role, offset, value: u32| self.word(&ring, role, offset).set(&value.to_le_bytes());
        match self.deed.before {
            // This side does nothing meanwhile, so that nobody writes to its block but the lines below.
            Before::SleepingConsumer => set32(Role::Consumer, block::TICKET, ASLEEP),
            Before::SleepingProducer => {
                self.word(&ring, Role::Producer, block::WANT).set(&(FIRST + 1).to_le_bytes());
                set32(Role::Producer, block::TICKET, ASLEEP);
            }
            Before::DeadProducer | Before::DeadConsumer => {
                let role = self.deed.role();
                set32(role, block::TICKET, ASLEEP);
                set32(role, block::STATE, ring::STATE_ACTIVE);
            }
            _ => {}
        }
        self.ring = Some(ring);
    }

    /// Has a consumer wait for a message, and sees that it sleeps.
    fn wait(&self, ring: &Ring<Trade>, mut consumer: Consumer<Trade>) -> Waiting {
        let waiting = std::thread::spawn(move || (consumer.pop_timeout(PATIENCE), consumer));
        let ticket = self.word(ring, Role::Consumer, block::TICKET);
        until("a consumer that sleeps", || ticket.get32() % 2 == 1);
        waiting
    }

    pub(crate) fn rings(&self) -> &Path {
        self.rings.path()
    }

    /// Beside a process that waits, does what it waits for, once it has slept for a whole slice.
    pub(crate) fn help(&mut self, mut has_ended: impl FnMut() -> bool) {
        let notes = self.rings.path().join("steps");
        let mut is_helped = !self.deed.waits();
        until(format_args!("the end of {:?}", self.deed.name), || {
            let slept = || std::fs::read_to_string(&notes).unwrap_or_default().contains("park.sleep\n");
            if !is_helped && slept() && self.is_awake_again() {
                match (&mut self.producer, &mut self.consumer) {
                    (Some(producer), _) => producer.try_push(trade(self.tail)).unwrap(),
                    (_, Some(consumer)) => assert_eq!(consumer.try_pop(), Ok(Some(trade(self.head)))),
                    (None, None) => unreachable!("one of the roles is this side's"),
                }
                is_helped = true;
            }
            has_ended()
        });
    }

    /// Whether the ticket has been counted on since the first sleep.
    fn is_awake_again(&self) -> bool {
        let ring = self.ring.as_ref().expect("there is a ring");
        self.word(ring, self.deed.role(), block::TICKET).get32() >= 2
    }

    /// What must hold once the process has ended that did these steps and no other, and took so many messages.
    pub(crate) fn check(mut self, done: &[String], took: u64, context: &str) {
        let did = |step: &str| done.iter().any(|other| other == step);
        let Some(ring) = self.ring.take() else { return self.check_created(did("create.publish"), context) };
        if matches!(self.deed.op, "unlink" | "collect") {
            return check_unlinked(&ring, self.rings.path(), did("unlink.remove"), context);
        }
        if let Some(waiting) = self.waiting.take() {
            self.check_waiting(&ring, waiting, did("push.cursor"), context);
        }
        let (head, tail) = ring.raw().observer().cursors();
        let helped = |position: u64, at: u64| if self.deed.waits() { position.max(at) } else { position };
        let moved = |step: &str| if did(step) { self.deed.count } else { 0 };
        // What this side did to help counts too, if it came to that.
        let (before_head, before_tail) = match self.deed.role() {
            Role::Producer => (helped(self.head, head), self.tail),
            Role::Consumer => (self.head, helped(self.tail, tail)),
        };
        assert_eq!(tail, before_tail + moved("push.cursor"), "published: {context}");
        assert_eq!(head, before_head + moved("pop.cursor"), "taken: {context}");
        let told = ring.raw().observer().role(self.deed.role()).unwrap();
        assert!(!told.held, "the kernel drops the role of a dead process: {context}");
        match self.deed.role() {
            Role::Producer => self.outlive_producer(&ring, head, tail, told.state, context),
            Role::Consumer => {
                let gone = head - self.head;
                if self.deed.op == "peek" {
                    assert!(took >= gone && took - gone <= self.deed.count, "took {took} of {gone}: {context}");
                } else {
                    assert!(took <= gone && gone - took <= self.deed.count, "took {took} of {gone}: {context}");
                }
                self.outlive_consumer(&ring, head, tail, told.state, context);
            }
        }
    }

    /// A consumer that waited all the time has got what was published, or heard of the end or of the death. Only beside a
    /// producer that left for another one it waits on.
    fn check_waiting(&mut self, ring: &Ring<Trade>, waiting: Waiting, is_published: bool, context: &str) {
        let state = ring.raw().observer().role(Role::Producer).unwrap().state;
        if state == ring::STATE_DETACHED {
            let mut successor = ring.producer().unwrap_or_else(|error| panic!("{error}: {context}"));
            successor.try_push(trade(self.tail)).unwrap();
            successor.detach();
        }
        let (popped, consumer) = waiting.join().unwrap();
        match (popped, state) {
            (Ok(Some(message)), _) if is_published || state == ring::STATE_DETACHED => {
                assert_eq!(message, trade(self.tail), "{context}");
                self.head += 1;
                self.tail += u64::from(!is_published);
            }
            (Ok(None), ring::STATE_CLOSED) => {}
            (Err(PopError::PeerDied(_)), ring::STATE_ACTIVE) => {}
            (other, state) => panic!("{other:?} beside a producer of state {state}: {context}"),
        }
        self.consumer = Some(consumer);
    }

    /// The consumer gets all that was published, and hears what became of the producer. A successor goes on.
    fn outlive_producer(&mut self, ring: &Ring<Trade>, head: u64, tail: u64, state: u32, context: &str) {
        let mut consumer = self.consumer.take().expect("it is this side's");
        // As whoever sleeps does when it wakes.
        self.word(ring, Role::Consumer, block::TICKET).wake_up();
        for position in head..tail {
            assert_eq!(consumer.pop_timeout(PATIENCE), Ok(Some(trade(position))), "{context}");
        }
        match (consumer.pop_timeout(Duration::from_millis(1)), state) {
            (Ok(None), ring::STATE_CLOSED) => {
                assert!(matches!(ring.producer(), Err(ClaimError::Closed)), "{context}");
                return;
            }
            (Err(PopError::PeerDied(_)), ring::STATE_ACTIVE) => {}
            (Err(PopError::Timeout), ring::STATE_NEW | ring::STATE_DETACHED) => {}
            (other, state) => panic!("{other:?} beside a producer of state {state}: {context}"),
        }
        let epoch = ring.raw().observer().role(Role::Producer).unwrap().epoch;
        let mut successor = ring.producer().unwrap_or_else(|error| panic!("{error}: {context}"));
        assert_eq!((successor.position(), successor.epoch()), (tail, epoch + 1), "{context}");
        // Asleep or not, the consumer hears of each message.
        let waiting = self.wait(ring, consumer);
        successor.try_push(trade(tail)).unwrap();
        let (popped, mut consumer) = waiting.join().unwrap();
        assert_eq!(popped, Ok(Some(trade(tail))), "{context}");
        successor.close();
        assert_eq!(consumer.pop_timeout(PATIENCE), Ok(None), "{context}");
    }

    /// The producer fills the ring, and hears what became of the consumer. A successor gets all that is there.
    fn outlive_consumer(&mut self, ring: &Ring<Trade>, head: u64, tail: u64, state: u32, context: &str) {
        let mut producer = self.producer.take().expect("it is this side's");
        self.word(ring, Role::Producer, block::TICKET).wake_up();
        assert_eq!(producer.position(), tail, "{context}");
        while producer.try_push(trade(producer.position())).is_ok() {}
        assert_eq!(producer.position(), head + CAPACITY, "{context}");
        let next = trade(head + CAPACITY);
        match (producer.push_timeout(next, Duration::from_millis(1)), state) {
            (Err(PushError::PeerDied(_)), ring::STATE_ACTIVE) => {}
            (Err(PushError::Detached), ring::STATE_DETACHED) => {}
            (Err(PushError::Timeout), ring::STATE_NEW) => {}
            (other, state) => panic!("{other:?} beside a consumer of state {state}: {context}"),
        }
        let epoch = ring.raw().observer().role(Role::Consumer).unwrap().epoch;
        let mut successor = ring.consumer().unwrap_or_else(|error| panic!("{error}: {context}"));
        assert_eq!((successor.position(), successor.epoch()), (head, epoch + 1), "{context}");
        let sleeper = std::thread::spawn(move || (producer.push_timeout(next, PATIENCE), producer));
        let ticket = self.word(ring, Role::Producer, block::TICKET);
        until("a producer that sleeps", || ticket.get32() % 2 == 1);
        for position in head..=head + CAPACITY {
            assert_eq!(successor.pop_timeout(PATIENCE), Ok(Some(trade(position))), "{context}");
        }
        let (pushed, producer) = sleeper.join().unwrap();
        assert_eq!(pushed, Ok(()), "{context}");
        producer.close();
        assert_eq!(successor.pop_timeout(PATIENCE), Ok(None), "{context}");
    }

    /// A ring is there as a whole, or not at all; and then another can be made.
    fn check_created(self, is_published: bool, context: &str) {
        let options = Trades::options().dir(self.rings.path()).capacity(CAPACITY);
        let ring: Ring<Trade> = match (options.attach(Trades::NAME), is_published) {
            (Ok(ring), true) => ring,
            (Err(AttachError::NotFound { .. }), false) => {
                let names = std::fs::read_dir(self.rings.path()).unwrap().map(|entry| entry.unwrap().file_name());
                let left: Vec<_> = names.filter(|name| *name != "steps" && *name != "errors").collect();
                assert!(left.len() <= 1 && left.iter().all(|name| is_temporary(name)), "{left:?}: {context}");
                let found = Collector::new().dir(self.rings.path()).collect().unwrap();
                let unfinished = |found: &&Found| found.removed && matches!(found.state, FoundState::Unfinished);
                assert_eq!(
                    found.iter().filter(unfinished).count(),
                    left.len(),
                    "it is collected: {found:?}: {context}"
                );
                options.create(Trades::NAME).unwrap_or_else(|error| panic!("{error}: {context}"))
            }
            (other, is_published) => panic!("published: {is_published}, {other:?}: {context}"),
        };
        assert_eq!(ring.capacity(), CAPACITY);
        let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
        producer.try_push(trade(0)).unwrap();
        producer.close();
        assert_eq!(consumer.pop_timeout(PATIENCE), Ok(Some(trade(0))));
        assert_eq!(consumer.pop_timeout(PATIENCE), Ok(None));
    }

    fn word(&self, ring: &Ring<Trade>, role: Role, offset: usize) -> Word {
        let file = OpenOptions::new().read(true).write(true).open(ring.path()).unwrap();
        Word { file, offset: role.block(&ring.raw().observer().header().geometry) + offset as u64 }
    }
}

fn check_unlinked(ring: &Ring<Trade>, rings: &Path, is_removed: bool, context: &str) {
    match Trades::options().dir(rings).attach::<Trade>(Trades::NAME) {
        Ok(again) => {
            assert!(!is_removed, "{context}");
            assert_eq!(again.raw().observer().cursors(), ring.raw().observer().cursors(), "{context}");
            // Whoever was about to remove it is gone, and in nobody's way.
            again.producer().unwrap_or_else(|error| panic!("{error}: {context}")).detach();
            assert!(again.unlink().unwrap(), "{context}");
        }
        Err(AttachError::NotFound { .. }) => assert!(is_removed, "{context}"),
        Err(other) => panic!("{other}: {context}"),
    }
}

fn is_temporary(name: &std::ffi::OsStr) -> bool {
    name.to_str().is_some_and(|name| name.starts_with(".ringgen."))
}

/// A word of a ring as a stranger sees it: bytes of a file.
struct Word {
    file: File,
    offset: u64,
}

impl Word {
    fn set(&self, bytes: &[u8]) {
        self.file.write_all_at(bytes, self.offset).unwrap();
    }

    fn get32(&self) -> u32 {
        let mut bytes = [0; 4];
        self.file.read_exact_at(&mut bytes, self.offset).unwrap();
        u32::from_le_bytes(bytes)
    }

    /// Makes an odd ticket even.
    fn wake_up(&self) {
        let ticket = self.get32();
        self.set(&(ticket + ticket % 2).to_le_bytes());
    }
}
