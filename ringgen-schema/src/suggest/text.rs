//! The lines of a schema that declare a field, to be pasted elsewhere.

use crate::rust_source;
use crate::source::{Sources, Span};

/// A declaration as it stands in its file, with a comma and the comments that belong to it: those behind it on its line,
/// and whole lines of them directly in front of it. Its lines are indented only against each other.
pub(super) fn line(sources: &Sources, span: &Span) -> String {
    let (file, span) = sources.locate(span);
    let source = &sources.files()[file];
    let comment = if rust_source::is_rust(source) { "//" } else { "#" };
    let (before, behind) = (&source.text()[..span.start], &source.text()[span.end..]);
    let mut declared = source.text()[span].lines();
    let mut lines = comments_above(before, comment);
    lines.extend(declared.next().map(str::to_owned));
    let indent = before.rsplit('\n').next().unwrap_or_default();
    lines.extend(declared.map(|line| line.strip_prefix(indent).unwrap_or(line).trim_end().to_owned()));
    lines.join("\n") + "," + &comment_behind(behind, comment)
}

/// Whole lines of comments that end where a declaration's line begins, in their order.
fn comments_above(before: &str, comment: &str) -> Vec<String> {
    let Some((above, indent)) = before.rsplit_once('\n') else { return Vec::new() };
    if !indent.trim().is_empty() {
        return Vec::new();
    }
    let comments = above.split('\n').rev().map(str::trim).take_while(|line| line.starts_with(comment));
    let mut comments: Vec<String> = comments.map(str::to_owned).collect();
    comments.reverse();
    comments
}

/// The comment behind a declaration, with a blank in front; nothing if another declaration stands in between.
fn comment_behind(behind: &str, comment: &str) -> String {
    let line = behind.lines().next().unwrap_or_default().trim();
    let rest = line.strip_prefix(',').unwrap_or(line).trim();
    if rest.starts_with(comment) { format!(" {rest}") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn line_of(text: &str, declaration: &str) -> String {
        let mut sources = Sources::default();
        sources.add(Source::new("other", "ringgen = 1"));
        let base = sources.add(Source::new("x", text));
        let start = base + text.find(declaration).unwrap();
        line(&sources, &(start..start + declaration.len()))
    }

    #[test]
    fn comments_go_with_what_they_are_about() {
        let text = "fields = [ # all\n  # The first.\n  # It counts.\n  { a },  # Really.\r\n  { b }, { c } # Both.\n\n  # No one's.\n\n{ d }]";
        assert_eq!(line_of(text, "{ a }"), "# The first.\n# It counts.\n{ a }, # Really.");
        assert_eq!(line_of(text, "{ b }"), "{ b },");
        assert_eq!(line_of(text, "{ c }"), "{ c }, # Both.");
        assert_eq!(line_of(text, "{ d }"), "{ d },");
        assert_eq!(line_of("{ a }", "{ a }"), "{ a },");
    }

    #[test]
    fn lines_keep_their_indent_against_each_other() {
        let text = "fields = [\n    { a,\n      b,\n    },\n]";
        assert_eq!(line_of(text, "{ a,\n      b,\n    }"), "{ a,\n  b,\n},");
    }
}
