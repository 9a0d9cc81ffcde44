//! Numbers as schemas write them: TOML's own, and quoted integers, since TOML's stop at 2⁶³ − 1.

use toml::de::DeValue;

/// A number as it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// A TOML integer.
    Integer(i128),
    /// An integer in quotes.
    Quoted(i128),
    /// A TOML float.
    Float(f64),
    /// A TOML boolean.
    Bool(bool),
}

/// Why something is no number.
pub(crate) struct Problem {
    /// What is wrong with it; the key's name goes in front.
    pub(crate) message: String,
    /// What to write instead.
    pub(crate) help: String,
}

/// Reads a number, or says why it is none.
pub(crate) fn read(value: &DeValue<'_>) -> Result<Number, Problem> {
    match value {
        DeValue::Integer(integer) => match i128::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(value) if i64::try_from(value).is_ok() => Ok(Number::Integer(value)),
            _ => Err(Problem {
                message: "is larger than a TOML integer can be".to_string(),
                help: format!("quote it, so that every TOML tool can read the file: `\"{integer}\"`"),
            }),
        },
        DeValue::String(text) => quoted(text).map(Number::Quoted).ok_or_else(|| Problem {
            message: format!("takes a number, and `\"{}\"` is none", crate::names::shown(text)),
            help: "write an integer, quoted only past 2⁶³ − 1: `\"0xFFFF_FFFF_FFFF_FFFF\"`".to_string(),
        }),
        DeValue::Float(float) => float.as_str().parse().map(Number::Float).map_err(|_| no_number()),
        DeValue::Boolean(bool) => Ok(Number::Bool(*bool)),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => Err(no_number()),
    }
}

fn no_number() -> Problem {
    Problem { message: "takes a number".to_string(), help: "write a number".to_string() }
}

/// `-12`, `0xFFFF_FFFF`, `0b1010`, `0o17`; underscores between digits only.
fn quoted(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        _ => (10, digits),
    };
    let grouped = digits.split('_').all(|group| !group.is_empty() && group.chars().all(|c| c.is_digit(radix)));
    let value = i128::from_str_radix(&digits.replace('_', ""), radix).ok().filter(|_| grouped)?;
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quoted_integers_have_prefixes_and_underscores() {
        assert_eq!(quoted("0xFFFF_FFFF_FFFF_FFFF"), Some(u64::MAX.into()));
        assert_eq!(quoted("18446744073709551615"), Some(u64::MAX.into()));
        assert_eq!(quoted("-9_223_372_036_854_775_808"), Some(i64::MIN.into()));
        assert_eq!(quoted("0b1010"), Some(10));
        assert_eq!(quoted("0o17"), Some(15));
        for no in ["", "-", "0x", "_1", "1_", "1__0", "0x_F", "+1", "--1", "1.0", "é", "0é", "１"] {
            assert_eq!(quoted(no), None, "{no}");
        }
    }
}
