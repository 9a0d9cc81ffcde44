//! Variants: a tag, and a union of the cases.

use std::fmt::Write;

use super::comment::{comment, history};
use super::support::deprecated;
use super::{literal, type_name};
use crate::backend::text::paragraphs;
use crate::names;
use crate::plan::{Plan, VariantPlan};
use crate::spell;

/// The struct of tag and union, the tags, and what must be so.
///
/// The first member of the union is all of its bytes: `= {0}` and `= {}` clear the first member, and what they leave of
/// a union with a larger one is up to the compiler.
pub(super) fn print(plan: &Plan, of: &VariantPlan) -> String {
    let VariantPlan { name, tag, size, align, payload_offset, payload_size, cases, doc, .. } = of;
    let (ty, upper) = (spell::c_type(&plan.package, name), names::upper_case(name));
    let what = "`tag` says which member of `payload` there is. A peer may send others than these tags; the bytes of such a\n\
                case are `_bytes`. Clear the whole before you set a case: one that is smaller leaves bytes behind it.";
    let extent = format!("{size} bytes, aligned to {align}.");
    let mut text = format!("\n{}typedef struct {ty} {{\n", comment("", &paragraphs([doc.as_str(), what, &extent])));
    let _ = writeln!(text, "    RINGGEN_ALIGNAS_({align}) {} tag; /* 0: {} */", literal::ty(*tag), tag.name());
    let padding = payload_offset - tag.size();
    if padding > 0 {
        let _ = writeln!(text, "    uint8_t _pad[{padding}]; /* {}: pad[{padding}] */", tag.size());
    }
    let _ = writeln!(text, "    union {{\n        uint8_t _bytes[{payload_size}];");
    for case in cases {
        let about = paragraphs([case.doc.as_str(), &history(case.since, case.deprecated)]);
        let (member, case_ty) = (spell::c_case(&case.name), plan.ty(case.ty));
        text += &comment("        ", &about);
        let (deprecated, ty) = (deprecated(case.deprecated), type_name(plan, case.ty));
        let _ = writeln!(text, "        {deprecated}{ty} {member}; /* {}: {} */", case.value, case_ty.name());
    }
    let _ = writeln!(text, "    }} payload; /* {payload_offset} */\n}} {ty};\n");
    let mut define = |what: &str, value: String| {
        let _ = writeln!(text, "#define {} {value}", spell::c_macro(&plan.package, &[&upper, what]));
    };
    for case in cases {
        define(&names::upper_case(&case.name), literal::integer(*tag, case.value));
    }
    define("NAME", format!("\"{name}\""));
    define("LAYOUT_HASH", format!("\"{}\"", of.layout_hash));
    define("SCHEMA_HASH", format!("\"{}\"", of.schema_hash));
    let _ = writeln!(text, "\nRINGGEN_TYPE_({ty}, {size}, {align});\nRINGGEN_MEMBER_({ty}, tag, 0, {});", tag.size());
    let _ = writeln!(text, "RINGGEN_MEMBER_({ty}, payload, {payload_offset}, {payload_size});");
    text
}
