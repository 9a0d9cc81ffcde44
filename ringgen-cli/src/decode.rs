//! The canonical schema that a ring carries, read back into shapes that can be pictured.
//!
//! The text comes from another process. It is read line by line and believed in nothing: what is malformed is no
//! shape, and whoever asked prints the lines instead.

use std::collections::HashMap;

use ringgen_layout::Scalar;

use crate::output::printable;
use crate::picture::{Array, Case, Field, Remarks, Shape, Tone, Values};

/// A declared type.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    /// A struct, message or variant.
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
        blocks.push(match *words.as_slice() {
            ["message", name, size, align] => Block::Shape(shape("message", name, (size, align), &members, &notes)?),
            ["struct", name, size, align] => Block::Shape(shape("struct", name, (size, align), &members, &notes)?),
            ["enum", name, _, repr] => Block::Values(values("enum", name, repr, &members, &notes)?),
            ["flags", name, _, repr] => Block::Values(values("flags", name, repr, &members, &notes)?),
            ["variant", name, size, align, tag, payload] => {
                let cases = cases(name, &members, &notes)?;
                Block::Shape(variant(name, (size, align), tag, payload, cases, &notes)?)
            }
            _ => return None,
        });
    }
    size_cases(&mut blocks)?;
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
        cases: Vec::new(),
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
    let element_size = size.checked_div(elements).filter(|one| one * elements == size)?;
    let mut ty = match kind.split_once(':') {
        Some((word @ ("text" | "blob"), longest)) => format!("{word}[{}]", printable(longest)),
        Some((_, declared)) => printable(declared),
        None if matches!(kind, "str" | "pad" | "reserved") => format!("{kind}[{element_size}]"),
        None => printable(kind),
    };
    let member = format!("{type_name}.{name}");
    let mut outer = lengths.as_slice();
    if let (Some((longest, rest)), false) = (lengths.split_first(), notes.get("list", &member).is_empty()) {
        (ty, outer) = (format!("list[{ty}, {longest}]"), rest);
    }
    for length in outer {
        ty.push_str(&format!("[{length}]"));
    }
    let unit = Field::unit_of(&notes.get("unit", &member), &notes.get("epoch", &member));
    let tone = Tone::of_kind(kind);
    let (name, doc) = notes.name_and_doc(type_name, name);
    Some(Field {
        name: name.clone(),
        path: name.clone(),
        ty,
        offset,
        size,
        unit,
        doc,
        tone,
        array: (!lengths.is_empty()).then_some(Array { path: name, dims: lengths, skipped: 0 }),
        inside: Vec::new(),
    })
}

/// A tag, and the room for its cases.
fn variant(
    name: &str,
    extent: (&str, &str),
    tag: &str,
    payload: &str,
    cases: Vec<Case>,
    notes: &Notes<'_>,
) -> Option<Shape> {
    let (size, align): (u32, u32) = (extent.0.parse().ok()?, extent.1.parse().ok()?);
    let payload: u32 = payload.parse().ok()?;
    let tag_size = Scalar::from_name(tag)?.size();
    let room = size.checked_sub(payload).filter(|&room| room > 0)?;
    let gap = payload.checked_sub(tag_size)?;
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    let field = |name: &str, ty: String, offset, size, tone| Field {
        name: name.to_owned(),
        path: name.to_owned(),
        ty,
        offset,
        size,
        unit: String::new(),
        doc: String::new(),
        tone,
        array: None,
        inside: Vec::new(),
    };
    let mut fields = vec![field("tag", tag.to_owned(), 0, tag_size, Tone::Enum)];
    fields.extend((gap > 0).then(|| field("_pad0", format!("pad[{gap}]"), tag_size, gap, Tone::Pad)));
    fields.push(field("payload", names.join(" | "), payload, room, Tone::Nested));
    Some(Shape {
        kind: "variant",
        name: printable(name),
        size,
        align,
        layout_hash: String::new(),
        doc: notes.get("doc", name),
        fields,
        cases,
    })
}

/// What a variant may hold; how large that is, the blocks of its types say.
fn cases(name: &str, members: &[&str], notes: &Notes<'_>) -> Option<Vec<Case>> {
    let case = |line: &&str| {
        let words: Vec<&str> = line.split(' ').collect();
        let &[value, ty, case] = words.as_slice() else { return None };
        let (_, declared) = ty.split_once(':')?;
        let (name, doc) = notes.name_and_doc(name, case);
        Some(Case { value: value.parse().ok()?, name, ty: printable(declared), size: 0, doc })
    };
    members.iter().map(case).collect()
}

/// Tells each case of a variant how large it is; `None` if that is not known, or more than there is room for.
fn size_cases(blocks: &mut [Block]) -> Option<()> {
    let shapes = blocks.iter().filter_map(|block| match block {
        Block::Shape(shape) => Some((shape.name.clone(), shape.size)),
        Block::Values(_) => None,
    });
    let sizes: HashMap<String, u32> = shapes.collect();
    for block in blocks {
        let Block::Shape(Shape { cases, fields, .. }) = block else { continue };
        let room = fields.last().map_or(0, |payload| payload.size);
        for case in cases {
            case.size = sizes.get(&case.ty).copied().filter(|size| *size <= room)?;
        }
    }
    Some(())
}

fn values(kind: &'static str, name: &str, repr: &str, members: &[&str], notes: &Notes<'_>) -> Option<Values> {
    let mut values = Vec::new();
    for line in members {
        let (value, value_name) = line.split_once(' ')?;
        let (value_name, doc) = notes.name_and_doc(name, value_name);
        values.push((value_name, value.parse().ok()?, doc));
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

    /// What a member is called, printable, and what is known of it.
    fn name_and_doc(&self, type_name: &str, wire_name: &str) -> (String, String) {
        let member = format!("{type_name}.{wire_name}");
        let note = |key| self.get(key, &member);
        let range = note("range");
        let (name, was) = match note("name") {
            name if name.is_empty() => (printable(wire_name), String::new()),
            name => (name, printable(wire_name)),
        };
        let remarks = Remarks {
            null: note("null"),
            range: range.split_once(' ').map(|(least, most)| (least.to_owned(), most.to_owned())),
            since: note("since"),
            deprecated: note("deprecated"),
            was,
        };
        (name, remarks.behind(&note("doc")))
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
    fn a_variant_is_its_bytes_and_its_cases() {
        let text = "variant Event 72 8 u16 8\n1 message:Book Book\n9 struct:Deal Trade\nmessage Book 64 8\n\
                    0 64 f64 8 prices\nstruct Deal 8 8\n0 8 u64 - id\n#ringgen 1\n#doc Event Any.\n\
                    #doc Event.Trade One.\n#since Event.Trade 2\n#name Event.Trade Fill\n";
        let blocks = blocks(text).unwrap();
        let [Block::Shape(event), Block::Shape(_), Block::Shape(_)] = blocks.as_slice() else { panic!("{blocks:?}") };
        assert_eq!((event.kind, event.size, event.align, event.doc.as_str()), ("variant", 72, 8, "Any."));
        let fields =
            event.fields.iter().map(|field| (field.name.as_str(), field.ty.as_str(), field.offset, field.size));
        let expected = [("tag", "u16", 0, 2), ("_pad0", "pad[6]", 2, 6), ("payload", "Book | Fill", 8, 64)];
        assert_eq!(Vec::from_iter(fields), expected);
        let cases = event.cases.iter();
        let cases = cases.map(|case| (case.value, case.name.as_str(), case.ty.as_str(), case.size, case.doc.as_str()));
        let expected = [(1, "Book", "Book", 64, ""), (9, "Fill", "Deal", 8, "One. (since version 2, was `Trade`)")];
        assert_eq!(Vec::from_iter(cases), expected);
    }

    #[test]
    fn what_is_noted_of_a_field_is_told() {
        let text = "message Batch 48 8\n0 4 u32 - items_len\n4 4 i32 - level\n8 24 u64 3 items\n32 16 text:4096 - note\n\
                    #list Batch.items items_len\n#null Batch.level -1\n#range Batch.level 0 9\n\
                    #deprecated Batch.level 4\n#doc Batch.note Words.\n#name Batch.note remark\n";
        let blocks = blocks(text).unwrap();
        let [Block::Shape(batch)] = blocks.as_slice() else { panic!("{blocks:?}") };
        let fields = batch.fields.iter().map(|field| (field.name.as_str(), field.ty.as_str(), field.doc.as_str()));
        let expected = [
            ("items_len", "u32", ""),
            ("level", "i32", "(null is -1, from 0 to 9, deprecated in version 4)"),
            ("items", "list[u64, 3]", ""),
            ("remark", "text[4096]", "Words. (was `note`)"),
        ];
        assert_eq!(Vec::from_iter(fields), expected);
        assert_eq!(batch.fields[3].tone, Tone::Text);
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
            "message Trade 8 8\n0 8 u64 9 id",
            "message Trade 8 8\n0 8 u64 3 id",
            "message Trade 8 8\n0 8 u64 4294967295x4294967295 id",
            "message Trade 0 8\n0 0 u64 - id",
            "message Trade 4294967295 8\n0 4294967295 u8 - a\n4294967295 4294967295 u8 - b",
            "enum Side 1 u8\n999999999999999999999999999999999999999999 Buy",
            "variant Event 8 8",
            "variant Event 8 8 u8 8\n1 message:A A",
            "variant Event 8 8 u8 0\n1 message:A A",
            "variant Event 8 8 tag 4\n1 message:A A",
            "variant Event 8 8 u8 4\n1 message A",
            "variant Event 8 8 u8 4\nx message:A A",
            "variant Event 8 8 u8 4\n1 message:A A",
            "variant Event 8 8 u8 4\n1 message:A A\nmessage A 8 8\n0 8 u64 - a",
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
