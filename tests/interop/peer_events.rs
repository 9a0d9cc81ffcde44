//! The part of the peer in Rust that sends and takes events; see vectors.md.
#![allow(unsafe_code, reason = "an event is compared byte by byte, its padding too")]
#![allow(deprecated, reason = "what was given up is sent all the same")]

use ringgen::{Consumer, Producer, Ring};
use serde_json::{Value, json};

use crate::kitchen_sink::{AllEvents, Event, EventView, Grade, Lists, Marks, Point, Reading, Sensor};
use crate::peer::{PATIENCE, Refused, array, bits, bytes, decimal, hex, refuse, small, text, truth};
use crate::vectors::from_hex;

/// A side of the ring of events.
pub(crate) enum Events {
    Producer(Producer<Event>),
    Consumer(Consumer<Event>),
}

impl Events {
    pub(crate) fn open(instance: &str, role: &str, creates: bool) -> Result<Self, Refused> {
        let options = AllEvents::options().instance(instance);
        let ring: Ring<Event> = match creates {
            true => refuse!(options.create(AllEvents::NAME)),
            false => refuse!(options.attach(AllEvents::NAME)),
        };
        Ok(match role {
            "producer" => Events::Producer(refuse!(ring.producer())),
            _ => Events::Consumer(refuse!(ring.consumer())),
        })
    }

    pub(crate) fn push(&mut self, event: &Value) -> Result<Value, Refused> {
        let Events::Producer(producer) = self else { panic!("it is not the producer") };
        refuse!(producer.push_timeout(build(event), PATIENCE));
        Ok(json!({}))
    }

    pub(crate) fn pop(&mut self) -> Result<Value, Refused> {
        let Events::Consumer(consumer) = self else { panic!("it is not the consumer") };
        Ok(match refuse!(consumer.pop_timeout(PATIENCE)) {
            Some(event) => json!({ "event": read(&event), "bytes": hex(&bytes_of(event)) }),
            None => json!({ "ended": true }),
        })
    }

    pub(crate) fn close(self) {
        match self {
            Events::Producer(producer) => producer.close(),
            Events::Consumer(consumer) => consumer.close(),
        }
    }
}

fn bytes_of(event: Event) -> [u8; size_of::<Event>()] {
    // SAFETY: an event is plain old data without hidden padding: each of its bytes is initialised.
    unsafe { core::mem::transmute(event) }
}

fn build(event: &Value) -> Event {
    let fields = &event["fields"];
    match small::<u16>(&event["tag"]) {
        0 => Event::lists(lists(fields)),
        3 => Event::base(point(fields)),
        7 => Event::reading(reading(fields)),
        8 => Event::sensor(Sensor {
            number: small(&fields["number"]),
            height: float32(&fields["height"]),
            key: decimal(&fields["key"]),
            grade: Grade(small(&fields["grade"])),
            marks: Marks(small(&fields["marks"])),
            ..Sensor::ZERO
        }),
        tag => {
            let mut data = [0; 128];
            let given = from_hex(event["data"].as_str().expect("a string"));
            data[..given.len()].copy_from_slice(&given);
            Event::from(EventView::Unknown(tag, &data))
        }
    }
}

fn float32(value: &Value) -> f32 {
    f32::from_bits(bits(value))
}

fn point(of: &Value) -> Point {
    Point { x: small(&of["x"]), y: small(&of["y"]) }
}

fn several<T>(of: &Value, element: impl Fn(&Value) -> T) -> Vec<T> {
    of.as_array().expect("an array").iter().map(element).collect()
}

fn lists(of: &Value) -> Lists {
    let lists = Lists::builder()
        .steps(&several(&of["steps"], float32))
        .counts(&several(&of["counts"], decimal))
        .grades(&several(&of["grades"], |value| Grade(small(value))))
        .points(&several(&of["points"], point))
        .labels(&several(&of["labels"], text))
        .keys(&several(&of["keys"], bytes))
        .rows(&several(&of["rows"], |row| array(row, small)))
        .switches(&several(&of["switches"], truth))
        .r#type(&several(&of["type"], small));
    lists.build().expect("each field takes it")
}

fn reading(of: &Value) -> Reading {
    fn some<T>(value: &Value, read: impl Fn(&Value) -> T) -> Option<T> {
        (!value.is_null()).then(|| read(value))
    }
    let reading = Reading::builder()
        .key(some(&of["key"], decimal))
        .value(some(&of["value"], |value| f64::from_bits(bits(value))))
        .coarse(some(&of["coarse"], float32))
        .error(some(&of["error"], float32))
        .offset(some(&of["offset"], small))
        .grade(some(&of["grade"], |value| Grade(small(value))))
        .percent(small(&of["percent"]))
        .steps(array(&of["steps"], small))
        .least(decimal(&of["least"]))
        .samples(&several(&of["samples"], float32));
    reading.build().expect("each field takes it")
}

fn read(event: &Event) -> Value {
    let float32 = |value: f32| format!("{:#010x}", value.to_bits());
    let point = |of: &Point| json!({ "x": of.x, "y": of.y });
    let fields = match event.view() {
        EventView::Lists(of) => json!({
            "steps": of.steps().iter().map(|value| float32(*value)).collect::<Vec<_>>(),
            "counts": of.counts().iter().map(u64::to_string).collect::<Vec<_>>(),
            "grades": of.grades().iter().map(|value| value.0).collect::<Vec<_>>(),
            "points": of.points().iter().map(point).collect::<Vec<_>>(),
            "labels": of.labels().iter().map(|text| text.as_str().expect("it is UTF-8")).collect::<Vec<_>>(),
            "keys": of.keys().iter().map(|bytes| hex(bytes)).collect::<Vec<_>>(),
            "rows": of.rows(),
            "switches": of.switches().iter().map(|value| value.get()).collect::<Vec<_>>(),
            "type": of.r#type(),
        }),
        EventView::Reading(of) => json!({
            "key": of.key().map(|value| value.to_string()),
            "value": of.value().map(|value| format!("{:#018x}", value.to_bits())),
            "coarse": of.coarse().map(float32),
            "error": of.error().map(float32),
            "offset": of.offset(),
            "grade": of.grade().map(|value| value.0),
            "percent": of.percent,
            "steps": of.steps,
            "least": of.least.to_string(),
            "samples": of.samples().iter().map(|value| float32(*value)).collect::<Vec<_>>(),
        }),
        EventView::Sensor(of) => json!({
            "number": of.number, "height": float32(of.height), "key": of.key.to_string(),
            "grade": of.grade.0, "marks": of.marks.0,
        }),
        EventView::Top(of) | EventView::Base(of) => point(of),
        EventView::Unknown(tag, data) => return json!({ "tag": tag, "data": hex(data) }),
    };
    json!({ "tag": event.tag(), "fields": fields })
}
