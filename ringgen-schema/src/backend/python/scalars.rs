//! Scalars and literals as ctypes, `struct`, numpy and Python spell them.

use ringgen_layout::Scalar;

use crate::plan::ConstantValue;

/// The type in `_fields_`.
pub(super) fn ctypes(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::U8 | Scalar::Bool => "_ctypes.c_uint8",
        Scalar::U16 => "_ctypes.c_uint16",
        Scalar::U32 => "_ctypes.c_uint32",
        Scalar::U64 => "_ctypes.c_uint64",
        Scalar::I8 => "_ctypes.c_int8",
        Scalar::I16 => "_ctypes.c_int16",
        Scalar::I32 => "_ctypes.c_int32",
        Scalar::I64 => "_ctypes.c_int64",
        Scalar::F32 => "_ctypes.c_float",
        Scalar::F64 => "_ctypes.c_double",
    }
}

/// The letter in formats of `struct`.
pub(super) fn packed(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::U8 => "B",
        Scalar::U16 => "H",
        Scalar::U32 => "I",
        Scalar::U64 => "Q",
        Scalar::I8 => "b",
        Scalar::I16 => "h",
        Scalar::I32 => "i",
        Scalar::I64 => "q",
        Scalar::F32 => "f",
        Scalar::F64 => "d",
        Scalar::Bool => "?",
    }
}

/// The format in dtypes.
pub(super) fn numpy(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::U8 => "u1",
        Scalar::U16 => "<u2",
        Scalar::U32 => "<u4",
        Scalar::U64 => "<u8",
        Scalar::I8 => "i1",
        Scalar::I16 => "<i2",
        Scalar::I32 => "<i4",
        Scalar::I64 => "<i8",
        Scalar::F32 => "<f4",
        Scalar::F64 => "<f8",
        Scalar::Bool => "?",
    }
}

/// The number as an expression.
pub(super) fn literal(value: ConstantValue) -> String {
    match value {
        ConstantValue::Integer(value) => value.to_string(),
        ConstantValue::Bool(value) => if value { "True" } else { "False" }.to_string(),
        ConstantValue::Float(value) if value.is_nan() => "_math.nan".to_string(),
        ConstantValue::Float(value) if value == f64::INFINITY => "_math.inf".to_string(),
        ConstantValue::Float(value) if value == f64::NEG_INFINITY => "-_math.inf".to_string(),
        ConstantValue::Float(value) => format!("{value:?}"),
    }
}

/// `-0x8000_0000`, grouped by four digits.
pub(super) fn hexadecimal(value: i128) -> String {
    let digits = format!("{:X}", value.unsigned_abs());
    let head = digits.len() % 4;
    let mut groups: Vec<&str> = Vec::new();
    if head > 0 {
        groups.push(&digits[..head]);
    }
    let mut rest = &digits[head..];
    while !rest.is_empty() {
        groups.push(&rest[..4]);
        rest = &rest[4..];
    }
    format!("{}0x{}", if value < 0 { "-" } else { "" }, groups.join("_"))
}

/// The end of a range as an expression, with the fewest digits that its own type takes for it.
pub(super) fn bound(value: ConstantValue, scalar: Scalar) -> String {
    match value {
        ConstantValue::Float(float) if float.is_finite() => value.shown(scalar),
        other => literal(other),
    }
}
