//! Enums and flags in Rust: integers with names, so that any bits of a peer are a value.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use ringgen_layout::EnumKind;

use super::words::{deprecated, doc, ident, integer, or, since};
use crate::plan::{EnumPlan, Plan, ValuePlan};

/// The type, its constants, and what people expect of it.
pub(super) fn print(plan: &Plan, of: &EnumPlan) -> TokenStream {
    match of.kind {
        EnumKind::Enum => print_enum(plan, of),
        EnumKind::Flags => print_flags(plan, of),
    }
}

fn print_enum(plan: &Plan, of: &EnumPlan) -> TokenStream {
    let EnumPlan { name, repr, values, layout_hash, .. } = of;
    let (ty, repr, kind) = (ident(name), ident(repr.name()), format_ident!("{name}Kind"));
    let stored = format!("Stored as `{repr}`. A value that has no name is kept: [`kind`](Self::kind) is then `None`.");
    let type_doc = doc([of.doc.as_str(), stored.as_str()]);
    let hash = layout_hash.to_string();
    let declared = values.iter().map(|value| {
        let (name, number) = (ident(&value.wire_name), integer(value.value));
        quote!(#name = #number)
    });
    let constants = constants(plan, of);
    let variants: Vec<_> = values.iter().map(|value| ident(&value.names.rust)).collect();
    let variant_docs = values.iter().map(|value| value_doc(plan, value));
    let consts: Vec<_> = values.iter().map(|value| ident(&value.rust_const)).collect();
    let kind_doc = doc([format!("The names of [`{name}`].").as_str()]);
    let unnamed = format!("{name}({{}})");
    quote! {
        #type_doc
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[derive(::ringgen::RingEnum)]
        #[repr(transparent)]
        #[ring(values(#(#declared),*))]
        #[ring(layout_hash = #hash)]
        pub struct #ty(pub #repr);

        impl #ty {
            #constants

            /// The name of this value, if it has one.
            #[must_use]
            pub const fn kind(self) -> ::core::option::Option<#kind> {
                match self {
                    #(Self::#consts => ::core::option::Option::Some(#kind::#variants),)*
                    _ => ::core::option::Option::None,
                }
            }
        }

        impl ::core::fmt::Debug for #ty {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self.kind() {
                    ::core::option::Option::Some(kind) => ::core::fmt::Debug::fmt(&kind, f),
                    ::core::option::Option::None => ::core::write!(f, #unnamed, self.0),
                }
            }
        }

        impl ::core::convert::From<#kind> for #ty {
            fn from(kind: #kind) -> Self {
                match kind {
                    #(#kind::#variants => Self::#consts,)*
                }
            }
        }

        impl ::core::convert::From<#repr> for #ty {
            fn from(value: #repr) -> Self {
                Self(value)
            }
        }

        impl ::core::convert::From<#ty> for #repr {
            fn from(value: #ty) -> Self {
                value.0
            }
        }

        #kind_doc
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum #kind {
            #(#variant_docs #variants,)*
        }
    }
}

fn print_flags(plan: &Plan, of: &EnumPlan) -> TokenStream {
    let EnumPlan { name, repr, values, layout_hash, .. } = of;
    let (ty, repr) = (ident(name), ident(repr.name()));
    let stored = format!("Bits to combine with `|`, stored as `{repr}`. A bit that has no name is kept.");
    let type_doc = doc([of.doc.as_str(), stored.as_str()]);
    let hash = layout_hash.to_string();
    let declared = values.iter().map(|value| {
        let (name, bit) = (ident(&value.wire_name), integer(value.value.trailing_zeros().into()));
        quote!(#name = #bit)
    });
    let constants = constants(plan, of);
    let consts: Vec<_> = values.iter().map(|value| ident(&value.rust_const)).collect();
    let names = values.iter().map(|value| &value.names.rust);
    let operators = [
        ("BitOr", "bitor", "BitOrAssign", "bitor_assign", quote!(|)),
        ("BitAnd", "bitand", "BitAndAssign", "bitand_assign", quote!(&)),
        ("BitXor", "bitxor", "BitXorAssign", "bitxor_assign", quote!(^)),
    ];
    let operators = operators.map(|(operator, function, assign, assign_function, sign)| {
        let [operator, function, assign, assign_function] =
            [operator, function, assign, assign_function].map(|name| format_ident!("{name}"));
        quote! {
            impl ::core::ops::#operator for #ty {
                type Output = Self;
                fn #function(self, other: Self) -> Self {
                    Self(self.0 #sign other.0)
                }
            }

            impl ::core::ops::#assign for #ty {
                fn #assign_function(&mut self, other: Self) {
                    *self = *self #sign other;
                }
            }
        }
    });
    let open = format!("{name}(");
    quote! {
        #type_doc
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        #[derive(::ringgen::RingFlags)]
        #[repr(transparent)]
        #[ring(bits(#(#declared),*))]
        #[ring(layout_hash = #hash)]
        pub struct #ty(pub #repr);

        impl #ty {
            #constants

            /// No bit.
            #[must_use]
            pub const fn empty() -> Self {
                Self(0)
            }

            /// Every bit that has a name.
            #[must_use]
            pub const fn all() -> Self {
                Self(#(Self::#consts.0)|*)
            }

            /// These bits, with a name or without.
            #[must_use]
            pub const fn from_bits(bits: #repr) -> Self {
                Self(bits)
            }

            /// All bits.
            #[must_use]
            pub const fn bits(self) -> #repr {
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

        impl ::core::fmt::Debug for #ty {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(#open)?;
                let mut separator = "";
                let mut rest = *self;
                for (flag, name) in [#((Self::#consts, #names)),*] {
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

        #(#operators)*

        impl ::core::ops::Not for #ty {
            type Output = Self;
            /// Every named bit that is not set here.
            fn not(self) -> Self {
                Self(!self.0 & Self::all().0)
            }
        }

        impl ::core::convert::From<#repr> for #ty {
            fn from(bits: #repr) -> Self {
                Self(bits)
            }
        }

        impl ::core::convert::From<#ty> for #repr {
            fn from(flags: #ty) -> Self {
                flags.0
            }
        }
    }
}

fn constants(plan: &Plan, of: &EnumPlan) -> TokenStream {
    let constants = of.values.iter().map(|value| {
        let name = ident(&value.rust_const);
        let number = match of.kind {
            EnumKind::Enum => integer(value.value),
            EnumKind::Flags => {
                let bit = integer(value.value.trailing_zeros().into());
                quote!(1 << #bit)
            }
        };
        let doc = value_doc(plan, value);
        quote!(#doc pub const #name: Self = Self(#number);)
    });
    quote!(#(#constants)*)
}

/// What a value or bit means, and whether it was given up.
fn value_doc(plan: &Plan, value: &ValuePlan) -> TokenStream {
    let doc = doc([or(&value.doc, &format!("`{}`.", value.name)).as_str(), since(value.since).as_str()]);
    let deprecated = deprecated(plan, value.deprecated);
    quote!(#doc #deprecated)
}
