//! Which of its own names generated code uses: found in one pass over it, however many are asked about.

use std::collections::HashMap;

/// The names in some texts that begin or end with `_`, as those do that generated code has for itself, and whether
/// something of that name is called or subscripted. Members of others are left out.
#[derive(Debug, Default)]
pub(super) struct Used<'a> {
    names: HashMap<&'a str, bool>,
}

/// The bytes that names are made of.
static IS_PART: [bool; 256] = {
    let mut is_part = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let of = byte as u8;
        is_part[byte] = of.is_ascii_alphanumeric() || of == b'_' || of == b'$';
        byte += 1;
    }
    is_part
};

impl<'a> Used<'a> {
    /// The names in this text.
    pub(super) fn by(text: &'a str) -> Self {
        let mut used = Used::default();
        used.and_by(text);
        used
    }

    /// The names in this text too.
    pub(super) fn and_by(&mut self, text: &'a str) {
        let bytes = text.as_bytes();
        let is_end = |byte: &u8| !IS_PART[usize::from(*byte)];
        let mut end = 0;
        while let Some(found) = text[end..].find('_') {
            let (before, behind) = (&bytes[end..end + found], &bytes[end + found..]);
            let start = before.iter().rposition(is_end).map_or(end, |last| end + last + 1);
            end += found + behind.iter().position(is_end).unwrap_or(behind.len());
            let is_member = start > 0 && bytes[start - 1] == b'.';
            if !is_member && (bytes[start] == b'_' || bytes[end - 1] == b'_') {
                let is_called = matches!(bytes.get(end), Some(b'.' | b'(' | b'['));
                *self.names.entry(&text[start..end]).or_default() |= is_called;
            }
        }
    }

    /// Whether this name stands anywhere, as a whole and not as a member's.
    pub(super) fn has(&self, name: &str) -> bool {
        debug_assert!(name.starts_with('_') || name.ends_with('_'), "{name} is a name of a schema");
        self.names.contains_key(name)
    }

    /// Whether something of this name, or a member of it, is called or subscripted anywhere. That of a class which has
    /// the same name, as the bytes of a field may in Python, is another.
    pub(super) fn calls(&self, name: &str) -> bool {
        debug_assert!(name.starts_with('_') || name.ends_with('_'), "{name} is a name of a schema");
        self.names.get(name).is_some_and(|is_called| *is_called)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole_words() {
        let used = Used::by("x = u8_(1) + xi8_(2), i16_x, €i32_, $i64_ _a.b, c_d _ a.e_ _");
        for name in ["u8_", "xi8_", "i32_", "$i64_", "_a", "_"] {
            assert!(used.has(name), "{name} in {used:?}");
        }
        assert_eq!(used.names.len(), 6, "{used:?}");
        assert!(!used.has("i8_") && !used.has("i16_") && !used.has("_d"));
    }

    #[test]
    fn the_bytes_of_a_field_are_no_helper() {
        let calls = |text: &str, name: &str| Used::by(text).calls(name);
        assert!(calls("x = _text(1)", "_text") && calls("x: _t.Any", "_t") && calls("class A(_Ring[T]):", "_Ring"));
        assert!(!calls("self._text = 1, self._text(2)", "_text"));
        assert!(!calls("_text: int\n(\"_text\", 1)", "_text"));
    }

    #[test]
    fn several_texts_are_one() {
        let mut used = Used::by("_a");
        used.and_by("_b(");
        assert!(used.has("_a") && used.calls("_b") && !used.calls("_a"));
    }
}
