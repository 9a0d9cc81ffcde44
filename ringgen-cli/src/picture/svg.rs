//! A type as an SVG file: the map, for a README or a page of documentation.
//!
//! Legible wherever it is put: it has a card of its own to lie on, light or dark as the reader prefers, and styles
//! that renderers without variables or a clip path know too.

use super::grid::{Grid, Label, Piece, Room, Row};
use super::lines::{self, Mark};
use super::markup::{Attributes, Markup};
use super::{Case, Page, Part, Shape, Tone};
use crate::output::count;
use crate::text::{fit, width, wrap};

/// How it all looks; classes are prefixed, because a page that includes pictures shares them.
pub(super) const STYLE: &str = include_str!("svg.css");

/// Everything is measured in pixels.
const WIDTH: u32 = 880;
const MARGIN: u32 = 20;
const GUTTER: u32 = 40;
/// What a row takes. Rows have 64 bytes at most, so that a byte is a round number of half pixels.
const ROW: (u32, u32) = (WIDTH - 2 * MARGIN - GUTTER, 44);
/// Extra space above a row that begins a line.
const LINE_SPACE: u32 = 10;
/// Where bytes begin.
const LEFT: u32 = MARGIN + GUTTER;
/// What a case of a variant takes.
const CASE: u32 = 42;
/// A character of a name, and of a type.
const CHARACTER: (f64, f64) = (7.3, 6.1);
/// Characters of a line of words.
const WORDS: usize = 125;
/// What stays free to the left and to the right of a name together.
const INSET: f64 = 12.0;

/// All types with bytes, one below the other, as a file. `None` if there is none.
pub(crate) fn svg(of: &Page) -> Option<String> {
    let shapes = of.parts.iter().filter_map(|part| match part {
        Part::Shape(shape) => Some(shape),
        Part::Values(_) => None,
    });
    let shapes: Vec<&Shape> = shapes.collect();
    if shapes.is_empty() {
        return None;
    }
    let drawings: Vec<Drawing<'_>> = shapes.iter().map(|shape| Drawing::of(shape)).collect();
    let heights = drawings.iter().map(|drawing| drawing.height + MARGIN);
    let height = heights.sum::<u32>() + MARGIN;
    let mut markup = Markup::default();
    start(&mut markup, (0, WIDTH), height, &shapes.iter().map(|shape| spoken(shape)).collect::<Vec<_>>().join("; "));
    markup.open("style", &[]);
    markup.raw(STYLE);
    markup.close("style");
    patterns(&mut markup);
    let (x, card) = (0.5, (WIDTH - 1, height - 1));
    markup.empty(
        "rect",
        &[("class", &"rg-card"), ("x", &x), ("y", &x), ("width", &card.0), ("height", &card.1), ("rx", &8)],
    );
    let mut top = MARGIN;
    for drawing in &drawings {
        drawing.draw(&mut markup, top);
        top += drawing.height + MARGIN;
    }
    markup.close("svg");
    Some(markup.finish())
}

/// What the pictures of an HTML page have in common beside [`STYLE`].
pub(super) fn common(markup: &mut Markup) {
    let nowhere = "position: absolute";
    markup.open("svg", &[("width", &0), ("height", &0), ("style", &nowhere), ("aria-hidden", &"true")]);
    patterns(markup);
    markup.close("svg");
}

/// A type as an element of an HTML page, which tells title and doc by itself.
pub(super) fn inline(markup: &mut Markup, shape: &Shape) {
    let drawing = Drawing { header: Vec::new(), ..Drawing::of(shape) };
    let drawing = Drawing { height: drawing.height_of(), ..drawing };
    start(markup, (MARGIN, WIDTH - 2 * MARGIN), drawing.height + 2, &spoken(shape));
    drawing.draw(markup, 1);
    markup.close("svg");
}

/// Opens a picture of everything between a left edge and so many pixels further on.
fn start(markup: &mut Markup, (left, width): (u32, u32), height: u32, spoken: &str) {
    let view = format!("{left} 0 {width} {height}");
    markup.open(
        "svg",
        &[
            ("xmlns", &"http://www.w3.org/2000/svg"),
            ("class", &"rg"),
            ("width", &width),
            ("height", &height),
            ("viewBox", &view),
            ("role", &"img"),
            ("aria-label", &spoken),
        ],
    );
}

/// What is said to someone who can't see it.
fn spoken(shape: &Shape) -> String {
    format!("layout of {} {}: {}", shape.kind, shape.name, shape.figures().join(", "))
}

/// The fillings of bytes that hold no data.
fn patterns(markup: &mut Markup) {
    markup.raw(
        r#"<defs>
  <pattern id="rg-hatches" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
    <line class="rg-hatch" x1="3" y1="0" x2="3" y2="6"/>
  </pattern>
  <pattern id="rg-dots" width="7" height="7" patternUnits="userSpaceOnUse">
    <circle class="rg-dot" cx="3.5" cy="3.5" r="0.9"/>
  </pattern>
</defs>"#,
    );
}

/// How wide a byte is.
#[derive(Clone, Copy)]
struct Scale(f64);

impl Room for Scale {
    fn characters(&self, bytes: u32) -> usize {
        ((f64::from(bytes) * self.0 - INSET) / CHARACTER.0).max(0.0) as usize
    }
}

/// A type that is about to be drawn.
struct Drawing<'a> {
    shape: &'a Shape,
    grid: Grid<'a>,
    scale: Scale,
    /// Its title, and the lines below it.
    header: Vec<String>,
    notes: Vec<String>,
    height: u32,
}

impl<'a> Drawing<'a> {
    fn of(shape: &'a Shape) -> Drawing<'a> {
        let is_fit = |row: &u32| *row == 8 || *row < shape.size.saturating_mul(2);
        let scales = [64, 32, 16, 8].into_iter().filter(is_fit);
        let (grid, scale) = Grid::best(shape, scales.map(|row| (row, Scale(f64::from(ROW.0) / f64::from(row)))));
        let mut header = vec![format!("{} {}", shape.kind, shape.name)];
        if !figures_fit(shape) {
            header.push(shape.figures().join(" · "));
        }
        header.extend(wrap(&shape.doc, WORDS));
        let mut drawing = Drawing { shape, grid, scale, header, notes: Vec::new(), height: 0 };
        let notes = lines::notes(shape).into_iter().chain(drawing.cut_names());
        drawing.notes = notes.flat_map(|note| wrap(&note, WORDS)).collect();
        drawing.height = drawing.height_of();
        drawing
    }

    /// From the top of its title to the bottom of its legend.
    fn height_of(&self) -> u32 {
        let rows: u32 = self.grid.rows.iter().map(|row| ROW.1 + space_above(row)).sum();
        let below = 18 * self.notes.len() as u32 + CASE * self.shape.cases.len() as u32;
        self.header_height() + 16 + rows + 26 + below
    }

    fn header_height(&self) -> u32 {
        match self.header.len() as u32 {
            0 => 0,
            lines => 10 + 18 * lines,
        }
    }

    fn draw(&self, markup: &mut Markup, top: u32) {
        markup.open("g", &[("class", &"rg-drawing"), ("transform", &format!("translate(0 {top})"))]);
        self.title(markup);
        let mut y = self.header_height();
        self.ruler(markup, y + 10);
        y += 16;
        for row in &self.grid.rows {
            y += space_above(row);
            self.mark(markup, row, y);
            for piece in &row.pieces {
                self.piece(markup, row, piece, y);
            }
            y += ROW.1;
        }
        self.legend(markup, y + 18);
        for (index, note) in self.notes.iter().enumerate() {
            let y = y + 18 + 18 * (index as u32 + 1);
            markup.leaf("text", &[("class", &"rg-words"), ("x", &LEFT), ("y", &y)], note);
        }
        y += 26 + 18 * self.notes.len() as u32;
        for case in &self.shape.cases {
            self.case(markup, case, y);
            y += CASE;
        }
        markup.close("g");
    }

    fn title(&self, markup: &mut Markup) {
        let Shape { kind, name, .. } = self.shape;
        let Some((_, below)) = self.header.split_first() else { return };
        let parts = [("rg-kind", *kind), ("", " "), ("", name.as_str())];
        markup.spans("text", &[("class", &"rg-title"), ("x", &MARGIN), ("y", &14)], "tspan", &parts);
        if figures_fit(self.shape) {
            let (right, figures) = (WIDTH - MARGIN, self.shape.figures().join(" · "));
            let place: Attributes<'_> = &[("x", &right), ("y", &14), ("text-anchor", &"end")];
            markup.leaf("text", &[&[("class", &"rg-words" as _)], place].concat(), &figures);
        }
        for (index, line) in below.iter().enumerate() {
            let y = 34 + 18 * index;
            markup.leaf("text", &[("class", &"rg-words"), ("x", &MARGIN), ("y", &y)], line);
        }
    }

    /// Numbers above the bytes of a row.
    fn ruler(&self, markup: &mut Markup, y: u32) {
        let row = self.grid.row;
        let end = self.shape.size.min(row);
        let ticks = (0..end).step_by((row as usize / 8).max(1)).filter(|tick| *tick == 0 || end - tick > row / 16);
        for tick in ticks.chain([end]) {
            let x = f64::from(LEFT) + f64::from(tick) * self.scale.0;
            let anchor = if tick == end { "end" } else { "start" };
            markup.leaf(
                "text",
                &[("class", &"rg-offset"), ("x", &x), ("y", &y), ("text-anchor", &anchor)],
                &tick.to_string(),
            );
        }
    }

    /// The offset of a row, and the line that begins with it.
    fn mark(&self, markup: &mut Markup, row: &Row<'_>, y: u32) {
        let mark = Mark::at(row.start);
        let class = if mark == Mark::Plain { "rg-offset" } else { "rg-offset rg-marked" };
        let (x, middle) = (LEFT - 8, y + ROW.1 / 2 + 4);
        let offset = if row.is_gap { "⋮".to_owned() } else { row.start.to_string() };
        markup.leaf("text", &[("class", &class), ("x", &x), ("y", &middle), ("text-anchor", &"end")], &offset);
        let above: &[f64] = match mark {
            Mark::Plain => &[],
            Mark::Line => &[5.0],
            Mark::Pair => &[3.5, 6.5],
        };
        for above in above {
            let y = f64::from(y) - above;
            let right = LEFT + ROW.0;
            markup.empty("line", &[("class", &"rg-line"), ("x1", &MARGIN), ("y1", &y), ("x2", &right), ("y2", &y)]);
        }
    }

    fn piece(&self, markup: &mut Markup, row: &Row<'_>, piece: &Piece<'_>, y: u32) {
        let field = piece.field;
        let (x, size) = match row.is_gap {
            true => (f64::from(LEFT), f64::from(ROW.0)),
            false => (self.x(row, piece.start), f64::from(piece.size()) * self.scale.0),
        };
        markup.open("g", &[]);
        markup.leaf("title", &[], &tip(field));
        let class = format!("rg-byte {}", if row.is_gap { "rg-gap" } else { class(field.tone) });
        let place: Attributes<'_> = &[("x", &x), ("y", &y), ("width", &size), ("height", &ROW.1), ("rx", &3)];
        let bar: Attributes<'_> = &[("class", &class), ("data-start", &piece.start), ("data-end", &piece.end)];
        markup.empty("rect", &[bar, place].concat());
        if let Some(fill) = fill(field.tone).filter(|_| !row.is_gap) {
            markup.empty("rect", &[&[("fill", &fill as _)], place].concat());
        }
        let vertical = |markup: &mut Markup, class: &str, x: f64, inset: u32| {
            let (top, bottom) = (y + inset, y + ROW.1 - inset);
            markup.empty("line", &[("class", &class), ("x1", &x), ("y1", &top), ("x2", &x), ("y2", &bottom)]);
        };
        if !row.is_gap && field.tone.is_data() {
            let written = x + self.label_width(piece);
            let joints = piece.joints((24.0 / self.scale.0).ceil() as u32).map(|joint| self.x(row, joint));
            for joint in joints.filter(|joint| *joint > written) {
                vertical(markup, "rg-joint", joint, 2);
            }
        }
        if piece.goes_on_from_above() && !row.is_gap {
            vertical(markup, "rg-on", x + 1.0, 3);
        }
        if piece.goes_on_below() && !row.is_gap {
            vertical(markup, "rg-on", x + size - 1.0, 3);
        }
        self.label(markup, row, piece, (x + INSET / 2.0, y));
        markup.close("g");
    }

    fn label(&self, markup: &mut Markup, row: &Row<'_>, piece: &Piece<'_>, (x, y): (f64, u32)) {
        let field = piece.field;
        if row.is_gap {
            let told = format!("{} more rows of {}, up to {}", self.grid.rows_of(row), field.path, row.end);
            let y = y + ROW.1 / 2 + 4;
            markup.leaf("text", &[("class", &"rg-words"), ("x", &x), ("y", &y)], &told);
        }
        if !piece.is_named {
            return;
        }
        let (name, ty) = self.words(piece);
        if self.is_upright(piece) {
            let middle = x + f64::from(piece.size()) * self.scale.0 / 2.0 - INSET / 2.0;
            let turn = format!("translate({} {}) rotate(-90)", middle + 3.5, y + ROW.1 - 3);
            markup.leaf("text", &[("class", &"rg-upright"), ("transform", &turn)], &field.name);
            return;
        }
        let down = if ty.is_empty() { [26, 0] } else { [19, 33] };
        for (class, text, down) in [("rg-name", &name, down[0]), ("rg-type", &ty, down[1])] {
            if !text.is_empty() {
                markup.leaf("text", &[("class", &class), ("x", &x), ("y", &(y + down))], text);
            }
        }
    }

    /// What is written into a piece, a line each: as much of the name as fits, and the type if it fits.
    fn words(&self, piece: &Piece<'_>) -> (String, String) {
        let room = self.scale.characters(piece.size());
        let below = ((f64::from(piece.size()) * self.scale.0 - INSET) / CHARACTER.1) as usize;
        let Label { name, .. } = Label::of(piece.field, room + 1);
        let ty = if width(&piece.field.ty) <= below { &piece.field.ty } else { "" };
        (fit(name, room), ty.to_owned())
    }

    /// How many pixels of a piece are written on.
    fn label_width(&self, piece: &Piece<'_>) -> f64 {
        let (name, ty) = if piece.is_named { self.words(piece) } else { Default::default() };
        INSET / 2.0 + (width(&name) as f64 * CHARACTER.0).max(width(&ty) as f64 * CHARACTER.1)
    }

    /// Whether a name stands upright: it is short, and its piece is narrow.
    fn is_upright(&self, piece: &Piece<'_>) -> bool {
        let name = width(&piece.field.name);
        let is_wide_enough = f64::from(piece.size()) * self.scale.0 >= 12.0;
        name > self.scale.characters(piece.size()) && is_wide_enough && name <= 6
    }

    /// The fields whose names are cut, each in words.
    fn cut_names(&self) -> Option<String> {
        let pieces = self.grid.rows.iter().flat_map(|row| &row.pieces).filter(|piece| piece.is_named);
        let cut = pieces.filter(|piece| width(&piece.field.name) > self.scale.characters(piece.size()));
        let cut = cut.filter(|piece| !self.is_upright(piece)).map(|piece| piece.field);
        let words: Vec<String> = cut.map(|field| format!("{} {} at {}", field.path, field.ty, field.offset)).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// A case of a variant: what it is called, and how much of the variant it takes, to the scale of a whole row.
    fn case(&self, markup: &mut Markup, case: &Case, y: u32) {
        let Case { value, name, ty, size, .. } = case;
        let offset = y + 19;
        let tag = value.to_string();
        markup.leaf(
            "text",
            &[("class", &"rg-offset"), ("x", &(LEFT - 8)), ("y", &offset), ("text-anchor", &"end")],
            &tag,
        );
        let ty = if ty == name { String::new() } else { format!(" {ty}") };
        let parts = [
            ("rg-name", name.as_str()),
            ("rg-type", &ty),
            ("rg-type", &format!("  {}", count(*size as usize, "byte"))),
        ];
        markup.spans("text", &[("x", &LEFT), ("y", &offset)], "tspan", &parts);
        let byte = f64::from(ROW.0) / f64::from(self.shape.size);
        let payload = self.shape.size - self.shape.payload();
        let tag = self.shape.fields.first().map_or(0, |tag| tag.size);
        let runs = [
            (0, tag, Tone::Enum),
            (tag, payload, Tone::Pad),
            (payload, payload + size, Tone::Nested),
            (payload + size, self.shape.size, Tone::Pad),
        ];
        let top = offset + 6;
        for (start, end, tone) in runs.into_iter().filter(|(start, end, _)| start < end) {
            let (x, width) = (f64::from(LEFT) + f64::from(start) * byte, f64::from(end - start) * byte);
            let place: Attributes<'_> = &[("x", &x), ("y", &top), ("width", &width), ("height", &12), ("rx", &2)];
            markup.empty("rect", &[&[("class", &class(tone) as _)], place].concat());
            if let Some(fill) = fill(tone) {
                markup.empty("rect", &[&[("fill", &fill as _)], place].concat());
            }
        }
    }

    /// Where a byte of a row begins.
    fn x(&self, row: &Row<'_>, offset: u32) -> f64 {
        f64::from(LEFT) + f64::from(offset - row.start) * self.scale.0
    }

    /// What the colours and lines mean that are there.
    fn legend(&self, markup: &mut Markup, y: u32) {
        let mut x = LEFT;
        let mut word = |markup: &mut Markup, text: &str| {
            let at = x + 17;
            markup.leaf("text", &[("class", &"rg-words"), ("x", &at), ("y", &y)], text);
            let from = x;
            x += 17 + (text.len() * 63 / 10) as u32 + 12;
            from
        };
        for tone in Tone::ALL.into_iter().filter(|tone| self.shape.bytes(*tone) > 0) {
            let x = word(markup, tone.word());
            let top = y - 10;
            let place: Attributes<'_> = &[("x", &x), ("y", &top), ("width", &12), ("height", &12), ("rx", &2)];
            markup.empty("rect", &[&[("class", &class(tone) as _)], place].concat());
            if let Some(fill) = fill(tone) {
                markup.empty("rect", &[&[("fill", &fill as _)], place].concat());
            }
        }
        let has = |mark: Mark| self.grid.rows.iter().any(|row| Mark::at(row.start) == mark);
        let marks = [(Mark::Line, "64-byte cache line", &[4.0][..]), (Mark::Pair, "128-byte pair", &[2.5, 5.5])];
        for (_, words, above) in marks.into_iter().filter(|(mark, ..)| has(*mark)) {
            let x = word(markup, words);
            for above in above {
                let y = f64::from(y) - above;
                markup.empty("line", &[("class", &"rg-line"), ("x1", &x), ("y1", &y), ("x2", &(x + 12)), ("y2", &y)]);
            }
        }
    }
}

/// Whether there is room for the figures of a type beside its title.
fn figures_fit(shape: &Shape) -> bool {
    let title = shape.kind.len() + 1 + width(&shape.name);
    // A little more than letters take that are neither narrow nor wide.
    10 * title + 7 * width(&shape.figures().join(" · ")) < (WIDTH - 2 * MARGIN) as usize
}

fn space_above(row: &Row<'_>) -> u32 {
    if Mark::at(row.start) == Mark::Plain { 0 } else { LINE_SPACE }
}

const fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Integer => "rg-integer",
        Tone::Float => "rg-float",
        Tone::Text => "rg-text",
        Tone::Enum => "rg-enum",
        Tone::Nested => "rg-nested",
        Tone::Pad => "rg-pad",
        Tone::Reserved => "rg-reserved",
    }
}

/// What lies on the colour of bytes that hold no data.
const fn fill(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Pad => Some("url(#rg-hatches)"),
        Tone::Reserved => Some("url(#rg-dots)"),
        _ => None,
    }
}

/// What a reader sees who points at a field.
fn tip(field: &super::Field) -> String {
    let super::Field { path, ty, offset, size, unit, doc, .. } = field;
    let mut words = format!("{path}: {ty}, {size} at {offset}");
    for more in [unit, doc].into_iter().filter(|more| !more.is_empty()) {
        words.push_str(", ");
        words.push_str(more);
    }
    words
}
