//! What a schema may not say although each part of it is well-formed: names, values and numbers that clash.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use ringgen_layout::{EnumKind, MAX_ALIGN, Scalar};

use crate::codes;
use crate::constants;
use crate::diagnostic::{Finding, Findings};
use crate::plan::Origin;
use crate::schema::{CaseDecl, Content, EnumDecl, FieldDecl, History, RingDecl, Schema, StructDecl, VariantDecl};
use crate::source::{Span, Spanned};

/// Reports everything that clashes.
pub(crate) fn check(schema: &Schema, findings: &mut Findings) {
    no_duplicates(schema.type_names(), "the type", rename, findings);
    let ids = schema.structs.iter().filter_map(|of| of.id.as_ref());
    no_duplicates(ids, "the id", renumber("id"), findings);
    for of in &schema.enums {
        enumeration(of, &schema.version, findings);
    }
    for of in &schema.structs {
        structure(of, schema, findings);
    }
    for of in &schema.variants {
        variant(of, &schema.version, findings);
    }
    for of in &schema.rings {
        ring(of, findings);
    }
}

/// Reports each value that was there before, and where. `help` gets all that are there, and says what to write.
fn no_duplicates<'a, T: Ord + Display + 'a>(
    of: impl Iterator<Item = &'a Spanned<T>>,
    what: &str,
    help: impl Fn(&T, &BTreeSet<&T>) -> String,
    findings: &mut Findings,
) {
    let mut in_order: Vec<&Spanned<T>> = of.collect();
    in_order.sort_by_key(|item| item.span.start);
    let all: BTreeSet<&T> = in_order.iter().map(|item| &item.value).collect();
    let mut first: BTreeMap<&T, &Span> = BTreeMap::new();
    for item in &in_order {
        if let Some(before) = first.get(&item.value) {
            let message = format!("{what} `{}` is there twice", item.value);
            let finding = Finding::new(&codes::R013, &item.span, message).label("second").also(before, "first");
            findings.push(finding.help(help(&item.value, &all)));
        } else {
            first.insert(&item.value, &item.span);
        }
    }
}

fn rename<T>(_: &T, _: &BTreeSet<&T>) -> String {
    "rename one of them".to_string()
}

/// What to write instead of a number that is taken: the next one that is free.
fn renumber<T: Copy + Ord + Into<i128>>(key: &str) -> impl Fn(&T, &BTreeSet<&T>) -> String {
    move |taken, all| {
        let first: i128 = (*taken).into();
        let behind = all.range::<&T, _>(taken..).map(|number| (**number).into());
        let free = behind.zip(first..).find(|(number, next)| number != next).map(|(_, next)| next);
        let free = free.unwrap_or(first + all.range::<&T, _>(taken..).count() as i128);
        format!("write `{key} = {free}`, or another number that is free")
    }
}

fn enumeration(of: &EnumDecl, version: &Spanned<u32>, findings: &mut Findings) {
    let Some(values) = &of.values else { return };
    let value = match of.kind {
        EnumKind::Enum => "value",
        EnumKind::Flags => "bit",
    };
    if values.is_empty() {
        let message = format!("`{}` has no {value}s", of.name.value);
        let finding = Finding::new(&codes::R014, &of.name.span, message);
        findings.push(finding.help(format!("name at least one {value}, or use the plain integer")));
    }
    no_duplicates(values.iter().filter_map(|value| value.name.as_ref()), "the name", rename, findings);
    let numbers = values.iter().filter_map(|value| value.number.as_ref());
    no_duplicates(numbers, &format!("the {value}"), renumber(value), findings);
    let members = values.iter().filter_map(|value| Some((value.name.as_ref()?, &value.history)));
    histories(members, version, findings);
    let Some(repr) = of.repr else { return };
    for number in values.iter().filter_map(|value| value.number.as_ref()) {
        let fits = match of.kind {
            EnumKind::Enum => constants::fits(repr, number.value, &number.span),
            EnumKind::Flags => bit_fits(repr, number),
        };
        if let Err(finding) = fits {
            findings.push(finding);
        }
    }
}

fn bit_fits(repr: Scalar, bit: &Spanned<i128>) -> Result<(), Finding> {
    let last = repr.bits() - 1;
    if bit.value <= last.into() {
        return Ok(());
    }
    let message = format!("`{}` has no bit {}", repr.name(), bit.value);
    let finding = Finding::new(&codes::R037, &bit.span, message).label(format!("from 0 to {last}"));
    let larger = [Scalar::U16, Scalar::U32, Scalar::U64].into_iter().find(|wider| bit.value < wider.bits().into());
    Err(match larger {
        Some(larger) => finding.help(format!("write a bit from 0 to {last}, or `repr = \"{}\"`", larger.name())),
        None => finding.help(format!("write a bit from 0 to {last}")),
    })
}

fn variant(of: &VariantDecl, version: &Spanned<u32>, findings: &mut Findings) {
    let Some(cases) = &of.cases else { return };
    if cases.is_empty() {
        let finding = Finding::new(&codes::R014, &of.name.span, format!("`{}` has no cases", of.name.value));
        findings.push(finding.help("name at least one struct or message that it may hold"));
    }
    let named = |_: &String, _: &BTreeSet<&String>| "give one of them another `name`".to_string();
    no_duplicates(cases.iter().filter_map(CaseDecl::name), "the case", named, findings);
    let values = cases.iter().filter_map(|case| case.value.as_ref());
    no_duplicates(values, "the value", renumber("value"), findings);
    histories(cases.iter().filter_map(|case| Some((case.name()?, &case.history))), version, findings);
    let Some(tag) = of.tag else { return };
    for value in cases.iter().filter_map(|case| case.value.as_ref()) {
        if let Err(finding) = constants::fits(tag, value.value, &value.span) {
            findings.push(finding);
        }
    }
}

/// Reports members that came after the version that the file is of, or went before they came, and names that two
/// members have in layouts.
fn histories<'a>(
    members: impl Iterator<Item = (&'a Spanned<String>, &'a History)> + Clone,
    version: &Spanned<u32>,
    findings: &mut Findings,
) {
    for (name, History { since, deprecated, .. }) in members.clone() {
        for (what, of) in [("came", since), ("was deprecated", deprecated)] {
            if let Some(of) = of.as_ref().filter(|of| of.value > version.value) {
                let now = version.value;
                let message =
                    format!("`{}` {what} with version {}, and the file is of version {now}", name.value, of.value);
                let mut finding = Finding::new(&codes::R009, &of.span, message);
                if !version.span.is_empty() {
                    finding = finding.also(&version.span, "the version of the file");
                }
                findings.push(finding.help(format!("write `version = {}` at the top of the file", of.value)));
            }
        }
        if let (Some(since), Some(deprecated)) = (since, deprecated)
            && deprecated.value < since.value
        {
            let message = format!("`{}` is deprecated before there was one", name.value);
            let finding = Finding::new(&codes::R009, &deprecated.span, message).also(&since.span, "there since then");
            findings.push(finding.help(format!("write a version from {} on", since.value)));
        }
    }
    for (name, history) in members.clone() {
        let Some(was) = &history.was else { continue };
        let same = |(other, history): &(&Spanned<String>, &History)| {
            other.span != name.span && history.was.as_ref().unwrap_or(other).value == was.value
        };
        if let Some((other, _)) = members.clone().find(same) {
            let message = format!("`{}` can't have been `{}`, which is another one", name.value, was.value);
            let finding = Finding::new(&codes::R013, &was.span, message).also(&other.span, "this one");
            findings.push(finding.help("correct the name, or remove `was`"));
        } else if was.value == name.value {
            let finding = Finding::new(&codes::R013, &was.span, format!("`{}` was never renamed", name.value));
            findings.push(finding.help("remove `was`, or write the first name it had"));
        }
    }
}

fn structure(of: &StructDecl, schema: &Schema, findings: &mut Findings) {
    let Schema { ref version, origin, .. } = *schema;
    if let Some(align) = &of.align
        && (!align.value.is_power_of_two() || align.value > MAX_ALIGN)
    {
        let message = format!("an alignment of {} can't be", align.value);
        let finding = Finding::new(&codes::R014, &align.span, message).label("no power of two up to 128");
        findings.push(finding.help("write 16, 32, 64 or 128"));
    }
    let Some(fields) = &of.fields else { return };
    no_duplicates(fields.iter().filter_map(|field| field.name.as_ref()), "the field", rename, findings);
    let members = fields.iter().filter_map(|field| Some((field.name.as_ref()?, &field.history)));
    histories(members, version, findings);
    for field in fields {
        underscore(field, origin, findings);
        if let Some(Content::Pad(size) | Content::Reserved(size)) = &field.content {
            if size.value == 0 {
                let finding = Finding::new(&codes::R014, &size.span, "nothing is left of a field of 0 bytes");
                findings.push(finding.help("write how many bytes there are, or remove the field"));
            }
            meaningless(field, findings);
        }
    }
}

/// A leading `_` belongs to padding and reserved bytes.
fn underscore(field: &FieldDecl, origin: Origin, findings: &mut Findings) {
    let (Some(name), Some(content)) = (&field.name, &field.content) else { return };
    let is_data = matches!(content, Content::Type(_));
    let finding = Finding::new(&codes::R035, &name.span, String::new());
    match (name.value.strip_prefix('_'), is_data) {
        (Some(bare), true) => findings.push(
            Finding { message: format!("`{}` is a name for padding", name.value), ..finding }
                .label("starts with `_`")
                .help(match origin {
                    Origin::Schema => format!("write `{bare}`, or `pad = n` instead of `type`"),
                    Origin::Rust { .. } => format!("write `{bare}`, or bytes: `{}: [u8; 4]`", name.value),
                }),
        ),
        (None, false) => findings.push(
            Finding { message: format!("`{}` is a name for data, and this field has none", name.value), ..finding }
                .help(format!("write `_{}`", name.value)),
        ),
        _ => {}
    }
}

/// Reports keys that say nothing about bytes without a meaning.
fn meaningless(field: &FieldDecl, findings: &mut Findings) {
    let overrides = &field.overrides;
    let keys = [
        ("unit", &field.unit),
        ("epoch", &field.epoch),
        ("ts_u64", &field.ts_u64),
        ("rust_name", &overrides.rust),
        ("python_name", &overrides.python),
        ("ts_name", &overrides.typescript),
        ("c_name", &overrides.c),
    ];
    let texts = keys.into_iter().filter_map(|(key, value)| Some((key, &value.as_ref()?.span)));
    let History { since, deprecated, was } = &field.history;
    let others = [
        ("null", field.null.as_ref().map(|null| &null.span)),
        ("range", field.range.as_ref().map(|range| &range.span)),
        ("since", since.as_ref().map(|since| &since.span)),
        ("deprecated", deprecated.as_ref().map(|deprecated| &deprecated.span)),
        ("was", was.as_ref().map(|was| &was.span)),
    ];
    for (key, span) in texts.chain(others.into_iter().filter_map(|(key, span)| Some((key, span?)))) {
        let message = format!("`{key}` says nothing about bytes without a meaning");
        findings.push(Finding::new(&codes::R032, span, message).help(format!("remove `{key}`")));
    }
}

fn ring(of: &RingDecl, findings: &mut Findings) {
    if let Some(capacity) = &of.capacity
        && !capacity.value.is_power_of_two()
    {
        let message = format!("a capacity of {} is no power of two", capacity.value);
        let above = capacity.value.checked_next_power_of_two();
        let near: Vec<String> =
            [above.map(|above| above / 2), above].into_iter().flatten().map(|n| n.to_string()).collect();
        let finding = Finding::new(&codes::R014, &capacity.span, message);
        findings.push(match capacity.value {
            0 => finding.help("write how many messages it holds, at least 1"),
            _ => finding.help(format!("write {}", near.join(" or "))),
        });
    }
    if let Some(slab) = &of.slab
        && !slab.value.is_power_of_two()
    {
        let finding =
            Finding::new(&codes::R014, &slab.span, format!("a slab of {} bytes is no power of two", slab.value));
        findings.push(finding.help("write a power of two, such as `\"1 MiB\"`"));
    }
    if let Some(kind) = &of.kind {
        let code = match kind.value.as_str() {
            "broadcast" => &codes::R110,
            "gated" => &codes::R111,
            _ => return,
        };
        let message = format!("rings of kind `{}` are not supported yet", kind.value);
        let finding = Finding::new(code, &kind.span, message);
        findings.push(finding.help("write `spsc`, and a ring for each reader"));
    }
}
