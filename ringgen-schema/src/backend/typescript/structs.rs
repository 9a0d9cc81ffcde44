//! Structs and messages.

use std::fmt::Write;

use super::field::{Member, indented, members, zero};
use super::laid::{Laid, Row};
use super::scalar::Stored;
use super::scope::{Named, Scope};
use super::text::{doc, quoted};
use crate::plan::{ConstantValue, Element, FieldPlan, ListPart, Plan, StructPlan, TypePlan};

pub(super) fn emit_struct(plan: &Plan, scope: &Scope, named: &Named, of: &StructPlan) -> String {
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
    let mut text = emit_interface(of, &members);
    text += &laid.fields(of.fields.iter().map(|field| row(plan, field)));
    if members.is_empty() {
        text += &emit_nothing(of, named);
    }
    text += &laid.layout(plan);
    if !members.is_empty() {
        text += &emit_read(of, named, &members);
        text += &emit_write(of, named, &members);
    }
    text += &emit_check(named, &members);
    text += &laid.reader(&members.iter().map(|member| member.reads(false)).collect::<String>());
    text + &laid.view(&members.iter().map(|member| member.reads(true) + &member.writes()).collect::<String>())
}

fn emit_interface(of: &StructPlan, members: &[Member<'_>]) -> String {
    let StructPlan { name, size, align, .. } = of;
    let mut text = doc("", &[of.doc.clone(), format!("{size} bytes, aligned to {align}.")]);
    if members.is_empty() {
        return text + &format!("export type {name} = Record<string, never>;\n\n");
    }
    let _ = writeln!(text, "export interface {name} {{");
    for member in members {
        let _ = writeln!(text, "{}  {}: {};", member.about(), member.name, member.plain());
    }
    text + "}\n\n"
}

fn row<'a>(plan: &Plan, field: &'a FieldPlan) -> Row<'a> {
    let mut more = Vec::new();
    for (key, value) in [("unit", &field.unit), ("epoch", &field.epoch)] {
        if !value.is_empty() {
            more.push(format!("{key}: {}", quoted(value)));
        }
    }
    more.extend(values(plan, field));
    for (key, version) in [("since", field.since), ("deprecated", field.deprecated)] {
        more.extend(version.map(|version| format!("{key}: {version}")));
    }
    Row {
        key: &field.names.typescript,
        name: &field.name,
        spelling: field.spelling.clone(),
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
            true => format!("null: {value}"),
            false => format!("get null(): {ty} {{ return {value}; }}"),
        });
    }
    if let Some((least, most)) = field.range {
        let ends = format!("[{}, {}]", stored.literal(least), stored.literal(most));
        values.push(match is_literal(least) && is_literal(most) {
            true => format!("range: {ends}"),
            false => format!("get range(): readonly [{ty}, {ty}] {{ return {ends}; }}"),
        });
    }
    values
}

/// What reads and writes a struct without a member. It has parameters that it does not use, which no declaration of a
/// function may have, and constants stand in front of what names them.
fn emit_nothing(of: &StructPlan, named: &Named) -> String {
    let StructPlan { name, size, .. } = of;
    let Named { read, write, .. } = named;
    format!(
        "const {read}: (data: DataView, at: number) => {name} = () => ({{}});\n\n\
         const {write}: (data: DataView, at: number, value: {name}) => void = (data, at) => {{\n{}}};\n\n",
        zero(0, *size, "data", "at")
    )
}

fn emit_read(of: &StructPlan, named: &Named, members: &[Member<'_>]) -> String {
    let (name, read) = (&of.name, &named.read);
    let mut object = "{\n".to_string();
    for member in members {
        let _ = writeln!(object, "    {}: {},", member.name, member.read("data", "at"));
    }
    object += "  };";
    // What an object is returned as says which of its members are deprecated.
    let has_deprecated = members.iter().any(|member| member.field.deprecated.is_some());
    let body =
        if has_deprecated { format!("const value = {object}\n  return value;") } else { format!("return {object}") };
    format!("function {read}(data: DataView, at: number): {name} {{\n  {body}\n}}\n\n")
}

fn emit_write(of: &StructPlan, named: &Named, members: &[Member<'_>]) -> String {
    let (name, write) = (&of.name, &named.write);
    let mut text = format!("function {write}(data: DataView, at: number, value: {name}): void {{\n");
    let deprecated = members.iter().filter(|member| member.field.deprecated.is_some());
    let old = deprecated.map(|member| format!("{}: {}", member.name, member.plain())).collect::<Vec<_>>().join("; ");
    if !old.is_empty() {
        // The same object, of a type that does not say that these members are deprecated.
        let _ = writeln!(text, "  const old: {{ {old} }} = value;");
    }
    for field in &of.fields {
        match members.iter().find(|member| std::ptr::eq(member.field, field)) {
            Some(member) => {
                let object = if field.deprecated.is_some() { "old" } else { "value" };
                let _ = writeln!(text, "  {};", member.write("data", "at", &format!("{object}.{}", member.name)));
            }
            // Written together with the elements.
            None if matches!(field.list, Some(ListPart::Length { .. })) => {}
            None => text += &zero(field.offset, field.size, "data", "at"),
        }
    }
    text += "}\n\n";
    text + &members.iter().map(Member::array_writer).collect::<String>()
}

fn emit_check(named: &Named, members: &[Member<'_>]) -> String {
    let Some(check) = &named.check else {
        return String::new();
    };
    let mut text = format!("function {check}(data: DataView, at: number): void {{\n");
    for statement in members.iter().filter_map(|member| member.check("data", "at")) {
        let _ = writeln!(text, "{}", indented(&statement));
    }
    text + "}\n\n"
}
