//! What changed, for programs.

use ringgen_schema::diff::{Change, Line, Place, Problem};
use serde::Serialize;

use super::{Comparison, Side};

/// What docs/cli.md describes. Keys may be added; none goes, and none changes what it means.
#[derive(Serialize)]
struct JsonDiff<'a> {
    old: JsonVersion<'a>,
    new: JsonVersion<'a>,
    /// The worst class of all changes; null if nothing changed.
    class: Option<&'static str>,
    needs_version: bool,
    broken_rings: Vec<String>,
    changes: Vec<JsonChange<'a>>,
    problems: Vec<JsonProblem<'a>>,
}

#[derive(Serialize)]
struct JsonVersion<'a> {
    name: &'a str,
    package: &'a str,
    version: u32,
}

#[derive(Serialize)]
struct JsonChange<'a> {
    kind: &'static str,
    class: &'static str,
    needs_version: bool,
    /// What it is a change of: `{ "word": "message", "name": "Trade" }`.
    subject: JsonSubject<'a>,
    /// The field, value or case; null if it is a change of the whole.
    member: Option<&'a str>,
    before: Option<JsonLine<'a>>,
    after: Option<JsonLine<'a>>,
    /// What to write for it to break less, if there is something.
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonSubject<'a> {
    word: &'static str,
    name: &'a str,
}

#[derive(Serialize)]
struct JsonLine<'a> {
    text: &'a str,
    #[serde(flatten)]
    place: Option<JsonPlace<'a>>,
}

#[derive(Serialize)]
struct JsonPlace<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct JsonProblem<'a> {
    message: &'a str,
    help: &'a str,
    #[serde(flatten)]
    place: Option<JsonPlace<'a>>,
}

pub(super) fn json(of: &Comparison) -> String {
    let diff = &of.diff;
    let json = JsonDiff {
        old: version(&of.old),
        new: version(&of.new),
        class: diff.class().map(|class| class.word()),
        needs_version: diff.needs_version(),
        broken_rings: of.broken_rings(),
        changes: diff.changes.iter().map(change).collect(),
        problems: diff.problems.iter().map(problem).collect(),
    };
    serde_json::to_string_pretty(&json).expect("numbers and strings are JSON")
}

fn version(of: &Side) -> JsonVersion<'_> {
    let plan = of.version.plan();
    JsonVersion { name: &of.name, package: &plan.package, version: plan.version }
}

fn change(of: &Change) -> JsonChange<'_> {
    JsonChange {
        kind: of.kind.id,
        class: of.class.word(),
        needs_version: of.needs_version(),
        subject: JsonSubject { word: of.subject.word, name: &of.subject.name },
        member: Some(of.member.as_str()).filter(|member| !member.is_empty()),
        before: of.before.as_ref().map(line),
        after: of.after.as_ref().map(line),
        help: of.hint.as_deref(),
    }
}

fn line(of: &Line) -> JsonLine<'_> {
    JsonLine { text: &of.text, place: of.place.as_ref().map(place) }
}

fn place(of: &Place) -> JsonPlace<'_> {
    JsonPlace { file: &of.file, line: of.position.line, column: of.position.column }
}

fn problem(of: &Problem) -> JsonProblem<'_> {
    JsonProblem { message: &of.message, help: &of.help, place: of.place.as_ref().map(place) }
}
