//! Enums as `IntEnum`, flags as `IntFlag`. Both are open: what has no name is kept.

use ringgen_layout::{EnumKind, Scalar};

use super::code::{Code, docstring};
use super::hexadecimal;
use crate::backend::text::paragraphs;
use crate::plan::{EnumPlan, ValuePlan};

pub(super) fn print(code: &mut Code, of: &EnumPlan) {
    let (base, stored) = match of.kind {
        EnumKind::Enum => ("IntEnum", "A value that has no name here is kept, as an int."),
        EnumKind::Flags => ("IntFlag", "Bits that have no name here are kept."),
    };
    code.section();
    code.block(format!("class {}(_enum.{base}):", of.name), |code| {
        let stored = format!("Stored as `{}`. {stored}", of.repr.name());
        docstring(code, &paragraphs([of.doc.as_str(), &stored]));
        code.line("");
        for value in &of.values {
            code.line(format!("{} = {}", value.names.python, number(of, value)));
            docstring(code, &paragraphs([value.doc.as_str()]));
        }
    });
    if of.kind == EnumKind::Enum {
        code.section();
        let dict = format!("{{int(member): member for member in {}}}", of.name);
        code.line(format!("{}: _t.Final = {dict}", members(of)));
    }
}

/// The dict from numbers to members.
pub(super) fn members(of: &EnumPlan) -> String {
    format!("_members_of_{}", of.name)
}

/// The scalar that the bytes are read as: bits have no sign.
pub(super) fn stored_as(of: &EnumPlan) -> Scalar {
    match (of.kind, of.repr) {
        (EnumKind::Flags, Scalar::I8) => Scalar::U8,
        (EnumKind::Flags, Scalar::I16) => Scalar::U16,
        (EnumKind::Flags, Scalar::I32) => Scalar::U32,
        (EnumKind::Flags, Scalar::I64) => Scalar::U64,
        (_, repr) => repr,
    }
}

fn number(of: &EnumPlan, value: &ValuePlan) -> String {
    match of.kind {
        EnumKind::Enum => value.value.to_string(),
        EnumKind::Flags => hexadecimal(value.value & ((1 << of.repr.bits()) - 1)),
    }
}
