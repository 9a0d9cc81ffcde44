//! What is said of two versions of a schema is what hosts do with rings of both: over mutants of the cases.

#[path = "evolution/mutate.rs"]
mod mutate;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use mutate::{Random, mutate};
use ringgen_layout::{Comparison, Hash, compare_layouts};
use ringgen_schema::diff::{Change, Class, Diff, Version, diff, kinds};
use ringgen_schema::lock::{FILE, Lock, Locks, Standing};
use ringgen_schema::plan::{Plan, TypePlan};
use ringgen_schema::{Compiler, Loader, Source};
use support::{cases, schemas};
use toml::Table;

/// Mutants of each schema. Most of them are schemas still.
const ROUNDS: usize = 10;

/// How often the base is begun with, in which most can change.
const BASES: usize = 160;

/// Every type of a language at once, with room for what comes.
const BASE: &str = include_str!("evolution/base.toml");

/// A folder with what a schema imports, and a lock that may be another one.
struct Folder {
    path: PathBuf,
    lock: Option<String>,
}

impl Loader for Folder {
    fn load(&self, path: &Path) -> io::Result<Vec<u8>> {
        match &self.lock {
            Some(lock) if path == Path::new(FILE) => Ok(lock.clone().into_bytes()),
            _ => fs::read(self.path.join(path)),
        }
    }
}

fn version(path: &Path, text: &str) -> Option<Version> {
    let folder = Folder { path: path.to_path_buf(), lock: None };
    let compiler = Compiler::new().loader(folder).include("include").locks(Locks::Read);
    compiler.version(Source::new("schema.toml", text)).ok()
}

/// Schemas to begin with, and the folders that they are in. The base comes first: what its mutants are does not depend on
/// which cases there are.
fn originals() -> Vec<(PathBuf, String)> {
    let cases = cases().into_iter().filter(|case| case.join("plan.txt").exists()).map(|case| case.join("schema.toml"));
    // Cases in Rust have no tables to change.
    let cases = cases.filter(|path| path.exists());
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.parent().expect("a file is in a folder").to_path_buf(), text)
    };
    let base = (PathBuf::new(), BASE.to_string());
    std::iter::repeat_n(base, BASES).chain(cases.chain(schemas()).map(read)).collect()
}

/// A schema and a mutant of it.
struct Pair {
    folder: PathBuf,
    old: Version,
    new: Version,
    /// The mutant.
    text: String,
}

/// Each mutant is the next one's schema for a while.
fn pairs() -> &'static [Pair] {
    static PAIRS: OnceLock<Vec<Pair>> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let mut random = Random(0x5EED);
        let mut pairs = Vec::new();
        for (folder, original) in originals() {
            let first: Table = original.parse().expect("a case is TOML");
            let Some(first_version) = version(&folder, &first.to_string()) else { continue };
            let (mut table, mut old) = (first.clone(), first_version.clone());
            for _ in 0..ROUNDS {
                let mut mutant = table.clone();
                for _ in 0..=random.below(3) {
                    mutate(&mut mutant, &mut random);
                }
                let text = mutant.to_string();
                let Some(new) = version(&folder, &text) else { continue };
                pairs.push(Pair { folder: folder.clone(), old, new: new.clone(), text });
                (table, old) = (mutant, new);
            }
        }
        assert!(pairs.len() > 1500, "only {} mutants are schemas", pairs.len());
        pairs
    })
}

fn texts(plan: &Plan) -> BTreeMap<&str, &str> {
    plan.own_types().iter().filter_map(|of| Some((of.name(), of.schema()?.0))).collect()
}

fn hashes(plan: &Plan) -> BTreeMap<&str, Hash> {
    plan.own_types().iter().map(|of| (of.name(), of.layout_hash())).collect()
}

fn explained(old: &Version, new: &Version, diff: &Diff, name: &str) -> String {
    let text = |version: &Version| texts(version.plan()).get(name).map_or("nothing", |text| text).to_string();
    let changes =
        diff.changes.iter().map(|of| format!("{} {} {} {:?}\n", of.kind.id, of.subject.name, of.member, of.class));
    format!("{name}\n--- old\n{}--- new\n{}--- found\n{}", text(old), text(new), changes.collect::<String>())
}

/// The diff names every contradiction and hosts the first, by the same rule: docs/memory-format.md, "Compatible
/// layouts". Where the diff says more it is of types that one of the two has not, and of what rings carry.
#[test]
fn layouts_that_the_diff_says_can_share_a_ring_are_those_that_hosts_let() {
    let mut verdicts: BTreeMap<&str, u32> = BTreeMap::new();
    for Pair { old, new, .. } in pairs() {
        let (there, back) = (diff(old, new), diff(new, old));
        let before = texts(old.plan());
        for (name, after) in texts(new.plan()) {
            let Some(before) = before.get(name) else { continue };
            let comparison = compare_layouts(before, after);
            let word = match comparison {
                Comparison::Same => "same",
                Comparison::Compatible(_) => "compatible",
                Comparison::Different(_) => "different",
            };
            let shares = word != "different";
            assert_eq!(there.shares_layout(name), shares, "{comparison:?}: {}", explained(old, new, &there, name));
            assert_eq!(back.shares_layout(name), shares, "{comparison:?}: {}", explained(new, old, &back, name));
            *verdicts.entry(word).or_default() += 1;
        }
    }
    for word in ["same", "compatible", "different"] {
        assert!(verdicts.get(word).is_some_and(|count| *count > 500), "the mutants are too alike: {verdicts:?}");
    }
}

/// A change that a layout shows, a hash that differs, and a lock that does not fit are one and the same.
#[test]
fn the_diff_the_hashes_and_the_lock_agree_on_whether_a_layout_changed() {
    let (mut changed, mut same) = (0, 0);
    for Pair { folder, old, new, text } in pairs() {
        let diff = diff(old, new);
        let is_changed = diff.changes.iter().any(Change::in_layout);
        // Imported types have hashes of their own package.
        if old.plan().imported == 0 && new.plan().imported == 0 {
            let differ = hashes(old.plan()) != hashes(new.plan());
            assert_eq!(differ, is_changed, "{}", explained(old, new, &diff, ""));
        }
        let mut lock = Lock::default();
        lock.record(old.plan());
        let lock = Lock::read(&Source::new(FILE, lock.text())).expect("a lock that was written can be read");
        let is = |of: &Version| (of.plan().package.clone(), of.plan().version);
        if is(old) == is(new) {
            let expected = if is_changed { Standing::Changed } else { Standing::Recorded };
            assert_eq!(lock.standing(new.plan()), expected, "{}", explained(old, new, &diff, ""));
            held_to(folder, &lock, text, !is_changed);
            if is_changed { changed += 1 } else { same += 1 }
        }
    }
    assert!(changed > 500 && same > 100, "{changed} changed, {same} the same");
}

/// A schema whose layout is not the recorded one is refused, with every caret in its file; another one is not.
fn held_to(folder: &Path, lock: &Lock, text: &str, is_recorded: bool) {
    let folder = Folder { path: folder.to_path_buf(), lock: Some(lock.text()) };
    let compiler = Compiler::new().loader(folder).include("include").locks(Locks::Held);
    let report = compiler.compile([Source::new("schema.toml", text)]).report;
    let Some(report) = report else {
        assert!(is_recorded, "it is let through:\n{text}\n{}", lock.text());
        return;
    };
    let rendered = report.render(false);
    let has_code = report.findings().iter().any(|finding| finding.code.id == "R011");
    assert_eq!(has_code, !is_recorded, "{rendered}\n{text}\n{}", lock.text());
    for label in report.findings().iter().flat_map(|finding| &finding.labels) {
        assert!(report.source(label).text().get(label.span.clone()).is_some(), "{rendered}");
    }
}

/// Mistakes of all kinds beside a lock that knows better: a report, whatever they are, with every caret in its file.
#[test]
fn a_schema_with_mistakes_is_held_to_its_lock_as_well() {
    let mut lock = Lock::default();
    lock.record(version(Path::new(""), BASE).expect("the base is a schema").plan());
    let compiler = || {
        let folder = Folder { path: PathBuf::new(), lock: Some(lock.text()) };
        Compiler::new().loader(folder).locks(Locks::Held)
    };
    let mut random = Random(0xBAD);
    let mut mistaken = 0;
    for _ in 0..1000 {
        let mut mutant: Table = BASE.parse().expect("the base is TOML");
        for _ in 0..=random.below(6) {
            mutate(&mut mutant, &mut random);
        }
        let text = mutant.to_string();
        let Some(report) = compiler().compile([Source::new("schema.toml", text.as_str())]).report else { continue };
        for label in report.findings().iter().flat_map(|finding| &finding.labels) {
            assert!(report.source(label).text().get(label.span.clone()).is_some(), "{}", report.render(false));
        }
        mistaken += usize::from(report.findings().iter().any(|finding| finding.code.id != "R011"));
    }
    assert!(mistaken > 200, "only {mistaken} mutants have mistakes");
}

/// Every row of the table of changes is met, in each of its classes.
#[test]
fn every_kind_of_change_is_found_in_each_class_that_it_can_have() {
    let mut found: Vec<(&str, Class)> = Vec::new();
    for Pair { old, new, .. } in pairs().iter().chain(&[moved(), with_numpy()]) {
        for change in diff(old, new).changes {
            assert!(change.kind.classes.contains(&change.class), "{} is {:?}", change.kind.id, change.class);
            assert!(change.before.is_some() || change.after.is_some(), "{} says nothing", change.kind.id);
            if !found.contains(&(change.kind.id, change.class)) {
                found.push((change.kind.id, change.class));
            }
        }
    }
    let all = kinds::ALL.iter().flat_map(|kind| kind.classes.iter().map(|class| (kind.id, *class)));
    let missing: Vec<_> = all.filter(|of| !found.contains(of)).collect();
    assert!(missing.is_empty(), "no mutant shows {missing:?}");
}

/// A type that goes to another package, which no mutant does.
fn moved() -> Pair {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/imports");
    let schema = |head: &str| {
        let fields = "[message.Corner]\nfields = [ { name = \"at\", type = \"Point\" } ]\n";
        format!("ringgen = 1\npackage = \"base\"\n{head}{fields}")
    };
    let text = schema("import = [\"geometry.toml\"]\n");
    let point = "[struct.Point]\nfields = [ { name = \"x\", type = \"f32\" }, { name = \"y\", type = \"f32\" } ]\n";
    let of = |text: &str| version(&folder, text).unwrap_or_else(|| panic!("{text}"));
    Pair { old: of(&schema(point)), new: of(&text), folder: folder.clone(), text }
}

/// A package that gets numpy back, which few mutants do.
fn with_numpy() -> Pair {
    let schema = |numpy: bool| format!("ringgen = 1\npackage = \"base\"\n[target.python]\nnumpy = {numpy}\n");
    let of = |text: &str| version(Path::new(""), text).unwrap_or_else(|| panic!("{text}"));
    Pair { old: of(&schema(false)), new: of(&schema(true)), folder: PathBuf::new(), text: schema(true) }
}

#[test]
fn nothing_changed_in_a_schema_that_is_the_same() {
    for (folder, text) in originals() {
        let version = || version(&folder, &text).unwrap_or_else(|| panic!("{text}"));
        let diff = diff(&version(), &version());
        assert!(diff.changes.is_empty() && diff.problems.is_empty() && diff.class().is_none());
        for of in version().plan().own_types().iter().filter(|of| !matches!(of, TypePlan::Enum(_))) {
            assert!(diff.shares_layout(of.name()));
        }
    }
}
