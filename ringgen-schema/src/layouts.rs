//! Layouts as the lines of canonical texts, type by type: what a lock records, and what versions are compared by.
//!
//! ```text
//! message Trade 40 8              a word for the kind, the name, facts about the whole
//! 0 8 u64 - id                    a field: offset, size, type, dimensions, name
//! enum Side 1 u8
//! 1 Buy                           a value: number, name
//! variant Event 48 8 u16 8
//! 1 message:Trade Trade           a case: number, type, name
//! ```
//!
//! Padding is left out, since it is no part of a layout's identity.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use ringgen_layout::{Canonical, Scalar};

use crate::describe;
use crate::names;
use crate::plan::{Plan, TypePlan};
use crate::source::Span;
use crate::syntax::NOWHERE;

/// The layouts of a package's types and of those that they are made of, by their names.
pub(crate) type Layouts = BTreeMap<String, Arc<Block>>;

/// A type.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// `enum`, `flags`, `struct`, `message` or `variant`.
    pub(crate) word: &'static str,
    pub(crate) name: String,
    /// What its kind has of [`FACTS`].
    pub(crate) facts: Vec<(Fact, String)>,
    pub(crate) members: Vec<Member>,
    /// Where a lock names it.
    pub(crate) span: Span,
}

/// A number or word about a type as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fact {
    Size,
    Align,
    /// The integer that an enum is stored as, or that says which case a variant is.
    Integer,
    /// Where the cases of a variant lie.
    Payload,
}

/// The facts that stand behind the name of a type, by its kind.
const FACTS: [(&str, &[Fact]); 5] = [
    ("enum", &[Fact::Size, Fact::Integer]),
    ("flags", &[Fact::Size, Fact::Integer]),
    ("struct", &[Fact::Size, Fact::Align]),
    ("message", &[Fact::Size, Fact::Align]),
    ("variant", &[Fact::Size, Fact::Align, Fact::Integer, Fact::Payload]),
];

/// A field, reserved range, value or case.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Its name in layouts.
    pub(crate) name: String,
    pub(crate) part: Part,
    /// Where a lock has it.
    pub(crate) span: Span,
}

/// What a member is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Field { offset: u32, size: u32, ty: String, dims: String },
    Value { value: i128 },
    Case { value: i128, ty: String },
}

/// What is wrong with a line, and where in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
}

impl Block {
    /// Whether the lines are the same; where they stand does not matter.
    pub(crate) fn same(&self, other: &Block) -> bool {
        let is_same = |(a, b): (&Member, &Member)| a.same(b);
        self.header() == other.header()
            && self.members.len() == other.members.len()
            && self.members.iter().zip(&other.members).all(is_same)
    }

    /// The line of the type as a whole.
    pub(crate) fn header(&self) -> String {
        let facts: String = self.facts.iter().map(|(_, value)| format!(" {value}")).collect();
        format!("{} {}{facts}", self.word, self.name)
    }

    pub(crate) fn fact(&self, fact: Fact) -> Option<&str> {
        self.facts.iter().find(|(of, _)| *of == fact).map(|(_, value)| value.as_str())
    }

    /// The member with this name that is no reserved range.
    pub(crate) fn member(&self, name: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.name == name && !member.is_reserved())
    }

    /// The names of the types that it is made of, some of them several times.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.members.iter().filter_map(Member::declared).map(|(_, name)| name)
    }

    /// The bytes that are reserved: ranges in order, those that touch made one.
    pub(crate) fn reserved(&self) -> Vec<Range<u64>> {
        let reserved = self.members.iter().filter(|member| member.is_reserved());
        let mut ranges: Vec<Range<u64>> = reserved.filter_map(Member::bytes).collect();
        ranges.sort_by_key(|range| range.start);
        ranges.dedup_by(|next, merged| {
            let touches = next.start <= merged.end;
            if touches {
                merged.end = merged.end.max(next.end);
            }
            touches
        });
        ranges
    }

    /// Whether all of these bytes are reserved.
    pub(crate) fn reserves(&self, bytes: Range<u64>) -> bool {
        self.reserved().iter().any(|range| range.start <= bytes.start && bytes.end <= range.end)
    }

    /// The line of a type as a whole.
    pub(crate) fn read(line: &str) -> Result<Block, Problem> {
        let words = Words::of(line);
        let (word, at) = words.get(0)?;
        let Some((word, facts)) = FACTS.iter().find(|(known, _)| *known == word) else {
            let message = format!("`{}` begins no line of a lock", shown(word));
            return Err(Problem { span: at, message });
        };
        let name = words.identifier(1)?;
        let facts = facts.iter().enumerate().map(|(index, fact)| {
            let (value, at) = words.get(index + 2)?;
            let is_right = match fact {
                Fact::Integer => Scalar::from_name(value).is_some_and(Scalar::is_integer),
                Fact::Size | Fact::Align | Fact::Payload => number(value).is_some(),
            };
            let wanted = if *fact == Fact::Integer { "an integer type" } else { "a number" };
            is_right.then(|| (*fact, value.to_string())).ok_or_else(|| Problem::not(wanted, value, at))
        });
        let facts = facts.collect::<Result<Vec<_>, Problem>>()?;
        words.end_at(facts.len() + 2)?;
        Ok(Block { word, name, facts, members: Vec::new(), span: NOWHERE })
    }
}

impl Member {
    /// A line of a type of this kind.
    pub(crate) fn read(word: &str, line: &str) -> Result<Member, Problem> {
        let words = Words::of(line);
        let (part, name) = match word {
            "enum" | "flags" => (Part::Value { value: words.integer(0)? }, 1),
            "variant" => (Part::Case { value: words.integer(0)?, ty: words.ty(1)? }, 2),
            _ => {
                let (offset, size, ty) = (words.number(0)?, words.number(1)?, words.ty(2)?);
                (Part::Field { offset, size, ty, dims: words.dims(3)? }, 4)
            }
        };
        let name = words.identifier(name).and_then(|of| words.end_at(name + 1).map(|()| of))?;
        Ok(Member { name, part, span: NOWHERE })
    }

    pub(crate) fn same(&self, other: &Member) -> bool {
        (&self.name, &self.part) == (&other.name, &other.part)
    }

    pub(crate) fn is_reserved(&self) -> bool {
        matches!(&self.part, Part::Field { ty, .. } if ty == "reserved")
    }

    /// The bytes of a field.
    pub(crate) fn bytes(&self) -> Option<Range<u64>> {
        match self.part {
            Part::Field { offset, size, .. } => Some(offset.into()..u64::from(offset) + u64::from(size)),
            Part::Value { .. } | Part::Case { .. } => None,
        }
    }

    /// The kind and name of the declared type that it is.
    pub(crate) fn declared(&self) -> Option<(&str, &str)> {
        let (Part::Field { ty, .. } | Part::Case { ty, .. }) = &self.part else { return None };
        let (word, name) = ty.split_once(':')?;
        FACTS.iter().any(|(known, _)| *known == word).then_some((word, name))
    }

    /// As people read it: `quantity: u32 at 16`, `Buy = 1`, `Book = 1: Book`. With `size` a field's bytes are told too.
    pub(crate) fn words(&self, size: bool) -> String {
        ringgen_layout::line_in_words(&self.to_string(), size)
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        match &self.part {
            Part::Field { offset, size, ty, dims } => write!(f, "{offset} {size} {ty} {dims} {name}"),
            Part::Value { value } => write!(f, "{value} {name}"),
            Part::Case { value, ty } => write!(f, "{value} {ty} {name}"),
        }
    }
}

/// The layouts of a package's own types, and of those that they and its rings are made of.
pub(crate) fn of_plan(plan: &Plan) -> Layouts {
    let mut layouts = Layouts::new();
    let carried = plan.rings.iter().map(|ring| plan.ty(ring.message));
    for ty in plan.own_types().iter().chain(carried) {
        match ty {
            TypePlan::Enum(of) => {
                let mut canonical = Canonical::new(None);
                describe::with_enum(of, |described| canonical.add_enum(described));
                add(&canonical.finish(), &mut layouts);
            }
            TypePlan::Struct(of) => add(&of.schema_text, &mut layouts),
            TypePlan::Variant(of) => add(&of.schema_text, &mut layouts),
        }
    }
    layouts
}

/// Adds the blocks of a canonical text that are not there yet.
fn add(text: &str, layouts: &mut Layouts) {
    let mut block: Option<Block> = None;
    let mut finish = |block: Option<Block>| {
        if let Some(block) = block {
            layouts.entry(block.name.clone()).or_insert_with(|| Arc::new(block));
        }
    };
    for line in text.lines().take_while(|line| !line.starts_with('#')) {
        let is_member = line.starts_with(|first: char| first.is_ascii_digit() || first == '-');
        match &mut block {
            Some(block) if is_member => {
                if line.split(' ').nth(2) != Some("pad") {
                    block.members.push(Member::read(block.word, line).expect("a canonical text has members"));
                }
            }
            _ => finish(block.replace(Block::read(line).expect("a canonical text has types"))),
        }
    }
    finish(block);
}

impl Problem {
    pub(crate) fn not(what: &str, word: &str, span: Range<usize>) -> Problem {
        Problem { span, message: format!("`{}` is not {what}", shown(word)) }
    }
}

/// The words of a line, and where they stand in it.
pub(crate) struct Words<'a> {
    words: Vec<(&'a str, Range<usize>)>,
    end: usize,
}

impl<'a> Words<'a> {
    pub(crate) fn of(line: &'a str) -> Self {
        let line = line.trim_end();
        let mut words = Vec::new();
        let mut start = 0;
        for word in line.split(' ') {
            if !word.is_empty() {
                words.push((word, start..start + word.len()));
            }
            start += word.len() + 1;
        }
        Words { words, end: line.len() }
    }

    pub(crate) fn get(&self, index: usize) -> Result<(&'a str, Range<usize>), Problem> {
        let missing = || Problem { span: self.end..self.end, message: "this line ends too early".to_string() };
        self.words.get(index).cloned().ok_or_else(missing)
    }

    pub(crate) fn end_at(&self, length: usize) -> Result<(), Problem> {
        match self.words.get(length) {
            None => Ok(()),
            Some((_, at)) => Err(Problem { span: at.start..self.end, message: "this line goes on too long".into() }),
        }
    }

    pub(crate) fn identifier(&self, index: usize) -> Result<String, Problem> {
        let (word, at) = self.get(index)?;
        is_identifier(word).then(|| word.to_string()).ok_or_else(|| Problem::not("a name", word, at))
    }

    pub(crate) fn number(&self, index: usize) -> Result<u32, Problem> {
        let (word, at) = self.get(index)?;
        number(word).ok_or_else(|| Problem::not("a number", word, at))
    }

    fn integer(&self, index: usize) -> Result<i128, Problem> {
        let (word, at) = self.get(index)?;
        let value = word.parse::<i128>().ok().filter(|value| value.to_string() == word);
        let fits = |value: &i128| (i64::MIN.into()..=u64::MAX.into()).contains(value);
        value.filter(fits).ok_or_else(|| Problem::not("a number", word, at))
    }

    fn dims(&self, index: usize) -> Result<String, Problem> {
        let (word, at) = self.get(index)?;
        let is_right = word == "-" || word.split('x').count() <= 2 && word.split('x').all(|n| number(n).is_some());
        is_right.then(|| word.to_string()).ok_or_else(|| Problem::not("dimensions", word, at))
    }

    /// `u32`, `str`, `reserved`, `text:4096`, `enum:Side`.
    fn ty(&self, index: usize) -> Result<String, Problem> {
        let (word, at) = self.get(index)?;
        let is_right = match word.split_once(':') {
            None => Scalar::from_name(word).is_some() || matches!(word, "str" | "reserved"),
            Some(("text" | "blob", longest)) => number(longest).is_some(),
            Some((kind, name)) => FACTS.iter().any(|(known, _)| *known == kind) && is_identifier(name),
        };
        is_right.then(|| word.to_string()).ok_or_else(|| Problem::not("a type", word, at))
    }
}

pub(crate) fn is_identifier(word: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    word.bytes().all(is_inner) && word.bytes().next().is_some_and(|first| !first.is_ascii_digit())
}

/// A number of 32 bits, written in the one way there is.
pub(crate) fn number(word: &str) -> Option<u32> {
    word.parse::<u32>().ok().filter(|value| value.to_string() == word)
}

/// A word from outside, short enough for a message.
pub(crate) fn shown(word: &str) -> String {
    const LONGEST: usize = 40;
    match word.char_indices().nth(LONGEST) {
        Some((end, _)) => names::shown(&word[..end]) + "…",
        None => names::shown(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_printed_the_same() {
        for line in
            ["message Trade 40 8", "enum Side 1 u8", "variant Event 48 8 u16 8", "struct A 0 1", "flags F 2 u16"]
        {
            assert_eq!(Block::read(line).unwrap().header(), line);
        }
        for (word, line) in [
            ("message", "0 8 u64 - id"),
            ("struct", "16 20 reserved - _later"),
            ("message", "8 64 struct:Level 2x2 levels"),
            ("message", "0 16 text:4096 - body"),
            ("enum", "-1 None"),
            ("flags", "9223372036854775808 Top"),
            ("variant", "7 message:Trade Trade"),
        ] {
            assert_eq!(Member::read(word, line).unwrap().to_string(), line);
        }
    }

    #[test]
    fn what_is_no_line_says_where() {
        let block = |line| Block::read(line).map(|block| block.header()).unwrap_err();
        let at = |span: Range<usize>, message: &str| Problem { span, message: message.to_string() };
        assert_eq!(block("massage Trade 40 8"), at(0..7, "`massage` begins no line of a lock"));
        assert_eq!(block("message Trade 40"), at(16..16, "this line ends too early"));
        assert_eq!(block("message Trade 40 8 9 9"), at(19..22, "this line goes on too long"));
        assert_eq!(block("message Tra-de 40 8"), at(8..14, "`Tra-de` is not a name"));
        assert_eq!(block("enum Side 1 f32"), at(12..15, "`f32` is not an integer type"));
        assert_eq!(block("message Trade 040 8"), at(14..17, "`040` is not a number"));
        let member = |word, line| Member::read(word, line).map(|member| member.to_string()).unwrap_err();
        assert_eq!(member("message", "0 8 u64 -"), at(9..9, "this line ends too early"));
        assert_eq!(member("message", "0 8 pad - _p"), at(4..7, "`pad` is not a type"));
        assert_eq!(member("message", "0 8 enum:1x - _p"), at(4..11, "`enum:1x` is not a type"));
        assert_eq!(member("message", "0 8 u8 2x2x2 a"), at(7..12, "`2x2x2` is not dimensions"));
        assert_eq!(member("message", "4294967296 8 u8 - a"), at(0..10, "`4294967296` is not a number"));
        assert_eq!(member("enum", "18446744073709551616 A"), at(0..20, "`18446744073709551616` is not a number"));
        assert_eq!(member("enum", "+1 A"), at(0..2, "`+1` is not a number"));
    }

    #[test]
    fn reserved_ranges_that_touch_are_one() {
        let mut block = Block::read("message A 32 8").unwrap();
        for line in ["0 8 u64 - id", "16 8 reserved - _b", "8 8 reserved - _a", "28 4 reserved - _c"] {
            block.members.push(Member::read("message", line).unwrap());
        }
        assert!(block.reserves(8..24) && block.reserves(9..10) && block.reserves(28..32));
        assert!(!block.reserves(0..1) && !block.reserves(8..25) && !block.reserves(24..28) && !block.reserves(30..33));
    }
}
