//! `ringgen gc`: removes rings that nobody uses any more, and says of every file why it went or stayed.

use std::path::Path;

use anstyle::Style;
use ringgen_runtime::{AttachError, Collector, Found, FoundState};
use serde::Serialize;

use crate::args::GcArgs;
use crate::inspect;
use crate::output::{BAD, BOLD, DIM, Failure, GOOD, Output, Verdict, count, human_bytes, printable, write};
use crate::text::{pad, width};

/// Collects a directory of rings, or the ones that are named.
pub(crate) fn run(args: &GcArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let mut collector = Collector::new().idle(args.idle).dry_run(args.dry_run);
    if let Some(dir) = &args.dir {
        collector = collector.dir(dir);
    }
    let mut failures = Vec::new();
    let mut found = Vec::new();
    if args.rings.is_empty() {
        found = collector.collect().map_err(|error| Failure::new(printable(&error.to_string())))?;
    }
    for ring in &args.rings {
        match collector.collect_one(ring) {
            Ok(one) => found.push(one),
            Err(error) => failures.push(inspect::failure(&error)),
        }
    }
    let views: Vec<View> = found.iter().map(View::of).collect();
    if args.json {
        output.line(serde_json::to_string_pretty(&views).expect("numbers and strings are JSON"));
    } else {
        table(output, &views, args.dry_run);
    }
    let failed = found.iter().filter(|found| matches!(found.state, FoundState::Unusable(AttachError::Io { .. })));
    let failed = failed.count();
    if failed > 0 {
        failures.push(Failure::new(format_args!("{} could not be looked at or removed", count(failed, "file"))));
    }
    match failures.into_iter().next() {
        Some(failure) => Err(failure),
        None => Ok(Verdict::Fine),
    }
}

/// A file, in the words and the order of the JSON.
#[derive(Serialize)]
struct View {
    path: String,
    bytes: u64,
    state: &'static str,
    removed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<u64>,
    reason: String,
}

impl View {
    fn of(found: &Found) -> View {
        let mut view = View {
            path: printable(&found.path.display().to_string()),
            bytes: found.bytes,
            state: "unusable",
            removed: found.removed,
            role: None,
            pid: None,
            unread: None,
            reason: String::new(),
        };
        let (state, reason) = match &found.state {
            FoundState::Stale => ("stale", "made before this machine last started".to_owned()),
            FoundState::Unfinished => ("unfinished", "its creator died before it was finished".to_owned()),
            FoundState::InTheMaking => ("in-the-making", "a process is making it".to_owned()),
            FoundState::Idle { unread } => {
                view.unread = Some(*unread);
                ("idle", idle(*unread, found.removed))
            }
            FoundState::Held { role, pid } => {
                (view.role, view.pid) = (Some(role.to_string()), Some(*pid));
                ("held", format!("its {role} is process {pid}"))
            }
            FoundState::Leaving => ("leaving", "another process is making or removing it".to_owned()),
            FoundState::Unusable(error) => ("unusable", unusable(error)),
            _ => ("unknown", String::new()),
        };
        (view.state, view.reason) = (state, printable(&reason));
        view
    }
}

fn idle(unread: u64, removed: bool) -> String {
    let unread = match unread {
        0 => String::new(),
        unread => format!(", {} not taken", count(unread.try_into().unwrap_or(usize::MAX), "message")),
    };
    let advice = if removed { "" } else { "; --idle removes it" };
    format!("nobody is on it{unread}{advice}")
}

/// What is wrong, without the path in front of it.
fn unusable(error: &AttachError) -> String {
    match error {
        AttachError::NotARing { defect, .. } => format!("no usable ring: {defect}"),
        AttachError::UnsupportedFormat { what, .. } => format!("can't be judged here: {what}"),
        AttachError::Refused { reason, .. } => format!("not safe to share memory by: {reason}"),
        AttachError::Io { action, error, .. } => format!("can't {action} it: {error}"),
        other => other.to_string(),
    }
}

fn table(output: &mut Output, views: &[View], dry_run: bool) {
    if views.is_empty() {
        output.line("there are no rings");
        return;
    }
    let removed = if dry_run { "would remove" } else { "removed" };
    let rows: Vec<[String; 4]> = views
        .iter()
        .map(|view| {
            let verb = if view.removed { removed } else { "kept" };
            let name = Path::new(&view.path).file_name().map_or_else(String::new, |name| name.display().to_string());
            [verb.to_owned(), name, human_bytes(view.bytes), view.reason.clone()]
        })
        .collect();
    let widest = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
    let (verbs, names, sizes) = (widest(0), widest(1), widest(2));
    for (view, [verb, name, size, reason]) in views.iter().zip(&rows) {
        let style = style(view);
        let (verb, name) = (pad(verb, verbs), pad(name, names));
        let size = format!("{}{size}", " ".repeat(sizes - width(size)));
        write(
            output.stdout(),
            format_args!("{style}{verb}{style:#}  {BOLD}{name}{BOLD:#}  {DIM}{size}{DIM:#}  {reason}\n"),
        );
    }
    let gone: Vec<&View> = views.iter().filter(|view| view.removed).collect();
    let bytes = human_bytes(gone.iter().map(|view| view.bytes).sum());
    output.line(format_args!("\n{removed} {} of {}, {bytes}", gone.len(), count(views.len(), "file")));
}

fn style(view: &View) -> Style {
    match view.state {
        _ if view.removed => GOOD,
        "unusable" => BAD,
        _ => DIM,
    }
}
