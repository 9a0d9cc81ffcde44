//! The protocol explored, and each mutant found.

use ringgen_model::{ASYMMETRIC, FULL, Holder, LOST, Leave, Machine, Mutant, NO_FENCE, STUCK};
use stateright::{Checker, Model};

fn holder(until: u8, fence_mode: u8, leave: Leave) -> Holder {
    Holder { until, fence_mode, leave }
}

/// More messages than there will be.
const ALL: u8 = u8::MAX;

fn machine(capacity: u8, producers: &[Holder], consumers: &[Holder]) -> Machine {
    let (producers, consumers) = (producers.to_vec(), consumers.to_vec());
    Machine { capacity, batch: 1, producers, consumers, gives_up: true, mutant: Mutant::Nothing }
}

fn name(mode: u8) -> &'static str {
    match mode {
        NO_FENCE => "no fence",
        ASYMMETRIC => "asymmetric",
        _ => "full",
    }
}

/// One holder of each role.
fn without_successors(mode: u8) -> Vec<(String, Machine)> {
    let close = |until| holder(until, mode, Leave::Close);
    let consumer = [holder(ALL, mode, Leave::Stay)];
    let named = |what: &str, machine| (format!("{what}; {}", name(mode)), machine);
    vec![
        named("one slot, and a close", machine(1, &[close(2)], &consumer)),
        named("room for two, and a close", Machine { batch: 2, ..machine(2, &[close(4)], &consumer) }),
        named("a death for good", machine(1, &[holder(2, mode, Leave::Die)], &consumer)),
    ]
}

/// A successor that fences in another way than its predecessor, behind an end and behind a death.
fn with_successors(first: u8, second: u8) -> Vec<(String, Machine)> {
    let modes = format!("{} → {}", name(first), name(second));
    let mut models = Vec::new();
    for leave in [Leave::Detach, Leave::Die] {
        let producers = [holder(1, first, leave), holder(3, second, Leave::Close)];
        let consumer = [holder(ALL, FULL, Leave::Stay)];
        models.push((format!("producer: {leave:?}; {modes}"), machine(4, &producers, &consumer)));
        let consumers = [holder(1, first, leave), holder(2, second, Leave::Stay)];
        models.push((format!("consumer: {leave:?}; {modes}"), machine(1, &[holder(2, FULL, Leave::Stay)], &consumers)));
        if leave == Leave::Die {
            // Behind an end, another fence mode is always seen as another state first.
            let machine = machine(1, &[holder(2, FULL, Leave::Stay)], &consumers);
            let machine = Machine { gives_up: false, ..machine };
            models.push((format!("consumer: {leave:?}, fenced anew; {modes}"), machine));
        }
        if std::env::var_os("RINGGEN_TEST_LONG").is_some() {
            // Where both sides wait, or both have successors, there is more to explore: some minutes.
            models.push((format!("one slot, producer: {leave:?}; {modes}"), machine(1, &producers, &consumer)));
            let producer = [holder(3, FULL, Leave::Stay)];
            let consumers = [holder(1, first, leave), holder(3, second, Leave::Stay)];
            models.push((format!("three messages, consumer: {leave:?}; {modes}"), machine(1, &producer, &consumers)));
            let consumers = [holder(1, second, leave), holder(2, first, Leave::Stay)];
            models.push((
                format!("both: {leave:?}; {modes}"),
                machine(2, &[holder(1, first, leave), holder(2, second, Leave::Stay)], &consumers),
            ));
        }
    }
    models
}

const MODES: [u8; 3] = [NO_FENCE, ASYMMETRIC, FULL];

/// Everything that is explored, by name.
fn models() -> Vec<(String, Machine)> {
    let alone = MODES.into_iter().flat_map(without_successors);
    let pairs = MODES.into_iter().flat_map(|first| MODES.map(|second| (first, second)));
    alone.chain(pairs.flat_map(|(first, second)| with_successors(first, second))).collect()
}

fn explore(machine: Machine) -> impl Checker<Machine> {
    machine.checker().threads(2).spawn_dfs().join()
}

#[test]
fn nobody_waits_for_ever_and_nothing_is_lost() {
    let mut sum = 0;
    for (name, machine) in models() {
        let checker = explore(machine);
        if let Some((what, path)) = checker.discoveries().into_iter().next() {
            panic!("{name}: not always: {what}\n{path}");
        }
        let states = checker.unique_state_count();
        assert!(states > 10_000, "{name}: only {states} states were reached");
        println!("{states:>9} states  {name}");
        sum += states;
    }
    println!("{sum:>9} states in all");
}

#[test]
fn whatever_is_left_out_is_missed() {
    let models = models();
    for (mutant, property, names) in [
        (Mutant::NoPublisherFence, STUCK, &["one slot, and a close; full", "consumer: Die; asymmetric → full"][..]),
        (Mutant::NoWaiterFence, STUCK, &["one slot, and a close; full", "consumer: Detach; full → asymmetric"]),
        (Mutant::NoMembarrier, STUCK, &["one slot, and a close; asymmetric", "consumer: Die; full → asymmetric"]),
        (Mutant::TicketAfterLook, STUCK, &["one slot, and a close; full", "room for two, and a close; asymmetric"]),
        (Mutant::EventAfterLook, STUCK, &["one slot, and a close; full", "producer: Detach; asymmetric → asymmetric"]),
        (Mutant::NoSecondLookAtCursor, STUCK, &["one slot, and a close; full", "one slot, and a close; asymmetric"]),
        (Mutant::NoSecondLookAtState, STUCK, &["one slot, and a close; full", "producer: Die; full → full"]),
        (
            Mutant::NoSecondLookAtMode,
            STUCK,
            &["consumer: Die; full → asymmetric", "consumer: Die, fenced anew; full → asymmetric"],
        ),
        (Mutant::RemembersWithoutWaking, STUCK, &["room for two, and a close; asymmetric"]),
        (Mutant::CloseWithoutWake, STUCK, &["one slot, and a close; full", "one slot, and a close; asymmetric"]),
        (Mutant::CloseWithoutEvent, STUCK, &["one slot, and a close; full", "one slot, and a close; asymmetric"]),
        (Mutant::NoLookBehindClose, LOST, &["one slot, and a close; full", "one slot, and a close; no fence"]),
        (
            Mutant::NoFenceAtClaim,
            STUCK,
            &["consumer: Die; full → asymmetric", "consumer: Die, fenced anew; full → asymmetric"],
        ),
        (Mutant::TicketResetAtClaim, STUCK, &["consumer: Detach; full → full", "consumer: Die; asymmetric → full"]),
    ] {
        for name in names {
            let (_, machine) = models.iter().find(|(known, _)| known == name).expect("the model is explored");
            let checker = explore(Machine { mutant, ..machine.clone() });
            let found = checker.discovery(property);
            assert!(found.is_some(), "{mutant:?} is not found in {name}: {:?}", checker.discoveries().keys());
            println!("{:>9} states  {mutant:?} is found in {name}", checker.unique_state_count());
        }
    }
}
