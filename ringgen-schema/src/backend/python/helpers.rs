//! What generated modules bring along, because importing them needs nothing else: each helper only where it is used.

use ringgen_layout::Scalar;

use super::code::Code;
use super::modules;
use super::scalars::hexadecimal;
use crate::backend::used::Used;
use crate::plan::Plan;

/// A name that generated code uses, and the text that defines it.
struct Helper {
    name: &'static str,
    text: &'static str,
}

/// In the order they are printed; one may use those behind it.
const HELPERS: &[Helper] = &[
    Helper { name: "_Ring", text: include_str!("helpers/ring.py") },
    Helper { name: "_Side", text: include_str!("helpers/side.py") },
    Helper { name: "_Dtype", text: include_str!("helpers/dtype.py") },
    Helper { name: "_deprecated", text: include_str!("helpers/deprecated.py") },
    Helper { name: "_deprecate", text: include_str!("helpers/deprecate.py") },
    Helper { name: "_check_layout", text: include_str!("helpers/check_layout.py") },
    Helper { name: "_show", text: include_str!("helpers/show.py") },
    Helper { name: "_items", text: include_str!("helpers/items.py") },
    Helper { name: "_at_most", text: include_str!("helpers/at_most.py") },
    Helper { name: "_check_count", text: include_str!("helpers/check_count.py") },
    Helper { name: "_several", text: include_str!("helpers/several.py") },
    Helper { name: "_batch", text: include_str!("helpers/batch.py") },
    Helper { name: "_case", text: include_str!("helpers/case.py") },
    Helper { name: "_unknown", text: include_str!("helpers/unknown.py") },
    Helper { name: "_structure", text: include_str!("helpers/structure.py") },
    Helper { name: "_integer_or", text: include_str!("helpers/integer_or.py") },
    Helper { name: "_integer", text: include_str!("helpers/integer.py") },
    Helper { name: "_within_or", text: include_str!("helpers/within_or.py") },
    Helper { name: "_within", text: include_str!("helpers/within.py") },
    Helper { name: "_within32_or", text: include_str!("helpers/within32_or.py") },
    Helper { name: "_within32", text: include_str!("helpers/within32.py") },
    Helper { name: "_real", text: include_str!("helpers/real.py") },
    Helper { name: "_real32", text: include_str!("helpers/real32.py") },
    Helper { name: "_boolean", text: include_str!("helpers/boolean.py") },
    Helper { name: "_octets", text: include_str!("helpers/octets.py") },
    Helper { name: "_text", text: include_str!("helpers/text.py") },
    Helper { name: "_check_text", text: include_str!("helpers/check_text.py") },
    Helper { name: "_read_text", text: include_str!("helpers/read_text.py") },
    Helper { name: "_named", text: include_str!("helpers/named.py") },
    Helper { name: "_blob", text: include_str!("helpers/blob.py") },
];

/// The helpers that code needs which uses these names, each behind two blank lines.
pub(super) fn print(code: &mut Code, plan: &Plan, used: &mut Used<'_>) {
    let mut texts = Vec::new();
    for helper in HELPERS {
        if used.calls(helper.name) {
            used.and_by(helper.text);
            texts.push(helper.text);
        }
    }
    let mut lines = Vec::new();
    if used.has("_T") {
        lines.push("_T = _t.TypeVar(\"_T\")".to_string());
    }
    if used.has("_Wait") {
        lines.push("_Wait = _t.Literal[\"spin\", \"yield\", \"hybrid\"]".to_string());
    }
    if !plan.rings.is_empty() {
        let bound = "\"_ringgen.Producer[_t.Any] | _ringgen.Consumer[_t.Any]\"";
        lines.push(format!("_S = _t.TypeVar(\"_S\", bound={bound})"));
    }
    for scalar in Scalar::ALL.iter().copied() {
        if let Some((least, greatest)) = scalar.integer_range()
            && used.has(&limits(scalar))
        {
            lines.push(format!("{}: _t.Final = ({}, {})", limits(scalar), hexadecimal(least), hexadecimal(greatest)));
        }
    }
    if !lines.is_empty() {
        code.line("");
    }
    lines.iter().for_each(|line| code.line(line));
    for text in texts {
        code.section();
        code.lines(text.trim_end());
    }
}

/// The constant for the least and the greatest value of an integer: `_U32`.
pub(super) fn limits(scalar: Scalar) -> String {
    format!("_{}", scalar.name().to_ascii_uppercase())
}

const ROWS: &str = "_Rows: _t.TypeAlias = _npt.NDArray[_np.void]";

/// The modules of the standard library, and what they are called.
const STANDARD: &[(&str, &str)] = &[
    ("ctypes", "_ctypes"),
    ("enum", "_enum"),
    ("functools", "_functools"),
    ("math", "_math"),
    ("operator", "_operator"),
    ("struct", "_struct"),
    ("typing", "_t"),
    ("warnings", "_warnings"),
];

/// What only type checkers import.
const TYPING: &[(&str, &str)] = &[
    ("_os", "import os as _os"),
    ("_abc", "from collections import abc as _abc"),
    ("_np", "import numpy as _np"),
    ("_npt", "import numpy.typing as _npt"),
    ("_ringgen", "import ringgen as _ringgen"),
];

/// Whether generated code has this name for itself.
pub(super) fn has(name: &str) -> bool {
    let mut standard = STANDARD.iter().map(|(_, name)| *name);
    let mut typing = TYPING.iter().map(|(name, _)| *name);
    let mut helpers = HELPERS.iter().map(|helper| helper.name);
    standard.any(|other| other == name) || typing.any(|other| other == name) || helpers.any(|other| other == name)
}

/// Whether annotations of generated classes name it: no member of one can be called so.
pub(super) fn is_named_in_classes(name: &str) -> bool {
    matches!(name, "_t" | "_ctypes" | "_abc" | "_deprecated")
}

/// The imports that code needs which uses these names.
pub(super) fn imports(code: &mut Code, plan: &Plan, used: &Used<'_>) {
    code.line("");
    code.line("from __future__ import annotations");
    code.line("");
    for (module, name) in STANDARD {
        if used.calls(name) {
            code.line(format_args!("import {module} as {name}"));
        }
    }
    modules::imports(code, plan, used);
    // What the alias stands for is spelt here and nowhere else.
    let has_rows = used.has("_Rows");
    let rows = Used::by(if has_rows { ROWS } else { "" });
    let is_used = |(name, _): &&(&str, &str)| used.calls(name) || rows.calls(name);
    let lines: Vec<&str> = TYPING.iter().filter(is_used).map(|(_, line)| *line).collect();
    if !lines.is_empty() {
        code.line("");
        code.block("if _t.TYPE_CHECKING:", |code| {
            let (standard, other): (Vec<&str>, Vec<&str>) =
                lines.iter().partition(|line| !line.contains("numpy") && !line.contains("ringgen"));
            standard.iter().for_each(|line| code.line(line));
            if !standard.is_empty() && !other.is_empty() {
                code.line("");
            }
            other.iter().for_each(|line| code.line(line));
            if has_rows {
                code.line("");
                code.line(ROWS);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_defines_its_name_and_uses_those_behind_it() {
        for (index, helper) in HELPERS.iter().enumerate() {
            let heads = ["def NAME(", "class NAME(", "class NAME:"].map(|head| head.replace("NAME", helper.name));
            let defines = heads.iter().any(|head| helper.text.contains(head));
            assert!(defines, "{}", helper.name);
            for before in &HELPERS[..index] {
                assert!(!Used::by(helper.text).has(before.name), "{} uses {} in front of it", helper.name, before.name);
            }
        }
    }
}
