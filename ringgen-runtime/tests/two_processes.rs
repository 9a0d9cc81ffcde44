//! Messages from one process to another, every one checked, with every pair of verbs and around every corner.

mod support;

use ringgen_runtime::{Consumer, Producer, Ring};
use support::{NAME, PATIENCE, Rings, Tick, job};

const COUNT: u64 = 5_000;

#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let Some(job) = job() else { return };
    let ring = Ring::attach(NAME).unwrap();
    let first = ring.raw().observer().cursors().1;
    match job.as_str() {
        "push" => push(ring.producer().unwrap(), first),
        "push_many" => push_many(ring.producer().unwrap(), first),
        "claim" => claim(ring.producer().unwrap(), first),
        other => panic!("no such job: {other}"),
    }
}

fn push(mut producer: Producer<Tick>, first: u64) {
    for position in first..first + COUNT {
        assert_eq!(producer.position(), position);
        producer.push_timeout(Tick::at(position), PATIENCE).unwrap();
    }
}

fn push_many(mut producer: Producer<Tick>, first: u64) {
    let mut size = 1;
    while producer.position() < first + COUNT {
        let from = producer.position();
        let batch: Vec<Tick> = (from..(from + size).min(first + COUNT)).map(Tick::at).collect();
        producer.wait_for_room(batch.len(), Some(PATIENCE)).unwrap();
        assert!(producer.try_push_many(&batch).unwrap() > 0);
        size = size % 13 + 1;
    }
}

fn claim(mut producer: Producer<Tick>, first: u64) {
    let mut size = 1;
    while producer.position() < first + COUNT {
        producer.wait_for_room(1, Some(PATIENCE)).unwrap();
        let mut claim = producer.try_claim(size).unwrap().expect("there is room");
        let count = claim.len().min((first + COUNT - claim.position()) as usize);
        for index in 0..count {
            claim.write(index, Tick::at(claim.position() + index as u64));
        }
        claim.commit(count).unwrap();
        size = size % 13 + 1;
    }
}

fn pop(mut consumer: Consumer<Tick>, first: u64) -> u64 {
    let mut position = first;
    while let Some(tick) = consumer.pop_timeout(PATIENCE).unwrap() {
        assert_eq!(tick, Tick::at(position));
        position += 1;
        assert_eq!(consumer.position(), position);
    }
    assert!(consumer.is_ended());
    position
}

fn pop_many(mut consumer: Consumer<Tick>, first: u64) -> u64 {
    let mut position = first;
    let mut batch = [Tick::ZERO; 7];
    while consumer.wait_for_message(Some(PATIENCE)).unwrap() {
        let count = consumer.try_pop_many(&mut batch).unwrap();
        assert!(count > 0);
        for tick in &batch[..count] {
            assert_eq!(*tick, Tick::at(position));
            position += 1;
        }
    }
    position
}

fn pop_many_into(mut consumer: Consumer<Tick>, first: u64) -> u64 {
    let mut batch = vec![Tick::at(first.wrapping_sub(1))];
    while consumer.wait_for_message(Some(PATIENCE)).unwrap() {
        consumer.try_pop_many_into(&mut batch, 5).unwrap();
    }
    for (index, tick) in batch.iter().enumerate() {
        assert_eq!(*tick, Tick::at(first.wrapping_sub(1).wrapping_add(index as u64)));
    }
    first + batch.len() as u64 - 1
}

fn peek(mut consumer: Consumer<Tick>, first: u64) -> u64 {
    let mut position = first;
    let mut size = 1;
    while consumer.wait_for_message(Some(PATIENCE)).unwrap() {
        let peek = consumer.try_peek(size).unwrap().expect("there is a message");
        assert_eq!(peek.position(), position);
        for (index, tick) in peek.iter().enumerate() {
            assert_eq!(tick, Tick::at(position + index as u64));
        }
        // Not all of it: what is not released comes again.
        let taken = peek.len().div_ceil(2);
        peek.release(taken).unwrap();
        position += taken as u64;
        size = size % 11 + 1;
    }
    position
}

fn iterate(consumer: Consumer<Tick>, first: u64) -> u64 {
    let mut position = first;
    for tick in consumer {
        assert_eq!(tick.unwrap(), Tick::at(position));
        position += 1;
    }
    position
}

fn run(job: &str, first: u64, capacity: u64, take: fn(Consumer<Tick>, u64) -> u64) {
    let rings = Rings::new();
    let ring = rings.options().capacity(capacity).first_position(first).create::<Tick>(NAME).unwrap();
    let producer = rings.start(job);
    let last = take(ring.consumer().unwrap(), first);
    assert_eq!(last, first + COUNT, "{job} from {first}, capacity {capacity}");
    producer.expect_success();
}

#[test]
fn one_by_one() {
    run("push", 0, 8, pop);
    run("push", 0, 1, pop);
}

#[test]
fn in_batches() {
    run("push_many", 0, 8, pop_many);
    run("push_many", 0, 1024, pop_many_into);
    run("push_many", 0, 1, pop_many);
}

#[test]
fn in_place() {
    run("claim", 0, 8, peek);
    run("claim", 0, 64, iterate);
}

#[test]
fn across_positions_that_other_hosts_stumble_over() {
    for first in [(1 << 32) - 5, (1 << 53) - 5] {
        run("push", first, 8, pop_many);
        run("push_many", first, 4, pop);
        run("claim", first, 16, peek);
    }
}
