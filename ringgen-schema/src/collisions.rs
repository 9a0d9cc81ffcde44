//! Names that a target language can't have, or has twice: after case conversion, escapes and overrides.

mod rust;

use std::borrow::Cow;
use std::collections::hash_map;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use ringgen_layout::{EnumKind, StructKind};

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::names;
use crate::plan::{Names, Origin};
use crate::reserved::{self, Taken};
use crate::resolve::Parsed;
use crate::schema::{CaseDecl, EnumDecl, FieldDecl, Overrides, Schema, StructDecl};
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
        let named = named(schema, of, parsed);
        fields(schema, &named, findings);
        rust::methods(schema, &named, findings);
    }
    for of in &schema.variants {
        rust::cases(of, findings);
    }
}

/// A name in a scope, and what it is there for.
#[derive(Clone)]
struct Entry<'a> {
    name: Cow<'a, str>,
    /// What generates it, with `$name` for the name, `$origin` for what the schema calls it and `$type` for the type that
    /// it belongs to: put into words only if it is there twice.
    what: &'static str,
    span: &'a Span,
    /// What the schema calls it: two that have the same name there are reported as duplicates already.
    origin: &'a str,
    /// The type that it belongs to, if it is a member's.
    ty: &'a str,
}

impl<'a> Entry<'a> {
    fn new<N: Into<Cow<'a, str>>>(name: N, what: &'static str, of: &'a Spanned<String>) -> Self {
        Entry { name: name.into(), what, span: &of.span, origin: &of.value, ty: "" }
    }

    /// What generates it.
    fn what(&self) -> String {
        self.what.replace("$name", &self.name).replace("$origin", self.origin).replace("$type", self.ty)
    }
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
    let mut seen: HashMap<&str, &Entry<'_>> = HashMap::with_capacity(scope.len());
    let mut collisions = Vec::new();
    for entry in &scope {
        match seen.entry(&entry.name) {
            hash_map::Entry::Occupied(first) if first.get().origin != entry.origin => {
                collisions.push(((*first.get()).clone(), entry.clone()));
            }
            hash_map::Entry::Occupied(_) => {}
            hash_map::Entry::Vacant(free) => drop(free.insert(entry)),
        }
    }
    collisions
}

fn collision(first: &Entry<'_>, second: &Entry<'_>, language: &str) -> Finding {
    let message = format!("`{}` is there twice{language}", second.name);
    Finding::new(&codes::R010, second.span, message).label(second.what()).also(first.span, first.what())
}

/// The names of a generated module: types, constants, rings and what comes with them.
fn module(schema: &Schema, findings: &mut Findings) {
    let mut scope: Vec<Entry<'_>> = Vec::new();
    let enums = schema.enums.iter().map(|of| match of.kind {
        EnumKind::Enum => Entry::new(&of.name.value, "the enum `$origin`", &of.name),
        EnumKind::Flags => Entry::new(&of.name.value, "the flags `$origin`", &of.name),
    });
    let structs = schema.structs.iter().map(|of| match of.kind {
        StructKind::Struct => Entry::new(&of.name.value, "the struct `$origin`", &of.name),
        StructKind::Message => Entry::new(&of.name.value, "the message `$origin`", &of.name),
    });
    let variants = schema.variants.iter().map(|of| Entry::new(&of.name.value, "the variant `$origin`", &of.name));
    let rings = schema.rings.iter();
    let rings = rings.map(|of| Entry::new(spell::ring_type(&of.name.value), "the type of ring `$origin`", &of.name));
    scope.extend(enums.chain(structs).chain(variants).chain(rings));
    for entry in &scope {
        if let Some(Taken { by }) = reserved::type_name(&entry.name) {
            let message = format!("a type can't be called `{}`", entry.name);
            let finding = Finding::new(&codes::R010, entry.span, message).label(format!("a name of {by}"));
            findings.push(finding.help("rename it"));
        }
    }
    // What comes with them has their names in it.
    let mut add = |of, spelt: &str, beside: &[(&str, &str, &'static str)]| {
        let name = |before, behind| [before, spelt, behind].concat();
        scope.extend(beside.iter().map(|(before, behind, what)| Entry::new(name(before, behind), what, of)));
    };
    for of in schema.enums.iter().filter(|of| of.kind == EnumKind::Enum) {
        add(&of.name, &of.name.value, &[("", "Kind", "the names of the enum `$origin` in Rust")]);
    }
    const LAID_OUT: [(&str, &str, &str); 3] = [
        ("", "Reader", "what reads `$origin` in TypeScript"),
        ("", "View", "what writes `$origin` in TypeScript"),
        ("", "Fields", "the fields of `$origin` in TypeScript"),
    ];
    for of in &schema.structs {
        add(&of.name, &of.name.value, &LAID_OUT);
        if !schema.origin.is_rust() {
            add(&of.name, &of.name.value, &[("", "Builder", "the builder of `$origin` in Rust")]);
        }
    }
    for of in &schema.variants {
        add(&of.name, &of.name.value, &LAID_OUT);
        let more = [
            ("", "Tag", "the tags of `$origin` in Python and TypeScript"),
            ("", "Value", "the type of what `$origin` holds in Python"),
            ("Unknown", "", "the unknown cases of `$origin` in Python"),
        ];
        add(&of.name, &of.name.value, &more);
    }
    for of in &schema.rings {
        let sides = [
            ("", "Producer", "the producer of ring `$origin`"),
            ("", "Ring", "ring `$origin`, attached, in TypeScript"),
            ("", "Consumer", "the consumer of ring `$origin`"),
        ];
        add(&of.name, &spell::ring_type(&of.name.value), &sides);
    }
    scope.extend(schema.constants.iter().map(|of| Entry::new(&of.name.value, "the constant `$origin`", &of.name)));
    no_collisions(scope, "", |entry| format!("rename `{}`", entry.origin), findings);
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
        camel.push(Entry::new(names.rust, "`$origin` is `$name`", name));
        upper.push(Entry::new(names.python, "`$origin` is `$name`", name));
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
    let prefixes = schema.type_names().map(|name| {
        let prefix = spell::c_macro(&package.value, &[&names::upper_case(&name.value)]);
        Entry::new(prefix, "constants of `$origin` begin like this", name)
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
            let message = format!("`{}` can't be what C calls {}", entry.name, entry.what());
            findings.push(Finding::new(&codes::R010, entry.span, message).label(by).help(rename(entry)));
        }
    }
    let mut taken: HashSet<Cow<'_, str>> = scope.iter().map(|entry| Cow::Borrowed(&*entry.name)).collect();
    taken.extend(schema.type_names().map(|of| spell::c_type(&package.value, &of.value).into()));
    let fields = schema.structs.iter().flat_map(|of| of.fields.iter().flatten());
    for name in fields.filter_map(|field| field.overrides.c.as_ref()) {
        if taken.contains(name.value.as_str()) {
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
    let theirs: BTreeMap<&str, &Entry<'_>> = theirs.iter().map(|entry| (&*entry.name, entry)).collect();
    for entry in &scope {
        if let Some(other) = theirs.get(&*entry.name) {
            let message = format!("`{}` is there twice in C", entry.name);
            let finding = Finding::new(&codes::R010, entry.span, message).label(entry.what());
            findings.push(finding.also(other.span, other.what()).help(rename(entry)));
        }
    }
    no_collisions(scope, " in C", rename, findings);
}

/// Every macro that the C backend defines for a package; of values that are the same one, the first.
fn c_macros<'a>(schema: &'a Schema, package: &str) -> Vec<Entry<'a>> {
    let mut scope: Vec<Entry<'a>> = Vec::new();
    let mut add = |words: &[&str], what: &'static str, of: &'a Spanned<String>, ty: &'a str| {
        scope.push(Entry { ty, ..Entry::new(spell::c_macro(package, words), what, of) });
    };
    if let Some(package) = &schema.package {
        add(&["PACKAGE_VERSION"], "the version of `$origin`", package, "");
    }
    for of in &schema.constants {
        add(&[&of.name.value], "the constant `$origin`", &of.name, "");
    }
    for of in &schema.enums {
        let (upper, mut seen) = (names::upper_case(&of.name.value), BTreeSet::new());
        for name in of.values.iter().flatten().filter_map(|value| value.name.as_ref()) {
            let (names, _) = spell::value(&name.value);
            if seen.insert(names.c.clone()) {
                add(&[&upper, &names.c], "`$origin` of `$type`", name, &of.name.value);
            }
        }
    }
    for of in &schema.structs {
        let upper = names::upper_case(&of.name.value);
        let is_message = of.kind == StructKind::Message;
        for (word, what, is_there) in [
            ("LAYOUT_HASH", "the LAYOUT_HASH of `$origin`", true),
            ("NAME", "the NAME of `$origin`", is_message),
            ("ID", "the ID of `$origin`", of.id.is_some()),
            ("SCHEMA_HASH", "the SCHEMA_HASH of `$origin`", is_message),
        ] {
            if is_there {
                add(&[&upper, word], what, &of.name, "");
            }
        }
        for field in of.fields.iter().flatten() {
            let Some(name) = &field.name else { continue };
            for (word, what, is_there) in [
                ("NULL", "the NULL of `$type.$origin`", field.null.is_some()),
                ("MIN", "the MIN of `$type.$origin`", field.range.is_some()),
                ("MAX", "the MAX of `$type.$origin`", field.range.is_some()),
            ] {
                if is_there {
                    add(&[&upper, &name.value.to_ascii_uppercase(), word], what, name, &of.name.value);
                }
            }
        }
    }
    for of in &schema.variants {
        let upper = names::upper_case(&of.name.value);
        for (word, what) in [
            ("NAME", "the NAME of `$origin`"),
            ("LAYOUT_HASH", "the LAYOUT_HASH of `$origin`"),
            ("SCHEMA_HASH", "the SCHEMA_HASH of `$origin`"),
        ] {
            add(&[&upper, word], what, &of.name, "");
        }
        for name in of.cases.iter().flatten().filter_map(CaseDecl::name) {
            add(&[&upper, &names::upper_case(&name.value)], "`$origin` of `$type`", name, &of.name.value);
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

/// A field that has a name: its type if that is one, its names, and those of its length if it is a list.
struct Named<'a> {
    field: &'a FieldDecl,
    name: &'a Spanned<String>,
    ty: Option<&'a TypeExpr>,
    spelt: Names,
    length: Option<Names>,
}

impl<'a> Named<'a> {
    /// Where the name stands that the field has in a language.
    fn span(&self, language: &Language) -> &'a Span {
        (language.chosen)(&self.field.overrides).as_ref().map_or(&self.name.span, |chosen| &chosen.span)
    }
}

fn named<'a>(schema: &Schema, of: &'a StructDecl, parsed: &'a [Option<TypeExpr>]) -> Vec<Named<'a>> {
    let camel = schema.targets.typescript.camel_case;
    let fields = of.fields.iter().flatten().zip(parsed).filter_map(|(field, ty)| {
        let (name, ty) = (field.name.as_ref()?, ty.as_ref());
        let length = || spell::field(&spell::length(&name.value), &field.overrides.of_length(), camel);
        let length = ty.is_some_and(TypeExpr::is_list).then(length);
        Some(Named { field, name, ty, spelt: spell::field(&name.value, &field.overrides, camel), length })
    });
    fields.collect()
}

fn fields(schema: &Schema, fields: &[Named<'_>], findings: &mut Findings) {
    // The same two fields often collide in several languages, and that is one mistake.
    let mut found: Vec<(Entry<'_>, Entry<'_>, Vec<&Language>)> = Vec::new();
    for language in &LANGUAGES {
        let mut scope = Vec::new();
        for of in fields {
            let (spelt, span) = ((language.spelt)(&of.spelt), of.span(language));
            if let Some(Taken { by }) = (language.taken)(spelt) {
                let message = format!("a field can't be called `{spelt}` in {}", language.name);
                let finding = Finding::new(&codes::R010, span, message).label(by);
                findings.push(finding.help(choose(language, schema.origin, &of.name.value)));
            }
            let mut add = |name, what| scope.push(Entry { span, ..Entry::new::<Cow<'_, str>>(name, what, of.name) });
            for more in of.ty.iter().flat_map(|ty| (language.more)(spelt, ty)) {
                add(more.into(), "`$name` reads or writes parts of `$origin`");
            }
            if of.field.null.is_some()
                && let Some(null) = (language.null)(spelt)
            {
                add(null.into(), "`$name` is what `$origin` holds instead of no value");
            }
            if let Some(length) = of.length.as_ref().map(language.spelt) {
                add(length.into(), "`$name` is the length of the list `$origin`");
            }
            add(spelt.into(), "`$origin` is `$name`");
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
            let known: BTreeSet<String> =
                c_macros(&schema, name).into_iter().map(|entry| entry.name.into_owned()).collect();

            let backend = BACKENDS.iter().find(|backend| backend.language() == "c").expect("there is a C backend");
            let header = backend.emit(&compile(&source).expect("it is right"));
            let names = header.lines().filter_map(|line| line.strip_prefix("#define ")?.split([' ', '(']).next());
            let found =
                names.filter(|name| !name.starts_with("RINGGEN_")).map(String::from).collect::<BTreeSet<String>>();
            assert_eq!(found, known, "{name}");
        }
    }
}
