//! Fields in the order of their age: what is added goes behind what was there, or into bytes that were reserved.

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::lock::{self, Versions};
use crate::plan::{FieldPlan, Plan, StructPlan, TypePlan};
use crate::schema::{Content, Schema, StructDecl};
use crate::source::{Span, Spanned};

/// Reports fields that are older than one in front of them, unless a lock shows that this one took reserved bytes.
///
/// Which bytes it took a plan says; without one, which is for mistakes that are reported already, a type of which a lock
/// knows reserved bytes is left alone.
pub(crate) fn check(schema: &Schema, plan: Option<&Plan>, versions: Option<&Versions>, findings: &mut Findings) {
    for of in &schema.structs {
        let placed = plan.and_then(|plan| structure(plan, &of.name.value));
        if placed.is_none() && versions.is_some_and(|versions| ever_reserved(versions, &of.name.value)) {
            continue;
        }
        in_order(of, placed, versions, findings);
    }
}

fn in_order(of: &StructDecl, placed: Option<&StructPlan>, versions: Option<&Versions>, findings: &mut Findings) {
    let took_reserved = |name: &str, since: u32| {
        let fields: Vec<&FieldPlan> = placed.into_iter().flat_map(|of| parts(of, name)).collect();
        let record = versions.filter(|_| !fields.is_empty());
        record.is_some_and(|versions| lock::were_reserved(versions, &of.name.value, fields, since))
    };
    let mut newest: Option<(&Spanned<String>, &Spanned<u32>)> = None;
    for field in of.fields.iter().flatten() {
        let (Some(name), Some(Content::Type(_))) = (&field.name, &field.content) else { continue };
        let since = field.history.since.as_ref();
        let version = since.map_or(1, |since| since.value);
        if let Some((before, than)) = newest.filter(|(_, newest)| newest.value > version) {
            let span = since.map_or(&name.span, |since| &since.span);
            let finding = older(span, &name.value, version, before, than);
            findings.push(match versions.and_then(|versions| versions.range(..than.value).next_back()) {
                None => finding,
                Some((recorded, record)) => {
                    let place = record.layouts.get(&of.name.value).map_or(&record.span, |block| &block.span);
                    finding.also(place, format!("version {recorded} has no reserved bytes at its place"))
                }
            });
        } else if let Some(since) = since.filter(|since| !took_reserved(&name.value, since.value)) {
            newest = Some((name, since));
        }
    }
}

fn older(span: &Span, name: &str, version: u32, before: &Spanned<String>, than: &Spanned<u32>) -> Finding {
    let newer = &before.value;
    Finding::new(&codes::R009, span, format!("`{name}` is older than `{newer}` in front of it"))
        .label(format!("since version {version}"))
        .also(&than.span, format!("since version {}", than.value))
        .help(format!("move `{newer}` behind `{name}`: new fields go behind old ones, or where bytes were reserved"))
}

fn structure<'a>(plan: &'a Plan, name: &str) -> Option<&'a StructPlan> {
    plan.own_types().iter().find_map(|of| match of {
        TypePlan::Struct(of) if of.name == name => Some(of),
        _ => None,
    })
}

/// The fields that a declared one is: two if it is a list.
fn parts<'a>(of: &'a StructPlan, name: &str) -> Vec<&'a FieldPlan> {
    let Some(index) = of.fields.iter().position(|field| field.name == name) else { return Vec::new() };
    let field = &of.fields[index];
    match field.list {
        Some(crate::plan::ListPart::Items { length }) => vec![&of.fields[length], field],
        _ => vec![field],
    }
}

/// Whether any version had reserved bytes in a type.
fn ever_reserved(versions: &Versions, name: &str) -> bool {
    let blocks = versions.values().filter_map(|record| record.layouts.get(name));
    blocks.flat_map(|block| &block.members).any(|member| member.is_reserved())
}
