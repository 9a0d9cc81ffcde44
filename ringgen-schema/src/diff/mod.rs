//! What changed from one version of a schema to another, and whether its `version` owns up to it.
//!
//! ```text
//! old Version ─┐          layout.rs    lines of layouts: what peers of both versions can share
//!              ├─ diff ── source.rs    names, notes, constants, rings: what users of the code see
//! new Version ─┘          kinds.rs     the table of all that can change, and what it asks for
//! ```
//!
//! ```
//! use ringgen_schema::diff::{Class, diff};
//! use ringgen_schema::{Compiler, Source};
//!
//! let version = |fields: &str| {
//!     let text = format!("ringgen = 1\npackage = \"market\"\n[message.Trade]\nfields = [ {fields} ]");
//!     Compiler::new().version(Source::new("market.toml", text)).unwrap()
//! };
//! let old = version("{ name = \"id\", type = \"u64\" }, { name = \"_later\", reserved = 8 }");
//! let new = version("{ name = \"id\", type = \"u64\" }, { name = \"price\", type = \"f64\" }");
//! let diff = diff(&old, &new);
//! assert_eq!(diff.changes[0].kind.id, "field-fills-reserved");
//! assert_eq!(diff.class(), Some(Class::Compatible));
//! assert!(diff.shares_layout("Trade"), "processes of both versions can share its rings");
//! assert_eq!(diff.problems.len(), 1, "and yet it is another layout, which takes another version");
//! ```

mod ages;
pub mod kinds;
mod layout;
mod source;

use std::collections::{BTreeMap, BTreeSet};

pub use kinds::{Class, Kind};
pub(crate) use layout::{LayoutChange, compare};

use crate::layouts::{self, Layouts};
use crate::members;
use crate::places::Places;
use crate::plan::{Plan, TypePlan};
use crate::source::{Position, Sources, Span};

/// A schema without mistakes, and where it declares what.
#[derive(Clone, Debug)]
pub struct Version {
    pub(crate) plan: Plan,
    pub(crate) places: Places,
    pub(crate) sources: Sources,
}

/// What changed from one version of a schema to another.
#[derive(Debug)]
#[non_exhaustive]
pub struct Diff {
    /// Everything that changed: the package, then constants, types and rings, each by name, the worst of each first.
    pub changes: Vec<Change>,
    /// What `version` and `since` do not own up to. Empty if the new version may follow the old one.
    pub problems: Vec<Problem>,
    /// The types that both have and that peers of both can't share a ring of.
    broken: BTreeSet<String>,
}

/// A change.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// What kind it is.
    pub kind: &'static Kind,
    /// What it asks of those who use the schema.
    pub class: Class,
    /// What it is a change of.
    pub subject: Subject,
    /// The field, value or case of it, by its name now if it has one; empty if it is a change of the whole.
    pub member: String,
    /// What there was.
    pub before: Option<Line>,
    /// What there is.
    pub after: Option<Line>,
    /// What to write for it to break less, if there is something.
    pub hint: Option<String>,
}

/// What a change is a change of: `message Trade`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// In which order subjects are told.
    rank: u8,
    /// Its name.
    pub name: String,
    /// `package`, `target`, `const`, `ring`, or the kind of a type.
    pub word: &'static str,
}

/// A line of one of the versions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Line {
    /// In words.
    pub text: String,
    /// Where it is declared, if it is anywhere: in the files of that version.
    pub place: Option<Place>,
}

/// A place in the files of a [`Version`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// What the file is called.
    pub file: String,
    /// The line and column.
    pub position: Position,
}

/// Something that the new version says wrongly of itself.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Problem {
    /// What is wrong, in one line.
    pub message: String,
    /// What to write instead.
    pub help: String,
    /// Where, in the new version.
    pub place: Option<Place>,
}

impl Version {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Every file that was read.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    fn place(&self, span: Option<&Span>) -> Option<Place> {
        let (file, span) = self.sources.locate(span?);
        let source = &self.sources.files()[file];
        Some(Place { file: source.name().to_string(), position: source.position(span.start) })
    }

    fn line(&self, text: impl Into<String>, span: Option<&Span>) -> Line {
        Line { text: text.into(), place: self.place(span) }
    }

    fn ty(&self, name: &str) -> Option<&TypePlan> {
        self.plan.types.iter().find(|of| of.name() == name)
    }
}

impl Change {
    /// Whether the version has to be another: for all that breaks something, and for all that a layout shows.
    pub fn needs_version(&self) -> bool {
        self.class > Class::Compatible || self.kind.in_layout
    }

    /// Whether the layout of a type shows it.
    pub fn in_layout(&self) -> bool {
        self.kind.in_layout || self.class == Class::LayoutBreaking && self.subject.word != "ring"
    }
}

impl Diff {
    /// What the changes ask for all together; nothing if there are none.
    pub fn class(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.class).max()
    }

    /// Whether any change has to have a version of its own.
    pub fn needs_version(&self) -> bool {
        self.changes.iter().any(Change::needs_version)
    }

    /// Whether processes of both versions can share a ring that carries this type, which both have: whether the layouts
    /// are equal or compatible by the rule of docs/memory-format.md.
    pub fn shares_layout(&self, type_name: &str) -> bool {
        !self.broken.contains(type_name)
    }
}

/// What changed from `old` to `new`.
pub fn diff(old: &Version, new: &Version) -> Diff {
    let mut changes = Vec::new();
    source::compare(old, new, &mut changes);
    let (before, after) = (layouts::of_plan(&old.plan), layouts::of_plan(&new.plan));
    let contradicted = types(old, new, &before, &after, &mut changes);
    let broken = broken(&before, &after, &contradicted);
    changes.sort_by(|a, b| (&a.subject, b.class).cmp(&(&b.subject, a.class)));
    let mut diff = Diff { changes, problems: Vec::new(), broken };
    diff.problems = ages::problems(old, new, &diff);
    diff
}

/// The changes of layouts; the types that contradict themselves.
fn types(
    old: &Version,
    new: &Version,
    before: &Layouts,
    after: &Layouts,
    changes: &mut Vec<Change>,
) -> BTreeSet<String> {
    let mut contradicted = BTreeSet::new();
    let subject = |word: &'static str, name: &str| Subject { rank: 3, name: name.to_string(), word };
    for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let (was, is) = (before.get(name), after.get(name));
        match (was, is) {
            (Some(was), Some(is)) => {
                for change in compare(was, is) {
                    if change.class == Class::LayoutBreaking {
                        contradicted.insert(name.clone());
                    }
                    changes.push(described(old, new, subject(is.word, name), &change));
                }
            }
            (Some(was), None) => changes.push(Change {
                kind: &kinds::TYPE_REMOVED,
                class: Class::SourceBreaking,
                subject: subject(was.word, name),
                member: String::new(),
                before: Some(old.line(format!("{} {name}", was.word), old.places.ty(name))),
                after: None,
                hint: None,
            }),
            (None, Some(is)) => changes.push(Change {
                kind: &kinds::TYPE_ADDED,
                class: Class::Compatible,
                subject: subject(is.word, name),
                member: String::new(),
                before: None,
                after: Some(new.line(format!("{} {name}", is.word), new.places.ty(name))),
                hint: None,
            }),
            (None, None) => {}
        }
    }
    contradicted
}

/// A change of a layout with its places, members by the names that the versions give them.
fn described(old: &Version, new: &Version, subject: Subject, change: &LayoutChange<'_>) -> Change {
    let named = |version: &Version, member: Option<&layouts::Member>| {
        let mut member = member.cloned()?;
        let all = version.ty(&subject.name).map(members::of).unwrap_or_default();
        if let Some(of) = all.into_iter().find(|of| of.wire_name == member.name) {
            member.name = of.name.to_string();
        }
        Some(member)
    };
    let line = |version: &Version, words: Option<String>, member: Option<&layouts::Member>| {
        let of = version.ty(&subject.name);
        let place = member.zip(of).and_then(|(member, of)| version.places.member(of, &member.name));
        words.map(|words| version.line(words, place.or(version.places.ty(&subject.name))))
    };
    let (was, is) = (named(old, change.old), named(new, change.new));
    let (before, after) = change.words(was.as_ref(), is.as_ref());
    let hint = match (change.old, &is) {
        (Some(old), Some(new)) if change.is_renamed() => {
            Some(format!("`was = \"{}\"` on `{}` keeps its name in layouts", old.name, new.name))
        }
        _ => None,
    };
    let (before, after) = (line(old, before, change.old), line(new, after, change.new));
    let member = is.or(was).map(|member| member.name).unwrap_or_default();
    Change { kind: change.kind, class: change.class, subject, member, before, after, hint }
}

/// The types that both have and that are made of one, here and there, that contradicts itself.
fn broken(before: &Layouts, after: &Layouts, contradicted: &BTreeSet<String>) -> BTreeSet<String> {
    if contradicted.is_empty() {
        return BTreeSet::new();
    }
    let (mut was, mut is) = (BTreeMap::new(), BTreeMap::new());
    let contradicts = |name: &&String| {
        let is_part = |layouts, known: &mut BTreeMap<String, BTreeSet<String>>| closure(name, layouts, known);
        let (was, is) = (is_part(before, &mut was), is_part(after, &mut is));
        was.intersection(&is).any(|part| contradicted.contains(part))
    };
    before.keys().filter(|name| after.contains_key(*name)).filter(contradicts).cloned().collect()
}

/// A type and all that it is made of.
fn closure(name: &str, layouts: &Layouts, known: &mut BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    if let Some(found) = known.get(name) {
        return found.clone();
    }
    let mut found = BTreeSet::from([name.to_string()]);
    let parts: BTreeSet<&str> = layouts.get(name).into_iter().flat_map(|block| block.parts()).collect();
    for part in parts {
        found.extend(closure(part, layouts, known));
    }
    known.insert(name.to_string(), found.clone());
    found
}
