//! Constants, enums and flags.

use std::fmt::Write;

use ringgen_layout::EnumKind;

use super::text::{doc, doc_with_history, integer, value};
use crate::plan::{Constant, ConstantValue, EnumPlan};

pub(super) fn emit_constant(of: &Constant) -> String {
    // A literal's own type is narrower than `number`, and no annotation is needed to emit it.
    let ty = if matches!(of.value, ConstantValue::Float(_)) { ": number" } else { "" };
    let comment = doc("", &[&of.doc, &format!("`{}`", of.scalar.name())]);
    format!("{comment}export const {}{ty} = {};\n\n", of.name, value(of.scalar, of.value))
}

pub(super) fn emit_enum(of: &EnumPlan) -> String {
    let EnumPlan { kind, name, repr, values, .. } = of;
    let is_flags = *kind == EnumKind::Flags;
    let base = if repr.bits() == 64 { "bigint" } else { "number" };
    let what = if is_flags { "Bits to combine" } else { "Values" };
    let mut text = doc("", &[&of.doc, &format!("{what} stored as `{}`. Others than these may come.", repr.name())]);
    let _ = writeln!(text, "export const {name} = {{");
    for value in values {
        text += &doc_with_history("  ", &[&value.doc], value.since, value.deprecated);
        let _ = writeln!(text, "  {}: {},", value.names.typescript, integer(*repr, value.value));
    }
    let _ = writeln!(text, "}} as const;\n");
    text += &doc("", &[&of.doc]);
    if is_flags {
        let _ = writeln!(text, "export type {name} = {base};\n");
        let zero = integer(*repr, 0);
        let _ = writeln!(
            text,
            "/** The names of the bits that are set. */\n\
             export function namesOf{name}(value: {name}): (keyof typeof {name})[] {{\n\
             \x20 const set = Object.entries({name}).filter(([, bit]) => (value & bit) !== {zero});\n\
             \x20 return set.map(([name]) => name as keyof typeof {name});\n}}\n"
        );
    } else {
        let _ = writeln!(text, "export type {name} = (typeof {name})[keyof typeof {name}] | ({base} & {{}});\n");
        let _ = writeln!(
            text,
            "/** The name of a value; `undefined` if it has none. */\n\
             export function nameOf{name}(value: {name}): keyof typeof {name} | undefined {{\n\
             \x20 const found = Object.entries({name}).find(([, named]) => named === value);\n\
             \x20 return found?.[0] as keyof typeof {name} | undefined;\n}}\n"
        );
    }
    text
}
