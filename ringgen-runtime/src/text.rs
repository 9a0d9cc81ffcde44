//! Text of fixed room: UTF-8, NUL padded.

use std::fmt;
use std::str::Utf8Error;

/// Up to `N` bytes of UTF-8 text; what is left is NUL. A peer may have written anything: reading checks.
///
/// Two are equal if their texts are; what lies behind the first NUL is never looked at.
///
/// ```
/// use ringgen_runtime::Str;
///
/// let symbol = Str::<8>::new("ACME")?;
/// assert_eq!(symbol, "ACME");
/// assert_eq!(Str::<4>::new("naïve").unwrap_err().to_string(), "\"naïve\" is 6 bytes of UTF-8; there is room for 4");
/// assert_eq!(Str::<3>::truncate_to("naïve"), "na");
/// # Ok::<(), ringgen_runtime::StrError>(())
/// ```
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Str<const N: usize>([u8; N]);

impl<const N: usize> Str<N> {
    /// The empty text.
    pub const EMPTY: Str<N> = Str([0; N]);

    /// This text.
    ///
    /// # Errors
    /// If it is longer than `N` bytes or holds a NUL. Nothing is ever cut; [`Str::truncate_to`] does when asked.
    pub fn new(text: &str) -> Result<Self, StrError> {
        if let Some(at) = text.bytes().position(|byte| byte == 0) {
            return Err(StrError::Nul { at });
        }
        let mut bytes = [0; N];
        let Some(room) = bytes.get_mut(..text.len()) else {
            return Err(StrError::TooLong { text: text.to_string(), limit: N });
        };
        room.copy_from_slice(text.as_bytes());
        Ok(Str(bytes))
    }

    /// As much of this text as fits, cut at a character's boundary and at the first NUL.
    pub fn truncate_to(text: &str) -> Self {
        let text = text.split('\0').next().unwrap_or_default();
        let mut bytes = [0; N];
        let end = text.floor_char_boundary(N);
        for (to, from) in bytes.iter_mut().zip(&text.as_bytes()[..end]) {
            *to = *from;
        }
        Str(bytes)
    }

    /// The text with these bytes, whatever they are.
    pub const fn from_bytes(bytes: [u8; N]) -> Self {
        Str(bytes)
    }

    /// The text.
    ///
    /// # Errors
    /// If its bytes are no UTF-8. They stay reachable by [`Str::as_bytes`].
    pub fn as_str(&self) -> Result<&str, Utf8Error> {
        std::str::from_utf8(self.as_bytes())
    }

    /// The bytes of the text, up to the first NUL.
    pub fn as_bytes(&self) -> &[u8] {
        let end = self.0.iter().position(|&byte| byte == 0).unwrap_or(N);
        &self.0[..end]
    }

    /// All `N` bytes.
    pub const fn to_bytes(self) -> [u8; N] {
        self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }
}

impl<const N: usize> Default for Str<N> {
    fn default() -> Self {
        Str::EMPTY
    }
}

impl<const N: usize> TryFrom<&str> for Str<N> {
    type Error = StrError;

    fn try_from(text: &str) -> Result<Self, StrError> {
        Str::new(text)
    }
}

impl<const N: usize> PartialEq for Str<N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> Eq for Str<N> {}

impl<const N: usize> PartialEq<str> for Str<N> {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> PartialEq<&str> for Str<N> {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> PartialOrd for Str<N> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<const N: usize> Ord for Str<N> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl<const N: usize> std::hash::Hash for Str<N> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

/// The text, with U+FFFD for what is no UTF-8.
impl<const N: usize> fmt::Display for Str<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(self.as_bytes()))
    }
}

impl<const N: usize> fmt::Debug for Str<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(self.as_bytes()), f)
    }
}

/// Why a text is not put into a [`Str`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StrError {
    /// It is longer than there is room.
    TooLong {
        /// The text.
        text: String,
        /// How many bytes there is room for.
        limit: usize,
    },
    /// It holds a NUL, which would end it for every reader.
    Nul {
        /// The NUL's offset in bytes.
        at: usize,
    },
}

impl fmt::Display for StrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StrError::TooLong { text, limit } => {
                write!(f, "{text:?} is {} bytes of UTF-8; there is room for {limit}", text.len())
            }
            StrError::Nul { at } => write!(f, "the text has a NUL at byte {at}, where every reader would end it"),
        }
    }
}

impl std::error::Error for StrError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_does_not_fit_is_an_error_and_never_cut() {
        assert_eq!(Str::<4>::new("abcd").unwrap(), "abcd");
        assert_eq!(Str::<4>::new("abcde"), Err(StrError::TooLong { text: "abcde".into(), limit: 4 }));
        assert_eq!(Str::<4>::new("a\0b"), Err(StrError::Nul { at: 1 }));
        assert_eq!(Str::<4>::truncate_to("añ€x"), "añ", "a character is whole or absent");
        assert_eq!(Str::<4>::truncate_to("a\0b"), "a");
    }

    #[test]
    fn a_peers_bytes_are_readable_whatever_they_are() {
        let broken = Str::from_bytes(*b"ab\xff\0zz");
        assert!(broken.as_str().is_err());
        assert_eq!(broken.as_bytes(), b"ab\xff");
        assert_eq!(broken.to_string(), "ab\u{fffd}");
        assert_eq!(Str::from_bytes(*b"ab\0x"), Str::from_bytes(*b"ab\0y"));
        assert!(Str::<3>::EMPTY.is_empty());
    }
}
