//! Pages that are there before they are needed, and stay.

mod support;

use std::path::Path;

use ringgen_runtime::{ClaimError, Ring, RingOptions};
use support::{NAME, Rings, Tick, job};

/// Kilobytes of the mappings of a file: all, in the page table, and locked.
fn mapped(path: &Path) -> (u64, u64, u64) {
    let path = path.display().to_string();
    let mut sum = (0, 0, 0);
    let mut is_of_file = false;
    for line in std::fs::read_to_string("/proc/self/smaps").unwrap().lines() {
        let mut words = line.split_ascii_whitespace();
        let name = words.next().unwrap();
        if !name.ends_with(':') {
            is_of_file = line.ends_with(&path);
        } else if is_of_file {
            let mut kilobytes = || words.next().unwrap().parse::<u64>().unwrap();
            match name {
                "Size:" => sum.0 += kilobytes(),
                "Rss:" => sum.1 += kilobytes(),
                "Locked:" => sum.2 += kilobytes(),
                _ => {}
            }
        }
    }
    sum
}

fn options(rings: &Rings) -> RingOptions {
    rings.options().capacity(1 << 14)
}

/// What one more role has mapped, in kilobytes.
fn mapped_by<R>(rings: &Rings, claim: impl FnOnce() -> R) -> (u64, u64, u64) {
    let before = mapped(&rings.path());
    let role = claim();
    let after = mapped(&rings.path());
    drop(role);
    (after.0 - before.0, after.1 - before.1, after.2 - before.2)
}

#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let Some(job) = job() else { return };
    let (call, action, options) = match job.as_str() {
        "without mlock" => {
            (libc::SYS_mlock, "keep the ring's pages in memory: see `ulimit -l`", RingOptions::new().lock_memory(true))
        }
        "without madvise" => {
            (libc::SYS_madvise, "map the ring's pages ahead of their use", RingOptions::new().prefault(true))
        }
        other => panic!("no such job: {other}"),
    };
    support::refuse_call(call, libc::ENOMEM);
    let ring: Ring<Tick> = options.attach(NAME).unwrap();
    match ring.producer() {
        Err(ClaimError::Io { action: what, error }) => {
            assert_eq!((what, error.raw_os_error()), (action, Some(libc::ENOMEM)));
        }
        other => panic!("{other:?}"),
    }
    // And nothing has happened to the ring.
    RingOptions::new().attach::<Tick>(NAME).unwrap().producer().unwrap().detach();
}

#[test]
fn pages_are_mapped_ahead_where_that_is_asked_for() {
    let rings = Rings::new();
    let ring = options(&rings).create::<Tick>(NAME).unwrap();
    let (size, resident, locked) = mapped_by(&rings, || ring.producer().unwrap());
    assert!(size >= 512 && resident < size / 2 && locked == 0, "{size}, {resident}, {locked}");
    let ring = options(&rings).prefault(true).attach::<Tick>(NAME);
    let ring = ring.unwrap();
    let (size, resident, locked) = mapped_by(&rings, || ring.consumer().unwrap());
    assert_eq!((resident, locked), (size, 0));
}

#[test]
fn a_prefaulted_producer_has_pages_it_can_write() {
    let rings = Rings::new();
    let ring = options(&rings).prefault(true).create::<Tick>(NAME).unwrap();
    let (size, resident, _) = mapped_by(&rings, || {
        let mut producer = ring.producer().unwrap();
        producer.push(Tick::at(0)).unwrap();
        producer
    });
    assert_eq!(resident, size);
    assert_eq!(ring.consumer().unwrap().pop(), Ok(Some(Tick::at(0))));
}

#[test]
fn pages_are_locked_where_that_is_asked_for() {
    let rings = Rings::new();
    let ring = rings.options().lock_memory(true).create::<Tick>(NAME).unwrap();
    let (size, resident, locked) = mapped_by(&rings, || ring.producer().unwrap());
    assert_eq!((resident, locked), (size, size));
}

#[test]
fn what_the_kernel_refuses_is_an_error_by_name() {
    let rings = Rings::new();
    let _ring = rings.create();
    rings.start("without mlock").expect_success();
    rings.start("without madvise").expect_success();
}
