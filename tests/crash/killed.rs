//! A process in Rust killed at many moments, beside a test that goes on: what each verb may lose or repeat.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use ringgen::{ClaimError, Consumer, PopError, Producer, PushError, Ring, RingMessage, RingOptions};
use serde_json::json;
use tempfile::TempDir;

use crate::subject::{JOB, PATIENCE, this_program};

/// Fields that follow from the position, so that a torn, old or repeated message shows.
#[derive(RingMessage, Clone, Copy, Debug, PartialEq)]
#[repr(C)]
struct Tick {
    position: u64,
    inverse: u64,
    square: u64,
    price: f64,
}

impl Tick {
    fn at(position: u64) -> Tick {
        Tick { position, inverse: !position, square: position.wrapping_mul(position), price: position as f64 }
    }
}

const NAME: &str = "crash.ticks";
const CAPACITY: u64 = 64;
const BATCH: usize = 16;

/// The other process, in which a job runs until it is killed.
pub(crate) fn child(job: &str) {
    let ring = Ring::<Tick>::attach(NAME).unwrap();
    match job {
        "push" => {
            let mut producer = ring.producer().unwrap();
            loop {
                producer.push_timeout(Tick::at(producer.position()), PATIENCE).unwrap();
            }
        }
        "push_many" => {
            let mut producer = ring.producer().unwrap();
            loop {
                let from = producer.position();
                let batch: Vec<Tick> = (from..from + BATCH as u64).map(Tick::at).collect();
                producer.wait_for_room(1, Some(PATIENCE)).unwrap();
                producer.try_push_many(&batch).unwrap();
            }
        }
        "claim" => claim_for_ever(ring.producer().unwrap()),
        "pop" => consume(ring.consumer().unwrap(), |consumer, seen| {
            let tick = consumer.pop_timeout(PATIENCE).unwrap().expect("the stream goes on");
            seen.one(tick);
        }),
        "pop_many" => consume(ring.consumer().unwrap(), |consumer, seen| {
            consumer.wait_for_message(Some(PATIENCE)).unwrap();
            let mut batch = [Tick::at(0); BATCH];
            let count = consumer.try_pop_many(&mut batch).unwrap();
            batch[..count].iter().for_each(|tick| seen.one(*tick));
        }),
        "peek" => consume(ring.consumer().unwrap(), |consumer, seen| {
            consumer.wait_for_message(Some(PATIENCE)).unwrap();
            let peek = consumer.try_peek(BATCH).unwrap().expect("there is a message");
            peek.iter().for_each(|tick| seen.one(tick));
            let count = peek.len();
            peek.release(count).unwrap();
        }),
        other => panic!("no such job: {other}"),
    }
}

fn claim_for_ever(mut producer: Producer<Tick>) -> ! {
    loop {
        producer.wait_for_room(1, Some(PATIENCE)).unwrap();
        let mut claim = producer.try_claim(BATCH).unwrap().expect("there is room");
        for index in 0..claim.len() {
            claim.write(index, Tick::at(claim.position() + index as u64));
        }
        let count = claim.len();
        claim.commit(count).unwrap();
    }
}

fn consume(mut consumer: Consumer<Tick>, take: fn(&mut Consumer<Tick>, &mut Seen)) -> ! {
    let mut seen = Seen { file: seen_file(), next: consumer.position() };
    loop {
        take(&mut consumer, &mut seen);
    }
}

/// What a consumer has seen, written down where it survives the consumer.
struct Seen {
    file: File,
    next: u64,
}

impl Seen {
    fn one(&mut self, tick: Tick) {
        assert_eq!(tick, Tick::at(self.next));
        self.next += 1;
        self.file.write_all_at(&self.next.to_le_bytes(), 0).unwrap();
    }
}

fn seen_file() -> File {
    let path = Path::new(&std::env::var_os("RINGGEN_DIR").unwrap()).join("seen");
    OpenOptions::new().write(true).create(true).truncate(false).open(path).unwrap()
}

struct Fixture {
    dir: TempDir,
    ring: Ring<Tick>,
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("ringgen-crash-").tempdir_in("/dev/shm").unwrap();
        let ring = RingOptions::new().dir(dir.path()).capacity(CAPACITY).create(NAME).unwrap();
        Fixture { dir, ring }
    }

    fn start(&self, job: &str) -> Killed {
        let mut command = this_program();
        command.env("RINGGEN_DIR", self.dir.path()).env(JOB, json!({ "do": "killed", "verb": job }).to_string());
        command.stdout(Stdio::null());
        Killed(command.spawn().unwrap())
    }

    /// How many messages a consumer saw that is dead by now.
    fn seen(&self) -> u64 {
        // Nothing there, or nothing in it: it has seen none yet.
        let seen = std::fs::read(self.dir.path().join("seen")).unwrap_or_default();
        seen.try_into().map_or(0, u64::from_le_bytes)
    }
}

/// A process that is killed with -9, by hand or at the end of its test.
struct Killed(Child);

impl Killed {
    fn kill(mut self) -> u64 {
        self.0.kill().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&self.0.wait().unwrap()), Some(libc::SIGKILL));
        self.0.id().into()
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Moments that differ from round to round, and are the same in every run.
fn moment(round: u64) -> Duration {
    Duration::from_micros(round.wrapping_mul(0x9E37_79B9) % 3000)
}

#[test]
fn a_killed_producers_messages_are_delivered_and_its_successor_goes_on() {
    for job in ["push", "push_many", "claim"] {
        let fixture = Fixture::new();
        let mut consumer = fixture.ring.consumer().unwrap();
        let mut next = 0;
        for round in 0..12 {
            let producer = fixture.start(job);
            // The successor has come when there is more than its predecessor left.
            for _ in 0..100 + round * 37 {
                next = take(&mut consumer, next);
            }
            std::thread::sleep(moment(round));
            let pid = producer.kill();
            // From here on nobody publishes: this is what has been published, to the message.
            let published = fixture.ring.raw().observer().cursors().1;
            while next < published {
                next = take(&mut consumer, next);
            }
            match consumer.pop_timeout(PATIENCE) {
                Err(PopError::PeerDied(peer)) => assert_eq!((peer.pid, peer.epoch), (pid, round + 1)),
                other => panic!("{job}, round {round}: {other:?}"),
            }
            assert_eq!(consumer.position(), published, "{job}, round {round}");
        }
        let mut last = fixture.ring.producer().unwrap();
        assert_eq!((last.position(), last.epoch()), (next, 13));
        last.push(Tick::at(next)).unwrap();
        last.close();
        next = take(&mut consumer, next);
        assert_eq!(consumer.pop(), Ok(None), "after {next} messages");
        assert!(matches!(fixture.ring.producer(), Err(ClaimError::Closed)));
    }
}

fn take(consumer: &mut Consumer<Tick>, next: u64) -> u64 {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match consumer.pop_timeout(PATIENCE) {
            Ok(Some(tick)) => {
                assert_eq!(tick, Tick::at(next));
                return next + 1;
            }
            // The predecessor, as long as its successor has not come.
            Err(PopError::PeerDied(_)) if Instant::now() < deadline => {}
            other => panic!("at {next}: {other:?}"),
        }
    }
}

/// What a killed consumer took away, at most: `lost` messages that it never saw, or `repeated` ones that come again.
fn consumers_bounds(job: &str, lost: u64, repeated: u64) {
    let fixture = Fixture::new();
    let mut producer = fixture.ring.producer().unwrap();
    for round in 0..12_u64 {
        let process = fixture.start(job);
        let before = fixture.seen();
        let start = Instant::now();
        let is_over = |seen: u64| seen > before + 100 && start.elapsed() > moment(round);
        while !is_over(fixture.seen()) {
            assert!(start.elapsed() < PATIENCE, "{job}, round {round}: nothing more is taken");
            match producer.push_timeout(Tick::at(producer.position()), Duration::from_millis(50)) {
                // Full, and the process has not come yet: its predecessor in this role has detached, or died.
                Ok(()) | Err(PushError::Timeout | PushError::Detached | PushError::PeerDied(_)) => {}
                Err(other) => panic!("{job}, round {round}: {other:?}"),
            }
        }
        let pid = process.kill();
        let (seen, (head, tail)) = (fixture.seen(), fixture.ring.raw().observer().cursors());
        assert!(head <= seen + lost, "{job}, round {round}: taken {head}, seen {seen}");
        assert!(seen <= head + repeated, "{job}, round {round}: taken {head}, seen {seen}");
        assert_eq!(tail, producer.position());
        // Full, with nobody there: the producer is told, and nothing that it published changes.
        while producer.try_push(Tick::at(producer.position())).is_ok() {}
        match producer.push_timeout(Tick::at(producer.position()), PATIENCE) {
            Err(PushError::PeerDied(peer)) => assert_eq!((peer.pid, peer.epoch), (pid, 2 * round + 1)),
            other => panic!("{job}, round {round}: {other:?}"),
        }
        // A successor starts where the last one's head is, and finds every message behind it.
        let mut successor = fixture.ring.consumer().unwrap();
        assert_eq!(successor.position(), head);
        for position in head..producer.position() {
            assert_eq!(successor.pop_timeout(PATIENCE), Ok(Some(Tick::at(position))), "{job}, round {round}");
        }
        successor.detach();
    }
}

#[test]
fn a_consumer_killed_in_pop_loses_one_message_at_most_and_repeats_none() {
    consumers_bounds("pop", 1, 0);
}

#[test]
fn a_consumer_killed_in_pop_many_loses_one_batch_at_most_and_repeats_none() {
    consumers_bounds("pop_many", BATCH as u64, 0);
}

#[test]
fn a_consumer_killed_between_peek_and_release_loses_none_and_repeats_one_batch_at_most() {
    consumers_bounds("peek", 0, BATCH as u64);
}
