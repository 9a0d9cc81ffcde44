//! Roles: one holder each in the whole machine, given back by hand, by death, and never by a fork.
#![allow(unsafe_code, reason = "fork")]

mod support;

use std::time::Duration;

use ringgen_layout::ring::{STATE_CLOSED, STATE_DETACHED, block};
use ringgen_runtime::{ClaimError, Ending, Layout, PopError, PushError, RawRing, Role, TryPushError};
use support::{NAME, PATIENCE, Rings, Tick, job, ring_of_parent, until};

#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let Some(job) = job() else { return };
    let ring = ring_of_parent();
    match job.as_str() {
        "hold both until killed" => {
            let _roles = (ring.producer().unwrap(), ring.consumer().unwrap());
            std::thread::sleep(PATIENCE);
        }
        "fork" => fork(&ring),
        "fork, then exit before the child" => {
            let mut producer = ring.producer().unwrap();
            producer.push(Tick::at(0)).unwrap();
            // SAFETY: the child sleeps and exits without touching anything of the parent's.
            if unsafe { libc::fork() } == 0 {
                std::thread::sleep(Duration::from_secs(2));
                exit(0);
            }
            exit(0);
        }
        other => panic!("no such job: {other}"),
    }
}

fn exit(code: i32) -> ! {
    // SAFETY: ends the process at once, without destructors, as behind a fork it must.
    unsafe { libc::_exit(code) }
}

/// What a child can see of its parent's handles: nothing, and it changes nothing.
fn fork(ring: &ringgen_runtime::Ring<Tick>) {
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    producer.push(Tick::at(0)).unwrap();
    producer.push(Tick::at(1)).unwrap();
    let raw = RawRing::create("test.raw", &Layout::of::<Tick>(), &ringgen_runtime::RingOptions::new()).unwrap();
    let role = raw.claim(Role::Producer).unwrap();
    let mut claim = producer.try_claim(1).unwrap().unwrap();
    // SAFETY: the child uses handles of its own thread and then exits without destructors of the test harness.
    let child = unsafe { libc::fork() };
    if child == 0 {
        claim.write(0, Tick::at(99));
        let mut is_right = claim.commit(1) == Err(PushError::Forked);
        is_right &= producer.try_push(Tick::at(2)) == Err(TryPushError::Forked(Tick::at(2)));
        is_right &= producer.push(Tick::at(2)) == Err(PushError::Forked);
        is_right &= producer.try_push_many(&[Tick::at(2)]) == Err(PushError::Forked);
        is_right &= consumer.try_pop() == Err(PopError::Forked);
        is_right &= consumer.pop() == Err(PopError::Forked);
        is_right &= consumer.try_peek(1).is_err_and(|error| error == PopError::Forked);
        is_right &= consumer.iter().map(|item| item.unwrap_err()).eq([PopError::Forked]);
        is_right &= !role.end(Ending::Close) && role.is_forked() && !role.is_held();
        is_right &= matches!(ring.producer(), Err(ClaimError::RoleTaken { role: Role::Producer, .. }));
        drop((producer, consumer, role));
        exit(if is_right { 0 } else { 1 });
    }
    assert!(child > 0);
    let mut status = 0;
    // SAFETY: waits for the child of above; `status` lives here.
    assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
    assert_eq!(status, 0, "the child saw something else");
    // Nothing has happened to the parent.
    claim.write(0, Tick::at(2));
    claim.commit(1).unwrap();
    for position in 0..3 {
        assert_eq!(consumer.pop(), Ok(Some(Tick::at(position))));
    }
    assert!(matches!(ring.producer(), Err(ClaimError::RoleTaken { .. })));
    assert!(role.is_held() && role.end(Ending::Close) && !role.end(Ending::Close));
    producer.detach();
    ring.producer().unwrap().detach();
}

#[test]
fn a_second_holder_is_refused_whoever_it_is() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut process = rings.start("hold both until killed");
    let observer = rings.observe();
    until("both roles", || {
        let state = |role| observer.role(role).unwrap().state;
        (state(Role::Producer), state(Role::Consumer)) == (1, 1)
    });
    for (result, role) in [
        (ring.producer().map(drop), Role::Producer),
        (ring.consumer().map(drop), Role::Consumer),
        (rings.attach().producer().map(drop), Role::Producer),
    ] {
        match result {
            Err(ClaimError::RoleTaken { role: taken, pid }) => assert_eq!((taken, pid), (role, process.id())),
            other => panic!("{other:?}"),
        }
    }
    process.kill();
    assert!(!observer.role(Role::Producer).unwrap().held);
    let producer = ring.producer().unwrap();
    assert_eq!(producer.epoch(), 2);
    assert!(matches!(ring.producer(), Err(ClaimError::RoleTaken { .. })), "in one process too");
    assert!(observer.role(Role::Producer).unwrap().held);
    assert_eq!(observer.role(Role::Producer).unwrap().pid, u64::from(std::process::id()));
}

#[test]
fn a_refused_claim_changes_nothing() {
    let rings = Rings::new();
    let ring = rings.create();
    let _producer = ring.producer().unwrap();
    let observer = rings.observe();
    let before = observer.role(Role::Producer).unwrap();
    ring.producer().unwrap_err();
    assert_eq!(observer.role(Role::Producer).unwrap(), before);
}

#[test]
fn a_closed_stream_has_no_further_producer() {
    let rings = Rings::new();
    let ring = rings.create();
    drop(ring.producer().unwrap());
    assert!(matches!(ring.producer(), Err(ClaimError::Closed)));
    assert!(matches!(rings.attach().producer(), Err(ClaimError::Closed)));
    assert_eq!(rings.observe().role(Role::Producer).unwrap().state, STATE_CLOSED);
    assert_eq!(ring.consumer().unwrap().pop(), Ok(None));
}

#[test]
fn a_consumer_that_goes_away_is_detached_and_succeeded() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut producer = ring.producer().unwrap();
    for position in 0..4 {
        producer.push(Tick::at(position)).unwrap();
    }
    for position in 0..4 {
        let mut consumer = ring.consumer().unwrap();
        assert_eq!((consumer.epoch(), consumer.position()), (position + 1, position));
        assert_eq!(consumer.pop(), Ok(Some(Tick::at(position))));
        if position % 2 == 0 {
            consumer.close();
        }
    }
    assert_eq!(rings.observe().role(Role::Consumer).unwrap().state, STATE_DETACHED);
}

#[test]
fn a_successor_counts_on_and_continues_its_tickets() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut consumer = ring.consumer().unwrap();
    consumer.try_pop().unwrap();
    drop(consumer);
    let tamper = rings.tamper();
    let stalls = tamper.get64(Role::Consumer, block::STALLS);
    assert!(stalls > 0);
    // As if it had died asleep.
    tamper.set32(Role::Consumer, block::TICKET, 7);
    let mut consumer = ring.consumer().unwrap();
    assert_eq!(tamper.get32(Role::Consumer, block::TICKET), 8);
    consumer.try_pop().unwrap();
    assert_eq!(consumer.stats().stalls, stalls + 1);
}

#[test]
fn a_forked_child_has_no_part_in_its_parents_roles() {
    let rings = Rings::new();
    let _ring = rings.create();
    rings.start("fork").expect_success();
}

#[test]
fn a_role_ends_with_its_process_though_a_forked_child_lives_on() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut consumer = ring.consumer().unwrap();
    rings.start("fork, then exit before the child").expect_success();
    assert_eq!(consumer.pop(), Ok(Some(Tick::at(0))));
    assert!(matches!(consumer.pop(), Err(PopError::PeerDied(_))), "the child holds no lock");
    assert_eq!(ring.producer().unwrap().position(), 1);
}

#[test]
fn a_ring_whose_file_is_gone_is_not_claimed() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut consumer = ring.consumer().unwrap();
    assert!(ring.unlink().unwrap());
    assert!(!ring.unlink().unwrap());
    assert!(matches!(ring.producer(), Err(ClaimError::NotFound { path }) if path == rings.path()));
    let successor = rings.create();
    assert!(matches!(ring.producer(), Err(ClaimError::NotFound { .. })), "the name leads to another ring by now");
    assert!(!ring.unlink().unwrap(), "which is not removed by the old one's handle");
    assert_eq!(consumer.try_pop(), Ok(None));
    successor.producer().unwrap();
}

#[test]
fn a_raw_role_writes_where_its_side_may() {
    let rings = Rings::new();
    let ring = RawRing::create(NAME, &Layout::of::<Tick>(), &rings.options()).unwrap();
    let producer = ring.claim(Role::Producer).unwrap();
    let slots = producer.geometry().slots as usize;
    let tick = Tick::at(0);
    // SAFETY: the first slot of the ring's only producer.
    unsafe { producer.base().wrapping_add(slots).cast::<Tick>().write_volatile(tick) };
    let tail = producer.base().wrapping_add(Role::Producer.block(producer.geometry()) as usize);
    // SAFETY: an aligned word of the producer's block, which all sides access atomically.
    let tail = unsafe { std::sync::atomic::AtomicU64::from_ptr(tail.cast()) };
    tail.store(1, std::sync::atomic::Ordering::Release);
    producer.notify();
    let mut consumer = rings.attach().consumer().unwrap();
    assert_eq!(consumer.try_pop(), Ok(Some(tick)));
    assert_eq!(producer.peer_cursor(), 1);
    assert!(producer.peer_is_alive().unwrap());
    assert_eq!((producer.peer_epoch(), producer.peer_pid()), (1, u64::from(std::process::id())));
    drop(consumer);
    assert!(!producer.peer_is_alive().unwrap());
    assert_eq!(producer.peer_state(), Ok(STATE_DETACHED));
    assert!(producer.end(Ending::Detach));
    assert!(producer.peer_is_alive().is_err());
}
