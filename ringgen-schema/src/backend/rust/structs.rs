//! Structs and messages in Rust: plain structs with the derive, and a value of zero bytes to fill up from.

use ringgen_layout::StructKind;

use super::template::{LITERAL_LINE, rust};
use super::values::{self, Content};
use super::words::{bare, deprecated, doc, quoted, since};
use super::{builder, type_of, validate};
use crate::backend::text::{push_escaped, text};
use crate::plan::{Element, FieldPlan, Plan, StructPlan, TypePlan};

/// The struct with its derive, what people expect of it, the methods of its fields, and its builder.
pub(super) fn print(plan: &Plan, of: &StructPlan) -> Vec<String> {
    let StructPlan { name: ty, size, align, .. } = of;
    let mut extent = text!("{size} bytes, aligned to {align}. Fill up a literal with `..{ty}::ZERO`.");
    if validate::asks(plan, of) {
        extent += "\nNothing checks a literal: [`builder`](Self::builder) and [`validate`](Self::validate) do.";
    }
    let type_doc = doc([of.doc.as_str(), extent.as_str()]);
    let derive = match of.kind {
        StructKind::Struct => "RingStruct",
        StructKind::Message => "RingMessage",
    };
    let (attribute, align) = (attribute(plan, of), align.to_string());
    let fields: Vec<String> = of.fields.iter().map(|each| field(plan, of, each)).collect();
    let fields = fields.join("\n");
    let equality = equality(of);
    let derived_equality = if equality.is_some() { "" } else { ", PartialEq" };
    let declaration = rust!(
        "
        $type_doc
        #[derive(Clone, Copy$derived_equality)]
        #[derive(::ringgen::$derive)]
        #[repr(C, align($align))]
        $attribute
        pub struct $ty {
            $fields
        }
        ",
        type_doc,
        derived_equality,
        derive,
        align,
        attribute,
        ty,
        fields
    );
    let mut constants = String::new();
    if of.kind == StructKind::Message {
        constants = schema_text(&of.schema_text, "message") + "\n";
    }
    constants += &values::constants(plan, of);
    let mut members = Vec::new();
    members.extend(Some(constants.trim_end().to_string()).filter(|constants| !constants.is_empty()));
    members.extend(values::methods(plan, of));
    members.extend([builder::begin(of), validate::print(plan, of)]);
    let mut items = vec![declaration, inherent(ty, &members), default(plan, of)];
    items.extend(equality);
    items.push(debug(of));
    items.extend(builder::print(plan, of));
    items
}

/// The impl with these members, a blank line between them.
pub(super) fn inherent(ty: &str, members: &[String]) -> String {
    let members = members.join("\n\n");
    rust!(
        "
        impl $ty {
            $members
        }
        ",
        ty,
        members
    )
}

/// The constant that a ring gets its text from.
pub(super) fn schema_text(text: &str, what: &str) -> String {
    let text = multiline(text);
    rust!(
        "
        /// The canonical schema that every ring of this $what carries.
        pub const SCHEMA_TEXT: &'static str = $text;
        ",
        what,
        text
    )
}

/// What the derive is to expect.
fn attribute(plan: &Plan, of: &StructPlan) -> String {
    let layout_hash = of.layout_hash.to_string();
    match of.kind {
        StructKind::Struct => text!("#[ring(layout_hash = {})]", quoted(&layout_hash)),
        StructKind::Message => known_by(plan, &of.name, &layout_hash, &of.schema_hash.to_string()),
    }
}

/// What the derive of a type that travels is to expect.
pub(super) fn known_by(plan: &Plan, name: &str, layout_hash: &str, schema_hash: &str) -> String {
    let (package, version) = (&plan.package, plan.version.to_string());
    rust!(
        r#"
        #[ring(
            package = "$package",
            version = $version,
            layout_hash = "$layout_hash",
            schema_hash = "$schema_hash",
            schema_text = $name::SCHEMA_TEXT
        )]
        "#,
        package,
        version,
        layout_hash,
        schema_hash,
        name
    )
}

fn field(plan: &Plan, parent: &StructPlan, of: &FieldPlan) -> String {
    let (name, ty) = (&of.names.rust, type_of(plan, of));
    if !of.is_data() {
        return text!("#[doc(hidden)]\npub {name}: {ty},");
    }
    let place = match of.size {
        1 => text!("Byte {}", of.offset),
        size => text!("Bytes {}..{}", of.offset, of.offset + size),
    };
    let measured = match (of.unit.as_str(), of.epoch.as_str()) {
        ("", "") => String::new(),
        (unit, "") => text!(", in {unit}"),
        ("", epoch) => text!(", since {epoch}"),
        (unit, epoch) => text!(", in {unit} since {epoch}"),
    };
    let sentences = [text!("{place}{measured}."), values::in_words(of), since(of.since)];
    let sentences: Vec<&str> = sentences.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let doc = doc([of.doc.as_str(), sentences.join(" ").as_str()]);
    let deprecated = deprecated(plan, of.deprecated);
    let told = told(parent, of);
    rust!(
        "
        $doc
        $deprecated
        $told
        pub $name: $ty,
        ",
        doc,
        deprecated,
        told,
        name,
        ty
    )
}

/// What the derive is to know of a field beside its type: its first name, and what its views and slots ask for.
fn told(parent: &StructPlan, of: &FieldPlan) -> String {
    let mut told = Vec::new();
    if bare(of) != of.wire_name {
        told.push(format!("name = {}", quoted(&of.wire_name)));
    }
    let content = Content::of(of);
    match content {
        Content::Nullable(_) => told.push(format!("null = {}", values::null_constant(of))),
        Content::List { length } => told.push(format!("length = {}", parent.fields[length].names.rust)),
        _ => {}
    }
    if of.range.is_some() {
        told.push(format!("range = {}", values::range_constant(of)));
    }
    if content.is_checked(of) && bare(of) != of.name {
        told.push(format!("label = {}", quoted(&of.name)));
    }
    if told.is_empty() { String::new() } else { format!("#[ring({})]", told.join(", ")) }
}

/// `Default`: all bytes are zero, but for what stands for no value.
fn default(plan: &Plan, of: &StructPlan) -> String {
    let ty = &of.name;
    let nulls: Vec<String> = of.data_fields().filter_map(|field| default_of(plan, field)).collect();
    let doc = if nulls.is_empty() { "" } else { "/// No value where there may be none; all else is zero." };
    let rest = if nulls.len() == of.fields.len() { "" } else { "\n    ..Self::ZERO" };
    let value = match nulls.as_slice() {
        [] => "Self::ZERO".to_string(),
        nulls => text!("Self {{\n    {},{rest}\n}}", nulls.join(",\n    ")),
    };
    rust!(
        "
        impl ::core::default::Default for $ty {
            $doc
            fn default() -> Self {
                $value
            }
        }
        ",
        ty,
        doc,
        value
    )
}

/// What a field is by default, if that is not zero.
fn default_of(plan: &Plan, of: &FieldPlan) -> Option<String> {
    let name = &of.names.rust;
    if let Content::Nullable(null) = Content::of(of) {
        let null_value = values::null_constant(of);
        return (!values::is_zero(null)).then(|| text!("{name}: Self::{null_value}"));
    }
    let Element::Type(id) = of.element else { return None };
    // What is behind the end of a list is zero, and by default that is all of it.
    if of.list.is_some() || !has_nulls(plan, plan.ty(id)) {
        return None;
    }
    let one = text!("{}::default()", plan.ty(id).name());
    let value = of.dims.iter().rev().fold(one, |value, length| text!("[{value}; {length}]"));
    Some(text!("{name}: {value}"))
}

/// Whether a type is by default something else than zero.
fn has_nulls(plan: &Plan, ty: &TypePlan) -> bool {
    let TypePlan::Struct(of) = ty else { return false };
    of.data_fields().any(|field| match (Content::of(field), field.element) {
        (Content::Nullable(null), _) => !values::is_zero(null),
        (Content::List { .. } | Content::Length { .. }, _) => false,
        (_, Element::Type(id)) => has_nulls(plan, plan.ty(id)),
        _ => false,
    })
}

/// How many calls or comparisons follow each other in one expression: compilers go down into it.
const MAX_CHAIN: usize = 200;

/// `PartialEq` where bytes don't tell it: of what is behind the end of a list, and of NaN that stands for no value.
fn equality(of: &StructPlan) -> Option<String> {
    let is_needed = of.fields.iter().any(|field| match Content::of(field) {
        Content::Nullable(null) => values::is_float(null),
        Content::List { .. } => true,
        _ => false,
    });
    if !is_needed {
        return None;
    }
    let ty = &of.name;
    let compared = of.fields.iter().filter(|field| field.element != Element::Pad).filter_map(|field| {
        let name = &field.names.rust;
        match Content::of(field) {
            Content::Nullable(_) | Content::List { .. } => Some(text!("self.{name}() == other.{name}()")),
            // The list says it.
            Content::Length { .. } => None,
            _ => Some(text!("self.{name} == other.{name}")),
        }
    });
    let compared: Vec<String> = compared.collect();
    let compared = match compared.len() {
        ..=MAX_CHAIN => compared.join("\n    && "),
        _ => {
            let parts = compared.chunks(MAX_CHAIN).map(|part| text!("({})", part.join("\n    && ")));
            parts.collect::<Vec<String>>().join("\n    && ")
        }
    };
    Some(rust!(
        "
        /// Compares what is meant: of a list the elements that count, and one absent value with another.
        impl ::core::cmp::PartialEq for $ty {
            fn eq(&self, other: &Self) -> bool {
                $compared
            }
        }
        ",
        ty,
        compared
    ))
}

fn debug(of: &StructPlan) -> String {
    let (ty, type_name) = (&of.name, quoted(&of.name));
    let shown = of.data_fields().filter_map(|field| {
        let (name, label) = (&field.names.rust, quoted(bare(field)));
        match Content::of(field) {
            Content::Nullable(_) | Content::List { .. } => Some(text!(".field({label}, &self.{name}())")),
            Content::Length { .. } => None,
            _ => Some(text!(".field({label}, &self.{name})")),
        }
    });
    let shown: Vec<String> = shown.collect();
    let shown = match shown.len() {
        0 => text!("f.debug_struct({type_name}).finish()"),
        1..=MAX_CHAIN => text!("f.debug_struct({type_name})\n    {}\n    .finish()", shown.join("\n    ")),
        _ => {
            let lines: String = shown.iter().map(|call| text!("shown{call};\n")).collect();
            text!("let mut shown = f.debug_struct({type_name});\n{lines}shown.finish()")
        }
    };
    rust!(
        "
        impl ::core::fmt::Debug for $ty {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $shown
            }
        }
        ",
        ty,
        shown
    )
}

/// A text of many lines as a literal of as many lines, so that a change of one is a change of one.
fn multiline(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + text.len() / 16);
    literal.extend(['"', '\\', LITERAL_LINE]);
    push_escaped(&mut literal, text, |character| match character {
        '\n' => Some(LITERAL_LINE.to_string().into()),
        '"' | '\\' => Some(text!("\\{character}").into()),
        other if other.is_control() || !other.is_ascii() && other.is_whitespace() => {
            Some(other.escape_unicode().to_string().into())
        }
        _ => None,
    });
    literal.push('"');
    literal
}
