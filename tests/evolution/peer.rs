//! The peer in Rust, of either version; see evolution.rs.

use std::io::Write;
use std::time::Duration;

use ringgen::{Bool, Consumer, Message, Producer, Ring, RingOptions, Str};
use serde_json::{Value, json};

use crate::{v1, v2};

/// How long a verb waits at most: longer than the test does.
const PATIENCE: Duration = Duration::from_secs(300);

/// Answers commands until there are no more. The first one says which ring it is about.
pub(crate) fn serve(version: &str) {
    // What the test harness has printed on this line is not for us.
    println!();
    let mut commands = std::io::stdin()
        .lines()
        .map(|line| serde_json::from_str(&line.expect("commands are UTF-8")).expect("commands are JSON"));
    let first: Value = commands.next().expect("there is something to do");
    let commands = std::iter::once(first.clone()).chain(commands);
    match (version, first["ring"].as_str()) {
        ("v1", Some("Orders")) => Peer::<v1::Order>::default().serve(commands),
        ("v2", Some("Orders")) => Peer::<v2::Order>::default().serve(commands),
        ("v1", Some("Events")) => Peer::<v1::Event>::default().serve(commands),
        ("v2", Some("Events")) => Peer::<v2::Event>::default().serve(commands),
        _ => panic!("there is no ring for {first} in version {version}"),
    }
}

/// A message of some version.
trait Version: Message {
    const RING: &'static str;
    fn options() -> RingOptions;
    fn build(fields: &Value) -> Self;
    fn show(&self) -> Value;
}

impl Version for v1::Order {
    const RING: &'static str = v1::Orders::NAME;

    fn options() -> RingOptions {
        v1::Orders::options()
    }

    fn build(fields: &Value) -> Self {
        let leg = |index: usize| {
            let leg = &fields["legs"][index];
            v1::Leg { price: leg["price"].as_f64().unwrap(), quantity: small(&leg["quantity"]), ..v1::Leg::ZERO }
        };
        v1::Order {
            id: wide(&fields["id"]),
            side: v1::Side(small(&fields["side"])),
            legs: [leg(0), leg(1)],
            ..v1::Order::ZERO
        }
    }

    fn show(&self) -> Value {
        let leg = |leg: &v1::Leg| json!({ "price": leg.price, "quantity": leg.quantity });
        json!({ "id": self.id.to_string(), "side": self.side.0, "legs": self.legs.each_ref().map(leg) })
    }
}

impl Version for v2::Order {
    const RING: &'static str = v2::Orders::NAME;

    fn options() -> RingOptions {
        v2::Orders::options()
    }

    fn build(fields: &Value) -> Self {
        let leg = |index: usize| {
            let leg = &fields["legs"][index];
            v2::Leg {
                price: leg["price"].as_f64().unwrap(),
                quantity: small(&leg["quantity"]),
                orders: small(&leg["orders"]),
            }
        };
        let desk = &fields["desk"];
        v2::Order {
            id: wide(&fields["id"]),
            way: v2::Side(small(&fields["way"])),
            urgent: Bool::new(fields["urgent"].as_bool().unwrap()),
            legs: [leg(0), leg(1)],
            fee: wide(&fields["fee"]),
            venue: Str::new(fields["venue"].as_str().unwrap()).unwrap(),
            desk: v2::Desk { trader: small(&desk["trader"]), book: small(&desk["book"]), ..v2::Desk::ZERO },
            ..v2::Order::ZERO
        }
    }

    fn show(&self) -> Value {
        let leg = |leg: &v2::Leg| json!({ "price": leg.price, "quantity": leg.quantity, "orders": leg.orders });
        json!({
            "id": self.id.to_string(),
            "way": self.way.0,
            "urgent": self.urgent.get(),
            "legs": self.legs.each_ref().map(leg),
            "fee": self.fee.to_string(),
            "venue": self.venue.as_str().unwrap(),
            "desk": { "trader": self.desk.trader, "book": self.desk.book },
        })
    }
}

impl Version for v1::Event {
    const RING: &'static str = v1::Events::NAME;

    fn options() -> RingOptions {
        v1::Events::options()
    }

    fn build(fields: &Value) -> Self {
        let value = &fields["value"];
        match fields["case"].as_str().unwrap() {
            "Order" => v1::Event::order(v1::Order::build(value)),
            "Cancel" => v1::Event::cancel(v1::Cancel { id: wide(&value["id"]), ..v1::Cancel::ZERO }),
            "Unknown" => v1::EventView::Unknown(small(&fields["tag"]), &bytes(&fields["bytes"])).into(),
            other => panic!("there is no case {other}"),
        }
    }

    fn show(&self) -> Value {
        match self.view() {
            v1::EventView::Order(of) => json!({ "case": "Order", "value": of.show() }),
            v1::EventView::Cancel(of) => json!({ "case": "Cancel", "value": { "id": of.id.to_string() } }),
            v1::EventView::Unknown(tag, bytes) => json!({ "case": "Unknown", "tag": tag, "bytes": hex(bytes) }),
        }
    }
}

impl Version for v2::Event {
    const RING: &'static str = v2::Events::NAME;

    fn options() -> RingOptions {
        v2::Events::options()
    }

    fn build(fields: &Value) -> Self {
        let value = &fields["value"];
        match fields["case"].as_str().unwrap() {
            "Order" => v2::Event::order(v2::Order::build(value)),
            "Cancel" => v2::Event::cancel(v2::Cancel {
                id: wide(&value["id"]),
                reason: small(&value["reason"]),
                ..v2::Cancel::ZERO
            }),
            "Halt" => v2::Event::halt(v2::Halt { code: small(&value["code"]) }),
            other => panic!("there is no case {other}"),
        }
    }

    fn show(&self) -> Value {
        match self.view() {
            v2::EventView::Order(of) => json!({ "case": "Order", "value": of.show() }),
            v2::EventView::Cancel(of) => {
                json!({ "case": "Cancel", "value": { "id": of.id.to_string(), "reason": of.reason } })
            }
            v2::EventView::Halt(of) => json!({ "case": "Halt", "value": { "code": of.code } }),
            v2::EventView::Unknown(tag, _) => panic!("there is nothing newer than {tag}"),
        }
    }
}

fn bytes<const N: usize>(digits: &Value) -> [u8; N] {
    let digits = digits.as_str().expect("hexadecimal digits");
    assert_eq!(digits.len(), 2 * N);
    std::array::from_fn(|index| u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).expect("hexadecimal digits"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn wide<T: std::str::FromStr<Err: std::fmt::Debug>>(value: &Value) -> T {
    value.as_str().expect("a decimal string").parse().expect("a decimal number")
}

fn small<T: TryFrom<u64, Error: std::fmt::Debug>>(value: &Value) -> T {
    value.as_u64().expect("an integer").try_into().expect("a number of its type")
}

struct Peer<T: Version> {
    ring: Option<Ring<T>>,
    producer: Option<Producer<T>>,
    consumer: Option<Consumer<T>>,
}

impl<T: Version> Default for Peer<T> {
    fn default() -> Self {
        Peer { ring: None, producer: None, consumer: None }
    }
}

impl<T: Version> Peer<T> {
    fn serve(mut self, commands: impl Iterator<Item = Value>) {
        for command in commands {
            println!("{}", self.obey(&command));
            std::io::stdout().flush().expect("somebody listens");
        }
    }

    fn obey(&mut self, command: &Value) -> Value {
        let word = |key: &str| command[key].as_str().unwrap_or_else(|| panic!("{command} has no {key}"));
        match word("do") {
            "create" => self.ring = Some(T::options().instance(word("instance")).create(T::RING).unwrap()),
            "attach" => match T::options().instance(word("instance")).attach(T::RING) {
                Ok(ring) => {
                    let warnings = json!({ "warnings": ring.warnings() });
                    self.ring = Some(ring);
                    return warnings;
                }
                Err(error) => return json!({ "error": error.code(), "text": error.to_string() }),
            },
            "producer" => self.producer = Some(self.ring.as_ref().unwrap().producer().unwrap()),
            "consumer" => self.consumer = Some(self.ring.as_ref().unwrap().consumer().unwrap()),
            "push" => {
                let messages: Vec<T> = command["messages"].as_array().unwrap().iter().map(T::build).collect();
                push(self.producer.as_mut().unwrap(), word("verb"), &messages);
            }
            "pop" => {
                let consumer = self.consumer.as_mut().unwrap();
                let pop = |_| consumer.pop_timeout(PATIENCE).unwrap().expect("the stream has not ended").show();
                let messages: Vec<Value> = (0..command["count"].as_u64().unwrap()).map(pop).collect();
                return json!({ "messages": messages });
            }
            "detach" => {
                if let Some(producer) = self.producer.take() {
                    producer.detach();
                }
                if let Some(consumer) = self.consumer.take() {
                    consumer.detach();
                }
            }
            other => panic!("there is no command {other:?}"),
        }
        json!({})
    }
}

fn push<T: Version>(producer: &mut Producer<T>, verb: &str, messages: &[T]) {
    let mut next = 0;
    while let Some(&message) = messages.get(next) {
        let rest = &messages[next..];
        let done = match verb {
            "push" => {
                producer.push_timeout(message, PATIENCE).unwrap();
                1
            }
            "claim" => match producer.try_claim(rest.len()).unwrap() {
                Some(mut claim) => {
                    let count = claim.len();
                    (0..count).for_each(|index| claim.write(index, rest[index]));
                    claim.commit(count).unwrap();
                    count
                }
                None => 0,
            },
            "many" => producer.try_push_many(rest).unwrap(),
            other => panic!("there is no verb {other:?}"),
        };
        if done == 0 {
            producer.wait_for_room(1, Some(PATIENCE)).unwrap();
        }
        next += done;
    }
}
