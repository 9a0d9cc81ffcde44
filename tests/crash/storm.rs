//! Thousands of processes killed at random moments, on both sides of a ring, in every pair of languages, while the other
//! side goes on. Two ledgers account for every message.
//!
//! Of the kills, 70 % hit processes in Rust, 25 % in Python (which are forked by one that has not opened a ring yet) and
//! 5 % in Node, where each costs a tenth of a second.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ringgen::{ClaimError, PopError, Ring};
use ringgen_runtime::Role;
use serde_json::json;

use crate::common;
use crate::ledger::{self, Account};
use crate::market::{Trade, Trades};
use crate::subject::{Language, PATIENCE, Starter, Subject, trade, until};

/// How many processes are killed unless `RINGGEN_STORM` says something else.
const KILLS: u64 = 5000;
/// How many are killed over one ring: their ledgers lie in memory.
const KILLS_OF_A_RING: u64 = 3000;
const CAPACITY: u64 = 64;
/// Messages get numbers from here on: the lower half of a position overflows in the middle of a storm.
const FIRST: u64 = (1 << 32) - 1000;

/// All pairs: a producer in one language, a consumer in another.
macro_rules! storms {
    ($($producer:ident: $language:ident),*) => { $(
        mod $producer {
            use super::{Language, storm};
            storms!(@consumers $language, to_rust: Rust, to_python: Python, to_node: Node);
        }
    )* };
    (@consumers $producer:ident, $($consumer:ident: $language:ident),*) => { $(
        #[test]
        fn $consumer() {
            storm(Language::$producer, Language::$language);
        }
    )* };
}

storms!(from_rust: Rust, from_python: Python, from_node: Node);

/// How many of a language's processes are killed on one side of one pair: it is a side six times.
fn kills_of(language: Language) -> u64 {
    let all = std::env::var("RINGGEN_STORM").map_or(KILLS, |kills| kills.parse().expect("RINGGEN_STORM is a number"));
    let percent = match language {
        Language::Rust => 70,
        Language::Python => 25,
        Language::Node => 5,
    };
    (all * percent).div_ceil(600)
}

/// A sequence of numbers that looks random.
struct Chance(u64);

impl Chance {
    /// A number below `limit`.
    fn below(&mut self, limit: u64) -> u64 {
        // The generator of Vigna's SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn time(&mut self, longest: Duration) -> Duration {
        Duration::from_nanos(self.below(longest.as_nanos() as u64))
    }
}

/// One side of a ring, whose process is killed again and again.
struct Side {
    role: Role,
    language: Language,
    starter: Starter,
    subject: Option<Subject>,
    /// How often the role had been claimed before the process was started.
    epoch: u64,
    left: u64,
}

impl Side {
    fn new(role: Role, language: Language, rings: &Path, left: u64) -> Self {
        Side { role, language, starter: Starter::new(language, rings), subject: None, epoch: 0, left }
    }

    fn start(&mut self, ring: &Ring<Trade>, chance: &mut Chance) {
        let (job, verbs) = match self.role {
            Role::Producer => ("produce", self.language.produce()),
            Role::Consumer => ("consume", self.language.consume()),
        };
        let verb = verbs[chance.below(verbs.len() as u64) as usize];
        self.epoch = claims(ring, self.role);
        self.subject =
            Some(self.starter.start(json!({ "do": job, "verb": verb, "seed": 1 + chance.below(u64::from(u32::MAX)) })));
    }

    /// Kills its process at a random moment and starts the next one.
    fn strike(&mut self, ring: &Ring<Trade>, chance: &mut Chance) {
        let mut subject = self.subject.take().expect("it runs");
        if chance.below(4) == 0 {
            // While it starts, attaches or claims.
            std::thread::sleep(chance.time(self.language.startup()));
        } else {
            until(format_args!("the {} in {:?}", self.role, self.language), || claims(ring, self.role) > self.epoch);
            std::thread::sleep(chance.time(Duration::from_millis(2)));
        }
        subject.signal(libc::SIGKILL);
        if chance.below(4) == 0 {
            // The next one finds the role free although this one is a zombie.
            self.start(ring, chance);
            self.starter.expect_killed(&mut subject);
        } else {
            self.starter.expect_killed(&mut subject);
            self.start(ring, chance);
        }
    }
}

fn claims(ring: &Ring<Trade>, role: Role) -> u64 {
    ring.raw().observer().role(role).expect("the kernel says who holds it").epoch
}

fn storm(producer: Language, consumer: Language) {
    let seed = std::env::var("RINGGEN_STORM_SEED").map_or_else(
        |_| SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_nanos() as u64,
        |seed| seed.parse().expect("RINGGEN_STORM_SEED is a number"),
    );
    println!("RINGGEN_STORM_SEED={seed} repeats this");
    let mut chance = Chance(seed);
    let kills = [producer, consumer].map(kills_of);
    let rounds = kills.iter().sum::<u64>().div_ceil(KILLS_OF_A_RING);
    for _ in 0..rounds {
        over_one_ring([producer, consumer], kills.map(|kills| kills.div_ceil(rounds)), &mut chance);
    }
}

fn over_one_ring([producer, consumer]: [Language; 2], kills: [u64; 2], chance: &mut Chance) {
    let rings = common::ring_dir();
    let options = Trades::options().dir(rings.path()).capacity(CAPACITY).first_position(FIRST);
    let ring: Ring<Trade> = options.create(Trades::NAME).unwrap();
    let mut sides = [
        Side::new(Role::Producer, producer, rings.path(), kills[0]),
        Side::new(Role::Consumer, consumer, rings.path(), kills[1]),
    ];
    let kills = kills[0] + kills[1];
    for side in &mut sides {
        side.start(&ring, chance);
    }
    for left in (1..=kills).rev() {
        let side = &mut sides[usize::from(chance.below(left) >= sides[0].left)];
        side.strike(&ring, chance);
        side.left -= 1;
    }
    // Whoever is there goes on.
    let taken = || ring.raw().observer().cursors().0;
    let before = taken();
    until("a message behind the storm", || taken() > before);
    for side in &mut sides {
        let subject = side.subject.take().expect("it runs");
        side.starter.kill(subject);
    }
    let (head, tail) = ring.raw().observer().cursors();
    let account = check(&ring, rings.path(), head, tail);
    let stats = |role| ring.raw().observer().role(role).expect("the kernel says who holds it").stats;
    let line = format!(
        "storm {producer:?} → {consumer:?}: {kills} kills; {} published = {} taken + {} lost by a killed pop + {} left; \
         {} twice by a killed peek; {} + {} sleeps\n",
        tail - FIRST,
        account.taken,
        account.lost,
        tail - head,
        account.repeated,
        stats(Role::Producer).parks,
        stats(Role::Consumer).parks,
    );
    // Not by `print!`, which shows the output of failed tests alone.
    std::io::stderr().write_all(line.as_bytes()).expect("there is a stderr");
}

/// Compares what both sides wrote down with the ring as they left it, and goes on with it.
fn check(ring: &Ring<Trade>, rings: &Path, head: u64, tail: u64) -> Account {
    let [producers, consumers] = ["producer", "consumer"].map(|role| ledger::read(rings, role));
    ledger::check_producers(&producers, FIRST, tail).unwrap_or_else(|wrong| panic!("{wrong}: {producers:#?}"));
    let account = ledger::check_consumers(&consumers, FIRST, head);
    let account = account.unwrap_or_else(|wrong| panic!("{wrong}: {consumers:#?}"));
    // What is left is whole, and the stream can still be ended in order.
    let mut consumer = ring.consumer().unwrap();
    let producer = ring.producer().unwrap();
    assert_eq!((consumer.position(), producer.position()), (head, tail));
    producer.close();
    for position in head..tail {
        assert_eq!(consumer.pop_timeout(PATIENCE), Ok(Some(trade(position))));
    }
    assert_eq!(consumer.pop_timeout(PATIENCE), Ok::<_, PopError>(None));
    assert!(matches!(ring.producer(), Err(ClaimError::Closed)));
    account
}
