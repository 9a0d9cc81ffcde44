//! What is wrong with schemas: findings, and the report that collects them.

use std::collections::BTreeMap;

use crate::codes::Code;
use crate::names;
use crate::source::{Position, Source, Sources, Span};

/// One thing wrong with a schema.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of mistake it is; `ringgen explain` tells more.
    pub code: &'static Code,
    /// What is wrong, in one line.
    pub message: String,
    /// Where. The first one is the place to change; others are what it clashes with.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// More facts; may have several lines, for example the picture of a layout.
    pub notes: Vec<String>,
}

/// A place in a file, and what to say there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Label {
    /// Which of the report's files it is in: an index into [`Sources::files`].
    pub file: usize,
    /// The bytes of the file's text.
    pub span: Span,
    /// The line and column where they start.
    pub position: Position,
    /// The line and column behind their end.
    pub end: Position,
    /// What is said under them; may be empty.
    pub text: String,
}

impl Finding {
    /// A mistake at `span`. What the message shows of the file is no more than one line, whatever stands there.
    pub(crate) fn new(code: &'static Code, span: &Span, message: impl Into<String>) -> Self {
        let message = names::shown(&message.into());
        let mut finding = Finding { code, message, labels: Vec::new(), help: None, notes: Vec::new() };
        finding.labels.push(label(span, String::new()));
        finding
    }

    /// Says something under the place of the mistake.
    pub(crate) fn label(mut self, text: impl Into<String>) -> Self {
        self.labels[0].text = text.into();
        self
    }

    /// Shows another place.
    pub(crate) fn also(mut self, span: &Span, text: impl Into<String>) -> Self {
        self.labels.push(label(span, text.into()));
        self
    }

    /// Says what to write instead.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds a fact.
    pub(crate) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Where it is: the place to change.
    pub fn primary(&self) -> &Label {
        &self.labels[0]
    }
}

fn label(span: &Span, text: String) -> Label {
    // Which file that is, and where in it, the report fills in.
    let nowhere = Position { line: 1, column: 1 };
    Label { file: 0, span: span.clone(), position: nowhere, end: nowhere, text }
}

/// How many names that are unknown are compared with all that are known.
const MAX_GUESSES: usize = 100;

/// Collects findings while a stage runs.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    findings: Vec<Finding>,
    /// How often it was asked what was meant.
    guesses: usize,
}

impl Findings {
    pub(crate) fn push(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    pub(crate) fn count(&self) -> usize {
        self.findings.len()
    }

    /// The name that was probably meant by one that is unknown, if any is near enough. Where very many are unknown,
    /// those behind the first get no answer: a file of thousands of names would be compared with itself.
    pub(crate) fn meant<'a>(&mut self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
        self.guesses += 1;
        if self.guesses > MAX_GUESSES { None } else { names::closest(name, known) }
    }

    /// Takes over the findings of a file that begins at `base` among all spans.
    pub(crate) fn append_at(&mut self, base: usize, other: Findings) {
        self.findings.extend(other.findings.into_iter().map(|mut finding| {
            for label in &mut finding.labels {
                label.span = label.span.start + base..label.span.end + base;
            }
            finding
        }));
    }
}

/// Everything wrong with some schemas, file by file and in the order of their lines. Never empty.
#[derive(Clone, Debug)]
pub struct Report {
    sources: Sources,
    findings: Vec<Finding>,
}

impl Report {
    pub(crate) fn new(sources: Sources, findings: Findings) -> Self {
        let mut findings = findings.findings;
        let mut places: Vec<BTreeMap<usize, Position>> = vec![BTreeMap::new(); sources.files().len()];
        for label in findings.iter_mut().flat_map(|finding| &mut finding.labels) {
            (label.file, label.span) = sources.locate(&label.span);
            for offset in [label.span.start, label.span.end] {
                places[label.file].insert(offset, label.position);
            }
        }
        for (file, places) in sources.files().iter().zip(&mut places) {
            file.positions(places);
        }
        for label in findings.iter_mut().flat_map(|finding| &mut finding.labels) {
            let places = &places[label.file];
            (label.position, label.end) = (places[&label.span.start], places[&label.span.end]);
        }
        findings.sort_by_key(|finding| (finding.primary().file, finding.primary().span.start));
        Report { sources, findings }
    }

    /// Every file that was read, those without a mistake too.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The file that a label of this report is in.
    pub fn source(&self, label: &Label) -> &Source {
        &self.sources.files()[label.file]
    }

    /// What is wrong, file by file and in the order of the lines.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The report as people read it, in the look of rustc: the line, carets, help. With `color`, ANSI escapes. Of very many
    /// findings, those behind the first are shown without their lines.
    pub fn render(&self, color: bool) -> String {
        crate::render::render(self, color)
    }

    /// One finding of this report, in the same look.
    pub fn render_finding(&self, finding: &Finding, color: bool) -> String {
        crate::render::finding(finding, self, color)
    }
}
