//! What a schema may not say although each part of it is well-formed: names, values and numbers that clash.

use std::collections::BTreeMap;
use std::fmt::Display;

use ringgen_layout::{EnumKind, MAX_ALIGN, Scalar};

use crate::codes;
use crate::constants;
use crate::diagnostic::{Finding, Findings};
use crate::schema::{Content, EnumDecl, FieldDecl, RingDecl, Schema, StructDecl};
use crate::source::{Span, Spanned};

/// Reports everything that clashes.
pub(crate) fn check(schema: &Schema, findings: &mut Findings) {
    no_duplicates(schema.type_names(), "the type", findings);
    let ids = schema.structs.iter().filter_map(|of| of.id.as_ref());
    no_duplicates(ids, "the id", findings);
    for of in &schema.enums {
        enumeration(of, findings);
    }
    for of in &schema.structs {
        structure(of, findings);
    }
    for of in &schema.rings {
        ring(of, findings);
    }
}

/// Reports each value that was there before, and where.
fn no_duplicates<'a, T: Ord + Display + 'a>(
    of: impl Iterator<Item = &'a Spanned<T>>,
    what: &str,
    findings: &mut Findings,
) {
    let mut in_order: Vec<&Spanned<T>> = of.collect();
    in_order.sort_by_key(|item| item.span.start);
    let mut first: BTreeMap<&T, &Span> = BTreeMap::new();
    for item in in_order {
        if let Some(before) = first.get(&item.value) {
            let message = format!("{what} `{}` is there twice", item.value);
            let finding = Finding::new(&codes::R013, &item.span, message).label("second").also(before, "first");
            findings.push(finding.help("change one of them"));
        } else {
            first.insert(&item.value, &item.span);
        }
    }
}

fn enumeration(of: &EnumDecl, findings: &mut Findings) {
    let Some(values) = &of.values else { return };
    let (value, number) = match of.kind {
        EnumKind::Enum => ("value", "the value"),
        EnumKind::Flags => ("bit", "the bit"),
    };
    if values.is_empty() {
        let message = format!("`{}` has no {value}s", of.name.value);
        let finding = Finding::new(&codes::R014, &of.name.span, message);
        findings.push(finding.help(format!("name at least one {value}, or use the plain integer")));
    }
    no_duplicates(values.iter().filter_map(|value| value.name.as_ref()), "the name", findings);
    no_duplicates(values.iter().filter_map(|value| value.number.as_ref()), number, findings);
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

fn structure(of: &StructDecl, findings: &mut Findings) {
    if let Some(align) = &of.align
        && (!align.value.is_power_of_two() || align.value > MAX_ALIGN)
    {
        let message = format!("an alignment of {} can't be", align.value);
        let finding = Finding::new(&codes::R014, &align.span, message).label("no power of two up to 128");
        findings.push(finding.help("write 16, 32, 64 or 128"));
    }
    let Some(fields) = &of.fields else { return };
    no_duplicates(fields.iter().filter_map(|field| field.name.as_ref()), "the field", findings);
    for field in fields {
        underscore(field, findings);
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
fn underscore(field: &FieldDecl, findings: &mut Findings) {
    let (Some(name), Some(content)) = (&field.name, &field.content) else { return };
    let is_data = matches!(content, Content::Type(_));
    let finding = Finding::new(&codes::R035, &name.span, String::new());
    match (name.value.strip_prefix('_'), is_data) {
        (Some(bare), true) => findings.push(
            Finding { message: format!("`{}` is a name for padding", name.value), ..finding }
                .label("starts with `_`")
                .help(format!("write `{bare}`, or `pad = n` instead of `type`")),
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
    for (key, value) in keys {
        if let Some(value) = value {
            let message = format!("`{key}` says nothing about bytes without a meaning");
            findings.push(Finding::new(&codes::R032, &value.span, message).help(format!("remove `{key}`")));
        }
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
