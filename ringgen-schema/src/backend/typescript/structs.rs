//! Structs and messages.

use std::fmt::Write;

use super::field::{Member, members, print_indented, zero};
use super::laid::{Laid, Row};
use super::scalar::Stored;
use super::scope::{Named, Scope};
use super::text::{doc, quoted};
use crate::backend::text::text;
use crate::plan::{ConstantValue, Element, FieldPlan, ListPart, Plan, StructPlan, TypePlan};

pub(super) fn print(text: &mut String, plan: &Plan, scope: &Scope, named: &Named, of: &StructPlan) {
    let members = members(plan, scope, of);
    let laid = Laid {
        kind: of.kind.word(),
        name: &of.name,
        size: of.size,
        align: of.align,
        layout_hash: of.layout_hash,
        schema_hash: of.schema_hash,
        schema_text: &of.schema_text,
        named,
    };
    print_interface(text, of, &members);
    laid.print_fields(text, of.fields.iter().map(|field| row(plan, field)));
    if members.is_empty() {
        print_nothing(text, of, named);
    }
    laid.print_layout(text, plan);
    if !members.is_empty() {
        print_read(text, of, named, &members);
        print_write(text, of, named, &members);
    }
    print_check(text, named, &members);
    laid.print_reader(text, |text| members.iter().for_each(|member| member.print_reads(text, false)));
    laid.print_view(text, |text| {
        for member in &members {
            member.print_reads(text, true);
            member.print_writes(text);
        }
    });
}

fn print_interface(text: &mut String, of: &StructPlan, members: &[Member<'_>]) {
    let StructPlan { name, size, align, .. } = of;
    *text += &doc("", &[&of.doc, &text!("{size} bytes, aligned to {align}.")]);
    if members.is_empty() {
        let _ = writeln!(text, "export type {name} = Record<string, never>;\n");
        return;
    }
    let _ = writeln!(text, "export interface {name} {{");
    for member in members {
        let _ = writeln!(text, "{}  {}: {};", member.about, member.name, member.plain());
    }
    *text += "}\n\n";
}

fn row<'a>(plan: &Plan, field: &'a FieldPlan) -> Row<'a> {
    let mut more = Vec::new();
    for (key, value) in [("unit", &field.unit), ("epoch", &field.epoch)] {
        if !value.is_empty() {
            more.push(text!("{key}: {}", quoted(value)));
        }
    }
    more.extend(values(plan, field));
    for (key, version) in [("since", field.since), ("deprecated", field.deprecated)] {
        more.extend(version.map(|version| text!("{key}: {version}")));
    }
    Row {
        key: &field.names.typescript,
        name: &field.name,
        spelling: (&*field.spelling).into(),
        offset: field.offset,
        size: field.size,
        more,
    }
}

/// What stands for `null`, and the range.
fn values(plan: &Plan, field: &FieldPlan) -> Vec<String> {
    let scalar = match field.element {
        Element::Scalar(scalar) => scalar,
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(of) => of.repr,
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    let stored = Stored::plain(scalar);
    let ty = stored.ty();
    // Neither NaN nor infinity is a literal, and of nothing else is the type known without being written down.
    let is_literal = |value: ConstantValue| !matches!(value, ConstantValue::Float(value) if !value.is_finite());
    let mut values = Vec::new();
    if let Some(null) = field.null {
        let value = stored.literal(null);
        values.push(match is_literal(null) {
            true => text!("null: {value}"),
            false => text!("get null(): {ty} {{ return {value}; }}"),
        });
    }
    if let Some((least, most)) = field.range {
        let ends = text!("[{}, {}]", stored.literal(least), stored.literal(most));
        values.push(match is_literal(least) && is_literal(most) {
            true => text!("range: {ends}"),
            false => text!("get range(): readonly [{ty}, {ty}] {{ return {ends}; }}"),
        });
    }
    values
}

/// What reads and writes a struct without a member. It has parameters that it does not use, which no declaration of a
/// function may have, and constants stand in front of what names them.
fn print_nothing(text: &mut String, of: &StructPlan, named: &Named) {
    let StructPlan { name, size, .. } = of;
    let Named { read, write, .. } = named;
    let _ = writeln!(
        text,
        "const {read}: (data: DataView, at: number) => {name} = () => ({{}});\n\n\
         const {write}: (data: DataView, at: number, value: {name}) => void = (data, at) => {{\n{}}};\n",
        zero(0, *size, "data", "at")
    );
}

fn print_read(text: &mut String, of: &StructPlan, named: &Named, members: &[Member<'_>]) {
    let (name, read) = (&of.name, &named.read);
    // What an object is returned as says which of its members are deprecated.
    let has_deprecated = members.iter().any(|member| member.field.deprecated.is_some());
    let (begin, end) = if has_deprecated { ("const value =", "\n  return value;") } else { ("return", "") };
    let _ = writeln!(text, "function {read}(data: DataView, at: number): {name} {{\n  {begin} {{");
    for member in members {
        let _ = writeln!(text, "    {}: {},", member.name, member.read("data", "at"));
    }
    let _ = writeln!(text, "  }};{end}\n}}\n");
}

fn print_write(text: &mut String, of: &StructPlan, named: &Named, members: &[Member<'_>]) {
    let (name, write) = (&of.name, &named.write);
    let _ = writeln!(text, "function {write}(data: DataView, at: number, value: {name}): void {{");
    let deprecated = members.iter().filter(|member| member.field.deprecated.is_some());
    let old = deprecated.map(|member| text!("{}: {}", member.name, member.plain())).collect::<Vec<_>>().join("; ");
    if !old.is_empty() {
        // The same object, of a type that does not say that these members are deprecated.
        let _ = writeln!(text, "  const old: {{ {old} }} = value;");
    }
    for field in &of.fields {
        match members.iter().find(|member| std::ptr::eq(member.field, field)) {
            Some(member) => {
                let object = if field.deprecated.is_some() { "old" } else { "value" };
                let _ = writeln!(text, "  {};", member.write("data", "at", &text!("{object}.{}", member.name)));
            }
            // Written together with the elements.
            None if matches!(field.list, Some(ListPart::Length { .. })) => {}
            None => *text += &zero(field.offset, field.size, "data", "at"),
        }
    }
    *text += "}\n\n";
    members.iter().for_each(|member| member.print_array_writer(text));
}

fn print_check(text: &mut String, named: &Named, members: &[Member<'_>]) {
    let Some(check) = &named.check else { return };
    let _ = writeln!(text, "function {check}(data: DataView, at: number): void {{");
    for statement in members.iter().filter_map(|member| member.check("data", "at")) {
        print_indented(text, &statement);
    }
    *text += "}\n\n";
}
