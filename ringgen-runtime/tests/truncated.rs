//! Somebody cuts a ring's file short while it is mapped: without a guard that is SIGBUS, with one it is `Corrupt`.
#![allow(unsafe_code, reason = "signals are handled and mappings read as a user's own code might")]

mod support;

use std::fs::{File, OpenOptions};
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use memmap2::{MmapOptions, MmapRaw};
use ringgen_runtime::{
    ClaimError, Consumer, Corruption, PopError, Producer, PushError, Ring, RingOptions, Role, TryPushError, Wait,
};
use support::{NAME, PATIENCE, Rings, Tick, job, ring_of_parent, until};

const GONE: Corruption = Corruption::Truncated;

fn guarded(rings: &Rings) -> RingOptions {
    rings.options().guard_truncation(true)
}

fn cut(rings: &Rings, length: u64) {
    OpenOptions::new().write(true).open(rings.path()).unwrap().set_len(length).unwrap();
}

/// Both sides of a ring with three messages in it, all that was guarded.
fn sides(rings: &Rings) -> (Ring<Tick>, Producer<Tick>, Consumer<Tick>) {
    let ring = guarded(rings).create::<Tick>(NAME).unwrap();
    let (mut producer, consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    producer.push_many(&[Tick::at(0), Tick::at(1), Tick::at(2)]).unwrap();
    (ring, producer, consumer)
}

#[test]
fn a_guarded_ring_works_as_any_other() {
    let rings = Rings::new();
    let (_ring, mut producer, mut consumer) = sides(&rings);
    for position in 0..3 {
        assert_eq!(consumer.pop(), Ok(Some(Tick::at(position))));
    }
    assert_eq!(consumer.try_pop(), Ok(None));
    assert_eq!(consumer.pop_timeout(Duration::ZERO), Err(PopError::Timeout));
    for position in 3..11 {
        producer.try_push(Tick::at(position)).unwrap();
    }
    assert_eq!(producer.try_push(Tick::at(11)), Err(TryPushError::Full(Tick::at(11))));
    assert_eq!(producer.push_timeout(Tick::at(11), Duration::ZERO), Err(PushError::Timeout));
    let peek = consumer.peek(20).unwrap().unwrap();
    assert_eq!(peek.iter().map(|tick| tick.position).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);
    peek.release(5).unwrap();
    let mut claim = producer.claim(3).unwrap();
    (0..3).for_each(|index| claim.write(index, Tick::at(11 + index as u64)));
    claim.commit(2).unwrap();
    let mut ticks = Vec::new();
    assert_eq!(consumer.try_pop_many_into(&mut ticks, 4), Ok(4));
    assert_eq!(ticks.last(), Some(&Tick::at(11)));
    let mut ticks = [Tick::ZERO; 4];
    assert_eq!(consumer.try_pop_many(&mut ticks), Ok(1));
    producer.close();
    assert_eq!((consumer.pop(), consumer.is_ended()), (Ok(None), true));
}

#[test]
fn every_verb_of_a_consumer_says_that_the_file_was_truncated() {
    type Verb = fn(&mut Consumer<Tick>) -> Result<(), PopError>;
    let verbs: [Verb; 9] = [
        |consumer| consumer.try_pop().map(drop),
        |consumer| consumer.pop().map(drop),
        |consumer| consumer.pop_timeout(PATIENCE).map(drop),
        |consumer| consumer.try_pop_many(&mut [Tick::ZERO; 2]).map(drop),
        |consumer| consumer.pop_many(&mut [Tick::ZERO; 9]).map(drop),
        |consumer| {
            let mut ticks = vec![Tick::at(77)];
            let popped = consumer.try_pop_many_into(&mut ticks, 2);
            assert_eq!(ticks, [Tick::at(77)], "what was no message is taken back");
            popped.map(drop)
        },
        |consumer| {
            let peek = consumer.try_peek(2)?.expect("they are there");
            peek.get(0);
            peek.release(1)
        },
        |consumer| {
            let peek = consumer.peek(2)?.expect("they are there");
            assert_eq!(peek.get(1), Tick { position: 0, inverse: 0, low: 0, high: 0, mixed: 0 });
            peek.release(2)
        },
        |consumer| consumer.iter().next().expect("an error is an item").map(drop),
    ];
    for verb in verbs {
        // All of it; and the slots alone, which is seen only when they are read.
        for length in [0, 12288] {
            let rings = Rings::new();
            let (_ring, _producer, mut consumer) = sides(&rings);
            assert!(consumer.wait_for_message(None).unwrap());
            cut(&rings, length);
            assert_eq!(verb(&mut consumer), Err(PopError::Corrupt(GONE)));
            assert_eq!(consumer.try_pop(), Err(PopError::Corrupt(GONE)), "it stays so");
            assert_eq!(consumer.pop_timeout(PATIENCE), Err(PopError::Corrupt(GONE)));
            assert_eq!(consumer.wait_for_message(None), Err(PopError::Corrupt(GONE)));
        }
    }
    assert!(PopError::Corrupt(GONE).to_string().contains("its file was truncated"));
}

#[test]
fn every_verb_of_a_producer_says_that_the_file_was_truncated() {
    type Verb = fn(&mut Producer<Tick>) -> Result<(), PushError>;
    let verbs: [Verb; 6] = [
        |producer| match producer.try_push(Tick::at(9)) {
            Err(TryPushError::Corrupt(tick, corruption)) if tick == Tick::at(9) => Err(PushError::Corrupt(corruption)),
            other => panic!("{other:?}"),
        },
        |producer| producer.push(Tick::at(9)),
        |producer| producer.push_timeout(Tick::at(9), PATIENCE),
        |producer| producer.try_push_many(&[Tick::at(9); 2]).map(drop),
        |producer| producer.push_many(&[Tick::at(9); 9]),
        |producer| {
            let mut claim = producer.claim(2)?;
            claim.write(0, Tick::at(9));
            claim.commit(1)
        },
    ];
    for verb in verbs {
        for length in [0, 12288] {
            let rings = Rings::new();
            let (_ring, mut producer, _consumer) = sides(&rings);
            cut(&rings, length);
            assert_eq!(verb(&mut producer), Err(PushError::Corrupt(GONE)));
            assert_eq!(producer.push(Tick::at(9)), Err(PushError::Corrupt(GONE)), "it stays so");
            assert_eq!(producer.wait_for_room(8, None), Err(PushError::Corrupt(GONE)));
        }
    }
}

#[test]
fn whoever_waits_is_told() {
    for wait in [Wait::Spin, Wait::Yield, Wait::Hybrid] {
        let rings = Rings::new();
        let ring = guarded(&rings).wait(wait).create::<Tick>(NAME).unwrap();
        let mut consumer = ring.consumer().unwrap();
        let observer = rings.observe();
        std::thread::scope(|scope| {
            // At position 0, where zeros in place of the producer's words look like a producer that never was.
            let waiting = scope.spawn(move || consumer.pop());
            if wait == Wait::Hybrid {
                until("the sleep", || observer.role(Role::Consumer).unwrap().stats.parks > 0);
            }
            cut(&rings, 0);
            assert_eq!(waiting.join().unwrap(), Err(PopError::Corrupt(GONE)));
        });
    }
}

#[test]
fn a_file_that_is_cut_in_the_middle_of_the_work_is_survived() {
    for round in 0..20 {
        let rings = Rings::new();
        let ring = guarded(&rings).create::<Tick>(NAME).unwrap();
        let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
        std::thread::scope(|scope| {
            let pushing = scope.spawn(move || {
                let error = (0..).find_map(|position| producer.push_timeout(Tick::at(position), PATIENCE).err());
                (error, producer)
            });
            let popping = scope.spawn(move || {
                for position in 0.. {
                    match consumer.pop_timeout(PATIENCE) {
                        Ok(tick) => assert_eq!(tick, Some(Tick::at(position)), "nothing that was not sent"),
                        Err(error) => return error,
                    }
                }
                unreachable!("positions do not end");
            });
            until("some messages", || rings.observe().cursors().0 > 100 * round);
            // All of it; both blocks; the producer's, which both sides look at.
            cut(&rings, [0, 4096, 8192][round as usize % 3]);
            let (error, _still_there) = pushing.join().unwrap();
            assert_eq!(error, Some(PushError::Corrupt(GONE)));
            assert_eq!(popping.join().unwrap(), PopError::Corrupt(GONE));
        });
    }
}

#[test]
fn a_role_of_a_truncated_ring_is_not_claimed() {
    let rings = Rings::new();
    let ring = guarded(&rings).create::<Tick>(NAME).unwrap();
    cut(&rings, 4096);
    assert!(matches!(ring.producer(), Err(ClaimError::Corrupt(GONE))));
    assert!(matches!(ring.consumer(), Err(ClaimError::Corrupt(GONE))));
}

/// A file of two pages, mapped, and then cut to nothing.
fn lost_page() -> (File, MmapRaw) {
    let file = tempfile::tempfile_in("/dev/shm").unwrap();
    file.set_len(8192).unwrap();
    let map = MmapOptions::new().len(8192).map_raw(&file).unwrap();
    file.set_len(0).unwrap();
    (file, map)
}

fn fault(map: &MmapRaw) {
    // SAFETY: mapped; what the kernel answers with is what the tests are about.
    unsafe { map.as_ptr().read_volatile() };
}

extern "C" fn exit_with_77(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: the kernel gives a whole one.
    let facts = unsafe { &*info };
    // SAFETY: of a fault, it is the address.
    let address = unsafe { facts.si_addr() };
    // SAFETY: ends the process at once, as a handler may.
    unsafe { libc::_exit(if address.is_null() { 1 } else { 77 }) };
}

extern "C" fn exit_with_78(_: libc::c_int) {
    // SAFETY: as above.
    unsafe { libc::_exit(78) };
}

fn handle_by(handler: libc::sighandler_t, flags: libc::c_int) {
    // SAFETY: integers and pointers, for which all zeros are a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    (action.sa_sigaction, action.sa_flags) = (handler, flags);
    // SAFETY: a whole action, and handlers that only end the process.
    assert_eq!(unsafe { libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut()) }, 0);
}

/// Guards a ring of its own, so that the handler is there.
fn guard_something() -> Consumer<Tick> {
    let ring: Ring<Tick> = RingOptions::new().guard_truncation(true).attach(NAME).unwrap();
    ring.consumer().unwrap()
}

/// The other process, in which a job runs that may not survive it.
#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let Some(job) = job() else { return };
    match job.as_str() {
        "unguarded" => {
            let mut consumer = ring_of_parent().consumer().unwrap();
            // Until it dies of it.
            while consumer.pop_timeout(Duration::from_millis(1)).is_ok_and(|tick| tick.is_some()) {}
            loop {
                let _ = consumer.try_pop();
            }
        }
        "elsewhere" => {
            let _guarded = guard_something();
            fault(&lost_page().1);
        }
        "elsewhere with a handler" => {
            handle_by(exit_with_77 as *const () as usize, libc::SA_SIGINFO);
            let _guarded = guard_something();
            fault(&lost_page().1);
        }
        "elsewhere with a plain handler" => {
            handle_by(exit_with_78 as *const () as usize, 0);
            let _guarded = guard_something();
            fault(&lost_page().1);
        }
        "elsewhere with the signal ignored" => {
            handle_by(libc::SIG_IGN, 0);
            let _guarded = guard_something();
            // SAFETY: sends a signal, which is ignored.
            unsafe { libc::raise(libc::SIGBUS) };
            fault(&lost_page().1);
        }
        "sent" => {
            handle_by(libc::SIG_DFL, 0);
            let _guarded = guard_something();
            // SAFETY: sends a signal.
            unsafe { libc::raise(libc::SIGBUS) };
        }
        "no guard any more" => {
            // Where a guarded mapping was, another one lies now as likely as not.
            drop(guard_something());
            let pages: Vec<_> = (0..50).map(|_| lost_page()).collect();
            pages.iter().for_each(|(_, map)| fault(map));
        }
        other => panic!("no such job: {other}"),
    }
    std::process::exit(1);
}

#[test]
fn without_a_guard_the_process_ends_by_sigbus() {
    let rings = Rings::new();
    rings.create();
    let process = rings.start("unguarded");
    until("the claim", || rings.observe().role(Role::Consumer).unwrap().held);
    cut(&rings, 0);
    assert_eq!(process.wait().signal(), Some(libc::SIGBUS));
}

#[test]
fn a_fault_elsewhere_is_what_it_was_before() {
    for (job, signal, code) in [
        ("elsewhere", Some(libc::SIGBUS), None),
        ("elsewhere with a handler", None, Some(77)),
        ("elsewhere with a plain handler", None, Some(78)),
        ("elsewhere with the signal ignored", Some(libc::SIGBUS), None),
        ("sent", Some(libc::SIGBUS), None),
        ("no guard any more", Some(libc::SIGBUS), None),
    ] {
        let rings = Rings::new();
        rings.create();
        let status = rings.start(job).wait();
        assert_eq!((status.signal(), status.code()), (signal, code), "{job}");
    }
}
