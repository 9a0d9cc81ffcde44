//! Lines of Python.

use super::broken;

/// The longest line that is printed where it can be helped.
pub(super) const WIDTH: usize = 120;

/// Lines, indented as deep as blocks are open.
#[derive(Debug, Default)]
pub(super) struct Code {
    text: String,
    depth: usize,
}

impl Code {
    /// A line; an empty one has no indentation.
    pub(super) fn line(&mut self, line: impl AsRef<str>) {
        let line = line.as_ref();
        if !line.is_empty() {
            self.text.extend(std::iter::repeat_n("    ", self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// Several lines, each as it is.
    pub(super) fn lines(&mut self, text: &str) {
        for line in text.lines() {
            self.line(line);
        }
    }

    /// A line that opens a block, and the block.
    pub(super) fn block(&mut self, head: impl AsRef<str>, body: impl FnOnce(&mut Code)) {
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
    pub(super) fn list<T: AsRef<str>>(&mut self, head: &str, items: impl IntoIterator<Item = T>, tail: &str) {
        let items: Vec<T> = items.into_iter().collect();
        if items.is_empty() {
            return self.line(format!("{head}{tail}"));
        }
        self.block(head, |code| {
            for item in &items {
                code.statement(format!("{},", item.as_ref()));
            }
        });
        self.line(tail);
    }

    /// A tuple with one item a line; one of a single item stays on one line, as formatters have it.
    pub(super) fn tuple<T: AsRef<str>>(&mut self, head: &str, items: impl IntoIterator<Item = T>, tail: &str) {
        let items: Vec<T> = items.into_iter().collect();
        match &items[..] {
            [only] => self.line(format!("{head}{},{tail}", only.as_ref())),
            _ => self.list(head, items, tail),
        }
    }

    /// A statement, broken if it is too long for a line.
    pub(super) fn statement(&mut self, text: impl AsRef<str>) {
        for line in broken::lines(text.as_ref(), WIDTH - 4 * self.depth) {
            self.line(line);
        }
    }

    /// A call, on one line if that is not too long.
    pub(super) fn call<T: AsRef<str>>(&mut self, function: &str, arguments: impl IntoIterator<Item = T>) {
        let arguments: Vec<T> = arguments.into_iter().collect();
        let joined = arguments.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
        let line = format!("{function}({joined})");
        if self.fits(&line) { self.line(line) } else { self.list(&format!("{function}("), arguments, ")") }
    }

    /// `head` and a union of types, on one line if that is not too long.
    pub(super) fn union(&mut self, head: &str, types: &[String]) {
        let line = format!("{head} {}", types.join(" | "));
        if self.fits(&line) {
            return self.line(line);
        }
        self.line(format!("{head} ("));
        self.block_body(|code| {
            if code.fits(&types.join(" | ")) {
                return code.line(types.join(" | "));
            }
            for (index, ty) in types.iter().enumerate() {
                code.line(if index == 0 { ty.clone() } else { format!("| {ty}") });
            }
        });
        self.line(")");
    }

    /// A method or function, its parameters on one line if that is not too long.
    pub(super) fn define<T: AsRef<str>>(
        &mut self,
        name: &str,
        parameters: impl IntoIterator<Item = T>,
        gives: &str,
        body: impl FnOnce(&mut Code),
    ) {
        let parameters: Vec<T> = parameters.into_iter().collect();
        let joined = parameters.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
        let line = format!("def {name}({joined}) -> {gives}:");
        if self.fits(&line) {
            self.block(line, body);
        } else {
            self.function(&format!("def {name}("), parameters, &format!(") -> {gives}:"), body);
        }
    }

    /// Whether a line at this depth is not too long.
    pub(super) fn fits(&self, line: &str) -> bool {
        4 * self.depth + line.chars().count() <= WIDTH
    }

    /// A function with one parameter a line.
    pub(super) fn function<T: AsRef<str>>(
        &mut self,
        head: &str,
        parameters: impl IntoIterator<Item = T>,
        tail: &str,
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

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// A docstring: paragraphs, with lines that are too long broken between words.
pub(super) fn docstring(code: &mut Code, text: &str) {
    // A quote at the end would be one of those that end it.
    let (text, end) = match text.strip_suffix('"') {
        Some(text) => (text, "\\\""),
        None => (text, ""),
    };
    let mut text = text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"") + end;
    // And one at the beginning looks like one of those that begin it.
    if text.starts_with('"') {
        text.insert(0, ' ');
    }
    let width = WIDTH - 4 * code.depth - 10;
    let lines: Vec<String> = text.lines().flat_map(|line| wrapped(line.trim_end(), width)).collect();
    match &lines[..] {
        [] => {}
        [only] => code.line(format!("\"\"\"{only}\"\"\"")),
        [first, rest @ ..] => {
            code.line(format!("\"\"\"{first}"));
            rest.iter().for_each(|line| code.line(line));
            code.line("\"\"\"");
        }
    }
}

/// The line, broken at spaces so that its parts are no wider than this, if words are not.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    let indentation = line.len() - line.trim_start().len();
    let (mut part, rest) = (line[..indentation].to_string(), &line[indentation..]);
    let mut parts = Vec::new();
    for (index, word) in rest.split(' ').enumerate() {
        if index > 0 && part.chars().count() + 1 + word.chars().count() > width {
            parts.push(std::mem::replace(&mut part, line[..indentation].to_string()));
        } else if index > 0 {
            part.push(' ');
        }
        part.push_str(word);
    }
    parts.push(part);
    parts
}

/// A string literal, in the quotes that there are fewer of in it; what is not printable ASCII but text stays as it is.
pub(super) fn string(text: &str) -> String {
    let quote = if text.matches('"').count() > text.matches('\'').count() { '\'' } else { '"' };
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push(quote);
    for character in text.chars() {
        match character {
            '"' | '\'' if character == quote => literal.extend(['\\', character]),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            control if control.is_control() => {
                literal.push_str(&format!("\\u{:04x}", u32::from(control)));
            }
            other => literal.push(other),
        }
    }
    literal.push(quote);
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(text: &str) -> String {
        let mut code = Code::default();
        docstring(&mut code, text);
        code.finish()
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
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("  aa bb", 80), ["  aa bb"]);
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
