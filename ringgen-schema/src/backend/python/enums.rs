//! Enums as `IntEnum`, flags as `IntFlag`. Both are open: what has no name is kept.

use ringgen_layout::{EnumKind, Scalar};

use super::code::{Code, docstring};
use super::history;
use super::scalars::hexadecimal;
use crate::backend::text::paragraphs;
use crate::plan::{EnumPlan, ValuePlan};

pub(super) fn print(code: &mut Code, of: &EnumPlan) {
    let (base, stored) = match of.kind {
        EnumKind::Enum => ("IntEnum", "A value that has no name here is kept, as an int."),
        EnumKind::Flags => ("IntFlag", "Bits that have no name here are kept."),
    };
    let stored = format!("Stored as `{}`. {stored}", of.repr.name());
    let members = of.values.iter().map(|value| Member {
        name: value.names.python.clone(),
        number: number(of, value),
        doc: paragraphs([value.doc.as_str(), &history::sentences(value.since, value.deprecated)]),
        deprecated: value.deprecated,
    });
    class(code, &of.name, base, &paragraphs([of.doc.as_str(), &stored]), &members.collect::<Vec<_>>());
    if of.kind == EnumKind::Enum {
        print_members(code, &of.name, &of.name);
    }
}

/// A member of an enum.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) number: String,
    pub(super) doc: String,
    /// The version that has given it up.
    pub(super) deprecated: Option<u32>,
}

/// The class, and what makes the use of some members a warning.
pub(super) fn class(code: &mut Code, name: &str, base: &str, doc: &str, members: &[Member]) {
    code.section();
    code.block(format_args!("class {name}(_enum.{base}):"), |code| {
        docstring(code, doc);
        code.line("");
        for member in members {
            code.line(format_args!("{} = {}", member.name, member.number));
            docstring(code, &member.doc);
        }
    });
    let old = members.iter().filter_map(|of| Some(format!("{}={}", of.name, of.deprecated?)));
    let old: Vec<String> = old.collect();
    if !old.is_empty() {
        code.section();
        code.call("_deprecate", [name.to_string()].into_iter().chain(old));
    }
}

/// The dict from numbers to the members of an enum, which this module calls `spelt`.
pub(super) fn print_members(code: &mut Code, name: &str, spelt: &str) {
    code.section();
    code.line(format_args!("{}: _t.Final = {{int(member): member for member in {spelt}}}", members(name)));
}

/// The dict from numbers to members.
pub(super) fn members(name: &str) -> String {
    format!("_members_of_{name}")
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
