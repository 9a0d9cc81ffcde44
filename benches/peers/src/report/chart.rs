//! Bars on a logarithmic scale: what is compared differs by orders of magnitude.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::Result;
use crate::plan::{BATCHES, Case, Findings};
use crate::rounds::Table;

const WIDTH: u32 = 900;
/// Where bars begin: names stand to the left of it.
const LEFT: i32 = 250;
/// Room for a value to the right of the longest bar.
const RIGHT: i32 = 90;
const BAR: i32 = 12;
/// The space between two peers.
const SPACE: i32 = 10;
const HEAD: i32 = 64;

const INK: RGBColor = RGBColor(40, 44, 52);
const LINES: RGBColor = RGBColor(222, 226, 230);
/// A colour for each series, told apart by how light they are as well.
const COLOURS: [RGBColor; 3] = [RGBColor(23, 78, 133), RGBColor(86, 152, 212), RGBColor(173, 206, 235)];
/// The same for this ring.
const OWN: [RGBColor; 3] = [RGBColor(176, 62, 16), RGBColor(231, 122, 58), RGBColor(245, 182, 138)];

/// The bars of one peer, one for each series that it has.
struct Bars {
    name: &'static str,
    values: Vec<Option<f64>>,
}

pub(crate) fn throughput(findings: &Findings) -> Result<String> {
    let case = |batch| Case { size: 32, capacity: 4096, batch };
    let tables: Vec<&Table> = BATCHES
        .iter()
        .filter_map(|&batch| findings.throughput.iter().find(|(other, _)| *other == case(batch)))
        .map(|(_, table)| table)
        .collect();
    let series = BATCHES.map(|batch| format!("batch {batch}"));
    draw("Nanoseconds a message: 32 bytes, capacity 4096 (shorter is better)", &series, bars(&tables, 1.0, |_| true))
}

pub(crate) fn latency(findings: &Findings) -> Result<String> {
    let series = ["half a round trip".to_string(), "wake of a receiver that has waited for 1.2 ms".to_string()];
    // The distances of indices have a table of their own.
    let is_shown = |name: &str| !name.contains("indices");
    let bars = bars(&[&findings.half_round_trip, &findings.wake], 1.0, is_shown);
    draw("Nanoseconds from one process to the other (shorter is better)", &series, bars)
}

/// The bars of every peer in one of the tables, the fastest first.
fn bars(tables: &[&Table], scale: f64, is_shown: impl Fn(&str) -> bool) -> Vec<Bars> {
    let mut all: Vec<Bars> = Vec::new();
    for row in tables.iter().flat_map(|table| &table.rows) {
        if is_shown(row.peer) && !all.iter().any(|bars| bars.name == row.peer) {
            let value = |table: &&Table| {
                table.rows.iter().find(|other| other.peer == row.peer).map(|row| row.ns.median * scale)
            };
            all.push(Bars { name: row.peer, values: tables.iter().map(value).collect() });
        }
    }
    let first = |bars: &Bars| bars.values.iter().flatten().next().copied().unwrap_or(f64::INFINITY);
    all.sort_by(|a, b| first(a).total_cmp(&first(b)));
    all
}

fn draw(title: &str, series: &[String], peers: Vec<Bars>) -> Result<String> {
    let mut svg = String::new();
    let group = |bars: &Bars| bars.values.iter().flatten().count() as i32 * BAR + SPACE;
    let height = HEAD + peers.iter().map(group).sum::<i32>() + 28;
    let values: Vec<f64> = peers.iter().flat_map(|bars| bars.values.iter().flatten().copied()).collect();
    let least = values.iter().copied().fold(f64::INFINITY, f64::min).log10().floor();
    let most = values.iter().copied().fold(0.0, f64::max).log10().ceil();
    let scale = |value: f64| {
        let share = (value.log10() - least) / (most - least);
        LEFT + (share * f64::from(WIDTH as i32 - LEFT - RIGHT)) as i32
    };
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height as u32)).into_drawing_area();
        area.fill(&WHITE)?;
        text(&area, title, (16, 22), 17, HPos::Left)?;
        legend(&area, series)?;
        for decade in least as i32..=most as i32 {
            let value = 10_f64.powi(decade);
            let x = scale(value);
            area.draw(&PathElement::new(vec![(x, HEAD - 4), (x, height - 24)], LINES))?;
            text(&area, &grouped(value), (x, height - 12), 12, HPos::Center)?;
        }
        let mut y = HEAD;
        for bars in &peers {
            let colours = if bars.name.starts_with("ringgen") { OWN } else { COLOURS };
            let middle = y + (group(bars) - SPACE) / 2;
            text(&area, bars.name, (LEFT - 8, middle), 13, HPos::Right)?;
            for (value, colour) in bars.values.iter().zip(colours) {
                let Some(value) = *value else { continue };
                let end = scale(value).max(LEFT + 1);
                area.draw(&Rectangle::new([(LEFT, y), (end, y + BAR - 2)], colour.filled()))?;
                text(&area, &grouped(value), (end + 5, y + BAR / 2 - 1), 11, HPos::Left)?;
                y += BAR;
            }
            y += SPACE;
        }
        area.present()?;
    }
    Ok(svg)
}

fn legend(area: &DrawingArea<SVGBackend<'_>, Shift>, series: &[String]) -> Result {
    let mut x = 16;
    for (name, (colour, own)) in series.iter().zip(COLOURS.into_iter().zip(OWN)) {
        area.draw(&Rectangle::new([(x, 40), (x + 10, 50)], colour.filled()))?;
        area.draw(&Rectangle::new([(x + 11, 40), (x + 21, 50)], own.filled()))?;
        text(area, name, (x + 27, 45), 13, HPos::Left)?;
        x += 48 + name.len() as i32 * 7;
    }
    Ok(())
}

fn text(area: &DrawingArea<SVGBackend<'_>, Shift>, text: &str, at: (i32, i32), size: i32, side: HPos) -> Result {
    let style = ("sans-serif", size).into_font().color(&INK).pos(Pos::new(side, VPos::Center));
    area.draw(&Text::new(text.to_string(), at, style))?;
    Ok(())
}

/// Three digits that count, thousands apart.
fn grouped(value: f64) -> String {
    match value {
        ..1.0 => format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_string(),
        ..10.0 => format!("{value:.1}").trim_end_matches(".0").to_string(),
        ..1000.0 => format!("{value:.0}"),
        ..1_000_000.0 => format!("{},{:03}", value as u64 / 1000, value as u64 % 1000),
        _ => format!("{},{:03},{:03}", value as u64 / 1_000_000, value as u64 / 1000 % 1000, value as u64 % 1000),
    }
}
