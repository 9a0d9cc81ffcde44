//! A package as Markdown, to be pasted into documentation or written into it by a build: maps as text, fields as tables.

use super::lines::{self, Entry};
use super::{Case, Page, Part, Ring, Shape, Values, terminal};
use crate::output::{human_bytes, thousands, write};

/// The text, with maps of so many columns. Of a whole package it is a page, of single types it is sections.
pub(crate) fn md(of: &Page, columns: usize) -> String {
    let mut text = String::new();
    if of.is_whole {
        write(&mut text, format_args!("# {}, version {}\n\n", of.package, of.version));
        paragraphs(&mut text, &of.doc);
    }
    for part in &of.parts {
        match part {
            Part::Shape(shape) => draw_shape(&mut text, shape, columns),
            Part::Values(values) => draw_values(&mut text, values),
        }
    }
    if !of.rings.is_empty() {
        text.push_str("## Rings\n\n");
        let ring = |Ring { name, message, capacity, stride, memory, wait }: &Ring| {
            let numbers = [thousands(*capacity), thousands((*stride).into()), human_bytes(*memory)];
            let [capacity, stride, memory] = numbers;
            vec![code(name), code(message), capacity, stride, memory, (*wait).to_owned()]
        };
        let headings = ["ring", "message", ">capacity", ">stride", ">memory", "wait"];
        table(&mut text, &headings, of.rings.iter().map(ring));
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn draw_shape(text: &mut String, shape: &Shape, columns: usize) {
    write(text, format_args!("## {} {}\n\n", shape.kind, shape.name));
    paragraphs(text, &shape.doc);
    write(text, format_args!("{}.\n\n", shape.figures().join(", ")));
    write(text, format_args!("```text\n{}```\n\n", anstream::adapter::strip_str(&terminal::map(shape, columns))));
    let has_units = shape.tree().iter().any(|(_, field)| !field.unit.is_empty());
    let unit = |unit: &str| has_units.then(|| escaped(unit));
    let headings = [&[">offset", ">size", "field", "type"][..], if has_units { &["unit"] } else { &[] }, &["meaning"]];
    let row = |entry: Entry<'_>| match entry {
        Entry::Field(depth, field) => {
            let name = format!("{}{}", "&emsp;".repeat(depth), code(&field.name));
            let cells = [field.offset.to_string(), field.size.to_string(), name, code(&field.ty)];
            cells.into_iter().chain(unit(&field.unit)).chain([escaped(&field.doc)]).collect()
        }
        Entry::Line(_, words) => {
            let words = format!("*cache line at {}*", escaped(&words));
            let cells = [String::new(), String::new(), String::new(), String::new()];
            cells.into_iter().chain(unit("")).chain([words]).collect()
        }
    };
    table(text, &headings.concat(), lines::table(shape).into_iter().map(row));
    let case = |Case { value, name, ty, size, doc }: &Case| {
        vec![value.to_string(), size.to_string(), code(name), code(ty), escaped(doc)]
    };
    if !shape.cases.is_empty() {
        table(text, &[">tag", ">size", "case", "type", "meaning"], shape.cases.iter().map(case));
    }
    if !shape.layout_hash.is_empty() {
        write(text, format_args!("Layout hash `{}`.\n\n", shape.layout_hash));
    }
}

fn draw_values(text: &mut String, of: &Values) {
    write(text, format_args!("## {} {}\n\n", of.kind, of.name));
    paragraphs(text, &of.doc);
    write(text, format_args!("Stored as `{}`.\n\n", of.repr));
    let row = |(name, value, doc): &(String, i128, String)| vec![of.number(*value), code(name), escaped(doc)];
    table(text, &[">value", "name", "meaning"], of.values.iter().map(row));
}

/// A table. Headings that begin with `>` stand over numbers.
fn table(text: &mut String, headings: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let words: Vec<&str> = headings.iter().map(|heading| heading.trim_start_matches('>')).collect();
    let rules: Vec<&str> =
        headings.iter().map(|heading| if heading.starts_with('>') { "---:" } else { "---" }).collect();
    write(text, format_args!("| {} |\n| {} |\n", words.join(" | "), rules.join(" | ")));
    for row in rows {
        write(text, format_args!("| {} |\n", row.join(" | ")));
    }
    text.push('\n');
}

fn paragraphs(text: &mut String, doc: &str) {
    if !doc.is_empty() {
        write(text, format_args!("{doc}\n\n"));
    }
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// A doc in a cell: Markdown as it is, but on one line and in one cell.
fn escaped(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace('|', "\\|").replace('<', "&lt;")
}
