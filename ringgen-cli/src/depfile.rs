//! What was made of what, in the syntax of Makefiles, which ninja and others read too.

use std::path::{Path, PathBuf};

use crate::output::Failure;

/// A rule that makes every output depend on every input, and one without a recipe for each input, so that `make` goes
/// on when an import is gone.
pub(crate) fn rules(outputs: &[PathBuf], inputs: &[PathBuf]) -> Result<String, Failure> {
    let mut text = String::new();
    for (index, output) in outputs.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { " \\\n  " });
        text.push_str(&target(output)?);
    }
    text.push(':');
    for input in inputs {
        text.push_str(" \\\n  ");
        text.push_str(&escaped(input)?);
    }
    text.push('\n');
    for input in inputs {
        text.push_str(&format!("\n{}:\n", target(input)?));
    }
    Ok(text)
}

/// A path in front of the colon, where a `%` would make a pattern of it.
fn target(path: &Path) -> Result<String, Failure> {
    Ok(escaped(path)?.replace('%', r"\%"))
}

/// A path behind the colon.
fn escaped(path: &Path) -> Result<String, Failure> {
    let unwritable = |why: &str| {
        Failure::new(format_args!("`{}` can't stand in a depfile: it {why}", path.display()))
            .help("choose a path without it")
    };
    let text = path.to_str().ok_or_else(|| unwritable("is not UTF-8"))?;
    if text.starts_with('~') {
        return Err(unwritable("begins with a `~`, which stands for a home"));
    }
    let mut escaped = String::with_capacity(text.len());
    let mut backslashes = 0;
    for character in text.chars() {
        match character {
            // Makefiles have no way to write these.
            '\n' => return Err(unwritable("has a line break in it")),
            '=' => return Err(unwritable("has a `=` in it, which would make it a variable")),
            ' ' | '\t' | '#' | ':' => {
                // Backslashes in front of one that escapes are escaped themselves; others stand for themselves.
                escaped.extend(std::iter::repeat_n('\\', backslashes + 1));
                escaped.push(character);
            }
            '$' => escaped.push_str("$$"),
            other => escaped.push(other),
        }
        backslashes = if character == '\\' { backslashes + 1 } else { 0 };
    }
    // At the end of a line it would join the next one, in front of a colon it would escape that.
    if backslashes > 0 {
        return Err(unwritable("ends in a backslash"));
    }
    Ok(escaped)
}
