//! What the expansions of the derives call: everything that can be said once and need not be expanded each time.

use std::borrow::Cow;

use ringgen_layout::proof::{self, CaseMember, Member};
use ringgen_layout::{Canonical, Case, Note, Package, Struct, Variant};

use crate::in_place::InPlace;
use crate::pod::Pod;

/// A struct as its derive describes it. Constants here and not in the expansion, where they would need names.
pub trait Described {
    /// Its fields as rustc sees them, and what makes zero bytes blank. In one constant, because rustc tells each constant
    /// anew of a field that can't be one.
    const PARTS: (&'static [Member<'static>], fn(&mut Self));
    /// Its fields.
    const MEMBERS: &'static [Member<'static>] = Self::PARTS.0;
    /// What follows from them.
    const STRUCT: Struct<'static>;
}

/// A struct that may be the case of a variant: a constructor is given this to see which case it makes.
pub trait Sample: InPlace {
    /// Zero bytes. Generic, so that rustc makes them where they are used alone: of a type that is much too large it would
    /// take all memory there is.
    fn sample<Lazy>() -> &'static Self;
}

/// An enum or flags type as its derive describes it.
pub trait DescribedEnum {
    /// Its names and values, and the integer behind them.
    const ENUM: ringgen_layout::Enum<'static>;
}

/// A variant as its derive describes it.
pub trait DescribedVariant {
    /// Its tag, padding and payload as rustc sees them.
    const MEMBERS: &'static [Member<'static>];
    /// Its cases as rustc sees them.
    const CASES: &'static [CaseMember<'static>];
    /// What follows from them.
    const VARIANT: Variant<'static>;
}

/// A field, its type inferred from the function that reaches it: what a struct *is*, and not what its tokens say.
pub const fn member<S: ?Sized, T: Pod>(
    name: &'static str,
    _: fn(&S) -> &T,
    offset: usize,
    note: Note<'static>,
) -> Member<'static> {
    Member { name, ty: T::TYPE, offset, note, describe: T::describe }
}

/// A case, its type inferred from what the view takes for it.
pub const fn case<T: Pod, V>(
    name: &'static str,
    value: i128,
    _: fn(&'static T) -> V,
    note: Note<'static>,
) -> CaseMember<'static> {
    CaseMember { case: Case { name, value, ty: T::TYPE, note }, describe: T::describe }
}

/// [`Pod::describe`] of a struct.
pub fn describe<T: Described>(canonical: &mut Canonical) {
    if canonical.add_struct(&T::STRUCT) {
        for member in T::MEMBERS {
            (member.describe)(canonical);
        }
    }
}

/// [`Pod::describe`] of a variant.
pub fn describe_variant<T: DescribedVariant>(canonical: &mut Canonical) {
    if canonical.add_variant(&T::VARIANT) {
        for case in T::CASES {
            (case.describe)(canonical);
        }
    }
}

/// [`Message::schema_text`](crate::Message::schema_text) of a type that was written by hand.
pub fn schema_text<T: Pod>(package: Option<Package<'static>>) -> Cow<'static, str> {
    let mut canonical = Canonical::new(package);
    T::describe(&mut canonical);
    Cow::Owned(canonical.finish())
}

/// Checks the layout hash of a type against the one that other languages were told, in hexadecimal digits.
///
/// # Panics
/// If they differ.
#[track_caller]
pub const fn check_told<T: Pod>(name: &str, told: &str) {
    match T::TYPE.kind.hash() {
        Some(hash) => proof::check_told(name, hash, told),
        None => panic!("ringgen [R025]: this is no struct or enum of ringgen's"),
    }
}

/// `Copy`, in words of ours where it is missing.
#[diagnostic::on_unimplemented(
    message = "ringgen [R017]: `{Self}` is not `Copy`, and other processes only ever see copies of its bytes",
    label = "write `#[derive(Clone, Copy)]` on it"
)]
pub trait Copied {}

#[diagnostic::do_not_recommend]
impl<T: Copy> Copied for T {}

/// Checks that a type is `Copy`.
pub const fn check_copy<T: Copied>() {}
