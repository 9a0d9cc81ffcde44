//! Layouts for programs.

use ringgen_schema::plan::{FieldPlan, Plan, RingPlan, TypePlan};
use serde::Serialize;

use super::draw::file_length;

#[derive(Serialize)]
struct JsonPackage<'a> {
    package: &'a str,
    version: u32,
    types: Vec<JsonType<'a>>,
    rings: Vec<JsonRing<'a>>,
}

#[derive(Serialize)]
struct JsonType<'a> {
    name: &'a str,
    kind: &'static str,
    size: u32,
    align: u32,
    layout_hash: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    doc: &'a str,
    fields: Vec<JsonField<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<JsonValue<'a>>>,
}

#[derive(Serialize)]
struct JsonField<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    ty: &'a str,
    offset: u32,
    size: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    unit: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    epoch: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    doc: &'a str,
}

#[derive(Serialize)]
struct JsonValue<'a> {
    name: &'a str,
    value: i128,
    #[serde(skip_serializing_if = "str::is_empty")]
    doc: &'a str,
}

#[derive(Serialize)]
struct JsonRing<'a> {
    name: &'a str,
    message: &'a str,
    capacity: u64,
    wait: &'static str,
    stride: u32,
    bytes: u64,
}

/// A package as JSON.
pub(super) fn json(plan: &Plan, types: &[&TypePlan], rings: &[&RingPlan]) -> String {
    let package = JsonPackage {
        package: &plan.package,
        version: plan.version,
        types: types.iter().map(|ty| json_type(ty)).collect(),
        rings: rings.iter().map(|ring| json_ring(plan, ring)).collect(),
    };
    serde_json::to_string_pretty(&package).expect("numbers and strings are JSON")
}

fn json_type(ty: &TypePlan) -> JsonType<'_> {
    match ty {
        TypePlan::Struct(of) => JsonType {
            name: &of.name,
            kind: of.kind.word(),
            size: of.size,
            align: of.align,
            layout_hash: of.layout_hash.to_string(),
            doc: &of.doc,
            fields: of.fields.iter().map(json_field).collect(),
            values: None,
        },
        TypePlan::Variant(of) => JsonType {
            name: &of.name,
            kind: "variant",
            size: of.size,
            align: of.align,
            layout_hash: of.layout_hash.to_string(),
            doc: &of.doc,
            fields: Vec::new(),
            values: Some(
                of.cases.iter().map(|of| JsonValue { name: &of.name, value: of.value, doc: &of.doc }).collect(),
            ),
        },
        TypePlan::Enum(of) => JsonType {
            name: &of.name,
            kind: of.kind.word(),
            size: of.repr.size(),
            align: of.repr.align(),
            layout_hash: of.layout_hash.to_string(),
            doc: &of.doc,
            fields: Vec::new(),
            values: Some(
                of.values.iter().map(|of| JsonValue { name: &of.name, value: of.value, doc: &of.doc }).collect(),
            ),
        },
    }
}

fn json_field(of: &FieldPlan) -> JsonField<'_> {
    let FieldPlan { name, spelling, offset, size, unit, epoch, doc, .. } = of;
    JsonField { name, ty: spelling, offset: *offset, size: *size, unit, epoch, doc }
}

fn json_ring<'a>(plan: &'a Plan, ring: &'a RingPlan) -> JsonRing<'a> {
    let message = plan.ty(ring.message);
    JsonRing {
        name: &ring.name,
        message: message.name(),
        capacity: ring.capacity,
        wait: ring.wait.word(),
        stride: message.size(),
        bytes: file_length(plan, ring),
    }
}
