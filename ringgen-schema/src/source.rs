//! The texts of schemas, and where in them something stands.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A range of bytes in [`Source::text`]; while a compilation runs, of all its [`Sources`] laid one behind the other.
pub type Span = Range<usize>;

/// A value, and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spanned<T> {
    /// What was written.
    pub(crate) value: T,
    /// Where.
    pub(crate) span: Span,
}

impl<T> Spanned<T> {
    /// `value`, written at `span`.
    pub(crate) fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }
}

/// A place in a file as editors count it: from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// The first byte of a file that is no UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotUtf8 {
    /// Where it is, both in the file and in [`Source::text`].
    pub(crate) offset: usize,
    /// What it is.
    pub(crate) byte: u8,
}

/// A schema file: its name for people, and its text.
///
/// Any bytes will do. A file that is not UTF-8 is a finding of [`compile`](crate::compile) and not an I/O error, so
/// that it is reported as every other mistake is, with its line and column.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    /// If it is not the name.
    path: Option<PathBuf>,
    text: String,
    not_utf8: Option<NotUtf8>,
}

impl Source {
    /// A schema that is in memory already.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Source { name: name.into(), path: None, text: text.into(), not_utf8: None }
    }

    /// A schema from the bytes of a file.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        let name = name.into();
        match String::from_utf8(bytes) {
            Ok(text) => Source { name, path: None, text, not_utf8: None },
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                let byte = error.as_bytes()[offset];
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Source { name, path: None, text, not_utf8: Some(NotUtf8 { offset, byte }) }
            }
        }
    }

    /// The schema in a file; findings call it by this path.
    ///
    /// # Errors
    /// If the file can't be read. What it holds is not looked at.
    pub fn read(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        Ok(Source::from_bytes(path.display().to_string(), fs::read(path)?))
    }

    /// Says where it is, if its name does not: what it imports is looked for from there.
    #[must_use]
    pub fn at(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.path.as_deref().unwrap_or(Path::new(&self.name))
    }

    /// What findings call it: a path, by habit.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its text; bytes that are no UTF-8 show as `U+FFFD`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line and column of a byte of the text; past its end, those of its end.
    pub fn position(&self, offset: usize) -> Position {
        let before = &self.text[..self.text.floor_char_boundary(offset.min(self.text.len()))];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    /// The lines and columns of many bytes at once, in one pass over the text.
    pub(crate) fn positions(&self, places: &mut BTreeMap<usize, Position>) {
        let (mut at, mut position) = (0, Position { line: 1, column: 1 });
        for (offset, place) in places {
            let to = self.text.floor_char_boundary((*offset).min(self.text.len()));
            let between = &self.text[at..to];
            let behind = match between.rfind('\n') {
                Some(newline) => {
                    position.line += between.matches('\n').count();
                    position.column = 1;
                    &between[newline + 1..]
                }
                None => between,
            };
            position.column += behind.chars().count();
            (at, *place) = (to, position);
        }
    }

    pub(crate) fn not_utf8(&self) -> Option<NotUtf8> {
        self.not_utf8
    }
}

/// The files of one compilation, in the order in which they were read: one before those that it imports.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
    /// Where each begins in the space that spans are in while a compilation runs.
    bases: Vec<usize>,
}

impl Sources {
    /// The files.
    pub fn files(&self) -> &[Source] {
        &self.files
    }

    /// Adds a file; where it begins among all spans.
    pub(crate) fn add(&mut self, source: Source) -> usize {
        // A byte between two files, so that the end of one is not the start of the next.
        let base = match (self.bases.last(), self.files.last()) {
            (Some(base), Some(last)) => base + last.text.len() + 1,
            _ => 0,
        };
        self.files.push(source);
        self.bases.push(base);
        base
    }

    /// The file that a span of the compilation lies in, and the part of its text that it is: whole characters.
    pub(crate) fn locate(&self, span: &Span) -> (usize, Span) {
        let file = self.bases.partition_point(|base| *base <= span.start).saturating_sub(1);
        let (base, text) = (self.bases[file], &self.files[file].text);
        let start = text.floor_char_boundary((span.start - base).min(text.len()));
        let end = text.ceil_char_boundary(span.end.saturating_sub(base).clamp(start, text.len()));
        (file, start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_find_their_file() {
        let mut sources = Sources::default();
        let bases = ["one", "", "thrée"].map(|text| sources.add(Source::new("x", text)));
        assert_eq!(bases, [0, 4, 5]);
        assert_eq!(sources.locate(&(0..3)), (0, 0..3));
        assert_eq!(sources.locate(&(3..3)), (0, 3..3), "the end of a file is in it");
        assert_eq!(sources.locate(&(4..4)), (1, 0..0));
        assert_eq!(sources.locate(&(9..10)), (2, 3..5), "whole characters");
        assert_eq!(sources.locate(&(7..999)), (2, 2..6));
        assert_eq!(sources.locate(&(999..1000)), (2, 6..6));
    }

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let source = Source::new("x", "é = 1\nb\n");
        let at = |offset| (source.position(offset).line, source.position(offset).column);
        assert_eq!((at(0), at(2), at(7), at(8)), ((1, 1), (1, 2), (2, 1), (2, 2)));
        assert_eq!((at(9), at(1000)), ((3, 1), (3, 1)));
        assert_eq!(at(1), (1, 1), "the middle of a character is its start");
        let mut places: BTreeMap<usize, Position> =
            [0, 1, 2, 3, 6, 7, 8, 9, 1000].into_iter().map(|offset| (offset, source.position(0))).collect();
        source.positions(&mut places);
        assert!(places.iter().all(|(offset, position)| *position == source.position(*offset)), "{places:?}");
    }

    #[test]
    fn bytes_that_are_no_utf8_are_kept_as_a_finding_to_be() {
        let source = Source::from_bytes("x", b"a\n# caf\xe9 \xff".to_vec());
        assert_eq!(source.not_utf8(), Some(NotUtf8 { offset: 7, byte: 0xe9 }));
        assert_eq!(source.text(), "a\n# caf\u{fffd} \u{fffd}");
    }
}
