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

use super::{Field, Shape, Tone};
use crate::output::{DIM, write};
use crate::text::{fit, width};

/// A character and how it looks.
type Cell = (char, Style);

/// How many bytes that belong to one field are told and not drawn, in whole rows.
const GAP: u32 = 256;

/// The map, each line ended by a newline.
pub(super) fn draw(shape: &Shape, columns: usize) -> String {
    let scale = Scale::choose(shape, columns);
    let rows = rows(shape, scale);
    let mut text = String::new();
    line(&mut text, scale, "", scale.ruler(shape.size));
    for (index, row) in rows.iter().enumerate() {
        let above = index.checked_sub(1).map(|index| &rows[index]);
        line(&mut text, scale, "", border(scale, above, Some(row)));
        let gutter = if row.gap { "⋮".to_owned() } else { row.start.to_string() };
        line(&mut text, scale, &gutter, content(scale, row));
    }
    line(&mut text, scale, "", border(scale, rows.last(), None));
    legend(&mut text, scale, shape, &rows);
    text
}

/// How many bytes a row has, how many columns a byte, and how many columns stand to the left of it all.
#[derive(Clone, Copy)]
struct Scale {
    row: u32,
    byte: u32,
    gutter: usize,
}

impl Scale {
    /// The scales to choose from, the densest first. Two columns a byte is the least that tells one-byte fields apart.
    const ALL: [(u32, u32); 9] = [(64, 2), (32, 2), (32, 3), (32, 4), (16, 2), (16, 4), (16, 5), (8, 4), (8, 8)];

    /// The scale that cuts few names and takes few rows, among those that fit.
    fn choose(shape: &Shape, columns: usize) -> Scale {
        let gutter = shape.size.to_string().len().max(4) + 3;
        let scale = |(row, byte)| Scale { row, byte, gutter };
        let is_fit = |scale: &Scale| {
            let is_narrow = scale.columns(scale.row) + gutter < columns;
            is_narrow && (scale.row == 8 || scale.row < shape.size * 2)
        };
        // A name that is cut weighs as much as two more rows; types are shown where that costs none.
        let cost = |scale: &Scale| {
            let rows = rows(shape, *scale);
            let cut = |text: &dyn Fn(&Field) -> usize| {
                let named = rows.iter().flat_map(|row| &row.pieces).filter(|piece| piece.named);
                named.filter(|piece| text(piece.field) > piece.room()).count()
            };
            let names = cut(&|field| width(&field.name));
            (rows.len() + 2 * names, cut(&|field| width(&field.name) + width(&field.ty) + 3))
        };
        Scale::ALL.map(scale).into_iter().filter(is_fit).min_by_key(cost).unwrap_or(scale((8, 2)))
    }

    /// The columns that so many bytes of a row take.
    fn columns(self, bytes: u32) -> usize {
        (bytes * self.byte) as usize
    }

    /// Numbers above the columns where bytes of the first row begin.
    fn ruler(self, size: u32) -> Vec<Cell> {
        let step = if self.byte >= 4 { 4 } else { 8 };
        let end = size.min(self.row);
        let mut cells = Vec::new();
        // The last number is the end; it takes the place of one that it would run into.
        let ticks = (0..end).step_by(step).filter(|&tick| tick == 0 || self.columns(end - tick) > 3);
        for tick in ticks.chain([end]) {
            cells.resize(self.columns(tick).max(cells.len()), (' ', DIM));
            cells.extend(tick.to_string().chars().map(|digit| (digit, DIM)));
        }
        cells
    }
}

/// A line of bytes, or a gap: rows that hold nothing but one field are told, not drawn.
struct Row<'a> {
    start: u32,
    end: u32,
    gap: bool,
    pieces: Vec<Piece<'a>>,
}

/// A run of a field's bytes within a row.
struct Piece<'a> {
    field: &'a Field,
    /// The first and the last column; both are edges that the neighbours share.
    left: usize,
    right: usize,
    /// Whether the field's name stands here.
    named: bool,
}

impl Piece<'_> {
    /// The columns between its edges.
    fn room(&self) -> usize {
        self.right - self.left - 1
    }
}

impl Row<'_> {
    /// The piece between a column and the next one.
    fn piece_at(&self, column: usize) -> Option<&Piece<'_>> {
        self.pieces.iter().find(|piece| piece.left <= column && column < piece.right)
    }

    /// Whether there is an edge at a column.
    fn has_edge(&self, column: usize) -> bool {
        self.pieces.iter().any(|piece| piece.left == column || piece.right == column)
    }
}

fn rows(shape: &Shape, scale: Scale) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut start = 0;
    while start < shape.size {
        let mut end = start.saturating_add(scale.row).min(shape.size);
        let mut gap = false;
        // A field's first row is drawn, and so is its last if others share it.
        if let Some(field) = shape.fields.iter().find(|field| field.offset < start && field.end() >= end) {
            let whole = field.end() - field.end() % scale.row;
            gap = whole > start && whole - start >= GAP;
            end = if gap { whole } else { end };
        }
        let inside = shape.fields.iter().filter(|field| field.offset < end && field.end() > start);
        let pieces = inside.map(|field| Piece {
            field,
            left: if gap { 0 } else { scale.columns(field.offset.max(start) - start) },
            right: if gap { scale.columns(scale.row) } else { scale.columns(field.end().min(end) - start) },
            named: false,
        });
        rows.push(Row { start, end, gap, pieces: pieces.collect() });
        start = end;
    }
    name_pieces(shape, &mut rows);
    rows
}

/// Chooses where each field's name stands: in the first piece with room for it, else in the widest.
fn name_pieces(shape: &Shape, rows: &mut [Row<'_>]) {
    for field in shape.fields.iter().filter(|field| field.tone.is_data()) {
        let pieces = rows.iter_mut().filter(|row| !row.gap).flat_map(|row| &mut row.pieces);
        let mut best: Option<(usize, &mut Piece<'_>)> = None;
        for piece in pieces.filter(|piece| std::ptr::eq(piece.field, field)) {
            // Beyond what the name needs, wider is no better.
            let worth = (piece.right - piece.left).min(width(&field.name) + 2);
            if best.as_ref().is_none_or(|&(most, _)| worth > most) {
                best = Some((worth, piece));
            }
        }
        if let Some((_, piece)) = best {
            piece.named = true;
        }
    }
}

fn content(scale: Scale, row: &Row<'_>) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for piece in &row.pieces {
        let (field, room) = (piece.field, piece.room());
        cells.push((if field.offset < row.start { '┆' } else { '│' }, DIM));
        let style = field.tone.style();
        if row.gap {
            let told = format!(" {} more rows of {}, up to {}", (row.end - row.start) / scale.row, field.name, row.end);
            put(&mut cells, &fit(&told, room), DIM);
        } else if piece.named {
            name(&mut cells, field, room);
        }
        cells.resize(piece.right, (if row.gap { ' ' } else { field.tone.fill() }, style));
    }
    let goes_on = row.pieces.last().is_some_and(|piece| piece.field.end() > row.end);
    cells.push((if goes_on { '┆' } else { '│' }, DIM));
    cells
}

/// Puts a field's name, and behind it the type if that fits too.
fn name(cells: &mut Vec<Cell>, field: &Field, room: usize) {
    let (name, ty) = (width(&field.name), width(&field.ty));
    if name < room {
        cells.push((' ', Style::new()));
    }
    put(cells, &fit(&field.name, room), field.tone.style());
    if name + ty + 3 <= room {
        put(cells, &format!(" {}", field.ty), DIM);
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

/// What a border marks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Plain,
    Line64,
    Line128,
}

impl Mark {
    fn at(offset: u32) -> Mark {
        match offset {
            0 => Mark::Plain,
            _ if offset.is_multiple_of(128) => Mark::Line128,
            _ if offset.is_multiple_of(64) => Mark::Line64,
            _ => Mark::Plain,
        }
    }

    /// The character that connects these neighbours.
    fn joint(self, up: bool, down: bool, left: bool, right: bool) -> char {
        #[rustfmt::skip]
        let [across, cross, tee_up, tee_down, tee_left, tee_right,
            down_right, down_left, up_right, up_left] = match self {
            Mark::Plain => ['─', '┼', '┴', '┬', '┤', '├', '┌', '┐', '└', '┘'],
            Mark::Line64 => ['━', '┿', '┷', '┯', '┥', '┝', '┍', '┑', '┕', '┙'],
            Mark::Line128 => ['═', '╪', '╧', '╤', '╡', '╞', '╒', '╕', '╘', '╛'],
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
}

/// The line between two rows, or above the first, or below the last.
fn border(scale: Scale, above: Option<&Row<'_>>, below: Option<&Row<'_>>) -> Vec<Cell> {
    let mark = below.map_or(Mark::Plain, |row| Mark::at(row.start));
    let style = if mark == Mark::Plain { DIM } else { Style::new() };
    let piece_at = |row: Option<&Row<'_>>, column: usize| {
        row.and_then(|row| row.piece_at(column)).map(|piece| std::ptr::from_ref(piece.field))
    };
    let has_span = |column: usize| piece_at(above, column).is_some() || piece_at(below, column).is_some();
    let has_edge = |row: Option<&Row<'_>>, column: usize| row.is_some_and(|row| row.has_edge(column));
    let mut cells = Vec::new();
    for column in 0..=scale.columns(scale.row) {
        let (left, right) = (column > 0 && has_span(column - 1), has_span(column));
        let (up, down) = (has_edge(above, column), has_edge(below, column));
        let same = piece_at(above, column).is_some() && piece_at(above, column) == piece_at(below, column);
        let inside = same && left && right && !up && !down && mark == Mark::Plain;
        cells.push((if inside { '╌' } else { mark.joint(up, down, left, right) }, style));
    }
    cells
}

/// Says what the marks mean, if there are any.
fn legend(text: &mut String, scale: Scale, shape: &Shape, rows: &[Row<'_>]) {
    let has = |mark: Mark| rows.iter().any(|row| Mark::at(row.start) == mark);
    let has_fill = |tone: Tone| shape.fields.iter().any(|field| field.tone == tone);
    let marks = [
        (has(Mark::Line64), "━ 64-byte line"),
        (has(Mark::Line128), "═ 128-byte line"),
        (has_fill(Tone::Pad), "░ padding"),
        (has_fill(Tone::Reserved), "· reserved"),
    ];
    let words: Vec<&str> = marks.iter().filter(|(is_there, _)| *is_there).map(|&(_, words)| words).collect();
    if !words.is_empty() {
        write(text, format_args!("{:1$}{DIM}{2}{DIM:#}\n", "", scale.gutter, words.join("   ")));
    }
}

/// Ends a line of the map: the gutter, then the cells, without blanks at the end.
fn line(text: &mut String, scale: Scale, gutter: &str, mut cells: Vec<Cell>) {
    while cells.last().is_some_and(|&(character, _)| character == ' ') {
        cells.pop();
    }
    write(text, format_args!("{DIM}{gutter:>0$}{DIM:#} ", scale.gutter - 1));
    for run in cells.chunk_by(|a, b| a.1 == b.1) {
        let characters: String = run.iter().map(|&(character, _)| character).filter(|&c| c != '\0').collect();
        let style = run[0].1;
        write(text, format_args!("{style}{characters}{style:#}"));
    }
    text.push('\n');
}
