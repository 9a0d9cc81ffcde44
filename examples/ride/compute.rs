//! The middle of the demo: takes a ride's samples from a Python process, computes what a rider wants to see, and
//! hands a summary for each sample to a Node process. Both rings are typed by `schemas/telemetry.toml`.
//!
//! ```text
//! feed.py ──Sample──▶ compute.rs ──Summary──▶ watch.ts
//! ```
//!
//! Usage: `compute RIDE.csv BATCH REPORT.json`. Every sample is compared with the recorded file.

use std::error::Error;
use std::fs;
use std::time::Duration;

#[path = "../../generated/rust/telemetry.rs"]
mod telemetry;

use telemetry::{NP_WINDOW, Position, Sample, Samples, Sensors, Summaries, Summary};

/// Waiting longer than this for a neighbour means that it is gone.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, ride, batch, report] = &arguments[..] else {
        return Err("usage: compute RIDE.csv BATCH REPORT.json".into());
    };
    let recorded = read_ride(ride)?;
    let batch: usize = batch.parse()?;

    let mut samples = Samples::open_or_create()?.consumer()?;
    let mut summaries = Summaries::open_or_create()?.producer()?;

    let mut ride = Ride::new();
    let mut hop = Hop::default();
    let mut received = vec![Sample::ZERO; batch];
    let mut answers = Vec::with_capacity(batch);
    // Wait for one, then take what else is there: a full batch under load, one at a time when it trickles.
    while let Some(first) = samples.pop_timeout(PATIENCE)? {
        received[0] = first;
        let count = 1 + samples.try_pop_many(&mut received[1..])?;

        let now = monotonic_ns();
        answers.clear();
        for sample in &received[..count] {
            hop.received(now - sample.sent);
            let expected = &recorded[ride.next_index(sample)];
            if (Sample { sent: 0, ..*sample }) != *expected {
                return Err(format!("the recorded sample is {expected:?}, received was {sample:?}").into());
            }
            answers.push(ride.add(sample));
        }

        let now = monotonic_ns();
        answers.iter_mut().for_each(|summary| summary.sent = now);
        let mut sent = 0;
        while sent < answers.len() {
            match summaries.try_push_many(&answers[sent..])? {
                0 => {
                    summaries.push_timeout(answers[sent], PATIENCE)?;
                    sent += 1;
                }
                pushed => sent += pushed,
            }
        }
    }
    summaries.close();
    fs::write(report, hop.report("Python → Rust", batch))?;
    Ok(())
}

/// What is known of a ride so far.
struct Ride {
    window: [f64; NP_WINDOW as usize],
    samples: u64,
    sum: f64,
    fourth_powers: f64,
    ascent: f64,
    altitude: f64,
}

impl Ride {
    fn new() -> Self {
        Ride { window: [0.0; NP_WINDOW as usize], samples: 0, sum: 0.0, fourth_powers: 0.0, ascent: 0.0, altitude: 0.0 }
    }

    /// Which sample of the recorded ride this must be.
    fn next_index(&self, sample: &Sample) -> usize {
        if sample.elapsed == 0 { 0 } else { self.samples as usize }
    }

    /// The ride after one more sample.
    ///
    /// Normalised power (Coggan): the fourth root of the mean of the fourth powers of a 30 s rolling mean. The mean
    /// weighs hard efforts as the body does. Before the window is full, it is the mean of what there is.
    fn add(&mut self, sample: &Sample) -> Summary {
        if sample.elapsed == 0 {
            *self = Ride { altitude: f64::from(sample.altitude), ..Ride::new() };
        }
        let power = f64::from(sample.power);
        self.window[(self.samples % u64::from(NP_WINDOW)) as usize] = power;
        self.samples += 1;
        let count = self.samples as f64;
        let in_window = count.min(f64::from(NP_WINDOW));
        let rolling = self.window.iter().sum::<f64>() / in_window;
        self.fourth_powers += rolling.powi(4);
        self.sum += power;
        self.ascent += (f64::from(sample.altitude) - self.altitude).max(0.0);
        self.altitude = f64::from(sample.altitude);
        Summary {
            elapsed: sample.elapsed,
            power: sample.power,
            cadence: sample.cadence,
            power_mean: self.sum / count,
            normalised_power: (self.fourth_powers / count).powf(0.25),
            work: self.sum / 1000.0,
            ascent: self.ascent,
            distance: sample.distance,
            speed: sample.speed,
            ..Summary::ZERO
        }
    }
}

/// How one hop did: how many messages, between when, and how old each was when it was taken.
#[derive(Default)]
struct Hop {
    first: u64,
    last: u64,
    ages: Vec<u64>,
}

impl Hop {
    fn received(&mut self, age: u64) {
        self.last = monotonic_ns();
        if self.ages.is_empty() {
            self.first = self.last;
        }
        self.ages.push(age);
    }

    fn report(mut self, hop: &str, batch: usize) -> String {
        self.ages.sort_unstable();
        let at = |share: f64| self.ages[((self.ages.len() - 1) as f64 * share) as usize];
        let seconds = (self.last - self.first) as f64 / 1e9;
        format!(
            r#"{{"hop":"{hop}","batch":{batch},"messages":{},"seconds":{seconds},"p50_ns":{},"p99_ns":{}}}"#,
            self.ages.len(),
            at(0.50),
            at(0.99)
        )
    }
}

/// The same clock as Python's `time.monotonic_ns` and Node's `process.hrtime`.
fn monotonic_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// The samples of the recorded file, read independently of the process that sends them.
fn read_ride(path: &str) -> Result<Vec<Sample>, Box<dyn Error>> {
    let mut samples = Vec::new();
    for record in csv::Reader::from_path(path)?.records() {
        let record = record?;
        let column = |index: usize| record.get(index).ok_or("a column is missing");
        let sensors = Sensors::GPS | Sensors::POWER | Sensors::CADENCE;
        samples.push(Sample {
            elapsed: seconds(column(8)?)?,
            position: Position { lat: column(1)?.parse()?, long: column(2)?.parse()? },
            altitude: column(3)?.parse::<f64>()? as f32,
            power: column(4)?.parse()?,
            cadence: column(5)?.parse()?,
            distance: column(6)?.parse()?,
            speed: column(7)?.parse::<f64>()? as f32,
            sensors,
            ..Sample::ZERO
        });
    }
    Ok(samples)
}

/// The seconds in `0 days 01:13:11`.
fn seconds(time: &str) -> Result<u32, Box<dyn Error>> {
    let clock = time.rsplit(' ').next().ok_or("an empty time")?;
    clock.split(':').try_fold(0, |sum, part| Ok(sum * 60 + part.parse::<u32>()?))
}
