//! What a check says: sentences from names, numbers and types, in const evaluation.

use crate::{Dims, Hash, Kind, Type};

/// A sentence put together in const evaluation, where there is no `format!`.
pub(super) struct Words {
    bytes: [u8; Words::MAX],
    len: usize,
}

/// So many bytes, between these words.
pub(super) const fn bytes(before: &str, count: u32, after: &str) -> Words {
    Words::new(before).number(count as u64).text(if count == 1 { " byte" } else { " bytes" }).text(after)
}

impl Words {
    const MAX: usize = 1024;

    pub(super) const fn new(text: &str) -> Self {
        Words { bytes: [0; Words::MAX], len: 0 }.text(text)
    }

    pub(super) const fn text(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        // Cut rather than refused: the beginning says what is wrong. Never within a character, see `panic`.
        let mut index = 0;
        while index < text.len() && self.len < Words::MAX {
            self.bytes[self.len] = text[index];
            self.len += 1;
            index += 1;
        }
        self
    }

    pub(super) const fn number(self, number: u64) -> Self {
        let words = if number >= 10 { self.number(number / 10) } else { self };
        words.text("0123456789".split_at((number % 10) as usize).1.split_at(1).0)
    }

    pub(super) const fn hash(mut self, hash: Hash) -> Self {
        let mut digit = 32;
        while digit > 0 {
            digit -= 1;
            let value = (hash.to_u128() >> (digit * 4)) as usize % 16;
            self = self.text("0123456789abcdef".split_at(value).1.split_at(1).0);
        }
        self
    }

    pub(super) const fn pad(self, number: u32, size: u32) -> Self {
        self.text("_pad").number(number as u64).text(": [u8; ").number(size as u64).text("],")
    }

    #[track_caller]
    pub(super) const fn other_gap(self, expected: u32, schema: &str) -> ! {
        let words = self.text("` here and ").number(expected as u64).text(" in ").text(schema);
        if expected == 0 {
            words.text("\nhelp: leave the padding out").panic();
        }
        words.text("\nhelp: write padding of the type `[u8; ").number(expected as u64).text("]`").panic()
    }

    /// As people write it in a schema: `Level[5]`, `str[12]`.
    pub(super) const fn ty(self, ty: &Type<'_>) -> Self {
        let words = match ty.kind.word() {
            (_, Some(name)) => self.text(name),
            (word, None) => self.text(word),
        };
        let words = match ty.kind {
            Kind::Str | Kind::Pad | Kind::Reserved => words.text("[").number(ty.size as u64).text("]"),
            Kind::Text { max } | Kind::Blob { max } => words.text("[").number(max as u64).text("]"),
            _ => words,
        };
        words.dims(ty.dims)
    }

    const fn dims(self, dims: Dims) -> Self {
        match dims.as_slice() {
            [] => self,
            [n] => self.text("[").number(*n as u64).text("]"),
            [n, m, ..] => self.text("[").number(*n as u64).text("][").number(*m as u64).text("]"),
        }
    }

    #[track_caller]
    pub(super) const fn panic(self) -> ! {
        let mut bytes = self.bytes.split_at(self.len).0;
        loop {
            match core::str::from_utf8(bytes) {
                Ok(text) => panic!("{}", text),
                Err(error) => bytes = bytes.split_at(error.valid_up_to()).0,
            }
        }
    }
}

/// Whether two names are equal.
pub(super) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::string::String;

    use super::*;

    #[test]
    fn a_long_sentence_is_cut_between_characters() {
        let long = "é".repeat(Words::MAX);
        let panic = std::panic::catch_unwind(move || Words::new("x").text(&long).panic()).unwrap_err();
        let text = panic.downcast_ref::<String>().unwrap();
        assert_eq!(text.len(), Words::MAX - 1);
    }
}
