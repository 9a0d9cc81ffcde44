//! Which of its own names generated code uses: found in one pass over it, however many are asked about.

use std::collections::HashSet;

/// The names in some texts that begin or end with `_`, as those do that generated code has for itself.
#[derive(Debug, Default)]
pub(super) struct Used<'a> {
    names: HashSet<&'a str>,
    called: HashSet<&'a str>,
}

impl<'a> Used<'a> {
    /// The names in this text.
    pub(super) fn by(text: &'a str) -> Self {
        let mut used = Used::default();
        used.and_by(text);
        used
    }

    /// The names in this text too.
    pub(super) fn and_by(&mut self, text: &'a str) {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        let mut end = 0;
        while let Some(found) = text[end..].find('_') {
            let start = end + text[end..end + found].trim_end_matches(is_part).len();
            end += found;
            end += text[end..].find(|c| !is_part(c)).unwrap_or(text.len() - end);
            let name = &text[start..end];
            if name.starts_with('_') || name.ends_with('_') {
                self.names.insert(name);
                if !text[..start].ends_with('.') && text[end..].starts_with(['.', '(', '[']) {
                    self.called.insert(name);
                }
            }
        }
    }

    /// Whether this name stands anywhere, as a whole.
    pub(super) fn has(&self, name: &str) -> bool {
        debug_assert!(name.starts_with('_') || name.ends_with('_'), "{name} is a name of a schema");
        self.names.contains(name)
    }

    /// Whether something of this name, or a member of it, is called or subscripted anywhere. That of a class which has
    /// the same name, as the bytes of a field may in Python, is another.
    pub(super) fn calls(&self, name: &str) -> bool {
        debug_assert!(name.starts_with('_') || name.ends_with('_'), "{name} is a name of a schema");
        self.called.contains(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole_words() {
        let used = Used::by("x = u8_(1) + xi8_(2), i16_x, €i32_, $i64_ _a.b, c_d _");
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
