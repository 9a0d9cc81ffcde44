//! Layouts for programs.

use std::borrow::Cow;

use ringgen_layout::Scalar;
use ringgen_schema::plan::{CasePlan, ConstantValue, FieldPlan, Plan, RingPlan, TypePlan, ValuePlan, VariantPlan};
use serde::Serialize;
use serde_json::{Number, Value};

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
    /// Whether another package declares it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    imported: bool,
    size: u32,
    align: u32,
    layout_hash: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    doc: &'a str,
    fields: Vec<JsonField<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<JsonValue<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cases: Option<Vec<JsonCase<'a>>>,
}

#[derive(Serialize)]
struct JsonField<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    ty: Cow<'a, str>,
    offset: u32,
    size: u32,
    #[serde(skip_serializing_if = "str::is_empty")]
    unit: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    epoch: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    null: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<[Value; 2]>,
    #[serde(flatten)]
    history: History,
    #[serde(skip_serializing_if = "str::is_empty")]
    doc: &'a str,
}

#[derive(Default, Serialize)]
struct History {
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<u32>,
}

#[derive(Serialize)]
struct JsonValue<'a> {
    name: &'a str,
    value: i128,
    #[serde(flatten)]
    history: History,
    #[serde(skip_serializing_if = "str::is_empty")]
    doc: &'a str,
}

#[derive(Serialize)]
struct JsonCase<'a> {
    name: &'a str,
    value: i128,
    #[serde(rename = "type")]
    ty: &'a str,
    #[serde(flatten)]
    history: History,
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
        types: types.iter().map(|ty| json_type(plan, ty)).collect(),
        rings: rings.iter().map(|ring| json_ring(plan, ring)).collect(),
    };
    serde_json::to_string_pretty(&package).expect("numbers and strings are JSON")
}

fn json_type<'a>(plan: &'a Plan, ty: &'a TypePlan) -> JsonType<'a> {
    let (kind, fields, values, cases) = match ty {
        TypePlan::Struct(of) => (of.kind.word(), of.fields.iter().map(json_field).collect(), None, None),
        TypePlan::Enum(of) => (of.kind.word(), Vec::new(), Some(of.values.iter().map(json_value).collect()), None),
        TypePlan::Variant(of) => {
            ("variant", json_parts(of), None, Some(of.cases.iter().map(|of| json_case(plan, of)).collect()))
        }
    };
    JsonType {
        name: ty.name(),
        kind,
        imported: plan.own_types().iter().all(|own| own.name() != ty.name()),
        size: ty.size(),
        align: ty.align(),
        layout_hash: ty.layout_hash().to_string(),
        doc: ty.doc(),
        fields,
        values,
        cases,
    }
}

fn json_field(of: &FieldPlan) -> JsonField<'_> {
    let FieldPlan { name, spelling, offset, size, unit, epoch, doc, .. } = of;
    JsonField {
        name,
        ty: spelling.into(),
        offset: *offset,
        size: *size,
        unit,
        epoch,
        null: of.null.as_ref().map(json_literal),
        range: of.range.as_ref().map(|(least, most)| [json_literal(least), json_literal(most)]),
        history: History { since: of.since, deprecated: of.deprecated },
        doc,
    }
}

/// A number or a bool; what is no number of JSON is a string.
fn json_literal(of: &ConstantValue) -> Value {
    match *of {
        ConstantValue::Integer(value) => Number::from_i128(value).map_or(Value::Null, Value::Number),
        ConstantValue::Float(value) => {
            Number::from_f64(value).map_or_else(|| Value::String(of.shown(Scalar::F64)), Value::Number)
        }
        ConstantValue::Bool(value) => Value::Bool(value),
    }
}

/// The parts of a variant: every byte of it, as of a struct.
fn json_parts(of: &VariantPlan) -> Vec<JsonField<'_>> {
    let tag = of.tag.size();
    let part = |name, ty: Cow<'static, str>, offset: u32, end: u32| JsonField {
        name,
        ty,
        offset,
        size: end - offset,
        unit: "",
        epoch: "",
        null: None,
        range: None,
        history: History::default(),
        doc: "",
    };
    let parts = [
        part("tag", of.tag.name().into(), 0, tag),
        part("_pad0", format!("pad[{}]", of.payload_offset - tag).into(), tag, of.payload_offset),
        part("payload", "case".into(), of.payload_offset, of.size),
    ];
    parts.into_iter().filter(|part| part.size > 0).collect()
}

fn json_value(of: &ValuePlan) -> JsonValue<'_> {
    let history = History { since: of.since, deprecated: of.deprecated };
    JsonValue { name: &of.name, value: of.value, history, doc: &of.doc }
}

fn json_case<'a>(plan: &'a Plan, of: &'a CasePlan) -> JsonCase<'a> {
    let history = History { since: of.since, deprecated: of.deprecated };
    JsonCase { name: &of.name, value: of.value, ty: plan.ty(of.ty).name(), history, doc: &of.doc }
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
