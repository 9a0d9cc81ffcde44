//! `ringgen watch`: generates again whenever a schema or an import changes, and says what it did.
//!
//! ```text
//!   folders ──events──┐
//!                     ├─▶ channel ─▶ quiet? ─▶ round: read, compile, write what changed, say so
//!   Ctrl-C ───────────┘                          └─▶ the folders of all that was read, or looked for
//! ```
//!
//! Folders are watched and not files: editors put a new file in place of the old one, and an import may yet come to be.

mod folders;
mod interest;

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use ringgen_build::Inputs;
use ringgen_build::write::compare;
use serde::Serialize;

use crate::args::{MessageFormat, WatchArgs};
use crate::findings;
use crate::generate::{self, backends};
use crate::output::{BAD, BOLD, DIM, Failure, GOOD, Output, Verdict, count};
use folders::Folders;
use interest::Interest;

/// How long it must be quiet before a round begins: an editor that saves writes several times.
const QUIET: Duration = Duration::from_millis(40);

/// When a round begins although it is never quiet.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a session waits for.
#[derive(Debug)]
enum Event {
    /// Something happened to this file or folder.
    Changed(PathBuf),
    /// More happened than was told.
    Unsure,
    /// It is time to end.
    End,
}

/// Runs until it is interrupted, or nobody listens any more.
pub(crate) fn run(args: &WatchArgs) -> Result<Verdict, Failure> {
    let (sender, events) = channel();
    let interrupted = sender.clone();
    // The session may have ended before the signal comes; then there is nothing left to end.
    ctrlc::set_handler(move || drop(interrupted.send(Event::End)))
        .map_err(|error| Failure::new(format_args!("can't wait for signals: {error}")))?;
    let mut session = Session { args, folders: Folders::new(sender)?, interest: Interest::default() };
    let mut changed = None;
    loop {
        let mut output = Output::default();
        session.round(changed.as_ref(), &mut output)?;
        match output.print_stdout() {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(Verdict::Fine),
            printed => printed.map_err(|error| Failure::new(format_args!("can't write the output: {error}")))?,
        }
        match session.wait(&events) {
            Some(names) => changed = Some(names),
            None => return Ok(Verdict::Fine),
        }
    }
}

struct Session<'a> {
    args: &'a WatchArgs,
    folders: Folders,
    interest: Interest,
}

impl Session<'_> {
    /// The names of what changed, once it is quiet again; `None` if it is time to end.
    fn wait(&mut self, events: &Receiver<Event>) -> Option<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        let mut begun: Option<Instant> = None;
        loop {
            let event = match begun {
                None => events.recv().ok()?,
                Some(begun) => match events.recv_timeout(QUIET.min(PATIENCE.saturating_sub(begun.elapsed()))) {
                    Ok(event) => event,
                    Err(_) => return Some(names),
                },
            };
            let is_news = match event {
                Event::End => return None,
                Event::Unsure => true,
                Event::Changed(path) => {
                    self.folders.forget_if_gone(&path);
                    let name = self.interest.name(&path);
                    name.map(|name| names.insert(name)).is_some()
                }
            };
            if is_news {
                begun.get_or_insert_with(Instant::now);
            }
        }
    }

    /// Generates, and prints what came of it. `changed` is why, after the first time.
    fn round(&mut self, changed: Option<&BTreeSet<String>>, output: &mut Output) -> Result<(), Failure> {
        let sources = &self.args.sources;
        let inputs = loop {
            let inputs = Inputs::read(&sources.paths, &sources.imports.folders);
            self.interest = Interest::new(sources, inputs.as_ref().ok());
            // What was read before its folder was watched may have changed in between.
            if !self.folders.watch(self.interest.folders())? {
                break inputs;
            }
        };
        let done = inputs.map_err(Failure::from).and_then(|inputs| self.generate(inputs));
        if changed.is_none()
            && let Err(failure) = done
        {
            // What can't be read from the start is a mistake on the command line.
            return Err(failure);
        }
        match self.args.messages.message_format {
            MessageFormat::Json => tell_program(changed, done, output),
            format => tell_people(changed, done, format, output),
        }
        Ok(())
    }

    fn generate(&self, inputs: Inputs) -> Result<Done, Failure> {
        let mut done = Done { inputs, files: 0, written: Vec::new() };
        if done.inputs.report.is_none() {
            let target = &self.args.target;
            let files = done.inputs.generate(&backends(&target.lang))?;
            let stale = compare(&files, &target.out)?;
            ringgen_build::write::write(&stale)?;
            done.files = files.len();
            done.written = stale.into_iter().map(|stale| (stale.path, stale.found.is_none())).collect();
        }
        Ok(done)
    }
}

/// What came of a round.
struct Done {
    inputs: Inputs,
    /// How many files there are now, all up to date; none if there are findings.
    files: usize,
    /// Those that were written for it, and whether they are new.
    written: Vec<(PathBuf, bool)>,
}

fn tell_people(
    changed: Option<&BTreeSet<String>>,
    done: Result<Done, Failure>,
    format: MessageFormat,
    output: &mut Output,
) {
    if let Some(changed) = changed {
        output.line("");
        changed.iter().for_each(|name| output.line(format_args!("{BOLD}changed{BOLD:#}  {name}")));
    }
    let ends = if changed.is_none() { "; Ctrl-C ends this" } else { "" };
    let (what, state) = match done {
        Ok(Done { inputs, files, written }) => {
            for (path, is_new) in &written {
                generate::told(path, *is_new, output);
            }
            if let Some(report) = &inputs.report {
                findings::print(report, format, output.stdout());
            }
            let state = match (inputs.finding_count(), written.len()) {
                (0, 0) => format!("{GOOD}{} up to date{GOOD:#}", count(files, "file")),
                (0, some) => format!("{GOOD}{} up to date{GOOD:#}, {some} written", count(files, "file")),
                (findings, _) => format!("{BAD}{}{BAD:#}, nothing written", count(findings, "finding")),
            };
            (count(inputs.plans.len() + inputs.bad, "schema"), state)
        }
        Err(failure) => {
            output.line(failure.to_string().trim_end());
            ("on".to_string(), format!("{BAD}failed{BAD:#}, nothing written"))
        }
    };
    output.line(format_args!("{DIM}watching{DIM:#} {what}: {state}{DIM}{ends}{DIM:#}"));
}

/// A round, as docs/cli.md describes it: behind an object for each of its findings.
#[derive(Serialize)]
struct JsonRound<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    changed: Vec<&'a str>,
    findings: usize,
    files: usize,
    written: Vec<String>,
    failure: Option<String>,
}

fn tell_program(changed: Option<&BTreeSet<String>>, done: Result<Done, Failure>, output: &mut Output) {
    let changed = changed.into_iter().flatten().map(String::as_str).collect();
    let mut round = JsonRound { kind: "round", changed, findings: 0, files: 0, written: Vec::new(), failure: None };
    match done {
        Ok(done) => {
            if let Some(report) = &done.inputs.report {
                findings::print(report, MessageFormat::Json, output.stdout());
            }
            round.findings = done.inputs.finding_count();
            round.files = done.files;
            round.written = done.written.iter().map(|(path, _)| path.display().to_string()).collect();
        }
        Err(failure) => round.failure = Some(failure.message().to_string()),
    }
    output.line(serde_json::to_string(&round).expect("numbers and strings are JSON"));
}
