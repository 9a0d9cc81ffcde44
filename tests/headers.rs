//! Files that are not quite rings: whatever their header and schema say, attaching ends in a ring that can be used or in
//! an error by name, and it is the same error in every language.
//!
//! The mutants are the same in every run. `RINGGEN_HEADERS=100000` tries that many.

mod common;
#[path = "../generated/rust/market.rs"]
mod market;
#[path = "headers/mutants.rs"]
mod mutants;
#[path = "common/random.rs"]
mod random;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use market::Trade;
use mutants::{FIELDS, Mutant};
use random::Random;
use ringgen::{AttachError, Defect, Ring, RingOptions};
use serde_json::Value;

/// What a host says: the name of the error and its words, or `fine` and what came of using the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Verdict {
    code: String,
    why: String,
}

fn write(mutant: &Mutant, path: &Path) {
    let mut options = fs::OpenOptions::new();
    let file = options.create(true).write(true).truncate(true).mode(0o600).open(path).expect("it can be made");
    file.write_all_at(&mutant.head, 0).expect("it can be written");
    file.set_len(mutant.length).expect("it can be long");
}

/// Takes both roles, and moves a few messages.
fn use_ring(ring: &Ring<Trade>) -> String {
    let mut producer = match ring.producer() {
        Ok(producer) => producer,
        Err(error) => return error.code().to_string(),
    };
    let mut consumer = match ring.consumer() {
        Ok(consumer) => consumer,
        Err(error) => return error.code().to_string(),
    };
    for id in 0..3 {
        if let Err(error) = producer.push_timeout(Trade { id, ..Trade::ZERO }, Duration::ZERO) {
            return error.code().to_string();
        }
        match consumer.pop_timeout(Duration::ZERO) {
            Ok(Some(trade)) if trade.id == id => {}
            Ok(other) => return format!("{other:?} is not number {id}"),
            Err(error) => return error.code().to_string(),
        }
    }
    "fine".to_string()
}

fn rust(path: &Path) -> (Verdict, Option<AttachError>) {
    match RingOptions::new().attach::<Trade>(path) {
        Ok(ring) => (Verdict { code: "fine".into(), why: use_ring(&ring) }, None),
        Err(error) => (Verdict { code: error.code().into(), why: reason(&error.to_string()) }, Some(error)),
    }
}

/// The words of an error behind the name of the ring.
fn reason(text: &str) -> String {
    let marks = ["is no usable ring: ", "can't be used here: ", "differs: here "];
    let cut = marks.iter().filter_map(|mark| Some(text.find(mark)? + mark.len())).min();
    cut.map_or(String::new(), |cut| text[cut..].to_string())
}

fn verdict(value: &Value) -> Verdict {
    let word = |key: &str| value[key].as_str().expect("a string").to_string();
    let (code, why) = (word("code"), word("why"));
    let why = if code == "fine" { why } else { reason(&why) };
    Verdict { code, why }
}

/// What another language says to all of them, a line each.
fn ask(command: &mut Command) -> Vec<Value> {
    let output = command.output().expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}: {errors}", output.status);
    let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// What a refusal is about, so that it can be said which have been met.
fn kind(error: &AttachError) -> String {
    match error {
        AttachError::NotARing { defect: Defect::Field { name, .. }, .. } => format!("field {name}"),
        AttachError::NotARing { defect: Defect::Text { name }, .. } => format!("text {name}"),
        AttachError::NotARing { defect, .. } => variant(&format!("{defect:?}")),
        AttachError::UnsupportedFormat { what, .. } => variant(&format!("{what:?}")),
        other => other.code().to_string(),
    }
}

fn variant(debug: &str) -> String {
    debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_string()
}

/// All that can be wrong with the file itself, but for pages that are larger than the ring's.
const KINDS: &[&str] = &[
    "Magic",
    "Checksum",
    "Length",
    "Regions",
    "SchemaHash",
    "Major",
    "Endianness",
    "Kind",
    "Features",
    "Stale",
    "LayoutMismatch",
    "text ring name",
    "text message name",
    "text canonical schema",
];

#[test]
fn every_language_says_the_same_to_files_that_are_not_quite_rings() {
    let wanted = std::env::var("RINGGEN_HEADERS").map_or(1500, |count| count.parse().expect("RINGGEN_HEADERS"));
    let folder = common::ring_dir();
    let path = folder.path().join("rust");
    RingOptions::new().capacity(4).create::<Trade>(&path).expect("there is none yet");
    let sound = Mutant::of(&fs::read(&path).expect("it can be read"));
    let mut mutants = sound.each_field();
    let mut random = Random::new(0x4EAD);
    mutants.extend((0..wanted).map(|_| sound.at_random(&mut random)));

    let list = folder.path().join("mutants");
    let mut lines = String::new();
    for Mutant { length, head } in &mutants {
        let hex = head.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes anything");
            hex
        });
        writeln!(lines, "{length} {hex}").expect("a string takes anything");
    }
    fs::write(&list, &lines).expect("it can be written");
    let python = ask(Command::new(common::python())
        .args(["-X", "faulthandler"])
        .arg(common::root().join("tests/headers/verdicts.py"))
        .args([&common::generated("python"), &list])
        .env("PYTHONDONTWRITEBYTECODE", "1"));
    let project = common::kept_node_project(
        "headers",
        &[
            ("verdicts.ts", common::text("tests/headers/verdicts.ts")),
            ("market.ts", common::text("generated/typescript/market.ts")),
        ],
    );
    let node = ask(Command::new("node").arg("--no-warnings").arg(project.join("verdicts.js")).arg(&list));
    assert_eq!((python.len(), node.len()), (mutants.len(), mutants.len()));

    let mut met: BTreeMap<String, u64> = BTreeMap::new();
    for (index, mutant) in mutants.iter().enumerate() {
        write(mutant, &path);
        let (expected, error) = rust(&path);
        *met.entry(error.as_ref().map_or("fine".to_string(), kind)).or_default() += 1;
        assert!(error.is_some() || expected.why == "fine", "mutant {index} is attached, and then: {}", expected.why);
        assert_eq!(verdict(&python[index]), expected, "Python, mutant {index}: {}", describe(&sound, mutant));
        // Some engines have no buffers of more than 4 GiB, and say so.
        let file = verdict(&node[index]["file"]);
        if mutant.length <= 1 << 32 || expected.code != "fine" || file.why != "Unsupported" {
            assert_eq!(file, expected, "Node, mutant {index}: {}", describe(&sound, mutant));
        }
        // Memory is of no boot.
        if !node[index]["memory"].is_null() && expected.code != "Stale" {
            let found = verdict(&node[index]["memory"]);
            assert_eq!(found, expected, "in memory, mutant {index}: {}", describe(&sound, mutant));
        }
    }
    println!("{met:?}");
    let fields = ["header length", "capacity", "stride", "payload size", "payload alignment", "max readers"]
        .into_iter()
        .chain(["producer block", "consumer blocks", "slots", "slab offset", "slab size", "schema offset"])
        .chain(["schema length", "payload offset", "trailer offset", "page size", "block stride", "endian tag"]);
    let all = fields.map(|name| format!("field {name}")).chain(KINDS.iter().map(ToString::to_string));
    let missing: Vec<String> = all.filter(|kind| !met.contains_key(kind)).collect();
    assert!(missing.is_empty(), "no mutant is refused for {missing:?}");
    let far = mutants.iter().zip(&python).filter(|(mutant, of)| mutant.length > 1 << 32 && of["code"] == "fine");
    assert!(far.count() > 2, "regions can lie far away");
    assert!(met["fine"] > 300, "many changes are harmless: {met:?}");
}

/// Which fields of a mutant are not as they were.
fn describe(sound: &Mutant, mutant: &Mutant) -> String {
    let mut text = format!("{} bytes", mutant.length);
    for &(name, offset, size) in FIELDS {
        let (was, is) = (&sound.head[offset..offset + size], &mutant.head[offset..offset + size]);
        if was != is {
            write!(text, ", {name} {is:02x?} for {was:02x?}").expect("a string takes anything");
        }
    }
    text
}
