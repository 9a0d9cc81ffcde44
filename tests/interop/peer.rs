//! The peer in Rust; see vectors.md.
#![allow(unsafe_code, reason = "a message is compared byte by byte, its padding too")]

use std::io::{BufRead, Write};
use std::time::Duration;

use ringgen::{Bool, Consumer, PopError, Producer, Ring, Str, TryPushError};
use serde_json::{Value, json};

use crate::kitchen_sink::{AllKinds, Everything, Giant, Inner, Level, Options, Outer, Small};
use crate::peer_events::Events;
use crate::{market, vectors};

/// How long a verb waits at most: longer than the test does.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// How many messages a batch has at most: no divisor of the ring's capacity, so that batches meet its end everywhere.
const BATCH: usize = 17;

/// Answers commands until there are no more.
pub(crate) fn serve() {
    let mut peer = Peer { vectors: Vectors::read(), ring: None, producer: None, consumer: None, events: None };
    // What the test harness has printed on this line is not for us.
    println!();
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("commands are UTF-8");
        let command: Value = serde_json::from_str(&line).expect("commands are JSON");
        let answer = peer.obey(&command).unwrap_or_else(|(code, text)| json!({ "error": code, "text": text }));
        println!("{answer}");
        std::io::stdout().flush().expect("somebody listens");
    }
}

struct Peer {
    vectors: Vectors,
    ring: Option<Ring<Everything>>,
    producer: Option<Producer<Everything>>,
    consumer: Option<Consumer<Everything>>,
    events: Option<Events>,
}

/// The name of an error, and its text.
pub(crate) type Refused = (String, String);

/// Gives an error of the library its name.
macro_rules! refuse {
    ($result:expr) => {
        $result.map_err(|error| (error.code().to_string(), error.to_string()))?
    };
}
pub(crate) use refuse;

fn wrong(text: String) -> Refused {
    ("Wrong".to_string(), text)
}

impl Peer {
    fn obey(&mut self, command: &Value) -> Result<Value, Refused> {
        let word = |key: &str| command[key].as_str().unwrap_or_else(|| panic!("{command} has no {key}"));
        let number = |key: &str| word(key).parse::<u64>().unwrap_or_else(|error| panic!("{command}: {error}"));
        match word("do") {
            "create" => {
                let options = AllKinds::options().instance(word("instance")).first_position(number("first"));
                self.ring = Some(refuse!(options.create(AllKinds::NAME)));
                Ok(json!({}))
            }
            "attach" if word("ring") == "trades" => {
                let options = market::Trades::options().instance(word("instance"));
                let ring: Ring<market::Trade> = refuse!(options.attach(market::Trades::NAME));
                Ok(json!({ "warnings": ring.warnings() }))
            }
            "attach" => {
                let options = AllKinds::options().instance(word("instance"));
                let ring: Ring<Everything> = refuse!(options.attach(AllKinds::NAME));
                let warnings = json!({ "warnings": ring.warnings() });
                self.ring = Some(ring);
                Ok(warnings)
            }
            "producer" => {
                let producer = refuse!(self.ring.as_ref().expect("a ring is open").producer());
                let (position, epoch) = (producer.position().to_string(), producer.epoch().to_string());
                self.producer = Some(producer);
                Ok(json!({ "position": position, "epoch": epoch }))
            }
            "consumer" => {
                let consumer = refuse!(self.ring.as_ref().expect("a ring is open").consumer());
                let (position, epoch) = (consumer.position().to_string(), consumer.epoch().to_string());
                self.consumer = Some(consumer);
                Ok(json!({ "position": position, "epoch": epoch }))
            }
            "produce" => self.produce(number("count"), word("verb")),
            "consume" => self.consume(number("count"), word("verb")),
            "push_bytes" => {
                let bytes: [u8; size_of::<Everything>()] = bytes(&command["bytes"]);
                // SAFETY: any bytes are a message.
                let message: Everything = unsafe { core::mem::transmute(bytes) };
                refuse!(self.producer.as_mut().expect("it is the producer").push_timeout(message, PATIENCE));
                Ok(json!({}))
            }
            "pop_fields" => {
                let consumer = self.consumer.as_mut().expect("it is the consumer");
                let message = refuse!(consumer.pop_timeout(PATIENCE)).expect("the stream has not ended");
                Ok(json!({ "fields": read(&message), "bytes": hex(&bytes_of(message)) }))
            }
            "try_pop" => {
                let consumer = self.consumer.as_mut().expect("it is the consumer");
                let message = refuse!(consumer.try_pop());
                Ok(json!({ "empty": message.is_none(), "ended": consumer.is_ended() }))
            }
            "stats" => {
                let of_producer = self.producer.as_ref().map(Producer::stats);
                let stats = of_producer.or(self.consumer.as_ref().map(Consumer::stats)).expect("it has a role");
                Ok(json!({
                    "stalls": stats.stalls.to_string(), "parks": stats.parks.to_string(),
                    "wakes": stats.wakes.to_string(), "dropped": stats.dropped.to_string(),
                    "high_water": stats.high_water.to_string(),
                }))
            }
            verb @ ("detach" | "close") => {
                match (self.producer.take(), self.consumer.take(), verb) {
                    (Some(producer), _, "close") => producer.close(),
                    (Some(producer), _, _) => producer.detach(),
                    (_, Some(consumer), "close") => consumer.close(),
                    (_, Some(consumer), _) => consumer.detach(),
                    (None, None, _) => panic!("it has no role"),
                }
                Ok(json!({}))
            }
            "events" => {
                let creates = command["creates"].as_bool().expect("it says who creates the ring");
                self.events = Some(Events::open(word("instance"), word("role"), creates)?);
                Ok(json!({}))
            }
            "push_event" => self.events.as_mut().expect("a side is open").push(&command["event"]),
            "pop_event" => self.events.as_mut().expect("a side is open").pop(),
            "close_events" => {
                self.events.take().expect("a side is open").close();
                Ok(json!({}))
            }
            other => Err(("Unknown".to_string(), format!("there is no command {other:?}"))),
        }
    }

    fn produce(&mut self, count: u64, verb: &str) -> Result<Value, Refused> {
        let Peer { vectors, producer, .. } = self;
        let producer = producer.as_mut().expect("it is the producer");
        let end = producer.position() + count;
        while producer.position() < end {
            let position = producer.position();
            let batch = (end - position).min(BATCH as u64) as usize;
            match verb {
                "push" => refuse!(producer.push_timeout(vectors.message(position), PATIENCE)),
                "try_push" => match producer.try_push(vectors.message(position)) {
                    Err(TryPushError::Full(_)) => refuse!(producer.wait_for_room(1, Some(PATIENCE))),
                    other => refuse!(other),
                },
                "claim" => match refuse!(producer.try_claim(batch)) {
                    Some(mut claim) => {
                        for index in 0..claim.len() {
                            claim.write(index, vectors.message(position + index as u64));
                        }
                        // Not always all of it: what is not committed was never there.
                        let some = if claim.len() > 2 { claim.len() - 1 } else { claim.len() };
                        refuse!(claim.commit(some));
                    }
                    None => refuse!(producer.wait_for_room(1, Some(PATIENCE))),
                },
                "many" => {
                    let messages: Vec<Everything> =
                        (position..).take(batch).map(|position| vectors.message(position)).collect();
                    if refuse!(producer.try_push_many(&messages)) == 0 {
                        refuse!(producer.wait_for_room(1, Some(PATIENCE)));
                    }
                }
                _ => return Err(("Unknown".to_string(), format!("there is no verb {verb:?}"))),
            }
        }
        Ok(json!({ "position": producer.position().to_string() }))
    }

    fn consume(&mut self, count: u64, verb: &str) -> Result<Value, Refused> {
        let Peer { vectors, consumer, .. } = self;
        let consumer = consumer.as_mut().expect("it is the consumer");
        let mut taken = 0;
        let stop = loop {
            if taken == count {
                break "count";
            }
            match take(vectors, consumer, (count - taken).min(BATCH as u64) as usize, verb) {
                Ok(0) => break "end",
                Ok(some) => taken += some,
                Err((code, _)) if code == "PeerDied" => break "PeerDied",
                Err(refused) => return Err(refused),
            }
        };
        Ok(json!({ "count": taken.to_string(), "position": consumer.position().to_string(), "stop": stop }))
    }
}

/// Takes up to `limit` messages, one at least unless the stream ends, compares them, and says how many they were.
fn take(vectors: &Vectors, consumer: &mut Consumer<Everything>, limit: usize, verb: &str) -> Result<u64, Refused> {
    let position = consumer.position();
    match verb {
        "pop" => match refuse!(consumer.pop_timeout(PATIENCE)) {
            None => Ok(0),
            Some(message) => vectors.check(position, &message).map(|()| 1),
        },
        "iterate" => {
            let mut taken = 0;
            for message in consumer.iter().take(limit) {
                match message {
                    Ok(message) => vectors.check(position + taken, &message)?,
                    // What came before it counts; it comes again.
                    Err(PopError::PeerDied(_)) if taken > 0 => break,
                    Err(error) => return Err((error.code().to_string(), error.to_string())),
                }
                taken += 1;
            }
            Ok(taken)
        }
        "peek" | "many" if !refuse!(consumer.wait_for_message(Some(PATIENCE))) => Ok(0),
        "peek" => {
            let peek =
                refuse!(consumer.try_peek(limit)).ok_or_else(|| wrong("a message that was there is gone".into()))?;
            for (index, message) in peek.iter().enumerate() {
                vectors.check(position + index as u64, &message)?;
            }
            // Not always all of it: what is not released comes again.
            let some = if peek.len() > 2 { peek.len() - 1 } else { peek.len() };
            refuse!(peek.release(some));
            Ok(some as u64)
        }
        "many" => {
            let mut messages = vec![Everything::ZERO; limit];
            let some = refuse!(consumer.try_pop_many(&mut messages));
            for (index, message) in messages[..some].iter().enumerate() {
                vectors.check(position + index as u64, message)?;
            }
            Ok(some as u64)
        }
        _ => Err(("Unknown".to_string(), format!("there is no verb {verb:?}"))),
    }
}

/// What messages are made of.
struct Vectors {
    rows: Vec<Value>,
    messages: Vec<Everything>,
    encoded: Vec<Vec<u8>>,
}

impl Vectors {
    fn read() -> Self {
        let rows = vectors::rows();
        let messages = rows.iter().map(build).collect();
        Vectors { rows, messages, encoded: vectors::encoded() }
    }

    fn row(position: u64) -> usize {
        (position % vectors::ROWS) as usize
    }

    /// The message at a position.
    fn message(&self, position: u64) -> Everything {
        let message = self.messages[Self::row(position)];
        Everything { u64: message.u64.wrapping_add(position), ..message }
    }

    /// Whether this is the message at a position: all fields, and all bytes.
    fn check(&self, position: u64, message: &Everything) -> Result<(), Refused> {
        let row = Self::row(position);
        let expected = self.message(position);
        let fields = read(message);
        let mut expected_fields = self.rows[row].clone();
        expected_fields["u64"] = json!(expected.u64.to_string());
        if fields != expected_fields {
            return Err(wrong(format!("message {position} is {fields}, not {expected_fields}")));
        }
        let mut bytes = self.encoded[row].clone();
        bytes[core::mem::offset_of!(Everything, u64)..][..8].copy_from_slice(&expected.u64.to_le_bytes());
        let found = bytes_of(*message);
        if found[..] != bytes[..] {
            return Err(wrong(format!("message {position} has the bytes {found:02x?}, not {bytes:02x?}")));
        }
        Ok(())
    }
}

fn bytes_of(message: Everything) -> [u8; size_of::<Everything>()] {
    // SAFETY: a message is plain old data without hidden padding: each of its bytes is initialised.
    unsafe { core::mem::transmute(message) }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn decimal<T: std::str::FromStr<Err: std::fmt::Debug>>(value: &Value) -> T {
    value.as_str().expect("a decimal string").parse().expect("a decimal number")
}

pub(crate) fn small<T: TryFrom<i64, Error: std::fmt::Debug>>(value: &Value) -> T {
    value.as_i64().expect("an integer").try_into().expect("a number of its type")
}

pub(crate) fn bits<T: TryFrom<u64, Error: std::fmt::Debug>>(value: &Value) -> T {
    let digits = value.as_str().and_then(|bits| bits.strip_prefix("0x")).expect("hexadecimal bits");
    u64::from_str_radix(digits, 16).expect("hexadecimal bits").try_into().expect("as many bits as its type has")
}

pub(crate) fn text<const N: usize>(value: &Value) -> Str<N> {
    Str::new(value.as_str().expect("a string")).expect("it fits")
}

pub(crate) fn truth(value: &Value) -> Bool {
    Bool::new(value.as_bool().expect("a boolean"))
}

pub(crate) fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    let digits = value.as_str().expect("a string");
    std::array::from_fn(|index| u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).expect("hexadecimal digits"))
}

pub(crate) fn array<T, const N: usize>(value: &Value, element: impl Fn(&Value) -> T) -> [T; N] {
    assert_eq!(value.as_array().expect("an array").len(), N);
    std::array::from_fn(|index| element(&value[index]))
}

/// A message of these fields.
fn build(row: &Value) -> Everything {
    let float32 = |value: &Value| f32::from_bits(bits(value));
    let float64 = |value: &Value| f64::from_bits(bits(value));
    let inner = |of: &Value| Inner { tag: small(&of["tag"]), text: text(&of["text"]), flag: truth(&of["flag"]) };
    let outer = |of: &Value| Outer {
        inner: inner(&of["inner"]),
        pair: array(&of["pair"], inner),
        value: float64(&of["value"]),
        ..Outer::ZERO
    };
    Everything {
        u8: small(&row["u8"]),
        i8: small(&row["i8"]),
        u16: small(&row["u16"]),
        u32: small(&row["u32"]),
        i16: small(&row["i16"]),
        i32: small(&row["i32"]),
        u64: decimal(&row["u64"]),
        i64: decimal(&row["i64"]),
        f32: float32(&row["f32"]),
        f64: float64(&row["f64"]),
        yes: truth(&row["yes"]),
        counter: decimal(&row["counter"]),
        level: Level(small(&row["level"])),
        giant: Giant(decimal(&row["giant"])),
        options: Options(decimal(&row["options"])),
        small: Small(small(&row["small"])),
        text: text(&row["text"]),
        raw: bytes(&row["raw"]),
        outer: outer(&row["outer"]),
        words: array(&row["words"], small),
        grid: array(&row["grid"], |line| array(line, float32)),
        longs: array(&row["longs"], decimal),
        bools: array(&row["bools"], truth),
        levels: array(&row["levels"], |value| Level(small(value))),
        masks: array(&row["masks"], |value| Small(small(value))),
        names: array(&row["names"], text),
        blobs: array(&row["blobs"], bytes),
        outers: array(&row["outers"], outer),
        ..Everything::ZERO
    }
}

/// The fields of a message.
fn read(message: &Everything) -> Value {
    fn string<const N: usize>(text: &Str<N>) -> Value {
        text.as_str().map_or(Value::Null, |text| json!(text))
    }
    let float32 = |value: f32| format!("{:#010x}", value.to_bits());
    let float64 = |value: f64| format!("{:#018x}", value.to_bits());
    let inner = |of: &Inner| json!({ "tag": of.tag, "text": string(&of.text), "flag": of.flag.get() });
    let outer = |of: &Outer| json!({ "inner": inner(&of.inner), "pair": of.pair.each_ref().map(inner), "value": float64(of.value) });
    json!({
        "u8": message.u8,
        "i8": message.i8,
        "u16": message.u16,
        "u32": message.u32,
        "i16": message.i16,
        "i32": message.i32,
        "u64": message.u64.to_string(),
        "i64": message.i64.to_string(),
        "f32": float32(message.f32),
        "f64": float64(message.f64),
        "yes": message.yes.get(),
        "counter": message.counter.to_string(),
        "level": message.level.0,
        "giant": message.giant.0.to_string(),
        "options": message.options.0.to_string(),
        "small": message.small.0,
        "text": string(&message.text),
        "raw": hex(&message.raw),
        "outer": outer(&message.outer),
        "words": message.words,
        "grid": message.grid.map(|line| line.map(float32)),
        "longs": message.longs.map(|value| value.to_string()),
        "bools": message.bools.map(Bool::get),
        "levels": message.levels.map(|value| value.0),
        "masks": message.masks.map(|value| value.0),
        "names": message.names.each_ref().map(string),
        "blobs": message.blobs.map(|bytes| hex(&bytes)),
        "outers": message.outers.each_ref().map(outer),
    })
}
