//! The page of tables.

use std::fmt::Write;

use crate::plan::{BATCHES, CAPACITIES, Case, Findings, SIZES, Target};
use crate::rounds::{Row, Spread, Table};

pub(crate) fn page(findings: &Findings) -> String {
    let mut page = String::new();
    head(&mut page, findings);
    targets(&mut page, &findings.targets);
    throughput(&mut page, findings);
    latency(&mut page, findings);
    waiting(&mut page, findings);
    distances(&mut page, findings);
    not_run(&mut page, findings);
    page
}

/// Lines of a page; a page in memory takes every one.
macro_rules! line {
    ($page:expr) => { $page.push('\n') };
    ($page:expr, $($text:tt)*) => { writeln!($page, $($text)*).expect("text goes into a string") };
}

fn head(page: &mut String, findings: &Findings) {
    line!(page, "# Figures");
    line!(page);
    line!(
        page,
        "Written by `cargo xtask bench`; what they mean and how they are taken stands in [README.md](README.md)."
    );
    if findings.quick {
        line!(page);
        line!(page, "**From a quick run**: fewer and shorter rounds.");
    }
    line!(page);
    line!(page, "| | |");
    line!(page, "| --- | --- |");
    for (name, value) in &findings.machine.facts {
        line!(page, "| {name} | {value} |");
    }
    let versions: Vec<String> =
        findings.machine.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    line!(page, "| versions | {} |", versions.join(", "));
    line!(page, "| a word from one CPU to the other | {} ns |", spread(findings.probe));
    line!(page, "| the same with the rounds that were discarded | {} ns |", spread(findings.all_probes));
    line!(
        page,
        "| rounds | {}, of which {} were discarded, as the CPUs were moved | ",
        findings.rounds,
        findings.discarded
    );
    line!(page, "| duration | {:.1} minutes |", findings.minutes);
    line!(page);
    line!(
        page,
        "Times are medians, with the least and the greatest in brackets. A ratio is the median of the ratios within"
    );
    line!(page, "each round, and so is not the ratio of two medians beside it.");
}

fn targets(page: &mut String, targets: &[Target]) {
    line!(page);
    line!(page, "## Targets");
    line!(page);
    line!(page, "Messages of 32 bytes; capacity 4096 unless said; this ring as it ships.");
    line!(page);
    line!(page, "| this ring | wanted | found | range | |");
    line!(page, "| --- | --- | --- | --- | --- |");
    for target in targets {
        let bound = if target.at_most { "≤" } else { "≥" };
        let wanted = number(target.wanted);
        let Some(found) = target.found else {
            line!(page, "| {} | {bound} {wanted} × | NOT RUN | | |", target.what);
            continue;
        };
        let verdict = if target.is_met() == Some(true) { "met" } else { "**missed**" };
        let (median, min, max) = (number(found.median), number(found.min), number(found.max));
        line!(page, "| {} | {bound} {wanted} × | {median} × | {min} – {max} | {verdict} |", target.what);
    }
}

fn throughput(page: &mut String, findings: &Findings) {
    line!(page);
    line!(page, "## Throughput");
    line!(page);
    line!(
        page,
        "Nanoseconds a message, from one process to another (or one thread to another where it says so), and how many"
    );
    line!(
        page,
        "times as fast as the raw ring that is. Interpreters and `ArrayQueue` have no batches; pipes and sockets have"
    );
    line!(page, "the kernel's capacity.");
    line!(page);
    line!(page, "![Nanoseconds a message](throughput.svg)");
    for size in SIZES {
        for capacity in CAPACITIES {
            line!(page);
            line!(page, "### {size} bytes, capacity {capacity}");
            line!(page);
            line!(page, "| | batch 1 | × raw | batch 64 | × raw | batch 256 | × raw |");
            line!(page, "| --- | --- | --- | --- | --- | --- | --- |");
            let tables = BATCHES.map(|batch| table(&findings.throughput, Case { size, capacity, batch }));
            for name in names(&tables) {
                let cells: Vec<String> =
                    tables.iter().map(|table| cells(table.and_then(|table| row(table, name)))).collect();
                line!(page, "| {} | {} |", own(name), cells.join(" | "));
            }
            for (name, _) in &findings.not_run {
                line!(page, "| {name} | NOT RUN | | | | | |");
            }
        }
    }
}

fn latency(page: &mut String, findings: &Findings) {
    line!(page);
    line!(page, "## Latency, and what waiting costs");
    line!(page);
    line!(
        page,
        "Messages of 32 bytes, capacity 4096. Half of a round trip, with the ring in either direction; from the moment"
    );
    line!(
        page,
        "before a message is sent to the moment that a receiver has it who has waited for 1.2 ms; and the share of a CPU"
    );
    line!(page, "that a receiver uses to whom nothing comes. Those without a wake never sleep.");
    line!(page);
    line!(page, "![Half a round trip, and a wake](latency.svg)");
    line!(page);
    line!(page, "| | half round trip, ns | × raw | wake, µs | × raw futex | idle, % of a CPU |");
    line!(page, "| --- | --- | --- | --- | --- | --- |");
    let mut rows: Vec<&str> = findings.half_round_trip.rows.iter().map(|row| row.peer).collect();
    rows.extend(findings.wake.rows.iter().map(|row| row.peer).filter(|peer| !rows.contains(peer)).collect::<Vec<_>>());
    for name in rows
        .into_iter()
        .filter(|name| !findings.distances[0].1.rows.iter().any(|row| row.peer == *name && !name.eq(&"raw ring")))
    {
        let trip = cells(row(&findings.half_round_trip, name));
        let wake = times(row(&findings.wake, name));
        line!(page, "| {} | {trip} | {wake} | {} |", own(name), idle(findings, name));
    }
}

fn waiting(page: &mut String, findings: &Findings) {
    line!(page);
    line!(page, "## How a ring waits");
    line!(page);
    line!(page, "| `Wait::` | half round trip, ns | wake after 1.2 ms, µs | idle, % of a CPU |");
    line!(page, "| --- | --- | --- | --- |");
    for (strategy, name) in [("Spin", "ringgen, spinning"), ("Yield", "ringgen, yielding"), ("Hybrid", "ringgen")] {
        let trip = row(&findings.half_round_trip, name).map_or("NOT RUN".into(), |row| spread(row.ns));
        let wake = row(&findings.wake, name).map_or("NOT RUN".into(), |row| micros(row.ns));
        line!(page, "| `{strategy}` | {trip} | {wake} | {} |", idle(findings, name));
    }
}

fn distances(page: &mut String, findings: &Findings) {
    line!(page);
    line!(page, "## False sharing");
    line!(page);
    line!(
        page,
        "The raw ring, whose two indices lie on one line, on neighbouring lines, 128 bytes apart, or on two pages."
    );
    line!(page, "Messages of 32 bytes, capacity 4096; nanoseconds, and how many times as fast as with two pages.");
    line!(page);
    line!(page, "| | batch 1 | × | batch 64 | × | batch 256 | × | half round trip | × |");
    line!(page, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let tables: Vec<&Table> = findings.distances.iter().map(|(_, table)| table).collect();
    let Some(first) = tables.first() else { return };
    for name in first.rows.iter().map(|row| row.peer) {
        let all = tables.iter().copied().chain([&findings.half_round_trip]);
        let cells: Vec<String> = all.map(|table| cells(row(table, name))).collect();
        let name = name.strip_prefix("raw ring, ").unwrap_or("on two pages");
        line!(page, "| {name} | {} |", cells.join(" | "));
    }
}

fn not_run(page: &mut String, findings: &Findings) {
    line!(page);
    line!(page, "## Not run");
    line!(page);
    if findings.not_run.is_empty() {
        line!(page, "Nothing: every peer was built and measured.");
    }
    for (name, reason) in &findings.not_run {
        line!(page, "- NOT RUN: {name}: {reason}");
    }
}

fn table(tables: &[(Case, Table)], case: Case) -> Option<&Table> {
    tables.iter().find(|(other, _)| *other == case).map(|(_, table)| table)
}

fn row<'a>(table: &'a Table, name: &str) -> Option<&'a Row> {
    table.rows.iter().find(|row| row.peer == name)
}

/// All that is in one of these tables, in the order of the first that has it.
fn names<'a>(tables: &[Option<&'a Table>]) -> Vec<&'a str> {
    let mut names = Vec::new();
    for row in tables.iter().flatten().flat_map(|table| &table.rows) {
        if !names.contains(&row.peer) {
            names.push(row.peer);
        }
    }
    names
}

/// A time and a ratio, as two cells.
fn cells(row: Option<&Row>) -> String {
    row.map_or("| ".into(), |row| format!("{} | {}", spread(row.ns), ratio(row)))
}

/// As [`cells`], in microseconds.
fn times(row: Option<&Row>) -> String {
    row.map_or("| ".into(), |row| format!("{} | {}", micros(row.ns), ratio(row)))
}

fn ratio(row: &Row) -> String {
    row.ratio.map_or(String::new(), |ratio| number(ratio.median))
}

fn idle(findings: &Findings, name: &str) -> String {
    row(&findings.idle, name).map_or("100".into(), |row| format!("{:.2}", row.ns.median))
}

/// This ring's rows stand out.
fn own(name: &str) -> String {
    if name.starts_with("ringgen") { format!("**{name}**") } else { name.to_string() }
}

fn micros(ns: Spread) -> String {
    spread(Spread { median: ns.median / 1000.0, min: ns.min / 1000.0, max: ns.max / 1000.0 })
}

fn spread(ns: Spread) -> String {
    format!("{} ({} – {})", number(ns.median), number(ns.min), number(ns.max))
}

/// Three digits that count, and no more.
fn number(value: f64) -> String {
    match value.abs() {
        0.0..0.01 => format!("{value:.4}"),
        0.01..0.1 => format!("{value:.3}"),
        0.1..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
