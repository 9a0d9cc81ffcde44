//! Names as each language spells them: its case, its escapes, the user's overrides.

use crate::names;
use crate::plan::Names;
use crate::reserved;
use crate::schema::Overrides;
use crate::source::Spanned;

/// The names of a field. Padding and reserved bytes keep theirs.
pub(crate) fn field(name: &str, overrides: &Overrides, camel: bool) -> Names {
    let chosen = |of: &Option<Spanned<String>>| of.as_ref().map(|name| name.value.clone());
    let in_typescript = if camel && !name.starts_with('_') { names::lower_camel_case(name) } else { name.to_string() };
    Names {
        rust: reserved::escape_rust(chosen(&overrides.rust).unwrap_or(name.to_string())),
        python: reserved::escape_python(chosen(&overrides.python).unwrap_or(name.to_string())),
        typescript: chosen(&overrides.typescript).unwrap_or(in_typescript),
        // A name that was chosen for C alone is not escaped: the choice is refused instead.
        c: chosen(&overrides.c).unwrap_or_else(|| reserved::escape_c(name.to_string())),
    }
}

/// The same name in every language.
pub(crate) fn as_it_is(name: &str) -> Names {
    Names { rust: name.to_string(), python: name.to_string(), typescript: name.to_string(), c: name.to_string() }
}

/// The name of the field that says how many elements of a list count.
pub(crate) fn length(name: &str) -> String {
    format!("{name}_len")
}

impl Overrides {
    /// Those of a list's length: of a list that is called `xs` in one language, `xs_len` there.
    pub(crate) fn of_length(&self) -> Overrides {
        let of = |name: &Option<Spanned<String>>, length: fn(&str) -> String| {
            name.as_ref().map(|name| Spanned::new(length(&name.value), name.span.clone()))
        };
        Overrides {
            rust: of(&self.rust, length),
            python: of(&self.python, length),
            typescript: of(&self.typescript, |name| format!("{name}Len")),
            c: of(&self.c, length),
        }
    }
}

/// The names of a value or bit, and the one of its constant in Rust.
pub(crate) fn value(name: &str) -> (Names, String) {
    let (camel, upper) = (names::camel_case(name), names::upper_case(name));
    (Names { rust: camel.clone(), python: upper.clone(), typescript: camel, c: upper.clone() }, upper)
}

/// What a package declares, as C calls it: there is one namespace, so the package's name stands in front.
pub(crate) fn c_type(package: &str, name: &str) -> String {
    format!("{package}_{name}")
}

/// The member of a variant's union in C.
pub(crate) fn c_case(name: &str) -> String {
    reserved::escape_c(names::snake_case(name))
}

/// The macro of a package in C that has these words, UPPER_CASE as they are: `MARKET_SIDE_BUY`.
pub(crate) fn c_macro(package: &str, words: &[&str]) -> String {
    words.iter().fold(package.to_ascii_uppercase(), |name, word| name + "_" + word)
}

/// The class constant of Python that has the value for no value of the property with this name.
pub(crate) fn python_null(name: &str) -> String {
    format!("{}_NULL", names::upper_case(name))
}

/// The name of a ring's type.
pub(crate) fn ring_type(name: &str) -> String {
    names::camel_case(name)
}
