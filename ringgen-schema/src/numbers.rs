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

/// A number, or the name of one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    /// A number.
    Number(Number),
    /// The name of a constant.
    Constant(String),
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

/// Reads a number, `nan` or `inf` in quotes too, or the name of a constant.
pub(crate) fn literal(value: &DeValue<'_>) -> Result<Literal, Problem> {
    let DeValue::String(text) = value else { return read(value).map(Literal::Number) };
    let float = match text.as_ref() {
        "nan" => Some(f64::NAN),
        "inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ => None,
    };
    match float {
        Some(float) => Ok(Literal::Number(Number::Float(float))),
        None if crate::names::form(crate::keys::Style::Upper, text).is_ok() => Ok(Literal::Constant(text.to_string())),
        None => read(value).map(Literal::Number),
    }
}

/// Reads a size in bytes: `65_536`, `"64 KiB"`.
pub(crate) fn size(value: &DeValue<'_>) -> Result<i128, Problem> {
    const UNITS: [(&str, i128); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
    let problem = || Problem {
        message: "takes a size in bytes".to_string(),
        help: "write an integer, or one with a unit: `\"64 KiB\"`, `\"1 MiB\"`".to_string(),
    };
    let size = match value {
        DeValue::String(text) => {
            let text = text.trim();
            let unit = UNITS.iter().find_map(|(name, size)| Some((text.strip_suffix(name)?, size)));
            let (digits, unit) = unit.ok_or_else(problem)?;
            quoted(digits.trim_end()).and_then(|count| count.checked_mul(*unit))
        }
        _ => match read(value)? {
            Number::Integer(size) => Some(size),
            _ => None,
        },
    };
    size.filter(|size| (0..=i64::MAX.into()).contains(size)).ok_or_else(problem)
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
    use toml::de::DeTable;

    use super::{Literal, Number, literal, quoted, size};

    /// Reads the value of `x = …`.
    fn read<T>(text: &str, read: fn(&toml::de::DeValue<'_>) -> T) -> T {
        let text = format!("x = {text}");
        let table = DeTable::parse(&text).unwrap();
        read(table.get_ref()["x"].get_ref())
    }

    #[test]
    fn literals_are_numbers_or_the_names_of_constants() {
        let literal = |text| read(text, |value| literal(value).ok());
        assert_eq!(literal("\"NONE64\""), Some(Literal::Constant("NONE64".to_string())));
        assert_eq!(literal("\"-0x10\""), Some(Literal::Number(Number::Quoted(-16))));
        assert_eq!(literal("1.5"), Some(Literal::Number(Number::Float(1.5))));
        assert!(matches!(literal("\"nan\""), Some(Literal::Number(Number::Float(nan))) if nan.is_nan()));
        assert!(matches!(literal("nan"), Some(Literal::Number(Number::Float(nan))) if nan.is_nan()));
        assert_eq!(literal("\"none\""), None);
    }

    #[test]
    fn sizes_have_units() {
        let size = |text| read(text, |value| size(value).ok());
        assert_eq!(size("\"1 MiB\""), Some(1 << 20));
        assert_eq!(size("\"64KiB\""), Some(1 << 16));
        assert_eq!(size("4_096"), Some(4096));
        for no in ["\"1 MB\"", "\"MiB\"", "\"-1 KiB\"", "-1", "1.5", "\"99999999999999 GiB\""] {
            assert_eq!(size(no), None, "{no}");
        }
    }

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
