//! The messages of vectors.md: read from their files, and encoded by the plan alone.

use ringgen_layout::{Scalar, ScalarKind};
use ringgen_schema::plan::{ConstantValue, Element, FieldPlan, ListPart, Plan, StructPlan, TypePlan};
use ringgen_schema::{Source, compile};
use serde_json::Value;

use crate::common;

/// How many rows there are; the message at a position is made of the row of this remainder.
pub(crate) const ROWS: u64 = 16;

/// The rows of `everything.json`, in order.
pub(crate) fn rows() -> Vec<Value> {
    let vectors: Value = serde_json::from_str(&common::text("tests/interop/everything.json")).expect("it is JSON");
    let rows = vectors["rows"].as_array().expect("there are rows");
    assert_eq!(rows.len() as u64, ROWS);
    rows.iter().map(|row| row["fields"].clone()).collect()
}

/// The lines of `everything.hex`.
pub(crate) fn encoded() -> Vec<Vec<u8>> {
    common::text("tests/interop/everything.hex").lines().map(from_hex).collect()
}

/// The plan of one of the schemas.
pub(crate) fn plan(package: &str) -> Plan {
    let source = Source::read(common::root().join(format!("schemas/{package}.toml"))).expect("it can be read");
    compile(&source).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

/// The plan of a schema's text.
pub(crate) fn plan_of(package: &str, text: &str) -> Plan {
    let source = Source::new(format!("{package}.toml"), text);
    compile(&source).unwrap_or_else(|report| panic!("{}: {:#?}\n{text}", source.name(), report.findings()))
}

/// A struct of a plan.
pub(crate) fn structure<'a>(plan: &'a Plan, name: &str) -> &'a StructPlan {
    let mut types = plan.types.iter().filter_map(|ty| match ty {
        TypePlan::Struct(of) => Some(of),
        TypePlan::Enum(_) | TypePlan::Variant(_) => None,
    });
    types.find(|of| of.name == name).expect("the schema has it")
}

/// The bytes of a struct with these fields. Every field must be given; a list is an array of as many elements as count.
pub(crate) fn encode(plan: &Plan, of: &StructPlan, fields: &Value) -> Vec<u8> {
    let mut bytes = vec![0; of.size as usize];
    let fields = fields.as_object().unwrap_or_else(|| panic!("{} is an object", of.name));
    let given = || of.data_fields().filter(|field| !matches!(field.list, Some(ListPart::Length { .. })));
    assert_eq!(fields.len(), given().count(), "{}", of.name);
    for field in given() {
        let value = fields.get(&field.name).unwrap_or_else(|| panic!("{}.{} is missing", of.name, field.name));
        let encoded = match (field.null, field.list) {
            (Some(null), _) if value.is_null() => encode_null(plan, field, null),
            (_, Some(ListPart::Items { length })) => {
                let count = value.as_array().unwrap_or_else(|| panic!("{}: {value}", field.name)).len() as u32;
                let length = &of.fields[length];
                bytes[length.offset as usize..][..4].copy_from_slice(&count.to_le_bytes());
                let dims = [&[count], &field.dims[1..]].concat();
                encode_array(plan, field, &dims, value)
            }
            _ => encode_array(plan, field, &field.dims, value),
        };
        assert!(encoded.len() == field.size as usize || field.list.is_some(), "{}", field.name);
        bytes[field.offset as usize..][..encoded.len()].copy_from_slice(&encoded);
    }
    bytes
}

/// The bytes that stand for no value.
fn encode_null(plan: &Plan, field: &FieldPlan, null: ConstantValue) -> Vec<u8> {
    let scalar = match field.element {
        Element::Scalar(scalar) => scalar,
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(of) => of.repr,
            other => panic!("{} has no null value", other.name()),
        },
        _ => panic!("{} has no null value", field.name),
    };
    let bits: i128 = match null {
        ConstantValue::Integer(value) => value,
        ConstantValue::Float(value) if scalar == Scalar::F32 => (value as f32).to_bits().into(),
        ConstantValue::Float(value) => value.to_bits().into(),
        ConstantValue::Bool(value) => value.into(),
    };
    bits.to_le_bytes()[..scalar.size() as usize].to_vec()
}

fn encode_array(plan: &Plan, field: &FieldPlan, dims: &[u32], value: &Value) -> Vec<u8> {
    match dims {
        [] => encode_element(plan, field, value),
        [length] if field.element == Element::Bytes => {
            let bytes = from_hex(value.as_str().unwrap_or_else(|| panic!("{}: {value}", field.name)));
            assert_eq!(bytes.len(), *length as usize, "{}", field.name);
            bytes
        }
        [length, inner @ ..] => {
            let values = value.as_array().unwrap_or_else(|| panic!("{}: {value}", field.name));
            assert_eq!(values.len(), *length as usize, "{}", field.name);
            values.iter().flat_map(|value| encode_array(plan, field, inner, value)).collect()
        }
    }
}

fn encode_element(plan: &Plan, field: &FieldPlan, value: &Value) -> Vec<u8> {
    match field.element {
        Element::Scalar(scalar) => encode_scalar(scalar, value),
        Element::Str(length) => {
            let mut bytes = value.as_str().unwrap_or_else(|| panic!("{}: {value}", field.name)).as_bytes().to_vec();
            assert!(bytes.len() <= length as usize, "{}: {value}", field.name);
            bytes.resize(length as usize, 0);
            bytes
        }
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(of) => encode_scalar(of.repr, value),
            TypePlan::Struct(of) => encode(plan, of, value),
            TypePlan::Variant(of) => panic!("vectors know no variants, such as {}", of.name),
        },
        Element::Text(_) | Element::Blob(_) => panic!("{} lies in a slab", field.name),
        Element::Bytes | Element::Pad | Element::Reserved => panic!("{} is no value of its own", field.name),
    }
}

fn encode_scalar(scalar: Scalar, value: &Value) -> Vec<u8> {
    let number: i128 = match (scalar.kind(), value) {
        (ScalarKind::Bool, Value::Bool(value)) => (*value).into(),
        (ScalarKind::Float, Value::String(bits)) => {
            let digits = bits.strip_prefix("0x").unwrap_or_else(|| panic!("{bits} are no bits"));
            assert_eq!(digits.len() as u32, scalar.size() * 2, "{bits}");
            i128::from_str_radix(digits, 16).expect("hexadecimal digits")
        }
        (ScalarKind::Unsigned | ScalarKind::Signed, Value::String(digits)) if scalar.bits() == 64 => {
            digits.parse().expect("a decimal number")
        }
        (ScalarKind::Unsigned | ScalarKind::Signed, Value::Number(number)) if scalar.bits() < 64 => {
            number.as_i64().expect("an integer").into()
        }
        _ => panic!("{value} is no {}", scalar.name()),
    };
    if let Some((least, greatest)) = scalar.integer_range() {
        assert!((least..=greatest).contains(&number), "{number} is no {}", scalar.name());
    }
    number.to_le_bytes()[..scalar.size() as usize].to_vec()
}

pub(crate) fn from_hex(digits: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal digits");
    assert!(digits.len().is_multiple_of(2), "{digits}");
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// Compares `everything.hex` with what the plan makes of `everything.json`; `RINGGEN_BLESS=1` writes it.
pub(crate) fn check_encoded() {
    let plan = plan("kitchen_sink");
    let everything = structure(&plan, "Everything");
    let hex = |row: &Value| encode(&plan, everything, row).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let text: String = rows().iter().map(|row| hex(row) + "\n").collect();
    if std::env::var_os("RINGGEN_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(common::root().join("tests/interop/everything.hex"), &text).expect("it can be written");
    }
    assert!(common::text("tests/interop/everything.hex") == text, "everything.hex differs; RINGGEN_BLESS=1 writes it");
}
