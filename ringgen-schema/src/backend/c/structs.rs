//! Structs and messages: their members, what is known of them, and an assertion for each number.

use std::fmt::Write;

use ringgen_layout::{Scalar, StructKind};

use super::comment::{comment, history};
use super::support::deprecated;
use super::{literal, type_name};
use crate::backend::text::{paragraphs, text};
use crate::names;
use crate::plan::{ConstantValue, Element, FieldPlan, ListPart, Plan, StructPlan, TypePlan};
use crate::spell;

/// The struct, what it and its members are known by, and what must be so.
pub(super) fn print(plan: &Plan, of: &StructPlan) -> String {
    let StructPlan { name, size, align, doc, .. } = of;
    let ty = spell::c_type(&plan.package, name);
    let extent = text!("{size} bytes, aligned to {align}.");
    let mut text = text!("\n{}typedef struct {ty} {{\n", comment("", &paragraphs([doc.as_str(), &extent])));
    for (index, field) in of.fields.iter().enumerate() {
        text += &comment("    ", &about(field));
        // The alignment of a member is the struct's as well, which C can't ask for in another way.
        let aligned = if index == 0 { text!("RINGGEN_ALIGNAS_({align}) ") } else { String::new() };
        let (deprecated, member) = (deprecated(field.deprecated), member(plan, field));
        let _ = writeln!(text, "    {aligned}{deprecated}{member}; /* {}: {} */", field.offset, field.spelling);
    }
    let _ = writeln!(text, "}} {ty};\n");
    text += &known_by(plan, of);
    text.extend(of.fields.iter().map(|field| field_constants(plan, of, field)));
    text.extend(of.fields.iter().map(|field| field_functions(plan, of, &ty, field)));
    text + &assertions(of, &ty)
}

/// The declaration of a member.
fn member(plan: &Plan, field: &FieldPlan) -> String {
    let (ty, length) = match field.element {
        Element::Scalar(scalar) => (literal::ty(scalar), None),
        Element::Str(length) => ("char".to_string(), Some(length)),
        Element::Bytes => ("uint8_t".to_string(), None),
        Element::Text(_) | Element::Blob(_) => ("ringgen_slab_ref".to_string(), None),
        Element::Pad | Element::Reserved => ("uint8_t".to_string(), Some(field.size)),
        Element::Type(id) => (type_name(plan, id), None),
    };
    let lengths: String = field.dims.iter().chain(&length).map(|length| text!("[{length}]")).collect();
    text!("{ty} {}{lengths}", field.names.c)
}

/// What it means, and in brackets what it is counted in; then when it came and went.
fn about(field: &FieldPlan) -> String {
    let counted = match (field.unit.as_str(), field.epoch.as_str()) {
        ("", "") => String::new(),
        (unit, "") => text!("[{unit}]"),
        ("", epoch) => text!("[since {epoch}]"),
        (unit, epoch) => text!("[{unit} since {epoch}]"),
    };
    let gap = if field.doc.contains('\n') { "\n\n" } else { " " };
    let meaning = [field.doc.trim(), &counted].join(gap);
    paragraphs([meaning.as_str(), &history(field.since, field.deprecated)])
}

/// What rings and programs know it by.
fn known_by(plan: &Plan, of: &StructPlan) -> String {
    let upper = names::upper_case(&of.name);
    let define =
        |what: &str, value: String| text!("#define {} {value}\n", spell::c_macro(&plan.package, &[&upper, what]));
    let mut text = String::new();
    if of.kind == StructKind::Message {
        text += &define("NAME", text!("\"{}\"", of.name));
        text.extend(of.id.map(|id| define("ID", text!("UINT32_C({id})"))));
    }
    text += &define("LAYOUT_HASH", text!("\"{}\"", of.layout_hash));
    if of.kind == StructKind::Message {
        text += &define("SCHEMA_HASH", text!("\"{}\"", of.schema_hash));
    }
    text
}

/// The value that stands for none, and the ends of the range.
fn field_constants(plan: &Plan, of: &StructPlan, field: &FieldPlan) -> String {
    let (least, most) = field.range.unzip();
    let constants = [("NULL", field.null), ("MIN", least), ("MAX", most)];
    let define = |(what, value): (&str, Option<ConstantValue>)| {
        let value = literal::number(scalar(plan, field)?, value?);
        Some(text!("#define {} {value}\n", field_constant(plan, of, field, what)))
    };
    constants.into_iter().filter_map(define).collect()
}

/// A constant of a field: `MARKET_TRADE_MAKER_NULL`.
fn field_constant(plan: &Plan, of: &StructPlan, field: &FieldPlan, what: &str) -> String {
    spell::c_macro(&plan.package, &[&names::upper_case(&of.name), &field.name.to_ascii_uppercase(), what])
}

/// The scalar that an element is stored as, if it is one.
fn scalar(plan: &Plan, field: &FieldPlan) -> Option<Scalar> {
    match field.element {
        Element::Scalar(scalar) => Some(scalar),
        Element::Type(id) => match plan.ty(id) {
            TypePlan::Enum(of) => Some(of.repr),
            TypePlan::Struct(_) | TypePlan::Variant(_) => None,
        },
        _ => None,
    }
}

/// Whether a field has a value, and how many elements of a list there are.
fn field_functions(plan: &Plan, of: &StructPlan, ty: &str, field: &FieldPlan) -> String {
    let FieldPlan { name, names, .. } = field;
    let mut text = String::new();
    if let Some(null) = field.null {
        let is_null = match (null, field.element) {
            (ConstantValue::Float(value), Element::Scalar(scalar)) if value.is_nan() => is_nan(scalar, &names.c),
            _ => text!("    return of->{} == {};\n", names.c, field_constant(plan, of, field, "NULL")),
        };
        let _ = write!(
            text,
            "\n/** Whether `{}` stands for no value. */\n\
             static inline bool {ty}_{name}_is_null(const {ty} *of)\n{{\n{is_null}}}\n",
            names.c
        );
    }
    if let Some(ListPart::Items { length }) = field.list {
        let (length, most) = (&of.fields[length].names.c, field.dims[0]);
        let _ = write!(
            text,
            "\n/** How many of `{}` count: no more than there are, whatever a peer says. */\n\
             static inline uint32_t {ty}_{name}_count(const {ty} *of)\n{{\n\
             \x20   return of->{length} < {most} ? of->{length} : {most};\n}}\n",
            names.c
        );
    }
    text
}

/// Whether a member is any NaN, by its bits: that no NaN is equal to itself is what `-ffast-math` denies.
fn is_nan(scalar: Scalar, member: &str) -> String {
    let (bits, magnitude, infinity) = match scalar {
        Scalar::F32 => (32, "7fffffff", "7f800000"),
        _ => (64, "7fffffffffffffff", "7ff0000000000000"),
    };
    text!(
        "    union {{ {} value; uint{bits}_t bits; }} number = {{ of->{member} }};\n\
         \x20   return (number.bits & UINT{bits}_C(0x{magnitude})) > UINT{bits}_C(0x{infinity});\n",
        literal::ty(scalar)
    )
}

/// That every number of the plan is the compiler's too.
fn assertions(of: &StructPlan, ty: &str) -> String {
    let StructPlan { size, align, fields, .. } = of;
    let member = |FieldPlan { names, offset, size, .. }: &FieldPlan| {
        text!("RINGGEN_MEMBER_({ty}, {}, {offset}, {size});\n", names.c)
    };
    text!("\nRINGGEN_TYPE_({ty}, {size}, {align});\n") + &fields.iter().map(member).collect::<String>()
}
