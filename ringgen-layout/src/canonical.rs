//! A layout as lines of text, carried by every ring, so that a stranger can decode it and a mismatch can be named.
//!
//! ```text
//! message Trade 32 8              kind, name, size, alignment
//! 0 8 u64 - id                    offset, size, kind, dimensions, name
//! 16 1 enum:Side - side           a declared type; its block follows
//! 17 7 pad - _pad0
//! 24 8 u8 8 symbol
//! enum Side 1 u8                  kind, name, size, representation
//! 1 Buy                           value, name
//! variant Event 32 8 u16 8        kind, name, size, alignment, tag, where the cases lie
//! 1 message:Trade Trade           tag's value, type, name; the blocks of the cases follow
//! #ringgen 1                      from here: notes, no part of the layout
//! #package market 3
//! #unit Trade.ts ns
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use crate::{EDITION, Enum, Field, Kind, Note, Package, Struct, Type, Variant, VariantExtent};

/// Writes a message and the types it is made of: each struct in front of the types that its fields name.
#[derive(Clone, Debug)]
pub struct Canonical {
    layout: String,
    notes: String,
    blocks: Vec<String>,
}

impl Canonical {
    /// A text without a block yet; `package` is named in the notes where there is one.
    pub fn new(package: Option<Package<'_>>) -> Self {
        let mut notes = String::new();
        push(&mut notes, format_args!("#ringgen {EDITION}\n"));
        if let Some(package) = package {
            push(&mut notes, format_args!("#package {} {}\n", package.name, package.version));
        }
        Canonical { layout: String::new(), notes, blocks: Vec::new() }
    }

    /// Adds a struct. `false` if it is there already; else add next, in order, the types that its fields name.
    pub fn add_struct(&mut self, of: &Struct<'_>) -> bool {
        let mut block = String::new();
        push(&mut block, format_args!("{} {} {} {}\n", of.kind.word(), of.name, of.size, of.align));
        for field in of.fields {
            push(&mut block, format_args!("{}\n", FieldLine(field)));
        }
        if !self.add_block(block) {
            return false;
        }
        self.note("doc", of.name, None, of.doc);
        for field in of.fields {
            self.notes(of.name, field.name, &field.note);
        }
        true
    }

    /// Adds a variant. `false` if it is there already; else add next, in order, the types of its cases.
    pub fn add_variant(&mut self, of: &Variant<'_>) -> bool {
        let VariantExtent { size, align, payload } = of.extent;
        let mut block = String::new();
        let tag = of.tag.name();
        push(&mut block, format_args!("{} {} {size} {align} {tag} {payload}\n", Variant::WORD, of.name));
        for case in of.cases {
            push(&mut block, format_args!("{} {} {}\n", case.value, KindWord(&case.ty.kind), case.name));
        }
        if !self.add_block(block) {
            return false;
        }
        self.note("doc", of.name, None, of.doc);
        for case in of.cases {
            self.notes(of.name, case.name, &case.note);
        }
        true
    }

    /// Adds an enum or flags type, if it is not there yet.
    pub fn add_enum(&mut self, of: &Enum<'_>) {
        let mut block = String::new();
        push(&mut block, format_args!("{} {} {} {}\n", of.kind.word(), of.name, of.repr.size(), of.repr.name()));
        for value in of.values {
            push(&mut block, format_args!("{} {}\n", value.value, value.name));
        }
        if self.add_block(block) {
            self.note("doc", of.name, None, of.doc);
            for value in of.values {
                self.notes(of.name, value.name, &value.note);
            }
        }
    }

    /// The whole text: all blocks, then all notes. Its [`Hash::of`](crate::Hash::of) is the schema hash.
    pub fn finish(self) -> String {
        self.layout + &self.notes
    }

    fn add_block(&mut self, block: String) -> bool {
        if self.blocks.contains(&block) {
            return false;
        }
        self.layout.push_str(&block);
        self.blocks.push(block);
        true
    }

    fn notes(&mut self, type_name: &str, member: &str, note: &Note<'_>) {
        let Note { doc, unit, epoch, null, range, list, since, deprecated, renamed } = *note;
        let version = |of: u32| if of == 0 { String::new() } else { alloc::format!("{of}") };
        let notes = [
            ("doc", doc),
            ("unit", unit),
            ("epoch", epoch),
            ("null", null),
            ("range", range),
            ("list", list),
            ("since", &version(since)),
            ("deprecated", &version(deprecated)),
            ("name", renamed),
        ];
        for (key, text) in notes {
            self.note(key, type_name, Some(member), text);
        }
    }

    fn note(&mut self, key: &str, type_name: &str, member: Option<&str>, text: &str) {
        if text.is_empty() {
            return;
        }
        push(&mut self.notes, format_args!("#{key} {type_name}"));
        if let Some(member) = member {
            push(&mut self.notes, format_args!(".{member}"));
        }
        self.notes.push(' ');
        for character in text.chars() {
            match character {
                '\\' => self.notes.push_str("\\\\"),
                '\n' => self.notes.push_str("\\n"),
                '\r' => self.notes.push_str("\\r"),
                other => self.notes.push(other),
            }
        }
        self.notes.push('\n');
    }
}

fn push(text: &mut String, arguments: fmt::Arguments<'_>) {
    text.write_fmt(arguments).expect("writing to a String cannot fail");
}

/// One line of a block, without its end: `offset size kind dims name`.
struct FieldLine<'a>(&'a Field<'a>);

impl fmt::Display for FieldLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Field { name, offset, ty, .. } = self.0;
        let Type { kind, dims, .. } = ty;
        let size = ty.total_size().expect("a placed field has a size");
        write!(f, "{offset} {size} {}", KindWord(kind))?;
        match dims.as_slice() {
            [] => f.write_str(" -")?,
            [n] => write!(f, " {n}")?,
            [n, m, ..] => write!(f, " {n}x{m}")?,
        }
        write!(f, " {name}")
    }
}

/// What an element is, as a line says it: `u32`, `enum:Side`, `text:4096`.
struct KindWord<'a>(&'a Kind<'a>);

impl fmt::Display for KindWord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, declared) = self.0.word();
        f.write_str(word)?;
        match (declared, self.0.max()) {
            (Some(declared), _) => write!(f, ":{declared}"),
            (None, Some(max)) => write!(f, ":{max}"),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Case, EnumKind, Scalar, StructKind, Value};

    const SIDE: Enum<'static> = Enum {
        kind: EnumKind::Enum,
        name: "Side",
        repr: Scalar::U8,
        values: &[Value { name: "Buy", value: 1, note: Note { doc: "Lifted\nthe offer.", ..Note::NONE } }],
        doc: "",
    };

    fn field<'a>(name: &'a str, offset: u32, ty: Type<'a>) -> Field<'a> {
        Field { name, offset, ty, note: Note::NONE }
    }

    fn text(fields: &[Field<'_>]) -> String {
        let mut canonical = Canonical::new(Some(Package { name: "market", version: 3 }));
        let trade = Struct { kind: StructKind::Message, name: "Trade", size: 24, align: 8, fields, doc: "One trade." };
        assert!(canonical.add_struct(&trade));
        assert!(!canonical.add_struct(&trade), "a block is added once");
        canonical.add_enum(&SIDE);
        canonical.add_enum(&SIDE);
        canonical.finish()
    }

    fn trade() -> [Field<'static>; 4] {
        let symbol = Type::scalar(Scalar::U8).array(4).unwrap().array(2).unwrap();
        [
            Field { note: Note { unit: "ns", ..Note::NONE }, ..field("ts", 0, Type::scalar(Scalar::U64)) },
            field("side", 8, SIDE.as_type()),
            field("_p0", 9, Type::new(Kind::Pad, 7, 1)),
            field("symbol", 16, symbol),
        ]
    }

    #[test]
    fn the_text_is_the_one_of_the_format() {
        let expected = "message Trade 24 8\n0 8 u64 - ts\n8 1 enum:Side - side\n9 7 pad - _p0\n16 8 u8 2x4 symbol\n\
                        enum Side 1 u8\n1 Buy\n#ringgen 1\n#package market 3\n#doc Trade One trade.\n\
                        #unit Trade.ts ns\n#doc Side.Buy Lifted\\nthe offer.\n";
        assert_eq!(text(&trade()), expected);
    }

    #[test]
    fn a_variant_names_its_cases_and_what_is_known_of_them() {
        let fields = [
            field("body", 0, Type::new(Kind::Text { max: 4096 }, 16, 8)),
            Field {
                note: Note { null: "-1", range: "0 9", list: "n", since: 2, deprecated: 3, renamed: "b", ..Note::NONE },
                ..field("a", 16, Type::scalar(Scalar::I64))
            },
        ];
        let note = Struct { kind: StructKind::Message, name: "Note", size: 24, align: 8, fields: &fields, doc: "" };
        let cases = [Case { name: "Note", value: 7, ty: note.as_type(), note: Note { since: 2, ..Note::NONE } }];
        let extent = VariantExtent::of(Scalar::U16, &[(24, 8)]).unwrap();
        let event = Variant { name: "Event", tag: Scalar::U16, extent, cases: &cases, doc: "Any." };
        let mut canonical = Canonical::new(None);
        assert!(canonical.add_variant(&event));
        assert!(!canonical.add_variant(&event));
        canonical.add_struct(&note);
        let expected = "variant Event 32 8 u16 8\n7 message:Note Note\nmessage Note 24 8\n0 16 text:4096 - body\n\
                        16 8 i64 - a\n#ringgen 1\n#doc Event Any.\n#since Event.Note 2\n#null Note.a -1\n\
                        #range Note.a 0 9\n#list Note.a n\n#since Note.a 2\n#deprecated Note.a 3\n#name Note.a b\n";
        assert_eq!(canonical.finish(), expected);
        let other = Variant { cases: &[Case { value: 8, ..cases[0] }], ..event };
        assert_ne!(event.layout_hash(), other.layout_hash());
        let noted = Variant { cases: &[Case { note: Note::NONE, ..cases[0] }], ..event };
        assert_eq!(event.layout_hash(), noted.layout_hash());
    }
}
