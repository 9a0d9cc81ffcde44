//! Text in columns of a terminal.

use std::fmt::Write;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// A text with spaces behind it, up to so many columns.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    let spaces = columns.saturating_sub(width(text));
    let mut padded = String::from(text);
    padded.extend(std::iter::repeat_n(' ', spaces));
    padded
}

/// As much of a text as fits, with an ellipsis where something is missing.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = if columns > 2 { columns - 1 } else { columns };
    let mut fitted = String::new();
    for character in text.chars() {
        let with = UnicodeWidthChar::width(character).unwrap_or(0);
        if width(&fitted) + with > room {
            break;
        }
        fitted.push(character);
    }
    if columns > 2 {
        fitted.push('…');
    }
    fitted
}

/// A bar as long as `part` is of `whole`, in columns of which `whole` has `columns`: to an eighth of one, and never
/// nothing where there is something.
pub(crate) fn bar(part: u64, whole: u64, columns: usize) -> String {
    let eighths = (u128::from(part.min(whole)) * columns as u128 * 8).div_ceil(u128::from(whole.max(1))) as usize;
    let mut bar = "█".repeat(eighths / 8);
    bar.extend(['▏', '▎', '▍', '▌', '▋', '▊', '▉'].get((eighths % 8).wrapping_sub(1)));
    bar
}

/// The lines of a text of words; a word that is longer than a line gets one of its own.
pub(crate) fn wrap(words: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in words.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && width(&line) + 1 + width(word) > columns {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            let _ = line.write_str(word);
        }
        if !line.is_empty() {
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_where_it_does_not_fit() {
        assert_eq!(fit("quantity", 8), "quantity");
        assert_eq!(fit("quantity", 7), "quanti…");
        assert_eq!(fit("quantity", 1), "q");
        assert_eq!(fit("漢字漢字", 5), "漢字…");
        assert_eq!(fit("x", 0), "");
    }

    #[test]
    fn bars_are_to_scale() {
        let bars = [0, 1, 50, 99, 100, 101].map(|part| bar(part, 100, 4));
        assert_eq!(bars, ["", "▏", "██", "████", "████", "████"]);
        assert_eq!(bar(u64::MAX, u64::MAX, 3), "███");
        assert_eq!(bar(0, 0, 3), "");
    }

    #[test]
    fn words_are_wrapped_and_never_lost() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("immeasurable x", 5), ["immeasurable", "x"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "b"]);
        assert!(wrap(" ", 9).is_empty());
    }
}
