//! What the classes of structs and of variants have in common: they are `ctypes` structures that know their layout.

use ringgen_layout::Hash;

use super::code::{Code, WIDTH, docstring, string};
use crate::backend::text::fits;
use crate::plan::Plan;

/// A structure, as far as it does not matter what it holds.
pub(super) struct Class<'a> {
    pub(super) name: &'a str,
    pub(super) size: u32,
    pub(super) align: u32,
    pub(super) layout_hash: Hash,
    /// The canonical schema and its hash, of what travels in rings.
    pub(super) schema: Option<(&'a str, Hash)>,
    /// Name, type, offset and size of each field, padding included.
    pub(super) fields: Vec<(&'a str, &'a str, u32, u32)>,
    /// The fields for numpy.
    pub(super) dtypes: Vec<String>,
}

/// A constant of a class.
pub(super) fn constant(code: &mut Code, name: &str, ty: &str, value: &str, doc: &str) {
    code.line(format_args!("{name}: _t.ClassVar[{ty}] = {value}"));
    docstring(code, doc);
}

/// The constants of the class.
pub(super) fn constants(code: &mut Code, plan: &Plan, of: &Class<'_>) {
    let hash = |hash: Hash| string(&hash.to_string());
    constant(code, "SIZE", "int", &of.size.to_string(), "In bytes.");
    constant(code, "ALIGN", "int", &of.align.to_string(), "In bytes.");
    constant(code, "LAYOUT_HASH", "str", &hash(of.layout_hash), "Equal wherever the bytes mean the same.");
    if let Some((text, schema_hash)) = of.schema {
        constant(code, "SCHEMA_HASH", "str", &hash(schema_hash), "The hash of SCHEMA_TEXT.");
        constant(code, "MESSAGE_NAME", "str", &string(of.name), "The name in rings.");
        constant(code, "PACKAGE_VERSION", "int", &plan.version.to_string(), "The version of this package.");
        // On one line, or in parentheses on one line, or in parentheses on one line for each of its own.
        let literal = fits(text, WIDTH).then(|| string(text));
        let line = literal.as_ref().map(|literal| format!("SCHEMA_TEXT: _t.ClassVar[str] = {literal}"));
        if let Some(line) = line.filter(|line| code.fits(line)) {
            code.line(line);
        } else {
            code.line("SCHEMA_TEXT: _t.ClassVar[str] = (");
            code.block_body(|code| match literal {
                Some(literal) if code.fits(&literal) => code.line(literal),
                _ => literals(code, text),
            });
            code.line(")");
        }
        code.line("\"\"\"The canonical schema, as rings carry it.\"\"\"");
    }
    let fields = of
        .fields
        .iter()
        .map(|(name, spelling, offset, size)| format!("({}, {}, {offset}, {size})", string(name), string(spelling)));
    code.tuple("FIELDS: _t.ClassVar[tuple[tuple[str, str, int, int], ...]] = (", fields, ")");
    code.line("\"\"\"Name, type, offset and size of each field, padding included, in the order of `_fields_`.\"\"\"");
    if plan.targets.python.numpy {
        code.line("DTYPE = _Dtype(");
        code.block_body(|code| {
            code.line(format_args!("{},", of.size));
            code.tuple("lambda: (", &of.dtypes, "),");
        });
        code.line(")");
        code.line("\"\"\"The same layout for numpy, which is imported when this is first read.\"\"\"");
    }
}

/// A text as string literals, one a line of it; a line that is too long is several.
fn literals(code: &mut Code, text: &str) {
    for line in text.split_inclusive('\n') {
        let mut rest = line;
        while !rest.is_empty() {
            let mut end = rest.len().min(WIDTH - 30);
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            code.string(&rest[..end]);
            rest = &rest[end..];
        }
    }
}

/// Comparing, copying and pickling, which are those of the bytes.
pub(super) fn methods(code: &mut Code, name: &str) {
    code.line("");
    code.block("def __eq__(self, other: object) -> bool:", |code| {
        code.line("\"\"\"Whether every byte is the same.\"\"\"");
        code.line(format_args!("return isinstance(other, {name}) and bytes(self) == bytes(other)"));
    });
    code.line("");
    code.block("def __reduce__(self) -> tuple[_t.Any, ...]:", |code| {
        code.line("\"\"\"How it is copied and pickled: by its bytes.\"\"\"");
        code.line(format_args!("return {name}.from_buffer_copy, (bytes(self),)"));
    });
}

/// Compares what ctypes has made of it, behind the class.
pub(super) fn check(code: &mut Code, name: &str) {
    code.section();
    code.line(format_args!("_check_layout({name}, {name}.SIZE, {name}.FIELDS)"));
}
