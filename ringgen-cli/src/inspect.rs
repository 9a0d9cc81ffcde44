//! `ringgen inspect`: what a ring is and who is on it, seen from outside.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anstyle::Style;
use ringgen_layout::ring;
use ringgen_runtime::{AttachError, Observer, RingOptions, Role, RoleInfo};
use serde::Serialize;

use crate::args::InspectArgs;
use crate::decode::{self, Block};
use crate::output::{
    BAD, BOLD, DIM, Failure, GOOD, Output, Verdict, WARN, columns, human_bytes, printable, thousands, write,
};
use crate::text::{bar, width};
use crate::{picture, when};

/// Shows a ring: header, depth, roles, schema. Takes no role and writes nothing.
pub(crate) fn run(args: &InspectArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let observer = Observer::open(&args.ring, &RingOptions::new()).map_err(|error| failure(&error))?;
    let view = View::of(&observer).map_err(|error| {
        let path = printable(&observer.path().display().to_string());
        Failure::new(format_args!("can't ask the kernel about {path}: {error}"))
    })?;
    if args.json {
        output.line(serde_json::to_string_pretty(&view).expect("numbers and strings are JSON"));
    } else {
        write(output.stdout(), format_args!("{}", picture(&view, columns())));
    }
    Ok(Verdict::Fine)
}

/// Why a ring can't be looked at; where there is none, which ones there are.
pub(crate) fn failure(error: &AttachError) -> Failure {
    let failure = Failure::new(printable(&error.to_string()));
    match error {
        AttachError::NotFound { path } => match rings_beside(path) {
            Some(names) => failure.help(format_args!("there is {names}")),
            None => failure,
        },
        _ => failure,
    }
}

/// What lies in the folder where a ring was looked for.
fn rings_beside(path: &Path) -> Option<String> {
    let entries = std::fs::read_dir(path.parent()?).ok()?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).map(|name| printable(&name)).collect();
    names.sort();
    let more = names.len().saturating_sub(8);
    names.truncate(8);
    match (names.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(names.join(", ")),
        (false, more) => Some(format!("{}, and {more} more", names.join(", "))),
    }
}

/// What is shown, in the words and the order of the JSON.
#[derive(Serialize)]
struct View {
    path: String,
    ring: String,
    message: String,
    package_version: u32,
    kind: &'static str,
    format: String,
    capacity: u64,
    stride: u32,
    file_length: u64,
    layout_hash: String,
    schema_hash: String,
    instance_id: String,
    boot_id: String,
    stale: bool,
    created_at: String,
    #[serde(skip)]
    created_ago: String,
    creator_pid: u64,
    creator_uid: u64,
    depth: u64,
    corrupt: bool,
    producer: RoleView,
    consumer: RoleView,
    schema: String,
}

#[derive(Serialize)]
struct RoleView {
    state: String,
    alive: bool,
    pid: u64,
    epoch: u64,
    position: u64,
    parked: bool,
    stalls: u64,
    parks: u64,
    wakes: u64,
    dropped: u64,
    high_water: u64,
}

impl View {
    fn of(observer: &Observer) -> std::io::Result<View> {
        let header = observer.header();
        let geometry = &header.geometry;
        let stale = observer.is_stale()?;
        // The head is read before the tail and once more behind it: in a sound ring the first is never above the tail
        // and the second never more than a capacity below it, whatever the ring does meanwhile.
        let (head, tail) = observer.cursors();
        let (later_head, _) = observer.cursors();
        let depth = tail.saturating_sub(later_head);
        let corrupt = head > tail || depth > geometry.capacity || tail > ring::MAX_POSITION;
        Ok(View {
            path: printable(&observer.path().display().to_string()),
            ring: printable(&header.ring_name),
            message: printable(&header.message_name),
            package_version: header.package_version,
            // The only kind that can be opened.
            kind: "spsc",
            format: format!("{}.{}", ring::FORMAT_MAJOR, header.format_minor),
            capacity: geometry.capacity,
            stride: geometry.stride,
            file_length: geometry.file_length,
            layout_hash: header.layout_hash.to_string(),
            schema_hash: header.schema_hash.to_string(),
            instance_id: format!("{:016x}", header.instance_id),
            boot_id: uuid(header.boot_id),
            stale,
            created_at: when::utc(header.created_at),
            created_ago: when::ago(header.created_at, now()),
            creator_pid: header.creator_pid,
            creator_uid: header.creator_uid,
            depth,
            corrupt,
            producer: RoleView::of(&observer.role(Role::Producer)?, stale),
            consumer: RoleView::of(&observer.role(Role::Consumer)?, stale),
            schema: observer.schema().to_owned(),
        })
    }
}

impl RoleView {
    fn of(info: &RoleInfo, stale: bool) -> RoleView {
        let alive = info.state == ring::STATE_ACTIVE && info.held && !stale;
        let state = match info.state {
            ring::STATE_NEW => "never claimed".to_owned(),
            ring::STATE_ACTIVE if alive => "active".to_owned(),
            ring::STATE_ACTIVE => "died".to_owned(),
            ring::STATE_CLOSED => "closed".to_owned(),
            ring::STATE_DETACHED => "detached".to_owned(),
            unknown => format!("unknown ({unknown})"),
        };
        RoleView {
            state,
            alive,
            pid: info.pid,
            epoch: info.epoch,
            position: info.cursor,
            parked: alive && info.parked,
            stalls: info.stats.stalls,
            parks: info.stats.parks,
            wakes: info.stats.wakes,
            dropped: info.stats.dropped,
            high_water: info.stats.high_water,
        }
    }

    /// The state for people, and how it looks.
    fn words(&self) -> (String, Style) {
        match self.state.as_str() {
            "active" if self.parked => ("active, asleep".to_owned(), GOOD),
            "active" => ("active".to_owned(), GOOD),
            "never claimed" | "closed" | "detached" => (self.state.clone(), DIM),
            _ => (self.state.clone(), BAD),
        }
    }
}

/// Sixteen bytes as the kernel writes a boot's identity.
fn uuid(bytes: [u8; 16]) -> String {
    let digits = format!("{:032x}", u128::from_be_bytes(bytes));
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos().try_into().unwrap_or(u64::MAX)
}

fn picture(view: &View, columns: usize) -> String {
    let mut text = String::new();
    let file_name = view.path.rsplit('/').next().unwrap_or(&view.path);
    write(&mut text, format_args!("ring {BOLD}{file_name}{BOLD:#}  {DIM}{}{DIM:#}\n", view.path));
    if view.stale {
        let advice = "its users are gone: `ringgen gc` removes it";
        write(&mut text, format_args!("  {BAD}stale{BAD:#}: made before this machine last started; {advice}\n"));
    }
    if view.corrupt {
        write(&mut text, format_args!("  {BAD}corrupt{BAD:#}: these positions can't be; remove it, create it anew\n"));
    }
    let messages =
        format!("{} × {} of {} bytes", thousands(view.capacity), view.message, thousands(view.stride.into()));
    let memory = human_bytes(view.file_length);
    write(&mut text, format_args!("  {messages}, {}, format {}, {memory}\n", view.kind, view.format));
    let creator = format!("by process {} of user {}", view.creator_pid, view.creator_uid);
    write(&mut text, format_args!("  created {} {creator}, {}\n", view.created_at, view.created_ago));
    write(&mut text, format_args!("{DIM}  layout hash {}{DIM:#}\n", view.layout_hash));
    write(&mut text, format_args!("{DIM}  schema hash {}{DIM:#}\n\n", view.schema_hash));
    depth(&mut text, view, columns);
    text.push('\n');
    roles(&mut text, view);
    text.push('\n');
    schema(&mut text, view, columns);
    text
}

/// A bar as wide as there is room for, to scale.
fn depth(text: &mut String, view: &View, columns: usize) {
    let View { depth, capacity, .. } = *view;
    let percent = (depth.min(capacity) as f64 / capacity as f64 * 100.0).round();
    let words = format!("{} of {} ({percent} %)", thousands(depth), thousands(capacity));
    let room = columns.saturating_sub(words.len() + 11).clamp(8, 64);
    let bar = bar(depth, capacity, room);
    let rest = "·".repeat(room - width(&bar));
    let style = match percent {
        ..75.0 => GOOD,
        ..100.0 => WARN,
        _ => BAD,
    };
    write(text, format_args!("  depth  {style}{bar}{style:#}{DIM}{rest}{DIM:#}  {words}\n"));
}

fn roles(text: &mut String, view: &View) {
    let headings = ["role", "state", "process", "epoch", "position", "stalls", "parks", "wakes", "high water"];
    let row = |name: &str, role: &RoleView| -> [String; 9] {
        let process = if role.epoch == 0 { "-".to_owned() } else { role.pid.to_string() };
        let counters = [role.epoch, role.position, role.stalls, role.parks, role.wakes, role.high_water].map(thousands);
        let [epoch, position, stalls, parks, wakes, high_water] = counters;
        [name.to_owned(), role.words().0, process, epoch, position, stalls, parks, wakes, high_water]
    };
    let rows = [row("producer", &view.producer), row("consumer", &view.consumer)];
    let widest = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
    let widths: [usize; 9] = std::array::from_fn(|column| widest(column).max(headings[column].len()));
    let line = |cells: [&str; 9]| -> String {
        let cells = cells.iter().zip(widths).enumerate();
        let aligned = cells.map(|(column, (cell, width))| match column {
            0 | 1 => format!("{cell:width$}"),
            _ => format!("{cell:>width$}"),
        });
        aligned.collect::<Vec<_>>().join("  ")
    };
    write(text, format_args!("{DIM}  {}{DIM:#}\n", line(headings)));
    for (row, role) in rows.iter().zip([&view.producer, &view.consumer]) {
        let cells = line(row.each_ref().map(String::as_str));
        let (name, rest) = cells.split_at(widths[0] + 2);
        let (state, rest) = rest.split_at(widths[1]);
        let style = role.words().1;
        write(text, format_args!("  {name}{style}{state}{style:#}{rest}\n"));
    }
}

/// The types of the schema, or its lines where they are not what this version knows.
fn schema(text: &mut String, view: &View, columns: usize) {
    let Some(blocks) = decode::blocks(&view.schema) else {
        write(text, format_args!("{DIM}  the schema as it stands in the ring{DIM:#}\n"));
        for line in view.schema.lines() {
            write(text, format_args!("  {}\n", printable(line)));
        }
        return;
    };
    let parts = blocks.iter().map(|block| match block {
        Block::Shape(shape) => picture::fields(shape, columns),
        Block::Values(values) => picture::values(values, columns),
    });
    text.push_str(&parts.collect::<Vec<_>>().join("\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boot_is_written_as_the_kernel_writes_it() {
        let bytes = *b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef";
        assert_eq!(uuid(bytes), "01234567-89ab-cdef-0123-456789abcdef");
    }
}
