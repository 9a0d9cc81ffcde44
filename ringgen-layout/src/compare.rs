//! What two layouts are to each other: the same, two versions that can share a ring, or different.
//!
//! ```text
//! message Order 32 8          message Order 32 8
//! 0 8 u64 - id                0 8 u64 - id
//! 8 8 f64 - price             8 8 f64 - price
//! 16 4 u32 - venue     ◁──▷   16 16 reserved - _later      what one has where the other has reserved bytes
//! 20 12 reserved - _later
//! enum Side 1 u8              enum Side 1 u8
//! 1 Buy                       1 Buy
//! 2 Sell               ◁──▷                                what one has a name for and the other has not
//! ```
//!
//! Both texts are read as lines and believed in nothing: what can't be read has to be equal, letter by letter. The
//! work is that of sorting the lines.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

mod words;

/// What two layouts are to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Line by line the same, padding and notes aside.
    Same,
    /// Two versions of one layout that can share a ring. Where they part: it may be nowhere that has a name, if only
    /// the order of values or the division of reserved bytes is another.
    Compatible(Vec<Difference>),
    /// They can't share a ring. The first contradiction.
    Different(Difference),
}

/// Where two layouts part, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The struct, enum or variant.
    pub type_name: String,
    /// The field, value or case in it; empty if the types differ as a whole.
    pub member: String,
    /// What it is here.
    pub mine: String,
    /// What it is there.
    pub theirs: String,
}

/// Compares two canonical texts by the rule of docs/memory-format.md, "Compatible layouts". It is the same rule in both
/// directions.
///
/// `theirs` need not be well-formed: it may come from a hostile ring.
pub fn compare_layouts(mine: &str, theirs: &str) -> Comparison {
    let (mine, theirs) = (Text::read(mine), Text::read(theirs));
    if mine == theirs {
        return Comparison::Same;
    }
    let mut found = Vec::new();
    match contradiction(&mine, &theirs, &mut found) {
        Some(difference) => Comparison::Different(difference),
        None => Comparison::Compatible(found),
    }
}

/// The first line of each text that the other has not, `nothing` where there is none: for texts whose layouts are
/// equal the first note that differs, here and there.
pub fn first_other_lines(mine: &str, theirs: &str) -> (String, String) {
    let only = |one: &str, other: &str| {
        let others: BTreeSet<&str> = other.split('\n').collect();
        one.split_terminator('\n').find(|line| !others.contains(line)).unwrap_or("nothing").to_string()
    };
    (only(mine, theirs), only(theirs, mine))
}

/// A line of a block in words: `16 4 u32 - quantity` as `quantity: u32 at 16`, or with its `size` as `quantity: u32 of 4
/// bytes at 16`; `1 Buy` as `Buy = 1`.
pub fn line_in_words(line: &str, size: bool) -> String {
    words::of_line(line, size)
}

/// The first contradiction. What differs without being one is added to `found`.
fn contradiction(mine: &Text<'_>, theirs: &Text<'_>, found: &mut Vec<Difference>) -> Option<Difference> {
    let (first, other) = (mine.blocks.first(), theirs.blocks.first());
    if first.map(Block::identity) != other.map(Block::identity) {
        return Some(words::of_blocks(first, other));
    }
    if mine.edition != theirs.edition {
        return Some(words::of_editions(first, mine.edition, theirs.edition));
    }
    let (here, there) = match (mine.by_name(), theirs.by_name()) {
        (Ok(here), Ok(there)) => (here, there),
        // Which of them a field means is not to be seen.
        (Err(name), _) | (_, Err(name)) => return Some(words::of_counts(name, mine.count(name), theirs.count(name))),
    };
    // The types of what both have.
    let mut shared_types = BTreeSet::new();
    for a in &mine.blocks {
        let Some(&b) = there.get(a.name) else { continue };
        if a.kind != b.kind {
            return Some(words::of_blocks(Some(a), Some(b)));
        }
        let (left, right) = settle(a, b, found);
        if let Some(difference) = words::of_members(a, &left, &right) {
            return Some(difference);
        }
        if a.rest != b.rest {
            return Some(words::of_blocks(Some(a), Some(b)));
        }
        shared_types.extend(left.into_iter().filter_map(declared_type));
    }
    let pair = |name: &str| (here.get(name).copied(), there.get(name).copied());
    let mut pairs = shared_types.into_iter().map(|name| (name, pair(name)));
    pairs.find_map(|(name, pair)| match pair {
        (Some(_), Some(_)) => None,
        (None, None) => Some(words::of_counts(name, 0, 0)),
        (mine, theirs) => Some(words::of_blocks(mine, theirs)),
    })
}

/// What has to be equal of two blocks of one kind and name, in order: their members without those that may differ.
fn settle<'a>(a: &Block<'a>, b: &Block<'a>, found: &mut Vec<Difference>) -> (Vec<&'a str>, Vec<&'a str>) {
    let settled = match a.kind {
        "message" | "struct" if a.rest == b.rest => settle_fields(a, b, found),
        "enum" | "flags" | "variant" if a.rest == b.rest => settle_values(a, b, found),
        _ => None,
    };
    settled.unwrap_or_else(|| (a.members.clone(), b.members.clone()))
}

/// Fields: one that only one of the two has may lie in bytes that the other calls reserved.
fn settle_fields<'a>(
    a: &Block<'a>,
    b: &Block<'a>,
    found: &mut Vec<Difference>,
) -> Option<(Vec<&'a str>, Vec<&'a str>)> {
    let (mine, theirs) = (Fields::read(a)?, Fields::read(b)?);
    let mut excused = |line: &str, is_mine: bool| found.push(words::of_excused(a, line, "reserved", is_mine));
    let left = mine.without_what_lies_in_reserved(&theirs, |line| excused(line, true));
    let right = theirs.without_what_lies_in_reserved(&mine, |line| excused(line, false));
    Some((left, right))
}

/// Values of enums and flags, cases of variants: one of the two may have more than the other.
fn settle_values<'a>(
    a: &Block<'a>,
    b: &Block<'a>,
    found: &mut Vec<Difference>,
) -> Option<(Vec<&'a str>, Vec<&'a str>)> {
    let (mine, theirs) = (value_lines(a)?, value_lines(b)?);
    if !mine.is_subset(&theirs) && !theirs.is_subset(&mine) {
        return None;
    }
    let extra = |of: &Block<'a>, others: &BTreeSet<&str>| -> Vec<&'a str> {
        of.members.iter().copied().filter(|line| !others.contains(line)).collect()
    };
    found.extend(extra(a, &theirs).into_iter().map(|line| words::of_excused(a, line, "missing", true)));
    found.extend(extra(b, &mine).into_iter().map(|line| words::of_excused(a, line, "missing", false)));
    let shared: Vec<&str> = a.members.iter().copied().filter(|line| theirs.contains(line)).collect();
    Some((shared.clone(), shared))
}

/// The lines of an enum, flags or variant; `None` unless each has a value and a name that no other has.
fn value_lines<'a>(block: &Block<'a>) -> Option<BTreeSet<&'a str>> {
    let (mut values, mut names) = (BTreeSet::new(), BTreeSet::new());
    for line in &block.members {
        let parts: Vec<&str> = line.split(' ').collect();
        let (value, name) = match (block.kind, parts.as_slice()) {
            ("variant", &[value, _, name]) => (value, name),
            ("enum" | "flags", &[value, name]) => (value, name),
            _ => return None,
        };
        if !values.insert(value) || !names.insert(name) {
            return None;
        }
    }
    Some(block.members.iter().copied().collect())
}

/// The fields of a struct, by their bytes.
struct Fields<'a> {
    /// Offset, end, name and line, in the order of the text.
    data: Vec<(u64, u64, &'a str, &'a str)>,
    names: BTreeSet<&'a str>,
    /// Merged and in order.
    reserved: Vec<Range<u64>>,
}

impl<'a> Fields<'a> {
    /// `None` unless each line is one of a field, and no two have a name.
    fn read(block: &Block<'a>) -> Option<Self> {
        let mut fields = Fields { data: Vec::new(), names: BTreeSet::new(), reserved: Vec::new() };
        for line in &block.members {
            let parts: Vec<&str> = line.split(' ').collect();
            let &[offset, size, kind, _, name] = parts.as_slice() else { return None };
            let offset = u64::from(number(offset)?);
            let end = offset + u64::from(number(size)?);
            if kind == "reserved" {
                fields.reserved.push(offset..end);
            } else if fields.names.insert(name) {
                fields.data.push((offset, end, name, line));
            } else {
                return None;
            }
        }
        fields.reserved.sort_by_key(|range| range.start);
        fields.reserved.dedup_by(|next, merged| {
            let touches = next.start <= merged.end;
            if touches {
                merged.end = merged.end.max(next.end);
            }
            touches
        });
        Some(fields)
    }

    /// The lines of the fields, but for those that the other has not, in bytes that it calls reserved.
    fn without_what_lies_in_reserved(&self, other: &Fields<'_>, mut excused: impl FnMut(&'a str)) -> Vec<&'a str> {
        let mut lines = Vec::new();
        for &(offset, end, name, line) in &self.data {
            let at = other.reserved.partition_point(|range| range.start <= offset);
            let is_reserved = at > 0 && end <= other.reserved[at - 1].end;
            if is_reserved && !other.names.contains(name) {
                excused(line);
            } else {
                lines.push(line);
            }
        }
        lines
    }
}

/// Up to ten digits, and no more than 32 bits.
fn number(digits: &str) -> Option<u32> {
    let is_number = digits.len() <= 10 && digits.bytes().all(|digit| digit.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// The type that a field or a case names: `Side` of `8 1 enum:Side - side`.
fn declared_type(line: &str) -> Option<&str> {
    let parts: Vec<&str> = line.split(' ').collect();
    let kind = match parts.as_slice() {
        [_, _, kind, _, _] | [_, kind, _] => kind,
        _ => return None,
    };
    let (word, name) = kind.split_once(':')?;
    matches!(word, "enum" | "flags" | "struct" | "message" | "variant").then_some(name)
}

/// A canonical text as lines.
#[derive(PartialEq, Eq)]
struct Text<'a> {
    edition: &'a str,
    blocks: Vec<Block<'a>>,
}

/// A line without a number in front, and the lines with one behind it.
#[derive(PartialEq, Eq)]
struct Block<'a> {
    kind: &'a str,
    name: &'a str,
    rest: &'a str,
    members: Vec<&'a str>,
}

impl<'a> Text<'a> {
    /// Whatever the text is. Padding is left out.
    fn read(text: &'a str) -> Self {
        let mut blocks: Vec<Block<'_>> = Vec::new();
        for line in text.split_terminator('\n').take_while(|line| !line.starts_with('#')) {
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
        let edition = text.split_terminator('\n').find_map(|line| line.strip_prefix("#ringgen ")).unwrap_or_default();
        Text { edition, blocks }
    }

    /// The blocks by their names; a name that two of them have is the error.
    fn by_name(&self) -> Result<BTreeMap<&'a str, &Block<'a>>, &'a str> {
        let mut blocks = BTreeMap::new();
        for block in &self.blocks {
            if blocks.insert(block.name, block).is_some() {
                return Err(block.name);
            }
        }
        Ok(blocks)
    }

    fn count(&self, name: &str) -> usize {
        self.blocks.iter().filter(|block| block.name == name).count()
    }
}

impl<'a> Block<'a> {
    fn identity(&self) -> (&'a str, &'a str) {
        (self.kind, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_note_that_differs_is_named() {
        let mine = "message Trade 8 8\n0 8 u64 - ts\n#ringgen 1\n#unit Trade.ts ns\n";
        let theirs = mine.replace("#unit Trade.ts ns", "#unit Trade.ts us");
        let found = first_other_lines(mine, &theirs);
        assert_eq!(found, ("#unit Trade.ts ns".to_string(), "#unit Trade.ts us".to_string()));
        let found = first_other_lines(mine, &(mine.to_string() + "#doc Trade.ts When.\n"));
        assert_eq!(found, ("nothing".to_string(), "#doc Trade.ts When.".to_string()));
    }
}
