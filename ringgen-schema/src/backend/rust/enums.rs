//! Enums and flags in Rust: integers with names, so that any bits of a peer are a value.

use ringgen_layout::EnumKind;

use super::template::rust;
use super::words::{deprecated, doc, integer, or, quoted, since};
use crate::backend::text::text;
use crate::plan::{EnumPlan, Plan, ValuePlan};

/// The type, its constants, and what people expect of it.
pub(super) fn print(plan: &Plan, of: &EnumPlan) -> Vec<String> {
    match of.kind {
        EnumKind::Enum => print_enum(plan, of),
        EnumKind::Flags => print_flags(plan, of),
    }
}

/// The texts for each value, one a line.
fn each(of: &EnumPlan, text: impl Fn(&ValuePlan) -> String) -> String {
    let lines: Vec<String> = of.values.iter().map(text).collect();
    lines.join("\n")
}

/// `name = number` for each value, with the names that layouts have.
fn declared(of: &EnumPlan, number: impl Fn(&ValuePlan) -> i128) -> String {
    let values: Vec<String> =
        of.values.iter().map(|value| text!("{} = {}", value.wire_name, integer(number(value)))).collect();
    let line = values.join(", ");
    if line.len() <= 80 { line } else { text!("\n    {},\n", values.join(",\n    ")) }
}

fn print_enum(plan: &Plan, of: &EnumPlan) -> Vec<String> {
    let EnumPlan { name: ty, repr, layout_hash, .. } = of;
    let (repr, kind, hash) = (repr.name(), text!("{ty}Kind"), quoted(&layout_hash.to_string()));
    let stored = text!("Stored as `{repr}`. A value that has no name is kept: [`kind`](Self::kind) is then `None`.");
    let type_doc = doc([of.doc.as_str(), stored.as_str()]);
    let declared = declared(of, |value| value.value);
    let constants = constants(plan, of);
    let arms = each(of, |value| {
        let (constant, name) = (&value.rust_const, &value.names.rust);
        text!("Self::{constant} => ::core::option::Option::Some({kind}::{name}),")
    });
    let back = each(of, |value| text!("{kind}::{} => Self::{},", value.names.rust, value.rust_const));
    let names = each(of, |value| {
        let (doc, name) = (value_doc(plan, value), &value.names.rust);
        text!("{doc}\n{name},")
    });
    let declaration = rust!(
        "
        $type_doc
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[derive(::ringgen::RingEnum)]
        #[repr(transparent)]
        #[ring(values($declared))]
        #[ring(layout_hash = $hash)]
        pub struct $ty(pub $repr);
        ",
        type_doc,
        declared,
        hash,
        ty,
        repr
    );
    let methods = rust!(
        "
        impl $ty {
            $constants

            /// The name of this value, if it has one.
            #[must_use]
            pub const fn kind(self) -> ::core::option::Option<$kind> {
                match self {
                    $arms
                    _ => ::core::option::Option::None,
                }
            }
        }
        ",
        ty,
        constants,
        kind,
        arms
    );
    let debug = rust!(
        r#"
        impl ::core::fmt::Debug for $ty {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self.kind() {
                    ::core::option::Option::Some(kind) => ::core::fmt::Debug::fmt(&kind, f),
                    ::core::option::Option::None => ::core::write!(f, "$ty({})", self.0),
                }
            }
        }
        "#,
        ty
    );
    let from_kind = rust!(
        "
        impl ::core::convert::From<$kind> for $ty {
            fn from(kind: $kind) -> Self {
                match kind {
                    $back
                }
            }
        }
        ",
        ty,
        kind,
        back
    );
    let kinds = rust!(
        "
        /// The names of [`$ty`].
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum $kind {
            $names
        }
        ",
        ty,
        kind,
        names
    );
    let [from_repr, into_repr] = conversions(ty, repr, "value", "value");
    vec![declaration, methods, debug, from_kind, from_repr, into_repr, kinds]
}

/// From the integer, which is called `number`, and into it.
fn conversions(ty: &str, repr: &str, number: &str, name: &str) -> [String; 2] {
    let into = rust!(
        "
        impl ::core::convert::From<$repr> for $ty {
            fn from($number: $repr) -> Self {
                Self($number)
            }
        }
        ",
        ty,
        repr,
        number
    );
    let back = rust!(
        "
        impl ::core::convert::From<$ty> for $repr {
            fn from($name: $ty) -> Self {
                $name.0
            }
        }
        ",
        ty,
        repr,
        name
    );
    [into, back]
}

fn print_flags(plan: &Plan, of: &EnumPlan) -> Vec<String> {
    let EnumPlan { name: ty, repr, layout_hash, .. } = of;
    let (repr, hash) = (repr.name(), quoted(&layout_hash.to_string()));
    let stored = text!("Bits to combine with `|`, stored as `{repr}`. A bit that has no name is kept.");
    let type_doc = doc([of.doc.as_str(), stored.as_str()]);
    let declared = declared(of, bit);
    let constants = constants(plan, of);
    let all: Vec<String> = of.values.iter().map(|value| text!("Self::{}.0", value.rust_const)).collect();
    let all = all.join(" | ");
    let names = each(of, |value| text!("(Self::{}, {}),", value.rust_const, quoted(&value.names.rust)));
    let declaration = rust!(
        "
        $type_doc
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[derive(::ringgen::RingFlags)]
        #[repr(transparent)]
        #[ring(bits($declared))]
        #[ring(layout_hash = $hash)]
        pub struct $ty(pub $repr);
        ",
        type_doc,
        declared,
        hash,
        ty,
        repr
    );
    let methods = rust!(
        "
        impl $ty {
            $constants

            /// No bit.
            #[must_use]
            pub const fn empty() -> Self {
                Self(0)
            }

            /// Every bit that has a name.
            #[must_use]
            pub const fn all() -> Self {
                Self($all)
            }

            /// These bits, with a name or without.
            #[must_use]
            pub const fn from_bits(bits: $repr) -> Self {
                Self(bits)
            }

            /// All bits.
            #[must_use]
            pub const fn bits(self) -> $repr {
                self.0
            }

            /// Whether no bit is set.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Whether all bits of `other` are set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Whether a bit of `other` is set.
            #[must_use]
            pub const fn intersects(self, other: Self) -> bool {
                self.0 & other.0 != 0
            }

            /// Sets the bits of `other`.
            pub const fn insert(&mut self, other: Self) {
                self.0 |= other.0;
            }

            /// Clears the bits of `other`.
            pub const fn remove(&mut self, other: Self) {
                self.0 &= !other.0;
            }
        }
        ",
        ty,
        constants,
        repr,
        all
    );
    let debug = rust!(
        r#"
        impl ::core::fmt::Debug for $ty {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str("$ty(")?;
                let mut separator = "";
                let mut rest = *self;
                for (flag, name) in [
                    $names
                ] {
                    if self.contains(flag) {
                        ::core::write!(f, "{separator}{name}")?;
                        separator = " | ";
                        rest.remove(flag);
                    }
                }
                if !rest.is_empty() {
                    ::core::write!(f, "{separator}{:#x}", rest.0)?;
                }
                f.write_str(")")
            }
        }
        "#,
        ty,
        names
    );
    let mut items = vec![declaration, methods, debug];
    for (operator, function, sign) in [("BitOr", "bitor", "|"), ("BitAnd", "bitand", "&"), ("BitXor", "bitxor", "^")] {
        let assign = text!("{function}_assign");
        items.push(rust!(
            "
            impl ::core::ops::$operator for $ty {
                type Output = Self;

                fn $function(self, other: Self) -> Self {
                    Self(self.0 $sign other.0)
                }
            }
            ",
            operator,
            ty,
            function,
            sign
        ));
        items.push(rust!(
            "
            impl ::core::ops::$operatorAssign for $ty {
                fn $assign(&mut self, other: Self) {
                    *self = *self $sign other;
                }
            }
            ",
            operator,
            ty,
            assign,
            sign
        ));
    }
    items.push(rust!(
        "
        impl ::core::ops::Not for $ty {
            type Output = Self;

            /// Every named bit that is not set here.
            fn not(self) -> Self {
                Self(!self.0 & Self::all().0)
            }
        }
        ",
        ty
    ));
    items.extend(conversions(ty, repr, "bits", "flags"));
    items
}

/// The number of a flag's bit.
fn bit(value: &ValuePlan) -> i128 {
    value.value.trailing_zeros().into()
}

fn constants(plan: &Plan, of: &EnumPlan) -> String {
    each(of, |value| {
        let (doc, name) = (value_doc(plan, value), &value.rust_const);
        let number = match of.kind {
            EnumKind::Enum => integer(value.value),
            EnumKind::Flags => text!("1 << {}", bit(value)),
        };
        text!("{doc}\npub const {name}: Self = Self({number});")
    })
}

/// What a value or bit means, and whether it was given up.
fn value_doc(plan: &Plan, value: &ValuePlan) -> String {
    let doc = doc([or(&value.doc, &text!("`{}`.", value.name)).as_str(), since(value.since).as_str()]);
    match deprecated(plan, value.deprecated).as_str() {
        "" => doc,
        deprecated => text!("{doc}\n{deprecated}"),
    }
}
