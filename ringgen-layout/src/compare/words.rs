//! Differences in words: the same ones in every host, which tests/compatible holds them to.

use alloc::format;
use alloc::string::{String, ToString};

use super::{Block, Difference, number};

/// Two blocks that differ as a whole, or of which one is not there.
pub(super) fn of_blocks(mine: Option<&Block<'_>>, theirs: Option<&Block<'_>>) -> Difference {
    let words = |block: Option<&Block<'_>>| block.map_or("missing".to_string(), of_block);
    let name = mine.or(theirs).map_or("", |block| block.name);
    whole(name, words(mine), words(theirs))
}

/// Two editions of the schema language.
pub(super) fn of_editions(root: Option<&Block<'_>>, mine: &str, theirs: &str) -> Difference {
    let words = |edition: &str| if edition.is_empty() { "no edition".into() } else { format!("edition {edition}") };
    whole(root.map_or("", |block| block.name), words(mine), words(theirs))
}

/// How many types there are of a name.
pub(super) fn of_counts(name: &str, mine: usize, theirs: usize) -> Difference {
    whole(name, format!("{mine} of this name"), format!("{theirs} of this name"))
}

fn whole(type_name: &str, mine: String, theirs: String) -> Difference {
    Difference { type_name: type_name.to_string(), member: String::new(), mine, theirs }
}

/// The first member in which a block is another here and there, of those that have to be equal.
pub(super) fn of_members(block: &Block<'_>, mine: &[&str], theirs: &[&str]) -> Option<Difference> {
    let index = (0..mine.len().max(theirs.len())).find(|&index| mine.get(index) != theirs.get(index))?;
    let (mut x, mut y) = (mine.get(index).copied(), theirs.get(index).copied());
    // Of two fields that have neither name nor place in common, the one in front is one that the other has not.
    if let (Some(a), Some(b)) = (x, y)
        && let (Some(offset), Some(other)) = (offset(a), offset(b))
        && name_of(a) != name_of(b)
    {
        if offset < other {
            y = None;
        } else if other < offset {
            x = None;
        }
    }
    let words = |line: Option<&str>, all| line.map_or("missing".to_string(), |line| of_line(line, all));
    // A type of the same name can be of another size or kind.
    let all = words(x, false) == words(y, false);
    Some(Difference {
        type_name: block.name.to_string(),
        member: x.or(y).map_or("", name_of).to_string(),
        mine: words(x, all),
        theirs: words(y, all),
    })
}

/// A member that one of the two has and the other may lack: `reserved` or `missing` is what that one has instead.
pub(super) fn of_excused(block: &Block<'_>, line: &str, instead: &str, is_mine: bool) -> Difference {
    let (words, instead) = (of_line(line, false), instead.to_string());
    let (mine, theirs) = if is_mine { (words, instead) } else { (instead, words) };
    Difference { type_name: block.name.to_string(), member: name_of(line).to_string(), mine, theirs }
}

fn of_block(block: &Block<'_>) -> String {
    let Block { kind, name, rest, .. } = block;
    let mut parts = rest.split(' ');
    let mut part = || parts.next();
    match (*kind, part(), part(), part(), part(), part()) {
        ("message" | "struct", Some(size), Some(align), None, ..) => {
            format!("{kind} {name} of {size} bytes, aligned to {align}")
        }
        ("enum" | "flags", Some(_), Some(repr), None, ..) => format!("{kind} {name} stored as {repr}"),
        ("variant", Some(size), Some(align), Some(tag), Some(offset), None) => {
            format!("variant {name} of {size} bytes, aligned to {align}, a {tag} in front of payloads at {offset}")
        }
        _ => format!("{kind} {name} {rest}"),
    }
}

/// `16 4 u32 - quantity` as `quantity: u32 at 16`, or with `all` of it `quantity: u32 of 4 bytes at 16`;
/// `1 Buy` as `Buy = 1`; `1 message:Book Level` as `Level = 1: Book`, or with `all` of it `Level = 1: message Book`.
pub(super) fn of_line(line: &str, all: bool) -> String {
    let mut parts = line.split(' ');
    let mut part = || parts.next();
    match (part(), part(), part(), part(), part(), part()) {
        (Some(offset), Some(size), Some(kind), Some(dims), Some(name), None) => {
            let mut text = format!("{name}: {}", of_kind(kind, all));
            if kind == "str" && dims == "-" || kind == "reserved" {
                text.push_str(&format!("[{size}]"));
            } else if dims != "-" {
                text.push_str(&format!("[{}]", dims.replace('x', "][")));
            }
            if all {
                text.push_str(&format!(" of {size} bytes"));
            }
            text + &format!(" at {offset}")
        }
        (Some(value), Some(kind), Some(name), None, ..) => format!("{name} = {value}: {}", of_kind(kind, all)),
        (Some(value), Some(name), None, ..) => format!("{name} = {value}"),
        _ => line.to_string(),
    }
}

/// `u32`, `text[4096]` of `text:4096`, `Side` of `enum:Side`, or with `all` of it `enum Side`.
fn of_kind(kind: &str, all: bool) -> String {
    match kind.split_once(':') {
        Some((word @ ("text" | "blob"), longest)) => format!("{word}[{longest}]"),
        Some((word, declared)) if all => format!("{word} {declared}"),
        Some((_, declared)) => declared.to_string(),
        None => kind.to_string(),
    }
}

fn name_of(line: &str) -> &str {
    line.rsplit(' ').next().unwrap_or(line)
}

/// Where a field lies; values and cases lie nowhere.
fn offset(line: &str) -> Option<u32> {
    let mut parts = line.split(' ');
    let offset = number(parts.next()?)?;
    (parts.count() == 4).then_some(offset)
}
