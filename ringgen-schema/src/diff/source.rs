//! What changed for those who use the generated code, and for those who read the schema: whatever no layout shows.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use ringgen_layout::StructKind;

use super::kinds::{self, Class, Kind};
use super::{Change, Subject, Version};
use crate::describe;
use crate::members::{self, Member};
use crate::plan::{ConstantValue, Element, FieldPlan, Names, Plan, RingPlan, StructPlan, TypePlan};
use crate::source::Span;

/// Adds what changed to `changes`.
pub(super) fn compare(old: &Version, new: &Version, changes: &mut Vec<Change>) {
    let mut comparer = Comparer { old, new, changes };
    comparer.package();
    comparer.constants();
    comparer.types();
    comparer.rings();
}

struct Comparer<'a> {
    old: &'a Version,
    new: &'a Version,
    changes: &'a mut Vec<Change>,
}

/// A thing that both versions have, and where they declare it.
struct Pair<'a> {
    subject: &'a Subject,
    member: &'a str,
    old: Option<&'a Span>,
    new: Option<&'a Span>,
}

impl Pair<'_> {
    fn whole<'a>(subject: &'a Subject, old: Option<&'a Span>, new: Option<&'a Span>) -> Pair<'a> {
        Pair { subject, member: "", old, new }
    }
}

impl Comparer<'_> {
    /// Adds a change; an empty text is nothing there.
    fn push(&mut self, kind: &'static Kind, class: Class, of: &Pair<'_>, before: &str, after: &str) {
        let line = |version: &Version, text: &str, span| (!text.is_empty()).then(|| version.line(text, span));
        self.changes.push(Change {
            kind,
            class,
            subject: of.subject.clone(),
            member: of.member.to_string(),
            before: line(self.old, before, of.old),
            after: line(self.new, after, of.new),
            hint: None,
        });
    }

    /// Adds a change of a text that is there for people.
    fn describe(&mut self, kind: &'static Kind, of: &Pair<'_>, key: &str, before: &str, after: &str) {
        if before != after {
            self.push(kind, Class::Compatible, of, &told(key, before), &told(key, after));
        }
    }

    fn package(&mut self) {
        let (old, new) = (&self.old.plan, &self.new.plan);
        let subject = Subject { rank: 0, name: new.package.clone(), word: "package" };
        let of = Pair::whole(&subject, self.old.places.package(), self.new.places.package());
        if old.package != new.package {
            self.push(&kinds::PACKAGE_RENAMED, Class::SourceBreaking, &of, &old.package, &new.package);
        }
        self.describe(&kinds::DESCRIBED, &of, "doc", &old.doc, &new.doc);
        let numpy = |plan: &Plan| if plan.targets.python.numpy { "numpy" } else { "no numpy" };
        if numpy(old) != numpy(new) {
            let class = if new.targets.python.numpy { Class::Compatible } else { Class::SourceBreaking };
            self.push(&kinds::TARGET_CHANGED, class, &of, numpy(old), numpy(new));
        }
        let import_ext = |plan: &Plan| format!("import_ext {:?}", plan.targets.typescript.import_ext);
        if import_ext(old) != import_ext(new) {
            self.push(&kinds::TARGET_CHANGED, Class::Compatible, &of, &import_ext(old), &import_ext(new));
        }
    }

    fn constants(&mut self) {
        let of = |plan: &Plan| -> BTreeMap<String, (String, String)> {
            let constants = plan.constants.iter();
            let told = constants.map(|of| {
                let text = format!("{} = {}", of.scalar.name(), of.value.shown(of.scalar));
                (of.name.clone(), (text, of.doc.clone()))
            });
            told.collect()
        };
        let (old, new) = (of(&self.old.plan), of(&self.new.plan));
        for name in union(&old, &new) {
            let subject = Subject { rank: 1, name: name.clone(), word: "const" };
            let pair = Pair::whole(&subject, self.old.places.constant(name), self.new.places.constant(name));
            match (old.get(name), new.get(name)) {
                (Some((before, doc)), Some((after, new_doc))) => {
                    if before != after {
                        self.push(&kinds::CONSTANT_CHANGED, Class::SourceBreaking, &pair, before, after);
                    }
                    self.describe(&kinds::DESCRIBED, &pair, "doc", doc, new_doc);
                }
                (Some((before, _)), None) => {
                    self.push(&kinds::CONSTANT_REMOVED, Class::SourceBreaking, &pair, before, "");
                }
                (None, Some((after, _))) => self.push(&kinds::CONSTANT_ADDED, Class::Compatible, &pair, "", after),
                (None, None) => {}
            }
        }
    }

    fn types(&mut self) {
        for (is_imported, after) in declared(&self.new.plan) {
            let found = declared(&self.old.plan).find(|(_, before)| before.name() == after.name());
            let Some((was_imported, before)) = found else { continue };
            let subject = Subject { rank: 3, name: after.name().to_string(), word: word(after) };
            let place = |version: &Version| version.places.ty(after.name()).cloned();
            let (old, new) = (place(self.old), place(self.new));
            let pair = Pair::whole(&subject, old.as_ref(), new.as_ref());
            if was_imported != is_imported {
                let told = |is_imported| if is_imported { "imported" } else { "declared here" };
                let (before, after) = (told(was_imported), told(is_imported));
                self.push(&kinds::TYPE_MOVED, Class::SourceBreaking, &pair, before, after);
            }
            if is_imported || was_imported {
                continue;
            }
            self.describe(&kinds::DESCRIBED, &pair, "doc", before.doc(), after.doc());
            self.members(&subject, before, after);
            if let (TypePlan::Struct(before), TypePlan::Struct(after)) = (before, after) {
                self.structs(&subject, before, after);
            }
        }
    }

    /// What all members have.
    fn members(&mut self, subject: &Subject, before: &TypePlan, after: &TypePlan) {
        let renamed = match after {
            TypePlan::Enum(_) => &kinds::VALUE_RENAMED,
            TypePlan::Struct(_) => &kinds::FIELD_RENAMED,
            TypePlan::Variant(_) => &kinds::CASE_RENAMED,
        };
        let old: BTreeMap<&str, Member<'_>> = members::of(before).into_iter().map(|of| (of.wire_name, of)).collect();
        for new in members::of(after) {
            let Some(old) = old.get(new.wire_name) else { continue };
            let old_place = self.old.places.member(before, old.wire_name).cloned();
            let new_place = self.new.places.member(after, new.wire_name).cloned();
            let of = Pair { subject, member: new.name, old: old_place.as_ref(), new: new_place.as_ref() };
            if old.name != new.name {
                self.push(renamed, Class::SourceBreaking, &of, old.name, new.name);
            } else if let Some((before, after)) = old.names.zip(new.names).and_then(|(old, new)| languages(old, new)) {
                self.push(&kinds::RENAMED_IN_LANGUAGE, Class::SourceBreaking, &of, &before, &after);
            }
            let version = |version: Option<u32>| version.map(|of| of.to_string()).unwrap_or_default();
            self.describe(&kinds::DESCRIBED, &of, "doc", old.doc, new.doc);
            self.describe(&kinds::DESCRIBED, &of, "since", &version(old.since), &version(new.since));
            self.describe(&kinds::DEPRECATED, &of, "deprecated", &version(old.deprecated), &version(new.deprecated));
        }
    }

    /// What fields and messages have.
    fn structs(&mut self, subject: &Subject, before: &StructPlan, after: &StructPlan) {
        let id = |of: &StructPlan| of.id.map(|id| format!("id {id}")).unwrap_or_default();
        if id(before) != id(after) && after.kind == StructKind::Message && before.kind == StructKind::Message {
            let place = |version: &Version| {
                let places = &version.places;
                places.id(&after.name).or(places.ty(&after.name)).cloned()
            };
            let (old, new) = (place(self.old), place(self.new));
            let of = Pair::whole(subject, old.as_ref(), new.as_ref());
            self.push(&kinds::ID_CHANGED, Class::SourceBreaking, &of, &id(before), &id(after));
        }
        let old: BTreeMap<&str, &FieldPlan> = before.data_fields().map(|of| (of.wire_name.as_str(), of)).collect();
        for new in after.data_fields() {
            let Some(old) = old.get(new.wire_name.as_str()) else { continue };
            // Another type is told by the layout, and makes another field of it.
            if wire_type(&self.old.plan, old) == wire_type(&self.new.plan, new) {
                let place = |version: &Version, name: &str| {
                    version.ty(&after.name).and_then(|of| version.places.member(of, name)).cloned()
                };
                let (old_place, new_place) = (place(self.old, &old.wire_name), place(self.new, &new.wire_name));
                let of = Pair { subject, member: &new.name, old: old_place.as_ref(), new: new_place.as_ref() };
                self.field(&of, old, new);
            }
        }
    }

    fn field(&mut self, of: &Pair<'_>, old: &FieldPlan, new: &FieldPlan) {
        if reading(old) != reading(new) {
            let kind = &kinds::FIELD_READS_OTHERWISE;
            self.push(kind, Class::SourceBreaking, of, &reading(old), &reading(new));
        }
        let null = |field: &FieldPlan| describe::shown(field, field.null.iter());
        if null(old) != null(new) {
            let (before, after) = (told("null", &null(old)), told("null", &null(new)));
            self.push(&kinds::NULL_CHANGED, Class::SourceBreaking, of, &before, &after);
        }
        if let Some((kind, class)) = range(old, new) {
            let range = |field: &FieldPlan| {
                let ends = field.range.iter().flat_map(|(least, most)| [least, most]);
                told("range", &describe::shown(field, ends))
            };
            self.push(kind, class, of, &range(old), &range(new));
        }
        for (key, before, after) in [("unit", &old.unit, &new.unit), ("epoch", &old.epoch, &new.epoch)] {
            if before.is_empty() || after.is_empty() {
                self.describe(&kinds::DESCRIBED, of, key, before, after);
            } else if before != after {
                let (before, after) = (told(key, before), told(key, after));
                self.push(&kinds::UNIT_CHANGED, Class::SourceBreaking, of, &before, &after);
            }
        }
    }

    fn rings(&mut self) {
        let of = |version: &Version| -> BTreeMap<String, RingPlan> {
            version.plan.rings.iter().map(|ring| (ring.name.clone(), ring.clone())).collect()
        };
        let (old, new) = (of(self.old), of(self.new));
        let carries = |version: &Version, ring: &RingPlan| format!("of {}", version.plan.ty(ring.message).name());
        for name in union(&old, &new) {
            let subject = Subject { rank: 4, name: name.clone(), word: "ring" };
            let pair = Pair::whole(&subject, self.old.places.ring(name), self.new.places.ring(name));
            match (old.get(name), new.get(name)) {
                (Some(before), Some(after)) => {
                    let (was, is) = (carries(self.old, before), carries(self.new, after));
                    if was != is {
                        self.push(&kinds::RING_MESSAGE_CHANGED, Class::LayoutBreaking, &pair, &was, &is);
                    }
                    let tuned = |ring: &RingPlan| format!("{} messages, {}", ring.capacity, ring.wait.word());
                    if tuned(before) != tuned(after) {
                        self.push(&kinds::RING_TUNED, Class::Compatible, &pair, &tuned(before), &tuned(after));
                    }
                    self.describe(&kinds::DESCRIBED, &pair, "doc", &before.doc, &after.doc);
                }
                (Some(before), None) => {
                    let was = carries(self.old, before);
                    self.push(&kinds::RING_REMOVED, Class::SourceBreaking, &pair, &was, "");
                }
                (None, Some(after)) => {
                    let is = carries(self.new, after);
                    self.push(&kinds::RING_ADDED, Class::Compatible, &pair, "", &is);
                }
                (None, None) => {}
            }
        }
    }
}

/// The types of a package, and whether they are imported.
fn declared(plan: &Plan) -> impl Iterator<Item = (bool, &TypePlan)> {
    plan.types.iter().enumerate().map(|(index, of)| (index < plan.imported, of))
}

fn union<'a, T>(old: &'a BTreeMap<String, T>, new: &'a BTreeMap<String, T>) -> Vec<&'a String> {
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    names
}

fn word(of: &TypePlan) -> &'static str {
    match of {
        TypePlan::Enum(of) => of.kind.word(),
        TypePlan::Struct(of) => of.kind.word(),
        TypePlan::Variant(_) => "variant",
    }
}

/// A key with its value on one line; nothing if it has none.
fn told(key: &str, value: &str) -> String {
    let mut lines = value.lines();
    match (lines.next(), lines.next()) {
        (None, _) => String::new(),
        (Some(line), None) => format!("{key} {line}"),
        (Some(line), Some(_)) => format!("{key} {line} …"),
    }
}

/// The names in those languages in which they differ, before and after; nothing if they differ in none.
fn languages(old: &Names, new: &Names) -> Option<(String, String)> {
    let names = |of: &Names| [&of.rust, &of.python, &of.typescript, &of.c].map(String::clone);
    let pairs = ["rust", "python", "typescript", "c"].into_iter().zip(names(old).into_iter().zip(names(new)));
    let differing: Vec<_> = pairs.filter(|(_, (before, after))| before != after).collect();
    let join = |words: Vec<String>| words.join(", ");
    let before = join(differing.iter().map(|(language, (before, _))| format!("{language} {before}")).collect());
    let after = join(differing.iter().map(|(language, (_, after))| format!("{language} {after}")).collect());
    (!differing.is_empty()).then_some((before, after))
}

/// What of a field's type its layout shows.
fn wire_type(plan: &Plan, field: &FieldPlan) -> (Result<Element, String>, Vec<u32>, u32) {
    let element = match field.element {
        Element::Bytes => Ok(Element::Scalar(ringgen_layout::Scalar::U8)),
        Element::Type(id) => Err(plan.ty(id).name().to_string()),
        other => Ok(other),
    };
    (element, field.dims.clone(), field.size)
}

/// What languages make of a field beside its layout.
fn reading(field: &FieldPlan) -> String {
    let number = if field.ts_number { ", a number in TypeScript" } else { "" };
    let list = if field.list.is_some() { ", of a list" } else { "" };
    format!("{}{list}{number}", field.spelling)
}

/// What became of a range.
fn range(old: &FieldPlan, new: &FieldPlan) -> Option<(&'static Kind, Class)> {
    let narrowed = Some((&kinds::RANGE_NARROWED, Class::SourceBreaking));
    let widened = Some((&kinds::RANGE_WIDENED, Class::Compatible));
    match (old.range, new.range) {
        (None, None) => None,
        (None, Some(_)) => narrowed,
        (Some(_), None) => widened,
        (Some((least, most)), Some((new_least, new_most))) => {
            match (order(&least, &new_least), order(&most, &new_most)) {
                (Ordering::Equal, Ordering::Equal) => None,
                (Ordering::Less, _) | (_, Ordering::Greater) => narrowed,
                _ => widened,
            }
        }
    }
}

/// Ends of ranges are numbers of one type, and no NaN.
fn order(a: &ConstantValue, b: &ConstantValue) -> Ordering {
    match (a, b) {
        (ConstantValue::Integer(a), ConstantValue::Integer(b)) => a.cmp(b),
        (ConstantValue::Float(a), ConstantValue::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (ConstantValue::Bool(a), ConstantValue::Bool(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}
