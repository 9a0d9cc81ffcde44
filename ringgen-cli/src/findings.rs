//! Findings as `--message-format` asks for them.

use std::fmt;

use ringgen_schema::{Finding, Label, Report};
use serde::Serialize;

use crate::args::MessageFormat;
use crate::output::{BAD, BOLD, printable, write};

/// Prints every finding of a report.
pub(crate) fn print(report: &Report, format: MessageFormat, to: &mut impl fmt::Write) {
    if format == MessageFormat::Human {
        return write(to, format_args!("{}\n", report.render(true)));
    }
    for finding in report.findings() {
        match format {
            MessageFormat::Json => write(to, format_args!("{}\n", json(report, finding))),
            _ => short(report, finding, to),
        }
    }
}

fn short(report: &Report, finding: &Finding, to: &mut impl fmt::Write) {
    let Finding { code, message, .. } = finding;
    let name = printable(report.source(finding.primary()).name());
    let position = finding.primary().position;
    let place = format!("{name}:{}:{}", position.line, position.column);
    write(to, format_args!("{place}: {BAD}error[{}]{BAD:#}{BOLD}: {message}{BOLD:#}\n", code.id));
}

fn json(report: &Report, finding: &Finding) -> String {
    let json = JsonFinding {
        kind: "finding",
        code: finding.code.id,
        severity: "error",
        message: &finding.message,
        place: JsonPlace::of(report, finding.primary()),
        labels: (finding.labels.iter().enumerate())
            .map(|(index, label)| JsonLabel {
                primary: index == 0,
                text: &label.text,
                place: JsonPlace::of(report, label),
            })
            .collect(),
        notes: &finding.notes,
        help: finding.help.as_deref(),
        rendered: report.render_finding(finding, false),
    };
    serde_json::to_string(&json).expect("numbers and strings are JSON")
}

/// A finding as docs/cli.md describes it. Keys may be added; none goes, and none changes what it means.
#[derive(Serialize)]
struct JsonFinding<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    code: &'a str,
    severity: &'static str,
    message: &'a str,
    #[serde(flatten)]
    place: JsonPlace<'a>,
    labels: Vec<JsonLabel<'a>>,
    notes: &'a [String],
    help: Option<&'a str>,
    rendered: String,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    primary: bool,
    text: &'a str,
    #[serde(flatten)]
    place: JsonPlace<'a>,
}

/// Lines and columns from 1, columns in characters; bytes from 0; ends are behind what they end.
#[derive(Serialize)]
struct JsonPlace<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    byte_start: usize,
    byte_end: usize,
}

impl<'a> JsonPlace<'a> {
    fn of(report: &'a Report, label: &Label) -> Self {
        JsonPlace {
            file: report.source(label).name(),
            line: label.position.line,
            column: label.position.column,
            end_line: label.end.line,
            end_column: label.end.column,
            byte_start: label.span.start,
            byte_end: label.span.end,
        }
    }
}
