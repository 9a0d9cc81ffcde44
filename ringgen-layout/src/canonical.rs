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
//! #ringgen 1                      from here: notes, no part of the layout
//! #package market 3
//! #unit Trade.ts ns
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use crate::{EDITION, Enum, Field, Note, Package, Struct, Type};

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
        for Field { name, note: Note { doc, unit, epoch }, .. } in of.fields {
            self.note("doc", of.name, Some(name), doc);
            self.note("unit", of.name, Some(name), unit);
            self.note("epoch", of.name, Some(name), epoch);
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
                self.note("doc", of.name, Some(value.name), value.doc);
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
        write!(f, "{offset} {size} {}", kind.word().0)?;
        if let Some(declared) = kind.word().1 {
            write!(f, ":{declared}")?;
        }
        match dims.as_slice() {
            [] => f.write_str(" -")?,
            [n] => write!(f, " {n}")?,
            [n, m, ..] => write!(f, " {n}x{m}")?,
        }
        write!(f, " {name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EnumKind, Kind, Scalar, StructKind, Value};

    const SIDE: Enum<'static> = Enum {
        kind: EnumKind::Enum,
        name: "Side",
        repr: Scalar::U8,
        values: &[Value { name: "Buy", value: 1, doc: "Lifted\nthe offer." }],
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
}
