//! A process ends in front of each single step that it takes, in each language; what it leaves is as if it had never
//! begun the step, and the other side and a successor go on (survive.rs).
//!
//! What is done is done once and watched, then done again for each step that it took, and ended there. The list of
//! steps is `points.txt`. Nothing may be stored but by a step of the list: between two ends of the same deed one step
//! apart, no word differs but the one that the step is named after.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ringgen_layout::ring::{block, header};
use serde_json::json;

use crate::common;
use crate::market::Trades;
use crate::subject::{Language, Starter};
use crate::survive::{Before, Deed, Scene};

/// Steps that an implementation does not have.
fn absent(language: Language) -> &'static [&'static str] {
    match language {
        Language::Rust => &[],
        // It maps nothing before it claims a role; where the kernel has `membarrier`, there is no instruction for the
        // fence of a notify; and it does not count the wake of a close.
        Language::Python => &["create.map", "attach.map", "notify.fence", "end.count", "gc.lock"],
        // The fence of a notify is the store of the cursor itself.
        Language::Node => &["notify.fence", "gc.lock"],
    }
}

/// What is done, and in which surroundings.
#[rustfmt::skip]
const DEEDS: &[Deed] = &[
    Deed { name: "create", op: "create", before: Before::Nothing, count: 0 },
    Deed { name: "attach", op: "attach", before: Before::Some, count: 0 },
    Deed { name: "unlink", op: "unlink", before: Before::Some, count: 0 },
    Deed { name: "claim as producer", op: "claim producer", before: Before::DeadProducer, count: 0 },
    Deed { name: "claim as consumer", op: "claim consumer", before: Before::DeadConsumer, count: 0 },
    Deed { name: "push", op: "push", before: Before::Some, count: 1 },
    Deed { name: "push to a sleeper", op: "push", before: Before::SleepingConsumer, count: 1 },
    Deed { name: "push around the end", op: "push many", before: Before::Some, count: 5 },
    Deed { name: "push to a full ring", op: "push", before: Before::Full, count: 1 },
    Deed { name: "claim and commit", op: "claim", before: Before::Some, count: 2 },
    Deed { name: "close", op: "close", before: Before::Some, count: 0 },
    Deed { name: "detach", op: "detach", before: Before::Some, count: 0 },
    Deed { name: "push to one who waits", op: "push", before: Before::Awaited, count: 1 },
    Deed { name: "close beside one who waits", op: "close", before: Before::Awaited, count: 0 },
    Deed { name: "detach beside one who waits", op: "detach", before: Before::Awaited, count: 0 },
    Deed { name: "pop", op: "pop", before: Before::Many, count: 1 },
    Deed { name: "pop beside a sleeper", op: "pop", before: Before::SleepingProducer, count: 1 },
    Deed { name: "pop around the end", op: "pop many", before: Before::Many, count: 5 },
    Deed { name: "pop from an empty ring", op: "pop", before: Before::Empty, count: 1 },
    Deed { name: "peek and release", op: "peek", before: Before::Many, count: 2 },
    Deed { name: "detach as consumer", op: "detach consumer", before: Before::Many, count: 0 },
];

/// Those that only Rust has.
#[rustfmt::skip]
const RUST_DEEDS: &[Deed] = &[
    Deed { name: "push to a full ring, by a set", op: "push set", before: Before::Full, count: 1 },
    Deed { name: "pop from an empty ring, by a set", op: "pop set", before: Before::Empty, count: 1 },
    Deed { name: "push to a full ring, in a task", op: "push await", before: Before::Full, count: 1 },
    Deed { name: "pop from an empty ring, in a task", op: "pop await", before: Before::Empty, count: 1 },
    Deed { name: "collect", op: "collect", before: Before::Idle, count: 0 },
];

/// Those that only Node has.
#[rustfmt::skip]
const NODE_DEEDS: &[Deed] = &[
    Deed { name: "push to a full ring, and await it", op: "push async", before: Before::Full, count: 1 },
    Deed { name: "pop from an empty ring, and await it", op: "pop async", before: Before::Empty, count: 1 },
];

/// The steps of the list, and nothing else.
fn listed() -> BTreeSet<String> {
    let list = common::text("tests/crash/points.txt");
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_whitespace().next().expect("a line begins with a name").to_string()).collect()
}

/// The word that a step stores.
fn word_of(step: &str) -> Option<u64> {
    let offset = match step {
        "push.slot" => return Some(SLOTS),
        "push.cursor" | "pop.cursor" => block::CURSOR,
        "notify.event" | "end.event" => block::EVENT,
        "claim.ticket" | "park.ticket-odd" | "park.ticket-even" => block::TICKET,
        "claim.fence-mode" => block::FENCE_MODE,
        "park.want" => block::WANT,
        "claim.state" | "end.state" => block::STATE,
        "claim.epoch" => block::EPOCH,
        "claim.pid" => block::PID,
        "claim.start" => block::START,
        "look.stall" => block::STALLS,
        "park.count" => block::PARKS,
        "notify.count" | "end.count" => block::WAKES,
        "look.high-water" => block::HIGH_WATER,
        _ => return None,
    };
    Some(offset as u64)
}

/// Stands for all of the slots among the words of a block.
const SLOTS: u64 = u64::MAX;

#[test]
fn rust_survives_every_step() {
    survive_every_step(Language::Rust);
}

#[test]
fn python_survives_every_step() {
    survive_every_step(Language::Python);
}

#[test]
fn node_survives_every_step() {
    survive_every_step(Language::Node);
}

fn survive_every_step(language: Language) {
    let mut tried: BTreeMap<String, u32> = BTreeMap::new();
    let mut starter = Starter::new(language, Path::new(""));
    let own_deeds = match language {
        Language::Rust => RUST_DEEDS,
        Language::Python => &[],
        Language::Node => NODE_DEEDS,
    };
    for deed in DEEDS.iter().chain(own_deeds) {
        let whole = run(&mut starter, deed, "");
        assert!(whole.has_ended, "{language:?}: {}: {:?}", deed.name, whole.steps);
        let mut changed = BTreeSet::new();
        let steps = whole.steps[whole.begin..].iter().zip(whole.begin..);
        for (step, index) in steps {
            let time = whole.steps[..=index].iter().filter(|other| *other == step).count();
            let run = run(&mut starter, deed, &format!("{step}:{time}"));
            let context = format!("{language:?}: {}: in front of {step}, the time {time}", deed.name);
            if deed.is_steady() {
                assert_eq!(run.steps, whole.steps[..=index], "{context}");
                assert!(!run.has_ended, "{context}: it went on");
            }
            if !run.has_ended {
                *tried.entry(step.clone()).or_default() += 1;
            }
            if run.steps == whole.steps[..=index] {
                let previous = index.checked_sub(1).filter(|previous| *previous >= whole.begin);
                check_changes(&context, deed, &changed, &run.changed, previous.map(|previous| &*whole.steps[previous]));
            }
            changed.extend(run.changed);
        }
        let last = whole.steps.last().filter(|_| whole.steps.len() > whole.begin);
        let context = format!("{language:?}: {}: all of it", deed.name);
        check_changes(&context, deed, &changed, &whole.changed, last.map(String::as_str));
    }
    let mut wanted = listed();
    for step in absent(language) {
        assert!(wanted.remove(*step), "{step} is not in the list");
    }
    let tried: BTreeSet<String> = tried.into_keys().collect();
    assert_eq!(tried, wanted, "{language:?}: the steps that were tried, and those of the list");
}

/// Nothing was stored since the last step but by that step.
fn check_changes(context: &str, deed: &Deed, before: &BTreeSet<u64>, after: &BTreeSet<u64>, step: Option<&str>) {
    // Slots that are claimed are written by whoever claimed them.
    let is_free = |word: &u64| *word == SLOTS && deed.op == "claim";
    let new: Vec<&u64> = after.difference(before).filter(|word| !is_free(word)).collect();
    let allowed = step.and_then(word_of);
    assert!(
        new.iter().all(|word| Some(**word) == allowed),
        "{context}: words at {new:#x?} of its block changed, and the step before was {step:?}"
    );
}

/// What one process did until it ended.
struct Run {
    /// All steps, and how many were taken before it began with what it is about.
    steps: Vec<String>,
    begin: usize,
    /// Whether it got to the end of it.
    has_ended: bool,
    /// Words of its block, and slots, that are not what they were when it began.
    changed: BTreeSet<u64>,
}

/// Has a process do something, and end in front of a step; then looks at what it left, and goes on with it.
fn run(starter: &mut Starter, deed: &Deed, crash_at: &str) -> Run {
    let mut scene = Scene::new(deed);
    starter.turn_to(scene.rings());
    let mut subject = starter.start(json!({ "do": "step", "op": deed.op, "crash_at": crash_at }));
    scene.help(|| starter.has_ended(&mut subject));
    let status = starter.wait(&mut subject);
    let notes = std::fs::read_to_string(scene.rings().join("steps")).unwrap_or_default();
    let context = || format!("{}, crash at {crash_at:?}: {status}: {}{notes}", deed.name, starter.errors());
    let mut steps: Vec<String> = Vec::new();
    let (mut begin, mut took, mut has_ended) = (None, 0, false);
    for note in notes.lines() {
        match note.strip_prefix("# ") {
            None => steps.push(note.to_string()),
            Some("begin") => begin = Some(steps.len()),
            Some("end") => has_ended = true,
            Some(other) => took = other.strip_prefix("took ").and_then(|count| count.parse().ok()).expect("a count"),
        }
    }
    let begin = begin.unwrap_or_else(|| panic!("it did not begin: {}", context()));
    if has_ended {
        assert!(status.success(), "{}", context());
    } else {
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(libc::SIGKILL), "{}", context());
        let (name, _) = crash_at.split_once(':').expect("it is a step");
        assert_eq!(steps.last().map(String::as_str), Some(name), "{}", context());
    }
    let changed = if deed.op == "create" { BTreeSet::new() } else { changed(scene.rings(), deed) };
    // A step in front of which it ended has not been done.
    let done = &steps[begin..steps.len() - usize::from(!has_ended)];
    scene.check(done, took, &context());
    Run { steps, begin, has_ended, changed }
}

/// Which words of its block differ from what they were when it began, and whether any slot does. Other bytes must not.
fn changed(rings: &Path, deed: &Deed) -> BTreeSet<u64> {
    let before = std::fs::read(rings.join("before")).expect("the process made a copy");
    let Ok(after) = std::fs::read(rings.join(Trades::NAME)) else { return BTreeSet::new() };
    let word = |offset: usize| u64::from_le_bytes(*before[offset..].first_chunk().expect("a header has it"));
    let [producer, consumer, slots] = [header::PRODUCER_BLOCK, header::CONSUMER_BLOCKS, header::SLOTS].map(word);
    let mine = if deed.is_producers() { producer } else { consumer };
    let theirs = if deed.is_producers() { consumer } else { producer };
    let mut words = BTreeSet::new();
    // Words are of 4 or 8 bytes: the smaller pieces are counted to the words that begin in front of them.
    for (index, (old, new)) in before.chunks(4).zip(after.chunks(4)).enumerate() {
        let offset = 4 * index as u64;
        if old == new || (theirs..theirs + block::SIZE as u64).contains(&offset) {
            continue;
        }
        if offset >= slots {
            // A consumer that waits gets a message from this side.
            if deed.is_producers() || !deed.waits() {
                words.insert(SLOTS);
            }
            continue;
        }
        assert!((mine..mine + block::SIZE as u64).contains(&offset), "{}: byte {offset} changed", deed.name);
        let field = offset - mine;
        let is_half = !matches!(field as usize, block::EVENT | block::TICKET | block::FENCE_MODE | block::STATE);
        words.insert(if is_half { field / 8 * 8 } else { field });
    }
    assert_eq!(before.len(), after.len());
    words
}

/// Names of steps in the sources of the hosts are names of the list, and no store goes another way.
#[test]
fn hosts_name_no_other_steps() {
    let listed = listed();
    let operations: BTreeSet<&str> = listed.iter().filter_map(|step| step.split_once('.')).map(|(op, _)| op).collect();
    let mut found = 0;
    for (folder, ending) in [("hosts/python/src/ringgen", "py"), ("hosts/node/src", "ts")] {
        for entry in std::fs::read_dir(common::root().join(folder)).expect("it is there") {
            let path = entry.expect("it can be read").path();
            if path.extension().is_none_or(|extension| extension != ending) {
                continue;
            }
            let text = common::text(&path);
            for word in
                text.split('"').filter(|word| word.split_once('.').is_some_and(|(op, _)| operations.contains(op)))
            {
                assert!(listed.contains(word), "{}: {word}", path.display());
                found += 1;
            }
            let is_the_place = path.ends_with("store.ts");
            assert!(is_the_place || !text.contains("Atomics.store("), "{} stores by itself", path.display());
        }
    }
    assert!(found > 20, "{found} steps were found: they are written in another way by now");
}
