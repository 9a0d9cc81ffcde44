//! Waiting: timeouts, wake-ups, the end of a stream, and peers that go away.

mod support;

use std::time::{Duration, Instant};

use ringgen_runtime::{PopError, PushError, Role, TryPushError, Wait};
use support::{NAME, PATIENCE, Rings, Tick, job, ring_of_parent, until};

const SHORT: Duration = Duration::from_millis(20);

#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let Some(job) = job() else { return };
    let ring = ring_of_parent();
    match job.as_str() {
        "consume until killed" => {
            let _consumer = ring.consumer().unwrap();
            std::thread::sleep(PATIENCE);
        }
        "produce 3 and wait to be killed" => {
            let mut producer = ring.producer().unwrap();
            let from = producer.position();
            for position in from..from + 3 {
                producer.push(Tick::at(position)).unwrap();
            }
            std::thread::sleep(PATIENCE);
        }
        "pop one and exit" => {
            let mut consumer = ring.consumer().unwrap();
            let tick = consumer.pop_timeout(PATIENCE).unwrap().unwrap();
            assert_eq!(tick, Tick::at(0));
        }
        "produce 3 and leave without a word" => {
            let mut producer = ring.producer().unwrap();
            producer.push_many(&[Tick::at(0), Tick::at(1), Tick::at(2)]).unwrap();
            std::mem::forget(producer);
        }
        "consume and leave without a word" => std::mem::forget(ring.consumer().unwrap()),
        "echo" => {
            let mut consumer = ring.consumer().unwrap();
            while let Some(tick) = consumer.pop_timeout(PATIENCE).unwrap() {
                assert_eq!(tick, Tick::at(consumer.position() - 1));
            }
        }
        other => panic!("no such job: {other}"),
    }
}

#[test]
fn full_and_empty_are_values_and_timeouts_are_errors() {
    for wait in [Wait::Spin, Wait::Yield, Wait::Hybrid] {
        let rings = Rings::new();
        let ring = rings.options().wait(wait).create::<Tick>(NAME).unwrap();
        let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
        assert_eq!(consumer.try_pop(), Ok(None));
        assert!(!consumer.is_ended());
        let start = Instant::now();
        assert_eq!(consumer.pop_timeout(SHORT), Err(PopError::Timeout));
        assert!(start.elapsed() >= SHORT);
        for position in 0..8 {
            producer.try_push(Tick::at(position)).unwrap();
        }
        assert_eq!(producer.try_push(Tick::at(8)), Err(TryPushError::Full(Tick::at(8))));
        assert_eq!(producer.try_push_many(&[Tick::at(8)]), Ok(0));
        assert!(producer.try_claim(1).unwrap().is_none());
        let start = Instant::now();
        assert_eq!(producer.push_timeout(Tick::at(8), SHORT), Err(PushError::Timeout));
        assert!(start.elapsed() >= SHORT);
        assert_eq!(producer.push_timeout(Tick::at(8), Duration::ZERO), Err(PushError::Timeout));
        assert_eq!(consumer.try_pop(), Ok(Some(Tick::at(0))));
        producer.push(Tick::at(8)).unwrap();
        assert!(producer.stats().stalls > 0);
        assert_eq!((producer.stats().high_water, consumer.stats().high_water), (8, 8));
    }
}

#[test]
fn a_closed_stream_is_drained_and_then_ends() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    producer.push(Tick::at(0)).unwrap();
    producer.push(Tick::at(1)).unwrap();
    producer.close();
    assert!(!consumer.is_ended());
    assert_eq!(consumer.pop(), Ok(Some(Tick::at(0))));
    assert_eq!(consumer.pop(), Ok(Some(Tick::at(1))));
    assert!(consumer.is_ended());
    assert_eq!(consumer.pop(), Ok(None));
    assert_eq!(consumer.pop_timeout(SHORT), Ok(None));
    assert_eq!(consumer.try_pop(), Ok(None));
    assert_eq!(consumer.iter().next(), None);
}

#[test]
fn closing_wakes_a_parked_consumer() {
    let rings = Rings::new();
    let ring = rings.create();
    let producer = ring.producer().unwrap();
    let mut consumer = ring.consumer().unwrap();
    let waiter = std::thread::spawn(move || consumer.pop());
    let observer = rings.observe();
    until("the consumer's sleep", || observer.role(Role::Consumer).unwrap().parked);
    drop(producer);
    assert_eq!(waiter.join().unwrap(), Ok(None));
}

#[test]
fn a_parked_consumer_is_woken_by_each_message() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut producer = ring.producer().unwrap();
    let process = rings.start("echo");
    let observer = rings.observe();
    for position in 0..50 {
        until("the consumer's sleep behind the last message", || {
            observer.cursors().0 == position && observer.role(Role::Consumer).unwrap().parked
        });
        producer.push(Tick::at(position)).unwrap();
    }
    assert!(producer.stats().wakes >= 50);
    assert!(observer.role(Role::Consumer).unwrap().stats.parks >= 50);
    producer.close();
    process.expect_success();
}

#[test]
fn a_parked_producer_is_woken_when_there_is_the_room_it_wants() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    assert_eq!(producer.try_push_many(&[Tick::at(1); 8]), Ok(8));
    let waiter = std::thread::spawn(move || {
        producer.wait_for_room(3, Some(PATIENCE)).unwrap();
        producer
    });
    let observer = rings.observe();
    until("the producer's sleep", || observer.role(Role::Producer).unwrap().parked);
    consumer.try_pop().unwrap();
    consumer.try_pop().unwrap();
    assert_eq!(consumer.stats().wakes, 0, "two slots are not what the producer waits for");
    consumer.try_pop().unwrap();
    let mut producer = waiter.join().unwrap();
    assert_eq!(consumer.stats().wakes, 1);
    assert_eq!(producer.try_push_many(&[Tick::at(1); 8]), Ok(3));
}

#[test]
fn asking_for_more_room_than_there_is_ever_waits_for_all_of_it() {
    let rings = Rings::new();
    let mut producer = rings.create().producer().unwrap();
    producer.wait_for_room(1_000_000, Some(SHORT)).unwrap();
    producer.push(Tick::at(0)).unwrap();
    assert_eq!(producer.wait_for_room(1_000_000, Some(SHORT)), Err(PushError::Timeout));
    producer.wait_for_room(0, Some(SHORT)).unwrap();
}

#[test]
fn without_a_consumer_a_full_ring_times_out() {
    let rings = Rings::new();
    let mut producer = rings.create().producer().unwrap();
    assert_eq!(producer.try_push_many(&[Tick::at(1); 9]), Ok(8));
    assert_eq!(producer.push_timeout(Tick::at(8), SHORT), Err(PushError::Timeout));
}

#[test]
fn a_detached_consumer_is_reported_only_when_the_ring_is_full() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut producer = ring.producer().unwrap();
    ring.consumer().unwrap().detach();
    for position in 0..8 {
        producer.push(Tick::at(position)).unwrap();
    }
    assert_eq!(producer.push(Tick::at(8)), Err(PushError::Detached));
    assert_eq!(producer.push_timeout(Tick::at(8), SHORT), Err(PushError::Detached));
    let mut consumer = ring.consumer().unwrap();
    assert_eq!(consumer.pop(), Ok(Some(Tick::at(0))));
    producer.push(Tick::at(8)).unwrap();
}

#[test]
fn a_detached_producer_is_waited_for() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut consumer = ring.consumer().unwrap();
    assert_eq!(consumer.pop_timeout(SHORT), Err(PopError::Timeout), "nobody has ever produced");
    let mut producer = ring.producer().unwrap();
    producer.push(Tick::at(0)).unwrap();
    producer.detach();
    assert_eq!(consumer.pop(), Ok(Some(Tick::at(0))));
    assert_eq!(consumer.pop_timeout(SHORT), Err(PopError::Timeout));
    let mut successor = ring.producer().unwrap();
    assert_eq!((successor.position(), successor.epoch()), (1, 2));
    successor.push(Tick::at(1)).unwrap();
    successor.close();
    assert_eq!(consumer.pop(), Ok(Some(Tick::at(1))));
    assert_eq!(consumer.pop(), Ok(None));
}

#[test]
fn a_dead_consumer_is_reported_when_the_ring_is_full_and_can_be_succeeded() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut producer = ring.producer().unwrap();
    let mut process = rings.start("consume until killed");
    let observer = rings.observe();
    until("the consumer", || observer.role(Role::Consumer).unwrap().state == 1);
    assert_eq!(producer.try_push_many(&[Tick::at(0); 8]), Ok(8));
    assert_eq!(producer.push_timeout(Tick::at(0), SHORT), Err(PushError::Timeout), "it lives");
    let pid = process.id();
    process.kill();
    for _ in 0..2 {
        match producer.push(Tick::at(0)) {
            Err(PushError::PeerDied(peer)) => assert_eq!((peer.pid, peer.epoch), (pid, 1)),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(producer.push_timeout(Tick::at(0), SHORT), Err(PushError::PeerDied(_))));
    let successor = rings.start("pop one and exit");
    until("room", || producer.try_push(Tick::at(8)).is_ok());
    successor.expect_success();
}

#[test]
fn a_dead_producers_messages_are_taken_before_its_death_is_told() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut consumer = ring.consumer().unwrap();
    for round in 0..2 {
        let mut process = rings.start("produce 3 and wait to be killed");
        let observer = rings.observe();
        until("three messages", || observer.cursors().1 == 3 * round + 3);
        let pid = process.id();
        process.kill();
        for position in 3 * round..3 * round + 3 {
            assert_eq!(consumer.pop(), Ok(Some(Tick::at(position))));
        }
        for _ in 0..2 {
            match consumer.pop() {
                Err(PopError::PeerDied(peer)) => assert_eq!((peer.pid, peer.epoch), (pid, round + 1)),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(consumer.pop_timeout(SHORT), Err(PopError::PeerDied(_))));
        assert!(!consumer.is_ended());
    }
    let mut producer = ring.producer().unwrap();
    assert_eq!((producer.position(), producer.epoch()), (6, 3));
    producer.push(Tick::at(6)).unwrap();
    producer.close();
    assert_eq!(consumer.pop(), Ok(Some(Tick::at(6))));
    assert_eq!(consumer.pop(), Ok(None));
}

#[test]
fn who_forgets_an_end_and_exits_is_dead() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut consumer = ring.consumer().unwrap();
    let process = rings.start("produce 3 and leave without a word");
    let pid = process.id();
    process.expect_success();
    for position in 0..3 {
        assert_eq!(consumer.pop(), Ok(Some(Tick::at(position))));
    }
    match consumer.pop() {
        Err(PopError::PeerDied(peer)) => assert_eq!(peer.pid, pid),
        other => panic!("{other:?}"),
    }
    drop(consumer);
    rings.start("consume and leave without a word").expect_success();
    let mut producer = ring.producer().unwrap();
    assert_eq!(producer.try_push_many(&[Tick::at(3); 9]), Ok(8));
    assert!(matches!(producer.push(Tick::at(11)), Err(PushError::PeerDied(_))));
}

#[test]
fn a_waiting_consumer_hears_of_death_and_goes_on_with_the_successor() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut process = rings.start("produce 3 and wait to be killed");
    let mut consumer = ring.consumer().unwrap();
    let observer = rings.observe();
    let waiter = std::thread::spawn(move || {
        let mut items = Vec::new();
        for item in &mut consumer {
            items.push(item.map_err(|error| error.code()));
        }
        items
    });
    until("the consumer's sleep", || observer.cursors() == (3, 3) && observer.role(Role::Consumer).unwrap().parked);
    process.kill();
    std::thread::sleep(Duration::from_millis(250));
    let mut producer = ring.producer().unwrap();
    producer.push(Tick::at(3)).unwrap();
    producer.close();
    let items = waiter.join().unwrap();
    let messages: Vec<_> = items.iter().filter_map(|item| item.ok()).collect();
    assert_eq!(messages, (0..4).map(Tick::at).collect::<Vec<_>>());
    let errors: Vec<_> = items.iter().filter_map(|item| item.err()).collect();
    assert!(!errors.is_empty() && errors.iter().all(|&code| code == "PeerDied"), "{errors:?}");
}
