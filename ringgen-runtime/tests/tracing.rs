//! What is told to a subscriber of `tracing`: what happens to rings, and nothing for a message.

mod support;

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ringgen_layout::ring::block;
use ringgen_runtime::{Collector, Role, WaitSet};
use support::{NAME, PATIENCE, Rings, Tick, job, ring_of_parent, until};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Keeps each event as a line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    /// What was told since the last call, without the sleeps.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap()).into_iter().filter(|line| !line.contains("sleeps")).collect()
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        }
        .unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "ringgen"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        unreachable!("there are events alone")
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Runs `story` and hands it what is told on this thread.
fn told(story: impl FnOnce(&Rings, &Lines)) {
    let (rings, lines) = (Rings::new(), Lines::default());
    tracing::subscriber::with_default(lines.clone(), || story(&rings, &lines));
}

#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let Some(job) = job() else { return };
    assert_eq!(job, "wait to be killed");
    let _producer = ring_of_parent().producer().unwrap();
    std::thread::sleep(PATIENCE);
}

#[test]
fn the_life_of_a_ring_is_told() {
    told(|rings, lines| {
        let path = rings.path();
        let path = path.display();
        let ring = rings.create();
        assert_eq!(lines.take(), [format!("INFO created a ring ring={path} message_type=\"Tick\" capacity=8")]);
        let ring = {
            drop(ring);
            rings.attach()
        };
        assert_eq!(lines.take(), [format!("DEBUG attached to a ring ring={path} message_type=\"Tick\"")]);
        let mut producer = ring.producer().unwrap();
        producer.push(Tick::at(0)).unwrap();
        producer.detach();
        let producer = ring.producer().unwrap();
        let consumer = ring.consumer().unwrap();
        let claimed = |role, epoch, position| {
            format!("INFO claimed a role ring={path} role={role} epoch={epoch} position={position}")
        };
        assert_eq!(
            lines.take(),
            [
                claimed("producer", 1, 0),
                format!("INFO gave a role back ring={path} role=producer"),
                claimed("producer", 2, 1),
                claimed("consumer", 1, 0),
            ]
        );
        producer.close();
        drop(consumer);
        assert!(ring.unlink().unwrap());
        assert!(!ring.unlink().unwrap());
        assert_eq!(
            lines.take(),
            [
                format!("INFO ended the stream ring={path} role=producer"),
                format!("INFO gave a role back ring={path} role=consumer"),
                format!("INFO took a ring's name away ring={path}"),
            ]
        );
    });
}

#[test]
fn messages_are_not_told() {
    told(|rings, lines| {
        let ring = rings.create();
        let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
        lines.take();
        for position in 0..100 {
            producer.push(Tick::at(position)).unwrap();
            assert!(producer.push_many(&[Tick::at(position)]).is_ok());
            assert_eq!(consumer.try_iter().count(), 2);
            assert_eq!(consumer.try_pop(), Ok(None));
        }
        assert!(lines.0.lock().unwrap().is_empty());
    });
}

#[test]
fn sleeping_is_told_to_who_wants_every_trace() {
    told(|rings, lines| {
        let mut consumer = rings.create().consumer().unwrap();
        lines.take();
        consumer.pop_timeout(Duration::from_millis(5)).unwrap_err();
        let mut set = WaitSet::new();
        set.wait(&mut [&mut consumer], Some(Duration::from_millis(5))).unwrap_err();
        let lines = lines.0.lock().unwrap();
        let sleeps = format!("TRACE sleeps ring={} role=consumer seen=0", rings.path().display());
        assert!(lines.len() >= 2 && lines.iter().all(|line| *line == sleeps), "{lines:?}");
    });
}

#[test]
fn deaths_corruption_and_collections_are_told() {
    told(|rings, lines| {
        let ring = rings.create();
        let mut consumer = ring.consumer().unwrap();
        let mut process = rings.start("wait to be killed");
        until("the producer", || rings.observe().role(Role::Producer).unwrap().state == 1);
        let pid = process.id();
        process.kill();
        lines.take();
        consumer.pop().unwrap_err();
        let path = rings.path();
        let path = path.display();
        assert_eq!(lines.take(), [format!("WARN the peer died ring={path} peer=producer pid={pid} epoch=1")]);
        rings.tamper().set64(Role::Producer, block::CURSOR, 9);
        for _ in 0..3 {
            consumer.try_pop().unwrap_err();
        }
        let told = lines.take();
        assert_eq!(told.len(), 1, "once: {told:?}");
        let start = format!("ERROR the ring is corrupt ring={path} role=consumer corruption=");
        assert!(told[0].starts_with(&start) && told[0].len() > start.len(), "{told:?}");
        consumer.detach();
        lines.take();
        let collector = Collector::new().dir(rings.dir()).idle(true);
        collector.clone().dry_run(true).collect_one(NAME).unwrap();
        assert!(lines.take().is_empty());
        let found = collector.collect_one(NAME).unwrap();
        let told = format!("INFO collected a ring that nobody uses ring={path} bytes={}", found.bytes);
        assert_eq!(lines.take(), [told]);
    });
}
