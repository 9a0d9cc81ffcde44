//! Words of Rust: names, literals, doc comments.

use std::fmt::Display;

use ringgen_layout::Scalar;

use crate::backend::text::{paragraphs, text};
use crate::names;
use crate::plan::{ConstantValue, FieldPlan, Plan};

/// The name of a field in other names, and in texts: without `r#`.
pub(super) fn bare(of: &FieldPlan) -> &str {
    of.names.rust.trim_start_matches("r#")
}

/// A constant that has a field's name in front of this.
pub(super) fn constant_of(of: &FieldPlan, suffix: &str) -> String {
    names::upper_case(bare(of)) + suffix
}

/// Digits in groups of three, from five of them on.
pub(super) fn grouped(number: impl Display) -> String {
    let digits = number.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}

/// A value as an expression; the place it stands in has its type.
pub(super) fn value(scalar: Scalar, value: ConstantValue) -> String {
    match value {
        ConstantValue::Integer(value) => integer(value),
        ConstantValue::Bool(value) => value.to_string(),
        ConstantValue::Float(value) => float(scalar, value),
    }
}

/// An integer without a suffix.
pub(super) fn integer(value: i128) -> String {
    let digits = grouped(value.unsigned_abs());
    if value < 0 { text!("-{digits}") } else { digits }
}

/// A float, in the shortest digits that give this value back in its own width, and not in f64's.
fn float(scalar: Scalar, value: f64) -> String {
    let ty = scalar.name();
    if value.is_nan() {
        return text!("{ty}::NAN");
    }
    if value.is_infinite() {
        return text!("{ty}::{}", if value > 0.0 { "INFINITY" } else { "NEG_INFINITY" });
    }
    let digits = if scalar == Scalar::F32 { text!("{:?}", value.abs() as f32) } else { text!("{:?}", value.abs()) };
    let digits = match digits.split_once('.') {
        Some((whole, part)) if part.chars().all(|digit| digit.is_ascii_digit()) => {
            // The groups of a fraction count from the point.
            let reversed = |text: &str| text.chars().rev().collect::<String>();
            text!("{}.{}", grouped(whole), reversed(&grouped(reversed(part))))
        }
        _ => digits,
    };
    if value.is_sign_negative() { text!("-{digits}") } else { digits }
}

/// A text as a literal.
pub(super) fn quoted(text: &str) -> String {
    text!("{text:?}")
}

/// Doc comments, one paragraph each; empty ones are left out.
pub(super) fn doc<const N: usize>(texts: [&str; N]) -> String {
    commented("///", &paragraphs(texts))
}

/// A text behind the sign of a comment on each line.
pub(super) fn commented(sign: &str, text: &str) -> String {
    let mut comment = String::with_capacity(text.len() + 16);
    for line in text.lines() {
        comment += if comment.is_empty() { "" } else { "\n" };
        comment += sign;
        if !line.is_empty() {
            comment.push(' ');
            comment += line;
        }
    }
    comment
}

/// The documentation of a method that may fail.
pub(super) fn fallible(what: &str, why: &str) -> String {
    doc([what, text!("# Errors\n{why}").as_str()])
}

/// The text, or another one where it is empty.
pub(super) fn or(text: &str, default: &str) -> String {
    if text.is_empty() { default.to_string() } else { text.to_string() }
}

/// When it came, as a sentence; empty where that is not known.
pub(super) fn since(version: Option<u32>) -> String {
    version.map(|version| text!("Since version {version}.")).unwrap_or_default()
}

/// What rustc says to those who use it, if it was given up; else nothing. The versions of a package are no semantic ones,
/// which the `since` of the attribute has to be.
pub(super) fn deprecated(plan: &Plan, version: Option<u32>) -> String {
    version
        .map(|version| text!("#[deprecated(note = \"since version {version} of `{}`\")]", plan.package))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!((grouped(4096), grouped(65535)), ("4096".to_string(), "65_535".to_string()));
        assert_eq!(integer(-1_000_000), "-1_000_000");
        assert_eq!(float(Scalar::F32, 0.333333), "0.333_333");
        assert_eq!(float(Scalar::F64, -1234567.0625), "-1_234_567.0625");
        assert_eq!(float(Scalar::F64, 6.02e23), "6.02e23");
        assert_eq!(float(Scalar::F32, f64::NEG_INFINITY), "f32::NEG_INFINITY");
    }
}
