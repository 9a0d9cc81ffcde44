//! How a number, boolean or enum is read, written and checked: with what stands for `null`, and within its range.

use ringgen_layout::{Scalar, ScalarKind};

use super::text;
use crate::backend::text::text;
use crate::plan::ConstantValue;

/// The greatest integer that a number holds together with all those below it.
const MAX_SAFE: i128 = (1 << 53) - 1;

/// The suffix of `DataView`'s accessors.
pub(super) fn accessor(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::U8 | Scalar::Bool => "Uint8",
        Scalar::U16 => "Uint16",
        Scalar::U32 => "Uint32",
        Scalar::U64 => "BigUint64",
        Scalar::I8 => "Int8",
        Scalar::I16 => "Int16",
        Scalar::I32 => "Int32",
        Scalar::I64 => "BigInt64",
        Scalar::F32 => "Float32",
        Scalar::F64 => "Float64",
    }
}

/// The last argument of `DataView`'s accessors.
fn little(scalar: Scalar) -> &'static str {
    if scalar.size() == 1 { "" } else { ", true" }
}

/// A scalar, and what is particular to a field of it.
#[derive(Clone, Copy)]
pub(super) struct Stored {
    pub(super) scalar: Scalar,
    /// Whether it is a 64-bit integer that is a number here, and no bigint.
    pub(super) as_number: bool,
    pub(super) null: Option<ConstantValue>,
    pub(super) range: Option<(ConstantValue, ConstantValue)>,
}

impl Stored {
    /// A scalar with nothing particular to it.
    pub(super) fn plain(scalar: Scalar) -> Stored {
        Stored { scalar, as_number: false, null: None, range: None }
    }

    pub(super) fn ty(&self) -> &'static str {
        match self.scalar.kind() {
            ScalarKind::Bool => "boolean",
            _ if self.is_bigint() => "bigint",
            _ => "number",
        }
    }

    fn is_wide(&self) -> bool {
        matches!(self.scalar, Scalar::U64 | Scalar::I64)
    }

    fn is_bigint(&self) -> bool {
        self.is_wide() && !self.as_number
    }

    /// A value as a literal of its type here. An end of a range that no number reaches is moved to the last one.
    pub(super) fn literal(&self, value: ConstantValue) -> String {
        match value {
            ConstantValue::Integer(value) if self.as_number => value.clamp(-MAX_SAFE, MAX_SAFE).to_string(),
            value => text::value(self.scalar, value),
        }
    }

    /// The bits that stand for `null`, if it takes 64 of them to know it: a bigint is slow to make, and a number can't
    /// always hold them.
    fn null_bits(&self) -> Option<u64> {
        match self.null {
            Some(ConstantValue::Integer(null)) if self.is_bigint() || null.abs() > MAX_SAFE => Some(null as u64),
            _ => None,
        }
    }

    fn upper_name(&self) -> String {
        self.scalar.name().to_uppercase()
    }

    /// An expression that reads it, whether it stands for `null` or not.
    fn get(&self, data: &str, at: &str, what: &str) -> String {
        if self.as_number {
            return text!("get{}Number_({data}, {at}, {what})", self.upper_name());
        }
        if self.is_wide() {
            return text!("get{}_({data}, {at})", self.upper_name());
        }
        let value = text!("{data}.get{}({at}{})", accessor(self.scalar), little(self.scalar));
        if self.scalar == Scalar::Bool { value + " !== 0" } else { value }
    }

    /// An expression that reads it.
    pub(super) fn read(&self, data: &str, at: &str, what: &str) -> String {
        let got = self.get(data, at, what);
        match (self.null, self.null_bits()) {
            (None, _) => got,
            (_, Some(bits)) => text!("{} ? null : {got}", is_word(bits, data, at)),
            (Some(null), _) if is_nan(null) => text!("orNaN_({got})"),
            (Some(null), _) => text!("orNull_({got}, {})", self.literal(null)),
        }
    }

    /// The last arguments of what looks whether a value is in the range, if there is one.
    fn ends(&self, what: &str) -> Option<String> {
        self.range.map(|(least, most)| text!("{}, {}, {what}", self.literal(least), self.literal(most)))
    }

    /// An expression for a value that is in the range, or stands for `null`.
    fn ranged(&self, value: &str, null: Option<ConstantValue>, what: &str) -> String {
        let big = if self.is_bigint() { "Big" } else { "" };
        match (self.ends(what), null) {
            (None, _) => value.to_string(),
            (Some(ends), None) => text!("range{big}_({value}, {ends})"),
            (Some(ends), Some(null)) if is_nan(null) => text!("rangeOrNaN_({value}, {ends})"),
            (Some(ends), Some(null)) => text!("rangeOr{big}_({value}, {}, {ends})", self.literal(null)),
        }
    }

    /// A statement that writes it, without its semicolon.
    pub(super) fn write(&self, data: &str, at: &str, value: &str, what: &str) -> String {
        if self.as_number {
            let setter = text!("set{}Number_", self.upper_name());
            if let Some(bits) = self.null_bits() {
                let value = match self.ends(what) {
                    Some(ends) => text!("rangeOrNull_({value}, {ends})"),
                    None => value.to_string(),
                };
                return text!("setOr_({data}, {at}, {value}, {bits}n, {setter}, {what})");
            }
            let value = self.ranged(&self.filled(value), self.null, what);
            return text!("{setter}({data}, {at}, {value}, {what})");
        }
        let filled = self.filled(value);
        if self.is_wide() {
            let value = self.ranged(&filled, self.null, what);
            return text!("set{}_({data}, {at}, {value}, {what})", self.upper_name());
        }
        let name = self.scalar.name();
        let checked = match self.scalar {
            // As it is stored: what is rounded into the range is in it.
            Scalar::F32 if self.range.is_some() => {
                self.ranged(&text!("Math.fround(f32_({filled}, {what}))"), self.null, what)
            }
            _ => text!("{name}_({}, {what})", self.ranged(&filled, self.null, what)),
        };
        self.put(data, at, &checked)
    }

    /// A statement that writes what fits, without its semicolon.
    pub(super) fn put(&self, data: &str, at: &str, value: &str) -> String {
        text!("{data}.set{}({at}, {value}{})", accessor(self.scalar), little(self.scalar))
    }

    /// An expression for what is stored for a value.
    fn filled(&self, value: &str) -> String {
        self.null.map_or(value.to_string(), |null| text!("filled_({value}, {})", self.literal(null)))
    }

    /// A statement that throws unless it could have been written; nothing if any bytes could.
    pub(super) fn check(&self, data: &str, at: &str, what: &str) -> Option<String> {
        if self.range.is_none() && !self.as_number {
            return None;
        }
        let got = self.get(data, at, what);
        match self.null_bits().filter(|_| self.as_number) {
            Some(bits) => Some(text!("if (!{}) {};", is_word(bits, data, at), self.ranged(&got, None, what))),
            None => Some(text!("{};", self.ranged(&got, self.null, what))),
        }
    }

    /// A statement that writes a row of them from a list of values.
    pub(super) fn write_row(&self, at: &str, values: &str, array: &str, length: &str, what: &str) -> String {
        let check = text!("{}_", self.scalar.name());
        match self.range {
            None => text!("setNumbers_(data, {at}, {values}, {array}, {length}, {what}, {check});"),
            Some((least, most)) => {
                let ends = text!("{}, {}", self.literal(least), self.literal(most));
                text!("setNumbersIn_(data, {at}, {values}, {array}, {length}, {what}, {check}, {ends});")
            }
        }
    }
}

fn is_nan(value: ConstantValue) -> bool {
    matches!(value, ConstantValue::Float(value) if value.is_nan())
}

/// Whether the 64 bits at a place are these.
fn is_word(bits: u64, data: &str, at: &str) -> String {
    text!("isWord_({data}, {at}, {}, {})", bits as u32, (bits >> 32) as u32)
}
