//! Processes that are stopped, forked, refused, or dead and not waited for: who holds a role, and who does not.

use std::path::Path;
use std::time::Duration;

use ringgen::{ClaimError, PopError, PushError, Ring};
use ringgen_runtime::Role;
use serde_json::json;
use tempfile::TempDir;

use crate::common;
use crate::market::{Trade, Trades};
use crate::subject::{self, Language, PATIENCE, Starter, state_of, trade, until};

const LANGUAGES: [Language; 3] = [Language::Rust, Language::Python, Language::Node];
const ROLES: [Role; 2] = [Role::Producer, Role::Consumer];

fn new_ring(capacity: u64) -> (TempDir, Ring<Trade>) {
    let rings = common::ring_dir();
    let ring = Trades::options().dir(rings.path()).capacity(capacity).create(Trades::NAME).unwrap();
    (rings, ring)
}

/// What processes have noted, line by line.
pub(crate) fn notes(rings: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(rings.join("notes")).unwrap_or_default();
    text.lines().map(String::from).collect()
}

/// Waits until so many notes are there, and says which.
fn until_noted(rings: &Path, starter: &Starter, count: usize) -> Vec<String> {
    until(format_args!("note {count}"), || {
        assert_eq!(starter.errors(), "");
        notes(rings).len() >= count
    });
    notes(rings)
}

#[test]
fn a_stopped_process_is_not_dead_to_anybody() {
    // Nearly all of the time is spent asleep.
    std::thread::scope(|scope| {
        for stopped in LANGUAGES {
            for witness in LANGUAGES {
                for role in ROLES {
                    scope.spawn(move || stop(stopped, role, witness));
                }
            }
        }
    });
}

/// Stops the holder of a role for several times as long as anything waits before it looks whether its peer lives.
fn stop(stopped: Language, role: Role, witness: Language) {
    let (rings, ring) = new_ring(64);
    let [mut starter, mut other] = [stopped, witness].map(|language| Starter::new(language, rings.path()));
    let (job, verb) = match role {
        Role::Producer => ("produce", "push"),
        Role::Consumer => ("consume", "pop"),
    };
    let told = || ring.raw().observer().role(role).unwrap();
    let mut holder = starter.start(json!({ "do": job, "verb": verb, "seed": 0 }));
    until("a holder of the role", || told().epoch == 1 && told().state == 1);
    holder.signal(libc::SIGSTOP);
    until("the stop", || state_of(holder.pid) == 'T');

    let mut watcher = other.start(json!({ "do": "witness", "role": role.peer().to_string(), "timeout": 500 }));
    let context = format!("{witness:?} beside a {role} in {stopped:?} that is stopped");
    assert_eq!(until_noted(rings.path(), &other, 1), ["Timeout"], "{context}");
    let moved = told().cursor;
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!((told().held, told().epoch, told().cursor), (true, 1, moved), "{context}");
    let refused = match role {
        Role::Producer => ring.producer().map(drop),
        Role::Consumer => ring.consumer().map(drop),
    };
    let is_taken = matches!(refused, Err(ClaimError::RoleTaken { pid, .. }) if pid == u64::from(holder.pid));
    assert!(is_taken, "{context}");
    assert_eq!(notes(rings.path()), ["Timeout"], "{context}");

    holder.signal(libc::SIGCONT);
    assert_eq!(until_noted(rings.path(), &other, 2), ["Timeout", "went on"], "{context}");
    assert_eq!(told().epoch, 1, "{context}");
    for (starter, subject) in [(&mut starter, &mut holder), (&mut other, &mut watcher)] {
        subject.signal(libc::SIGKILL);
        starter.expect_killed(subject);
    }
}

#[test]
fn a_second_holder_is_refused_before_it_writes_a_byte() {
    for language in LANGUAGES {
        let (rings, ring) = new_ring(8);
        let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
        (0..5).for_each(|position| producer.try_push(trade(position)).unwrap());
        assert_eq!(consumer.try_pop(), Ok(Some(trade(0))));
        let bytes = || std::fs::read(ring.path()).unwrap();
        let before = bytes();
        let mut starter = Starter::new(language, rings.path());
        let mut subject = starter.start(json!({ "do": "refused" }));
        let refused = until_noted(rings.path(), &starter, 2);
        assert_eq!(refused, ["producer: RoleTaken", "consumer: RoleTaken"], "{language:?}");
        assert!(bytes() == before, "a process in {language:?} that is refused writes nothing");
        subject.signal(libc::SIGKILL);
        starter.expect_killed(&mut subject);
        assert!(bytes() == before, "nor does it when it is killed");
        (1..5).for_each(|position| assert_eq!(consumer.try_pop(), Ok(Some(trade(position)))));
    }
}

#[test]
fn a_zombie_holds_no_role() {
    for language in LANGUAGES {
        let (rings, ring) = new_ring(8);
        let mut starter = Starter::new(language, rings.path());
        let told = |role| ring.raw().observer().role(role).unwrap();

        let mut subject = starter.start(json!({ "do": "produce", "verb": "push", "seed": 0 }));
        let mut consumer = ring.consumer().unwrap();
        assert_eq!(consumer.pop_timeout(PATIENCE), Ok(Some(trade(0))), "{language:?}: {}", starter.errors());
        subject.signal(libc::SIGKILL);
        // Its last thread may end a moment later than the first, which is the one that is looked at.
        until("a zombie without a role", || state_of(subject.pid) == 'Z' && !told(Role::Producer).held);
        let mut next = 1;
        let error = loop {
            match consumer.pop_timeout(PATIENCE) {
                Ok(message) => assert_eq!(message, Some(trade(next)), "{language:?}"),
                Err(error) => break error,
            }
            next += 1;
        };
        assert!(matches!(error, PopError::PeerDied(peer) if peer.pid == u64::from(subject.pid)), "{error}");
        let mut producer = ring.producer().unwrap();
        assert_eq!((producer.position(), producer.epoch()), (next, 2));
        assert_eq!(state_of(subject.pid), 'Z', "nobody has waited for it");
        starter.expect_killed(&mut subject);
        drop(consumer);

        let mut subject = starter.start(json!({ "do": "consume", "verb": "pop", "seed": 0 }));
        while told(Role::Consumer).epoch < 2 || told(Role::Consumer).cursor < next + 9 {
            match producer.push_timeout(trade(producer.position()), PATIENCE) {
                Ok(()) | Err(PushError::Detached) => {}
                Err(error) => panic!("{language:?}: {error}: {}", starter.errors()),
            }
        }
        subject.signal(libc::SIGKILL);
        // Its last thread may end a moment later than the first, which is the one that is looked at.
        until("a zombie without a role", || state_of(subject.pid) == 'Z' && !told(Role::Consumer).held);
        while producer.try_push(trade(producer.position())).is_ok() {}
        let error = producer.push_timeout(trade(0), PATIENCE).unwrap_err();
        assert!(matches!(error, PushError::PeerDied(peer) if peer.pid == u64::from(subject.pid)), "{error}");
        let consumer = ring.consumer().unwrap();
        assert_eq!((consumer.position(), consumer.epoch()), (producer.position() - 8, 3));
        assert_eq!(state_of(subject.pid), 'Z', "nobody has waited for it");
        starter.expect_killed(&mut subject);
    }
}

#[test]
fn a_forked_child_has_no_part_in_a_role_and_keeps_none() {
    // Node forks by starting a program, which inherits nothing.
    for language in [Language::Rust, Language::Python] {
        for role in ROLES {
            fork(language, role);
        }
    }
}

fn fork(language: Language, role: Role) {
    let (rings, ring) = new_ring(8);
    let (mut producer, mut consumer) = match role {
        Role::Producer => (None, Some(ring.consumer().unwrap())),
        Role::Consumer => (Some(ring.producer().unwrap()), None),
    };
    if let Some(producer) = &mut producer {
        (0..4).for_each(|position| producer.try_push(trade(position)).unwrap());
    }
    let told = || ring.raw().observer().role(role).unwrap();
    let mut starter = Starter::new(language, rings.path());
    let mut parent = starter.start(json!({ "do": "fork", "role": role.to_string() }));
    // It moved one message in front of the fork, and one when its child had tried to.
    let notes = until_noted(rings.path(), &starter, 3);
    let child = notes[0].strip_prefix("child ").and_then(|pid| pid.parse().ok()).expect("its number");
    assert_eq!(notes[1..], ["Forked, Forked", "the parent went on"], "{language:?}, {role}");
    assert_eq!((told().cursor, told().state, told().held), (2, 1, true), "{language:?}, {role}");

    parent.signal(libc::SIGKILL);
    starter.expect_killed(&mut parent);
    assert!("SRD".contains(state_of(child)), "the child lives on");
    assert!(!told().held, "{language:?}: a child keeps its parent's role of a {role}");
    if let Some(consumer) = &mut consumer {
        (0..2).for_each(|position| assert_eq!(consumer.try_pop(), Ok(Some(trade(position)))));
        assert!(matches!(consumer.pop_timeout(PATIENCE), Err(PopError::PeerDied(_))));
        assert_eq!(ring.producer().unwrap().position(), 2);
    }
    if let Some(producer) = &mut producer {
        while producer.try_push(trade(producer.position())).is_ok() {}
        assert!(matches!(producer.push_timeout(trade(0), PATIENCE), Err(PushError::PeerDied(_))));
        assert_eq!(ring.consumer().unwrap().position(), 2);
    }
    assert!("SRD".contains(state_of(child)), "it still does");
    subject::kill(child);
}
