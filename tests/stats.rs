//! Counters: every language counts the same, and says the same numbers, and so does `ringgen inspect`.

mod common;
#[path = "../generated/rust/market.rs"]
mod market;

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use market::Trade;
use ringgen::{Producer, Ring, RingOptions, Stats};
use ringgen_layout::ring::{block, header};
use serde_json::{Value, json};

fn said(stats: Stats) -> Value {
    let Stats { stalls, parks, wakes, dropped, high_water, .. } = stats;
    json!({ "stalls": stalls, "parks": parks, "wakes": wakes, "dropped": dropped, "high_water": high_water })
}

/// The counters of both sides before and after some messages, as Rust says them.
fn count(ring: &Ring<Trade>) -> [Value; 2] {
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    let before = json!([said(producer.stats()), said(consumer.stats())]);
    let push = |producer: &mut Producer<Trade>, id| producer.push(Trade { id, ..Trade::ZERO }).unwrap();
    assert!(consumer.try_pop().unwrap().is_none());
    (0..3).for_each(|id| push(&mut producer, id));
    while consumer.try_pop().unwrap().is_some() {}
    (0..8).for_each(|id| push(&mut producer, id));
    assert!(producer.try_push(Trade::ZERO).is_err());
    let after = json!([said(producer.stats()), said(consumer.stats())]);
    producer.detach();
    [before, after]
}

/// Runs a program that prints two lines of JSON.
fn ask(command: &mut Command) -> [Value; 2] {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<_> = std::str::from_utf8(&output.stdout).unwrap().lines().collect();
    let [before, after] = lines[..] else { panic!("{lines:?}") };
    [serde_json::from_str(before).unwrap(), serde_json::from_str(after).unwrap()]
}

fn python(path: &Path) -> [Value; 2] {
    let script = common::root().join("tests/stats/count.py");
    ask(Command::new(common::python()).arg(script).arg(common::generated("python")).arg(path))
}

fn node(path: &Path) -> [Value; 2] {
    let text = |name| common::text(name);
    let files = [("count.ts", text("tests/stats/count.ts")), ("market.ts", text("generated/typescript/market.ts"))];
    let project = common::kept_node_project("stats", &files);
    ask(Command::new("node").arg("--no-warnings").arg(project.join("count.js")).arg(path))
}

fn inspected(path: &Path) -> Value {
    let output = Command::new(common::ringgen()).args(["inspect", "--json"]).arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const COUNTERS: [(&str, usize); 5] = [
    ("stalls", block::STALLS),
    ("parks", block::PARKS),
    ("wakes", block::WAKES),
    ("dropped", block::DROPPED),
    ("high_water", block::HIGH_WATER),
];

#[test]
fn every_language_counts_the_same() {
    let dir = common::ring_dir();
    let create = |name: &str| {
        let path = dir.path().join(name);
        (RingOptions::new().capacity(8).create::<Trade>(&path).unwrap(), path)
    };
    let (ring, _) = create("market.rust");
    let rust = count(&ring);
    let counted = |stalls, high_water| json!({ "stalls": stalls, "parks": 0, "wakes": 0, "dropped": 0, "high_water": high_water });
    assert_eq!(rust, [json!([counted(0, 0), counted(0, 0)]), json!([counted(1, 8), counted(2, 3)])]);
    let (_ring, path) = create("market.python");
    assert_eq!(python(&path), rust);
    let (_ring, path) = create("market.node");
    assert_eq!(node(&path), rust);
}

#[test]
fn every_language_says_what_was_counted() {
    let dir = common::ring_dir();
    let path = dir.path().join("market.trades");
    let ring = RingOptions::new().capacity(8).create::<Trade>(&path).unwrap();
    let file = File::options().read(true).write(true).open(&path).unwrap();
    // Numbers that no two counters share, and that a JavaScript number can't hold.
    let mut expected = [json!({}), json!({})];
    for (side, at) in [header::PRODUCER_BLOCK, header::CONSUMER_BLOCKS].into_iter().enumerate() {
        let mut offset = [0; 8];
        file.read_exact_at(&mut offset, at as u64).unwrap();
        for (index, (name, counter)) in COUNTERS.into_iter().enumerate() {
            let value = (1 << 60) + 10 * side as u64 + index as u64;
            file.write_all_at(&value.to_le_bytes(), u64::from_le_bytes(offset) + counter as u64).unwrap();
            expected[side][name] = json!(value);
        }
    }
    let report = inspected(&path);
    for (side, role) in ["producer", "consumer"].into_iter().enumerate() {
        for (name, _) in COUNTERS {
            assert_eq!(report[role][name], expected[side][name], "{name} of the {role} in {report}");
        }
    }
    let expected = json!(expected);
    assert_eq!(python(&path)[0], expected);
    drop(ring.consumer().unwrap());
    let [of_both, _] = {
        // What Python pushed is taken first, so that there is room.
        for trade in ring.consumer().unwrap().try_iter() {
            trade.unwrap();
        }
        node(&path)
    };
    for side in 0..2 {
        for (name, _) in COUNTERS {
            // Python has counted on, in the lower digits.
            let (is, was) = (of_both[side][name].as_u64().unwrap(), expected[side][name].as_u64().unwrap());
            assert!(is >= was && is - was < 10, "{name}: {is}, and it was {was}");
        }
    }
}
