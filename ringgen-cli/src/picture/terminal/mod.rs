//! Pictures in a terminal: a map of the bytes drawn to scale, and a table of the fields.

mod cases;
mod map;
mod table;

use anstyle::{AnsiColor, Style};

use super::{Page, Part, Ring, Shape, Tone, Values};
use crate::output::{BOLD, DIM, WARN, human_bytes, thousands, write};
use crate::text::{width, wrap};

/// Draws a package, or some of its types, within `columns`.
pub(crate) fn page(of: &Page, columns: usize) -> String {
    let mut parts = Vec::new();
    if of.is_whole {
        let heading = format!("package {BOLD}{}{BOLD:#}  version {}\n", of.package, of.version);
        parts.push(heading + &paragraph(&of.doc, columns));
    }
    parts.extend(of.parts.iter().map(|part| match part {
        Part::Shape(of) => shape(of, columns),
        Part::Values(of) => values(of, columns),
    }));
    if !of.rings.is_empty() {
        parts.push(rings(&of.rings));
    }
    parts.join("\n")
}

/// Draws a struct, message or variant within `columns`.
fn shape(shape: &Shape, columns: usize) -> String {
    let mut text = String::new();
    heading(&mut text, shape, columns);
    text.push('\n');
    text.push_str(&map::draw(shape, columns));
    text.push('\n');
    tables(&mut text, shape, columns);
    text
}

/// Draws a struct, message or variant within `columns`, without the map.
pub(crate) fn fields(shape: &Shape, columns: usize) -> String {
    let mut text = String::new();
    heading(&mut text, shape, columns);
    text.push('\n');
    tables(&mut text, shape, columns);
    text
}

fn tables(text: &mut String, shape: &Shape, columns: usize) {
    text.push_str(&table::draw(shape, columns));
    if !shape.cases.is_empty() {
        text.push('\n');
        text.push_str(&cases::draw(shape, columns));
    }
}

/// The map of a struct, message or variant alone.
pub(crate) fn map(shape: &Shape, columns: usize) -> String {
    map::draw(shape, columns)
}

/// Draws an enum or flags type within `columns`.
pub(crate) fn values(of: &Values, columns: usize) -> String {
    let Values { kind, name, repr, layout_hash, doc, values } = of;
    let mut text = String::new();
    write(&mut text, format_args!("{kind} {BOLD}{name}{BOLD:#}  stored as {repr}\n"));
    text.push_str(&paragraph(doc, columns));
    hash_line(&mut text, layout_hash);
    text.push('\n');
    let numbers = values.iter().map(|(_, value, _)| of.number(*value).len()).max().unwrap_or(0).max(5);
    let names = values.iter().map(|(name, ..)| width(name)).max().unwrap_or(0).max(4);
    write(&mut text, format_args!("{DIM}  {:>numbers$}  name{DIM:#}\n", "value"));
    let style = style(Tone::Enum);
    for (name, value, doc) in values {
        let value = of.number(*value);
        let gap = names - width(name);
        write(&mut text, format_args!("  {value:>numbers$}  {style}{name}{style:#}{:gap$}", ""));
        let indent = numbers + names + 6;
        hanging(&mut text, doc, indent, columns);
    }
    text
}

/// A paragraph, indented by two.
pub(crate) fn paragraph(words: &str, columns: usize) -> String {
    let lines = wrap(words, columns.saturating_sub(2).max(20));
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

const fn style(tone: Tone) -> Style {
    match tone {
        Tone::Integer => AnsiColor::Cyan.on_default(),
        Tone::Float => AnsiColor::Green.on_default(),
        Tone::Text => AnsiColor::Yellow.on_default(),
        Tone::Enum => AnsiColor::Magenta.on_default(),
        Tone::Nested => AnsiColor::Blue.on_default(),
        Tone::Pad | Tone::Reserved => DIM,
    }
}

/// What the bytes are filled with where nothing else is to be said of them.
const fn fill(tone: Tone) -> char {
    match tone {
        Tone::Pad => '░',
        Tone::Reserved => '·',
        _ => ' ',
    }
}

fn heading(text: &mut String, shape: &Shape, columns: usize) {
    let Shape { kind, name, layout_hash, doc, .. } = shape;
    let padding = shape.padding();
    let figures = shape.figures().into_iter().map(|figure| match &padding {
        Some(padding) if *padding == figure => format!("{WARN}{figure}{WARN:#}"),
        _ => figure,
    });
    let figures: Vec<String> = figures.collect();
    write(text, format_args!("{kind} {BOLD}{name}{BOLD:#}  {}\n", figures.join(", ")));
    text.push_str(&paragraph(doc, columns));
    hash_line(text, layout_hash);
}

fn hash_line(text: &mut String, layout_hash: &str) {
    if !layout_hash.is_empty() {
        write(text, format_args!("{DIM}  layout hash {layout_hash}{DIM:#}\n"));
    }
}

fn rings(rings: &[Ring]) -> String {
    let cells = |ring: &Ring| {
        let (capacity, stride) = (thousands(ring.capacity), thousands(ring.stride.into()));
        let Ring { name, message, wait, .. } = ring;
        [name.clone(), message.clone(), capacity, stride, human_bytes(ring.memory), (*wait).to_owned()]
    };
    let rows: Vec<[String; 6]> = rings.iter().map(cells).collect();
    let headings = ["ring", "message", "capacity", "stride", "memory", "wait"];
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap_or(0).max(headings[column].len());
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |cells: [&str; 6]| {
        let [name, message, capacity, stride, memory, wait] = cells;
        let [a, b, c, d, e, _] = widths;
        format!("{name:a$}  {message:b$}  {capacity:>c$}  {stride:>d$}  {memory:>e$}  {wait}")
    };
    let mut text = String::new();
    write(&mut text, format_args!("{DIM}{}{DIM:#}\n", line(headings)));
    for row in &rows {
        let cells = line(std::array::from_fn(|column| row[column].as_str()));
        let (name, rest) = cells.split_at(row[0].len());
        write(&mut text, format_args!("{BOLD}{name}{BOLD:#}{rest}\n"));
    }
    text
}

/// Ends a line with words that go on, where they must, in a column of their own. Leaves them out where there is no
/// room for a column.
fn hanging(text: &mut String, words: &str, indent: usize, columns: usize) {
    let room = columns.saturating_sub(indent);
    if room < 16 || words.is_empty() {
        text.truncate(text.trim_end_matches(' ').len());
        text.push('\n');
        return;
    }
    for (index, line) in wrap(words, room).iter().enumerate() {
        let gap = if index == 0 { 2 } else { indent };
        write(text, format_args!("{:gap$}{DIM}{line}{DIM:#}\n", ""));
    }
}
