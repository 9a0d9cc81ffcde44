//! A type as a picture for people: a map of its bytes drawn to scale, and a table of its fields.

mod map;
mod table;

use anstyle::{AnsiColor, Style};

use crate::output::{BOLD, DIM, WARN, count, write};
use crate::text::{width, wrap};

/// What a field is, as far as the eye is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Integers and bools.
    Integer,
    /// Floats.
    Float,
    /// Text and raw bytes.
    Text,
    /// Enums and flags.
    Enum,
    /// Structs and messages.
    Nested,
    /// Bytes that only keep alignment.
    Pad,
    /// Bytes kept for a later version.
    Reserved,
}

impl Tone {
    /// The tone of an element kind as canonical texts spell it: `u32`, `str`, `enum:Side`.
    pub(crate) fn of_kind(kind: &str) -> Tone {
        match kind.split(':').next().unwrap_or(kind) {
            "f32" | "f64" => Tone::Float,
            "str" => Tone::Text,
            "enum" | "flags" => Tone::Enum,
            "struct" | "message" => Tone::Nested,
            "pad" => Tone::Pad,
            "reserved" => Tone::Reserved,
            _ => Tone::Integer,
        }
    }

    const fn style(self) -> Style {
        match self {
            Tone::Integer => AnsiColor::Cyan.on_default(),
            Tone::Float => AnsiColor::Green.on_default(),
            Tone::Text => AnsiColor::Yellow.on_default(),
            Tone::Enum => AnsiColor::Magenta.on_default(),
            Tone::Nested => AnsiColor::Blue.on_default(),
            Tone::Pad | Tone::Reserved => DIM,
        }
    }

    /// What the bytes are filled with where nothing else is to be said of them.
    const fn fill(self) -> char {
        match self {
            Tone::Pad => '░',
            Tone::Reserved => '·',
            _ => ' ',
        }
    }

    const fn is_data(self) -> bool {
        !matches!(self, Tone::Pad | Tone::Reserved)
    }
}

/// A field as it is drawn. All text in it is printable.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) ty: String,
    pub(crate) offset: u32,
    pub(crate) size: u32,
    pub(crate) unit: String,
    pub(crate) doc: String,
    pub(crate) tone: Tone,
}

impl Field {
    /// The byte behind it.
    pub(crate) fn end(&self) -> u32 {
        self.offset + self.size
    }

    /// Unit and epoch in one: `ns since unix`.
    pub(crate) fn unit_of(unit: &str, epoch: &str) -> String {
        match (unit, epoch) {
            (unit, "") => unit.to_owned(),
            ("", epoch) => format!("since {epoch}"),
            (unit, epoch) => format!("{unit} since {epoch}"),
        }
    }
}

/// A struct or message as it is drawn. Its fields lie in order and leave no gap.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) size: u32,
    pub(crate) align: u32,
    pub(crate) layout_hash: String,
    pub(crate) doc: String,
    pub(crate) fields: Vec<Field>,
}

/// Draws a struct or message within `columns`.
pub(crate) fn shape(shape: &Shape, columns: usize) -> String {
    let mut text = String::new();
    heading(&mut text, shape, columns);
    text.push('\n');
    text.push_str(&map::draw(shape, columns));
    text.push('\n');
    text.push_str(&table::draw(shape, columns));
    text
}

fn heading(text: &mut String, shape: &Shape, columns: usize) {
    let Shape { kind, name, size, align, layout_hash, doc, fields } = shape;
    write(text, format_args!("{kind} {BOLD}{name}{BOLD:#}  {}", count(*size as usize, "byte")));
    let bytes = |tone: Tone| -> u32 { fields.iter().filter(|field| field.tone == tone).map(|field| field.size).sum() };
    let (padding, reserved) = (bytes(Tone::Pad), bytes(Tone::Reserved));
    if padding > 0 {
        let percent = (f64::from(padding) / f64::from(*size) * 100.0).round();
        write(text, format_args!(", {WARN}{padding} of them padding ({percent} %){WARN:#}"));
    }
    if reserved > 0 {
        write(text, format_args!(", {reserved} reserved"));
    }
    write(text, format_args!(", aligned to {align}\n"));
    text.push_str(&paragraph(doc, columns));
    hash_line(text, layout_hash);
}

fn hash_line(text: &mut String, layout_hash: &str) {
    if !layout_hash.is_empty() {
        write(text, format_args!("{DIM}  layout hash {layout_hash}{DIM:#}\n"));
    }
}

/// Draws a struct or message within `columns`, without the map.
pub(crate) fn fields(shape: &Shape, columns: usize) -> String {
    let mut text = String::new();
    heading(&mut text, shape, columns);
    text.push('\n');
    text.push_str(&table::draw(shape, columns));
    text
}

/// An enum or flags type as it is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) repr: String,
    pub(crate) layout_hash: String,
    pub(crate) doc: String,
    /// Name, value, meaning.
    pub(crate) values: Vec<(String, i128, String)>,
}

/// Draws an enum or flags type within `columns`.
pub(crate) fn values(of: &Values, columns: usize) -> String {
    let Values { kind, name, repr, layout_hash, doc, values } = of;
    let mut text = String::new();
    write(&mut text, format_args!("{kind} {BOLD}{name}{BOLD:#}  stored as {repr}\n"));
    text.push_str(&paragraph(doc, columns));
    hash_line(&mut text, layout_hash);
    text.push('\n');
    let number = |value: i128| if *kind == "flags" { format!("{value:#x}") } else { value.to_string() };
    let numbers = values.iter().map(|(_, value, _)| number(*value).len()).max().unwrap_or(0).max(5);
    let names = values.iter().map(|(name, ..)| width(name)).max().unwrap_or(0).max(4);
    write(&mut text, format_args!("{DIM}  {:>numbers$}  name{DIM:#}\n", "value"));
    let style = Tone::Enum.style();
    for (name, value, doc) in values {
        let value = number(*value);
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

/// Ends a line with words that go on, where they must, in a column of their own. Leaves them out where there is no
/// room for a column.
fn hanging(text: &mut String, words: &str, indent: usize, columns: usize) {
    let room = columns.saturating_sub(indent);
    if room < 16 || words.is_empty() {
        trim_end(text);
        text.push('\n');
        return;
    }
    for (index, line) in wrap(words, room).iter().enumerate() {
        let gap = if index == 0 { 2 } else { indent };
        write(text, format_args!("{:gap$}{DIM}{line}{DIM:#}\n", ""));
    }
}

fn trim_end(text: &mut String) {
    text.truncate(text.trim_end_matches(' ').len());
}
