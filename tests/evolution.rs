//! Two versions of a schema on one ring, in processes of their own, every language with every other: an old writer with
//! a new reader, a new writer with an old reader, on a ring that either of them made.
//!
//! `evolution/v2.toml` has fields where `evolution/v1.toml` has reserved bytes; `evolution/v3.toml` contradicts both.
//! A failure names the languages: `versions_share_a_ring::old_python::new_node`.

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
use ringgen_runtime::{Layout, RawRing, RingOptions};
use ringgen_schema::plan::{TypePlan, VariantPlan};
use ringgen_schema::{Source, compile};
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
    let mut program = Command::new(std::env::current_exe().expect("a running test has a path"));
    program.args(["--exact", "the_rust_peer_answers", "--nocapture", "--test-threads=1"]).env(PEER, version);
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
    let mut program = Command::new("node");
    program.args(["--no-warnings", "--unhandled-rejections=strict"]).arg(project.join("peer.js")).arg(version);
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

/// The message at a position, with every field of the second version.
fn message(position: u64) -> Value {
    let leg = |index: u64| {
        // Never a whole number, which JSON may have as an integer.
        let price = position as f64 + (index + 1) as f64 / 8.0;
        json!({ "price": price, "quantity": position + index, "orders": position + 100 + index })
    };
    json!({
        "id": (u64::MAX - position).to_string(),
        // The third one has no name in the first version.
        "side": position % 3 + 1,
        "urgent": position.is_multiple_of(2),
        "legs": [leg(0), leg(1)],
        "fee": (-1 - position as i64).to_string(),
        "venue": format!("V{position}"),
        "desk": { "trader": position + 7, "book": position % 5 + 1 },
    })
}

/// What of a message the first version has.
fn known_to_old(mut message: Value) -> Value {
    let fields = message.as_object_mut().expect("a message has fields");
    for name in ["urgent", "fee", "venue", "desk"] {
        fields.remove(name).expect("the second version has it");
    }
    for leg in message["legs"].as_array_mut().expect("an array") {
        leg.as_object_mut().expect("a leg has fields").remove("orders").expect("the second version has it");
    }
    message
}

/// What the second version makes of a message of the first.
fn completed_by_new(mut message: Value) -> Value {
    message["urgent"] = json!(false);
    message["fee"] = json!("0");
    message["venue"] = json!("");
    message["desk"] = json!({ "trader": 0, "book": 0 });
    for leg in message["legs"].as_array_mut().expect("an array") {
        leg["orders"] = json!(0);
    }
    message
}

/// One pushes in each way it has, the other pops, and finds what `seen` makes of each message.
fn send(producer: &mut Peer, consumer: &mut Peer, sent: fn(Value) -> Value, seen: fn(Value) -> Value) {
    producer.ask(json!({ "do": "producer" }));
    consumer.ask(json!({ "do": "consumer" }));
    let mut position = 0;
    for verb in producer.language.produce {
        let messages: Vec<Value> = (position..position + BATCH).map(|position| sent(message(position))).collect();
        let expected: Vec<Value> = messages.iter().cloned().map(seen).collect();
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

/// What who attaches is told of each difference, in every language: here and in the ring.
const DIFFERENCES: [(&str, &str, &str); 6] = [
    ("Order.urgent", "urgent: bool at 9", "reserved"),
    ("Order.fee", "fee: i64 at 48", "reserved"),
    ("Order.venue", "venue: str[6] at 56", "reserved"),
    ("Order.desk", "desk: Desk at 64", "reserved"),
    ("Side.Cross", "Cross = 3", "missing"),
    ("Leg.orders", "orders: u32 at 12", "reserved"),
];

fn warning(instance: &str, is_new: bool) -> Value {
    let words = |(place, new, old): (&str, &str, &str)| {
        let (here, there) = if is_new { (new, old) } else { (old, new) };
        format!("{place} is here `{here}`, in the ring `{there}`")
    };
    let what = "Order has another layout than the one expected here, and a compatible one";
    json!([format!("ring \"desk.orders.{instance}\": {what}: {}", DIFFERENCES.map(words).join("; "))])
}

fn versions_share_a_ring(old: &'static Versions, new: &'static Versions) {
    let rings = common::ring_dir();
    for instance in ["made-by-old", "made-by-new"] {
        let mut old_peer = Peer::start(&old.old, rings.path());
        let mut new_peer = Peer::start(&new.new, rings.path());
        let is_new = instance == "made-by-new";
        let (creator, other) = if is_new { (&mut new_peer, &mut old_peer) } else { (&mut old_peer, &mut new_peer) };
        creator.ask(json!({ "do": "create", "instance": instance }));
        let told = other.ask(json!({ "do": "attach", "instance": instance }));
        assert_eq!(told["warnings"], warning(instance, !is_new), "{other}");
        let told = creator.ask(json!({ "do": "attach", "instance": instance }));
        assert_eq!(told["warnings"], json!([]), "{creator}");

        send(&mut new_peer, &mut old_peer, |all| all, known_to_old);
        // Over what the newer one has left in each slot.
        send(&mut old_peer, &mut new_peer, known_to_old, completed_by_new);

        // Two new ones use all of it, whoever made the ring.
        let mut second = Peer::start(&new.new, rings.path());
        second.ask(json!({ "do": "attach", "instance": instance }));
        send(&mut new_peer, &mut second, |all| all, |all| all);
    }
}

macro_rules! every_pair {
    ($($module:ident: $old:ident),*) => { $(
        mod $module {
            every_pair!(@new $old, new_rust: RUST, new_python: PYTHON, new_node: NODE);
        }
    )* };
    (@new $old:ident, $($test:ident: $new:ident),*) => { $(
        #[test]
        fn $test() {
            crate::versions_share_a_ring(&crate::$old, &crate::$new);
        }
    )* };
}

every_pair!(old_rust: RUST, old_python: PYTHON, old_node: NODE);

#[test]
fn a_version_that_contradicts_is_refused_by_the_field() {
    let rings = common::ring_dir();
    let options = v3::Orders::options().dir(rings.path()).instance("third");
    options.create::<v3::Order>(v3::Orders::NAME).unwrap();
    for Versions { old, new } in [&RUST, &PYTHON, &NODE] {
        for language in [old, new] {
            let mut peer = Peer::start(language, rings.path());
            let refused = peer.ask_in_vain(json!({ "do": "attach", "instance": "third" }));
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

/// A ring of a variant, of a version that knows a case more, and a field of another one.
#[test]
fn a_variant_may_have_another_case() {
    let schema = |version: u32, field: &str, case: &str| {
        format!(
            r#"
            ringgen = 1
            package = "desk"
            version = {version}
            [message.Fill]
            fields = [{{ name = "id", type = "u64" }}, {field}]
            [message.Cancel]
            fields = [{{ name = "ids", type = "list[u64, 3]" }}]
            [variant.Event]
            tag = "u16"
            cases = [{{ value = 1, type = "Fill" }}, {{ value = 2, type = "Cancel" }}{case}]
            "#
        )
    };
    let old = schema(1, r#"{ name = "_later", reserved = 8 }"#, "");
    let new = schema(2, r#"{ name = "fee", type = "f64" }"#, r#", { name = "Bust", value = 3, type = "Fill" }"#);
    let layout = |schema: &str| {
        let plan =
            compile(&Source::new("desk.toml", schema)).unwrap_or_else(|report| panic!("{:#?}", report.findings()));
        let event = plan.types.into_iter().find_map(|ty| match ty {
            TypePlan::Variant(of) => Some(of),
            _ => None,
        });
        let VariantPlan { name, layout_hash, schema_text, size, align, .. } = event.expect("the schema has one");
        let package_version = plan.version;
        let (message_name, schema_text) = (name.into(), schema_text.into());
        Layout { message_name, layout_hash, schema_text, size, align, package_version }
    };
    let (old, new) = (layout(&old), layout(&new));
    let rings = common::ring_dir();
    let options = RingOptions::new().dir(rings.path()).capacity(8);
    for (mine, theirs, name, words) in [
        (
            &new,
            &old,
            "desk.old",
            "Event.Bust is here `Bust = 3: Fill`, in the ring `missing`; \
                                  Fill.fee is here `fee: f64 at 8`, in the ring `reserved`",
        ),
        (
            &old,
            &new,
            "desk.new",
            "Event.Bust is here `missing`, in the ring `Bust = 3: Fill`; \
                                  Fill.fee is here `reserved`, in the ring `fee: f64 at 8`",
        ),
    ] {
        RawRing::create(name, theirs, &options).unwrap();
        let ring = RawRing::attach(name, Some(mine), &options).unwrap();
        let what = "Event has another layout than the one expected here, and a compatible one";
        assert_eq!(ring.warnings(), [format!("ring \"{name}\": {what}: {words}")]);
    }
}

/// Without its variable set there is nothing to do; with it, this is the peer.
#[test]
fn the_rust_peer_answers() {
    if let Ok(version) = std::env::var(PEER) {
        peer::serve(&version);
    }
}
