//! What each language keeps for itself: keywords, and the names that generated code and its prelude use.

/// Rust's keywords, strict and reserved, of every edition.
static RUST: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The keywords that Rust has no raw form for.
static RUST_NEVER: &[&str] = &["crate", "self", "Self", "super"];

/// Python's keywords, and the types that annotations in a generated class may name.
static PYTHON: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or",
    "pass", "raise", "return", "try", "while", "with", "yield",
];

/// As Rust writes a name: a keyword is raw.
pub(crate) fn escape_rust(name: String) -> String {
    if RUST.contains(&name.as_str()) && !RUST_NEVER.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

/// As Python writes a name: a keyword has a `_` behind it.
pub(crate) fn escape_python(name: String) -> String {
    if PYTHON.contains(&name.as_str()) { format!("{name}_") } else { name }
}
