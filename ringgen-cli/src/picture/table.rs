//! The fields of a type as a table, ruled where a 64-byte line begins.

use super::{Field, Shape, hanging};
use crate::output::{DIM, write};
use crate::text::{pad, width};

/// The table, each line ended by a newline.
pub(super) fn draw(shape: &Shape, columns: usize) -> String {
    let widest =
        |of: &dyn Fn(&Field) -> usize, heading: &str| shape.fields.iter().map(of).max().unwrap_or(0).max(heading.len());
    let offsets = widest(&|field| field.offset.to_string().len(), "offset");
    let sizes = widest(&|field| field.size.to_string().len(), "size");
    let names = widest(&|field| width(&field.name), "field");
    let types = widest(&|field| width(&field.ty), "type");
    let has_units = shape.fields.iter().any(|field| !field.unit.is_empty());
    let units = if has_units { widest(&|field| width(&field.unit), "unit") + 2 } else { 0 };
    let indent = 2 + offsets + 2 + sizes + 2 + names + 2 + types + units;

    let mut text = String::new();
    let unit = if has_units { "  unit" } else { "" };
    write(&mut text, format_args!("{DIM}  {:>offsets$}  {:>sizes$}  {:names$}  type", "offset", "size", "field"));
    let gap = if has_units { types.saturating_sub(4) } else { 0 };
    write(&mut text, format_args!("{:gap$}{unit}{DIM:#}\n", ""));
    for field in &shape.fields {
        if field.offset > 0 && field.offset.is_multiple_of(64) {
            rule(&mut text, field.offset, field.offset, "", indent);
        }
        let style = field.tone.style();
        let Field { offset, size, .. } = field;
        write(&mut text, format_args!("  {offset:>offsets$}  {size:>sizes$}  "));
        write(&mut text, format_args!("{style}{}{style:#}  {}", pad(&field.name, names), pad(&field.ty, types)));
        if has_units {
            write(&mut text, format_args!("  {}", pad(&field.unit, units - 2)));
        }
        hanging(&mut text, &field.doc, indent + 2, columns);
        // The lines that begin within the field, not with it.
        let first = (offset + 1).next_multiple_of(64);
        let last = (field.end() - 1) / 64 * 64;
        if first <= last {
            rule(&mut text, first, last, &field.name, indent);
        }
    }
    text
}

/// A rule that says which line begins here: with the next field, or within one.
fn rule(text: &mut String, first: u32, last: u32, within: &str, indent: usize) {
    let mut words = if first == last { first.to_string() } else { format!("{first} … {last}") };
    if !within.is_empty() {
        words = format!("{words} within {within}");
    }
    let dash = if first == last && first.is_multiple_of(128) { "═" } else { "━" };
    let rest = indent.saturating_sub(width(&words) + 6).max(2);
    write(text, format_args!("{DIM}  {} {words} {}{DIM:#}\n", dash.repeat(2), dash.repeat(rest)));
}
