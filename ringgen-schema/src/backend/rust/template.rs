//! Rust by templates: what is printed is seen as it is printed. Parsing it and printing it anew takes ten times as long.

use crate::backend::text::push_blanks;

/// The columns of a line, where that can be helped.
const WIDTH: usize = 100;

/// Stands for the end of a line within a literal, which nobody may indent. No text of a schema has it.
pub(super) const LITERAL_LINE: char = '\0';

/// A template whose `$name` are parts: the variables of these names, which are texts.
macro_rules! rust {
    ($template:literal $(, $name:ident)* $(,)?) => {
        $crate::backend::rust::template::fill($template, &[$((stringify!($name), AsRef::<str>::as_ref(&$name))),*])
    };
}
pub(super) use rust;

/// A template with its parts. Lines lose the indentation of the first; a part of several lines gets that of the line it
/// stands in, and a line is left out if all there is of it is an empty part.
pub(super) fn fill(template: &str, parts: &[(&str, &str)]) -> String {
    let template = template.strip_prefix('\n').unwrap_or(template).trim_end();
    let margin = indentation(template);
    let room = parts.iter().map(|(_, part)| part.len()).sum::<usize>();
    let mut text = String::with_capacity(template.len() + room + room / 8);
    for line in template.split('\n') {
        let line = line.get(margin..).unwrap_or_default();
        let start = text.len();
        let indent = indentation(line);
        let mut rest = line;
        let mut has_part = false;
        while let Some(at) = rest.bytes().position(|byte| byte == b'$') {
            let (before, behind) = (&rest[..at], &rest[at + 1..]);
            let is_end = |byte: u8| !(byte.is_ascii_lowercase() || byte == b'_');
            let end = behind.bytes().position(is_end).unwrap_or(behind.len());
            let name = &behind[..end];
            let part = parts.iter().find(|(known, _)| *known == name);
            let (_, part) = part.unwrap_or_else(|| panic!("a template names `{name}`, which it is not given"));
            text.push_str(before);
            push_indented(&mut text, part, indent);
            rest = &behind[end..];
            has_part = true;
        }
        text.push_str(rest);
        if has_part && text[start..].trim().is_empty() {
            text.truncate(start);
        } else {
            text.push('\n');
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn indentation(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

/// The text, its second and later lines behind so many blanks.
fn push_indented(text: &mut String, part: &str, indent: usize) {
    for (index, line) in part.split('\n').enumerate() {
        if index > 0 {
            text.push('\n');
            push_blanks(text, if line.is_empty() { 0 } else { indent });
        }
        text.push_str(line);
    }
}

/// `head(a, b)tail`, on one line if it has room there behind `indent` blanks; else with an argument a line.
pub(super) fn call(indent: usize, head: &str, arguments: &[&str], tail: &str) -> String {
    let length = arguments.iter().map(|argument| argument.len() + 2).sum::<usize>();
    let length = head.len() + 1 + length.saturating_sub(2) + 1 + tail.len();
    let (before, between, behind) =
        if indent + length <= WIDTH { ("", ", ", "") } else { ("\n    ", ",\n    ", ",\n") };
    let mut text = String::with_capacity(length + 8 * (arguments.len() + 1));
    text.extend([head, "(", before]);
    for (index, argument) in arguments.iter().enumerate() {
        text.extend([if index > 0 { between } else { "" }, argument]);
    }
    text.extend([behind, ")", tail]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_the_indentation_of_their_line() {
        let (name, body, nothing) = ("Trade", "one;\ntwo;", "");
        let text = rust!(
            "
            impl $name {
                $nothing
                fn x() {
                    $body
                }

                $nothing
            }
            ",
            name,
            body,
            nothing
        );
        assert_eq!(text, "impl Trade {\n    fn x() {\n        one;\n        two;\n    }\n\n}");
    }

    #[test]
    fn long_calls_have_an_argument_a_line() {
        assert_eq!(call(0, "f", &["a", "b"], ";"), "f(a, b);");
        let long = "x".repeat(60);
        assert_eq!(call(0, "f", &[&long, &long], ";"), format!("f(\n    {long},\n    {long},\n);"));
    }

    #[test]
    #[should_panic(expected = "a template names `unknown`")]
    fn a_part_that_is_not_given_is_a_bug() {
        fill("$unknown", &[]);
    }
}
