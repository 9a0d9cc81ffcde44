//! Scalars: their types, and literals whose type and value are the same wherever they stand.

use ringgen_layout::{Scalar, ScalarKind};

use crate::backend::text::text;
use crate::plan::ConstantValue;

/// The type of a scalar. A `bool` of C may hold 0 and 1 alone, and a peer may send any byte.
pub(super) fn ty(scalar: Scalar) -> String {
    match scalar.kind() {
        ScalarKind::Unsigned => text!("uint{}_t", scalar.bits()),
        ScalarKind::Signed => text!("int{}_t", scalar.bits()),
        ScalarKind::Float => if scalar.bits() == 32 { "float" } else { "double" }.to_string(),
        ScalarKind::Bool => "uint8_t".to_string(),
    }
}

/// A value of this type. Those that no digits stand for have macros of their own: see `support.rs`.
pub(super) fn number(scalar: Scalar, value: ConstantValue) -> String {
    let suffix = if scalar == Scalar::F32 { "F" } else { "" };
    match value {
        ConstantValue::Integer(value) => integer(scalar, value),
        ConstantValue::Bool(value) => value.to_string(),
        ConstantValue::Float(value) if value.is_nan() => text!("RINGGEN_NAN{suffix}"),
        ConstantValue::Float(f64::INFINITY) => text!("RINGGEN_INFINITY{suffix}"),
        ConstantValue::Float(f64::NEG_INFINITY) => text!("(-RINGGEN_INFINITY{suffix})"),
        ConstantValue::Float(value) => float(scalar, value),
    }
}

/// An integer of this type, fit for `#if`. The lowest value of a signed type is no literal of C: its name is printed.
pub(super) fn integer(scalar: Scalar, value: i128) -> String {
    let bits = scalar.bits();
    match scalar.kind() {
        ScalarKind::Signed if scalar.integer_range().is_some_and(|(least, _)| least == value) => {
            text!("INT{bits}_MIN")
        }
        ScalarKind::Signed if value < 0 => text!("(-INT{bits}_C({}))", value.unsigned_abs()),
        ScalarKind::Signed => text!("INT{bits}_C({value})"),
        _ => text!("UINT{bits}_C({value})"),
    }
}

/// The bits of flags.
pub(super) fn bits(scalar: Scalar, value: i128) -> String {
    text!("UINT{}_C(0x{value:x})", scalar.bits())
}

/// A finite float: the shortest digits that give it back in its own width.
fn float(scalar: Scalar, value: f64) -> String {
    let digits = match scalar {
        Scalar::F32 => text!("{:?}f", value as f32),
        _ => text!("{value:?}"),
    };
    if value.is_sign_negative() { text!("({digits})") } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_have_the_type_and_the_value() {
        for (scalar, value, literal) in [
            (Scalar::U8, 255, "UINT8_C(255)"),
            (Scalar::U64, u64::MAX.into(), "UINT64_C(18446744073709551615)"),
            (Scalar::I8, -128, "INT8_MIN"),
            (Scalar::I16, -300, "(-INT16_C(300))"),
            (Scalar::I64, i64::MIN.into(), "INT64_MIN"),
            (Scalar::I64, i128::from(i64::MIN) + 1, "(-INT64_C(9223372036854775807))"),
            (Scalar::I32, 7, "INT32_C(7)"),
        ] {
            assert_eq!(integer(scalar, value), literal);
        }
        assert_eq!(bits(Scalar::U64, 1 << 63), "UINT64_C(0x8000000000000000)");
        for (scalar, value, literal) in [
            (Scalar::F64, 0.1, "0.1"),
            (Scalar::F64, -2.0, "(-2.0)"),
            (Scalar::F64, 6.02e23, "6.02e23"),
            (Scalar::F32, f64::from(0.1_f32), "0.1f"),
            (Scalar::F32, f64::from(1e-45_f32), "1e-45f"),
            (Scalar::F64, -0.0, "(-0.0)"),
        ] {
            assert_eq!(float(scalar, value), literal);
        }
    }
}
