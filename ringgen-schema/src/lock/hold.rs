//! Holds a schema to the lock beside it: a version that is recorded has one layout, and versions only go up.

use std::collections::BTreeSet;

use super::{FILE, Record, Versions};
use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::diff::{LayoutChange, compare};
use crate::layouts::{self, Block, Fact, Layouts, Part};
use crate::members::{self, Member};
use crate::places::Places;
use crate::plan::Plan;
use crate::source::Span;

/// How many changed members of a type are shown, and how many types that are made of it.
const MOST_LABELS: usize = 4;

/// Reports where a schema contradicts what is recorded of its package.
pub(crate) fn hold(plan: &Plan, places: &Places, versions: &Versions, file: &str, findings: &mut Findings) {
    // A Rust file need not have a version.
    if plan.version == 0 {
        return;
    }
    let holder = Holder { plan, places, versions, file };
    let before = findings.count();
    if let Some(record) = versions.get(&plan.version) {
        holder.changed(record, findings);
    }
    if let Some((newest, record)) = versions.last_key_value().filter(|(newest, _)| **newest > plan.version) {
        findings.push(holder.behind(*newest, record, findings.count() > before));
    }
    holder.ages(findings);
}

struct Holder<'a> {
    plan: &'a Plan,
    places: &'a Places,
    versions: &'a Versions,
    file: &'a str,
}

impl Holder<'_> {
    /// Where the version is, or else the package, or else what there is.
    fn version(&self) -> Span {
        let first = self.plan.own_types().first().and_then(|of| self.places.ty(of.name()));
        let place = self.places.version().or(self.places.package()).or(first);
        place.cloned().unwrap_or_default()
    }

    fn behind(&self, newest: u32, record: &Record, is_changed: bool) -> Finding {
        let message = format!("version {} is behind version {newest}, which {FILE} records", self.plan.version);
        let finding = Finding::new(&codes::R009, &self.version(), message).also(&record.span, "recorded here");
        let forget =
            format!("; if nobody has version {newest} yet, `ringgen lock --unreleased {}` forgets it", self.file);
        let forget = if is_changed { "" } else { &forget };
        finding.help(format!("write `version = {newest}` or more{forget}"))
    }

    /// Reports what is not as the record of this version has it: a finding a type.
    fn changed(&self, record: &Record, findings: &mut Findings) {
        let now = layouts::of_plan(self.plan);
        for name in changed_types(&record.layouts, &now) {
            findings.push(self.finding(name, record, &now));
        }
    }

    fn finding(&self, name: &str, record: &Record, now: &Layouts) -> Finding {
        let version = self.plan.version;
        let is_own = self.plan.own_types().iter().any(|of| of.name() == name);
        // What is gone has no place, and what is imported one in a file of another version.
        let place = self.places.ty(name).filter(|_| is_own).cloned().unwrap_or_else(|| self.version());
        let start = |message: String| Finding::new(&codes::R011, &place, message);
        let (mut finding, recorded) = match (record.layouts.get(name), now.get(name)) {
            (Some(old), Some(new)) => {
                let imported = if is_own { "" } else { ", which is imported," };
                let finding = start(format!("`{name}`{imported} is not as version {version} is recorded"));
                self.members(finding, name, old, new)
            }
            (Some(old), None) => {
                (start(format!("`{name}` is gone, and version {version} is recorded with it")), old.span.clone())
            }
            (None, _) => {
                (start(format!("`{name}` is new, and version {version} is recorded without it")), record.span.clone())
            }
        };
        if let Some(span) = self.places.version().filter(|span| finding.labels.iter().all(|of| of.span != **span)) {
            finding = finding.also(span, "of this version");
        }
        finding = finding.also(&recorded, "recorded here");
        let users = users(name, now);
        if !users.is_empty() {
            let names: Vec<String> = users.iter().take(MOST_LABELS).map(|name| format!("`{name}`")).collect();
            let more = users.len() - names.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            finding = finding.note(format!("made of it: {}{more}", names.join(", ")));
        }
        let newest = self.versions.keys().next_back().copied().unwrap_or(version);
        let again =
            format!("; if nobody has version {version} yet, `ringgen lock --unreleased {}` records it anew", self.file);
        // What has versions behind it has left the desk.
        let again = if newest > version { "" } else { &again };
        finding.help(format!("write `version = {}`{again}", newest.saturating_add(1)))
    }

    /// Shows what changed in a type, and where it is recorded.
    fn members(&self, mut finding: Finding, name: &str, old: &Block, new: &Block) -> (Finding, Span) {
        let of = self.plan.types.iter().find(|of| of.name() == name);
        let mut recorded = old.span.clone();
        let mut places: Vec<(&Span, String)> = Vec::new();
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut changes = compare(old, new);
        // Its size follows from what is in it.
        changes.sort_by_key(|change| change.new.is_none());
        for change in &changes {
            // What is gone is said of the type.
            let member = change.new.zip(of).and_then(|(member, of)| self.places.member(of, &member.name));
            let Some(place) = member.or(self.places.ty(name)) else { continue };
            if places.is_empty() {
                recorded = change.old.map_or(recorded, |member| member.span.clone());
            }
            if seen.insert(place.start) {
                places.push((place, said(change)));
            }
        }
        let more = places.len().saturating_sub(MOST_LABELS);
        let is_own = self.plan.own_types().iter().any(|of| of.name() == name);
        for (index, (place, said)) in places.into_iter().take(MOST_LABELS).enumerate() {
            if index == 0 && is_own {
                finding.labels[0].span = place.clone();
                finding = finding.label(said);
            } else {
                finding = finding.also(place, said);
            }
        }
        if more > 0 {
            finding = finding.note(format!("and {more} more places in it"));
        }
        (finding, recorded)
    }

    /// Reports members whose `since` is not what earlier versions are recorded with.
    fn ages(&self, findings: &mut Findings) {
        for of in self.plan.own_types() {
            for Member { wire_name, name, since, .. } in members::of(of) {
                // One that is later than the version is a mistake by itself.
                let Some(since) = since.filter(|since| *since <= self.plan.version) else { continue };
                let has = |record: &Record| Some(record.layouts.get(of.name())?.member(wire_name).is_some());
                let before = self.versions.range(..since).next_back();
                let behind = self.versions.range(since..self.plan.version);
                let early = before.filter(|(_, record)| has(record) == Some(true));
                let late = behind.rev().find(|(_, record)| has(record) == Some(false));
                let (version, record, with) = match (early, late) {
                    (Some((version, record)), _) => (version, record, "with"),
                    (None, Some((version, record))) => (version, record, "without"),
                    (None, None) => continue,
                };
                let Some(span) = self.places.member(of, wire_name) else { continue };
                let message = format!("`{name}` says `since = {since}`, and version {version} is recorded {with} it");
                let finding = Finding::new(&codes::R009, span, message).also(&record.span, "this version");
                findings.push(finding.help("write the version that it came with, or leave `since` out"));
            }
        }
    }
}

/// What a label says of a change.
fn said(change: &LayoutChange<'_>) -> String {
    match change.words(change.old, change.new) {
        (None, Some(after)) => format!("`{after}` is new"),
        (Some(before), Some(after)) => format!("`{after}` was `{before}`"),
        (Some(before), None) => format!("`{before}` is gone"),
        (None, None) => change.kind.meaning.to_string(),
    }
}

/// The types that are not as they were by themselves: not only because a type that they are made of is not.
fn changed_types<'a>(old: &'a Layouts, new: &'a Layouts) -> Vec<&'a str> {
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).map(String::as_str).collect();
    let differs = |name: &&str| match (old.get(*name), new.get(*name)) {
        (Some(old), Some(new)) => !old.same(new),
        _ => true,
    };
    let differing: BTreeSet<&str> = names.into_iter().filter(differs).collect();
    let follows = |name: &str| match (old.get(name), new.get(name)) {
        (Some(old), Some(new)) => new.parts().any(|part| differing.contains(part)) && shape(old) == shape(new),
        _ => false,
    };
    differing.iter().copied().filter(|name| !follows(name)).collect()
}

/// What a type says of itself, without what its parts decide.
fn shape(of: &Block) -> Vec<String> {
    let whole = format!("{} {:?}", of.word, of.fact(Fact::Integer));
    let members = of.members.iter().map(|member| match &member.part {
        Part::Field { ty, dims, .. } if member.declared().is_some() => format!("{ty} {dims} {}", member.name),
        Part::Field { size, ty, dims, .. } => format!("{size} {ty} {dims} {}", member.name),
        Part::Value { .. } | Part::Case { .. } => member.to_string(),
    });
    std::iter::once(whole).chain(members).collect()
}

/// The types that are made of one, directly or not.
fn users<'a>(name: &str, layouts: &'a Layouts) -> Vec<&'a str> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut wanted = vec![name];
    while let Some(part) = wanted.pop() {
        for (user, block) in layouts {
            if block.parts().any(|of| of == part) && found.insert(user) {
                wanted.push(user);
            }
        }
    }
    found.into_iter().collect()
}
