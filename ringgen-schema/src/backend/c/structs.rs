//! Structs and messages: their members, their fingerprints, and an assertion for each number.

use std::fmt::Write;

use ringgen_layout::StructKind;

use super::comment::comment;
use super::literal;
use crate::backend::text::paragraphs;
use crate::names;
use crate::plan::{Element, FieldPlan, Plan, StructPlan};
use crate::spell;

/// What C and C++ spell differently, and the assertions made of it. Where a standard header has a macro of the same
/// meaning, a freestanding compiler may lack the header.
pub(super) const BEGIN: &str = r#"
#ifdef __cplusplus
#define RINGGEN_ALIGNAS_(bytes) alignas(bytes)
#define RINGGEN_ALIGNOF_(type) alignof(type)
#define RINGGEN_SIZEOF_(type, member) sizeof(type::member)
#define RINGGEN_ASSERT_(fact, text) static_assert(fact, text)
#else
#define RINGGEN_ALIGNAS_(bytes) _Alignas(bytes)
#define RINGGEN_ALIGNOF_(type) _Alignof(type)
#define RINGGEN_SIZEOF_(type, member) sizeof(((type *)0)->member)
#define RINGGEN_ASSERT_(fact, text) _Static_assert(fact, text)
#endif
#define RINGGEN_TYPE_(type, size, align) \
    RINGGEN_ASSERT_(sizeof(type) == (size), #type " must have " #size " bytes"); \
    RINGGEN_ASSERT_(RINGGEN_ALIGNOF_(type) == (align), #type " must be aligned to " #align)
#define RINGGEN_MEMBER_(type, member, offset, size) \
    RINGGEN_ASSERT_(offsetof(type, member) == (offset), #type "." #member " must lie at " #offset); \
    RINGGEN_ASSERT_(RINGGEN_SIZEOF_(type, member) == (size), #type "." #member " must have " #size " bytes")
"#;

/// The end of what [`BEGIN`] begins.
pub(super) const END: &str = "
#undef RINGGEN_ALIGNAS_
#undef RINGGEN_ALIGNOF_
#undef RINGGEN_SIZEOF_
#undef RINGGEN_ASSERT_
#undef RINGGEN_TYPE_
#undef RINGGEN_MEMBER_
";

/// The struct, what it is known by, and what must be so.
pub(super) fn print(plan: &Plan, of: &StructPlan) -> String {
    let StructPlan { name, size, align, doc, .. } = of;
    let ty = spell::c_type(&plan.package, name);
    let extent = format!("{size} bytes, aligned to {align}.");
    let mut text = format!("\n{}typedef struct {ty} {{\n", comment("", &paragraphs([doc.as_str(), &extent])));
    for (index, field) in of.fields.iter().enumerate() {
        // The alignment of a member is the struct's as well, which C can't ask for in another way.
        let aligned = if index == 0 { format!("RINGGEN_ALIGNAS_({align}) ") } else { String::new() };
        let FieldPlan { offset, spelling, .. } = field;
        text += &comment("    ", &about(field));
        let _ = writeln!(text, "    {aligned}{}; /* {offset}: {spelling} */", member(plan, field));
    }
    let _ = writeln!(text, "}} {ty};\n");
    text + &known_by(plan, of) + &assertions(of, &ty)
}

/// The declaration of a member.
fn member(plan: &Plan, field: &FieldPlan) -> String {
    let (ty, length) = match field.element {
        Element::Scalar(scalar) => (literal::ty(scalar), None),
        Element::Str(length) => ("char".to_string(), Some(length)),
        Element::Bytes => ("uint8_t".to_string(), None),
        Element::Pad | Element::Reserved | Element::Text(_) | Element::Blob(_) => {
            ("uint8_t".to_string(), Some(field.size))
        }
        Element::Type(id) => (spell::c_type(&plan.package, plan.ty(id).name()), None),
    };
    let lengths: String = field.dims.iter().chain(&length).map(|length| format!("[{length}]")).collect();
    format!("{ty} {}{lengths}", field.names.c)
}

/// What it means, and in brackets what it is counted in.
fn about(field: &FieldPlan) -> String {
    let counted = match (field.unit.as_str(), field.epoch.as_str()) {
        ("", "") => String::new(),
        (unit, "") => format!("[{unit}]"),
        ("", epoch) => format!("[since {epoch}]"),
        (unit, epoch) => format!("[{unit} since {epoch}]"),
    };
    let gap = if field.doc.contains('\n') { "\n\n" } else { " " };
    [field.doc.trim(), &counted].join(gap)
}

/// What rings and programs know it by.
fn known_by(plan: &Plan, of: &StructPlan) -> String {
    let upper = names::upper_case(&of.name);
    let define =
        |what: &str, value: String| format!("#define {} {value}\n", spell::c_macro(&plan.package, &[&upper, what]));
    let mut text = String::new();
    if of.kind == StructKind::Message {
        text += &define("NAME", format!("\"{}\"", of.name));
        text.extend(of.id.map(|id| define("ID", format!("UINT32_C({id})"))));
    }
    text += &define("LAYOUT_HASH", format!("\"{}\"", of.layout_hash));
    if of.kind == StructKind::Message {
        text += &define("SCHEMA_HASH", format!("\"{}\"", of.schema_hash));
    }
    text
}

fn assertions(of: &StructPlan, ty: &str) -> String {
    let StructPlan { size, align, fields, .. } = of;
    let member = |FieldPlan { names, offset, size, .. }: &FieldPlan| {
        format!("RINGGEN_MEMBER_({ty}, {}, {offset}, {size});\n", names.c)
    };
    format!("RINGGEN_TYPE_({ty}, {size}, {align});\n") + &fields.iter().map(member).collect::<String>()
}
