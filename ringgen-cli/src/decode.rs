//! The canonical schema that a ring carries, read back into shapes that can be pictured.
//!
//! The text comes from another process. It is read line by line and believed in nothing: what is malformed is no
//! shape, and whoever asked prints the lines instead.

use std::collections::HashMap;

use crate::output::printable;
use crate::picture::{Array, Field, Shape, Tone, Values};

/// A declared type.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    /// A struct or message.
    Shape(Shape),
    /// An enum or flags type.
    Values(Values),
}

/// The types in a canonical text, in its order; `None` if it is not one.
pub(crate) fn blocks(text: &str) -> Option<Vec<Block>> {
    let notes = Notes::read(text);
    let mut blocks = Vec::new();
    let mut lines = text.lines().take_while(|line| !line.starts_with('#')).peekable();
    while let Some(line) = lines.next() {
        let members =
            std::iter::from_fn(|| lines.next_if(|line| line.starts_with(|c: char| c.is_ascii_digit() || c == '-')));
        let members: Vec<&str> = members.collect();
        let words: Vec<&str> = line.split(' ').collect();
        let &[kind, name, size, rest] = words.as_slice() else { return None };
        blocks.push(match kind {
            "message" => Block::Shape(shape("message", name, (size, rest), &members, &notes)?),
            "struct" => Block::Shape(shape("struct", name, (size, rest), &members, &notes)?),
            "enum" => Block::Values(values("enum", name, rest, &members, &notes)?),
            "flags" => Block::Values(values("flags", name, rest, &members, &notes)?),
            _ => return None,
        });
    }
    (!blocks.is_empty()).then_some(blocks)
}

fn shape(kind: &'static str, name: &str, extent: (&str, &str), members: &[&str], notes: &Notes<'_>) -> Option<Shape> {
    let (size, align): (u32, u32) = (extent.0.parse().ok()?, extent.1.parse().ok()?);
    let mut fields: Vec<Field> = Vec::new();
    for line in members {
        let field = field(name, line, notes)?;
        // A picture needs fields that fill the struct in order, without a gap.
        if field.offset != fields.last().map_or(0, Field::end) {
            return None;
        }
        fields.push(field);
    }
    if fields.last().map_or(0, Field::end) != size {
        return None;
    }
    Some(Shape {
        kind,
        name: printable(name),
        size,
        align,
        layout_hash: String::new(),
        doc: notes.get("doc", name),
        fields,
    })
}

fn field(type_name: &str, line: &str, notes: &Notes<'_>) -> Option<Field> {
    let words: Vec<&str> = line.split(' ').collect();
    let &[offset, size, kind, dims, name] = words.as_slice() else { return None };
    let (offset, size): (u32, u32) = (offset.parse().ok()?, size.parse().ok()?);
    offset.checked_add(size).filter(|_| size > 0)?;
    let lengths: Vec<u32> = match dims {
        "-" => Vec::new(),
        dims => dims.split('x').map(|length| length.parse().ok()).collect::<Option<_>>()?,
    };
    let elements = lengths.iter().try_fold(1_u32, |product, &length| product.checked_mul(length))?;
    let element_size = size.checked_div(elements)?;
    let mut ty = match kind {
        "str" | "pad" | "reserved" => format!("{kind}[{element_size}]"),
        _ => printable(kind.split_once(':').map_or(kind, |(_, declared)| declared)),
    };
    for length in &lengths {
        ty.push_str(&format!("[{length}]"));
    }
    let member = format!("{type_name}.{name}");
    let unit = Field::unit_of(&notes.get("unit", &member), &notes.get("epoch", &member));
    let tone = Tone::of_kind(kind);
    Some(Field {
        name: printable(name),
        path: printable(name),
        ty,
        offset,
        size,
        unit,
        doc: notes.get("doc", &member),
        tone,
        array: (!lengths.is_empty()).then(|| Array { path: printable(name), dims: lengths, skipped: 0 }),
        inside: Vec::new(),
    })
}

fn values(kind: &'static str, name: &str, repr: &str, members: &[&str], notes: &Notes<'_>) -> Option<Values> {
    let mut values = Vec::new();
    for line in members {
        let (value, value_name) = line.split_once(' ')?;
        let doc = notes.get("doc", &format!("{name}.{value_name}"));
        values.push((printable(value_name), value.parse().ok()?, doc));
    }
    let doc = notes.get("doc", name);
    Some(Values { kind, name: printable(name), repr: printable(repr), layout_hash: String::new(), doc, values })
}

/// The lines behind the layout: `#unit Trade.ts ns`.
struct Notes<'a>(HashMap<(&'a str, &'a str), &'a str>);

impl<'a> Notes<'a> {
    fn read(text: &'a str) -> Self {
        let lines = text.lines().filter_map(|line| line.strip_prefix('#'));
        let parts = lines.filter_map(|line| {
            let (key, rest) = line.split_once(' ')?;
            let (target, words) = rest.split_once(' ')?;
            Some(((key, target), words))
        });
        Notes(parts.collect())
    }

    /// The note on a type or a member, printable; empty if there is none.
    fn get(&self, key: &str, target: &str) -> String {
        let Some(escaped) = self.0.get(&(key, target)) else { return String::new() };
        let mut text = String::new();
        let mut characters = escaped.chars();
        while let Some(character) = characters.next() {
            match (character, character == '\\') {
                (_, true) => match characters.next() {
                    // For people a new line is a space: the picture wraps words itself.
                    Some('n' | 'r') => text.push(' '),
                    Some(other) => text.push(other),
                    None => text.push('\\'),
                },
                (other, false) => text.push(other),
            }
        }
        printable(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "message Trade 32 8\n0 8 u64 - id\n8 1 enum:Side - side\n9 7 pad - _pad0\n16 16 str 2 names\n\
                        enum Side 1 u8\n1 Buy\n#ringgen 1\n#package market 3\n#doc Trade One\\ntrade.\n\
                        #unit Trade.id ns\n#epoch Trade.id unix\n#doc Side.Buy Lifted \\\\ it.\n";

    #[test]
    fn a_canonical_text_becomes_shapes_again() {
        let blocks = blocks(TEXT).unwrap();
        let [Block::Shape(trade), Block::Values(side)] = blocks.as_slice() else { panic!("{blocks:?}") };
        assert_eq!((trade.kind, trade.name.as_str(), trade.size, trade.align), ("message", "Trade", 32, 8));
        assert_eq!(trade.doc, "One trade.");
        let types: Vec<&str> = trade.fields.iter().map(|field| field.ty.as_str()).collect();
        assert_eq!(types, ["u64", "Side", "pad[7]", "str[8][2]"]);
        assert_eq!(trade.fields[0].unit, "ns since unix");
        assert_eq!(side.values, [("Buy".to_owned(), 1, "Lifted \\ it.".to_owned())]);
    }

    #[test]
    fn nonsense_is_no_shape() {
        let texts = [
            "",
            "\n",
            "message",
            "message Trade 8 8",
            "message Trade 8 8\n0 4 u32 - id",
            "message Trade 8 8\n4 4 u32 - id",
            "message Trade 8 8\n0 8 u64 0 id",
            "message Trade 8 8\n0 8 u64 4294967295x4294967295 id",
            "message Trade 0 8\n0 0 u64 - id",
            "message Trade 4294967295 8\n0 4294967295 u8 - a\n4294967295 4294967295 u8 - b",
            "enum Side 1 u8\n999999999999999999999999999999999999999999 Buy",
            "variant Event 8 8",
            "#only notes here",
        ];
        for text in texts {
            assert!(blocks(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn names_from_outside_cannot_steer_the_terminal() {
        let blocks = blocks("message A\u{1b}[2J 8 8\n0 8 u64 - x\u{7}").unwrap();
        let [Block::Shape(shape)] = blocks.as_slice() else { panic!("{blocks:?}") };
        assert_eq!((shape.name.as_str(), shape.fields[0].name.as_str()), ("A\\u{1b}[2J", "x\\u{7}"));
    }
}
