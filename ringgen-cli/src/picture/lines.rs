//! Where the lines of the processor's cache fall, and what they cut.
//!
//! Counted from the start of a type. That is where they fall in memory for types that are aligned to 64, and for the
//! first slot of a ring; slots whose size is no multiple of 64 lie across them in turn.

use super::{Field, Shape};

/// The bytes of a line.
const LINE: u32 = 64;
/// The bytes of two lines that processors fetch together.
const PAIR: u32 = 128;

/// What begins at an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Nothing; or the type.
    Plain,
    /// A line.
    Line,
    /// A pair of lines.
    Pair,
}

impl Mark {
    pub(super) fn at(offset: u32) -> Mark {
        match offset {
            0 => Mark::Plain,
            _ if offset.is_multiple_of(PAIR) => Mark::Pair,
            _ if offset.is_multiple_of(LINE) => Mark::Line,
            _ => Mark::Plain,
        }
    }
}

/// The first and the last line that begin within a field, not with it.
fn within(field: &Field) -> Option<(u32, u32)> {
    let first = (field.offset + 1).checked_next_multiple_of(LINE)?;
    let last = (field.end() - 1) / LINE * LINE;
    (first <= last).then_some((first, last))
}

/// Which lines begin within a field, and what they cut: `64 cuts symbol into 4 + 8 bytes`.
fn words(field: &Field) -> Option<String> {
    let (first, last) = within(field)?;
    Some(match cut(field, first).filter(|_| first == last) {
        Some(words) => words,
        None if first == last => format!("{first} within {}", field.path),
        None => format!("{first} … {last} within {}", field.path),
    })
}

/// What a line does to a field, or to an element of it, that would fit into one.
fn cut(field: &Field, line: u32) -> Option<String> {
    let element = field.element_size();
    let (index, before) = ((line - field.offset) / element, (line - field.offset) % element);
    let name = |index| field.array.as_ref().map_or(field.path.clone(), |array| array.element(index));
    match (before, element) {
        // Elements of scalars are never cut, so that it goes without saying.
        (0, ..=8) => None,
        (0, _) => Some(format!("{line} between {} and {}", name(index - 1), name(index))),
        (_, ..=LINE) => Some(format!("{line} cuts {} into {before} + {} bytes", name(index), element - before)),
        _ => None,
    }
}

/// A line of the table of a type's fields.
pub(super) enum Entry<'a> {
    /// A field, and how many others it lies in.
    Field(usize, &'a Field),
    /// A line of the cache that begins here, with the next field or within the last: where, and that in words.
    Line(Mark, String),
}

/// The fields of a type, with those that they are taken apart into, and the lines of the cache between them.
pub(super) fn table(shape: &Shape) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    // Below this offset every line has its entry.
    let mut told = LINE;
    for (depth, field) in shape.tree() {
        if field.offset >= told && field.offset.is_multiple_of(LINE) {
            entries.push(Entry::Line(Mark::at(field.offset), field.offset.to_string()));
            told = field.offset.saturating_add(LINE);
        }
        entries.push(Entry::Field(depth, field));
        let inside = within(field).filter(|_| field.inside.is_empty());
        if let (Some((first, last)), Some(words)) = (inside, words(field)) {
            let mark = if first == last { Mark::at(first) } else { Mark::Line };
            entries.push(Entry::Line(mark, words));
            told = last.saturating_add(LINE);
        }
    }
    entries
}

/// What lines cut in a type that would fit into one, as sentences without a full stop; the first few.
pub(super) fn notes(shape: &Shape) -> Vec<String> {
    let mut notes = Vec::new();
    let leaves = shape.leaves();
    let cuts = leaves.iter().filter_map(|leaf| words(leaf)).filter(|words| words.contains(" cuts "));
    let mut cuts: Vec<String> = cuts.map(|words| format!("the cache line at {words}")).collect();
    let more = cuts.len().saturating_sub(4);
    cuts.truncate(4);
    notes.append(&mut cuts);
    if more > 0 {
        notes.push(format!("{more} more fields are cut by a cache line"));
    }
    notes
}
