//! A ring of ringgen's beside one written by hand, between two processes that are pinned to a processor each.
//!
//! Both rings are measured in turn, in each round anew, so that what the machine does meanwhile hits both; what counts
//! is the ratio of the two in one round. Then: what a consumer costs that sleeps.
//!
//! ```text
//! cargo bench --bench push_pop                          all of it
//! cargo bench --bench push_pop -- --quick               fewer and shorter rounds
//! cargo bench --bench push_pop -- --once 256 10000000   one ringgen run alone, to put under strace or perf
//! ```
#![allow(unsafe_code, reason = "pinning and reading the clock of a process")]

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use ringgen::{Consumer, PopError, Producer, RingMessage, RingOptions, Wait};
use tempfile::TempDir;

#[path = "push_pop/raw.rs"]
mod raw;

use raw::RawRing;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

/// 32 bytes, as a trade has.
#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Trade {
    id: u64,
    price: f64,
    quantity: u64,
    time: u64,
}

const CAPACITY: u64 = 4096;
const MAX_BATCH: usize = 256;

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => compare(9, 8_000_000),
        ["--quick"] => compare(3, 1_000_000),
        ["--once", batch, messages] => once(batch.parse()?, messages.parse()?),
        ["--producer", dir, "spin"] => produce(Path::new(dir), Wait::Spin),
        ["--producer", dir, _] => produce(Path::new(dir), Wait::Hybrid),
        ["--sleeper", dir] => sleep_in(Path::new(dir)),
        _ => Err("usage: push_pop [--quick | --once BATCH MESSAGES]".into()),
    }
}

fn compare(rounds: usize, messages: u64) -> Result {
    // Without yielding and parking, which the ring written by hand does not do either.
    let mut bench = Bench::start(Wait::Spin)?;
    println!("{} bytes a message, {CAPACITY} slots, {rounds} rounds of {messages} messages", size_of::<Trade>());
    println!();
    println!("batch   ringgen ns     by hand ns     ringgen ÷ by hand, messages/s: min – median – max");
    for batch in [256, 64, 1] {
        // A single message takes some ten times as long as one in a batch.
        let messages = if batch == 1 { messages / 4 } else { messages };
        bench.run(Kind::Ringgen, batch, messages / 10)?;
        bench.run(Kind::Raw, batch, messages / 10)?;
        let mut rounds: Vec<(f64, f64)> = (0..rounds)
            .map(|round| {
                // Whoever goes first in one round goes last in the next.
                let order = if round % 2 == 0 { [Kind::Ringgen, Kind::Raw] } else { [Kind::Raw, Kind::Ringgen] };
                let first = bench.run(order[0], batch, messages)?;
                let second = bench.run(order[1], batch, messages)?;
                Ok(if round % 2 == 0 { (first, second) } else { (second, first) })
            })
            .collect::<Result<_>>()?;
        let ringgen = median(rounds.iter().map(|round| round.0));
        let raw = median(rounds.iter().map(|round| round.1));
        rounds.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
        let ratio = |index: usize| rounds[index].1 / rounds[index].0;
        let (low, middle, high) = (ratio(0), ratio(rounds.len() / 2), ratio(rounds.len() - 1));
        println!("{batch:>5}   {ringgen:>10.2}   {raw:>12.2}     {low:.2} – {middle:.2} – {high:.2}");
    }
    println!();
    drop(bench);
    measure_sleeper()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn once(batch: usize, messages: u64) -> Result {
    let mut bench = Bench::start(Wait::Hybrid)?;
    let ns = bench.run(Kind::Ringgen, batch, messages)?;
    println!("{messages} messages in batches of {batch}: {ns:.2} ns each");
    let stats = bench.ringgen.stats();
    println!("consumer: {} times empty, {} parks, {} wakes", stats.stalls, stats.parks, stats.wakes);
    Ok(())
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Ringgen,
    Raw,
}

/// The consuming process, with the producing one at its side.
struct Bench {
    _dir: TempDir,
    ringgen: Consumer<Trade>,
    raw: RawRing<Trade>,
    producer: Child,
    commands: Option<ChildStdin>,
}

impl Bench {
    fn start(wait: Wait) -> Result<Self> {
        pin(0);
        let dir = directory()?;
        let ringgen = options(dir.path()).wait(wait).create::<Trade>("bench")?.consumer()?;
        let file = raw_file(dir.path())?;
        file.set_len(RawRing::<Trade>::file_length(CAPACITY))?;
        let raw = RawRing::map(&file, CAPACITY)?;
        let mut producer =
            again("--producer", dir.path()).arg(format!("{wait:?}").to_lowercase()).stdin(Stdio::piped()).spawn()?;
        let commands = producer.stdin.take();
        Ok(Bench { _dir: dir, ringgen, raw, producer, commands })
    }

    /// Nanoseconds a message, from the first one taken to the last.
    fn run(&mut self, kind: Kind, batch: usize, messages: u64) -> Result<f64> {
        let commands = self.commands.as_mut().ok_or("the producer has been told to end")?;
        let word = if kind == Kind::Ringgen { "ringgen" } else { "raw" };
        writeln!(commands, "{word} {batch} {messages}")?;
        let mut buffer = [zero(); MAX_BATCH];
        let buffer = &mut buffer[..batch];
        let mut sum = 0;
        let mut taken = 0;
        let mut start = None;
        while taken < messages {
            let count = match (kind, batch) {
                (Kind::Ringgen, 1) => {
                    let Some(trade) = self.ringgen.pop()? else { break };
                    sum += trade.id;
                    1
                }
                (Kind::Raw, 1) => match self.raw.try_pop() {
                    Some(trade) => {
                        sum += trade.id;
                        1
                    }
                    None => 0,
                },
                (Kind::Ringgen, _) => match self.ringgen.try_pop_many(buffer)? {
                    0 => {
                        self.ringgen.wait_for_message(None)?;
                        0
                    }
                    count => count,
                },
                (Kind::Raw, _) => self.raw.pop_many(buffer),
            };
            if count == 0 {
                std::hint::spin_loop();
                continue;
            }
            if batch > 1 {
                sum += buffer[..count].iter().map(|trade| trade.id).sum::<u64>();
            }
            start.get_or_insert_with(Instant::now);
            taken += count as u64;
        }
        let elapsed = start.ok_or("nothing came")?.elapsed();
        if sum != messages * (messages - 1) / 2 {
            return Err("messages were lost or changed".into());
        }
        Ok(elapsed.as_secs_f64() * 1e9 / messages as f64)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // The end of its commands ends the producer.
        self.commands = None;
        let _ = self.producer.wait();
    }
}

/// The producing process: does what it is told on its standard input.
fn produce(dir: &Path, wait: Wait) -> Result {
    pin(1);
    let mut ringgen = options(dir).wait(wait).attach::<Trade>("bench")?.producer()?;
    let mut raw = RawRing::<Trade>::map(&raw_file(dir)?, CAPACITY)?;
    for command in BufReader::new(std::io::stdin()).lines() {
        let command = command?;
        let words: Vec<&str> = command.split(' ').collect();
        let [kind, batch, messages] = words[..] else { return Err("a command has three words".into()) };
        let (batch, messages): (usize, u64) = (batch.parse()?, messages.parse()?);
        match (kind, batch) {
            ("ringgen", 1) => {
                for id in 0..messages {
                    ringgen.push(trade(id))?;
                }
            }
            ("ringgen", _) => push_batches(batch, messages, |batch| push_ringgen(&mut ringgen, batch))?,
            (_, 1) => {
                for id in 0..messages {
                    while !raw.try_push(trade(id)) {
                        std::hint::spin_loop();
                    }
                }
            }
            _ => push_batches(batch, messages, |batch| Ok(raw.push_many(batch)))?,
        }
    }
    ringgen.detach();
    Ok(())
}

#[inline]
fn push_ringgen(producer: &mut Producer<Trade>, batch: &[Trade]) -> Result<usize> {
    let count = producer.try_push_many(batch)?;
    if count == 0 {
        producer.wait_for_room(1, None)?;
    }
    Ok(count)
}

#[inline]
fn push_batches(batch: usize, messages: u64, mut push: impl FnMut(&[Trade]) -> Result<usize>) -> Result {
    let mut buffer = [zero(); MAX_BATCH];
    let mut id = 0;
    while id < messages {
        let buffer = &mut buffer[..batch.min((messages - id) as usize)];
        for (trade, id) in buffer.iter_mut().zip(id..) {
            trade.id = id;
        }
        id += buffer.len() as u64;
        let mut rest = &*buffer;
        while !rest.is_empty() {
            rest = &rest[push(rest)?..];
        }
    }
    Ok(())
}

fn trade(id: u64) -> Trade {
    Trade { id, ..zero() }
}

fn zero() -> Trade {
    Trade { id: 0, price: 99.5, quantity: 100, time: 0 }
}

/// Has a process wait for a message that does not come, and prints what its waiting cost.
fn measure_sleeper() -> Result {
    let dir = directory()?;
    let _producer = options(dir.path()).create::<Trade>("bench")?.producer()?;
    let status = again("--sleeper", dir.path()).status()?;
    if status.success() { Ok(()) } else { Err("the sleeping process failed".into()) }
}

fn sleep_in(dir: &Path) -> Result {
    let mut consumer = options(dir).attach::<Trade>("bench")?.consumer()?;
    let before = processor_time();
    let wait = Duration::from_secs(2);
    match consumer.pop_timeout(wait) {
        Err(PopError::Timeout) => {}
        other => return Err(format!("expected a timeout: {}", other.is_ok()).into()),
    }
    let used = processor_time() - before;
    let share = used.as_secs_f64() / wait.as_secs_f64() * 100.0;
    let parks = consumer.stats().parks;
    println!("a consumer that waited {wait:?} in {parks} parks used {used:?} of processor time: {share:.3} %");
    Ok(())
}

fn options(dir: &Path) -> RingOptions {
    RingOptions::new().dir(dir).capacity(CAPACITY)
}

fn raw_file(dir: &Path) -> Result<File> {
    Ok(OpenOptions::new().read(true).write(true).create(true).truncate(false).open(dir.join("raw"))?)
}

fn again(role: &str, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("a running program has a file"));
    command.arg(role).arg(dir);
    command
}

/// A directory in shared memory that goes away with the value.
fn directory() -> Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("ringgen-bench-").tempdir_in("/dev/shm")?)
}

/// Keeps this process on one processor; where it may not, the run goes on without.
fn pin(processor: usize) {
    // SAFETY: a set of bits, for which zero is the empty one.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: a processor's number far below the size of the set.
    unsafe { libc::CPU_SET(processor, &mut set) };
    // SAFETY: reads the set that lives here.
    unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) };
}

/// What this process has used of processors so far, in programs and in the kernel.
fn processor_time() -> Duration {
    // SAFETY: plain numbers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: writes to `usage`, which lives here.
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &raw mut usage) };
    let duration = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    duration(usage.ru_utime) + duration(usage.ru_stime)
}
