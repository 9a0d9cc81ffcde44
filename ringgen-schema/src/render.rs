//! Findings as people read them, in the look of rustc.

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};

use crate::diagnostic::{Finding, Report};
use crate::names;

/// How many findings of a report are shown with their lines. Each takes a look at the whole file, and nobody reads on.
const MAX_SHOWN: usize = 100;

/// Every finding with its lines, then how many there are.
pub(crate) fn render(report: &Report, color: bool) -> String {
    let mut text = String::new();
    for of in report.findings() {
        text.push_str(&finding(of, report, color));
        text.push('\n');
    }
    let count = report.findings().len();
    let errors = if count == 1 { "1 error".to_string() } else { format!("{count} errors") };
    let summary = Level::ERROR.primary_title(format!("{errors} in {}", files(report)));
    text.push_str(&renderer(color).render(&[Group::with_title(summary)]));
    text.push('\n');
    text
}

/// One finding with its lines, if it is one of the first.
pub(crate) fn finding(of: &Finding, report: &Report, color: bool) -> String {
    let is_shown = report.findings().iter().take(MAX_SHOWN).any(|first| std::ptr::eq(first, of));
    renderer(color).render(&[if is_shown { group(of, report) } else { without_lines(of, report) }]) + "\n"
}

fn renderer(color: bool) -> Renderer {
    // No hyperlinks: the escapes show as litter in terminals that do not know them.
    if color { Renderer::styled().hyperlink(false) } else { Renderer::plain() }
}

/// The names of the files that have mistakes: `a.toml`, `a.toml and b.toml`, `a.toml and 2 others`.
fn files(report: &Report) -> String {
    let mut names: Vec<&str> = Vec::new();
    for finding in report.findings() {
        let name = report.source(finding.primary()).name();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names[..] {
        [first, second] => format!("{first} and {second}"),
        [first, _, ..] => format!("{first} and {} others", names.len() - 1),
        _ => names.concat(),
    }
}

fn without_lines<'a>(finding: &'a Finding, report: &'a Report) -> Group<'a> {
    let position = finding.primary().position;
    let path = names::shown(report.source(finding.primary()).name());
    let help = finding.help.iter().map(|help| Element::from(Level::HELP.message(help.as_str())));
    title(finding).element(Origin::path(path).line(position.line).char_column(position.column)).elements(help)
}

fn title(finding: &Finding) -> Group<'_> {
    Group::with_title(Level::ERROR.primary_title(finding.message.as_str()).id(finding.code.id))
}

fn group<'a>(finding: &'a Finding, report: &'a Report) -> Group<'a> {
    let mut files: Vec<usize> = Vec::new();
    for label in &finding.labels {
        if !files.contains(&label.file) {
            files.push(label.file);
        }
    }
    let snippets = files.into_iter().map(|file| {
        let labels = finding.labels.iter().enumerate().filter(move |(_, label)| label.file == file);
        let annotations = labels.map(|(index, label)| {
            let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let text = Some(label.text.as_str()).filter(|text| !text.is_empty());
            kind.span(label.span.clone()).label(text)
        });
        let source = &report.sources().files()[file];
        Element::from(Snippet::source(source.text()).path(names::shown(source.name())).annotations(annotations))
    });
    let notes = finding.notes.iter().map(|note| Element::from(Level::NOTE.message(note.as_str())));
    let help = finding.help.iter().map(|help| Element::from(Level::HELP.message(help.as_str())));
    title(finding).elements(snippets).elements(notes).elements(help)
}
