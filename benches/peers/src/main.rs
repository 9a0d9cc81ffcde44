//! The ring beside what people would use instead of it, in one run.
//!
//! ```text
//!   this process, on the first CPU                    a process (or a thread) on the second CPU
//!   Contender: takes and times  ◀── ring, pipe, … ──  Station: sends what it is told to
//!   Contender: asks             ── ring, pipe, … ──▶  Station: answers
//! ```
//! All contenders live through a session side by side. A round measures each of them for a few milliseconds, one after
//! the other and each time in another order, between two probes of the CPUs; what counts is the ratio within a round.
//!
//! ```text
//! ringgen-peers run [--quick] [--out FOLDER] [--hosts FOLDER] [--python FILE]   everything
//! ringgen-peers duel PEER PEER BATCH SECONDS two contenders in turn, to see what a change does; batch 0 is ping-pong
//! ringgen-peers once PEER BATCH MESSAGES     one contender alone, to put under strace or perf
//! ringgen-peers solo PEER BATCH MESSAGES     both ends in one thread, to count instructions
//! ```

mod contender;
mod cpu;
mod hosts;
mod link;
mod machine;
mod payload;
mod peers;
mod plan;
mod probe;
mod report;
mod rounds;
mod session;
mod station;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// What is done here gives this, or a sentence for the person who ran it.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const USAGE: &str = "usage: ringgen-peers run [--quick] [--out FOLDER] [--hosts FOLDER] [--python FILE] | \
                     duel PEER PEER BATCH SECONDS | once PEER BATCH MESSAGES | solo PEER BATCH MESSAGES";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["run", ref options @ ..] => options_of(options).and_then(|options| plan::run(&options)),
        ["duel", one, other, batch, seconds] => duel(one, other, batch, seconds),
        ["once", peer, batch, messages] => once(peer, batch, messages, session::once),
        ["solo", peer, batch, messages] => once(peer, batch, messages, session::solo),
        // The other process of a session.
        ["station", dir, size, capacity, cpu] => session::serve(dir, size, capacity, cpu),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn once(peer: &str, batch: &str, messages: &str, run: fn(&str, usize, u64) -> Result) -> Result {
    run(peer, batch.parse()?, messages.parse()?)
}

fn duel(one: &str, other: &str, batch: &str, seconds: &str) -> Result {
    plan::duel(one, other, batch.parse()?, Duration::from_secs(seconds.parse()?))
}

/// How much is measured, and where the pages go.
pub(crate) struct Options {
    /// Fewer and shorter rounds.
    pub(crate) quick: bool,
    /// Where the pages are written to; what it says if nowhere.
    pub(crate) out: Option<PathBuf>,
    /// Where the extension modules for Python and Node lie.
    pub(crate) hosts: PathBuf,
    /// Which Python runs them.
    pub(crate) python: PathBuf,
}

fn options_of(words: &[&str]) -> Result<Options> {
    let here = std::env::current_exe()?;
    let hosts = here.parent().ok_or("a program lies in a folder")?.to_path_buf();
    let mut options = Options { quick: false, out: None, hosts, python: "python3".into() };
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        let mut value = || words.next().map(PathBuf::from).ok_or(USAGE);
        match word {
            "--quick" => options.quick = true,
            "--out" => options.out = Some(value()?),
            "--hosts" => options.hosts = value()?,
            "--python" => options.python = value()?,
            _ => return Err(USAGE.into()),
        }
    }
    Ok(options)
}
