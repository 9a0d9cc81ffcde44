//! Every language with every other, over one ring, in processes of their own: who creates, who pushes and who pops is
//! each of the languages in turn. What they send is defined in interop/vectors.md, and so is how they are told to.
//!
//! A failure names the languages: `create_python::produce_node::consume_rust`.

#[path = "../generated/rust/clock.rs"]
mod clock;
mod common;
#[path = "interop/driver.rs"]
mod driver;
#[path = "interop/events.rs"]
mod events;
#[path = "../generated/rust/kitchen_sink.rs"]
mod kitchen_sink;
#[path = "../generated/rust/market.rs"]
mod market;
#[path = "interop/mismatch.rs"]
mod mismatch;
#[path = "interop/peer.rs"]
mod peer;
#[path = "interop/peer_events.rs"]
mod peer_events;
#[path = "interop/ring_file.rs"]
mod ring_file;
#[path = "interop/vectors.rs"]
mod vectors;

use driver::{LANGUAGES, Language, NODE, PEER, PYTHON, Peer, RUST, consume, number, produce};
use serde_json::json;

/// Where positions start: at 0, and where 32 bits and JavaScript's numbers end.
const FIRST: [u64; 3] = [0, (1 << 32) - 5, (1 << 53) - 5];
/// Messages a run: the ring of 64 is filled several times over.
const COUNT: u64 = 300;
const CAPACITY: u64 = 64;

/// One creator, producer and consumer: three runs, each with verbs of its own.
fn run(creator: &'static Language, producer: &'static Language, consumer: &'static Language) {
    let rings = common::ring_dir();
    let mut creator = Peer::start(creator, rings.path());
    let mut producer = Peer::start(producer, rings.path());
    let mut consumer = Peer::start(consumer, rings.path());
    for (run, first) in FIRST.into_iter().enumerate() {
        let [push, pop] = verbs(creator.language, producer.language, consumer.language, run);
        let instance = run.to_string();
        creator.create(&instance, first);
        producer.attach(&instance);
        consumer.attach(&instance);
        producer.claim("producer", first, 1);
        consumer.claim("consumer", first, 1);
        let nothing = consumer.ask(json!({ "do": "try_pop" }));
        assert_eq!(nothing, json!({ "empty": true, "ended": false }), "{consumer}");

        consumer.tell(consume(COUNT, pop));
        producer.tell(produce(COUNT, push));
        let [pushed, popped] = Peer::both([&mut producer, &mut consumer]);
        assert_eq!(number(&pushed["position"]), first + COUNT, "{producer}");
        consumer.check_consumed(&popped, COUNT, first + COUNT, "count");

        // There are no more: only the end of the stream ends this.
        consumer.tell(consume(COUNT, pop));
        check_stats(&mut producer);
        producer.ask(json!({ "do": "close" }));
        let popped = consumer.succeed();
        consumer.check_consumed(&popped, 0, first + COUNT, "end");
        check_stats(&mut consumer);
        let end = consumer.ask(json!({ "do": "try_pop" }));
        assert_eq!(end, json!({ "empty": true, "ended": true }), "{consumer}");
        consumer.ask(json!({ "do": "close" }));
        assert_eq!(creator.ask_in_vain(json!({ "do": "producer" })).code, "Closed", "{creator}");
    }
}

/// The verbs of a run, so that all runs together use each verb of each language.
fn verbs(creator: &Language, producer: &Language, consumer: &Language, run: usize) -> [&'static str; 2] {
    let index =
        |of: &Language| LANGUAGES.iter().position(|language| language.name == of.name).expect("it is in the table");
    let of_producer = index(creator) + 3 * index(consumer) + run;
    let of_consumer = index(creator) + 3 * index(producer) + run;
    [producer.produce[of_producer % producer.produce.len()], consumer.consume[of_consumer % consumer.consume.len()]]
}

fn check_stats(peer: &mut Peer) {
    let stats = peer.ask(json!({ "do": "stats" }));
    assert_eq!(number(&stats["dropped"]), 0, "{peer}: {stats}");
    assert!((1..=CAPACITY).contains(&number(&stats["high_water"])), "{peer}: {stats}");
    for counter in ["stalls", "parks", "wakes"] {
        // A look a message is as much as anybody needs, and several while it waits.
        assert!(number(&stats[counter]) < 1 << 40, "{peer}: {stats}");
    }
}

/// All combinations, from the list of languages.
macro_rules! combinations {
    ($($creator:ident: $creator_language:ident),*) => { $(
        mod $creator {
            use super::{NODE, PYTHON, RUST};
            combinations!(@producers $creator_language, produce_rust: RUST, produce_python: PYTHON, produce_node: NODE);
        }
    )* };
    (@producers $creator:ident, $($producer:ident: $producer_language:ident),*) => { $(
        mod $producer {
            use super::{NODE, PYTHON, RUST};
            combinations!(@consumers $creator, $producer_language, consume_rust: RUST, consume_python: PYTHON, consume_node: NODE);
        }
    )* };
    (@consumers $creator:ident, $producer:ident, $($consumer:ident: $consumer_language:ident),*) => { $(
        #[test]
        fn $consumer() {
            crate::run(&$creator, &$producer, &$consumer_language);
        }
    )* };
}

combinations!(create_rust: RUST, create_python: PYTHON, create_node: NODE);

#[test]
fn the_runs_use_every_verb_of_every_language() {
    let mut unused: Vec<(&str, &str)> = Vec::new();
    for language in LANGUAGES {
        unused.extend(language.produce.iter().chain(language.consume).map(|verb| (language.name, *verb)));
    }
    for (creator, producer, consumer, run) in every_run() {
        let [push, pop] = verbs(creator, producer, consumer, run);
        unused.retain(|used| *used != (producer.name, push) && *used != (consumer.name, pop));
    }
    assert_eq!(unused, []);
}

fn every_run() -> impl Iterator<Item = (&'static Language, &'static Language, &'static Language, usize)> {
    let runs = |(creator, producer, consumer)| (0..FIRST.len()).map(move |run| (creator, producer, consumer, run));
    LANGUAGES
        .into_iter()
        .flat_map(|creator| pairs().map(move |(producer, consumer)| (creator, producer, consumer)))
        .flat_map(runs)
}

/// Every language with every language.
fn pairs() -> impl Iterator<Item = (&'static Language, &'static Language)> {
    LANGUAGES.into_iter().flat_map(|one| LANGUAGES.into_iter().map(move |other| (one, other)))
}

#[test]
fn the_bytes_of_the_vectors_are_those_of_the_plan() {
    vectors::check_encoded();
}

/// Every pair of languages in a test of its own.
macro_rules! every_pair {
    ($($name:ident = $body:path;)*) => { $(
        mod $name {
            every_pair!(@from $body, rust: RUST, python: PYTHON, node: NODE);
        }
    )* };
    (@from $body:path, $($from:ident: $from_language:ident),*) => { $(
        mod $from {
            every_pair!(@to $body, $from_language, to_rust: RUST, to_python: PYTHON, to_node: NODE);
        }
    )* };
    (@to $body:path, $from:ident, $($to:ident: $to_language:ident),*) => { $(
        #[test]
        fn $to() {
            $body(&crate::$from, &crate::$to_language);
        }
    )* };
}

every_pair! {
    a_killed_producer_is_survived = crate::a_killed_producer_is_survived;
    a_killed_consumer_is_survived = crate::a_killed_consumer_is_survived;
    a_parked_consumer_is_woken = crate::a_parked_consumer_is_woken;
    any_bytes_are_a_message = crate::any_bytes_are_a_message;
    a_variant_arrives_as_the_case_it_is = crate::events::check;
}

/// A producer is killed with a signal it can't see. Everything it published arrives, then its death; a successor goes
/// on where it was, and so does the consumer.
fn a_killed_producer_is_survived(producer: &'static Language, consumer: &'static Language) {
    let rings = common::ring_dir();
    let mut first = Peer::start(producer, rings.path());
    let mut second = Peer::start(producer, rings.path());
    let mut consumer = Peer::start(consumer, rings.path());
    let verb = |language: &'static Language, index: usize| language.consume[index % language.consume.len()];
    first.create("0", FIRST[1]);
    consumer.attach("0");
    second.attach("0");
    first.claim("producer", FIRST[1], 1);
    consumer.claim("consumer", FIRST[1], 1);

    let endless = u64::MAX >> 8;
    let pushing = first.language.produce[consumer.language.name.len() % first.language.produce.len()];
    first.tell(produce(endless, pushing));
    consumer.consume(3 * CAPACITY, verb(consumer.language, 0), FIRST[1] + 3 * CAPACITY);
    // From here on it drains; the producer dies somewhere in between.
    consumer.tell(consume(endless, verb(consumer.language, 1)));
    first.kill();
    let answer = consumer.succeed();
    assert_eq!(answer["stop"], "PeerDied", "{consumer}: {answer}");
    let died_at = number(&answer["position"]);
    assert_eq!(died_at, FIRST[1] + 3 * CAPACITY + number(&answer["count"]));
    let nothing = consumer.ask(json!({ "do": "try_pop" }));
    assert_eq!(nothing, json!({ "empty": true, "ended": false }), "{consumer}");

    // Nothing that was published is missing: the successor's position is the last one's, and it is the consumer's.
    second.claim("producer", died_at, 2);
    second.produce(10, "push", died_at + 10);
    consumer.consume(10, verb(consumer.language, 2), died_at + 10);
    let end = died_at + 10 + 2 * CAPACITY;
    consumer.tell(consume(2 * CAPACITY, verb(consumer.language, 3)));
    second.tell(produce(2 * CAPACITY, "many"));
    let [_, answer] = Peer::both([&mut second, &mut consumer]);
    consumer.check_consumed(&answer, 2 * CAPACITY, end, "count");
    second.ask(json!({ "do": "close" }));
    let answer = consumer.ask(consume(1, "pop"));
    consumer.check_consumed(&answer, 0, end, "end");
}

/// A consumer is killed. Its producer is told once the ring is full; a successor goes on behind what was taken.
fn a_killed_consumer_is_survived(producer: &'static Language, consumer: &'static Language) {
    let rings = common::ring_dir();
    let mut producer = Peer::start(producer, rings.path());
    let mut first = Peer::start(consumer, rings.path());
    let mut second = Peer::start(consumer, rings.path());
    first.create("0", FIRST[2]);
    producer.attach("0");
    second.attach("0");
    producer.claim("producer", FIRST[2], 1);
    first.claim("consumer", FIRST[2], 1);

    let endless = u64::MAX >> 11;
    first.tell(consume(endless, "many"));
    producer.produce(3 * CAPACITY, "many", FIRST[2] + 3 * CAPACITY);
    producer.tell(produce(endless, "push"));
    first.kill();
    let refused = producer.answer().expect_err("there are more messages than the ring has room for");
    assert_eq!(refused.code, "PeerDied", "{producer}: {}", refused.text);
    assert!(refused.text.contains(&first.pid().to_string()), "{producer}: {}", refused.text);

    let answer = second.ask(json!({ "do": "consumer" }));
    assert_eq!(answer["epoch"], "2", "{second}");
    let head = number(&answer["position"]);
    assert!(head >= FIRST[2] + 2 * CAPACITY, "{second}: {head}");
    second.consume(CAPACITY, "peek", head + CAPACITY);
    let nothing = second.ask(json!({ "do": "try_pop" }));
    assert_eq!(nothing, json!({ "empty": true, "ended": false }), "{second}: the ring was full, not fuller");
    producer.produce(10, "claim", head + CAPACITY + 10);
    second.consume(10, "pop", head + CAPACITY + 10);
}

/// What no language would send is received in all of them, and the same everywhere.
fn any_bytes_are_a_message(producer: &'static Language, consumer: &'static Language) {
    let rings = common::ring_dir();
    let mut producer = Peer::start(producer, rings.path());
    let mut consumer = Peer::start(consumer, rings.path());
    producer.create("0", 0);
    consumer.attach("0");
    producer.claim("producer", 0, 1);
    consumer.claim("consumer", 0, 1);
    let (plan, rows) = (vectors::plan("kitchen_sink"), vectors::rows());
    let everything = vectors::structure(&plan, "Everything");
    let mut changes: Vec<(&str, usize, &[u8], serde_json::Value)> = vec![
        ("yes", 0, &[2], json!(true)),
        ("bools", 0, &[0, 255, 128], json!([false, true, true])),
        ("text", 0, b"ab\0cd\xFF\0\0\0\0\0x", json!("ab")),
        ("text", 0, &[0xFF; 12], json!(null)),
        // The first two of three bytes of a character, and nothing behind them.
        ("text", 9, &[0xE2, 0x82, 0x00], json!(null)),
        // Half of a pair of UTF-16, which is no character.
        ("text", 0, b"\xED\xA0\x80\0", json!(null)),
        ("names", 4, &[0x80, 0, 0, 0], json!(null)),
    ];
    // What lies in padding and reserved bytes is nobody's business.
    for blank in everything.fields.iter().filter(|field| !field.is_data()) {
        changes.push((&blank.name, 0, &[0xA5], json!(null)));
    }
    for (name, at, bytes, value) in &changes {
        let field = everything.fields.iter().find(|field| field.name == *name).expect("the schema has it");
        let mut fields = rows[2].clone();
        fields["text"] = json!("abcdefghi");
        let mut message = vectors::encode(&plan, everything, &fields);
        message[field.offset as usize + at..][..bytes.len()].copy_from_slice(bytes);
        if field.is_data() {
            fields[*name] = value.clone();
        }
        let hex: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
        producer.ask(json!({ "do": "push_bytes", "bytes": hex }));
        let answer = consumer.ask(json!({ "do": "pop_fields" }));
        if *name == "names" {
            // Alone or with the others: a language may refuse one element or all.
            let all = answer["fields"]["names"].as_array().map_or(json!(null), |names| names[1].clone());
            fields["names"] = answer["fields"]["names"].clone();
            assert_eq!(all, json!(null), "{consumer}: {bytes:02x?} is a text");
        }
        for (name, expected) in fields.as_object().expect("fields have names") {
            assert_eq!(answer["fields"][name], *expected, "{consumer}: {name}, with {bytes:02x?} in {}", field.name);
        }
        assert_eq!(answer["bytes"], hex, "{consumer}: {}", field.name);
    }
}

/// A consumer sleeps, and the kernel knows it; a message wakes it. Over and over, in each way of waiting.
fn a_parked_consumer_is_woken(producer: &'static Language, consumer: &'static Language) {
    let rings = common::ring_dir();
    let mut producer = Peer::start(producer, rings.path());
    let mut consumer = Peer::start(consumer, rings.path());
    consumer.create("0", 0);
    producer.attach("0");
    consumer.claim("consumer", 0, 1);
    producer.claim("producer", 0, 1);
    let file = ring_file::RingFile::open(&rings.path().join("kitchen_sink.all_kinds.0"));
    let mut position = 0;
    for round in 0..4 {
        for verb in consumer.language.consume {
            consumer.tell(consume(1, verb));
            // Long enough for several slices of sleep the first time; asleep every time.
            let pause = std::time::Duration::from_millis(if round == 0 { 300 } else { 5 });
            file.wait_until_parked();
            let early = consumer.answer_within(pause);
            assert_eq!(early, None, "{consumer}: an answer before there is a message");
            position += 1;
            producer.produce(1, producer.language.produce[round % producer.language.produce.len()], position);
            let answer = consumer.succeed();
            consumer.check_consumed(&answer, 1, position, "count");
        }
    }
    let parks = number(&consumer.ask(json!({ "do": "stats" }))["parks"]);
    assert!(parks >= position, "{consumer}: it slept for each of {position} messages, and counts {parks} parks");
    let wakes = number(&producer.ask(json!({ "do": "stats" }))["wakes"]);
    // Between two slices of sleep a consumer looks for itself; almost always it sleeps.
    assert!(wakes >= position / 2, "{producer}: {position} messages woke a sleeper, and it counts {wakes} wakes");
}

/// Whoever holds a role, nobody else gets it, and all are told the same.
#[test]
fn a_role_is_held_by_one_process_in_any_language() {
    let rings = common::ring_dir();
    for (index, language) in LANGUAGES.into_iter().enumerate() {
        let instance = index.to_string();
        let mut holders = [Peer::start(language, rings.path()), Peer::start(language, rings.path())];
        holders[0].create(&instance, 7);
        holders[1].attach(&instance);
        let mut others = LANGUAGES.map(|language| Peer::start(language, rings.path()));
        for other in &mut others {
            other.attach(&instance);
        }
        for (role, holder) in ["producer", "consumer"].into_iter().zip(&mut holders) {
            holder.claim(role, 7, 1);
            let refusals = others.each_mut().map(|other| other.ask_in_vain(json!({ "do": role })));
            for (refused, other) in refusals.iter().zip(&others) {
                assert_eq!(refused.code, "RoleTaken", "{other}: {}", refused.text);
                assert!(refused.text.contains(role), "{other}: {}", refused.text);
                assert!(refused.text.contains(&holder.pid().to_string()), "{other}: {}", refused.text);
                assert_eq!(refused.text, refusals[0].text, "{other} says it in other words");
            }
        }
        // A role that is given back is there for the next one, whatever its language.
        let [producer, consumer] = &mut holders;
        producer.ask(json!({ "do": "detach" }));
        consumer.ask(json!({ "do": "close" }));
        for (epoch, other) in (2..).zip(&mut others) {
            other.claim("producer", 7, epoch);
            other.ask(json!({ "do": "detach" }));
            other.claim("consumer", 7, epoch);
            other.ask(json!({ "do": "detach" }));
        }
    }
}

/// One stream, handed on: each message is pushed and popped once, whoever does it.
#[test]
fn roles_are_handed_on_between_languages() {
    let rings = common::ring_dir();
    let mut producers = LANGUAGES.map(|language| Peer::start(language, rings.path()));
    let mut consumers = LANGUAGES.map(|language| Peer::start(language, rings.path()));
    producers[2].create("0", FIRST[2]);
    for peer in producers.iter_mut().chain(&mut consumers) {
        peer.attach("0");
    }
    let mut position = FIRST[2];
    for round in 0..6 {
        let (producer, consumer) = (&mut producers[round % 3], &mut consumers[(round * 2 + 1) % 3]);
        let epoch = round as u64 + 1;
        // A few stay in the ring each time, for the next consumer.
        let left = |round: usize| 5 * round as u64;
        consumer.claim("consumer", position - left(round), epoch);
        producer.claim("producer", position, epoch);
        producer.produce(30, producer.language.produce[round % 4], position + 30);
        position += 30;
        let behind = position - left(round + 1);
        let verb = consumer.language.consume[round % consumer.language.consume.len()];
        consumer.consume(30 - 5, verb, behind);
        producer.ask(json!({ "do": "detach" }));
        consumer.ask(json!({ "do": "detach" }));
    }
    let consumer = &mut consumers[0];
    consumer.claim("consumer", position - 30, 7);
    consumer.consume(30, "pop", position);
    assert_eq!(consumer.ask(json!({ "do": "try_pop" })), json!({ "empty": true, "ended": false }));
    producers[1].claim("producer", position, 7);
    producers[1].ask(json!({ "do": "close" }));
    assert_eq!(consumer.ask(json!({ "do": "try_pop" })), json!({ "empty": true, "ended": true }));
}

#[test]
fn a_ring_of_another_layout_is_refused_in_the_same_words_everywhere() {
    mismatch::check();
}

/// Without its variable set, the peer is what is tested; with it, this is the peer.
#[test]
fn the_rust_peer_answers() {
    if std::env::var_os(PEER).is_some() {
        peer::serve();
        return;
    }
    let rings = common::ring_dir();
    for language in LANGUAGES {
        let refused = Peer::start(language, rings.path()).ask_in_vain(json!({ "do": "nonsense" }));
        assert_eq!(refused.code, "Unknown", "{}", language.name);
        let refused = Peer::start(language, rings.path()).ask_in_vain(json!({
            "do": "attach", "ring": "all_kinds", "instance": "none"
        }));
        assert_eq!(refused.code, "NotFound", "{}", language.name);
        let path = rings.path().join("kitchen_sink.all_kinds.none").display().to_string();
        assert!(refused.text.contains(&path), "{}: {}", language.name, refused.text);
    }
}
