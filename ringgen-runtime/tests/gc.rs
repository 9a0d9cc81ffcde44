//! What a collector takes and what it leaves, with real processes that create, attach, claim and die meanwhile.
#![allow(unsafe_code, reason = "signals")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::os::fd::AsFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::exit;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ringgen_layout::ring::{LOCK_COLLECTOR, STATE_ACTIVE, header};
use ringgen_runtime::{AttachError, ClaimError, Collector, Found, FoundState, Observer, Ring, RingOptions, Role};
use support::{NAME, PATIENCE, Random, Rings, Tick, change_header, job, lock_byte, until};

#[test]
#[ignore = "the other process of the tests below"]
fn child() {
    let Some(job) = job() else { return };
    let (job, seed) = job.split_once(' ').unwrap_or((&job, "0"));
    match job {
        "hold" => {
            let _producer = Ring::<Tick>::attach(NAME).unwrap().producer().unwrap();
            std::thread::sleep(PATIENCE);
        }
        "use" => use_rings(seed.parse().unwrap()),
        "collect" => collect_until_told(),
        other => panic!("no such job: {other}"),
    }
}

fn collector(rings: &Rings) -> Collector {
    Collector::new().dir(rings.dir())
}

/// The state of each file, in one word, and whether it was removed.
fn states(found: &[Found]) -> BTreeMap<String, (&'static str, bool)> {
    let word = |state: &FoundState| match state {
        FoundState::Stale => "stale",
        FoundState::Unfinished => "unfinished",
        FoundState::InTheMaking => "in the making",
        FoundState::Idle { .. } => "idle",
        FoundState::Held { .. } => "held",
        FoundState::Leaving => "leaving",
        FoundState::Unusable(error) => error.code(),
        _ => "unknown",
    };
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_string();
    found.iter().map(|found| (name(&found.path), (word(&found.state), found.removed))).collect()
}

#[test]
fn what_nobody_can_use_is_removed_and_all_else_is_left() {
    let rings = Rings::new();
    let make = |name: &str| rings.options().create::<Tick>(name).unwrap();
    make("of.another-boot");
    change_header(&rings.dir().join("of.another-boot"), header::BOOT_ID, &[7; 16]);
    make("of.another-format");
    change_header(&rings.dir().join("of.another-format"), header::FORMAT_MAJOR, &2_u32.to_le_bytes());
    let held = make("held");
    let producer = held.producer().unwrap();
    let read = make("held.by-its-reader");
    let consumer = read.consumer().unwrap();
    let idle = make("idle");
    let mut writer = idle.producer().unwrap();
    writer.push_many(&[Tick::at(0); 5]).unwrap();
    writer.detach();
    let mut reader = idle.consumer().unwrap();
    reader.pop_many(&mut [Tick::ZERO; 2]).unwrap();
    reader.close();
    fs::write(rings.dir().join("notes"), "no ring").unwrap();
    fs::write(rings.dir().join(".hidden"), "nobody's business").unwrap();
    fs::write(rings.dir().join(".ringgen.1.0123456789abcdef"), "half a ring").unwrap();
    let in_the_making = fs::File::create(rings.dir().join(".ringgen.1.fedcba9876543210")).unwrap();
    lock_byte(in_the_making.as_fd(), LOCK_COLLECTOR);
    fs::create_dir(rings.dir().join("folder")).unwrap();
    symlink(rings.dir().join("idle"), rings.dir().join("link")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(rings.dir().join("pipe")).status().unwrap().success());

    let expected = |removed: bool| {
        BTreeMap::from(
            [
                ("of.another-boot", ("stale", removed)),
                ("of.another-format", ("UnsupportedFormat", false)),
                ("held", ("held", false)),
                ("held.by-its-reader", ("held", false)),
                ("idle", ("idle", false)),
                ("notes", ("NotARing", false)),
                (".ringgen.1.0123456789abcdef", ("unfinished", removed)),
                (".ringgen.1.fedcba9876543210", ("in the making", false)),
                ("folder", ("Refused", false)),
                ("link", ("Refused", false)),
                ("pipe", ("Refused", false)),
            ]
            .map(|(name, state)| (name.to_string(), state)),
        )
    };
    let before = entries(rings.dir());
    assert_eq!(states(&collector(&rings).dry_run(true).collect().unwrap()), expected(true));
    assert_eq!(entries(rings.dir()), before, "a dry run changes nothing");

    let found = collector(&rings).collect().unwrap();
    assert_eq!(states(&found), expected(true));
    let left = entries(rings.dir());
    let gone: Vec<_> = before.iter().filter(|entry| !left.contains(entry)).collect();
    assert_eq!(gone, [".ringgen.1.0123456789abcdef", "of.another-boot"]);
    let state_of = |name: &str| &found.iter().find(|found| found.path.ends_with(name)).unwrap().state;
    let me = u64::from(std::process::id());
    assert!(matches!(state_of("held"), FoundState::Held { role: Role::Producer, pid } if *pid == me));
    assert!(matches!(state_of("held.by-its-reader"), FoundState::Held { role: Role::Consumer, .. }));
    assert!(matches!(state_of("idle"), FoundState::Idle { unread: 3 }));
    assert_eq!(found.iter().find(|found| found.path.ends_with("idle")).unwrap().bytes, {
        fs::metadata(rings.dir().join("idle")).unwrap().len()
    });

    let found = collector(&rings).idle(true).collect().unwrap();
    let removed: Vec<_> = found.iter().filter(|found| found.removed).map(|found| &found.path).collect();
    assert_eq!(removed, [&rings.dir().join("idle")]);
    assert!(matches!(idle.consumer(), Err(ClaimError::NotFound { .. })));
    drop((producer, consumer));
}

fn entries(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn one_ring_is_collected_by_its_name_or_path() {
    let rings = Rings::new();
    rings.create();
    let found = collector(&rings).collect_one(NAME).unwrap();
    assert!(matches!(found.state, FoundState::Idle { unread: 0 }) && !found.removed);
    let found = Collector::new().idle(true).collect_one(rings.path()).unwrap();
    assert!(found.removed && !rings.path().exists());
    assert!(matches!(collector(&rings).collect_one(NAME), Err(AttachError::NotFound { .. })));
    assert!(matches!(collector(&rings).collect_one("../x"), Err(AttachError::InvalidName(_))));
}

#[test]
fn a_directory_that_is_not_there_has_no_files_and_one_of_strangers_is_refused() {
    let rings = Rings::new();
    assert!(Collector::new().dir(rings.dir().join("none")).collect().unwrap().is_empty());
    fs::set_permissions(rings.dir(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(matches!(collector(&rings).collect(), Err(AttachError::Refused { .. })));
}

#[test]
fn a_ring_is_kept_as_long_as_its_holder_lives_even_stopped() {
    let rings = Rings::new();
    rings.create();
    let mut process = rings.start("hold");
    until("its role", || rings.observe().role(Role::Producer).unwrap().state == STATE_ACTIVE);
    let pid = process.id();
    // SAFETY: a signal to a child that has not been waited for.
    assert_eq!(unsafe { libc::kill(pid as libc::pid_t, libc::SIGSTOP) }, 0);
    for _ in 0..3 {
        let found = collector(&rings).idle(true).collect().unwrap();
        assert!(
            matches!(found[..], [Found { state: FoundState::Held { pid: held, .. }, removed: false, .. }] if held == pid)
        );
    }
    process.kill();
    let found = collector(&rings).idle(true).collect().unwrap();
    assert!(matches!(found[..], [Found { state: FoundState::Idle { .. }, removed: true, .. }]));
    assert!(!rings.path().exists());
}

#[test]
fn a_stale_ring_whose_locks_are_held_is_kept() {
    // As on a file system that several machines share: the boot is another one, and its users live.
    let rings = Rings::new();
    let ring = rings.create();
    let producer = ring.producer().unwrap();
    change_header(&rings.path(), header::BOOT_ID, &[7; 16]);
    let found = collector(&rings).idle(true).collect().unwrap();
    assert!(matches!(found[..], [Found { state: FoundState::Held { .. }, removed: false, .. }]), "{found:?}");
    drop(producer);
    assert!(collector(&rings).collect().unwrap()[0].removed);
}

#[test]
fn a_claim_waits_for_a_collector_and_does_not_take_it_for_a_holder() {
    let rings = Rings::new();
    let ring = rings.create();
    let file = fs::File::options().read(true).write(true).open(rings.path()).unwrap();
    support::lock_from(file.as_fd(), LOCK_COLLECTOR);
    assert!(!rings.observe().role(Role::Producer).unwrap().held, "it is no holder");
    assert!(matches!(
        collector(&rings).idle(true).collect().unwrap()[..],
        [Found { state: FoundState::Leaving, removed: false, .. }]
    ));
    let claim = std::thread::scope(|scope| {
        let claim = scope.spawn(|| ring.producer());
        std::thread::sleep(Duration::from_millis(50));
        assert!(!claim.is_finished(), "it waits");
        drop(file);
        claim.join().unwrap()
    });
    claim.unwrap();
}

/// Five seconds for each: a collector needs a few system calls, and only a stopped one needs longer.
#[test]
fn a_collector_that_never_ends_is_no_hang() {
    let rings = Rings::new();
    let ring = rings.create();
    let file = fs::File::options().read(true).write(true).open(rings.path()).unwrap();
    support::lock_from(file.as_fd(), LOCK_COLLECTOR);
    std::thread::scope(|scope| {
        let claim = scope.spawn(|| ring.producer().map(drop));
        let unlink = scope.spawn(|| ring.unlink());
        assert!(matches!(claim.join().unwrap(), Err(ClaimError::NotFound { .. })));
        assert_eq!(unlink.join().unwrap().unwrap_err().kind(), std::io::ErrorKind::TimedOut);
    });
    drop(file);
    ring.producer().unwrap();
}

#[test]
fn a_creation_whose_temporary_file_is_swept_away_starts_over() {
    let rings = Rings::new();
    let (stop, swept) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        // What a collector does to a file that its creator has not locked yet.
        scope.spawn(|| {
            let mut random = Random(7);
            while !stop.load(Ordering::Relaxed) {
                for name in fs::read_dir(rings.dir()).unwrap().filter_map(|entry| entry.ok()) {
                    let is_unfinished = name.file_name().to_string_lossy().starts_with(".ringgen.");
                    if is_unfinished && random.next().is_multiple_of(3) && fs::remove_file(name.path()).is_ok() {
                        swept.fetch_add(1, Ordering::Relaxed);
                    }
                }
            }
        });
        until("sweeping", || {
            for index in 0..100 {
                let ring = rings.options().create::<Tick>(format!("test.{index}")).unwrap();
                ring.producer().unwrap();
                ring.unlink().unwrap();
            }
            swept.load(Ordering::Relaxed) >= 5
        });
        stop.store(true, Ordering::Relaxed);
    });
}

/// How many times each user opens, claims and leaves a ring; more with `RINGGEN_TEST_RACES`.
fn rounds() -> u64 {
    std::env::var("RINGGEN_TEST_RACES").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(600)
}

const USERS: u64 = 4;
const COLLECTORS: u64 = 2;

/// Users open, claim, leave and remove rings of common and of own names, while collectors remove every ring that
/// nobody holds a role of. No ring loses its name while a role of it is held, and nobody is refused a role that nobody
/// holds.
#[test]
fn no_live_ring_loses_its_name() {
    let rings = Rings::new();
    fs::create_dir(rings.dir().join("told")).unwrap();
    let collectors: Vec<_> = (0..COLLECTORS).map(|_| rings.start("collect")).collect();
    let users: Vec<_> = (0..USERS).map(|seed| rings.start(&format!("use {seed}"))).collect();
    for user in users {
        user.expect_success();
    }
    fs::write(rings.dir().join("told/stop"), "").unwrap();
    for collector in collectors {
        collector.expect_success();
    }
    let mut totals: BTreeMap<String, u64> = BTreeMap::new();
    for entry in fs::read_dir(rings.dir().join("told")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines() {
            let (name, count) = line.rsplit_once(' ').unwrap();
            *totals.entry(name.to_string()).or_default() += count.parse::<u64>().unwrap();
        }
    }
    println!("{totals:?}");
    let total = |name: &str| totals.get(name).copied().unwrap_or(0);
    assert_eq!(total("rounds"), USERS * rounds());
    for (name, least) in [("held", USERS * rounds() / 4), ("collected", rounds() / 4), ("gone", 1), ("taken", 1)] {
        assert!(total(name) >= least, "{name} at least {least} times: {totals:?}");
    }
}

fn tell(counts: &[(&str, u64)]) {
    let dir = std::env::var("RINGGEN_DIR").unwrap();
    let text: String = counts.iter().map(|(name, count)| format!("{name} {count}\n")).collect();
    fs::write(Path::new(&dir).join(format!("told/{}", std::process::id())), text).unwrap();
}

fn use_rings(seed: u64) {
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ (seed + 1));
    let (mut held, mut taken, mut gone) = (0, 0, 0);
    for _ in 0..rounds() {
        // A name that only this process uses must never be found taken.
        let own = random.next().is_multiple_of(2);
        let name = if own { format!("own.{seed}") } else { format!("common.{}", random.next() % 2) };
        let ring = match RingOptions::new().capacity(1).open_or_create::<Tick>(&name) {
            Ok(ring) => ring,
            Err(error) => panic!("{error}"),
        };
        let claimed = match random.next() % 2 {
            0 => ring.producer().map(Ok),
            _ => ring.consumer().map(Err),
        };
        let role = match claimed {
            Ok(role) => role,
            Err(ClaimError::NotFound { .. }) => {
                gone += 1;
                continue;
            }
            Err(ClaimError::RoleTaken { .. }) if !own => {
                taken += 1;
                continue;
            }
            Err(error) => panic!("{name}: {error}"),
        };
        held += 1;
        for look in 0..1 + random.next() % 4 {
            let path = ring.path();
            match Observer::open(path, &RingOptions::new()) {
                Ok(there) if there.header().instance_id == ring.raw().observer().header().instance_id => {}
                other => panic!("{name} has lost its name while its role is held, at look {look}: {other:?}"),
            }
            std::thread::yield_now();
        }
        // Only the owner of a name may take it away under everybody's hands.
        if own && random.next().is_multiple_of(4) {
            assert!(ring.unlink().unwrap(), "{name} had its name");
        }
        match role {
            Ok(producer) => producer.detach(),
            Err(consumer) => consumer.detach(),
        }
    }
    tell(&[("rounds", rounds()), ("held", held), ("taken", taken), ("gone", gone)]);
}

fn collect_until_told() {
    let dir = std::env::var("RINGGEN_DIR").unwrap();
    let mut collected = 0;
    while !Path::new(&dir).join("told/stop").exists() {
        for found in Collector::new().idle(true).collect().unwrap() {
            match found.state {
                // Of a creator that had not locked it yet: it starts over.
                FoundState::Unfinished => {}
                _ if found.removed => collected += 1,
                FoundState::Unusable(error) if !found.path.ends_with("told") => {
                    eprintln!("{error}");
                    exit(1);
                }
                _ => {}
            }
        }
    }
    tell(&[("collected", collected)]);
}

/// Everybody makes and removes rings of one name; whoever removes one removes that one, and no successor of it.
#[test]
fn whoever_removes_a_ring_removes_no_other() {
    let rings = Rings::new();
    let removed: Vec<u64> = std::thread::scope(|scope| {
        let remove = || {
            let mut removed = Vec::new();
            for _ in 0..1000 {
                let Ok(ring) = rings.options().capacity(1).open_or_create::<Tick>(NAME) else { continue };
                if ring.unlink().unwrap() {
                    removed.push(ring.raw().observer().header().instance_id);
                }
            }
            removed
        };
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(remove)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(removed.len() > 500, "{}", removed.len());
    let each: std::collections::BTreeSet<u64> = removed.iter().copied().collect();
    assert_eq!(each.len(), removed.len(), "a ring was removed twice: one of the removals took another one's name away");
}
