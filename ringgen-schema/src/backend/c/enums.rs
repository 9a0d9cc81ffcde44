//! Enums and flags: an integer type of their width, as that of an `enum` is the compiler's choice, and constants.

use ringgen_layout::EnumKind;

use super::comment::{comment, history};
use super::literal;
use crate::backend::text::paragraphs;
use crate::names;
use crate::plan::{EnumPlan, Plan};
use crate::spell;

/// The type and its constants; for an enum also the names of its values.
pub(super) fn print(plan: &Plan, of: &EnumPlan) -> String {
    let EnumPlan { kind, name, repr, values, doc, .. } = of;
    let ty = spell::c_type(&plan.package, name);
    let open = match kind {
        EnumKind::Enum => "Others than these values may come.",
        EnumKind::Flags => "Bits to combine. Others than these may come.",
    };
    let mut text = format!("\n{}typedef {} {ty};\n", comment("", &paragraphs([doc, open])), literal::ty(*repr));
    let constants: Vec<String> =
        values.iter().map(|value| spell::c_macro(&plan.package, &[&names::upper_case(name), &value.names.c])).collect();
    for (value, constant) in values.iter().zip(&constants) {
        let number = match kind {
            EnumKind::Enum => literal::integer(*repr, value.value),
            EnumKind::Flags => literal::bits(*repr, value.value),
        };
        let about = paragraphs([value.doc.as_str(), &history(value.since, value.deprecated)]);
        text += &format!("{}#define {constant} {number}\n", comment("", &about));
    }
    if *kind == EnumKind::Enum {
        let cases = values.iter().zip(&constants);
        let cases = cases.map(|(value, constant)| format!("    case {constant}: return \"{}\";\n", value.name));
        text += &format!(
            "\n/** The name of a value; NULL if it has none. */\n\
             static inline const char *{ty}_name({ty} value)\n{{\n    switch (value) {{\n{}\
             \x20   default: return NULL;\n    }}\n}}\n",
            cases.collect::<String>()
        );
    }
    text
}
