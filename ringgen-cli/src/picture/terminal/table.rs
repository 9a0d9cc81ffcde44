//! The fields of a type as a table, ruled where a 64-byte line begins.

use super::super::lines::{self, Entry, Mark};
use super::super::{Field, Shape};
use super::{hanging, style};
use crate::output::{DIM, write};
use crate::text::{pad, width};

/// The table, each line ended by a newline.
pub(super) fn draw(shape: &Shape, columns: usize) -> String {
    let tree = shape.tree();
    let widest = |of: &dyn Fn(usize, &Field) -> usize, heading: &str| {
        tree.iter().map(|(depth, field)| of(*depth, field)).max().unwrap_or(0).max(heading.len())
    };
    let offsets = widest(&|_, field| field.offset.to_string().len(), "offset");
    let sizes = widest(&|_, field| field.size.to_string().len(), "size");
    let names = widest(&|depth, field| 2 * depth + width(&field.name), "field");
    let types = widest(&|_, field| width(&field.ty), "type");
    let has_units = tree.iter().any(|(_, field)| !field.unit.is_empty());
    let units = if has_units { widest(&|_, field| width(&field.unit), "unit") + 2 } else { 0 };
    let indent = 2 + offsets + 2 + sizes + 2 + names + 2 + types + units;

    let mut text = String::new();
    let unit = if has_units { "  unit" } else { "" };
    write(&mut text, format_args!("{DIM}  {:>offsets$}  {:>sizes$}  {:names$}  type", "offset", "size", "field"));
    let gap = if has_units { types.saturating_sub(4) } else { 0 };
    write(&mut text, format_args!("{:gap$}{unit}{DIM:#}\n", ""));
    for entry in lines::table(shape) {
        let (depth, field) = match entry {
            Entry::Field(depth, field) => (depth, field),
            Entry::Line(mark, words) => {
                rule(&mut text, mark, &words, indent);
                continue;
            }
        };
        let Field { name, offset, size, ty, unit, doc, .. } = field;
        let (style, shift, names) = (style(field.tone), 2 * depth, names - 2 * depth);
        write(&mut text, format_args!("  {offset:>offsets$}  {size:>sizes$}  {:shift$}", ""));
        write(&mut text, format_args!("{style}{}{style:#}  {}", pad(name, names), pad(ty, types)));
        if has_units {
            write(&mut text, format_args!("  {}", pad(unit, units - 2)));
        }
        hanging(&mut text, doc, indent + 2, columns);
    }
    text
}

/// A rule that says which line begins here: with the next field, or within one.
fn rule(text: &mut String, mark: Mark, words: &str, indent: usize) {
    let dash = if mark == Mark::Pair { "═" } else { "━" };
    let rest = indent.saturating_sub(width(words) + 6).max(2);
    write(text, format_args!("{DIM}  {} {words} {}{DIM:#}\n", dash.repeat(2), dash.repeat(rest)));
}
