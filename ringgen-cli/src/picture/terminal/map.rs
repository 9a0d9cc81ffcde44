//! The bytes of a type drawn to scale: a row is a run of bytes, a column a fixed fraction of one.
//!
//! ```text
//!        0               8               16              24              32
//!        ┌───────────────┬───────────────┬───────────────────────────────┐
//!     32 │ price f64     │ count u64     │ symbol str[32]                ┆     ┆ it goes on in the next row
//!        ┝━━━━━━━━━━━━━━━┷━━━━━━━━━━━━━━━┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┥     ━ a 64-byte line starts
//!     64 ┆                               │ …
//! ```
//!
//! Lines are lists of cells. A border asks, column by column, which of its four neighbours it has to connect.

use anstyle::Style;
use unicode_width::UnicodeWidthChar;

use super::super::grid::{Grid, Label, Piece, Room, Row};
use super::super::lines::Mark;
use super::super::{Field, Shape, Tone};
use super::{fill, style};
use crate::output::{DIM, write};
use crate::text::{fit, width};

/// A character and how it looks.
type Cell = (char, Style);

/// Between two elements of an array, and how many columns an element has at least for it to be drawn.
const JOINT: (char, usize) = ('╎', 8);

/// The map, each line ended by a newline.
pub(super) fn draw(shape: &Shape, columns: usize) -> String {
    let gutter = shape.size.to_string().len().max(4) + 3;
    let (grid, scale) = Grid::best(shape, Scale::fitting(shape.size, gutter, columns));
    let map = Map { shape, grid, scale, gutter };
    let rows = &map.grid.rows;
    let mut text = String::new();
    map.line(&mut text, "", map.ruler());
    for (index, row) in rows.iter().enumerate() {
        let above = index.checked_sub(1).map(|index| &rows[index]);
        map.line(&mut text, "", map.border(above, Some(row)));
        let offset = if row.is_gap { "⋮".to_owned() } else { row.start.to_string() };
        map.line(&mut text, &offset, map.content(row));
    }
    map.line(&mut text, "", map.border(rows.last(), None));
    map.legend(&mut text);
    text
}

/// How many columns a byte has.
#[derive(Clone, Copy)]
struct Scale(u32);

impl Scale {
    /// Bytes a row and columns a byte, the densest first. Two columns a byte is the least that tells one-byte fields
    /// apart.
    const ALL: [(u32, u32); 9] = [(64, 2), (32, 2), (32, 3), (32, 4), (16, 2), (16, 4), (16, 5), (8, 4), (8, 8)];

    /// The scales that fit between the gutter and the edge of the terminal; the narrowest if none does.
    fn fitting(size: u32, gutter: usize, columns: usize) -> Vec<(u32, Scale)> {
        let is_fit = |&(row, byte): &(u32, u32)| {
            Scale(byte).columns(row) + gutter < columns && (row == 8 || row < size.saturating_mul(2))
        };
        let mut scales: Vec<_> = Self::ALL.into_iter().filter(is_fit).map(|(row, byte)| (row, Scale(byte))).collect();
        if scales.is_empty() {
            scales.push((8, Scale(2)));
        }
        scales
    }

    /// The columns that so many bytes of a row take.
    fn columns(self, bytes: u32) -> usize {
        (bytes * self.0) as usize
    }
}

impl Room for Scale {
    /// Between the two edges.
    fn characters(&self, bytes: u32) -> usize {
        self.columns(bytes) - 1
    }
}

struct Map<'a> {
    shape: &'a Shape,
    grid: Grid<'a>,
    scale: Scale,
    /// How many columns stand to the left of it all.
    gutter: usize,
}

impl Map<'_> {
    /// Numbers above the columns where bytes of the first row begin.
    fn ruler(&self) -> Vec<Cell> {
        let step = if self.scale.0 >= 4 { 4 } else { 8 };
        let end = self.shape.size.min(self.grid.row);
        let mut cells = Vec::new();
        // The last number is the end; it takes the place of one that it would run into.
        let ticks = (0..end).step_by(step).filter(|&tick| tick == 0 || self.scale.columns(end - tick) > 3);
        for tick in ticks.chain([end]) {
            cells.resize(self.scale.columns(tick).max(cells.len()), (' ', DIM));
            cells.extend(tick.to_string().chars().map(|digit| (digit, DIM)));
        }
        cells
    }

    /// The first and the last column of a piece; both are edges that the neighbours share.
    fn edges(&self, row: &Row<'_>, piece: &Piece<'_>) -> (usize, usize) {
        match row.is_gap {
            true => (0, self.scale.columns(self.grid.row)),
            false => (self.scale.columns(piece.start - row.start), self.scale.columns(piece.end - row.start)),
        }
    }

    /// The piece between a column and the next one.
    fn piece_at<'a>(&self, row: &'a Row<'_>, column: usize) -> Option<&'a Piece<'a>> {
        row.pieces.iter().find(|piece| {
            let (left, right) = self.edges(row, piece);
            left <= column && column < right
        })
    }

    /// Whether there is an edge at a column.
    fn has_edge(&self, row: &Row<'_>, column: usize) -> bool {
        row.pieces.iter().map(|piece| self.edges(row, piece)).any(|(left, right)| left == column || right == column)
    }

    /// Where elements of a piece meet, if they are wide enough for that to be shown.
    fn joints(&self, row: &Row<'_>, piece: &Piece<'_>) -> Vec<usize> {
        if row.is_gap || !piece.field.tone.is_data() {
            return Vec::new();
        }
        let least = (JOINT.1 as u32).div_ceil(self.scale.0);
        piece.joints(least).map(|joint| self.scale.columns(joint - row.start)).collect()
    }

    fn content(&self, row: &Row<'_>) -> Vec<Cell> {
        let mut cells: Vec<Cell> = Vec::new();
        for piece in &row.pieces {
            let (field, (left, right)) = (piece.field, self.edges(row, piece));
            let room = right - left - 1;
            cells.push((if piece.goes_on_from_above() { '┆' } else { '│' }, DIM));
            if row.is_gap {
                let told = format!(" {} more rows of {}, up to {}", self.grid.rows_of(row), field.path, row.end);
                put(&mut cells, &fit(&told, room), DIM);
            } else if piece.is_named {
                name(&mut cells, field, room);
            }
            let written = cells.len();
            cells.resize(right, (if row.is_gap { ' ' } else { fill(field.tone) }, style(field.tone)));
            // What is written takes precedence, and a blank behind it.
            for column in self.joints(row, piece).into_iter().filter(|column| *column > written) {
                cells[column] = (JOINT.0, DIM);
            }
        }
        let goes_on = row.pieces.last().is_some_and(Piece::goes_on_below);
        cells.push((if goes_on { '┆' } else { '│' }, DIM));
        cells
    }

    /// The line between two rows, or above the first, or below the last.
    fn border(&self, above: Option<&Row<'_>>, below: Option<&Row<'_>>) -> Vec<Cell> {
        let mark = below.map_or(Mark::Plain, |row| Mark::at(row.start));
        let style = if mark == Mark::Plain { DIM } else { Style::new() };
        let field_at = |row: Option<&Row<'_>>, column: usize| {
            row.and_then(|row| self.piece_at(row, column)).map(|piece| std::ptr::from_ref(piece.field))
        };
        let has_span = |column: usize| field_at(above, column).is_some() || field_at(below, column).is_some();
        let has_edge = |row: Option<&Row<'_>>, column: usize| row.is_some_and(|row| self.has_edge(row, column));
        let mut cells = Vec::new();
        for column in 0..=self.scale.columns(self.grid.row) {
            let (left, right) = (column > 0 && has_span(column - 1), has_span(column));
            let (up, down) = (has_edge(above, column), has_edge(below, column));
            let same = field_at(above, column).is_some() && field_at(above, column) == field_at(below, column);
            let inside = same && left && right && !up && !down && mark == Mark::Plain;
            cells.push((if inside { '╌' } else { joint(mark, up, down, left, right) }, style));
        }
        cells
    }

    /// Says what the marks mean, if there are any.
    fn legend(&self, text: &mut String) {
        let has = |mark: Mark| self.grid.rows.iter().any(|row| Mark::at(row.start) == mark);
        let has_fill = |tone: Tone| self.shape.bytes(tone) > 0;
        let mut pieces = self.grid.rows.iter().flat_map(|row| row.pieces.iter().map(move |piece| (row, piece)));
        let marks = [
            (has(Mark::Line), "━ 64-byte line"),
            (has(Mark::Pair), "═ 128-byte line"),
            (pieces.any(|(row, piece)| !self.joints(row, piece).is_empty()), "╎ next element"),
            (has_fill(Tone::Pad), "░ padding"),
            (has_fill(Tone::Reserved), "· reserved"),
        ];
        let words: Vec<&str> = marks.iter().filter(|(is_there, _)| *is_there).map(|&(_, words)| words).collect();
        if !words.is_empty() {
            write(text, format_args!("{:1$}{DIM}{2}{DIM:#}\n", "", self.gutter, words.join("   ")));
        }
    }

    /// Ends a line of the map: the gutter, then the cells, without blanks at the end.
    fn line(&self, text: &mut String, offset: &str, mut cells: Vec<Cell>) {
        while cells.last().is_some_and(|&(character, _)| character == ' ') {
            cells.pop();
        }
        write(text, format_args!("{DIM}{offset:>0$}{DIM:#} ", self.gutter - 1));
        for run in cells.chunk_by(|a, b| a.1 == b.1) {
            let characters: String = run.iter().map(|&(character, _)| character).filter(|&c| c != '\0').collect();
            let style = run[0].1;
            write(text, format_args!("{style}{characters}{style:#}"));
        }
        text.push('\n');
    }
}

/// Puts a field's name, and behind it the type if that fits too.
fn name(cells: &mut Vec<Cell>, field: &Field, room: usize) {
    let Label { name, ty } = Label::of(field, room);
    if width(name) < room {
        cells.push((' ', Style::new()));
    }
    put(cells, &fit(name, room), style(field.tone));
    if !ty.is_empty() {
        put(cells, &format!(" {ty}"), DIM);
    }
}

/// Puts a text, one cell a column: behind a wide character comes a NUL, which is never printed.
fn put(cells: &mut Vec<Cell>, text: &str, style: Style) {
    for character in text.chars() {
        let columns = UnicodeWidthChar::width(character).unwrap_or(0);
        if columns > 0 {
            cells.push((character, style));
            cells.extend((1..columns).map(|_| ('\0', style)));
        }
    }
}

/// The character that connects these neighbours.
fn joint(mark: Mark, up: bool, down: bool, left: bool, right: bool) -> char {
    #[rustfmt::skip]
    let [across, cross, tee_up, tee_down, tee_left, tee_right,
        down_right, down_left, up_right, up_left] = match mark {
        Mark::Plain => ['─', '┼', '┴', '┬', '┤', '├', '┌', '┐', '└', '┘'],
        Mark::Line => ['━', '┿', '┷', '┯', '┥', '┝', '┍', '┑', '┕', '┙'],
        Mark::Pair => ['═', '╪', '╧', '╤', '╡', '╞', '╒', '╕', '╘', '╛'],
    };
    match (left, right, up, down) {
        (true, true, true, true) => cross,
        (true, true, true, false) => tee_up,
        (true, true, false, true) => tee_down,
        (true, true, false, false) => across,
        (true, false, true, false) => up_left,
        (true, false, false, true) => down_left,
        (true, false, ..) => tee_left,
        (false, true, true, false) => up_right,
        (false, true, false, true) => down_right,
        (false, true, ..) => tee_right,
        (false, false, ..) => ' ',
    }
}
