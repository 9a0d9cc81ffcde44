//! Where the bytes of types lie, as a picture: what is drawn, whatever draws it.
//!
//! ```text
//!   a plan         ─layout/draw.rs─▶                ┌─▶ terminal/   for people at work
//!                                     Page, Shape ──┼─▶ svg.rs      for a README
//!   a ring's text  ─decode.rs──────▶                ├─▶ html.rs     a page of documentation
//!                                                   └─▶ md.rs       part of one
//! ```
//!
//! What a picture says is decided here, once: `Grid` cuts a type into rows to scale and chooses where names stand,
//! [`lines`] says where the lines of the processor's cache fall. The four only spell it.

mod grid;
mod html;
mod lines;
mod markup;
mod md;
mod svg;
mod terminal;

pub(crate) use html::html;
pub(crate) use md::md;
pub(crate) use svg::svg;
pub(crate) use terminal::{fields, map, page, paragraph, values};

use crate::output::count;

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
    /// Structs, messages and variants.
    Nested,
    /// Bytes that only keep alignment.
    Pad,
    /// Bytes kept for a later version.
    Reserved,
}

impl Tone {
    /// All of them, in the order of a legend.
    const ALL: [Tone; 7] =
        [Tone::Integer, Tone::Float, Tone::Text, Tone::Enum, Tone::Nested, Tone::Pad, Tone::Reserved];

    /// The tone of an element kind as canonical texts spell it: `u32`, `str`, `enum:Side`.
    pub(crate) fn of_kind(kind: &str) -> Tone {
        match kind.split(':').next().unwrap_or(kind) {
            "f32" | "f64" => Tone::Float,
            "str" | "text" | "blob" => Tone::Text,
            "enum" | "flags" => Tone::Enum,
            "struct" | "message" | "variant" => Tone::Nested,
            "pad" => Tone::Pad,
            "reserved" => Tone::Reserved,
            _ => Tone::Integer,
        }
    }

    /// What it is called in a legend.
    const fn word(self) -> &'static str {
        match self {
            Tone::Integer => "integer",
            Tone::Float => "float",
            Tone::Text => "text, bytes",
            Tone::Enum => "enum, flags",
            Tone::Nested => "nested",
            Tone::Pad => "padding",
            Tone::Reserved => "reserved",
        }
    }

    const fn is_data(self) -> bool {
        !matches!(self, Tone::Pad | Tone::Reserved)
    }
}

/// A package, or some of its types.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) package: String,
    pub(crate) version: u32,
    pub(crate) doc: String,
    /// Whether it is the whole package, and not some types that were asked for.
    pub(crate) is_whole: bool,
    pub(crate) parts: Vec<Part>,
    pub(crate) rings: Vec<Ring>,
}

/// A type as it is drawn.
#[derive(Clone, Debug)]
pub(crate) enum Part {
    /// A type with bytes to picture.
    Shape(Shape),
    /// A type with names for values.
    Values(Values),
}

impl Part {
    fn name(&self) -> &str {
        match self {
            Part::Shape(of) => &of.name,
            Part::Values(of) => &of.name,
        }
    }
}

/// A field as it is drawn. All text in it is printable.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// The name with those of the fields that it lies in: `bids[0].price`.
    pub(crate) path: String,
    pub(crate) ty: String,
    /// From the start of the shape, however deep it lies in it.
    pub(crate) offset: u32,
    pub(crate) size: u32,
    pub(crate) unit: String,
    pub(crate) doc: String,
    pub(crate) tone: Tone,
    pub(crate) array: Option<Array>,
    /// What it is made of, where that is to be shown: every byte of it, in order.
    pub(crate) inside: Vec<Field>,
}

/// The elements of a field.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    /// The path of the array.
    pub(crate) path: String,
    /// The outermost first; never empty.
    pub(crate) dims: Vec<u32>,
    /// How many elements of the array lie in front of the field.
    pub(crate) skipped: u32,
}

impl Array {
    /// The path of the element that so many others of the field lie in front of: `bids[2]`.
    pub(crate) fn element(&self, index: u32) -> String {
        format!("{}{}", self.path, self.index(index))
    }

    /// Its index: `[2]`, `[0][2]`.
    pub(crate) fn index(&self, index: u32) -> String {
        let mut rest = self.skipped + index;
        let mut text = String::new();
        for length in self.dims.iter().rev() {
            text.insert_str(0, &format!("[{}]", rest % length));
            rest /= length;
        }
        text
    }

    /// How many elements the field has.
    fn count(&self) -> u32 {
        self.dims.iter().product::<u32>() - self.skipped
    }
}

impl Field {
    /// The byte behind it.
    pub(crate) fn end(&self) -> u32 {
        self.offset + self.size
    }

    /// The bytes of one element; of all of it where it is no array.
    fn element_size(&self) -> u32 {
        self.array.as_ref().map_or(self.size, |array| self.size / array.count())
    }

    /// Unit and epoch in one: `ns since unix`.
    pub(crate) fn unit_of(unit: &str, epoch: &str) -> String {
        match (unit, epoch) {
            (unit, "") => unit.to_owned(),
            ("", epoch) => format!("since {epoch}"),
            (unit, epoch) => format!("{unit} since {epoch}"),
        }
    }

    /// Its parts that are not taken apart: they cover each of its bytes once.
    fn leaves(&self) -> Vec<&Field> {
        if self.inside.is_empty() { vec![self] } else { self.inside.iter().flat_map(Field::leaves).collect() }
    }

    /// It and all that it is taken apart into, each with how deep it lies.
    fn tree(&self) -> Vec<(usize, &Field)> {
        let inside = self.inside.iter().flat_map(Field::tree).map(|(depth, field)| (depth + 1, field));
        std::iter::once((0, self)).chain(inside).collect()
    }
}

/// A struct, message or variant as it is drawn. Its fields lie in order and leave no gap.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) size: u32,
    pub(crate) align: u32,
    pub(crate) layout_hash: String,
    pub(crate) doc: String,
    pub(crate) fields: Vec<Field>,
    /// What its last field may hold, if it is a variant.
    pub(crate) cases: Vec<Case>,
}

/// What a variant may hold.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// The tag that says so.
    pub(crate) value: i128,
    pub(crate) name: String,
    pub(crate) ty: String,
    pub(crate) size: u32,
    pub(crate) doc: String,
}

impl Shape {
    /// Its parts that are not taken apart: they cover each of its bytes once.
    fn leaves(&self) -> Vec<&Field> {
        self.fields.iter().flat_map(Field::leaves).collect()
    }

    /// Its fields and all that they are taken apart into, each with how deep it lies.
    fn tree(&self) -> Vec<(usize, &Field)> {
        self.fields.iter().flat_map(Field::tree).collect()
    }

    /// How many of its bytes have this tone.
    fn bytes(&self, tone: Tone) -> u32 {
        self.leaves().iter().filter(|leaf| leaf.tone == tone).map(|leaf| leaf.size).sum()
    }

    /// How many bytes a variant has for its cases.
    fn payload(&self) -> u32 {
        self.fields.last().map_or(0, |payload| payload.size)
    }

    /// Its figures: `40 bytes`, `1 of them padding (3 %)`, `11 reserved`, `aligned to 8`.
    fn figures(&self) -> Vec<String> {
        let mut figures = vec![count(self.size as usize, "byte")];
        figures.extend(self.padding());
        let reserved = self.bytes(Tone::Reserved);
        figures.extend((reserved > 0).then(|| format!("{reserved} reserved")));
        figures.push(format!("aligned to {}", self.align));
        figures
    }

    /// How much of it is padding, if any is.
    fn padding(&self) -> Option<String> {
        let padding = self.bytes(Tone::Pad);
        let percent = (f64::from(padding) / f64::from(self.size) * 100.0).round();
        (padding > 0).then(|| format!("{padding} of them padding ({percent} %)"))
    }
}

/// What is known of a field, value or case beside its doc. What is not known is empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Remarks {
    /// The value that stands for none.
    pub(crate) null: String,
    /// The smallest and the largest value.
    pub(crate) range: Option<(String, String)>,
    pub(crate) since: String,
    pub(crate) deprecated: String,
    /// The name that it has in layouts, if it was renamed.
    pub(crate) was: String,
}

impl Remarks {
    /// The doc, with the remarks behind it: `When it came. (null is 0, since version 2)`.
    pub(crate) fn behind(self, doc: &str) -> String {
        let Remarks { null, range, since, deprecated, was } = self;
        let some = |text: String, words: &dyn Fn(String) -> String| (!text.is_empty()).then(|| words(text));
        let remarks = [
            some(null, &|null| format!("null is {null}")),
            range.map(|(least, most)| format!("from {least} to {most}")),
            some(since, &|version| format!("since version {version}")),
            some(deprecated, &|version| format!("deprecated in version {version}")),
            some(was, &|name| format!("was `{name}`")),
        ];
        let remarks: Vec<String> = remarks.into_iter().flatten().collect();
        match (doc.trim_end(), remarks.as_slice()) {
            (doc, []) => doc.to_owned(),
            ("", remarks) => format!("({})", remarks.join(", ")),
            (doc, remarks) => format!("{doc} ({})", remarks.join(", ")),
        }
    }
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

impl Values {
    /// A value as it is written: bits as hexadecimals.
    fn number(&self, value: i128) -> String {
        if self.kind == "flags" { format!("{value:#x}") } else { value.to_string() }
    }
}

/// A ring as it is listed.
#[derive(Clone, Debug)]
pub(crate) struct Ring {
    pub(crate) name: String,
    pub(crate) message: String,
    pub(crate) capacity: u64,
    pub(crate) stride: u32,
    /// The length of its file.
    pub(crate) memory: u64,
    pub(crate) wait: &'static str,
}
