//! References to text and bytes of varying length, which lie in the slab of a ring and not in its messages.

use std::fmt;

macro_rules! references {
    ($($(#[$doc:meta])* $name:ident)*) => { $(
        $(#[$doc])*
        ///
        /// A peer may have written anything: a length above `MAX`, or a position where nothing is. A ring checks both
        /// before it reads a byte. This version has no rings with a slab; until then a reference can be laid out, copied
        /// and compared, but leads nowhere.
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
        #[repr(C, align(8))]
        pub struct $name<const MAX: usize> {
            position: u64,
            length: u32,
            zero: u32,
        }

        impl<const MAX: usize> $name<MAX> {
            /// No byte at all.
            pub const EMPTY: Self = $name { position: 0, length: 0, zero: 0 };

            /// The most bytes that it may refer to.
            pub const MAX: usize = MAX;

            /// How many bytes there are, as the peer says it.
            pub const fn len(&self) -> usize {
                self.length as usize
            }

            /// Whether there are none.
            pub const fn is_empty(&self) -> bool {
                self.length == 0
            }

            /// Where they begin, in the count of bytes that ever went through the slab, as the peer says it.
            pub const fn position(&self) -> u64 {
                self.position
            }
        }

        impl<const MAX: usize> fmt::Debug for $name<MAX> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} bytes at {})"), self.length, self.position)
            }
        }
    )* };
}

references! {
    /// Refers to UTF-8 text of at most `MAX` bytes in the slab of the ring that carries it: `text[MAX]` in a schema.
    TextRef
    /// Refers to at most `MAX` bytes in the slab of the ring that carries them: `blob[MAX]` in a schema.
    BlobRef
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zeroed;

    #[test]
    fn what_is_all_zero_is_empty() {
        assert_eq!(zeroed::<TextRef<12>>(), TextRef::EMPTY);
        assert!(BlobRef::<12>::default().is_empty());
        assert_eq!(TextRef::<12>::MAX, 12);
    }

    #[test]
    fn what_a_peer_says_is_shown_as_it_is() {
        let text = TextRef::<4> { position: u64::MAX, length: u32::MAX, zero: 1 };
        assert_eq!((text.len(), text.position()), (u32::MAX as usize, u64::MAX));
        assert_eq!(format!("{text:?}"), "TextRef(4294967295 bytes at 18446744073709551615)");
        assert_ne!(text, TextRef { zero: 0, ..text });
    }
}
