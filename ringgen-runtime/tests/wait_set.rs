//! Waiting for any of many rings: what is told, who is woken, and by whom.
#![allow(unsafe_code, reason = "a process takes a system call away from itself")]

mod support;

use std::thread;
use std::time::{Duration, Instant};

use ringgen_runtime::{Consumer, Event, Producer, Readiness, Ring, Role, Wait, WaitError, WaitSet, Waitable};
use support::{NAME, PATIENCE, Random, Rings, Tick, job, until};

const SHORT: Duration = Duration::from_millis(20);
const RINGS: usize = 12;
const COUNT: u64 = 400;

fn event(index: usize, readiness: Readiness) -> Event {
    Event { index, readiness }
}

fn names(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|index| format!("test.ring{index}"))
}

fn members<T: Waitable>(ends: &mut [T]) -> Vec<&mut dyn Waitable> {
    ends.iter_mut().map(|end| end as &mut dyn Waitable).collect()
}

/// Takes everything out of all rings until each has ended, checks the order, and says how much there was.
fn drain(consumers: &mut Vec<Consumer<Tick>>) -> u64 {
    let mut set = WaitSet::new();
    let mut taken = 0;
    while !consumers.is_empty() {
        let events = set.wait(&mut members(consumers), Some(PATIENCE)).unwrap();
        let mut ended = Vec::new();
        for event in events {
            match event.readiness {
                Readiness::Ready => {
                    let consumer = &mut consumers[event.index];
                    let position = consumer.position();
                    assert_eq!(consumer.try_pop(), Ok(Some(Tick::at(position))));
                    taken += 1;
                }
                Readiness::Ended => ended.push(event.index),
                other => panic!("{other:?}"),
            }
        }
        ended.sort_unstable();
        for index in ended.into_iter().rev() {
            assert_eq!(consumers.remove(index).position(), COUNT);
        }
    }
    taken
}

/// Fills many rings, now at once and now with pauses, so that the other side sleeps often. Waits for room in a set too.
fn fill(producers: &mut Vec<Producer<Tick>>) {
    let mut set = WaitSet::new();
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    while !producers.is_empty() {
        let events = set.wait(&mut members(producers), Some(PATIENCE)).unwrap().to_vec();
        let mut done = Vec::new();
        for event in events {
            assert_eq!(event.readiness, Readiness::Ready);
            let producer = &mut producers[event.index];
            let position = producer.position();
            producer.try_push(Tick::at(position)).unwrap();
            if position + 1 == COUNT {
                done.push(event.index);
            }
            if random.next().is_multiple_of(64) {
                thread::sleep(Duration::from_micros(500));
            }
        }
        done.sort_unstable();
        for index in done.into_iter().rev() {
            producers.remove(index).close();
        }
    }
}

#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let Some(job) = job() else { return };
    let producer = |name: &str| Ring::<Tick>::attach(name).unwrap().producer().unwrap();
    match job.as_str() {
        "fill" => fill(&mut names(RINGS).map(|name| producer(&name)).collect()),
        "fill without futex_waitv" => {
            support::forget_futex_waitv();
            fill(&mut names(RINGS).map(|name| producer(&name)).collect());
        }
        "drain without futex_waitv" => {
            support::forget_futex_waitv();
            let consumer = |name: String| Ring::<Tick>::attach(name).unwrap().consumer().unwrap();
            let mut consumers: Vec<_> = names(RINGS).map(consumer).collect();
            sleep_in_short_slices(&mut consumers);
            assert_eq!(drain(&mut consumers), RINGS as u64 * COUNT);
        }
        "wait to be killed" => {
            let _producer = producer(NAME);
            thread::sleep(PATIENCE);
        }
        other => panic!("no such job: {other}"),
    }
}

/// Waits in rings that nobody writes to until their consumers have slept far more often than every 100 ms.
fn sleep_in_short_slices(consumers: &mut [Consumer<Tick>]) {
    let mut set = WaitSet::new();
    let start = Instant::now();
    while consumers[0].stats().parks < 50 {
        if set.wait(&mut members(consumers), Some(SHORT)).is_ok() {
            return;
        }
        assert!(start.elapsed() < PATIENCE);
    }
    let (parks, slept) = (consumers[0].stats().parks, start.elapsed().as_millis() as u64);
    assert!(parks * 90 > slept, "{parks} sleeps in {slept} ms");
}

fn consumers(rings: &Rings, count: usize) -> Vec<Consumer<Tick>> {
    names(count).map(|name| rings.options().create::<Tick>(name).unwrap().consumer().unwrap()).collect()
}

#[test]
fn many_rings_are_filled_and_emptied_by_one_thread_each() {
    let rings = Rings::new();
    let mut consumers = consumers(&rings, RINGS);
    let process = rings.start("fill");
    assert_eq!(drain(&mut consumers), RINGS as u64 * COUNT);
    process.expect_success();
}

#[test]
fn a_kernel_that_cannot_wait_for_many_words_is_put_up_with() {
    let rings = Rings::new();
    let mut consumers = consumers(&rings, RINGS);
    let process = rings.start("fill without futex_waitv");
    assert_eq!(drain(&mut consumers), RINGS as u64 * COUNT);
    process.expect_success();

    let rings = Rings::new();
    let created: Vec<_> = names(RINGS).map(|name| rings.options().create::<Tick>(name).unwrap()).collect();
    let process = rings.start("drain without futex_waitv");
    let observer = created[0].raw().observer();
    until("its sleeps", || observer.role(Role::Consumer).unwrap().stats.parks >= 50);
    let mut producers = created.iter().map(|ring| ring.producer().unwrap()).collect();
    fill(&mut producers);
    process.expect_success();
}

#[test]
fn each_kind_of_readiness_is_told() {
    let rings = Rings::new();
    let ring = |name: &str| rings.options().create::<Tick>(name).unwrap();
    let (empty, ready, ended, full) = (ring("t.empty"), ring("t.ready"), ring("t.ended"), ring("t.full"));
    let _quiet = empty.producer().unwrap();
    let mut empty = empty.consumer().unwrap();
    ready.producer().unwrap().push(Tick::at(0)).unwrap();
    let mut ready = ready.consumer().unwrap();
    ended.producer().unwrap().close();
    let mut ended = ended.consumer().unwrap();
    let mut producer = full.producer().unwrap();
    producer.push_many(&[Tick::at(0); 8]).unwrap();
    let mut consumer = full.consumer().unwrap();

    let mut set = WaitSet::new();
    let told = set.wait(&mut [&mut empty, &mut ready, &mut ended, &mut producer], None).unwrap();
    assert_eq!(told, [event(1, Readiness::Ready), event(2, Readiness::Ended)]);
    assert_eq!(set.wait(&mut [&mut empty, &mut producer], Some(SHORT)), Err(WaitError::Timeout));
    consumer.pop().unwrap();
    assert_eq!(set.wait(&mut [&mut empty, &mut producer], None).unwrap(), [event(1, Readiness::Ready)]);
    assert_eq!(set.wait(&mut [&mut producer.room(2)], Some(SHORT)), Err(WaitError::Timeout));
    consumer.pop().unwrap();
    assert_eq!(set.wait(&mut [&mut producer.room(2)], None).unwrap(), [event(0, Readiness::Ready)]);
    producer.push_many(&[Tick::at(0); 2]).unwrap();
    consumer.detach();
    assert_eq!(set.wait(&mut [&mut empty, &mut producer], None).unwrap(), [event(1, Readiness::Detached)]);
    assert_eq!(set.wait(&mut [], Some(SHORT)), Err(WaitError::Timeout));
}

#[test]
fn what_is_corrupt_is_told_for_good() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    producer.push_many(&[Tick::at(0); 2]).unwrap();
    let mut set = WaitSet::new();
    assert_eq!(set.wait(&mut [&mut consumer], None).unwrap(), [event(0, Readiness::Ready)]);
    rings.tamper().set64(Role::Producer, ringgen_layout::ring::block::CURSOR, 1);
    let told = set.wait(&mut [&mut consumer], None).unwrap()[0].readiness;
    assert!(matches!(told, Readiness::Corrupt(_)), "{told:?}");
    rings.tamper().set64(Role::Producer, ringgen_layout::ring::block::CURSOR, 2);
    assert_eq!(set.wait(&mut [&mut consumer], None).unwrap(), [event(0, told)]);
    assert!(consumer.try_pop().is_err());
}

#[test]
fn every_member_is_woken_for() {
    for wait in [Wait::Spin, Wait::Yield, Wait::Hybrid] {
        let rings = Rings::new();
        let mut consumers = consumers(&rings, 3);
        let producers: Vec<_> = names(3).map(|name| rings.options().attach::<Tick>(name).unwrap()).collect();
        let mut producers: Vec<_> = producers.iter().map(|ring| ring.producer().unwrap()).collect();
        let observers: Vec<_> =
            names(3).map(|name| ringgen_runtime::Observer::open(name, &rings.options()).unwrap()).collect();
        let waiter = thread::spawn(move || {
            let mut set = WaitSet::with_wait(wait);
            for round in 0..60 {
                let told = set.wait(&mut members(&mut consumers), Some(PATIENCE)).unwrap();
                assert_eq!(told, [event(round % 3, Readiness::Ready)]);
                consumers[round % 3].try_pop().unwrap().unwrap();
            }
            consumers.iter().map(|consumer| consumer.stats().parks).collect::<Vec<_>>()
        });
        for round in 0..60 {
            until("the taking of the last message", || {
                let taken: u64 = observers.iter().map(|observer| observer.cursors().0).sum();
                taken == round
            });
            if wait == Wait::Hybrid {
                until("its sleep", || observers.iter().all(|observer| observer.role(Role::Consumer).unwrap().parked));
            }
            producers[(round % 3) as usize].push(Tick::at(0)).unwrap();
        }
        let parks = waiter.join().unwrap();
        let wakes: u64 = producers.iter().map(|producer| producer.stats().wakes).sum();
        match wait {
            Wait::Hybrid => assert!(parks.iter().all(|&parks| parks >= 60) && wakes >= 60, "{parks:?}, {wakes}"),
            _ => assert_eq!((parks, wakes), (vec![0; 3], 0)),
        }
        for observer in observers {
            assert!(!observer.role(Role::Consumer).unwrap().parked, "no ticket stays odd");
        }
    }
}

#[test]
fn an_idle_set_sleeps_in_long_slices() {
    if !has_futex_waitv() {
        return;
    }
    let rings = Rings::new();
    let mut consumers = consumers(&rings, 127);
    // Peers that can be relied on to wake.
    let _producers: Vec<_> =
        names(127).map(|name| rings.options().attach::<Tick>(name).unwrap().producer().unwrap()).collect();
    let mut set = WaitSet::new();
    let waited = Duration::from_millis(450);
    assert_eq!(set.wait(&mut members(&mut consumers), Some(waited)), Err(WaitError::Timeout));
    for consumer in &consumers {
        assert!(consumer.stats().parks <= 5, "{} sleeps", consumer.stats().parks);
    }
}

fn has_futex_waitv() -> bool {
    // SAFETY: a call with nothing to wait for, which the kernel refuses in one way or the other.
    unsafe { libc::syscall(libc::SYS_futex_waitv, 0, 0, 0, 0, 0) };
    let has = std::io::Error::last_os_error().raw_os_error() != Some(libc::ENOSYS);
    println!("{} futex_waitv", if has { "RAN" } else { "NOT RUN" });
    has
}

#[test]
fn more_rings_than_one_call_takes_are_all_noticed() {
    const MANY: usize = 150;
    let rings = Rings::new();
    let mut consumers = consumers(&rings, MANY);
    let mut producers: Vec<_> =
        names(MANY).map(|name| rings.options().attach::<Tick>(name).unwrap().producer().unwrap()).collect();
    let mut set = WaitSet::new();
    sleep_in_short_slices(&mut consumers);
    for index in [0, 126, 127, 149] {
        thread::scope(|scope| {
            let producer = &mut producers[index];
            scope.spawn(move || {
                thread::sleep(SHORT);
                producer.push(Tick::at(0)).unwrap();
            });
            let told = set.wait(&mut members(&mut consumers), Some(PATIENCE)).unwrap();
            assert_eq!(told, [event(index, Readiness::Ready)]);
            consumers[index].try_pop().unwrap().unwrap();
        });
    }
}

#[test]
fn who_handles_one_at_a_time_neglects_none() {
    let rings = Rings::new();
    let mut consumers = consumers(&rings, 5);
    let mut producers: Vec<_> =
        names(5).map(|name| rings.options().attach::<Tick>(name).unwrap().producer().unwrap()).collect();
    let mut set = WaitSet::new();
    let mut handled = [0; 5];
    for _ in 0..100 {
        for producer in &mut producers {
            let _ = producer.try_push(Tick::at(0));
        }
        let first = set.wait(&mut members(&mut consumers), None).unwrap()[0];
        handled[first.index] += 1;
        consumers[first.index].try_pop().unwrap().unwrap();
    }
    assert_eq!(handled, [20; 5]);
}

#[test]
fn a_death_beside_a_busy_ring_is_told() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut silent = ring.consumer().unwrap();
    let mut process = rings.start("wait to be killed");
    let busy = rings.options().create::<Tick>("test.busy").unwrap();
    let (mut producer, mut busy) = (busy.producer().unwrap(), busy.consumer().unwrap());
    let observer = rings.observe();
    until("the producer", || observer.role(Role::Producer).unwrap().state == 1);
    let mut set = WaitSet::new();
    let pid = process.id();
    process.kill();
    let start = Instant::now();
    let mut deaths = 0;
    while deaths < 2 {
        assert!(start.elapsed() < PATIENCE, "the death is never told");
        producer.push(Tick::at(0)).unwrap();
        for told in set.wait(&mut [&mut busy, &mut silent], None).unwrap() {
            match told.readiness {
                Readiness::Ready => assert_eq!(told.index, 0),
                Readiness::PeerDied(peer) => {
                    assert_eq!((told.index, peer.pid, peer.epoch), (1, pid, 1));
                    deaths += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        busy.try_pop().unwrap().unwrap();
    }
    // Nor does a successor find the ring spoilt.
    ring.producer().unwrap().push(Tick::at(7)).unwrap();
    let told = set.wait(&mut [&mut silent], Some(PATIENCE)).unwrap();
    assert_eq!(told, [event(0, Readiness::Ready)]);
    assert_eq!(silent.try_pop(), Ok(Some(Tick::at(7))));
}

#[test]
fn a_wait_is_interrupted_from_another_thread() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut consumer = ring.consumer().unwrap();
    let mut producer = ring.producer().unwrap();
    let mut set = WaitSet::new();
    let interrupter = set.interrupter();
    // In front of a wait, twice: it is told once, and before any message.
    interrupter.interrupt();
    interrupter.clone().interrupt();
    producer.push(Tick::at(0)).unwrap();
    assert_eq!(set.wait(&mut [&mut consumer], None), Err(WaitError::Interrupted));
    assert_eq!(set.wait(&mut [&mut consumer], None).unwrap(), [event(0, Readiness::Ready)]);
    assert_eq!(consumer.try_pop(), Ok(Some(Tick::at(0))));
    let observer = rings.observe();
    let waiter = thread::spawn(move || {
        let told = set.wait(&mut [&mut consumer], None).map(<[Event]>::to_vec);
        (told, set.wait(&mut [], None).map(<[Event]>::to_vec))
    });
    until("its sleep", || observer.role(Role::Consumer).unwrap().parked);
    interrupter.interrupt();
    until("the end of its sleep", || !observer.role(Role::Consumer).unwrap().parked);
    until("the end of the wait", || {
        thread::sleep(SHORT);
        interrupter.interrupt();
        waiter.is_finished()
    });
    assert_eq!(waiter.join().unwrap(), (Err(WaitError::Interrupted), Err(WaitError::Interrupted)));
}
