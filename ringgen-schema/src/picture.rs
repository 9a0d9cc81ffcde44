//! A layout as a table of text: offset, size, type and name of every byte.

use std::fmt::Write;

use crate::plan::StructPlan;

/// The layout of a struct, one line a field, padding included.
pub(crate) fn table(of: &StructPlan) -> String {
    let width = of.fields.iter().map(|field| field.spelling.chars().count()).max().unwrap_or(0).max(4);
    let mut text = format!("{} {}: {} bytes, aligned to {}\n", of.kind.word(), of.name, of.size, of.align);
    let _ = writeln!(text, "{:>8} {:>6}  {:width$}  name", "offset", "size", "type");
    for field in &of.fields {
        let _ = writeln!(text, "{:>8} {:>6}  {:width$}  {}", field.offset, field.size, field.spelling, field.name);
    }
    text.truncate(text.trim_end().len());
    text
}
