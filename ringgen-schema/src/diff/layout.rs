//! What changed in the layout of a type: by the rule of docs/memory-format.md, "Compatible layouts", but all of it and
//! not the first contradiction alone.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::kinds::{self, Class, Kind};
use crate::layouts::{Block, Fact, Member, Part};

/// A change of a type's lines.
#[derive(Debug)]
pub(crate) struct LayoutChange<'a> {
    pub(crate) kind: &'static Kind,
    pub(crate) class: Class,
    /// The member before; none if it is new, or if the type changed as a whole.
    pub(crate) old: Option<&'a Member>,
    /// The member now.
    pub(crate) new: Option<&'a Member>,
    /// What there was and what there is, of what is no single member.
    whole: Option<(Option<String>, Option<String>)>,
}

impl LayoutChange<'_> {
    /// What there was and what there is, in words, of the members as they are called here; none where there is nothing.
    pub(crate) fn words(&self, old: Option<&Member>, new: Option<&Member>) -> (Option<String>, Option<String>) {
        if let Some(whole) = &self.whole {
            return whole.clone();
        }
        // Where only the size of a nested type differs, it has to be told.
        let size = match (old, new) {
            (Some(old), Some(new)) => old.words(false) == new.words(false),
            _ => false,
        };
        let words = |member: Option<&Member>| member.map(|member| member.words(size));
        (words(old), words(new))
    }

    /// Whether nothing but its name in layouts is another.
    pub(crate) fn is_renamed(&self) -> bool {
        [&kinds::FIELD_RENAMED, &kinds::VALUE_RENAMED, &kinds::CASE_RENAMED].contains(&self.kind)
    }
}

/// What changed from one layout of a type to another, fields in the order of their bytes.
pub(crate) fn compare<'a>(old: &'a Block, new: &'a Block) -> Vec<LayoutChange<'a>> {
    let mut changes = Changes(Vec::new());
    if old.word != new.word {
        changes.whole(&kinds::KIND_CHANGED, format!("{} {}", old.word, old.name), format!("{} {}", new.word, new.name));
    }
    let is_enum = |of: &Block| matches!(of.word, "enum" | "flags");
    let is_variant = |of: &Block| of.word == "variant";
    if (is_enum(old), is_variant(old)) != (is_enum(new), is_variant(new)) {
        return changes.0;
    }
    for (fact, after) in &new.facts {
        let Some(before) = old.fact(*fact).filter(|before| before != after) else { continue };
        let (kind, words): (_, fn(&str) -> String) = match fact {
            Fact::Size if is_enum(new) => continue, // Its integer says so.
            Fact::Size => (&kinds::SIZE_CHANGED, |value| format!("{value} bytes")),
            Fact::Align => (&kinds::ALIGNMENT_CHANGED, |value| format!("aligned to {value}")),
            Fact::Integer => (&kinds::INTEGER_CHANGED, |value| value.to_string()),
            Fact::Payload => (&kinds::PAYLOAD_MOVED, |value| format!("cases at {value}")),
        };
        changes.whole(kind, words(before), words(after));
    }
    match new.word {
        "enum" | "flags" => changes.numbered(old, new, &VALUES),
        "variant" => changes.numbered(old, new, &CASES),
        _ => changes.fields(old, new),
    }
    changes.0
}

/// The kinds of changes of members that have a number.
struct Numbered {
    added: &'static Kind,
    removed: &'static Kind,
    changed: &'static Kind,
    renamed: &'static Kind,
}

const VALUES: Numbered = Numbered {
    added: &kinds::VALUE_ADDED,
    removed: &kinds::VALUE_REMOVED,
    changed: &kinds::VALUE_RENUMBERED,
    renamed: &kinds::VALUE_RENAMED,
};

const CASES: Numbered = Numbered {
    added: &kinds::CASE_ADDED,
    removed: &kinds::CASE_REMOVED,
    changed: &kinds::CASE_CHANGED,
    renamed: &kinds::CASE_RENAMED,
};

/// The members that both have by name, and those that only one has.
struct Paired<'a> {
    both: Vec<(&'a Member, &'a Member)>,
    old: Vec<&'a Member>,
    new: Vec<&'a Member>,
    /// Those with another name and all else the same.
    renamed: Vec<(&'a Member, &'a Member)>,
}

impl<'a> Paired<'a> {
    fn of(old: &'a Block, new: &'a Block) -> Self {
        let data = |of: &'a Block| of.members.iter().filter(|member| !member.is_reserved());
        let by_name: BTreeMap<&str, &Member> = data(old).map(|member| (member.name.as_str(), member)).collect();
        let names: BTreeSet<&str> = data(new).map(|member| member.name.as_str()).collect();
        let is_gone = |member: &&Member| !names.contains(member.name.as_str());
        let mut only_old: Vec<Option<&Member>> = data(old).filter(is_gone).map(Some).collect();
        let (mut both, mut only_new, mut renamed) = (Vec::new(), Vec::new(), Vec::new());
        // Of fields by their place, of values and cases by their number: no two of a type have the same.
        let parts = only_old.iter().flatten().enumerate();
        let by_part: BTreeMap<&Part, usize> = parts.map(|(index, member)| (&member.part, index)).collect();
        for member in data(new) {
            if let Some(before) = by_name.get(member.name.as_str()) {
                both.push((*before, member));
            } else if let Some(before) = by_part.get(&member.part).and_then(|index| only_old[*index].take()) {
                renamed.push((before, member));
            } else {
                only_new.push(member);
            }
        }
        let only_old = only_old.into_iter().flatten().collect();
        Paired { both, old: only_old, new: only_new, renamed }
    }
}

struct Changes<'a>(Vec<LayoutChange<'a>>);

impl<'a> Changes<'a> {
    /// A change of the type as a whole.
    fn whole(&mut self, kind: &'static Kind, before: String, after: String) {
        let whole = Some((Some(before), Some(after)));
        self.0.push(LayoutChange { kind, class: Class::LayoutBreaking, old: None, new: None, whole });
    }

    fn member(&mut self, kind: &'static Kind, class: Class, old: Option<&'a Member>, new: Option<&'a Member>) {
        self.0.push(LayoutChange { kind, class, old, new, whole: None });
    }

    fn fields(&mut self, old: &'a Block, new: &'a Block) {
        let paired = Paired::of(old, new);
        let first = self.0.len();
        let (mut filled, mut freed) = (Vec::new(), Vec::new());
        for (before, after) in paired.both.iter().filter(|(before, after)| !before.same(after)) {
            let moved = Member { part: at_zero(&before.part), ..(*before).clone() };
            let is_moved = moved.part == at_zero(&after.part);
            let kind = if is_moved { &kinds::FIELD_MOVED } else { &kinds::FIELD_RETYPED };
            self.member(kind, Class::LayoutBreaking, Some(before), Some(after));
        }
        for (before, after) in paired.renamed {
            self.member(&kinds::FIELD_RENAMED, Class::LayoutBreaking, Some(before), Some(after));
        }
        for member in paired.new {
            let Some(bytes) = member.bytes() else { continue };
            if old.reserves(bytes.clone()) {
                self.member(&kinds::FIELD_FILLS_RESERVED, Class::Compatible, None, Some(member));
                filled.push(bytes);
            } else {
                self.member(&kinds::FIELD_ADDED, Class::LayoutBreaking, None, Some(member));
            }
        }
        for member in paired.old {
            let Some(bytes) = member.bytes() else { continue };
            if new.reserves(bytes.clone()) {
                self.member(&kinds::FIELD_BECOMES_RESERVED, Class::SourceBreaking, Some(member), None);
                freed.push(bytes);
            } else {
                self.member(&kinds::FIELD_REMOVED, Class::LayoutBreaking, Some(member), None);
            }
        }
        let offset = |change: &LayoutChange<'_>| {
            let member = change.new.or(change.old);
            member.and_then(Member::bytes).map_or(0, |bytes| bytes.start)
        };
        self.0[first..].sort_by_key(offset);
        // Where bytes moved, reserved ones move too.
        if self.0.iter().all(|change| change.class != Class::LayoutBreaking) {
            self.reserved(old, new, &filled, &freed);
        }
    }

    /// Reserved ranges that changed in another way than by fields that took them or left them.
    fn reserved(&mut self, old: &'a Block, new: &'a Block, filled: &[Range<u64>], freed: &[Range<u64>]) {
        let reserved = |of: &'a Block| of.members.iter().filter(|member| member.is_reserved());
        let without = |of: &'a Block, taken: &[Range<u64>]| {
            let mut bytes = of.reserved();
            for range in taken {
                bytes = bytes.into_iter().flat_map(|of| cut(of, range)).collect();
            }
            bytes
        };
        let lines = |of: &'a Block| reserved(of).map(Member::to_string).collect::<Vec<_>>();
        let is_divided = filled.is_empty() && freed.is_empty() && lines(old) != lines(new);
        if is_divided || without(old, filled) != without(new, freed) {
            let words = |of: &'a Block| {
                let words: Vec<String> = reserved(of).map(|member| member.words(false)).collect();
                (!words.is_empty()).then(|| words.join(", "))
            };
            let other = |member: &&Member| !reserved(old).any(|before| before.same(member));
            let member = reserved(new).find(other);
            let (kind, whole) = (&kinds::RESERVED_CHANGED, Some((words(old), words(new))));
            self.0.push(LayoutChange { kind, class: Class::Compatible, old: None, new: member, whole });
        }
    }

    fn numbered(&mut self, old: &'a Block, new: &'a Block, kinds: &Numbered) {
        let paired = Paired::of(old, new);
        for (before, after) in paired.both.iter().filter(|(before, after)| !before.same(after)) {
            self.member(kinds.changed, Class::LayoutBreaking, Some(before), Some(after));
        }
        for (before, after) in paired.renamed {
            self.member(kinds.renamed, Class::LayoutBreaking, Some(before), Some(after));
        }
        // What one has and the other has not may be on one side alone.
        let removed = if paired.new.is_empty() { Class::SourceBreaking } else { Class::LayoutBreaking };
        for member in paired.old {
            self.member(kinds.removed, removed, Some(member), None);
        }
        for member in paired.new {
            self.member(kinds.added, Class::Compatible, None, Some(member));
        }
        let mut in_order = new.members.iter();
        let is_in_order = |(_, after): &&(&Member, &Member)| in_order.any(|member| std::ptr::eq(member, *after));
        let mut both = paired.both;
        let places: BTreeMap<&str, usize> =
            old.members.iter().enumerate().map(|(index, member)| (member.name.as_str(), index)).collect();
        both.sort_by_key(|(before, _)| places[before.name.as_str()]);
        let moved = both.iter().take_while(is_in_order).count();
        if let Some((before, after)) = both.get(moved) {
            self.member(&kinds::ORDER_CHANGED, Class::Compatible, Some(before), Some(after));
        }
    }
}

/// A field as if it were the first.
fn at_zero(part: &Part) -> Part {
    let mut part = part.clone();
    if let Part::Field { offset, .. } = &mut part {
        *offset = 0;
    }
    part
}

/// What is left of a range without another.
fn cut(of: Range<u64>, without: &Range<u64>) -> impl Iterator<Item = Range<u64>> {
    let before = of.start..of.end.min(without.start);
    let behind = of.start.max(without.end)..of.end;
    let both = if before.end >= of.end { [before, 0..0] } else { [before, behind] };
    both.into_iter().filter(|range| !range.is_empty())
}
