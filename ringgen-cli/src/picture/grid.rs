//! The bytes of a type in rows of equal length, and where the names of its fields stand in them.

use super::{Field, Shape};
use crate::text::width;

/// How many bytes that belong to one field are told and not drawn, in whole rows.
const GAP: u32 = 256;

/// A type cut into rows. Bytes are the only measure here: whoever draws it decides how wide one is.
pub(super) struct Grid<'a> {
    /// How many bytes a row has.
    pub(super) row: u32,
    pub(super) rows: Vec<Row<'a>>,
}

/// A line of bytes, or a gap: rows that hold nothing but one field are told, not drawn.
pub(super) struct Row<'a> {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) is_gap: bool,
    pub(super) pieces: Vec<Piece<'a>>,
}

/// A run of a field's bytes within a row.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) field: &'a Field,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Whether the field's name stands here.
    pub(super) is_named: bool,
}

impl Piece<'_> {
    /// How many bytes it has.
    pub(super) fn size(&self) -> u32 {
        self.end - self.start
    }

    /// Whether the field began in an earlier row.
    pub(super) fn goes_on_from_above(&self) -> bool {
        self.field.offset < self.start
    }

    /// Whether the field goes on in the next row.
    pub(super) fn goes_on_below(&self) -> bool {
        self.field.end() > self.end
    }

    /// Where elements meet within it, if they are at least so many bytes.
    pub(super) fn joints(&self, least: u32) -> impl Iterator<Item = u32> + use<> {
        let Piece { start, end, .. } = *self;
        let (offset, element) = (self.field.offset, self.field.element_size().max(1));
        let first = (start - offset) / element + 1;
        let joints = (first..).map_while(move |index| index.checked_mul(element)?.checked_add(offset));
        joints.take_while(move |joint| *joint < end).filter(move |_| element >= least)
    }
}

/// How much text there is room for in so many bytes of a row, in characters.
pub(super) trait Room {
    fn characters(&self, bytes: u32) -> usize;
}

impl<'a> Grid<'a> {
    /// The grid that cuts few names and takes few rows, among scales that each say how long a row is.
    ///
    /// # Panics
    /// If there is no scale.
    pub(super) fn best<S: Room>(shape: &'a Shape, scales: impl IntoIterator<Item = (u32, S)>) -> (Grid<'a>, S) {
        let leaves = shape.leaves();
        let grids = scales.into_iter().map(|(row, scale)| (Grid::new(&leaves, shape.size, row, &scale), scale));
        grids.min_by_key(|(grid, scale)| grid.cost(scale)).expect("there is a scale")
    }

    fn new(leaves: &[&'a Field], size: u32, row: u32, room: &impl Room) -> Grid<'a> {
        let mut rows = Vec::new();
        let mut start = 0;
        let mut leaves = leaves;
        while start < size {
            while leaves[0].end() <= start {
                leaves = &leaves[1..];
            }
            let mut end = start.saturating_add(row).min(size);
            // A field's first row is drawn, and so is its last if others share it.
            let whole = leaves[0].end() - leaves[0].end() % row;
            let is_gap = leaves[0].offset < start && whole > start && whole - start >= GAP;
            if is_gap {
                end = whole;
            }
            let inside = leaves.iter().take_while(|leaf| leaf.offset < end);
            let piece = |field: &&'a Field| {
                let (start, end) = (field.offset.max(start), field.end().min(end));
                Piece { field, start, end, is_named: false }
            };
            rows.push(Row { start, end, is_gap, pieces: inside.map(piece).collect() });
            start = end;
        }
        let mut grid = Grid { row, rows };
        grid.choose_names(room);
        grid
    }

    /// Chooses where each field's name stands: in the first piece with room for it, else in the widest.
    fn choose_names(&mut self, room: &impl Room) {
        // Pieces of a field follow each other, so one best piece is remembered at a time.
        let mut best: Option<(usize, &mut Piece<'a>)> = None;
        let pieces = self.rows.iter_mut().filter(|row| !row.is_gap).flat_map(|row| &mut row.pieces);
        for piece in pieces.filter(|piece| piece.field.tone.is_data()) {
            // Beyond what the name needs, wider is no better.
            let worth = room.characters(piece.size()).min(width(&piece.field.name) + 1);
            let is_same = best.as_ref().is_some_and(|(_, other)| std::ptr::eq(other.field, piece.field));
            if is_same && best.as_ref().is_some_and(|&(most, _)| worth <= most) {
                continue;
            }
            if let Some((_, done)) = best.replace((worth, piece)).filter(|_| !is_same) {
                done.is_named = true;
            }
        }
        if let Some((_, last)) = best {
            last.is_named = true;
        }
    }

    /// A name that is cut weighs as much as two more rows; types are shown where that costs none.
    fn cost(&self, room: &impl Room) -> (usize, usize) {
        let cut = |text: &dyn Fn(&Field) -> usize| {
            let named = self.rows.iter().flat_map(|row| &row.pieces).filter(|piece| piece.is_named);
            named.filter(|piece| text(piece.field) > room.characters(piece.size())).count()
        };
        let names = cut(&|field| width(&field.name));
        (self.rows.len() + 2 * names, cut(&|field| width(&field.path) + width(&field.ty) + 3))
    }

    /// How many rows a gap stands for.
    pub(super) fn rows_of(&self, gap: &Row<'_>) -> u32 {
        (gap.end - gap.start) / self.row
    }
}

/// What is written into the piece that names a field: its name, and its type where both fit. The name comes with
/// those of the fields that it lies in, where that fits.
pub(super) struct Label<'a> {
    pub(super) name: &'a str,
    pub(super) ty: &'a str,
}

impl<'a> Label<'a> {
    pub(super) fn of(field: &'a Field, room: usize) -> Label<'a> {
        let Field { name, path, ty, .. } = field;
        let fits = |name: &str| width(name) < room;
        let both_fit = |name: &str| width(name) + width(ty) + 3 <= room;
        match () {
            () if both_fit(path) => Label { name: path, ty },
            () if fits(path) => Label { name: path, ty: "" },
            () if both_fit(name) => Label { name, ty },
            () => Label { name, ty: "" },
        }
    }
}
