//! Names that a target language can't have, or has twice: after case conversion, escapes and overrides.

use std::collections::BTreeMap;

use ringgen_layout::EnumKind;

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::reserved::{self, Taken};
use crate::schema::{Content, EnumDecl, FieldDecl, Schema, StructDecl};
use crate::source::{Span, Spanned};
use crate::spell;

/// Reports every such name.
pub(crate) fn check(schema: &Schema, findings: &mut Findings) {
    if let Some(package) = &schema.package
        && let Some(Taken { by }) = reserved::package(&package.value)
    {
        let message = format!("the package can't be called `{}`", package.value);
        let finding = Finding::new(&codes::R010, &package.span, message).label(by);
        findings.push(finding.help(format!("rename it, for example `{}_wire`", package.value)));
    }
    module(schema, findings);
    for of in &schema.enums {
        values(of, findings);
    }
    for of in &schema.structs {
        fields(of, schema.targets.typescript.camel_case, findings);
    }
}

/// A name in a scope, and what it is there for.
struct Entry<'a> {
    name: String,
    /// What generates it, if that is not the name itself: `the producer of ring `trades``.
    what: String,
    span: &'a Span,
    /// What the schema calls it: two that have the same name there are reported as duplicates already.
    origin: &'a str,
}

/// Reports each name of a scope that was there before, from another name of the schema.
fn no_collisions(
    mut scope: Vec<Entry<'_>>,
    language: &str,
    help: impl Fn(&Entry<'_>) -> String,
    findings: &mut Findings,
) {
    scope.sort_by_key(|entry| entry.span.start);
    let mut seen: BTreeMap<&str, &Entry<'_>> = BTreeMap::new();
    for entry in &scope {
        let Some(first) = seen.get(entry.name.as_str()) else {
            seen.insert(&entry.name, entry);
            continue;
        };
        if first.origin == entry.origin {
            continue;
        }
        let message = format!("`{}` is there twice{language}", entry.name);
        let finding = Finding::new(&codes::R010, entry.span, message).label(&entry.what);
        findings.push(finding.also(first.span, &first.what).help(help(entry)));
    }
}

/// The names of a generated module: types, constants, rings and what comes with them.
fn module(schema: &Schema, findings: &mut Findings) {
    let mut scope = Vec::new();
    let mut add = |name: String, what: String, of: &'_ Spanned<String>, is_type: bool| {
        if is_type && let Some(Taken { by }) = reserved::type_name(&name) {
            let message = format!("a type can't be called `{name}`");
            let finding = Finding::new(&codes::R010, &of.span, message).label(format!("a name of {by}"));
            findings.push(finding.help("rename it"));
        }
        scope.push((name, what, of.span.clone(), of.value.clone()));
    };
    for of in &schema.enums {
        let name = &of.name.value;
        add(name.clone(), format!("the {} `{name}`", of.kind.word()), &of.name, true);
        if of.kind == EnumKind::Enum {
            add(format!("{name}Kind"), format!("the names of the enum `{name}` in Rust"), &of.name, false);
        }
    }
    for of in &schema.structs {
        add(of.name.value.clone(), format!("the {} `{}`", of.kind.word(), of.name.value), &of.name, true);
    }
    for of in &schema.rings {
        let (name, ty) = (&of.name.value, spell::ring_type(&of.name.value));
        add(ty.clone(), format!("the type of ring `{name}`"), &of.name, true);
        add(format!("{ty}Producer"), format!("the producer of ring `{name}`"), &of.name, false);
        add(format!("{ty}Consumer"), format!("the consumer of ring `{name}`"), &of.name, false);
    }
    for of in &schema.constants {
        add(of.name.value.clone(), format!("the constant `{}`", of.name.value), &of.name, false);
    }
    let scope =
        scope.iter().map(|(name, what, span, origin)| Entry { name: name.clone(), what: what.clone(), span, origin });
    no_collisions(scope.collect(), "", |entry| format!("rename `{}`", entry.origin), findings);
}

fn values(of: &EnumDecl, findings: &mut Findings) {
    let names = of.values.iter().flatten().filter_map(|value| value.name.as_ref());
    let (mut camel, mut upper) = (Vec::new(), Vec::new());
    for name in names {
        let (names, _) = spell::value(&name.value);
        if let Some(Taken { by }) = reserved::value(&names.rust) {
            let message = format!("a value can't be called `{}`", name.value);
            findings.push(Finding::new(&codes::R010, &name.span, message).label(by).help("rename it"));
        }
        let entry = |spelt: String| Entry {
            what: format!("`{}` is `{spelt}`", name.value),
            name: spelt,
            span: &name.span,
            origin: &name.value,
        };
        camel.push(entry(names.rust));
        upper.push(entry(names.python));
    }
    let help = |entry: &Entry<'_>| format!("rename `{}`", entry.origin);
    let before = findings.count();
    no_collisions(camel, " in Rust and TypeScript", help, findings);
    if findings.count() == before {
        no_collisions(upper, " in Python", help, findings);
    }
}

/// What is particular to the names of fields in one language.
struct Language {
    name: &'static str,
    /// The key that chooses another name.
    key: &'static str,
    taken: fn(&str) -> Option<Taken>,
    /// Further members that a field of this name brings along.
    more: fn(&str, &FieldDecl) -> Vec<String>,
}

static LANGUAGES: [Language; 3] = [
    Language { name: "Rust", key: "rust_name", taken: reserved::rust_field, more: |_, _| Vec::new() },
    Language { name: "Python", key: "python_name", taken: reserved::python_field, more: |_, _| Vec::new() },
    Language { name: "TypeScript", key: "ts_name", taken: reserved::typescript_field, more: accessors },
];

/// The accessors of single elements in TypeScript.
fn accessors(name: &str, field: &FieldDecl) -> Vec<String> {
    let is_array = matches!(&field.content, Some(Content::Type(text)) if text.value.contains('['));
    let Some(first) = name.get(..1).filter(|_| is_array) else { return Vec::new() };
    let setter = format!("set{}{}At", first.to_ascii_uppercase(), &name[1..]);
    vec![format!("{name}At"), format!("{name}Bytes"), format!("{name}BytesAt"), setter]
}

fn fields(of: &StructDecl, camel: bool, findings: &mut Findings) {
    let named = || of.fields.iter().flatten().filter_map(|field| Some((field, field.name.as_ref()?)));
    for (index, language) in LANGUAGES.iter().enumerate() {
        let mut scope = Vec::new();
        for (field, name) in named() {
            let names = spell::field(&name.value, &field.overrides, camel);
            let overrides = &field.overrides;
            let (spelt, chosen) = match index {
                0 => (names.rust, &overrides.rust),
                1 => (names.python, &overrides.python),
                _ => (names.typescript, &overrides.typescript),
            };
            let span = chosen.as_ref().map_or(&name.span, |chosen| &chosen.span);
            if let Some(Taken { by }) = (language.taken)(&spelt) {
                let message = format!("a field can't be called `{spelt}` in {}", language.name);
                let finding = Finding::new(&codes::R010, span, message).label(by);
                findings.push(finding.help(choose(language, &name.value)));
            }
            let entry = |spelt: String, what: String| Entry { name: spelt, what, span, origin: &name.value };
            for more in (language.more)(&spelt, field) {
                let what = format!("`{more}` reads or writes parts of `{}`", name.value);
                scope.push(entry(more, what));
            }
            let what = format!("`{}` is `{spelt}`", name.value);
            scope.push(entry(spelt, what));
        }
        let in_language = format!(" in {}", language.name);
        no_collisions(scope, &in_language, |entry| choose(language, entry.origin), findings);
    }
    for (field, _) in named() {
        if let Some(name) = &field.overrides.c
            && let Some(Taken { by }) = reserved::c_field(&name.value)
        {
            let message = format!("a field can't be called `{}` in C", name.value);
            findings.push(Finding::new(&codes::R010, &name.span, message).label(by).help("choose another `c_name`"));
        }
    }
}

fn choose(language: &Language, name: &str) -> String {
    format!("rename it, or choose another name for {}: `{} = \"{name}_value\"`", language.name, language.key)
}
