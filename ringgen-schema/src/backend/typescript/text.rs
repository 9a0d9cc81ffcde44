//! Comments and literals.

use std::fmt::Write;

use ringgen_layout::Scalar;

use crate::backend::text::{block_comment, push_escaped};
use crate::plan::{ConstantValue, FieldPlan};

/// How wide lines are that could be broken.
pub(super) const WIDTH: usize = 120;

/// A TSDoc comment of these paragraphs; nothing if all are empty.
pub(super) fn doc(indent: &str, paragraphs: &[&str]) -> String {
    doc_with_history(indent, paragraphs, None, None)
}

/// The same, with the versions of the package that added and gave up what it is about.
pub(super) fn doc_with_history(
    indent: &str,
    paragraphs: &[&str],
    since: Option<u32>,
    deprecated: Option<u32>,
) -> String {
    let mut text = String::with_capacity(paragraphs.iter().map(|paragraph| paragraph.len() + 8).sum());
    for paragraph in paragraphs.iter().map(|paragraph| paragraph.trim()).filter(|paragraph| !paragraph.is_empty()) {
        text += if text.is_empty() { "" } else { "\n\n" };
        push_harmless(&mut text, paragraph);
    }
    // Nothing can follow what is deprecated: a tag reaches to the end of its comment.
    for (sentence, version, end) in [("Since version ", since, "."), ("@deprecated since version ", deprecated, "")] {
        if let Some(version) = version {
            text += if text.is_empty() { "" } else { "\n\n" };
            let _ = write!(text, "{sentence}{version}{end}");
        }
    }
    block_comment(indent, &text)
}

/// Appends a text in which nothing ends the comment and no word is a tag, as `@deprecated` would be: TSDoc's way to write
/// an `@`.
fn push_harmless(to: &mut String, text: &str) {
    if !text.bytes().any(|byte| matches!(byte, b'@' | b'*')) {
        return to.push_str(text);
    }
    let mut is_start = true;
    for character in text.replace("*/", "*\\/").chars() {
        if character == '@' && is_start {
            to.push('\\');
        }
        to.push(character);
        // `{@link Trade}` is one that texts may have, and `a@b` is none.
        is_start = !(character.is_alphanumeric() || character == '{' || character == '\\');
    }
}

/// The comment of a field; `scalar` is what its numbers are stored as.
pub(super) fn about(indent: &str, field: &FieldPlan, scalar: Scalar) -> String {
    let mut facts = String::with_capacity(64);
    let _ = write!(facts, "`{}` at {}", field.spelling, field.offset);
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
    doc_with_history(indent, &[&field.doc, &facts], field.since, field.deprecated)
}

/// A string literal.
pub(super) fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    push_quoted(&mut literal, text);
    literal
}

/// Appends a string literal.
pub(super) fn push_quoted(to: &mut String, text: &str) {
    to.push('"');
    push_escaped(to, text, |character| match character {
        '"' => Some("\\\"".into()),
        '\\' => Some("\\\\".into()),
        '\n' => Some("\\n".into()),
        '\r' => Some("\\r".into()),
        '\t' => Some("\\t".into()),
        // Line ends to some tools, though not to the language.
        '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' | '\u{7f}' => Some(format!("\\u{:04x}", u32::from(character)).into()),
        _ => None,
    });
    to.push('"');
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
