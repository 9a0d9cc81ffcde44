//! Statements that are too long for a line, broken where formatters break them.

use crate::backend::text::text;

/// The lines of a statement, which may be indented, or of an item in a list. What can't be broken stays as long as it is.
pub(super) fn lines(statement: &str, room: usize) -> Vec<String> {
    if fits(statement, room) {
        return vec![statement.to_string()];
    }
    let (body, comma) =
        statement.trim_start().strip_suffix(',').map_or((statement.trim_start(), ""), |item| (item, ","));
    // A head of a block, a parameter, or an item of a dict.
    if body.ends_with(':') || split(body, ": ").len() > 1 {
        return vec![statement.to_string()];
    }
    let indentation = &statement[..statement.len() - statement.trim_start().len()];
    let (head, expression) = body.split_at(head(body));
    let (open, inner) = match call(expression) {
        Some((function, arguments)) => (text!("{head}{function}("), arguments),
        None => (text!("{head}("), expression),
    };
    let mut lines = vec![text!("{indentation}{open}")];
    let inner = parts(inner, room.saturating_sub(indentation.len() + 4));
    lines.extend(inner.into_iter().map(|part| text!("{indentation}    {part}")));
    lines.push(text!("{indentation}){comma}"));
    lines
}

/// How much of a statement stands in front of its expression: `x = ` or `return `.
fn head(body: &str) -> usize {
    let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    match body.split_once(" = ") {
        Some((name, _)) if is_name(name) => name.len() + 3,
        _ if body.starts_with("return ") => 7,
        _ => 0,
    }
}

/// What stands in parentheses, on as many lines as it needs.
fn parts(inner: &str, room: usize) -> Vec<String> {
    if fits(inner, room) {
        return vec![inner.to_string()];
    }
    let arguments = split(inner, ", ");
    if arguments.len() > 1 && split(inner, " for ").len() == 1 {
        return arguments.iter().map(|argument| text!("{argument},")).collect();
    }
    for words in [&[" if ", " else "][..], &[" for "]] {
        let mut lines = vec![inner.to_string()];
        for word in words {
            let last = lines.pop().unwrap_or_default();
            let halves = split(&last, word);
            lines.push(halves[0].to_string());
            lines.extend(halves[1..].iter().map(|half| text!("{}{half}", word.trim_start())));
        }
        if lines.len() > words.len() {
            return lines;
        }
    }
    vec![inner.to_string()]
}

/// The function and the arguments of an expression that is one call; the function is empty if it is in parentheses.
fn call(expression: &str) -> Option<(&str, &str)> {
    let open = expression.find('(')?;
    let is_name = expression[..open].chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    let inner = expression[open + 1..].strip_suffix(')')?;
    (is_name && is_closed(inner)).then_some((&expression[..open], inner))
}

/// Whether no bracket is closed that was opened in front.
fn is_closed(text: &str) -> bool {
    depths(text).all(|(_, depth)| depth >= 0)
}

/// The parts of a text between these words, where they are in no bracket and in no string.
fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (place, depth) in depths(text) {
        if depth == 0 && place >= start && text[place..].starts_with(word) {
            parts.push(&text[start..place]);
            start = place + word.len();
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The places of a text, and in how many brackets they are; those in strings are left out.
fn depths(text: &str) -> impl Iterator<Item = (usize, i32)> {
    let (mut depth, mut quote, mut is_escaped) = (0, None, false);
    text.char_indices().filter_map(move |(place, character)| {
        if let Some(open) = quote {
            let ends = character == open && !is_escaped;
            is_escaped = character == '\\' && !is_escaped;
            if ends {
                quote = None;
            }
            return None;
        }
        match character {
            '"' | '\'' => quote = Some(character),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        Some((place, depth))
    })
}

fn fits(line: &str, room: usize) -> bool {
    line.chars().count() <= room
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_broken_behind_its_bracket_and_then_at_its_commas() {
        assert_eq!(lines("x = f(a, b)", 20), ["x = f(a, b)"]);
        assert_eq!(lines("x = f(a, g(\",\", b))", 17), ["x = f(", "    a, g(\",\", b)", ")"]);
        assert_eq!(lines("bytes(a if b else c),", 20), ["bytes(", "    a if b else c", "),"]);
        assert_eq!(lines("x = f(a, g(\", \", b))", 14), ["x = f(", "    a,", "    g(\", \", b),", ")"]);
    }

    #[test]
    fn a_condition_is_put_in_brackets_and_then_broken_at_its_words() {
        assert_eq!(lines("return a if b else c", 17), ["return (", "    a if b else c", ")"]);
        let broken = ["x = (", "    a", "    if f(\" else \")", "    else c", ")"];
        assert_eq!(lines("x = a if f(\" else \") else c", 16), broken);
    }

    #[test]
    fn a_generator_is_broken_in_front_of_for() {
        assert_eq!(lines("x = tuple(f(a) for a in b)", 18), ["x = tuple(", "    f(a)", "    for a in b", ")"]);
        assert_eq!(lines("x = (f(a) for a in b)", 20), ["x = (", "    f(a) for a in b", ")"]);
        assert_eq!(lines("x = (a) + (b)", 12), ["x = (", "    (a) + (b)", ")"]);
    }

    #[test]
    fn what_can_not_be_broken_stays() {
        assert_eq!(lines("for item in items:", 10), ["for item in items:"]);
        assert_eq!(lines("    check(aaaaaaaaaa)", 10), ["    check(", "        aaaaaaaaaa", "    )"]);
    }
}
