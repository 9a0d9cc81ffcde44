//! Lines of Python.

use std::borrow::Cow;
use std::fmt::{Display, Write};

use super::broken;
use crate::backend::text::{fits, push_blanks, push_escaped, text};

/// The longest line that is printed where it can be helped.
pub(super) const WIDTH: usize = 120;

/// Lines, indented as deep as blocks are open.
#[derive(Debug, Default)]
pub(super) struct Code {
    text: String,
    depth: usize,
    /// Whether a line is longer than it should be.
    is_wide: bool,
}

impl Code {
    /// A line; an empty one has no indentation.
    pub(super) fn line(&mut self, line: impl Display) {
        let start = self.indent();
        self.print(line);
        self.end_line(start);
    }

    /// A line that is a string literal.
    pub(super) fn string(&mut self, text: &str) {
        let start = self.indent();
        push_string(&mut self.text, text);
        self.end_line(start);
    }

    /// Begins a line; where that is.
    fn indent(&mut self) -> usize {
        let start = self.text.len();
        push_blanks(&mut self.text, 4 * self.depth);
        start
    }

    /// Appends to the line.
    fn print(&mut self, part: impl Display) {
        write!(self.text, "{part}").expect("a String takes any text");
    }

    fn end_line(&mut self, start: usize) {
        if self.text.len() == start + 4 * self.depth {
            self.text.truncate(start);
        }
        self.is_wide |= !fits(&self.text[start..], WIDTH);
        self.text.push('\n');
    }

    /// Several lines, each as it is.
    pub(super) fn lines(&mut self, text: &str) {
        for line in text.lines() {
            self.line(line);
        }
    }

    /// A line that opens a block, and the block.
    pub(super) fn block(&mut self, head: impl Display, body: impl FnOnce(&mut Code)) {
        self.line(head);
        self.block_body(body);
    }

    /// What stands in a block.
    pub(super) fn block_body(&mut self, body: impl FnOnce(&mut Code)) {
        self.depth += 1;
        body(self);
        self.depth -= 1;
    }

    /// `head`, one item a line with a comma behind it, and `tail`; on one line where there is no item.
    pub(super) fn list<T: Display>(
        &mut self,
        head: impl Display,
        items: impl IntoIterator<Item = T>,
        tail: impl Display,
    ) {
        let mut items = items.into_iter().peekable();
        if items.peek().is_none() {
            return self.line(format_args!("{head}{tail}"));
        }
        self.block(head, |code| items.for_each(|item| code.statement(format_args!("{item},"))));
        self.line(tail);
    }

    /// A tuple with one item a line; one of a single item stays on one line, as formatters have it.
    pub(super) fn tuple<T: Display>(&mut self, head: &str, items: impl IntoIterator<Item = T>, tail: &str) {
        let mut items = items.into_iter();
        match (items.next(), items.next()) {
            (Some(only), None) => self.line(format_args!("{head}{only},{tail}")),
            (first, second) => self.list(head, first.into_iter().chain(second).chain(items), tail),
        }
    }

    /// A statement, broken if it is too long for a line.
    pub(super) fn statement(&mut self, text: impl Display) {
        let start = self.indent();
        self.print(text);
        if fits(&self.text[start..], WIDTH) {
            return self.end_line(start);
        }
        let text = self.text.split_off(start + 4 * self.depth);
        self.text.truncate(start);
        broken::lines(&text, WIDTH - 4 * self.depth).iter().for_each(|line| self.line(line));
    }

    /// A call, on one line if that is not too long.
    pub(super) fn call<T: AsRef<str> + Display>(&mut self, function: &str, arguments: impl IntoIterator<Item = T>) {
        let arguments: Vec<T> = arguments.into_iter().collect();
        let joined = arguments.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
        let line = text!("{function}({joined})");
        if self.fits(&line) { self.line(line) } else { self.list(format_args!("{function}("), arguments, ")") }
    }

    /// `head` and a union of types, on one line if that is not too long.
    pub(super) fn union(&mut self, head: &str, types: &[String]) {
        let line = text!("{head} {}", types.join(" | "));
        if self.fits(&line) {
            return self.line(line);
        }
        self.line(text!("{head} ("));
        self.block_body(|code| {
            if code.fits(&types.join(" | ")) {
                return code.line(types.join(" | "));
            }
            for (index, ty) in types.iter().enumerate() {
                code.line(if index == 0 { ty.clone() } else { text!("| {ty}") });
            }
        });
        self.line(")");
    }

    /// A method or function, its parameters on one line if that is not too long.
    pub(super) fn define<T: AsRef<str> + Display>(
        &mut self,
        name: &str,
        parameters: impl IntoIterator<Item = T>,
        gives: &str,
        body: impl FnOnce(&mut Code),
    ) {
        let parameters: Vec<T> = parameters.into_iter().collect();
        let joined = parameters.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
        let line = text!("def {name}({joined}) -> {gives}:");
        if self.fits(&line) {
            self.block(line, body);
        } else {
            self.function(format_args!("def {name}("), parameters, format_args!(") -> {gives}:"), body);
        }
    }

    /// Whether a line at this depth is not too long.
    pub(super) fn fits(&self, line: &str) -> bool {
        fits(line, WIDTH - 4 * self.depth)
    }

    /// A function with one parameter a line.
    pub(super) fn function<T: Display>(
        &mut self,
        head: impl Display,
        parameters: impl IntoIterator<Item = T>,
        tail: impl Display,
        body: impl FnOnce(&mut Code),
    ) {
        self.list(head, parameters, tail);
        self.block_body(body);
    }

    /// Room in front of something at the top of the module.
    pub(super) fn section(&mut self) {
        self.line("");
        self.line("");
    }

    /// What was printed.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether a line of it is longer than it should be.
    pub(super) fn is_wide(&self) -> bool {
        self.is_wide
    }
}

/// A docstring: paragraphs, with lines that are too long broken between words.
pub(super) fn docstring(code: &mut Code, text: &str) {
    // A quote at the end would be one of those that end it.
    let (text, end) = match text.strip_suffix('"') {
        Some(text) => (text, "\\\""),
        None => (text, ""),
    };
    let mut text = match text.contains(['\\', '"']) || !end.is_empty() {
        true => Cow::Owned(text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"") + end),
        false => Cow::Borrowed(text),
    };
    // And one at the beginning looks like one of those that begin it.
    if text.starts_with('"') {
        text.to_mut().insert(0, ' ');
    }
    let width = WIDTH - 4 * code.depth - 10;
    let mut lines = Vec::new();
    text.lines().for_each(|line| wrap(&mut lines, line.trim_end(), width));
    match &lines[..] {
        [] => {}
        [only] => code.line(format_args!("\"\"\"{only}\"\"\"")),
        [first, rest @ ..] => {
            code.line(format_args!("\"\"\"{first}"));
            rest.iter().for_each(|line| code.line(line));
            code.line("\"\"\"");
        }
    }
}

/// Adds the line, broken at spaces so that its parts are no wider than this, if words are not.
fn wrap<'a>(parts: &mut Vec<Cow<'a, str>>, line: &'a str, width: usize) {
    if fits(line, width) {
        return parts.push(line.into());
    }
    let indentation = line.len() - line.trim_start().len();
    let (mut part, rest) = (line[..indentation].to_string(), &line[indentation..]);
    for (index, word) in rest.split(' ').enumerate() {
        if index > 0 && part.chars().count() + 1 + word.chars().count() > width {
            parts.push(std::mem::replace(&mut part, line[..indentation].to_string()).into());
        } else if index > 0 {
            part.push(' ');
        }
        part.push_str(word);
    }
    parts.push(part.into());
}

/// A string literal, in the quotes that there are fewer of in it; what is not printable ASCII but text stays as it is.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    push_string(&mut literal, text);
    literal
}

fn push_string(to: &mut String, text: &str) {
    let has_more = || text.matches('"').count() > text.matches('\'').count();
    let quote = if text.contains('"') && has_more() { '\'' } else { '"' };
    to.push(quote);
    push_escaped(to, text, |character| match character {
        '"' | '\'' if character == quote => Some(format!("\\{character}").into()),
        '\\' => Some("\\\\".into()),
        '\n' => Some("\\n".into()),
        '\r' => Some("\\r".into()),
        '\t' => Some("\\t".into()),
        control if control.is_control() => Some(format!("\\u{:04x}", u32::from(control)).into()),
        _ => None,
    });
    to.push(quote);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(text: &str) -> String {
        let mut code = Code::default();
        docstring(&mut code, text);
        code.text
    }

    #[test]
    fn a_docstring_can_hold_anything() {
        assert_eq!(doc("One."), "\"\"\"One.\"\"\"\n");
        assert_eq!(doc("One.\n\nTwo."), "\"\"\"One.\n\nTwo.\n\"\"\"\n");
        assert_eq!(doc("a \\ and \"\"\" and \""), "\"\"\"a \\\\ and \\\"\\\"\\\" and \\\"\"\"\"\n");
        assert_eq!(doc("\"\"\""), "\"\"\" \"\"\\\"\"\"\"\n");
        assert_eq!(doc("\"a\" b"), "\"\"\" \"a\" b\"\"\"\n");
        assert_eq!(doc("\\\""), "\"\"\"\\\\\\\"\"\"\"\n");
        assert_eq!(doc(""), "");
    }

    #[test]
    fn long_lines_are_broken_between_words() {
        let wrapped = |line, width| {
            let mut parts = Vec::new();
            wrap(&mut parts, line, width);
            parts
        };
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("  aa bb", 80), ["  aa bb"]);
        assert_eq!(wrapped("  aa bb", 6), ["  aa", "  bb"]);
        assert_eq!(wrapped("aaaaaaaa", 5), ["aaaaaaaa"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn a_string_literal_can_hold_anything() {
        assert_eq!(string("a\\\n\u{1}é"), "\"a\\\\\\n\\u0001é\"");
        assert_eq!(string("it's"), "\"it's\"");
        assert_eq!(string("a\"b"), "'a\"b'");
        assert_eq!(string("\"it's\""), "'\"it\\'s\"'");
        assert_eq!(string("\"'"), "\"\\\"'\"");
    }
}
