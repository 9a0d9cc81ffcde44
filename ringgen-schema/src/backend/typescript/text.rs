//! Comments and literals.

use std::fmt::Write;

use ringgen_layout::Scalar;

use crate::plan::{ConstantValue, FieldPlan};

/// How wide lines are that could be broken.
pub(super) const WIDTH: usize = 120;

/// A TSDoc comment of these paragraphs; nothing if all are empty.
pub(super) fn doc(indent: &str, paragraphs: &[String]) -> String {
    doc_with_history(indent, paragraphs, None, None)
}

/// The same, with the versions of the package that added and gave up what it is about.
pub(super) fn doc_with_history(
    indent: &str,
    paragraphs: &[String],
    since: Option<u32>,
    deprecated: Option<u32>,
) -> String {
    let mut text: Vec<String> = paragraphs
        .iter()
        .map(|paragraph| without_tags(&paragraph.trim().replace("*/", "*\\/")))
        .filter(|paragraph| !paragraph.is_empty())
        .collect();
    text.extend(since.map(|version| format!("Since version {version}.")));
    // Nothing can follow: a tag reaches to the end of its comment.
    text.extend(deprecated.map(|version| format!("@deprecated since version {version}")));
    let text = text.join("\n\n");
    match text.lines().count() {
        0 => String::new(),
        1 => format!("{indent}/** {text} */\n"),
        _ => {
            let mut comment = format!("{indent}/**\n");
            for line in text.lines() {
                let _ = writeln!(comment, "{}", format!("{indent} * {line}").trim_end());
            }
            comment + indent + " */\n"
        }
    }
}

/// A text in which no word is a tag, as `@deprecated` would be: TSDoc's way to write an `@`.
fn without_tags(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut is_start = true;
    for character in text.chars() {
        if character == '@' && is_start {
            escaped.push('\\');
        }
        escaped.push(character);
        // `{@link Trade}` is one that texts may have, and `a@b` is none.
        is_start = !(character.is_alphanumeric() || character == '{' || character == '\\');
    }
    escaped
}

/// The comment of a field; `scalar` is what its numbers are stored as.
pub(super) fn about(indent: &str, field: &FieldPlan, scalar: Scalar) -> String {
    let mut facts = format!("`{}` at {}", field.spelling, field.offset);
    if !field.unit.is_empty() {
        let _ = write!(facts, ", in {}", field.unit);
    }
    if !field.epoch.is_empty() {
        let _ = write!(facts, ", counted from {}", field.epoch);
    }
    if let Some((least, most)) = field.range {
        let each = if field.dims.is_empty() { "" } else { "each " };
        let _ = write!(facts, ", {each}from {} to {}", shown(scalar, least), shown(scalar, most));
    }
    facts.push('.');
    if let Some(null) = field.null {
        let _ = write!(facts, " `null` is stored as {}.", shown(scalar, null));
    }
    doc_with_history(indent, &[field.doc.clone(), facts], field.since, field.deprecated)
}

/// A string literal.
pub(super) fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => literal += "\\\"",
            '\\' => literal += "\\\\",
            '\n' => literal += "\\n",
            '\r' => literal += "\\r",
            '\t' => literal += "\\t",
            // Line ends to some tools, though not to the language.
            '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' | '\u{7f}' => {
                let _ = write!(literal, "\\u{:04x}", u32::from(character));
            }
            other => literal.push(other),
        }
    }
    literal + "\""
}

/// An integer as a literal of the type that its scalar has here.
pub(super) fn integer(scalar: Scalar, value: i128) -> String {
    if scalar.bits() == 64 { format!("{value}n") } else { value.to_string() }
}

/// A value of a scalar as an expression of the type that it has here.
pub(super) fn value(scalar: Scalar, value: ConstantValue) -> String {
    match value {
        ConstantValue::Integer(value) => integer(scalar, value),
        ConstantValue::Bool(value) => value.to_string(),
        ConstantValue::Float(value) if value.is_nan() => "NaN".to_string(),
        ConstantValue::Float(value) if value.is_infinite() => {
            if value > 0.0 { "Infinity" } else { "-Infinity" }.to_string()
        }
        ConstantValue::Float(value) => {
            let digits = format!("{value:?}");
            digits.strip_suffix(".0").unwrap_or(&digits).to_string()
        }
    }
}

/// A value as comments have it: of a float the shortest digits that give it back.
fn shown(scalar: Scalar, of: ConstantValue) -> String {
    match of {
        ConstantValue::Float(float) if float.is_finite() => {
            let digits = of.shown(scalar);
            digits.strip_suffix(".0").unwrap_or(&digits).to_string()
        }
        ConstantValue::Float(_) => value(scalar, of),
        _ => of.shown(scalar),
    }
}
