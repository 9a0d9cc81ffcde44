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

use alloc::string::{String, ToString};
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

/// Where two layouts part, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The struct or enum.
    pub type_name: String,
    /// The field or value in it; empty if the types differ as a whole.
    pub member: String,
    /// What it is here.
    pub mine: String,
    /// What it is there.
    pub theirs: String,
}

/// The first field in which two canonical texts differ, padding and notes aside; `None` if there is none.
///
/// Neither text need be well-formed: whatever a hostile ring holds is compared line by line.
pub fn first_difference(mine: &str, theirs: &str) -> Option<Difference> {
    let (mine, theirs) = (blocks(mine), blocks(theirs));
    for index in 0..mine.len().max(theirs.len()) {
        let (Some(a), Some(b)) = (mine.get(index), theirs.get(index)) else {
            let extra = mine.get(index).or(theirs.get(index))?;
            let describe = |block: Option<&Block<'_>>| block.map_or("missing".to_string(), |block| block.to_string());
            return Some(Difference {
                type_name: extra.name.to_string(),
                member: String::new(),
                mine: describe(mine.get(index)),
                theirs: describe(theirs.get(index)),
            });
        };
        let whole = |a: &Block<'_>, b: &Block<'_>| Difference {
            type_name: a.name.to_string(),
            member: String::new(),
            mine: a.to_string(),
            theirs: b.to_string(),
        };
        if (a.kind, a.name) != (b.kind, b.name) {
            return Some(whole(a, b));
        }
        for member in 0..a.members.len().max(b.members.len()) {
            let (x, y) = (a.members.get(member), b.members.get(member));
            if x != y {
                let words = |line: Option<&&str>, all| line.map_or("missing".to_string(), |line| in_words(line, all));
                // A type of the same name can be of another size or kind.
                let all = words(x, false) == words(y, false);
                return Some(Difference {
                    type_name: a.name.to_string(),
                    member: x.or(y).map_or("", |line| name_of(line)).to_string(),
                    mine: words(x, all),
                    theirs: words(y, all),
                });
            }
        }
        if a.rest != b.rest {
            return Some(whole(a, b));
        }
    }
    None
}

/// The first line of each text that the other has not, `nothing` where there is none: for texts whose layouts are
/// equal the first note that differs, here and there.
pub fn first_other_lines(mine: &str, theirs: &str) -> (String, String) {
    let only = |one: &str, other: &str| {
        let mut lines = one.lines().filter(|line| !other.lines().any(|same| same == *line));
        lines.next().unwrap_or("nothing").to_string()
    };
    (only(mine, theirs), only(theirs, mine))
}

struct Block<'a> {
    kind: &'a str,
    name: &'a str,
    rest: &'a str,
    members: Vec<&'a str>,
}

impl fmt::Display for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Block { kind, name, rest, .. } = self;
        match rest.split_once(' ') {
            Some((size, align)) if matches!(*kind, "struct" | "message") => {
                write!(f, "{kind} {name} of {size} bytes, aligned to {align}")
            }
            Some((_, repr)) => write!(f, "{kind} {name} stored as {repr}"),
            None => write!(f, "{kind} {name} {rest}"),
        }
    }
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    for line in text.lines().take_while(|line| !line.starts_with('#')) {
        let is_member = line.starts_with(|first: char| first.is_ascii_digit() || first == '-');
        match blocks.last_mut() {
            Some(block) if is_member => {
                if line.split(' ').nth(2) != Some("pad") {
                    block.members.push(line);
                }
            }
            _ => {
                let mut words = line.splitn(3, ' ');
                let mut word = || words.next().unwrap_or_default();
                blocks.push(Block { kind: word(), name: word(), rest: word(), members: Vec::new() });
            }
        }
    }
    blocks
}

fn name_of(line: &str) -> &str {
    line.rsplit(' ').next().unwrap_or(line)
}

/// `16 4 u32 - quantity` as `quantity: u32 at 16`, or with `all` of it `quantity: u32 of 4 bytes at 16`;
/// `1 Buy` as `Buy = 1`.
fn in_words(line: &str, all: bool) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let mut text = String::new();
    match words[..] {
        [offset, size, kind, dims, name] => {
            let kind = match kind.rsplit_once(':') {
                Some((_, declared)) if !all => declared.to_string(),
                _ => kind.replace(':', " "),
            };
            push(&mut text, format_args!("{name}: {kind}"));
            if kind == "str" && dims == "-" || kind == "reserved" {
                push(&mut text, format_args!("[{size}]"));
            } else if dims != "-" {
                push(&mut text, format_args!("[{}]", dims.replace('x', "][")));
            }
            if all {
                push(&mut text, format_args!(" of {size} bytes"));
            }
            push(&mut text, format_args!(" at {offset}"));
        }
        [value, name] => push(&mut text, format_args!("{name} = {value}")),
        _ => text.push_str(line),
    }
    text
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

    #[test]
    fn padding_and_notes_are_no_difference() {
        let mut other = trade();
        other[0].note = Note { unit: "us", ..Note::NONE };
        other[2].name = "_gap";
        assert_ne!(text(&trade()), text(&other));
        assert_eq!(first_difference(&text(&trade()), &text(&other)), None);
    }

    #[test]
    fn the_first_note_that_differs_is_named() {
        let theirs = text(&trade()).replace("#unit Trade.ts ns", "#unit Trade.ts us");
        let found = first_other_lines(&text(&trade()), &theirs);
        assert_eq!(found, ("#unit Trade.ts ns".to_string(), "#unit Trade.ts us".to_string()));
        let found = first_other_lines(&text(&trade()), &(text(&trade()) + "#doc Trade.ts When.\n"));
        assert_eq!(found, ("nothing".to_string(), "#doc Trade.ts When.".to_string()));
    }

    #[test]
    fn the_first_field_that_differs_is_named() {
        let mut other = trade();
        other[0] = field("time", 0, Type::scalar(Scalar::I64));
        let difference = first_difference(&text(&trade()), &text(&other)).unwrap();
        assert_eq!((difference.type_name.as_str(), difference.member.as_str()), ("Trade", "ts"));
        assert_eq!((difference.mine.as_str(), difference.theirs.as_str()), ("ts: u64 at 0", "time: i64 at 0"));
        let shorter = first_difference(&text(&trade()), &text(&trade()[..3])).unwrap();
        assert_eq!((shorter.mine.as_str(), shorter.theirs.as_str()), ("symbol: u8[2][4] at 16", "missing"));
    }

    #[test]
    fn a_renumbered_enum_value_is_named() {
        let theirs = text(&trade()).replace("1 Buy", "2 Buy");
        let difference = first_difference(&text(&trade()), &theirs).unwrap();
        assert_eq!((difference.mine.as_str(), difference.theirs.as_str()), ("Buy = 1", "Buy = 2"));
        assert_eq!(difference.type_name, "Side");
    }

    #[test]
    fn what_differs_is_told_apart_though_it_has_the_same_name() {
        let theirs = text(&trade()).replace("8 1 enum:Side - side", "8 2 enum:Side - side");
        let difference = first_difference(&text(&trade()), &theirs).unwrap();
        assert_eq!(difference.mine, "side: enum Side of 1 bytes at 8");
        assert_eq!(difference.theirs, "side: enum Side of 2 bytes at 8");
        let theirs = text(&trade()).replace("8 1 enum:Side - side", "8 1 flags:Side - side");
        let difference = first_difference(&text(&trade()), &theirs).unwrap();
        assert_eq!(difference.theirs, "side: flags Side of 1 bytes at 8");
    }

    #[test]
    fn nonsense_from_a_peer_is_compared_and_not_believed() {
        for nonsense in ["", "\n\n", "1", "- - -", "message", "enum Side 1 u8\n1", "#only notes", "\u{0}\u{0}"] {
            let difference = first_difference(&text(&trade()), nonsense).expect(nonsense);
            assert!(!difference.mine.is_empty());
        }
    }
}
