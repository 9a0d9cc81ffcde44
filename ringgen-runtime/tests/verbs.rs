//! Verbs that wait and verbs that don't: over one message, many, claims, peeks and iterators.

mod support;

use std::thread;
use std::time::{Duration, Instant};

use ringgen_runtime::{PopError, PushError, Role};
use support::{NAME, Rings, Tick, until};

const SHORT: Duration = Duration::from_millis(20);

#[test]
fn verbs_with_try_never_wait() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    assert_eq!(consumer.try_pop(), Ok(None));
    assert_eq!(consumer.try_pop_many(&mut [Tick::ZERO; 3]), Ok(0));
    assert_eq!(consumer.try_pop_many_into(&mut Vec::new(), 3), Ok(0));
    assert!(consumer.try_peek(3).unwrap().is_none());
    assert_eq!(consumer.try_iter().next(), None);
    assert_eq!(producer.try_push_many(&[Tick::at(0); 9]), Ok(8));
    assert!(producer.try_push(Tick::at(8)).is_err());
    assert_eq!(producer.try_push_many(&[Tick::at(8)]), Ok(0));
    assert!(producer.try_claim(1).unwrap().is_none());
    let observer = rings.observe();
    for role in [Role::Producer, Role::Consumer] {
        assert_eq!(observer.role(role).unwrap().stats.parks, 0);
    }
}

#[test]
fn batches_of_a_producer_wait_for_room() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    let observer = rings.observe();
    let sleeps = || until("the producer's sleep", || observer.role(Role::Producer).unwrap().parked);
    thread::scope(|scope| {
        scope.spawn(|| {
            let messages: Vec<_> = (0..20).map(Tick::at).collect();
            producer.push_many(&messages).unwrap();
            assert_eq!(producer.position(), 20);
            let claim = producer.claim(3).unwrap();
            assert_eq!((claim.position(), claim.len()), (20, 1), "one is enough");
        });
        for position in 0..12 {
            assert_eq!(consumer.pop(), Ok(Some(Tick::at(position))));
        }
        until("the last of twenty", || observer.cursors().1 == 20);
        sleeps();
        assert_eq!(consumer.pop(), Ok(Some(Tick::at(12))));
    });
}

#[test]
fn batches_of_a_consumer_wait_for_the_first_message() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    let observer = rings.observe();
    thread::scope(|scope| {
        scope.spawn(move || {
            for position in 0..3 {
                until("the consumer's sleep behind the last message", || {
                    observer.cursors().0 == position && observer.role(Role::Consumer).unwrap().parked
                });
                producer.push(Tick::at(position)).unwrap();
            }
        });
        let (mut batch, mut all) = ([Tick::ZERO; 8], Vec::new());
        assert_eq!(consumer.pop_many(&mut batch), Ok(1));
        assert_eq!(batch[0], Tick::at(0));
        assert_eq!(consumer.pop_many_into(&mut all, 5), Ok(1));
        assert_eq!(all, [Tick::at(1)]);
        let peek = consumer.peek(5).unwrap().unwrap();
        assert_eq!((peek.position(), peek.len(), peek.get(0)), (2, 1, Tick::at(2)));
        peek.release(1).unwrap();
        // The producer is dropped: that is the end.
        assert!(consumer.peek(1).unwrap().is_none());
        assert_eq!(consumer.pop_many(&mut batch), Ok(0));
        assert_eq!(consumer.pop_many_into(&mut all, 5), Ok(0));
    });
}

#[test]
fn what_asks_for_nothing_gets_nothing_at_once() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    assert_eq!(consumer.pop_many(&mut []), Ok(0));
    assert_eq!(consumer.pop_many_into(&mut Vec::new(), 0), Ok(0));
    assert_eq!(producer.push_many(&[]), Ok(()));
    assert!(consumer.try_peek(0).unwrap().is_none());
    assert!(producer.try_claim(0).unwrap().is_none());
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(producer.claim(0)))).is_err());
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(consumer.peek(0)))).is_err());
}

#[test]
fn deadlines_are_instants() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    let deadline = Instant::now() + SHORT;
    assert_eq!(consumer.pop_deadline(deadline), Err(PopError::Timeout));
    assert!(Instant::now() >= deadline);
    assert_eq!(producer.try_push_many(&[Tick::at(0); 8]), Ok(8));
    let deadline = Instant::now() + SHORT;
    assert_eq!(producer.push_deadline(Tick::at(8), deadline), Err(PushError::Timeout));
    assert!(Instant::now() >= deadline);
    // One that has passed is a look, and takes what is there.
    assert_eq!(consumer.pop_deadline(deadline), Ok(Some(Tick::at(0))));
    assert_eq!(producer.push_deadline(Tick::at(8), deadline), Ok(()));
    assert_eq!(producer.push_deadline(Tick::at(9), deadline), Err(PushError::Timeout));
}

#[test]
fn iterators_differ_in_how_long_they_wait() {
    let rings = Rings::new();
    let ring = rings.options().create::<Tick>(NAME).unwrap();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    producer.push_many(&[Tick::at(0), Tick::at(1), Tick::at(2)]).unwrap();
    assert_eq!(consumer.iter().next(), Some(Ok(Tick::at(0))));
    let mut now = consumer.try_iter();
    assert_eq!((now.next(), now.next(), now.next()), (Some(Ok(Tick::at(1))), Some(Ok(Tick::at(2))), None));
    producer.push(Tick::at(3)).unwrap();
    assert_eq!(consumer.try_iter().count(), 1);
    let mut patient = consumer.iter_timeout(SHORT);
    assert_eq!(patient.next(), Some(Err(PopError::Timeout)));
    producer.push(Tick::at(4)).unwrap();
    assert_eq!(patient.next(), Some(Ok(Tick::at(4))), "a timeout is not the end");
    producer.close();
    assert_eq!((patient.next(), patient.next()), (None, None));
    assert_eq!(consumer.try_iter().next(), None);
    assert_eq!(consumer.into_iter().next(), None);
}
