//! What TOML itself refuses, as findings: with what to write, and without what only follows from something else.

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::source::Span;

/// Reports what TOML itself refuses. `true` if that is nothing but keys that are there twice: the rest can be read.
pub(crate) fn report(text: &str, errors: &[toml::de::Error], findings: &mut Findings) -> bool {
    let line_of = |at: usize| text[..at.min(text.len())].matches('\n').count();
    let (mut is_toml, mut last_line, mut second_table) = (true, None, None);
    for error in errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        let line = line_of(span.start);
        if error.message() == "duplicate key" {
            let header = header_before(text, span.start);
            let in_header = header == line_start(text, span.start);
            // What is in a table that should not be there is no mistake of its own.
            if in_header || second_table != Some(header) {
                findings.push(duplicate(text, &span));
            }
            if in_header {
                second_table = Some(header);
            }
        } else if last_line.replace(line) != Some(line) {
            // Further ones in the same line follow from the first.
            is_toml = false;
            let rest = text[span.start.min(text.len())..].lines().next().unwrap_or_default();
            let has_value = !rest.split('#').next().unwrap_or_default().trim().is_empty();
            findings.push(not_toml(error.message(), &span, has_value));
        }
    }
    is_toml
}

fn not_toml(message: &str, span: &Span, has_value: bool) -> Finding {
    if message.starts_with("string values must be quoted") && !has_value {
        let finding = Finding::new(&codes::R031, span, "not TOML: there is no value here");
        return finding.help("write one behind the `=`, or remove the key");
    }
    let finding = Finding::new(&codes::R031, span, format!("not TOML: {message}"));
    let expected = message.split_once("expected ").map(|(_, expected)| expected).filter(|it| it.starts_with('`'));
    match expected {
        _ if message.contains("missing comma") => {
            finding.help("write `,` here, or the `\"` that is missing in front of it")
        }
        _ if message.starts_with("string values must be quoted") => finding.help("put it in quotes: `\"…\"`"),
        _ if message.starts_with("invalid unquoted key") => {
            finding.help("names are made of letters, digits and `_`; write others in quotes")
        }
        Some(expected) => finding.help(format!("write {expected} here")),
        None => finding.help("https://toml.io describes the format"),
    }
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Where the line of the table starts that a key is in.
fn header_before(text: &str, at: usize) -> usize {
    let mut start = line_start(text, at);
    while start > 0 && !text[start..].trim_start().starts_with('[') {
        start = line_start(text, start - 1);
    }
    start
}

/// TOML itself refuses the second of two equal keys; the first one is looked for here, for the report.
fn duplicate(text: &str, span: &Span) -> Finding {
    let name = text.get(span.clone()).unwrap_or_default();
    let finding = Finding::new(&codes::R013, span, format!("`{name}` is there twice"))
        .label("second")
        .help("remove one of them, or rename it");
    let start = line_start(text, span.start);
    let line = text[start..].lines().next().unwrap_or_default();
    let first = if line.trim_start().starts_with('[') {
        text[..start].rfind(line.trim_end()).map(|first| first + (span.start - start))
    } else {
        let is_key = |(at, found): &(usize, &str)| text[at + found.len()..].trim_start().starts_with('=');
        text[header_before(text, span.start)..span.start]
            .rmatch_indices(name)
            .map(|(at, found)| (header_before(text, span.start) + at, found))
            .find(is_key)
            .map(|(at, _)| at)
    };
    match first {
        Some(first) => finding.also(&(first..first + span.len()), "first"),
        None => finding,
    }
}
