//! A peer that writes nonsense: it can make you receive nonsense, and nothing else.

mod support;

use std::time::Duration;

use ringgen_layout::ring::block;
use ringgen_runtime::{ClaimError, Corruption, PopError, PushError, Role, TryPushError};
use support::{Rings, Tick};

const SHORT: Duration = Duration::from_millis(5);

#[test]
fn a_tail_that_jumps_is_corrupt_for_good() {
    for tail in [9, 1 << 40, u64::MAX] {
        let rings = Rings::new();
        let ring = rings.create();
        let mut consumer = ring.consumer().unwrap();
        let tamper = rings.tamper();
        tamper.set64(Role::Producer, block::CURSOR, tail);
        let corruption = Corruption::Cursors { head: 0, tail, capacity: 8 };
        assert_eq!(consumer.try_pop(), Err(PopError::Corrupt(corruption)));
        tamper.set64(Role::Producer, block::CURSOR, 1);
        for result in [consumer.try_pop(), consumer.pop(), consumer.pop_timeout(SHORT)] {
            assert_eq!(result, Err(PopError::Corrupt(corruption)), "it stays so");
        }
        assert_eq!(consumer.try_pop_many(&mut [Tick::ZERO; 4]), Err(PopError::Corrupt(corruption)));
        assert_eq!(consumer.try_peek(1).map(drop), Err(PopError::Corrupt(corruption)));
        assert_eq!(consumer.wait_for_message(Some(SHORT)), Err(PopError::Corrupt(corruption)));
        assert_eq!(consumer.iter().count(), 1, "an iteration ends behind it");
    }
}

#[test]
fn cursors_that_go_back_are_corrupt() {
    let rings = Rings::new();
    let ring = rings.options().first_position(100).create::<Tick>(support::NAME).unwrap();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    producer.push(Tick::at(100)).unwrap();
    consumer.pop().unwrap();
    let tamper = rings.tamper();
    tamper.set64(Role::Producer, block::CURSOR, 100);
    let backwards = Corruption::Backwards { role: Role::Producer, seen: 101, now: 100 };
    assert_eq!(consumer.try_pop(), Err(PopError::Corrupt(backwards)));
    tamper.set64(Role::Consumer, block::CURSOR, 99);
    producer.try_push_many(&[Tick::at(0); 7]).unwrap();
    let backwards = Corruption::Backwards { role: Role::Consumer, seen: 100, now: 99 };
    assert_eq!(producer.try_push(Tick::at(9)), Err(TryPushError::Corrupt(Tick::at(9), backwards)));
    assert_eq!(producer.push(Tick::at(9)), Err(PushError::Corrupt(backwards)));
    assert_eq!(producer.try_claim(1).map(drop), Err(PushError::Corrupt(backwards)));
    assert_eq!(producer.wait_for_room(1, None), Err(PushError::Corrupt(backwards)));
}

#[test]
fn a_head_beyond_the_tail_is_corrupt() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut producer = ring.producer().unwrap();
    rings.tamper().set64(Role::Consumer, block::CURSOR, 10);
    producer.try_push_many(&[Tick::at(0); 8]).unwrap();
    let corruption = Corruption::Cursors { head: 10, tail: 8, capacity: 8 };
    assert_eq!(producer.push(Tick::at(0)), Err(PushError::Corrupt(corruption)));
}

#[test]
fn unknown_states_are_corrupt() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    let tamper = rings.tamper();
    tamper.set32(Role::Producer, block::STATE, 4);
    let corruption = Corruption::State { role: Role::Producer, state: 4 };
    assert_eq!(consumer.pop(), Err(PopError::Corrupt(corruption)));
    assert!(!consumer.is_ended());
    producer.try_push_many(&[Tick::at(0); 8]).unwrap();
    tamper.set32(Role::Consumer, block::STATE, 2);
    let corruption = Corruption::State { role: Role::Consumer, state: 2 };
    assert_eq!(producer.push_timeout(Tick::at(0), SHORT), Err(PushError::Corrupt(corruption)));
}

#[test]
fn a_role_with_impossible_words_is_not_claimed() {
    let rings = Rings::new();
    let ring = rings.create();
    let tamper = rings.tamper();
    tamper.set64(Role::Consumer, block::CURSOR, 1);
    assert!(matches!(ring.producer(), Err(ClaimError::Corrupt(Corruption::Cursors { head: 1, tail: 0, .. }))));
    assert!(matches!(ring.consumer(), Err(ClaimError::Corrupt(_))));
    tamper.set64(Role::Consumer, block::CURSOR, 0);
    tamper.set32(Role::Producer, block::STATE, 77);
    assert!(matches!(ring.producer(), Err(ClaimError::Corrupt(Corruption::State { state: 77, .. }))));
    assert_eq!(ring.consumer().unwrap().epoch(), 1, "a refused claim gives the lock back");
}

#[test]
fn a_ticket_and_a_fence_mode_of_nonsense_make_nothing_hang() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    let tamper = rings.tamper();
    for (ticket, fence_mode) in [(1, 0), (u32::MAX, 3), (0, u32::MAX)] {
        for role in [Role::Producer, Role::Consumer] {
            tamper.set32(role, block::TICKET, ticket);
            tamper.set32(role, block::FENCE_MODE, fence_mode);
            tamper.set64(role, block::WANT, u64::MAX);
        }
        assert_eq!(consumer.pop_timeout(SHORT), Err(PopError::Timeout));
        for position in 0..8 {
            producer.push(Tick::at(position)).unwrap();
        }
        assert_eq!(producer.push_timeout(Tick::at(0), SHORT), Err(PushError::Timeout));
        for position in 0..8 {
            assert_eq!(consumer.pop(), Ok(Some(Tick::at(position))));
        }
    }
}

#[test]
fn an_observer_believes_nothing() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut producer = ring.producer().unwrap();
    producer.push(Tick::at(0)).unwrap();
    let observer = rings.observe();
    let mut bytes = [0; 32];
    assert!(observer.read(0, &mut bytes));
    assert!(!observer.read(1, &mut bytes));
    let tamper = rings.tamper();
    tamper.set64(Role::Producer, block::CURSOR, u64::MAX);
    assert!(!observer.read(0, &mut bytes));
    tamper.set64(Role::Producer, block::CURSOR, 0);
    tamper.set64(Role::Consumer, block::CURSOR, u64::MAX);
    assert!(!observer.read(0, &mut bytes));
    assert_eq!(observer.cursors(), (u64::MAX, 0));
}
