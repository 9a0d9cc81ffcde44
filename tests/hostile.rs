//! A process that scribbles over a whole ring while real sides in every language work on it. It can make them receive
//! nonsense or fail by name, and nothing else: no access out of bounds, no invalid value, no loop without an end, no
//! panic, no exception that the library does not have.
//!
//! `RINGGEN_SCRIBBLE=1000` plays that many rounds, and `RINGGEN_SCRIBBLE_SEED=7` others than usual. What is written and
//! which verbs are used follows from the seed; what meets what does not, but for the rounds in lockstep.

#[path = "../generated/rust/clock.rs"]
mod clock;
mod common;
#[path = "interop/driver.rs"]
mod driver;
#[path = "../generated/rust/kitchen_sink.rs"]
mod kitchen_sink;
#[path = "common/random.rs"]
mod random;
#[path = "hostile/scribbler.rs"]
mod scribbler;
#[path = "hostile/victim.rs"]
mod victim;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use common::sanitizers::Sanitizer;
use driver::{Language, PEER, Peer};
use random::Random;
use ringgen::{Message, RingOptions};
use serde_json::json;

/// The least number of rounds, so that each language has had each role on each kind of ring.
const ROUNDS: u64 = 108;
/// The most, where the machine is so busy that the sides and the scribbler hardly meet.
const MOST_ROUNDS: u64 = 40 * ROUNDS;

static RUST: Language = Language {
    name: "Rust",
    produce: &[],
    consume: &[],
    program: || {
        let mut program = common::this_test("other_processes");
        program.env(PEER, "victim");
        program
    },
};

static PYTHON: Language = Language {
    name: "Python",
    produce: &[],
    consume: &[],
    program: || {
        let mut program = Command::new(common::python());
        program.arg("-X").arg("faulthandler").arg(common::root().join("tests/hostile/victim.py"));
        program.arg(common::generated("python")).env("PYTHONDONTWRITEBYTECODE", "1");
        program
    },
};

static NODE: Language = Language {
    name: "Node",
    produce: &[],
    consume: &[],
    program: || {
        static PROJECT: OnceLock<PathBuf> = OnceLock::new();
        let project = PROJECT.get_or_init(|| {
            common::kept_node_project(
                "hostile",
                &[
                    ("victim.ts", common::text("tests/hostile/victim.ts")),
                    ("clock.ts", common::text("generated/typescript/clock.ts")),
                    ("kitchen_sink.ts", common::text("generated/typescript/kitchen_sink.ts")),
                ],
            )
        });
        common::node(&project.join("victim.js"))
    },
};

/// Rust, where AddressSanitizer sees what it does.
static SANITIZED: Language = Language {
    name: "Rust",
    produce: &[],
    consume: &[],
    program: || {
        static BUILT: OnceLock<PathBuf> = OnceLock::new();
        Sanitizer::Address.command(BUILT.get_or_init(|| Sanitizer::Address.build("address", "victim")))
    },
};

static SCRIBBLER: Language = Language {
    name: "the scribbler",
    produce: &[],
    consume: &[],
    program: || {
        let mut program = common::this_test("other_processes");
        program.env(PEER, "scribbler");
        program
    },
};

static LANGUAGES: [&Language; 3] = [&RUST, &PYTHON, &NODE];

/// What the tests below start this program again for.
#[test]
fn other_processes() {
    match std::env::var(PEER).as_deref() {
        Ok("victim") => victim::serve(),
        Ok("scribbler") => scribbler::serve(),
        _ => {}
    }
}

/// How many verbs a side of each language uses in a round: about as long as the others take.
fn turns(language: &Language) -> u64 {
    match language.name {
        "Rust" => 1200,
        "Node" => 500,
        _ => 250,
    }
}

/// What a side met, by language and role.
#[derive(Debug, Default)]
struct Met(BTreeMap<(&'static str, &'static str), BTreeMap<String, u64>>);

/// Words with their numbers taken out, so that those that say the same are the same.
fn without_numbers(text: &str) -> String {
    let mut plain = String::new();
    for part in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        if rest.len() < part.len() {
            plain.push('#');
        }
        plain.push_str(rest);
    }
    plain
}

/// What may be met. Everything else is a bug; a text of `Corrupt` names the word that can't be.
const POSSIBLE: &[&str] = &[
    "claim",
    "popped",
    "pushed",
    "nothing",
    "end",
    "unreadable",
    "observe",
    "verb Timeout",
    "verb PeerDied",
    "verb Detached",
    "claim Closed",
];

/// What may be met besides while the header changes.
const POSSIBLE_OF_HEADERS: &[&str] = &[
    "attach NotARing",
    "attach UnsupportedFormat",
    "attach Stale",
    "attach LayoutMismatch",
    "observe NotARing",
    "observe UnsupportedFormat",
];

const CORRUPT: &[&str] = &[
    "# messages taken and # published can't be with a capacity of #",
    "the producer went back from # to #",
    "the consumer went back from # to #",
    "the producer has the unknown state #",
    "the consumer has the unknown state #",
];

impl Met {
    /// Takes over what was met, and says what must not have been.
    fn add(&mut self, language: &'static str, role: &'static str, outcomes: &serde_json::Value, attaching: bool) {
        for (text, count) in outcomes.as_object().expect("names and numbers") {
            let name = match text.split_once(" Corrupt: ") {
                None => text.clone(),
                Some((when, words)) => {
                    let words = without_numbers(words);
                    let named = CORRUPT.iter().find(|named| words.contains(**named));
                    let named = named.unwrap_or_else(|| panic!("{language}, {role}: {when}: {words}"));
                    format!("{when} Corrupt: {named}")
                }
            };
            let is_possible = name.contains(" Corrupt: ")
                || (POSSIBLE.contains(&name.as_str()) && (name != "claim Closed" || role == "producer"))
                || (attaching && POSSIBLE_OF_HEADERS.contains(&name.as_str()));
            assert!(is_possible, "{language}, {role}: {name}");
            let count = count.as_u64().expect("a number");
            *self.0.entry((language, role)).or_default().entry(name).or_default() += count;
        }
    }

    /// What has to be met by each side at least once before it can be said that it was attacked, and was not yet.
    fn missing(&self) -> BTreeSet<String> {
        let mut missing = BTreeSet::new();
        for language in LANGUAGES {
            for (role, peer, done) in [("producer", "consumer", "pushed"), ("consumer", "producer", "popped")] {
                let met = self.0.get(&(language.name, role));
                let mut must = |name: String| {
                    if !met.is_some_and(|met| met.contains_key(&name)) {
                        missing.insert(format!("{}, {role}: {name}", language.name));
                    }
                };
                for when in ["verb", "claim"] {
                    must(format!("{when} Corrupt: {}", CORRUPT[0]));
                }
                must(format!("verb Corrupt: the {peer} went back from # to #"));
                must(format!("verb Corrupt: the {peer} has the unknown state #"));
                must(format!("claim Corrupt: the {role} has the unknown state #"));
                must("verb Timeout".into());
                must("attach NotARing".into());
                must("attach UnsupportedFormat".into());
                must(done.into());
                must("nothing".into());
                if role == "consumer" {
                    must("unreadable".into());
                }
            }
        }
        missing
    }
}

/// A ring of the schema that has everything, to be made from here.
struct Kind {
    name: &'static str,
    create: fn(&RingOptions, &Path),
}

const KINDS: &[Kind] = &[
    Kind { name: "all_kinds", create: create::<kitchen_sink::Everything> },
    Kind { name: "all_frames", create: create::<kitchen_sink::Frame> },
    Kind { name: "all_events", create: create::<kitchen_sink::Event> },
    Kind { name: "all_arrays", create: create::<kitchen_sink::Arrays> },
    Kind { name: "all_texts", create: create::<kitchen_sink::Texts> },
    Kind { name: "all_places", create: create::<kitchen_sink::Places> },
];

fn create<T: Message>(options: &RingOptions, path: &Path) {
    options.create::<T>(path).expect("there is none yet");
}

/// One ring, a scribbler, and a side of two languages.
struct Round {
    random: Random,
    kind: &'static str,
    path: PathBuf,
    /// Whether the scribbler and the sides take turns, so that what is met follows from the seed. In a race, words
    /// change while they are looked at.
    in_lockstep: bool,
    /// Whether the header is attacked too, and rings are attached all the time.
    attaching: bool,
}

impl Round {
    fn new(number: u64, seed: u64, folder: &Path) -> Self {
        let mut random = Random::new(seed ^ number.wrapping_mul(0xA076_1D64_78BD_642F));
        let kind = &KINDS[(number / 9) as usize % KINDS.len()];
        let path = folder.join(format!("{}.{number}", kind.name));
        let capacity = *random.pick(&[1, 2, 4, 8, 16, 64]);
        (kind.create)(&RingOptions::new().capacity(capacity), &path);
        let (in_lockstep, attaching) = (random.one_in(3), random.one_in(4));
        Round { random, kind: kind.name, path, in_lockstep, attaching }
    }

    fn seed(&mut self) -> String {
        (self.random.next() >> 1).to_string()
    }

    fn play(&mut self, sides: [&mut Peer; 2], scribbler: &mut Peer, met: &mut Met) {
        let path = self.path.to_str().expect("UTF-8");
        let map = json!({ "do": "map", "path": path, "seed": self.seed(), "header": self.attaching });
        scribbler.ask(map);
        let [producer, consumer] = sides;
        for (role, side) in [("producer", &mut *producer), ("consumer", &mut *consumer)] {
            side.ask(json!({ "do": "ring", "ring": self.kind, "path": self.path.to_str(), "role": role }));
        }
        let steps = if self.in_lockstep { 12 } else { 1 };
        for _ in 0..steps {
            if !self.in_lockstep {
                scribbler.tell(json!({ "do": "start" }));
            } else {
                let count = 1 + self.random.below(12);
                scribbler.ask(json!({ "do": "burst", "count": count.to_string() }));
            }
            for side in [&mut *producer, &mut *consumer] {
                let turns = turns(side.language) / steps;
                let (seed, attaching) = (self.seed(), self.attaching);
                side.tell(json!({ "do": "attack", "turns": turns.to_string(), "seed": seed, "attaching": attaching }));
            }
            if !self.in_lockstep && self.random.one_in(6) {
                self.inspect();
            }
            for (role, side) in [("producer", &mut *producer), ("consumer", &mut *consumer)] {
                let answer = side.succeed();
                met.add(side.language.name, role, &answer["outcomes"], self.attaching);
            }
            if !self.in_lockstep {
                scribbler.tell(json!({ "do": "stop" }));
                scribbler.succeed();
            }
        }
        std::fs::remove_file(&self.path).expect("it is still there");
    }

    /// The command that shows a ring, meanwhile: it shows one, or says why not.
    fn inspect(&self) {
        static RINGGEN: OnceLock<PathBuf> = OnceLock::new();
        for arguments in [&["inspect"][..], &["inspect", "--json"]] {
            let mut command = Command::new(RINGGEN.get_or_init(common::ringgen));
            let output = command.args(arguments).arg(&self.path).output().expect("it was built");
            let errors = String::from_utf8_lossy(&output.stderr);
            match output.status.code() {
                Some(0) => assert!(!output.stdout.is_empty(), "{arguments:?} shows nothing"),
                Some(1 | 2) => assert!(self.attaching && errors.starts_with("error: "), "{arguments:?}: {errors}"),
                other => panic!("{arguments:?} ended by {other:?}, {}: {errors}", output.status),
            }
        }
    }
}

/// What was asked for by this name, for runs that are longer or other ones than usual.
fn asked_for(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect(name))
}

fn seed() -> u64 {
    asked_for("RINGGEN_SCRIBBLE_SEED").unwrap_or(4)
}

#[test]
fn whatever_is_scribbled_over_a_ring_both_sides_fail_by_name_or_not_at_all() {
    let (seed, wanted) = (seed(), asked_for("RINGGEN_SCRIBBLE").unwrap_or(ROUNDS));
    println!("RINGGEN_SCRIBBLE_SEED={seed} RINGGEN_SCRIBBLE={wanted}");
    let rings = common::ring_dir();
    let start = |language: &'static Language| Peer::start(language, rings.path());
    let mut producers = LANGUAGES.map(start);
    let mut consumers = LANGUAGES.map(start);
    let mut scribbler = start(&SCRIBBLER);
    let mut met = Met::default();
    for number in 0.. {
        let is_enough = number >= wanted;
        if is_enough && (wanted < ROUNDS || met.missing().is_empty()) {
            break;
        }
        assert!(number < wanted.max(MOST_ROUNDS), "after {number} rounds: {:#?}", met.missing());
        // All nine pairs, then the next kind of ring.
        let (producer, consumer) = (&mut producers[number as usize % 3], &mut consumers[number as usize / 3 % 3]);
        let mut round = Round::new(number, seed, rings.path());
        round.play([producer, consumer], &mut scribbler, &mut met);
    }
    for ((language, role), outcomes) in &met.0 {
        println!("{language}, {role}: {outcomes:?}");
    }
}

/// The same for Rust alone, with every access checked against what was allocated.
#[test]
fn whatever_is_scribbled_over_a_ring_nothing_is_accessed_out_of_bounds() {
    if let Err(why) = Sanitizer::Address.is_there() {
        return common::optional_tool("AddressSanitizer over a ring that is scribbled on", Err(&why));
    }
    let (seed, wanted) = (seed(), asked_for("RINGGEN_SCRIBBLE").unwrap_or(ROUNDS) / 3);
    let rings = common::ring_dir();
    let mut sides = [Peer::start(&SANITIZED, rings.path()), Peer::start(&SANITIZED, rings.path())];
    let mut scribbler = Peer::start(&SCRIBBLER, rings.path());
    let mut met = Met::default();
    for number in 0..wanted {
        let mut round = Round::new(number * 3, seed, rings.path());
        round.play(sides.each_mut(), &mut scribbler, &mut met);
    }
    let popped = met.0[&("Rust", "consumer")].get("popped").copied();
    assert!(popped > Some(0), "nothing was read: {met:?}");
    check_that_the_sanitizer_sees();
    let outcome = format!("nothing in {wanted} rounds");
    common::optional_tool("AddressSanitizer over a ring that is scribbled on", Ok(&outcome));
}

/// A victim that does read behind what it was given is caught.
fn check_that_the_sanitizer_sees() {
    let rings = common::ring_dir();
    let path = rings.path().join("sound");
    create::<kitchen_sink::Everything>(&RingOptions::new(), &path);
    let mut command = (SANITIZED.program)();
    command.env("RINGGEN_MUTANT", "too-long:push.slot").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut victim = command.stderr(Stdio::piped()).spawn().expect("it was built");
    let commands = [
        json!({ "do": "ring", "ring": "all_kinds", "path": path.to_str(), "role": "producer" }),
        json!({ "do": "attack", "turns": "50", "seed": "1", "attaching": false }),
    ];
    let mut stdin = victim.stdin.take().expect("it is piped");
    for command in commands {
        // It may be dead by the second one.
        let _ = writeln!(stdin, "{command}");
    }
    drop(stdin);
    let output = victim.wait_with_output().expect("it ends");
    assert!(Sanitizer::Address.reports(&output), "{}", String::from_utf8_lossy(&output.stderr));
}
