//! Ends that are awaited: nothing is lost whatever is dropped, nobody is forgotten, and nobody is busy.
#![allow(unsafe_code, reason = "fork, and what a process says of itself")]

mod support;

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_core::Stream;
use ringgen_layout::ring::block;
use ringgen_runtime::{AsyncConsumer, AsyncProducer, PopError, PushError, Ring, Role};
use support::{NAME, PATIENCE, Random, Rings, Tick, job, ring_of_parent, until};
use tokio::runtime::{Builder, Runtime};

const COUNT: u64 = 3_000;

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_time().build().unwrap()
}

fn two_threads() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap()
}

fn names(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|index| format!("test.ring{index}"))
}

/// Polls a future once and drops it.
fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Fails rather than hangs.
async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("{what} never came"))
}

#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let Some(job) = job() else { return };
    match job.as_str() {
        "send" => one_thread().block_on(async {
            let mut producer = ring_of_parent().async_producer().unwrap();
            for position in 0..COUNT {
                soon("room", producer.send(Tick::at(position))).await.unwrap();
            }
        }),
        "push with pauses" => {
            let mut producer = ring_of_parent().producer().unwrap();
            let mut random = Random(17);
            for position in 0..COUNT {
                producer.push_timeout(Tick::at(position), PATIENCE).unwrap();
                if random.next().is_multiple_of(16) {
                    std::thread::sleep(Duration::from_micros(random.next() % 600));
                }
            }
        }
        "pop with pauses" => {
            let mut consumer = ring_of_parent().consumer().unwrap();
            let mut random = Random(18);
            let mut position = 0;
            while let Some(tick) = consumer.pop_timeout(PATIENCE).unwrap() {
                assert_eq!(tick, Tick::at(position));
                position += 1;
                if random.next().is_multiple_of(16) {
                    std::thread::sleep(Duration::from_micros(random.next() % 600));
                }
            }
            assert_eq!(position, COUNT);
        }
        "wait to be killed" => {
            let _roles = (ring_of_parent().producer(), ring_of_parent().consumer());
            std::thread::sleep(PATIENCE);
        }
        "count threads" => count_threads(),
        "idle" => idle(),
        "fork" => fork(),
        "echo without futex_waitv" => {
            support::forget_futex_waitv();
            two_threads().block_on(async {
                let mut consumer = Ring::<Tick>::attach("test.there").unwrap().async_consumer().unwrap();
                let mut producer = Ring::<Tick>::attach("test.back").unwrap().async_producer().unwrap();
                while let Some(tick) = soon("a message", consumer.recv()).await.unwrap() {
                    soon("room", producer.send(tick)).await.unwrap();
                }
            });
        }
        "leave without a word" => std::mem::forget(ring_of_parent().async_producer().unwrap()),
        other => panic!("no such job: {other}"),
    }
}

#[test]
fn messages_go_from_process_to_process() {
    for runtime in [one_thread(), two_threads()] {
        let rings = Rings::new();
        let mut consumer = rings.create().async_consumer().unwrap();
        let process = rings.start("send");
        let taken = runtime.block_on(async move {
            let task = tokio::spawn(async move {
                let mut position = 0;
                while let Some(tick) = soon("a message", consumer.recv()).await.unwrap() {
                    assert_eq!(tick, Tick::at(position));
                    position += 1;
                }
                position
            });
            task.await.unwrap()
        });
        assert_eq!(taken, COUNT);
        process.expect_success();
    }
}

#[test]
fn many_at_once_and_streams_take_the_same() {
    let rings = Rings::new();
    let mut consumer = rings.create().async_consumer().unwrap();
    let process = rings.start("send");
    let mut all = Vec::new();
    one_thread().block_on(async {
        while (all.len() as u64) < COUNT / 2 {
            let count = soon("messages", consumer.recv_many(&mut all, 5)).await.unwrap();
            assert!((1..=5).contains(&count));
        }
        assert_eq!(consumer.recv_many(&mut all, 0).await, Ok(0));
        let mut next = async || poll_fn(|context| Pin::new(&mut consumer).poll_next(context)).await;
        while let Some(tick) = soon("a message", next()).await {
            all.push(tick.unwrap());
        }
        assert_eq!(consumer.recv_many(&mut all, 5).await, Ok(0), "the end");
        assert_eq!(consumer.ready().await, Ok(false));
    });
    assert_eq!(all, (0..COUNT).map(Tick::at).collect::<Vec<_>>());
    process.expect_success();
}

#[test]
fn a_receiver_that_is_dropped_has_taken_nothing() {
    for runtime in [one_thread(), two_threads()] {
        let rings = Rings::new();
        let mut consumer = rings.create().async_consumer().unwrap();
        let process = rings.start("push with pauses");
        let dropped = runtime.block_on(async move {
            let (mut position, mut dropped, mut random) = (0, 0_u64, Random(19));
            let mut batch = Vec::new();
            loop {
                let patience = tokio::time::sleep(Duration::from_micros(random.next() % 400));
                // Each of the verbs that wait, dropped wherever it is.
                match random.next() % 4 {
                    0 => tokio::select! {
                        biased;
                        () = patience => dropped += 1,
                        _ = consumer.ready() => {}
                    },
                    1 => tokio::select! {
                        () = patience => dropped += 1,
                        count = consumer.recv_many(&mut batch, 3) => if count.unwrap() == 0 { break },
                    },
                    2 => dropped += u64::from(poll_once(consumer.ready()).is_pending()),
                    _ => tokio::select! {
                        () = patience => dropped += 1,
                        tick = consumer.recv() => match tick.unwrap() {
                            Some(tick) => batch.push(tick),
                            None => break,
                        }
                    },
                }
                for tick in batch.drain(..) {
                    assert_eq!(tick, Tick::at(position));
                    position += 1;
                }
            }
            assert_eq!(position, COUNT);
            dropped
        });
        println!("{dropped} futures were dropped");
        assert!(dropped > 50);
        process.expect_success();
    }
}

#[test]
fn a_sender_that_is_dropped_has_pushed_nothing() {
    let rings = Rings::new();
    let mut producer = rings.create().async_producer().unwrap();
    let process = rings.start("pop with pauses");
    let dropped = two_threads().block_on(async move {
        let (mut position, mut dropped, mut random) = (0, 0_u64, Random(20));
        while position < COUNT {
            let patience = tokio::time::sleep(Duration::from_micros(random.next() % 400));
            match random.next() % 4 {
                0 => tokio::select! {
                    () = patience => dropped += 1,
                    _ = producer.ready(5) => {}
                },
                1 => {
                    let batch: Vec<_> = (position..COUNT.min(position + 20)).map(Tick::at).collect();
                    tokio::select! {
                        () = patience => dropped += 1,
                        count = producer.send_some(&batch) => position += count.unwrap() as u64,
                    }
                }
                2 => dropped += u64::from(poll_once(producer.ready(8)).is_pending()),
                _ => tokio::select! {
                    () = patience => dropped += 1,
                    sent = producer.send(Tick::at(position)) => { sent.unwrap(); position += 1 }
                },
            }
            assert_eq!(producer.get_ref().position(), position);
        }
        dropped
    });
    println!("{dropped} futures were dropped");
    assert!(dropped > 50);
    process.expect_success();
}

#[test]
fn send_many_tells_by_position_how_far_it_came() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.async_producer().unwrap(), ring.consumer().unwrap());
    let messages: Vec<_> = (0..20).map(Tick::at).collect();
    assert!(poll_once(producer.send_many(&messages)).is_pending());
    assert_eq!(producer.get_ref().position(), 8);
    let sender = std::thread::spawn(move || one_thread().block_on(async { producer.send_many(&messages[8..]).await }));
    for position in 0..20 {
        assert_eq!(consumer.pop_timeout(PATIENCE), Ok(Some(Tick::at(position))));
    }
    assert_eq!(sender.join().unwrap(), Ok(()));
    assert_eq!(consumer.pop(), Ok(None), "dropped, and so closed");
}

#[test]
fn a_task_that_sleeps_is_woken_each_time() {
    let rings = Rings::new();
    let there = rings.create();
    let mut consumer = there.async_consumer().unwrap();
    let mut producer = there.producer().unwrap();
    let runtime = two_threads();
    let task = runtime.spawn(async move {
        for position in 0..100 {
            assert_eq!(soon("a message", consumer.recv()).await, Ok(Some(Tick::at(position))));
        }
    });
    let observer = rings.observe();
    for position in 0..100 {
        until("the consumer's sleep", || {
            observer.cursors().0 == position && observer.role(Role::Consumer).unwrap().parked
        });
        producer.push(Tick::at(position)).unwrap();
    }
    runtime.block_on(task).unwrap();
    // A slice may end just then, and the next look find the message.
    assert!(producer.stats().wakes >= 80);
}

#[test]
fn a_sender_wakes_for_the_room_it_wants() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut producer, mut consumer) = (ring.async_producer().unwrap(), ring.consumer().unwrap());
    producer.get_mut().push_many(&[Tick::at(0); 8]).unwrap();
    let runtime = one_thread();
    runtime.block_on(async {
        let task = tokio::spawn(async move {
            soon("room for 3", producer.ready(3)).await.unwrap();
            producer.get_mut().try_push_many(&[Tick::at(0); 8])
        });
        tokio::task::yield_now().await;
        let observer = rings.observe();
        until("the producer's sleep", || observer.role(Role::Producer).unwrap().parked);
        consumer.try_pop().unwrap();
        consumer.try_pop().unwrap();
        assert_eq!(consumer.stats().wakes, 0, "two slots are not what the producer waits for");
        consumer.try_pop().unwrap();
        assert_eq!(task.await.unwrap(), Ok(3));
    });
    assert_eq!(consumer.stats().wakes, 1);
}

#[test]
fn the_end_of_the_stream_wakes_a_task_and_is_none() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut consumer = ring.async_consumer().unwrap();
    let mut producer = ring.async_producer().unwrap();
    one_thread().block_on(async {
        producer.send(Tick::at(0)).await.unwrap();
        assert_eq!(consumer.recv().await, Ok(Some(Tick::at(0))));
        let task = tokio::spawn(async move { soon("the end", consumer.recv()).await });
        tokio::task::yield_now().await;
        until("its sleep", || rings.observe().role(Role::Consumer).unwrap().parked);
        producer.close();
        assert_eq!(task.await.unwrap(), Ok(None));
    });
}

#[test]
fn a_dead_producer_is_told_after_its_messages_and_can_be_succeeded() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut consumer = ring.async_consumer().unwrap();
    let mut process = rings.start("wait to be killed");
    let observer = rings.observe();
    until("the producer", || observer.role(Role::Producer).unwrap().state == 1);
    let pid = process.id();
    one_thread().block_on(async {
        let killer = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(150)).await;
            process.kill();
        });
        for _ in 0..2 {
            match soon("the death", consumer.recv()).await {
                Err(PopError::PeerDied(peer)) => assert_eq!((peer.pid, peer.epoch), (pid, 1)),
                other => panic!("{other:?}"),
            }
        }
        killer.await.unwrap();
        let mut successor = ring.async_producer().unwrap();
        let receiver = tokio::spawn(async move {
            let first = soon("a message", consumer.recv()).await;
            (first, consumer)
        });
        tokio::task::yield_now().await;
        successor.send(Tick::at(0)).await.unwrap();
        let (first, mut consumer) = receiver.await.unwrap();
        assert_eq!(first, Ok(Some(Tick::at(0))));
        // One that detaches is waited for.
        successor.detach();
        let waited = tokio::time::timeout(Duration::from_millis(350), consumer.recv()).await;
        assert!(waited.is_err(), "{waited:?}");
    });
}

#[test]
fn who_leaves_without_a_word_is_dead() {
    let rings = Rings::new();
    let mut consumer = rings.create().async_consumer().unwrap();
    rings.start("leave without a word").expect_success();
    let told = one_thread().block_on(soon("the death", consumer.recv()));
    assert!(matches!(told, Err(PopError::PeerDied(_))), "{told:?}");
}

#[test]
fn a_gone_consumer_is_told_when_the_ring_is_full() {
    let rings = Rings::new();
    let ring = rings.create();
    let mut producer = ring.async_producer().unwrap();
    let mut process = rings.start("wait to be killed");
    let observer = rings.observe();
    until("the consumer", || observer.role(Role::Consumer).unwrap().state == 1);
    one_thread().block_on(async {
        for position in 0..8 {
            producer.send(Tick::at(position)).await.unwrap();
        }
        let pid = process.id();
        process.kill();
        match soon("the death", producer.send(Tick::at(8))).await {
            Err(PushError::PeerDied(peer)) => assert_eq!(peer.pid, pid),
            other => panic!("{other:?}"),
        }
        ring.async_consumer().unwrap().detach();
        assert_eq!(soon("the leave", producer.send(Tick::at(8))).await, Err(PushError::Detached));
        let mut consumer = ring.async_consumer().unwrap();
        assert_eq!(consumer.recv().await, Ok(Some(Tick::at(0))));
        producer.send(Tick::at(8)).await.unwrap();
    });
}

#[test]
fn what_is_corrupt_wakes_a_task_and_stays_so() {
    let rings = Rings::new();
    let ring = rings.options().first_position(100).create::<Tick>(NAME).unwrap();
    let mut consumer = ring.async_consumer().unwrap();
    one_thread().block_on(async {
        let task = tokio::spawn(async move {
            let first = soon("the corruption", consumer.recv()).await;
            (first, consumer.recv().await)
        });
        tokio::task::yield_now().await;
        until("its sleep", || rings.observe().role(Role::Consumer).unwrap().parked);
        rings.tamper().set64(Role::Producer, block::CURSOR, 99);
        let (first, second) = task.await.unwrap();
        assert!(matches!(first, Err(PopError::Corrupt(_))), "{first:?}");
        assert_eq!(first, second);
    });
}

#[test]
fn the_end_of_a_runtime_frees_roles_and_leaves_no_ticket_odd() {
    let rings = Rings::new();
    let ring = rings.create();
    let observer = rings.observe();
    for runtime in [one_thread(), two_threads()] {
        let mut consumer = ring.async_consumer().unwrap();
        runtime.spawn(async move { consumer.recv().await });
        runtime.block_on(tokio::task::yield_now());
        until("its sleep", || observer.role(Role::Consumer).unwrap().parked);
        drop(runtime);
        let info = observer.role(Role::Consumer).unwrap();
        assert_eq!((info.parked, info.held, info.state), (false, false, 3));
    }
    // An end outlives the runtime that polled it.
    let mut consumer = ring.async_consumer().unwrap();
    let runtime = one_thread();
    let pending = runtime.block_on(async { tokio::time::timeout(Duration::from_millis(20), consumer.recv()).await });
    assert!(pending.is_err());
    drop(runtime);
    let mut producer = ring.producer().unwrap();
    producer.push(Tick::at(0)).unwrap();
    assert_eq!(two_threads().block_on(soon("a message", consumer.recv())), Ok(Some(Tick::at(0))));
}

#[test]
fn an_end_can_wait_by_itself_behind_a_future_that_was_dropped() {
    let rings = Rings::new();
    let ring = rings.create();
    let (mut consumer, mut producer) = (ring.async_consumer().unwrap(), ring.producer().unwrap());
    let observer = rings.observe();
    for round in 0..20 {
        assert!(poll_once(consumer.recv()).is_pending());
        if round % 2 == 0 {
            until("its sleep", || observer.role(Role::Consumer).unwrap().parked);
        }
        let ticket = rings.tamper().get32(Role::Consumer, block::TICKET);
        let sync = consumer.get_mut();
        let waited = sync.pop_timeout(Duration::from_millis(1));
        assert_eq!(waited, Err(PopError::Timeout));
        assert!(!observer.role(Role::Consumer).unwrap().parked);
        assert!(rings.tamper().get32(Role::Consumer, block::TICKET) >= ticket, "tickets go on");
        producer.push(Tick::at(round)).unwrap();
        assert_eq!(poll_once(consumer.recv()), Poll::Ready(Ok(Some(Tick::at(round)))));
    }
    let mut consumer = consumer.into_inner();
    assert_eq!(consumer.pop_timeout(Duration::from_millis(1)), Err(PopError::Timeout));
    assert_eq!(consumer.epoch(), 1);
}

#[test]
fn a_task_that_never_waits_lets_others_run() {
    let rings = Rings::new();
    let ring = rings.options().capacity(1024).create::<Tick>(NAME).unwrap();
    let (mut producer, mut consumer) = (ring.async_producer().unwrap(), ring.async_consumer().unwrap());
    one_thread().block_on(async move {
        let turns = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&turns);
        let other = tokio::spawn(async move {
            loop {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        });
        tokio::spawn(async move {
            for position in 0..1024 {
                producer.send(Tick::at(position)).await.unwrap();
            }
            let behind_sends = turns.load(Ordering::Relaxed);
            assert!(behind_sends >= 4, "{behind_sends} turns of the other task");
            for position in 0..1024 {
                assert_eq!(consumer.recv().await, Ok(Some(Tick::at(position))));
            }
            assert!(turns.load(Ordering::Relaxed) >= behind_sends + 4);
        })
        .await
        .unwrap();
        other.abort();
    });
}

/// How many threads wait for rings in this process.
fn waiters() -> usize {
    let is_one = |task: &std::fs::DirEntry| {
        std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name == "ringgen-waiter\n")
    };
    std::fs::read_dir("/proc/self/task").unwrap().map_while(Result::ok).filter(is_one).count()
}

/// There are so many, and not more either: a thread names itself, some time after it was started.
fn expect_waiters(count: usize) {
    until("the threads that wait", || waiters() == count);
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(waiters(), count);
}

fn count_threads() {
    const MANY: usize = 140;
    expect_waiters(0);
    let ring = |name: String| Ring::<Tick>::attach(name).unwrap();
    let mut consumers: Vec<AsyncConsumer<Tick>> = Vec::new();
    let mut producers: Vec<AsyncProducer<Tick>> = Vec::new();
    let (first, rest): (Vec<_>, Vec<_>) = names(MANY).enumerate().partition(|(index, _)| *index < 60);
    for (_, name) in first {
        consumers.push(ring(name.clone()).async_consumer().unwrap());
        producers.push(ring(name).async_producer().unwrap());
    }
    // One for 120 ends.
    expect_waiters(1);
    for (_, name) in rest {
        consumers.push(ring(name.clone()).async_consumer().unwrap());
        producers.push(ring(name).async_producer().unwrap());
    }
    // One for 127.
    expect_waiters(3);
    two_threads().block_on(async move {
        let mut receivers = tokio::task::JoinSet::new();
        for mut consumer in consumers {
            receivers.spawn(async move {
                let mut position = 0;
                while let Some(tick) = soon("a message", consumer.recv()).await.unwrap() {
                    assert_eq!(tick, Tick::at(position));
                    position += 1;
                }
                position
            });
        }
        let mut senders = tokio::task::JoinSet::new();
        for mut producer in producers {
            senders.spawn(async move {
                for position in 0..50 {
                    soon("room", producer.send(Tick::at(position))).await.unwrap();
                    if position % 10 == 0 {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                }
            });
        }
        senders.join_all().await;
        assert_eq!(receivers.join_all().await, [50; MANY]);
    });
    // Threads stay, and seats are free again.
    let _consumer = Ring::<Tick>::attach("test.ring0").unwrap().async_consumer().unwrap();
    expect_waiters(3);
}

#[test]
fn one_thread_of_a_process_sleeps_for_all_its_tasks() {
    let rings = Rings::new();
    for name in names(140) {
        rings.options().create::<Tick>(name).unwrap();
    }
    rings.start("count threads").expect_success();
}

/// Nanoseconds of processor time, and how often a thread of this process went to sleep.
fn usage() -> (u64, i64) {
    // SAFETY: numbers alone, and zero is one.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: `usage` lives here and is written as a whole.
    assert_eq!(unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) }, 0);
    let nanoseconds = |time: libc::timeval| (time.tv_sec as u64 * 1_000_000 + time.tv_usec as u64) * 1000;
    (nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime), usage.ru_nvcsw)
}

fn idle() {
    let mut consumers: Vec<_> =
        names(20).map(|name| Ring::<Tick>::attach(name).unwrap().async_consumer().unwrap()).collect();
    let _producers: Vec<_> = names(20).map(|name| Ring::<Tick>::attach(name).unwrap().producer().unwrap()).collect();
    one_thread().block_on(async {
        let mut receivers = tokio::task::JoinSet::new();
        for mut consumer in consumers.drain(..) {
            receivers.spawn(async move { consumer.recv().await });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let (time, sleeps) = usage();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let (time, sleeps) = (usage().0 - time, usage().1 - sleeps);
        println!("20 idle receivers in 1.5 s: {} µs of processor time, {sleeps} sleeps", time / 1000);
        // 15 slices of 100 ms; and of 1500 ms of one processor, a tenth at the most by a wide margin.
        assert!(sleeps <= 100, "{sleeps} sleeps");
        assert!(time <= 150_000_000, "{time} ns");
    });
}

#[test]
fn an_idle_receiver_uses_no_processor_time() {
    let rings = Rings::new();
    for name in names(20) {
        rings.options().create::<Tick>(name).unwrap();
    }
    rings.start("idle").expect_success();
}

#[test]
fn without_futex_waitv_it_works_all_the_same() {
    let rings = Rings::new();
    let there = rings.options().create::<Tick>("test.there").unwrap();
    let back = rings.options().create::<Tick>("test.back").unwrap();
    let process = rings.start("echo without futex_waitv");
    let (mut producer, mut consumer) = (there.producer().unwrap(), back.consumer().unwrap());
    for position in 0..200 {
        producer.push(Tick::at(position)).unwrap();
        assert_eq!(consumer.pop_timeout(PATIENCE), Ok(Some(Tick::at(position))));
    }
    producer.close();
    assert_eq!(consumer.pop_timeout(PATIENCE), Ok(None));
    process.expect_success();
}

/// A child gets its parent's handles, and can do nothing with them but drop them; it can have handles of its own.
fn fork() {
    let ring = ring_of_parent();
    let mut producer = ring.async_producer().unwrap();
    let other = Ring::<Tick>::attach("test.other").unwrap();
    for round in 0..30 {
        let mut consumer = ring.async_consumer().unwrap();
        // The thread is at work when the fork comes.
        assert!(poll_once(consumer.recv()).is_pending());
        std::thread::sleep(Duration::from_micros(50 * round));
        // SAFETY: the child uses handles of its own thread and then exits without destructors of the test harness.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let mut was_right = vec![
                poll_once(consumer.recv()) == Poll::Ready(Err(PopError::Forked)),
                poll_once(consumer.ready()) == Poll::Ready(Err(PopError::Forked)),
                poll_once(producer.send(Tick::at(9))) == Poll::Ready(Err(PushError::Forked)),
                consumer.get_mut().pop() == Err(PopError::Forked),
            ];
            drop((consumer, producer));
            let (mut mine, mut to_me) = (other.async_consumer().unwrap(), other.producer().unwrap());
            was_right.push(poll_once(mine.recv()).is_pending());
            let pusher = std::thread::spawn(move || to_me.push(Tick::at(5)).map(|()| to_me.detach()));
            was_right.push(one_thread().block_on(soon("a message", mine.recv())) == Ok(Some(Tick::at(5))));
            was_right.push(pusher.join().unwrap() == Ok(()));
            until("the child's own thread", || waiters() == 1);
            let wrong = was_right.iter().position(|&is_right| !is_right).map_or(0, |index| index + 1);
            // SAFETY: ends the process at once, without destructors.
            unsafe { libc::_exit(wrong as i32) }
        }
        let mut status = 0;
        // SAFETY: waits for the child of above; `status` lives here.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        assert_eq!(status >> 8, 0, "the child saw something else");
        assert_eq!(status, 0, "the child was killed");
        producer.get_mut().push(Tick::at(round)).unwrap();
        assert_eq!(one_thread().block_on(soon("a message", consumer.recv())), Ok(Some(Tick::at(round))));
    }
}

#[test]
fn a_forked_child_has_no_part_in_what_its_parent_awaits() {
    let rings = Rings::new();
    let _ring = rings.create();
    rings.options().create::<Tick>("test.other").unwrap();
    rings.start("fork").expect_success();
}
