//! What changed, for people: by what it is a change of, each with its lines and their places.

use anstyle::Style;
use ringgen_schema::diff::{Change, Class, Line, Place, Problem};

use super::Comparison;
use crate::output::{BAD, BOLD, DIM, GOOD, Output, WARN, count, printable};
use crate::text;

/// As wide as the longest class.
const CLASS_WIDTH: usize = "layout-breaking".len();

/// Places of lines that are no wider than this stand below each other.
const WIDEST: usize = 48;

/// Prints every change, what they come to, and what the version does not own up to.
pub(super) fn print(of: &Comparison, output: &mut Output) {
    header(of, output);
    for changes in of.diff.changes.chunk_by(|one, next| one.subject == next.subject) {
        let subject = &changes[0].subject;
        output.line(format_args!("\n{BOLD}{} {}{BOLD:#}", subject.word, subject.name));
        let lines = changes.iter().flat_map(|change| change.before.iter().chain(&change.after));
        let width = lines.map(|line| text::width(&printable(&line.text))).filter(|width| *width <= WIDEST).max();
        changes.iter().for_each(|change| print_change(change, width.unwrap_or(0), output));
    }
    output.line("");
    summary(of, output);
    for problem in &of.diff.problems {
        print_problem(problem, output);
    }
}

fn header(of: &Comparison, output: &mut Output) {
    let (old, new) = (of.old.version.plan(), of.new.version.plan());
    let package =
        if old.package == new.package { new.package.clone() } else { format!("{} → {}", old.package, new.package) };
    // A Rust file need not state one.
    let number = |version: u32| if version == 0 { "none".to_string() } else { version.to_string() };
    let version = if old.version == new.version {
        format!("version {}", number(new.version))
    } else {
        format!("version {} → {}", number(old.version), number(new.version))
    };
    output.line(format_args!("{BOLD}{package}{BOLD:#}  {version}"));
    output.line(format_args!("{DIM}- {}\n+ {}{DIM:#}", printable(&of.old.name), printable(&of.new.name)));
}

fn print_change(change: &Change, width: usize, output: &mut Output) {
    let style = style(change.class);
    let (class, kind) = (change.class.word(), change.kind.id);
    let member = if change.member.is_empty() { String::new() } else { format!("  {}", printable(&change.member)) };
    output.line(format_args!("  {style}{class:CLASS_WIDTH$}{style:#}  {kind}{member}"));
    let lines = [("-", &change.before), ("+", &change.after)];
    let lines = lines.into_iter().filter_map(|(sign, line)| Some((sign, line.as_ref()?)));
    for (sign, Line { text, place, .. }) in lines {
        let text = printable(text);
        let gap = " ".repeat(width.saturating_sub(text::width(&text)) + 2);
        let place = place.as_ref().map(|place| format!("{gap}{DIM}{}{DIM:#}", shown(place))).unwrap_or_default();
        output.line(format_args!("    {sign} {text}{place}"));
    }
    if let Some(hint) = &change.hint {
        output.line(format_args!("    {GOOD}help{GOOD:#}: {hint}"));
    }
}

fn style(class: Class) -> Style {
    match class {
        Class::Compatible => GOOD,
        Class::SourceBreaking => WARN,
        Class::LayoutBreaking => BAD,
    }
}

fn shown(place: &Place) -> String {
    format!("{}:{}", printable(&place.file), place.position.line)
}

/// How many changes there are of each class, and what follows from it.
fn summary(of: &Comparison, output: &mut Output) {
    let changes = &of.diff.changes;
    if changes.is_empty() {
        output.line(format_args!("{GOOD}nothing changed{GOOD:#}"));
        return;
    }
    let classes = [Class::LayoutBreaking, Class::SourceBreaking, Class::Compatible].into_iter().filter_map(|class| {
        let number = changes.iter().filter(|change| change.class == class).count();
        let style = style(class);
        (number > 0).then(|| format!("{style}{number} {}{style:#}", class.word()))
    });
    output.line(format_args!("{}: {}", count(changes.len(), "change"), classes.collect::<Vec<_>>().join(", ")));
    let broken = of.broken_rings();
    if !broken.is_empty() {
        output.line(format_args!("processes of both versions can't share {}", broken.join(", ")));
    }
}

fn print_problem(problem: &Problem, output: &mut Output) {
    let Problem { message, help, place, .. } = problem;
    output.line(format_args!("\n{BAD}error{BAD:#}{BOLD}: {message}{BOLD:#}"));
    if let Some(place) = place {
        output.line(format_args!(" --> {}:{}", shown(place), place.position.column));
    }
    output.line(format_args!("{GOOD}help{GOOD:#}: {help}"));
}
