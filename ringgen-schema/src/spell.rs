//! Names as each language spells them: its case, its escapes, the user's overrides.

use crate::names;
use crate::plan::Names;
use crate::reserved;
use crate::schema::Overrides;

/// The names of a field. Padding and reserved bytes keep theirs.
pub(crate) fn field(name: &str, overrides: &Overrides, camel: bool) -> Names {
    let chosen = |of: &Option<crate::source::Spanned<String>>| of.as_ref().map(|name| name.value.clone());
    let in_typescript = if camel && !name.starts_with('_') { names::lower_camel_case(name) } else { name.to_string() };
    Names {
        rust: reserved::escape_rust(chosen(&overrides.rust).unwrap_or(name.to_string())),
        python: reserved::escape_python(chosen(&overrides.python).unwrap_or(name.to_string())),
        typescript: chosen(&overrides.typescript).unwrap_or(in_typescript),
    }
}

/// The names of a value or bit, and the one of its constant in Rust.
pub(crate) fn value(name: &str) -> (Names, String) {
    let (camel, upper) = (names::camel_case(name), names::upper_case(name));
    (Names { rust: camel.clone(), python: upper.clone(), typescript: camel }, upper)
}

/// The name of a ring's type.
pub(crate) fn ring_type(name: &str) -> String {
    names::camel_case(name)
}
