//! Two versions of a schema on one ring, in processes of their own, every language with every other: an old writer with
//! a new reader, a new writer with an old reader, on a ring that either of them made.
//!
//! `evolution/v2.toml` has fields where `evolution/v1.toml` has reserved bytes, a value and a case that the other has no
//! name for, and another name for a field; `evolution/v3.toml` contradicts both.
//! A failure names the languages: `a_variant::old_python::new_node`.

mod common;
#[path = "interop/driver.rs"]
mod driver;
#[path = "evolution/peer.rs"]
mod peer;

mod v1 {
    ringgen::include_schema!("tests/evolution/v1.toml");
}
mod v2 {
    ringgen::include_schema!("tests/evolution/v2.toml");
}
mod v3 {
    ringgen::include_schema!("tests/evolution/v3.toml");
}

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use driver::{Language, PEER, Peer};
use serde_json::{Value, json};

/// A language's peers, one of each version. The Rust one is this test's program, told by the variable of its peers.
struct Versions {
    old: Language,
    new: Language,
}

macro_rules! versions {
    ($language:ident, $name:literal, $verbs:expr, $program:path) => {
        static $language: Versions = Versions {
            old: Language {
                name: concat!($name, " v1"),
                produce: $verbs,
                consume: &["pop"],
                program: || $program("v1"),
            },
            new: Language {
                name: concat!($name, " v2"),
                produce: $verbs,
                consume: &["pop"],
                program: || $program("v2"),
            },
        };
    };
}

versions!(RUST, "Rust", &["push", "claim", "many"], rust);
versions!(PYTHON, "Python", &["push", "fields", "claim", "many", "array"], python);
versions!(NODE, "Node", &["push", "claim", "many"], node);

fn rust(version: &str) -> Command {
    let mut program = common::this_test("the_rust_peer_answers");
    program.env(PEER, version);
    program
}

fn python(version: &str) -> Command {
    let mut program = Command::new(common::python());
    program.arg(common::root().join("tests/evolution/peer.py")).arg(generated().join(version).join("python"));
    program.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONWARNINGS", "ignore");
    program
}

fn node(version: &str) -> Command {
    static PROJECT: OnceLock<PathBuf> = OnceLock::new();
    let module = |version: &str| {
        let file = generated().join(version).join("typescript/desk.ts");
        std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    let project = PROJECT.get_or_init(|| {
        let peer = common::text("tests/evolution/peer.ts");
        common::kept_node_project("evolution", &[("peer.ts", peer), ("v1.ts", module("v1")), ("v2.ts", module("v2"))])
    });
    let mut program = common::node(&project.join("peer.js"));
    program.arg(version);
    program
}

/// The modules of each version: `v1/python/desk.py`.
fn generated() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let generate = || {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("evolution-modules");
        let ringgen = common::ringgen();
        for version in ["v1", "v2"] {
            let mut generate = Command::new(&ringgen);
            generate.arg("generate").arg(common::root().join(format!("tests/evolution/{version}.toml")));
            let output = generate.arg("--out").arg(folder.join(version)).output().expect("the command runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        folder
    };
    FOLDER.get_or_init(generate).clone()
}

/// More than a lap of the ring with each verb: what one version has left in a slot the other finds there.
const BATCH: u64 = 13;

/// A ring of both versions, and what is sent on it.
struct Subject {
    /// The generated class.
    ring: &'static str,
    /// The name in a directory.
    name: &'static str,
    message: &'static str,
    /// The message at a position, with all that the second version has.
    at: fn(u64) -> Value,
    /// What the first version makes of it, and what it sends.
    to_old: fn(Value) -> Value,
    /// What the second version makes of that.
    to_new: fn(Value) -> Value,
    /// What who attaches is told of each difference: its place, what it is in the second version, and in the first.
    differences: &'static [(&'static str, &'static str, &'static str)],
}

static ORDERS: Subject = Subject {
    ring: "Orders",
    name: "desk.orders",
    message: "Order",
    at: order,
    to_old: order_to_old,
    to_new: order_to_new,
    differences: &[
        ("Order.urgent", "urgent: bool at 9", "reserved"),
        ("Order.fee", "fee: i64 at 48", "reserved"),
        ("Order.venue", "venue: str[6] at 56", "reserved"),
        ("Order.desk", "desk: Desk at 64", "reserved"),
        ("Side.Cross", "Cross = 3", "missing"),
        ("Leg.orders", "orders: u32 at 12", "reserved"),
    ],
};

static EVENTS: Subject = Subject {
    ring: "Events",
    name: "desk.events",
    message: "Event",
    at: event,
    to_old: event_to_old,
    to_new: event_to_new,
    differences: &[
        ("Event.Halt", "Halt = 3: Halt", "missing"),
        ("Order.urgent", "urgent: bool at 9", "reserved"),
        ("Order.fee", "fee: i64 at 48", "reserved"),
        ("Order.venue", "venue: str[6] at 56", "reserved"),
        ("Order.desk", "desk: Desk at 64", "reserved"),
        ("Side.Cross", "Cross = 3", "missing"),
        ("Leg.orders", "orders: u32 at 12", "reserved"),
        ("Cancel.reason", "reason: u16 at 8", "reserved"),
    ],
};

fn order(position: u64) -> Value {
    let leg = |index: u64| {
        // Never a whole number, which JSON may have as an integer.
        let price = position as f64 + (index + 1) as f64 / 8.0;
        json!({ "price": price, "quantity": position + index, "orders": position + 100 + index })
    };
    json!({
        "id": (u64::MAX - position).to_string(),
        // The third one has no name in the first version.
        "way": position % 3 + 1,
        "urgent": position.is_multiple_of(2),
        "legs": [leg(0), leg(1)],
        "fee": (-1 - position as i64).to_string(),
        "venue": format!("V{position}"),
        "desk": { "trader": position + 7, "book": position % 5 + 1 },
    })
}

/// By the names that the first version has.
fn order_to_old(mut order: Value) -> Value {
    order["side"] = take(&mut order, "way");
    for name in ["urgent", "fee", "venue", "desk"] {
        take(&mut order, name);
    }
    for leg in order["legs"].as_array_mut().expect("an array") {
        take(leg, "orders");
    }
    order
}

fn order_to_new(mut order: Value) -> Value {
    order["way"] = take(&mut order, "side");
    order["urgent"] = json!(false);
    order["fee"] = json!("0");
    order["venue"] = json!("");
    order["desk"] = json!({ "trader": 0, "book": 0 });
    for leg in order["legs"].as_array_mut().expect("an array") {
        leg["orders"] = json!(0);
    }
    order
}

fn event(position: u64) -> Value {
    match position % 3 {
        0 => json!({ "case": "Order", "value": order(position) }),
        1 => json!({ "case": "Cancel", "value": { "id": position.to_string(), "reason": position % 7 + 1 } }),
        _ => json!({ "case": "Halt", "value": { "code": position + 1_000_000 } }),
    }
}

/// The bytes that an `Event` has for its cases.
const PAYLOAD: usize = 72;

/// The case that the first version does not know comes as its tag and bytes, and is sent on as such.
fn event_to_old(mut event: Value) -> Value {
    match event["case"].as_str().expect("a name") {
        "Order" => event["value"] = order_to_old(event["value"].take()),
        "Cancel" => drop(take(&mut event["value"], "reason")),
        _ => {
            let mut bytes = [0; PAYLOAD];
            let code = u32::try_from(event["value"]["code"].as_u64().expect("a number")).expect("it fits");
            bytes[..4].copy_from_slice(&code.to_le_bytes());
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            event = json!({ "case": "Unknown", "tag": 3, "bytes": digits });
        }
    }
    event
}

fn event_to_new(mut event: Value) -> Value {
    match event["case"].as_str().expect("a name") {
        "Order" => event["value"] = order_to_new(event["value"].take()),
        "Cancel" => event["value"]["reason"] = json!(0),
        _ => {
            let code = u32::from_str_radix(&event["bytes"].as_str().expect("digits")[..8], 16).expect("hexadecimal");
            event = json!({ "case": "Halt", "value": { "code": code.swap_bytes() } });
        }
    }
    event
}

fn take(fields: &mut Value, name: &str) -> Value {
    fields.as_object_mut().and_then(|fields| fields.remove(name)).unwrap_or_else(|| panic!("no {name} in {fields}"))
}

/// One pushes in each of these ways, the other pops, and finds what `seen` makes of each message.
fn send(
    [producer, consumer]: [&mut Peer; 2],
    verbs: &[&str],
    sent: impl Fn(u64) -> Value,
    seen: impl Fn(Value) -> Value,
) {
    producer.ask(json!({ "do": "producer" }));
    consumer.ask(json!({ "do": "consumer" }));
    let mut position = 0;
    for verb in verbs {
        let messages: Vec<Value> = (position..position + BATCH).map(&sent).collect();
        let expected: Vec<Value> = messages.iter().cloned().map(&seen).collect();
        producer.tell(json!({ "do": "push", "verb": verb, "messages": messages }));
        consumer.tell(json!({ "do": "pop", "count": BATCH }));
        let [_, popped] = Peer::both([producer, consumer]);
        for (found, expected) in popped["messages"].as_array().expect("a list").iter().zip(&expected) {
            assert_eq!(found, expected, "{producer} pushed it by {verb:?}; {consumer}");
        }
        position += BATCH;
    }
    producer.ask(json!({ "do": "detach" }));
    consumer.ask(json!({ "do": "detach" }));
}

fn warning(of: &Subject, instance: &str, is_new: bool) -> Value {
    let words = |&(place, new, old): &(&str, &str, &str)| {
        let (here, there) = if is_new { (new, old) } else { (old, new) };
        format!("{place} is here `{here}`, in the ring `{there}`")
    };
    let differences: Vec<String> = of.differences.iter().map(words).collect();
    let what = "has another layout than the one expected here, and a compatible one";
    json!([format!("ring \"{}.{instance}\": {} {what}: {}", of.name, of.message, differences.join("; "))])
}

fn versions_share(of: &Subject, verbs: &[&str], old: &'static Versions, new: &'static Versions) {
    let rings = common::ring_dir();
    for instance in ["made-by-old", "made-by-new"] {
        let mut old_peer = Peer::start(&old.old, rings.path());
        let mut new_peer = Peer::start(&new.new, rings.path());
        let is_new = instance == "made-by-new";
        let (creator, other) = if is_new { (&mut new_peer, &mut old_peer) } else { (&mut old_peer, &mut new_peer) };
        let attach = json!({ "do": "attach", "ring": of.ring, "instance": instance });
        creator.ask(json!({ "do": "create", "ring": of.ring, "instance": instance }));
        assert_eq!(other.ask(attach.clone())["warnings"], warning(of, instance, !is_new), "{other}");
        assert_eq!(creator.ask(attach.clone())["warnings"], json!([]), "{creator}");

        let to_old = |position| (of.to_old)((of.at)(position));
        send([&mut new_peer, &mut old_peer], verbs_of(&new.new, verbs), of.at, of.to_old);
        // Over what the newer one has left in each slot.
        send([&mut old_peer, &mut new_peer], verbs_of(&old.old, verbs), to_old, of.to_new);

        // Two new ones use all of it, whoever made the ring.
        let mut second = Peer::start(&new.new, rings.path());
        second.ask(attach);
        send([&mut new_peer, &mut second], verbs_of(&new.new, verbs), of.at, |all| all);
    }
}

/// These verbs, or all that a language has.
fn verbs_of<'a>(language: &'static Language, verbs: &'a [&'a str]) -> &'a [&'a str] {
    if verbs.is_empty() { language.produce } else { verbs }
}

fn versions_share_a_ring(old: &'static Versions, new: &'static Versions) {
    versions_share(&ORDERS, &[], old, new);
}

fn versions_share_a_ring_of_a_variant(old: &'static Versions, new: &'static Versions) {
    versions_share(&EVENTS, &["push", "many"], old, new);
}

/// Every language with every other.
macro_rules! every_pair {
    ($($name:ident = $body:path;)*) => { $(
        mod $name {
            every_pair!(@old $body, old_rust: RUST, old_python: PYTHON, old_node: NODE);
        }
    )* };
    (@old $body:path, $($old:ident: $old_language:ident),*) => { $(
        mod $old {
            every_pair!(@new $body, $old_language, new_rust: RUST, new_python: PYTHON, new_node: NODE);
        }
    )* };
    (@new $body:path, $old:ident, $($new:ident: $new_language:ident),*) => { $(
        #[test]
        fn $new() {
            $body(&crate::$old, &crate::$new_language);
        }
    )* };
}

every_pair! {
    a_message = crate::versions_share_a_ring;
    a_variant = crate::versions_share_a_ring_of_a_variant;
}

#[test]
fn a_version_that_contradicts_is_refused_by_the_field() {
    let rings = common::ring_dir();
    let options = v3::Orders::options().dir(rings.path()).instance("third");
    options.create::<v3::Order>(v3::Orders::NAME).unwrap();
    for Versions { old, new } in [&RUST, &PYTHON, &NODE] {
        for language in [old, new] {
            let mut peer = Peer::start(language, rings.path());
            let refused = peer.ask_in_vain(json!({ "do": "attach", "ring": "Orders", "instance": "third" }));
            assert_eq!(refused.code, "LayoutMismatch", "{peer}");
            let difference = "here `quantity: u32 at 8`, in the ring `quantity: f32 at 8`";
            assert_eq!(
                refused.text,
                format!("ring \"desk.orders.third\": Leg.quantity differs: {difference}"),
                "{peer}"
            );
        }
    }
}

/// Without its variable set there is nothing to do; with it, this is the peer.
#[test]
fn the_rust_peer_answers() {
    if let Ok(version) = std::env::var(PEER) {
        peer::serve(&version);
    }
}
