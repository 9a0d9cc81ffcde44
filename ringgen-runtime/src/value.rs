//! Values that fields take and don't take: what the setters, builders and `validate` of generated code ask.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::Utf8Error;

use crate::pod::{Pod, zeroed};
use crate::reference::{BlobRef, TextRef};
use crate::text::{Str, StrError};

/// Why a field does not take a value, or why a message that came from a peer is not valid.
///
/// ```
/// use ringgen_runtime::{Number, Place, ValueError};
///
/// let place = Place { ty: "Trade", field: "quantity", index: None };
/// let (least, most) = (Number::Unsigned(1), Number::Unsigned(1_000_000));
/// let error = ValueError::OutOfRange { place, value: Number::Unsigned(0), least, most };
/// assert_eq!(error.to_string(), "Trade.quantity is 0, and takes 1 to 1000000");
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ValueError {
    /// A number lies outside of the field's range.
    OutOfRange {
        /// Where.
        place: Place,
        /// The number.
        value: Number,
        /// The smallest one that the field takes.
        least: Number,
        /// The largest one.
        most: Number,
    },
    /// A number was given that stands for no value in this field: write `None` instead.
    Null {
        /// Where.
        place: Place,
        /// The number.
        value: Number,
    },
    /// A list has more elements, or a reference into a slab more bytes, than the field may have.
    TooLong {
        /// Where.
        place: Place,
        /// How many there are.
        length: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A text does not fit into the field.
    Text {
        /// Where.
        place: Place,
        /// Why.
        error: StrError,
    },
    /// The bytes of a text are no UTF-8.
    NotUtf8 {
        /// Where.
        place: Place,
        /// Which of them.
        error: Utf8Error,
    },
}

/// The field that an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The struct or message, the innermost where one holds another.
    pub ty: &'static str,
    /// Its field, as the schema calls it.
    pub field: &'static str,
    /// Which element of an array or list, rows one after the other.
    pub index: Option<usize>,
}

/// A number of any type that fields have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// Of an unsigned integer, or an enum of such.
    Unsigned(u64),
    /// Of a signed integer, or an enum of such.
    Signed(i64),
    /// Of an `f32`.
    F32(f32),
    /// Of an `f64`.
    F64(f64),
}

impl ValueError {
    /// The field that it is about.
    pub fn place(&self) -> Place {
        match self {
            ValueError::OutOfRange { place, .. }
            | ValueError::Null { place, .. }
            | ValueError::TooLong { place, .. }
            | ValueError::Text { place, .. }
            | ValueError::NotUtf8 { place, .. } => *place,
        }
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueError::OutOfRange { place, value, least, most } => {
                write!(f, "{place} is {value}, and takes {least} to {most}")
            }
            ValueError::Null { place, value } => {
                write!(f, "{place} is {value}, which stands for no value there: write `None` for that")
            }
            ValueError::TooLong { place, length, limit } => {
                write!(f, "{place} has a length of {length}; there is room for {limit}")
            }
            ValueError::Text { place, error } => write!(f, "{place}: {error}"),
            ValueError::NotUtf8 { place, error } => write!(f, "{place} is no UTF-8: {error}"),
        }
    }
}

impl std::error::Error for ValueError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ValueError::Text { error, .. } => Some(error),
            ValueError::NotUtf8 { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.ty, self.field)?;
        match self.index {
            Some(index) => write!(f, "[{index}]"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Unsigned(number) => number.fmt(f),
            Number::Signed(number) => number.fmt(f),
            Number::F32(number) => number.fmt(f),
            Number::F64(number) => number.fmt(f),
        }
    }
}

/// A type of values of which one may stand for no value: numbers, and enums of them.
pub trait Nullable: Copy {
    /// The number in an error.
    fn number(self) -> Number;

    /// Whether it is this one; any NaN is if this is NaN.
    fn is(self, other: Self) -> bool;
}

/// A type of numbers that have ranges.
pub trait Numeric: Nullable + PartialOrd {}

macro_rules! numeric {
    ($($number:ident: $($ty:ident)*, $is:expr;)*) => { $($(
        impl Numeric for $ty {}

        impl Nullable for $ty {
            fn number(self) -> Number {
                Number::$number(self.into())
            }

            #[inline]
            fn is(self, other: Self) -> bool {
                $is(self, other)
            }
        }
    )*)* };
}

numeric! {
    Unsigned: u8 u16 u32 u64, |a, b| a == b;
    Signed: i8 i16 i32 i64, |a, b| a == b;
    F32: f32, |a: f32, b: f32| a == b || a.is_nan() && b.is_nan();
    F64: f64, |a: f64, b: f64| a == b || a.is_nan() && b.is_nan();
}

/// What generated code says of a field that it asks about: its type, and its name.
pub(crate) type Field = (&'static str, &'static str);

fn place((ty, field): Field) -> Place {
    Place { ty, field, index: None }
}

fn element((ty, field): Field, index: usize) -> Place {
    Place { ty, field, index: Some(index) }
}

/// The check of a type whose fields leave nothing open.
///
/// # Errors
/// Never.
#[inline]
pub fn any_bytes_are_valid<T: Pod>(_: &T) -> Result<(), ValueError> {
    Ok(())
}

/// More than there is room for.
#[cold]
pub(crate) fn too_long(field: Field, length: usize, limit: usize) -> ValueError {
    ValueError::TooLong { place: place(field), length, limit }
}

/// Checks that a number lies in a range.
///
/// # Errors
/// If not; NaN lies in none.
#[inline]
pub fn check_range<T: Numeric>(field: Field, value: T, range: &RangeInclusive<T>) -> Result<(), ValueError> {
    if range.contains(&value) { Ok(()) } else { Err(out_of_range(place(field), value, range)) }
}

/// Checks that each of some numbers lies in a range.
///
/// # Errors
/// For the first that does not.
#[inline]
pub fn check_ranges<T: Numeric>(field: Field, values: &[T], range: &RangeInclusive<T>) -> Result<(), ValueError> {
    match values.iter().position(|value| !range.contains(value)) {
        Some(index) => Err(out_of_range(element(field, index), values[index], range)),
        None => Ok(()),
    }
}

#[cold]
fn out_of_range<T: Numeric>(place: Place, value: T, range: &RangeInclusive<T>) -> ValueError {
    ValueError::OutOfRange { place, value: value.number(), least: range.start().number(), most: range.end().number() }
}

/// What is stored for a value that may be absent.
///
/// # Errors
/// If the value is the number that stands for none.
#[inline]
pub fn or_null<T: Nullable>(field: Field, value: Option<T>, null: T) -> Result<T, ValueError> {
    match value {
        Some(value) if value.is(null) => Err(ValueError::Null { place: place(field), value: value.number() }),
        Some(value) => Ok(value),
        None => Ok(null),
    }
}

/// What is stored for a value that may be absent, and lies in a range if it is not.
///
/// # Errors
/// If the value is the number that stands for none, or outside of the range.
#[inline]
pub fn or_null_in<T: Numeric>(
    field: Field,
    value: Option<T>,
    null: T,
    range: &RangeInclusive<T>,
) -> Result<T, ValueError> {
    let stored = or_null(field, value, null)?;
    value.map_or(Ok(()), |value| check_range(field, value, range)).map(|()| stored)
}

/// The elements of a list that count: as many as its length says, and never more than there are.
#[inline]
pub fn counted<T>(items: &[T], length: u32) -> &[T] {
    &items[..items.len().min(length as usize)]
}

/// Checks the length of a list.
///
/// # Errors
/// If it is more than there is room for.
#[inline]
pub fn check_length(field: Field, length: u32, limit: usize) -> Result<(), ValueError> {
    let length = length as usize;
    if length <= limit { Ok(()) } else { Err(too_long(field, length, limit)) }
}

/// Makes a list hold these elements, and zeroes what is behind them.
///
/// # Errors
/// If there is no room for them; the list stays as it was.
pub fn set_list<T: Pod>(field: Field, items: &mut [T], length: &mut u32, values: &[T]) -> Result<(), ValueError> {
    let limit = items.len();
    let Some(room) = items.get_mut(..values.len()) else {
        return Err(too_long(field, values.len(), limit));
    };
    room.copy_from_slice(values);
    items[values.len()..].fill(zeroed());
    // A list has room for as many elements as its `u32` can count.
    *length = values.len() as u32;
    Ok(())
}

/// Adds an element to a list.
///
/// # Errors
/// If it is full, or says that it is more than full; it stays as it was.
pub fn push_list<T: Pod>(field: Field, items: &mut [T], length: &mut u32, value: T) -> Result<(), ValueError> {
    let limit = items.len();
    match items.get_mut(*length as usize) {
        Some(free) => {
            *free = value;
            *length += 1;
            Ok(())
        }
        None => Err(too_long(field, (*length as usize).saturating_add(1), limit)),
    }
}

/// A type of texts.
pub trait Text: Sized {
    /// The text for a field.
    ///
    /// # Errors
    /// If it is too long or holds a NUL.
    fn text(field: Field, text: &str) -> Result<Self, ValueError>;
}

impl<const N: usize> Text for Str<N> {
    fn text(field: Field, given: &str) -> Result<Self, ValueError> {
        text(field, given)
    }
}

/// The text for a field.
///
/// # Errors
/// If it is too long or holds a NUL.
pub fn text<const N: usize>(field: Field, text: &str) -> Result<Str<N>, ValueError> {
    Str::new(text).map_err(|error| ValueError::Text { place: place(field), error })
}

/// Checks that a text is UTF-8.
///
/// # Errors
/// If not.
#[inline]
pub fn check_text<const N: usize>(field: Field, text: &Str<N>) -> Result<(), ValueError> {
    text.as_str().map(drop).map_err(|error| ValueError::NotUtf8 { place: place(field), error })
}

/// Checks that each of some texts is UTF-8.
///
/// # Errors
/// For the first that is not.
pub fn check_texts<const N: usize>(field: Field, texts: &[Str<N>]) -> Result<(), ValueError> {
    for (index, text) in texts.iter().enumerate() {
        text.as_str().map_err(|error| ValueError::NotUtf8 { place: element(field, index), error })?;
    }
    Ok(())
}

/// A reference into a slab, whose length a peer may have written.
pub trait Reference {
    /// How many bytes it says there are, and the most there may be.
    fn extent(&self) -> (usize, usize);
}

impl<const MAX: usize> Reference for TextRef<MAX> {
    fn extent(&self) -> (usize, usize) {
        (self.len(), MAX)
    }
}

impl<const MAX: usize> Reference for BlobRef<MAX> {
    fn extent(&self) -> (usize, usize) {
        (self.len(), MAX)
    }
}

/// Checks that a reference is to no more bytes than the field may have.
///
/// # Errors
/// If not.
#[inline]
pub fn check_reference(field: Field, reference: &impl Reference) -> Result<(), ValueError> {
    match reference.extent() {
        (length, limit) if length > limit => Err(too_long(field, length, limit)),
        _ => Ok(()),
    }
}

/// Checks that each of some references is to no more bytes than it may be.
///
/// # Errors
/// For the first that is not.
pub fn check_references(field: Field, references: &[impl Reference]) -> Result<(), ValueError> {
    for (index, reference) in references.iter().enumerate() {
        let (length, limit) = reference.extent();
        if length > limit {
            return Err(ValueError::TooLong { place: element(field, index), length, limit });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELD: Field = ("Scan", "ranges");

    #[test]
    fn a_number_outside_of_its_range_is_named_with_it() {
        assert_eq!(check_range(FIELD, 5_u8, &(1..=5)), Ok(()));
        let error = check_range(FIELD, -1_i64, &(0..=5)).unwrap_err();
        assert_eq!(error.to_string(), "Scan.ranges is -1, and takes 0 to 5");
        let error = check_ranges(FIELD, &[0.5_f32, 0.1, f32::NAN], &(0.1..=99.9)).unwrap_err();
        assert_eq!(error.to_string(), "Scan.ranges[2] is NaN, and takes 0.1 to 99.9");
        assert_eq!(error.place(), Place { ty: "Scan", field: "ranges", index: Some(2) });
    }

    #[test]
    fn what_stands_for_no_value_is_no_value() {
        assert_eq!(or_null(FIELD, Some(7), u64::MAX), Ok(7));
        assert_eq!(or_null(FIELD, None, u64::MAX), Ok(u64::MAX));
        assert!(or_null(FIELD, None, f32::NAN).unwrap().is_nan());
        assert!(matches!(or_null(FIELD, Some(-f64::NAN), f64::NAN), Err(ValueError::Null { .. })));
        assert_eq!(or_null_in(FIELD, None, 0, &(1..=5)), Ok(0));
        assert_eq!(or_null_in(FIELD, Some(5), 0, &(1..=5)), Ok(5));
        assert!(matches!(or_null_in(FIELD, Some(6), 0, &(1..=5)), Err(ValueError::OutOfRange { .. })));
        let error = or_null_in(FIELD, Some(0), 0, &(1..=5)).unwrap_err();
        assert!(matches!(error, ValueError::Null { .. }), "{error}");
        let error = or_null(FIELD, Some(0_u8), 0).unwrap_err();
        assert_eq!(error.to_string(), "Scan.ranges is 0, which stands for no value there: write `None` for that");
    }

    #[test]
    fn a_list_never_has_more_elements_than_there_are() {
        let items = [1, 2, 3];
        assert_eq!((counted(&items, 0), counted(&items, 2), counted(&items, 3)), (&[][..], &[1, 2][..], &items[..]));
        assert_eq!(counted(&items, u32::MAX), items);
        assert_eq!(check_length(FIELD, 3, 3), Ok(()));
        let error = check_length(FIELD, u32::MAX, 3).unwrap_err();
        assert_eq!(error.to_string(), "Scan.ranges has a length of 4294967295; there is room for 3");
    }

    #[test]
    fn a_list_is_filled_as_a_whole_or_not_at_all() {
        let (mut items, mut length) = ([9_u16; 3], 3);
        set_list(FIELD, &mut items, &mut length, &[1]).unwrap();
        assert_eq!((items, length), ([1, 0, 0], 1));
        push_list(FIELD, &mut items, &mut length, 2).unwrap();
        push_list(FIELD, &mut items, &mut length, 3).unwrap();
        assert_eq!((items, length), ([1, 2, 3], 3));
        let full = push_list(FIELD, &mut items, &mut length, 4).unwrap_err();
        assert_eq!(full, ValueError::TooLong { place: place(FIELD), length: 4, limit: 3 });
        let long = set_list(FIELD, &mut items, &mut length, &[0; 4]).unwrap_err();
        assert_eq!(long, full);
        assert_eq!((items, length), ([1, 2, 3], 3));
        length = u32::MAX;
        assert!(push_list(FIELD, &mut items, &mut length, 4).is_err());
    }

    #[test]
    fn texts_say_which_field_they_are_for() {
        let error = text::<3>(FIELD, "ACME").unwrap_err();
        assert_eq!(error.to_string(), "Scan.ranges: \"ACME\" is 4 bytes of UTF-8; there is room for 3");
        let broken = [Str::new("ab").unwrap(), Str::from_bytes(*b"a\xff\0")];
        assert_eq!(check_text(FIELD, &broken[0]), Ok(()));
        let error = check_texts(FIELD, &broken).unwrap_err();
        assert!(error.to_string().starts_with("Scan.ranges[1] is no UTF-8: invalid utf-8"), "{error}");
        assert!(std::error::Error::source(&error).is_some());
    }

    #[test]
    fn references_are_to_no_more_than_they_may_be() {
        #[repr(C, align(8))]
        struct Bytes([u8; 16]);
        let mut bytes = Bytes([0; 16]);
        bytes.0[8] = 5;
        let hostile = crate::pod::case_in::<BlobRef<4>>(&bytes.0);
        assert_eq!(check_reference(FIELD, &TextRef::<4>::EMPTY), Ok(()));
        assert!(check_reference(FIELD, hostile).is_err());
        let error = check_references(FIELD, &[BlobRef::EMPTY, *hostile]).unwrap_err();
        assert_eq!(error.to_string(), "Scan.ranges[1] has a length of 5; there is room for 4");
    }
}
