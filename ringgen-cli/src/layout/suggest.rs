//! `ringgen layout --suggest`: an order of fields that takes fewer bytes, as lines to paste.

use ringgen_schema::plan::{Origin, Plan, TypeId, TypePlan};
use ringgen_schema::suggest::Suggestion;
use serde::Serialize;

use super::draw;
use crate::output::{BOLD, DIM, GOOD, count, thousands, write};
use crate::picture::{self, paragraph};

/// The suggestions for these types, and for those that lie in them.
pub(super) fn choose(plan: &Plan, types: &[&TypePlan], suggestions: Vec<Suggestion>) -> Vec<Suggestion> {
    let asked = |id: TypeId| types.iter().any(|ty| ty.name() == plan.ty(id).name());
    let mut chosen: Vec<TypeId> = Vec::new();
    // Types come behind those that lie in them.
    for suggestion in suggestions.iter().rev() {
        if asked(suggestion.ty) || chosen.contains(&suggestion.ty) {
            chosen.push(suggestion.ty);
            chosen.extend(&suggestion.within);
        }
    }
    suggestions.into_iter().filter(|suggestion| chosen.contains(&suggestion.ty)).collect()
}

/// The suggestions for people: what is saved, how it would lie, what to paste.
pub(super) fn text(plan: &Plan, types: &[&TypePlan], suggestions: &[Suggestion], columns: usize) -> String {
    if suggestions.is_empty() {
        let types = match types {
            [ty] => format!("`{}` stays at {}", ty.name(), count(ty.size() as usize, "byte")),
            types => format!("looked at {}", count(types.len(), "type")),
        };
        return format!("{GOOD}nothing to save{GOOD:#}: found no order of fields that takes fewer bytes; {types}\n");
    }
    let mut text = String::new();
    for suggestion in suggestions {
        told(&mut text, plan, suggestion, columns);
    }
    let mut notes = vec![
        "Nothing is reordered for you. Another order is another layout: rings of the old one can't be attached with \
         it, so it belongs in a new version.",
    ];
    if suggestions.iter().any(|suggestion| suggestion.keeps) {
        notes.push(
            "Nothing moves across a `reserved` range; a field with an `offset`, and a `pad` that does more than \
             alignment asks for, stay where they are with all in front of them.",
        );
    }
    for note in notes {
        text.push_str(&paragraph(note, columns.min(100)));
    }
    text
}

fn told(text: &mut String, plan: &Plan, suggestion: &Suggestion, columns: usize) {
    let ty = plan.ty(suggestion.ty);
    let (before, after) = (ty.size(), suggestion.size);
    let saved = before - after;
    let percent = (f64::from(saved) / f64::from(before) * 100.0).round();
    let sizes = format!("{} → {} bytes", thousands(before.into()), thousands(after.into()));
    write(text, format_args!("{} {BOLD}{}{BOLD:#}  {sizes}, ", kind(ty), ty.name()));
    write(text, format_args!("{GOOD}{} saved{GOOD:#} ({percent} %)\n", thousands(saved.into())));
    let types: Vec<&str> = suggestion.within.iter().map(|id| plan.ty(*id).name()).collect();
    let moved = (!suggestion.moved.is_empty()).then(|| format!("moves {}", suggestion.moved.join(", ")));
    let within = (!types.is_empty()).then(|| format!("with the order that is suggested for {}", types.join(", ")));
    let reasons: Vec<String> = moved.into_iter().chain(within).collect();
    text.push_str(&paragraph(&reasons.join("; "), columns));
    text.push('\n');
    let TypePlan::Struct(of) = ty else { return };
    if suggestion.lines.is_empty() {
        return;
    }
    text.push_str(&picture::map(&draw::shape_with(plan, of, &suggestion.fields, after), columns));
    let (before, indent, behind) = match plan.origin {
        Origin::Schema => (format!("{DIM}[{}.{}]{DIM:#}\nfields = [", of.kind.word(), of.name), "  ", "]"),
        Origin::Rust { .. } => {
            let name = plan.rust_names.get(&of.name).unwrap_or(&of.name);
            (format!("{DIM}struct{DIM:#} {name} {{"), "    ", "}")
        }
    };
    write(text, format_args!("\n{before}\n"));
    for line in suggestion.lines.iter().flat_map(|line| line.lines()) {
        write(text, format_args!("{indent}{line}\n"));
    }
    write(text, format_args!("{behind}\n\n"));
}

fn kind(ty: &TypePlan) -> &'static str {
    match ty {
        TypePlan::Enum(of) => of.kind.word(),
        TypePlan::Struct(of) => of.kind.word(),
        TypePlan::Variant(_) => "variant",
    }
}

#[derive(Serialize)]
struct JsonSuggestions<'a> {
    package: &'a str,
    version: u32,
    suggestions: Vec<JsonSuggestion<'a>>,
}

#[derive(Serialize)]
struct JsonSuggestion<'a> {
    name: &'a str,
    kind: &'static str,
    size: u32,
    suggested_size: u32,
    saved: u32,
    moved: &'a [String],
    within: Vec<&'a str>,
    lines: &'a [String],
}

/// The suggestions as JSON.
pub(super) fn json(plan: &Plan, suggestions: &[Suggestion]) -> String {
    let suggestions = suggestions.iter().map(|of| {
        let ty = plan.ty(of.ty);
        JsonSuggestion {
            name: ty.name(),
            kind: kind(ty),
            size: ty.size(),
            suggested_size: of.size,
            saved: ty.size() - of.size,
            moved: &of.moved,
            within: of.within.iter().map(|id| plan.ty(*id).name()).collect(),
            lines: &of.lines,
        }
    });
    let package = JsonSuggestions { package: &plan.package, version: plan.version, suggestions: suggestions.collect() };
    serde_json::to_string_pretty(&package).expect("numbers and strings are JSON")
}
