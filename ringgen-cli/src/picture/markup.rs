//! Elements of XML and HTML, a line each, so that a committed file differs where the picture does.

use std::fmt::Display;

use crate::output::write;

/// The attributes of an element.
pub(super) type Attributes<'a> = &'a [(&'a str, &'a dyn Display)];

/// A text of elements. Names are the caller's; every value and every text in it is escaped.
#[derive(Default)]
pub(super) struct Markup {
    text: String,
    depth: usize,
}

impl Markup {
    /// Starts an element; its contents follow.
    pub(super) fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        self.start(name, attributes);
        self.text.push_str(">\n");
        self.depth += 1;
    }

    /// Ends the element that was opened last.
    pub(super) fn close(&mut self, name: &str) {
        self.depth -= 1;
        self.indent();
        write(&mut self.text, format_args!("</{name}>\n"));
    }

    /// An element that holds nothing, where that is all right for XML and HTML: `rect`, `line`, `meta`.
    pub(super) fn empty(&mut self, name: &str, attributes: Attributes<'_>) {
        self.start(name, attributes);
        self.text.push_str("/>\n");
    }

    /// An element that holds text.
    pub(super) fn leaf(&mut self, name: &str, attributes: Attributes<'_>, text: &str) {
        self.start(name, attributes);
        write(&mut self.text, format_args!(">{}</{name}>\n", escaped(text)));
    }

    /// An element that holds text of several parts: those with a class are spans of the given name.
    pub(super) fn spans(&mut self, name: &str, attributes: Attributes<'_>, span: &str, parts: &[(&str, &str)]) {
        self.start(name, attributes);
        self.text.push('>');
        for (class, text) in parts {
            match *class {
                "" => self.text.push_str(&escaped(text)),
                class => {
                    write(&mut self.text, format_args!("<{span} class=\"{class}\">{}</{span}>", escaped(text)));
                }
            }
        }
        write(&mut self.text, format_args!("</{name}>\n"));
    }

    /// Lines that are markup already.
    pub(super) fn raw(&mut self, lines: &str) {
        for line in lines.lines() {
            self.indent();
            write(&mut self.text, format_args!("{line}\n"));
        }
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn start(&mut self, name: &str, attributes: Attributes<'_>) {
        self.indent();
        write(&mut self.text, format_args!("<{name}"));
        for (key, value) in attributes {
            write(&mut self.text, format_args!(" {key}=\"{}\"", escaped(&value.to_string())));
        }
    }

    fn indent(&mut self) {
        write(&mut self.text, format_args!("{:1$}", "", self.depth * 2));
    }
}

/// A text that means itself, in an element and in an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML has no way to write the others.
            character if character.is_control() && !matches!(character, '\n' | '\t') => safe.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            character => safe.push(character),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_text_stays_text() {
        let mut markup = Markup::default();
        markup.open("a", &[("b", &"\"<&>"), ("n", &12.5)]);
        markup.leaf("c", &[], "</c> & \u{1b}");
        markup.spans("d", &[], "e", &[("x", "<"), ("", ">")]);
        markup.empty("f", &[]);
        markup.close("a");
        let expected = "<a b=\"&quot;&lt;&amp;&gt;\" n=\"12.5\">\n  <c>&lt;/c&gt; &amp; \u{fffd}</c>\n  \
                        <d><e class=\"x\">&lt;</e>&gt;</d>\n  <f/>\n</a>\n";
        assert_eq!(markup.finish(), expected);
    }
}
