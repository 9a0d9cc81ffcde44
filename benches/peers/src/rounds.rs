//! Many short rounds: each contender once in every round, between two probes.

use std::time::Duration;

use serde::Serialize;

use crate::Result;
use crate::contender::Contender;
use crate::probe::{self, Placement};

/// How long a round measures each contender, and how many rounds there are.
#[derive(Clone, Copy)]
pub(crate) struct Budget {
    pub(crate) rounds: usize,
    pub(crate) each: Duration,
    /// How many messages a measurement has at least; 0 if it is measured by time alone.
    pub(crate) least: u64,
}

/// One measurement of each contender, in nanoseconds, and what the probes said in front of and behind them.
struct Round {
    probes: [f64; 2],
    values: Vec<f64>,
}

/// All rounds of one case, not yet judged.
pub(crate) struct Rounds {
    names: Vec<&'static str>,
    rounds: Vec<Round>,
}

/// The least, the middle and the greatest of many values.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Spread {
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let (&min, &max) = (values.first()?, values.last()?);
        Some(Spread { median: values[values.len() / 2], min, max })
    }
}

/// Measures these contenders in turn.
pub(crate) fn interleave(
    probe: &mut dyn Contender,
    contenders: &mut [&mut Box<dyn Contender>],
    budget: Budget,
    mut measure: impl FnMut(&mut dyn Contender, Calls) -> Result<f64>,
) -> Result<Rounds> {
    let mut calls = Vec::new();
    for contender in contenders.iter_mut() {
        calls.push(calibrate(budget, |calls| measure(contender.as_mut(), calls))?);
    }
    let mut rounds = Vec::new();
    let count = contenders.len();
    for round in 0..budget.rounds {
        let before = probe::measure(probe)?;
        let mut values = vec![f64::NAN; count];
        for turn in 0..count {
            // Whoever goes first goes last in the round after next, and neighbours change places every round.
            let place = (turn + round / 2) % count;
            let index = if round % 2 == 0 { place } else { count - 1 - place };
            values[index] = measure(contenders[index].as_mut(), calls[index])?;
        }
        rounds.push(Round { probes: [before, probe::measure(probe)?], values });
    }
    Ok(Rounds { names: contenders.iter().map(|contender| contender.name()).collect(), rounds })
}

/// How often something is done in one measurement.
#[derive(Clone, Copy)]
pub(crate) struct Calls(pub(crate) u64);

/// Warms up, and finds out how many messages take this long.
fn calibrate(budget: Budget, mut measure: impl FnMut(Calls) -> Result<f64>) -> Result<Calls> {
    if budget.least == 0 {
        measure(Calls(0))?;
        return Ok(Calls(0));
    }
    let each = budget.each.as_nanos() as f64;
    let mut calls = budget.least;
    loop {
        // The best of three: on a machine that does other things too, most of a short time may be theirs.
        let mut best = f64::INFINITY;
        for _ in 0..3 {
            best = best.min(measure(Calls(calls))?);
        }
        if best * calls as f64 * 4.0 > each {
            // Whole batches.
            return Ok(Calls(((each / best) as u64 / budget.least).max(1) * budget.least));
        }
        calls *= 4;
    }
}

/// What one contender did in one case.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) peer: &'static str,
    /// Nanoseconds a message.
    pub(crate) ns: Spread,
    /// How many times as fast as the one to compare with, in the same round.
    pub(crate) ratio: Option<Spread>,
}

/// One case, judged.
#[derive(Serialize)]
pub(crate) struct Table {
    pub(crate) rows: Vec<Row>,
    /// How many rounds count.
    pub(crate) rounds: usize,
    /// How many were left out, because the CPUs were moved.
    pub(crate) discarded: usize,
}

impl Rounds {
    pub(crate) fn probes(&self) -> impl Iterator<Item = f64> {
        self.rounds.iter().flat_map(|round| round.probes)
    }

    /// Ratios to `reference`, over the rounds with this placement. Where there are none, all rounds are kept, and none is
    /// said to be discarded.
    pub(crate) fn judge(&self, placement: &Placement, reference: &str) -> Table {
        let is_kept = |round: &&Round| round.probes.iter().all(|&probe| placement.is_seen_by(probe));
        let kept: Vec<&Round> = self.rounds.iter().filter(is_kept).collect();
        let all: Vec<&Round> = self.rounds.iter().collect();
        let kept = if kept.is_empty() { all } else { kept };
        let reference = self.names.iter().position(|&name| name == reference);
        let rows = self.names.iter().enumerate().filter_map(|(index, &peer)| {
            let ns = Spread::of(kept.iter().map(|round| round.values[index]))?;
            let ratios = |reference: usize| kept.iter().map(move |round| round.values[reference] / round.values[index]);
            Some(Row { peer, ns, ratio: reference.and_then(|reference| Spread::of(ratios(reference))) })
        });
        Table { rows: rows.collect(), rounds: kept.len(), discarded: self.rounds.len() - kept.len() }
    }

    /// The quarters of each contender's times, and of the times of `one` as multiples of the others' in the same round.
    pub(crate) fn quarters(&self, one: &str) -> String {
        let of = |values: &mut dyn Iterator<Item = f64>| {
            let mut values: Vec<f64> = values.collect();
            values.sort_by(f64::total_cmp);
            let at = |share: f64| values[((values.len() - 1) as f64 * share) as usize];
            format!("{:9.3} {:9.3} {:9.3}", at(0.25), at(0.5), at(0.75))
        };
        let one = self.names.iter().position(|&name| name == one).unwrap_or_default();
        let mut lines = format!("{:32} {:>29} ns   {:>29} ×\n", "", "quarters", "one ÷ this");
        for (index, name) in self.names.iter().enumerate() {
            let times = of(&mut self.rounds.iter().map(|round| round.values[index]));
            let ratios = of(&mut self.rounds.iter().map(|round| round.values[one] / round.values[index]));
            lines += &format!("{name:32} {times} ns   {ratios} ×\n");
        }
        lines + &format!("probe {}\n", of(&mut self.probes()))
    }

    /// As [`judge`](Rounds::judge), for one pair: how many times as fast `name` is as `other`.
    pub(crate) fn ratio(&self, placement: &Placement, name: &str, other: &str) -> Option<Spread> {
        self.judge(placement, other).rows.into_iter().find(|row| row.peer == name)?.ratio
    }
}
