//! What is measured, in which order, and for how long.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::contender::Contender;
use crate::machine::Machine;
use crate::probe::Placement;
use crate::rounds::{Budget, Calls, Rounds, Spread, Table, interleave};
use crate::session::Session;
use crate::{Options, Result, cpu, hosts, report};

/// The ring that all others are compared with.
pub(crate) const RAW: &str = "raw ring";
/// This ring, as it ships.
pub(crate) const OURS: &str = "ringgen";

const PEERS: &[&str] = &[
    OURS,
    "ringgen, read in place",
    "ringgen, spinning",
    RAW,
    "raw ring, sequence in the slot",
    "rtrb (threads)",
    "crossbeam ArrayQueue (threads)",
    "shmem-ipc",
    "ringfire",
    "iceoryx2",
    "pipe",
    "Unix socket",
];

/// What is measured beside them in the session of small messages and the small ring.
const MORE: &[&str] = &[
    "ringgen, yielding",
    "raw futex",
    "raw ring, indices on one line",
    "raw ring, indices 64 bytes apart",
    "raw ring, indices 128 bytes apart",
];

const DISTANCES: &[&str] =
    &["raw ring, indices on one line", "raw ring, indices 64 bytes apart", "raw ring, indices 128 bytes apart", RAW];

pub(crate) const BATCHES: [usize; 3] = [1, 64, 256];
pub(crate) const SIZES: [usize; 2] = [32, 256];
pub(crate) const CAPACITIES: [usize; 2] = [4096, 65536];
/// How long a receiver has slept when it is woken.
pub(crate) const GAP: Duration = Duration::from_micros(1200);

/// How many messages are streamed at least: some batches, and whole ones.
const STREAM: u64 = 16 * 256;

/// What the messages of a throughput table are.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Case {
    pub(crate) size: usize,
    pub(crate) capacity: usize,
    pub(crate) batch: usize,
}

/// Everything that a run has found out.
#[derive(Serialize)]
pub(crate) struct Findings {
    pub(crate) quick: bool,
    pub(crate) machine: Machine,
    pub(crate) minutes: f64,
    /// Core to core, in nanoseconds, over the rounds that count.
    pub(crate) probe: Spread,
    /// The same over all rounds.
    pub(crate) all_probes: Spread,
    pub(crate) rounds: usize,
    pub(crate) discarded: usize,
    pub(crate) throughput: Vec<(Case, Table)>,
    pub(crate) distances: Vec<(Case, Table)>,
    pub(crate) half_round_trip: Table,
    pub(crate) wake: Table,
    /// Shares of a CPU, in percent.
    pub(crate) idle: Table,
    pub(crate) targets: Vec<Target>,
    pub(crate) not_run: Vec<(&'static str, String)>,
}

/// What the project promises itself, and what came out.
#[derive(Serialize)]
pub(crate) struct Target {
    pub(crate) what: String,
    /// At least, or at most where less is better.
    pub(crate) wanted: f64,
    pub(crate) at_most: bool,
    pub(crate) found: Option<Spread>,
}

impl Target {
    pub(crate) fn is_met(&self) -> Option<bool> {
        let found = self.found?.median;
        Some(if self.at_most { found <= self.wanted } else { found >= self.wanted })
    }
}

/// The budgets of a run.
struct Budgets {
    throughput: Budget,
    hosts: Budget,
    latency: Budget,
    wake: Budget,
    idle: Budget,
}

impl Budgets {
    fn of(options: &Options) -> Self {
        let budget = |rounds, ms, least| Budget { rounds, each: Duration::from_millis(ms), least };
        if options.quick {
            Budgets {
                throughput: budget(11, 3, STREAM),
                hosts: budget(5, 10, 256),
                latency: budget(15, 2, 256),
                wake: budget(5, 20, 0),
                idle: budget(1, 300, 0),
            }
        } else {
            Budgets {
                throughput: budget(151, 5, STREAM),
                hosts: budget(31, 20, 256),
                latency: budget(201, 4, 256),
                wake: budget(31, 40, 0),
                idle: budget(3, 1000, 0),
            }
        }
    }
}

/// All that was measured, not yet judged.
#[derive(Default)]
struct Measured {
    throughput: Vec<(Case, Rounds)>,
    hosts: Vec<(Case, Rounds)>,
    distances: Vec<(Case, Rounds)>,
    latency: Vec<Rounds>,
    wake: Vec<Rounds>,
    idle: Vec<Rounds>,
    not_run: Vec<(&'static str, String)>,
}

impl Measured {
    fn all(&self) -> impl Iterator<Item = &Rounds> {
        let cases = self.throughput.iter().chain(&self.hosts).chain(&self.distances).map(|(_, rounds)| rounds);
        cases.chain(&self.latency).chain(&self.wake)
    }
}

/// Measures everything, prints it, and writes the pages.
pub(crate) fn run(options: &Options) -> Result {
    let start = Instant::now();
    let [first, _] = cpu::pair()?;
    cpu::pin(first)?;
    let budgets = Budgets::of(options);
    let mut measured = Measured::default();
    for size in SIZES {
        for capacity in CAPACITIES {
            measure_session(options, &budgets, size, capacity, &mut measured)?;
        }
    }
    let findings = judge(measured, options, start.elapsed());
    report::write(&findings, options)
}

fn measure_session(
    options: &Options,
    budgets: &Budgets,
    size: usize,
    capacity: usize,
    measured: &mut Measured,
) -> Result {
    eprintln!("messages of {size} bytes, capacity {capacity}");
    let is_main = (size, capacity) == (SIZES[0], CAPACITIES[0]);
    let peers: Vec<&str> = PEERS.iter().chain(if is_main { MORE } else { &[] }).copied().collect();
    let mut session = Session::open(size, capacity, &peers)?;
    session.not_run.iter().for_each(|(name, why)| note(&mut measured.not_run, name, why));
    let Session { probe, contenders, .. } = &mut session;
    for batch in BATCHES {
        let case = Case { size, capacity, batch };
        let stream = |contender: &mut dyn Contender, Calls(messages): Calls| contender.throughput(batch, messages);
        let rounds = interleave(
            probe.as_mut(),
            &mut pick(contenders, |one| PEERS.contains(&one.name()) && one.streams()),
            budgets.throughput,
            stream,
        )?;
        measured.throughput.push((case, rounds));
        if is_main {
            let mut distances = pick(contenders, |one| DISTANCES.contains(&one.name()));
            let rounds = interleave(probe.as_mut(), &mut distances, budgets.throughput, stream)?;
            measured.distances.push((case, rounds));
        }
    }
    if capacity == CAPACITIES[0] {
        let mut calls = hosts::open(options, size, cpu::pair()?[1], |name, why| note(&mut measured.not_run, name, why));
        let case = Case { size, capacity, batch: 1 };
        let mut chosen = pick(contenders, |one| [OURS, RAW].contains(&one.name()));
        chosen.extend(&mut calls);
        let stream = |contender: &mut dyn Contender, Calls(messages): Calls| contender.throughput(1, messages);
        measured.hosts.push((case, interleave(probe.as_mut(), &mut chosen, budgets.hosts, stream)?));
    }
    if is_main {
        let mut all = pick(contenders, |one| one.name() != "ringgen, read in place" && one.name() != "raw futex");
        let echo = |contender: &mut dyn Contender, Calls(messages): Calls| contender.half_round_trip(messages);
        measured.latency.push(interleave(probe.as_mut(), &mut all, budgets.latency, echo)?);
        let mut sleepers = pick(contenders, |one| one.blocks() && one.name() != "ringgen, read in place");
        let wakes = budgets.wake.each.as_micros() as u64 / GAP.as_micros() as u64;
        let wake = |contender: &mut dyn Contender, _: Calls| contender.wake(wakes, GAP);
        measured.wake.push(interleave(probe.as_mut(), &mut sleepers, budgets.wake, wake)?);
        let wait = budgets.idle.each;
        let idle = |contender: &mut dyn Contender, _: Calls| Ok(contender.idle(wait)? * 100.0);
        measured.idle.push(interleave(probe.as_mut(), &mut sleepers, budgets.idle, idle)?);
    }
    Ok(())
}

/// Two contenders in turn, in many short rounds, and the quarters of their times: the first one is what a busy machine
/// leaves alone.
pub(crate) fn duel(one: &str, other: &str, batch: usize, time: Duration) -> Result {
    cpu::pin(cpu::pair()?[0])?;
    let mut session = Session::open(SIZES[0], CAPACITIES[0], &[one, other])?;
    let Session { probe, contenders, not_run, .. } = &mut session;
    if contenders.len() != 2 {
        return Err(format!("there are no two such peers: {not_run:?}").into());
    }
    let each = Duration::from_millis(2);
    let budget = Budget { rounds: (time.as_micros() / each.as_micros() / 3) as usize, each, least: STREAM };
    let rounds = interleave(probe.as_mut(), &mut pick(contenders, |_| true), budget, |contender, Calls(messages)| {
        if batch == 0 { contender.half_round_trip(messages) } else { contender.throughput(batch, messages) }
    })?;
    print!("{}", rounds.quarters(one));
    Ok(())
}

fn pick(contenders: &mut [Box<dyn Contender>], is: impl Fn(&dyn Contender) -> bool) -> Vec<&mut Box<dyn Contender>> {
    contenders.iter_mut().filter(|contender| is(contender.as_ref())).collect()
}

/// Says once that something is not run.
fn note(not_run: &mut Vec<(&'static str, String)>, name: &'static str, why: &str) {
    if !not_run.iter().any(|(other, _)| *other == name) {
        not_run.push((name, why.to_string()));
    }
}

fn judge(measured: Measured, options: &Options, took: Duration) -> Findings {
    let placement = Placement::of(measured.all().flat_map(Rounds::probes));
    let cases = |rounds: &[(Case, Rounds)]| -> Vec<(Case, Table)> {
        rounds.iter().map(|(case, rounds)| (*case, rounds.judge(&placement, RAW))).collect()
    };
    let mut throughput = cases(&measured.throughput);
    // What interpreters do has fewer rounds of its own, in which the ring and the raw ring were measured again.
    for (case, table) in cases(&measured.hosts) {
        if let Some((_, all)) = throughput.iter_mut().find(|(other, _)| *other == case) {
            all.rows.extend(table.rows.into_iter().filter(|row| ![OURS, RAW].contains(&row.peer)));
        }
    }
    let one = |rounds: &[Rounds], reference| rounds[0].judge(&placement, reference);
    let all: Vec<Table> = measured.all().map(|rounds| rounds.judge(&placement, RAW)).collect();
    Findings {
        quick: options.quick,
        machine: Machine::here(options),
        minutes: took.as_secs_f64() / 60.0,
        probe: Spread::of(placement.among(measured.all().flat_map(Rounds::probes))).expect("something was measured"),
        all_probes: Spread::of(measured.all().flat_map(Rounds::probes)).expect("something was measured"),
        rounds: all.iter().map(|table| table.rounds + table.discarded).sum(),
        discarded: all.iter().map(|table| table.discarded).sum(),
        throughput,
        distances: cases(&measured.distances),
        half_round_trip: one(&measured.latency, RAW),
        wake: one(&measured.wake, "raw futex"),
        idle: one(&measured.idle, "raw futex"),
        targets: targets(&measured, &placement),
        not_run: measured.not_run,
    }
}

/// Messages of 32 bytes, capacity 4096 unless said; the medians of ratios within a round.
fn targets(measured: &Measured, placement: &Placement) -> Vec<Target> {
    let rounds = |batch, capacity| {
        let case = Case { size: 32, capacity, batch };
        measured.throughput.iter().find(|(other, _)| *other == case).map(|(_, rounds)| rounds)
    };
    let ratio = |batch, capacity, name, other| rounds(batch, capacity)?.ratio(placement, name, other);
    let mut targets = Vec::new();
    let mut add = |what: String, wanted, at_most, found| targets.push(Target { what, wanted, at_most, found });
    for batch in [1, 64] {
        let found = ratio(batch, 4096, OURS, RAW);
        add(format!("batch {batch}, beside the raw ring"), 0.95, false, found);
    }
    for capacity in CAPACITIES {
        let best = rounds(256, capacity).and_then(|rounds| {
            let table = rounds.judge(placement, RAW);
            let peers = table.rows.into_iter().filter(|row| !row.peer.starts_with(OURS));
            peers.min_by(|a, b| a.ns.median.total_cmp(&b.ns.median)).map(|row| row.peer)
        });
        if let Some(best) = best {
            let found = ratio(256, capacity, OURS, best);
            add(format!("batch 256, capacity {capacity}, beside the best of all others ({best})"), 0.95, false, found);
        }
    }
    add("batch 1, beside iceoryx2".into(), 100.0, false, ratio(1, 4096, OURS, "iceoryx2"));
    add("batch 256, beside iceoryx2".into(), 2.0, false, ratio(256, 4096, OURS, "iceoryx2"));
    let time = |rounds: &[Rounds], other| inverse(rounds[0].ratio(placement, OURS, other));
    add("half round trip, as a multiple of the raw ring's".into(), 1.0, true, time(&measured.latency, RAW));
    for batch in BATCHES {
        let found = ratio(batch, 4096, OURS, "ringgen, spinning");
        add(format!("batch {batch}, parking beside never parking"), 0.95, false, found);
    }
    add("wake, as a multiple of a raw futex's".into(), 1.05, true, time(&measured.wake, "raw futex"));
    targets
}

/// Speeds as times.
fn inverse(ratio: Option<Spread>) -> Option<Spread> {
    ratio.map(|ratio| Spread { median: 1.0 / ratio.median, min: 1.0 / ratio.max, max: 1.0 / ratio.min })
}
