//! The peer in Rust; see subject.rs. Those in Python and TypeScript do the same.
#![allow(unsafe_code, reason = "fork")]

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use ringgen::{ClaimError, Collector, Consumer, PopError, Producer, PushError, Ring, WaitSet};
use serde_json::Value;

use crate::killed;
use crate::ledger::Ledger;
use crate::market::{Trade, Trades};
use crate::stopped::notes;
use crate::subject::{BATCH, PATIENCE, trade, until};

/// Does a job until it is killed.
pub(crate) fn run(job: &Value) {
    let word = |key: &str| job[key].as_str().unwrap_or_else(|| panic!("a job has the text {key}: {job}"));
    match word("do") {
        "produce" => produce(Path::new(word("rings")), word("verb"), &mut Pauses::new(job)),
        "consume" => consume(Path::new(word("rings")), word("verb"), &mut Pauses::new(job)),
        "step" => step(Path::new(word("rings")), word("op")),
        "witness" => witness(Path::new(word("rings")), word("role"), job["timeout"].as_u64().expect("a time")),
        "refused" => refused(Path::new(word("rings"))),
        "fork" => fork(Path::new(word("rings")), word("role")),
        "killed" => killed::child(word("verb")),
        other => panic!("no such job: {other}"),
    }
}

fn note(rings: &Path, line: &str) {
    let mut file = OpenOptions::new().append(true).create(true).open(rings.join("notes")).unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}

/// Does nothing until it is killed; but a process whose test was killed is not to stay for good.
fn stay() -> ! {
    std::thread::sleep(5 * PATIENCE);
    std::process::exit(1)
}

/// Pushes or takes messages, and notes the first time that nothing comes of it in time, and that it goes on then.
fn witness(rings: &Path, role: &str, milliseconds: u64) -> ! {
    let ring = attach(rings);
    let mut timeout = Duration::from_millis(milliseconds);
    let mut side = Either::claim(&ring, role);
    loop {
        match side.one(timeout) {
            Ok(()) if timeout < PATIENCE => {}
            Ok(()) => {
                note(rings, "went on");
                stay();
            }
            Err(error) => {
                note(rings, &error);
                timeout = PATIENCE;
            }
        }
    }
}

/// A side of either role.
enum Either {
    Producer(Producer<Trade>),
    Consumer(Consumer<Trade>),
}

impl Either {
    fn claim(ring: &Ring<Trade>, role: &str) -> Self {
        match role {
            "producer" => Either::Producer(ring.producer().unwrap()),
            _ => Either::Consumer(ring.consumer().unwrap()),
        }
    }

    /// Pushes or takes one message; otherwise the name of the error.
    fn one(&mut self, timeout: Duration) -> Result<(), String> {
        let name = |error: &dyn std::fmt::Debug| format!("{error:?}");
        match self {
            Either::Producer(producer) => {
                producer.push_timeout(trade(producer.position()), timeout).map_err(|error| name(&error))
            }
            Either::Consumer(consumer) => {
                let expected = trade(consumer.position());
                let found = consumer.pop_timeout(timeout).map_err(|error| name(&error))?;
                assert_eq!(found, Some(expected));
                Ok(())
            }
        }
    }
}

/// Claims both roles in vain.
fn refused(rings: &Path) -> ! {
    let ring = attach(rings);
    for (role, result) in [("producer", ring.producer().map(drop)), ("consumer", ring.consumer().map(drop))] {
        let code = result.map_or_else(|error| error.code(), |()| "none");
        note(rings, &format!("{role}: {code}"));
    }
    stay();
}

/// Forks a child that tries to use this process's role, and goes on.
fn fork(rings: &Path, role: &str) -> ! {
    let ring = attach(rings);
    let mut side = Either::claim(&ring, role);
    side.one(PATIENCE).unwrap();
    // SAFETY: what the child does next is to use a handle of its own thread, to write to a file, and to sleep.
    let child = unsafe { libc::fork() };
    if child == 0 {
        note(rings, &format!("child {}", std::process::id()));
        let tried = [0, 1].map(|_| side.one(PATIENCE).expect_err("the role stays with the parent"));
        // Giving back what is not held does nothing to the parent's role.
        drop(side);
        note(rings, &tried.join(", "));
    } else {
        until("what the child tried", || notes(rings).len() == 2);
        side.one(PATIENCE).unwrap();
        note(rings, "the parent went on");
    }
    stay();
}

#[cfg(feature = "tokio")]
fn in_a_task<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// Does one thing in front of whose steps this process may end; the file of steps says where it begins.
fn step(rings: &Path, op: &str) -> ! {
    let note = |line: &str| {
        let mut file = OpenOptions::new().append(true).create(true).open(rings.join("steps")).unwrap();
        file.write_all(format!("# {line}\n").as_bytes()).unwrap();
    };
    let begin = || {
        if op != "create" {
            std::fs::copy(rings.join(Trades::NAME), rings.join("before")).unwrap();
        }
        note("begin");
    };
    let end = || -> ! {
        note("end");
        std::process::exit(0)
    };
    if op == "create" {
        begin();
        Trades::options().dir(rings).capacity(8).create::<Trade>(Trades::NAME).unwrap();
        end();
    }
    if op == "attach" || op == "collect" {
        begin();
        match op {
            "attach" => drop(attach(rings)),
            _ => assert!(Collector::new().dir(rings).idle(true).collect_one(Trades::NAME).unwrap().removed),
        }
        end();
    }
    let ring = attach(rings);
    match op {
        "unlink" => {
            begin();
            ring.unlink().unwrap();
        }
        "claim producer" => {
            begin();
            std::mem::forget(ring.producer().unwrap());
        }
        "claim consumer" => {
            begin();
            std::mem::forget(ring.consumer().unwrap());
        }
        #[cfg(feature = "tokio")]
        "push await" => {
            let mut producer = ring.async_producer().unwrap();
            let message = trade(producer.get_ref().position());
            begin();
            in_a_task(producer.send(message)).unwrap();
            end();
        }
        #[cfg(feature = "tokio")]
        "pop await" => {
            let mut consumer = ring.async_consumer().unwrap();
            begin();
            in_a_task(consumer.recv()).unwrap().expect("there is a message");
            note("took 1");
            end();
        }
        "push" | "push set" | "push many" | "claim" | "close" | "detach" => {
            let mut producer = ring.producer().unwrap();
            let messages: Vec<Trade> = (producer.position()..).take(5).map(trade).collect();
            begin();
            match op {
                "push" => producer.push_timeout(messages[0], PATIENCE).unwrap(),
                "push set" => {
                    assert_eq!(WaitSet::new().wait(&mut [&mut producer.room(1)], Some(PATIENCE)).unwrap().len(), 1);
                    producer.try_push(messages[0]).unwrap();
                }
                "push many" => assert_eq!(producer.try_push_many(&messages), Ok(5)),
                "claim" => {
                    let mut claim = producer.try_claim(2).unwrap().expect("there is room");
                    claim.write(0, messages[0]);
                    claim.write(1, messages[1]);
                    claim.commit(2).unwrap();
                }
                "close" => producer.close(),
                _ => producer.detach(),
            }
            end();
        }
        _ => {
            let mut consumer = ring.consumer().unwrap();
            begin();
            match op {
                "pop" => {
                    consumer.pop_timeout(PATIENCE).unwrap();
                    note("took 1");
                }
                "pop set" => {
                    assert_eq!(WaitSet::new().wait(&mut [&mut consumer], Some(PATIENCE)).unwrap().len(), 1);
                    consumer.try_pop().unwrap().expect("there is a message");
                    note("took 1");
                }
                "pop many" => {
                    let count = consumer.try_pop_many(&mut [Trade::ZERO; 5]).unwrap();
                    note(&format!("took {count}"));
                }
                "peek" => {
                    let peek = consumer.try_peek(2).unwrap().expect("there is a message");
                    note(&format!("took {}", peek.iter().count()));
                    peek.release(2).unwrap();
                }
                "detach consumer" => consumer.close(),
                other => panic!("there is nothing like {other:?}"),
            }
            end();
        }
    }
    end()
}

fn attach(rings: &Path) -> Ring<Trade> {
    Trades::options().dir(rings).attach(Trades::NAME).unwrap()
}

/// Claims a role whose last holder is being killed.
fn claim<E>(claim: impl Fn() -> Result<E, ClaimError>) -> E {
    let start = Instant::now();
    loop {
        match claim() {
            Err(ClaimError::RoleTaken { .. }) if start.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_micros(200));
            }
            claimed => return claimed.unwrap(),
        }
    }
}

/// Now and then a pause so long that the other side goes to sleep, and less often the wish to leave and to come back. With
/// the seed 0 there is no such wish.
struct Pauses {
    chance: u64,
    never_leaves: bool,
}

impl Pauses {
    fn new(job: &Value) -> Self {
        let chance = job["seed"].as_u64().expect("a seed is a number");
        Pauses { chance, never_leaves: chance == 0 }
    }

    /// Whether to stay.
    fn one(&mut self) -> bool {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if self.chance >> 58 == 0 {
            std::thread::sleep(Duration::from_micros(500));
        }
        self.never_leaves || self.chance << 6 >> 56 != 0
    }
}

fn produce(rings: &Path, verb: &str, pauses: &mut Pauses) -> ! {
    let ring = attach(rings);
    loop {
        let mut producer = claim(|| ring.producer());
        let mut ledger = Ledger::open(rings, "producer", producer.epoch(), producer.position(), verb);
        while pauses.one() {
            let position = producer.position();
            match push(&mut producer, verb) {
                Ok(count) => ledger.done(position, count),
                Err(PushError::Detached | PushError::PeerDied(_)) => {}
                Err(error) => panic!("at {position}: {error}"),
            }
        }
        producer.detach();
    }
}

fn push(producer: &mut Producer<Trade>, verb: &str) -> Result<u64, PushError> {
    let position = producer.position();
    match verb {
        "push" => {
            producer.push_timeout(trade(position), PATIENCE)?;
            Ok(1)
        }
        "many" => {
            let batch: Vec<Trade> = (position..).take(BATCH).map(trade).collect();
            producer.wait_for_room(1, Some(PATIENCE))?;
            Ok(producer.try_push_many(&batch)? as u64)
        }
        "claim" => {
            producer.wait_for_room(1, Some(PATIENCE))?;
            let mut claim = producer.try_claim(BATCH)?.expect("there is room");
            let count = claim.len();
            for index in 0..count {
                claim.write(index, trade(position + index as u64));
            }
            claim.commit(count)?;
            Ok(count as u64)
        }
        other => panic!("no such verb: {other}"),
    }
}

fn consume(rings: &Path, verb: &str, pauses: &mut Pauses) -> ! {
    let ring = attach(rings);
    loop {
        let mut consumer = claim(|| ring.consumer());
        let mut ledger = Ledger::open(rings, "consumer", consumer.epoch(), consumer.position(), verb);
        let mut stays = true;
        while stays {
            let position = consumer.position();
            // A pause on both sides of the note: what is taken and not yet written down, and the other way round.
            let done = |count| {
                pauses.one();
                ledger.done(position, count);
                stays = pauses.one();
            };
            match take(&mut consumer, verb, done) {
                Ok(()) | Err(PopError::PeerDied(_)) => {}
                Err(error) => panic!("at {position}: {error}"),
            }
        }
        consumer.detach();
    }
}

/// Takes some messages, and writes them down when they are known: in front of the release of a peek.
fn take(consumer: &mut Consumer<Trade>, verb: &str, mut done: impl FnMut(u64)) -> Result<(), PopError> {
    let position = consumer.position();
    let mut checked = |messages: &[Trade]| {
        for (position, message) in (position..).zip(messages) {
            assert_eq!(*message, trade(position));
        }
        done(messages.len() as u64);
    };
    match verb {
        "pop" => checked(&[consumer.pop_timeout(PATIENCE)?.expect("the stream goes on")]),
        "many" => {
            consumer.wait_for_message(Some(PATIENCE))?;
            let mut batch = [Trade::ZERO; BATCH];
            let count = consumer.try_pop_many(&mut batch)?;
            checked(&batch[..count]);
        }
        "peek" => {
            consumer.wait_for_message(Some(PATIENCE))?;
            let peek = consumer.try_peek(BATCH)?.expect("there is a message");
            checked(&peek.iter().collect::<Vec<_>>());
            let count = peek.len();
            peek.release(count)?;
        }
        other => panic!("no such verb: {other}"),
    }
    Ok(())
}
