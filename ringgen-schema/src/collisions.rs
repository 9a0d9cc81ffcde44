//! Names that a target language can't have, or has twice: after case conversion, escapes and overrides.

mod rust;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use ringgen_layout::{EnumKind, StructKind};

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::names;
use crate::plan::{Names, Origin};
use crate::reserved::{self, Taken};
use crate::resolve::Parsed;
use crate::schema::{CaseDecl, EnumDecl, Overrides, Schema, StructDecl};
use crate::source::{Span, Spanned};
use crate::spell;
use crate::type_expr::{Head, TypeExpr};

/// Reports every such name. `imported` are the schemas that this one imports, directly or by an import.
pub(crate) fn check(schema: &Schema, imported: &[&Schema], parsed: &Parsed, findings: &mut Findings) {
    if let Some(package) = &schema.package
        && let Some(Taken { by }) = reserved::package(&package.value)
    {
        let message = format!("the package can't be called `{}`", package.value);
        let finding = Finding::new(&codes::R010, &package.span, message).label(by);
        findings.push(finding.help(format!("rename it, for example `{}_wire`", package.value)));
    }
    module(schema, findings);
    macros(schema, imported, findings);
    for of in &schema.enums {
        values(of, findings);
    }
    for (of, parsed) in schema.structs.iter().zip(parsed) {
        fields(schema, of, parsed, findings);
        rust::methods(schema, of, parsed, findings);
    }
    for of in &schema.variants {
        rust::cases(of, findings);
    }
}

/// A name in a scope, and what it is there for.
#[derive(Clone)]
struct Entry<'a> {
    name: String,
    /// What generates it, if that is not the name itself: `the producer of ring `trades``.
    what: String,
    span: &'a Span,
    /// What the schema calls it: two that have the same name there are reported as duplicates already.
    origin: &'a str,
}

/// Reports each name of a scope that was there before, from another name of the schema.
fn no_collisions(scope: Vec<Entry<'_>>, language: &str, help: impl Fn(&Entry<'_>) -> String, findings: &mut Findings) {
    for (first, second) in collisions(scope) {
        findings.push(collision(&first, &second, language).help(help(&second)));
    }
}

/// Each name that was there before, from another name of the schema, behind the first of them.
fn collisions(mut scope: Vec<Entry<'_>>) -> Vec<(Entry<'_>, Entry<'_>)> {
    scope.sort_by_key(|entry| entry.span.start);
    let mut seen: BTreeMap<String, Entry<'_>> = BTreeMap::new();
    let mut collisions = Vec::new();
    for entry in scope {
        match seen.get(&entry.name) {
            Some(first) if first.origin != entry.origin => collisions.push((first.clone(), entry)),
            Some(_) => {}
            None => drop(seen.insert(entry.name.clone(), entry)),
        }
    }
    collisions
}

fn collision(first: &Entry<'_>, second: &Entry<'_>, language: &str) -> Finding {
    let message = format!("`{}` is there twice{language}", second.name);
    Finding::new(&codes::R010, second.span, message).label(&second.what).also(first.span, &first.what)
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
    for of in schema.structs.iter().filter(|_| !schema.origin.is_rust()) {
        add(
            format!("{}Builder", of.name.value),
            format!("the builder of `{}` in Rust", of.name.value),
            &of.name,
            false,
        );
    }
    for of in &schema.variants {
        let name = &of.name.value;
        add(name.clone(), format!("the variant `{name}`"), &of.name, true);
        add(format!("{name}Tag"), format!("the tags of `{name}` in Python and TypeScript"), &of.name, false);
        add(format!("{name}Value"), format!("the type of what `{name}` holds in Python"), &of.name, false);
        add(format!("Unknown{name}"), format!("the unknown cases of `{name}` in Python"), &of.name, false);
    }
    let laid_out = schema.structs.iter().map(|of| &of.name).chain(schema.variants.iter().map(|of| &of.name));
    for name in laid_out {
        for (suffix, what) in [("Reader", "what reads"), ("View", "what writes"), ("Fields", "the fields of")] {
            add(format!("{}{suffix}", name.value), format!("{what} `{}` in TypeScript", name.value), name, false);
        }
    }
    for of in &schema.rings {
        let (name, ty) = (&of.name.value, spell::ring_type(&of.name.value));
        add(ty.clone(), format!("the type of ring `{name}`"), &of.name, true);
        add(format!("{ty}Producer"), format!("the producer of ring `{name}`"), &of.name, false);
        add(format!("{ty}Ring"), format!("ring `{name}`, attached, in TypeScript"), &of.name, false);
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
        no_collisions(upper, " in Python and C", help, findings);
    }
}

/// The macros of a header in C, which share one namespace with those of all others: of the system, and of the headers
/// that it includes.
fn macros(schema: &Schema, imported: &[&Schema], findings: &mut Findings) {
    let Some(package) = &schema.package else { return };
    let rename = |entry: &Entry<'_>| format!("rename `{}`", entry.origin);
    let prefixes = schema.type_names().map(|name| Entry {
        name: spell::c_macro(&package.value, &[&names::upper_case(&name.value)]),
        what: format!("constants of `{}` begin like this", name.value),
        span: &name.span,
        origin: &name.value,
    });
    let before = findings.count();
    no_collisions(prefixes.collect(), " in C", rename, findings);
    if findings.count() > before {
        // All that begins like this would be there twice.
        return;
    }
    let scope = c_macros(schema, &package.value);
    for entry in &scope {
        if let Some(Taken { by }) = reserved::c_macro(&entry.name) {
            let message = format!("`{}` can't be what C calls {}", entry.name, entry.what);
            findings.push(Finding::new(&codes::R010, entry.span, message).label(by).help(rename(entry)));
        }
    }
    let mut taken: HashSet<String> = scope.iter().map(|entry| entry.name.clone()).collect();
    taken.extend(schema.type_names().map(|of| spell::c_type(&package.value, &of.value)));
    let fields = schema.structs.iter().flat_map(|of| of.fields.iter().flatten());
    for name in fields.filter_map(|field| field.overrides.c.as_ref()) {
        if taken.contains(&name.value) {
            let message = format!("a field can't be called `{}` in C", name.value);
            let finding = Finding::new(&codes::R010, &name.span, message).label("a name of the header itself");
            findings.push(finding.help("choose another `c_name`"));
        }
    }
    let theirs: Vec<Entry<'_>> = imported
        .iter()
        .filter_map(|schema| Some(c_macros(schema, &schema.package.as_ref()?.value)))
        .flatten()
        .collect();
    let theirs: BTreeMap<&str, &Entry<'_>> = theirs.iter().map(|entry| (entry.name.as_str(), entry)).collect();
    for entry in &scope {
        if let Some(other) = theirs.get(entry.name.as_str()) {
            let message = format!("`{}` is there twice in C", entry.name);
            let finding = Finding::new(&codes::R010, entry.span, message).label(&entry.what);
            findings.push(finding.also(other.span, &other.what).help(rename(entry)));
        }
    }
    no_collisions(scope, " in C", rename, findings);
}

/// Every macro that the C backend defines for a package; of values that are the same one, the first.
fn c_macros<'a>(schema: &'a Schema, package: &str) -> Vec<Entry<'a>> {
    let mut scope: Vec<Entry<'a>> = Vec::new();
    let mut add = |words: &[&str], what: String, of: &'a Spanned<String>| {
        scope.push(Entry { name: spell::c_macro(package, words), what, span: &of.span, origin: &of.value });
    };
    if let Some(package) = &schema.package {
        add(&["PACKAGE_VERSION"], format!("the version of `{}`", package.value), package);
    }
    for of in &schema.constants {
        add(&[&of.name.value], format!("the constant `{}`", of.name.value), &of.name);
    }
    for of in &schema.enums {
        let (upper, mut seen) = (names::upper_case(&of.name.value), BTreeSet::new());
        for name in of.values.iter().flatten().filter_map(|value| value.name.as_ref()) {
            let (names, _) = spell::value(&name.value);
            if seen.insert(names.c.clone()) {
                add(&[&upper, &names.c], format!("`{}` of `{}`", name.value, of.name.value), name);
            }
        }
    }
    for of in &schema.structs {
        let upper = names::upper_case(&of.name.value);
        let is_message = of.kind == StructKind::Message;
        let known_by =
            [("LAYOUT_HASH", true), ("NAME", is_message), ("ID", of.id.is_some()), ("SCHEMA_HASH", is_message)];
        for (word, _) in known_by.iter().filter(|(_, is_there)| *is_there) {
            add(&[&upper, word], format!("the {word} of `{}`", of.name.value), &of.name);
        }
        for field in of.fields.iter().flatten() {
            let Some(name) = &field.name else { continue };
            let constants =
                [("NULL", field.null.is_some()), ("MIN", field.range.is_some()), ("MAX", field.range.is_some())];
            for (word, _) in constants.iter().filter(|(_, is_there)| *is_there) {
                let what = format!("the {word} of `{}.{}`", of.name.value, name.value);
                add(&[&upper, &name.value.to_ascii_uppercase(), word], what, name);
            }
        }
    }
    for of in &schema.variants {
        let upper = names::upper_case(&of.name.value);
        for word in ["NAME", "LAYOUT_HASH", "SCHEMA_HASH"] {
            add(&[&upper, word], format!("the {word} of `{}`", of.name.value), &of.name);
        }
        for name in of.cases.iter().flatten().filter_map(CaseDecl::name) {
            add(&[&upper, &names::upper_case(&name.value)], format!("`{}` of `{}`", name.value, of.name.value), name);
        }
    }
    scope
}

/// What is particular to the names of fields in one language.
struct Language {
    name: &'static str,
    /// The key that chooses another name.
    key: &'static str,
    spelt: fn(&Names) -> &String,
    chosen: fn(&Overrides) -> &Option<Spanned<String>>,
    taken: fn(&str) -> Option<Taken>,
    /// Further members that a field of this name and type brings along.
    more: fn(&str, &TypeExpr) -> Vec<String>,
    /// The member that has the value for no value of a field of this name.
    null: fn(&str) -> Option<String>,
}

static LANGUAGES: [Language; 4] = [
    Language {
        name: "Rust",
        key: "rust_name",
        spelt: |names| &names.rust,
        chosen: |overrides| &overrides.rust,
        taken: reserved::rust_field,
        more: |_, _| Vec::new(),
        null: |_| None,
    },
    Language {
        name: "Python",
        key: "python_name",
        spelt: |names| &names.python,
        chosen: |overrides| &overrides.python,
        taken: reserved::python_field,
        more: |_, _| Vec::new(),
        null: |name| Some(spell::python_null(name)),
    },
    Language {
        name: "TypeScript",
        key: "ts_name",
        spelt: |names| &names.typescript,
        chosen: |overrides| &overrides.typescript,
        taken: reserved::typescript_field,
        more: accessors,
        null: |_| None,
    },
    Language {
        name: "C",
        key: "c_name",
        spelt: |names| &names.c,
        chosen: |overrides| &overrides.c,
        taken: reserved::c_field,
        more: |_, _| Vec::new(),
        null: |_| None,
    },
];

/// The accessors of single elements in TypeScript.
fn accessors(name: &str, ty: &TypeExpr) -> Vec<String> {
    let has_parts = ty.has_elements() || matches!(ty.head, Head::Str(_) | Head::Bytes(_));
    let Some(first) = name.get(..1).filter(|_| has_parts) else { return Vec::new() };
    let setter = format!("set{}{}At", first.to_ascii_uppercase(), &name[1..]);
    vec![format!("{name}At"), format!("{name}Bytes"), format!("{name}BytesAt"), setter]
}

fn fields(schema: &Schema, of: &StructDecl, parsed: &[Option<TypeExpr>], findings: &mut Findings) {
    let camel = schema.targets.typescript.camel_case;
    // Each field that has a name, its names, and those of its length if it is a list.
    let fields = of.fields.iter().flatten().zip(parsed).filter_map(|(field, parsed)| {
        let name = field.name.as_ref()?;
        let length = || spell::field(&spell::length(&name.value), &field.overrides.of_length(), camel);
        let length = parsed.as_ref().is_some_and(TypeExpr::is_list).then(length);
        Some((field, parsed, name, spell::field(&name.value, &field.overrides, camel), length))
    });
    let fields: Vec<_> = fields.collect();
    // The same two fields often collide in several languages, and that is one mistake.
    let mut found: Vec<(Entry<'_>, Entry<'_>, Vec<&Language>)> = Vec::new();
    for language in &LANGUAGES {
        let mut scope = Vec::new();
        for (field, parsed, name, names, length) in &fields {
            let spelt = (language.spelt)(names);
            let span = (language.chosen)(&field.overrides).as_ref().map_or(&name.span, |chosen| &chosen.span);
            if let Some(Taken { by }) = (language.taken)(spelt) {
                let message = format!("a field can't be called `{spelt}` in {}", language.name);
                let finding = Finding::new(&codes::R010, span, message).label(by);
                findings.push(finding.help(choose(language, schema.origin, &name.value)));
            }
            let entry = |spelt: String, what: String| Entry { name: spelt, what, span, origin: &name.value };
            for more in parsed.iter().flat_map(|ty| (language.more)(spelt, ty)) {
                let what = format!("`{more}` reads or writes parts of `{}`", name.value);
                scope.push(entry(more, what));
            }
            if field.null.is_some()
                && let Some(null) = (language.null)(spelt)
            {
                scope.push(entry(null.clone(), format!("`{null}` is what `{}` holds instead of no value", name.value)));
            }
            if let Some(length) = length.as_ref().map(language.spelt) {
                scope.push(entry(length.clone(), format!("`{length}` is the length of the list `{}`", name.value)));
            }
            scope.push(entry(spelt.clone(), format!("`{}` is `{spelt}`", name.value)));
        }
        for (first, second) in collisions(scope) {
            let same = |(a, b, _): &&mut (Entry<'_>, Entry<'_>, _)| (a.span, b.span) == (first.span, second.span);
            match found.iter_mut().find(same) {
                Some((.., languages)) => languages.push(language),
                None => found.push((first, second, vec![language])),
            }
        }
    }
    for (first, second, languages) in &found {
        let finding = collision(first, second, &format!(" in {}", listed(languages)));
        findings.push(finding.help(match languages[..] {
            [language] => choose(language, schema.origin, second.origin),
            _ => format!("rename `{}`", second.origin),
        }));
    }
}

/// `Rust`, `Rust and C`, `Rust, Python and C`.
fn listed(languages: &[&Language]) -> String {
    let names: Vec<&str> = languages.iter().map(|language| language.name).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn choose(language: &Language, origin: Origin, name: &str) -> String {
    if origin.is_rust() {
        return format!("rename it, or choose another name for all languages: `#[ring(name = \"{name}_value\")]`");
    }
    format!("rename it, or choose another name for {}: `{} = \"{name}_value\"`", language.name, language.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::BACKENDS;
    use crate::{Source, compile, schema, syntax};

    /// What is not in the list can be there twice without anyone noticing.
    #[test]
    fn every_macro_of_a_header_is_known_here() {
        for name in ["market", "kitchen_sink"] {
            let path = format!("{}/../schemas/{name}.toml", env!("CARGO_MANIFEST_DIR"));
            let source = Source::read(path).expect("a schema of the repository");
            let mut findings = Findings::default();
            let schema = schema::read(syntax::parse(&source, 0, &mut findings).expect("it is TOML"), &mut findings);
            let known: BTreeSet<String> = c_macros(&schema, name).into_iter().map(|entry| entry.name).collect();

            let backend = BACKENDS.iter().find(|backend| backend.language() == "c").expect("there is a C backend");
            let header = backend.emit(&compile(&source).expect("it is right"));
            let names = header.lines().filter_map(|line| line.strip_prefix("#define ")?.split([' ', '(']).next());
            let found =
                names.filter(|name| !name.starts_with("RINGGEN_")).map(String::from).collect::<BTreeSet<String>>();
            assert_eq!(found, known, "{name}");
        }
    }
}
