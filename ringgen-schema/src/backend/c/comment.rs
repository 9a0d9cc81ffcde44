//! Comments: texts of users in Doxygen's form.

use std::borrow::Cow;

use crate::backend::text::block_comment;

/// A comment of this text, on one line if it is one. Nothing of an empty text.
pub(super) fn comment(indent: &str, text: &str) -> String {
    block_comment(indent, &harmless(text.trim()))
}

/// When a member came and went, in versions of its package.
pub(super) fn history(since: Option<u32>, deprecated: Option<u32>) -> String {
    let sentence = |word: &str, version: Option<u32>| version.map(|version| format!("{word} version {version}."));
    let sentences = [sentence("Since", since), sentence("Deprecated since", deprecated)];
    sentences.into_iter().flatten().collect::<Vec<String>>().join(" ")
}

/// A text that neither ends a comment nor makes a compiler warn of what looks like the start of another one or like the
/// trigraph of a backslash; and that Doxygen shows as it is.
fn harmless(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| matches!(byte, b'\\' | b'@' | b'/' | b'?')) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        // Both begin a command, an `@` unless it is inside a word.
        let is_command = character == '\\' || character == '@' && !escaped.ends_with(char::is_alphanumeric);
        if is_command {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped.replace("*/", "* /").replace("/*", "/ *").replace("??/", "?? /").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_ends_where_it_should() {
        assert_eq!(comment("", ""), "");
        assert_eq!(comment("  ", " One. "), "  /** One. */\n");
        assert_eq!(comment("", "One.\n\nTwo."), "/**\n * One.\n *\n * Two.\n */\n");
        assert_eq!(comment("", "\\file @file a@b.c"), "/** \\\\file \\@file a@b.c */\n");
        for text in ["*/", "/*", "/*/", "*/*", "**/", "//*", "??/", "???/\n", "a\\\nb", "*\\\n/", "/", "*"] {
            let comment = comment("", &format!("{text}\n{text}"));
            // Lines end in a backslash before anything else is looked at.
            let seen = comment.trim_end().replace("??/", "\\").replace("\\\n", "");
            let inside = seen.strip_prefix("/*").and_then(|rest| rest.strip_suffix("*/")).expect("a comment");
            assert!(!inside.contains("*/") && !inside.contains("/*"), "{text:?}: {comment}");
        }
    }
}
