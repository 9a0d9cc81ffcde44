//! Variants between languages: what one pushes as a case, another takes as that case, and a tag that has no name here
//! arrives with all its bytes. What is sent is events.json, and its bytes are those of the plan.

use ringgen_schema::plan::{Plan, TypePlan, VariantPlan};
use serde_json::{Value, json};

use crate::driver::{Language, Peer};
use crate::{common, vectors};

/// One language sends every event, another takes it.
pub(crate) fn check(producer: &'static Language, consumer: &'static Language) {
    let rings = common::ring_dir();
    let mut producer = Peer::start(producer, rings.path());
    let mut consumer = Peer::start(consumer, rings.path());
    let open = |role: &str, creates: bool| json!({ "do": "events", "instance": "0", "role": role, "creates": creates });
    producer.ask(open("producer", true));
    consumer.ask(open("consumer", false));
    let plan = vectors::plan("kitchen_sink");
    let events: Vec<Value> = serde_json::from_str(&common::text("tests/interop/events.json")).expect("it is JSON");
    for event in &events {
        producer.ask(json!({ "do": "push_event", "event": event }));
    }
    for event in &events {
        let (bytes, mut expected) = (encode(&plan, event), event.clone());
        if let Some(data) = event["data"].as_str() {
            // All bytes that a case can have.
            expected["data"] = json!(format!("{data:0<256}"));
        }
        let taken = consumer.ask(json!({ "do": "pop_event" }));
        assert_eq!(taken["event"], expected, "{consumer}: from {producer}");
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(taken["bytes"], hex, "{consumer}: from {producer}: {event}");
    }
    producer.ask(json!({ "do": "close_events" }));
    assert_eq!(consumer.ask(json!({ "do": "pop_event" })), json!({ "ended": true }), "{consumer}");
}

/// The bytes of an event, by the plan alone.
fn encode(plan: &Plan, event: &Value) -> Vec<u8> {
    let of = variant(plan);
    let tag = event["tag"].as_i64().expect("an integer");
    let mut bytes = vec![0; of.size as usize];
    bytes[..of.tag.size() as usize].copy_from_slice(&tag.to_le_bytes()[..of.tag.size() as usize]);
    let payload = match of.cases.iter().find(|case| case.value == tag.into()) {
        Some(case) => vectors::encode(plan, plan.structure(case.ty), &event["fields"]),
        None => vectors::from_hex(event["data"].as_str().expect("the bytes of an unknown case")),
    };
    bytes[of.payload_offset as usize..][..payload.len()].copy_from_slice(&payload);
    bytes
}

fn variant(plan: &Plan) -> &VariantPlan {
    let events = plan.rings.iter().find(|ring| ring.name == "all_events").expect("the schema has it");
    match plan.ty(events.message) {
        TypePlan::Variant(of) => of,
        other => panic!("{} is no variant", other.name()),
    }
}
