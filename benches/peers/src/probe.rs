//! How far the two CPUs are from each other: a word each, back and forth.
//!
//! Hosts move virtual CPUs: between cores that share a cache, and cores that don't. The probe sees it, and nothing is
//! compared across it.
#![allow(unsafe_code, reason = "a mapping with one word")]

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Result;
use crate::contender::Contender;
use crate::link::{Peer, Place, Rx, Tx};
use crate::payload::Payload;
use crate::peers::raw::Mapping;

/// One word each way, and nothing else.
pub(crate) enum CoreToCore {}

impl<M: Payload> Peer<M> for CoreToCore {
    const NAME: &'static str = "core to core";
    const BLOCKS: bool = false;
    const STREAMS: bool = false;

    type Tx = Word;
    type Rx = Word;

    fn sender(place: &Place) -> Result<Self::Tx> {
        Word::open(place)
    }

    fn receiver(place: &Place) -> Result<Self::Rx> {
        Word::open(place)
    }
}

/// How many messages there have been, in its upper half, and which one is the last, in its lower.
pub(crate) struct Word {
    seen: u64,
    mapping: Mapping,
}

impl Word {
    fn open(place: &Place) -> Result<Self> {
        Ok(Word { seen: 0, mapping: Mapping::open(place, 4096)? })
    }

    #[inline]
    fn word(&self) -> &AtomicU64 {
        // SAFETY: the first word of the mapping, which lives as long as this.
        unsafe { AtomicU64::from_ptr(self.mapping.base.cast()) }
    }
}

impl<M: Payload> Tx<M> for Word {
    #[inline]
    fn send_one(&mut self, message: M) -> Result<bool> {
        self.seen += 1;
        self.word().store(self.seen << 32 | message.id(), Ordering::Release);
        Ok(true)
    }

    fn send(&mut self, _: &[M]) -> Result<usize> {
        Err("a word holds one message".into())
    }
}

impl<M: Payload> Rx<M> for Word {
    #[inline]
    fn receive_one(&mut self) -> Result<Option<M>> {
        let word = self.word().load(Ordering::Acquire);
        if word >> 32 == self.seen {
            return Ok(None);
        }
        self.seen += 1;
        Ok(Some(M::new(word & u64::from(u32::MAX))))
    }

    fn receive(&mut self, _: &mut [M]) -> Result<(usize, u64)> {
        Err("a word holds one message".into())
    }

    fn block(&mut self) -> Result<M> {
        crate::station::receive(self)
    }
}

/// How long a word takes from one CPU to the other, in nanoseconds: the best of three, so that being interrupted once
/// does not count.
pub(crate) fn measure(probe: &mut dyn Contender) -> Result<f64> {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        best = best.min(probe.half_round_trip(200)?);
    }
    Ok(best)
}

/// A way between the CPUs that is this much longer than another one is another placement.
const FAR: f64 = 1.6;
/// The share of a run that a placement must have to be the one that figures are from.
const SHARE: f64 = 0.2;

/// Which rounds can be compared: those whose two probes saw the nearest placement that the CPUs had for a good part of the
/// run.
pub(crate) struct Placement {
    ways: RangeInclusive<f64>,
}

impl Placement {
    /// From all probes of a run.
    pub(crate) fn of(probes: impl Iterator<Item = f64>) -> Self {
        let mut probes: Vec<f64> = probes.collect();
        probes.sort_by(f64::total_cmp);
        let ways = |least: f64| least..=least * FAR;
        let count = |least: f64| probes.iter().filter(|probe| ways(least).contains(probe)).count();
        let least = probes.iter().find(|&&least| count(least) as f64 >= probes.len() as f64 * SHARE);
        Placement { ways: ways(least.copied().unwrap_or(0.0)) }
    }

    pub(crate) fn is_seen_by(&self, probe: f64) -> bool {
        self.ways.contains(&probe)
    }

    /// Of these probes, those that saw it.
    pub(crate) fn among(&self, probes: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
        probes.filter(|&probe| self.is_seen_by(probe))
    }
}
