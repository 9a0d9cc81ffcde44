//! What a variant may hold, with bars to scale.

use super::super::{Case, Shape, Tone};
use super::{fill, hanging, style};
use crate::output::{DIM, write};
use crate::text::{bar, pad, width};

/// The table, each line ended by a newline. The bar of a case is as long as it is, of all that there is room for.
pub(super) fn draw(shape: &Shape, columns: usize) -> String {
    let cases = &shape.cases;
    let widest =
        |of: &dyn Fn(&Case) -> usize, heading: &str| cases.iter().map(of).max().unwrap_or(0).max(heading.len());
    let tags = widest(&|case| case.value.to_string().len(), "tag");
    let names = widest(&|case| width(&case.name), "case");
    let types = widest(&|case| width(&case.ty), "type");
    let sizes = widest(&|case| case.size.to_string().len(), "size");
    let before = 2 + tags + 2 + names + 2 + types + 2 + sizes + 2;
    let room = columns.saturating_sub(before + 32).clamp(8, 32);

    let mut text = String::new();
    write(
        &mut text,
        format_args!("{DIM}  {:>tags$}  {:names$}  {:types$}  {:>sizes$}  ", "tag", "case", "type", "size"),
    );
    write(&mut text, format_args!("of {}{DIM:#}\n", shape.payload()));
    for Case { value, name, ty, size, doc } in cases {
        let style = style(Tone::Nested);
        write(&mut text, format_args!("  {value:>tags$}  {style}{}{style:#}  ", pad(name, names)));
        write(&mut text, format_args!("{}  {size:>sizes$}  ", pad(ty, types)));
        let filled = bar((*size).into(), shape.payload().into(), room);
        let rest: String = std::iter::repeat_n(fill(Tone::Pad), room - width(&filled)).collect();
        write(&mut text, format_args!("{style}{filled}{style:#}{DIM}{rest}{DIM:#}"));
        hanging(&mut text, doc, before + room + 2, columns);
    }
    text
}
