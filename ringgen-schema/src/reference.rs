//! The parts of the documentation that the tables of keys and codes already say: printed, so that they can't differ.

use std::fmt::Write;

use crate::codes;
use crate::diff::{Class, kinds};
use crate::keys::{Key, Need, SECTIONS, Style, Takes};

/// The reference of sections and keys, in Markdown: a part of docs/schema.md.
pub fn keys() -> String {
    let mut text = String::new();
    for section in SECTIONS {
        let title =
            if section.title.contains(['[', '{']) { format!("`{}`", section.title) } else { section.title.into() };
        let _ = writeln!(text, "### {title}\n\n{}\n", section.meaning);
        text.push_str("| key | takes | if it is not there | meaning |\n| --- | --- | --- | --- |\n");
        for key in section.keys {
            let without = match key.need {
                Need::Required => "an error".to_string(),
                Need::Default(value) => format!("`{value}`"),
                Need::Optional => String::new(),
            };
            let _ = writeln!(text, "| `{}` | {} | {without} | {} |", key.name, takes(key), key.meaning);
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn takes(key: &Key) -> String {
    match key.takes {
        Takes::Text => "text".to_string(),
        Takes::Line => "text, one line".to_string(),
        Takes::Name(Style::Snake | Style::Field) => "`snake_case`".to_string(),
        Takes::Name(Style::Camel) => "`CamelCase`".to_string(),
        Takes::Name(Style::Upper) => "`UPPER_CASE`".to_string(),
        Takes::Name(Style::Value) => "a name".to_string(),
        Takes::Name(Style::Identifier) => "an identifier".to_string(),
        Takes::Type => "a type".to_string(),
        Takes::Word(words) => words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(" "),
        Takes::Integer(least, most) => match (bound(least), bound(most)) {
            (Some(least), Some(most)) => format!("integer, {least} to {most}"),
            (Some(least), None) => format!("integer from {least}"),
            _ => "integer".to_string(),
        },
        Takes::Number => "number".to_string(),
        Takes::Bool => "`true` `false`".to_string(),
        Takes::Table(_) => "a table".to_string(),
        Takes::Named(..) => "a table a name".to_string(),
        Takes::List(_) => "an array of tables".to_string(),
        Takes::Literal => "number, `\"nan\"`, or constant".to_string(),
        Takes::Range => "array of two numbers".to_string(),
        Takes::Size => "bytes, or with a unit".to_string(),
        Takes::Paths => "array of paths".to_string(),
    }
}

/// A bound worth a reader's attention; those of 32 and 64 bits are not.
fn bound(of: i128) -> Option<i128> {
    (0..u32::MAX.into()).contains(&of).then_some(of)
}

/// The kinds of changes, in Markdown: a part of docs/evolution.md.
pub fn changes() -> String {
    let mut text = String::from("| change | class | new version | what it is |\n| --- | --- | --- | --- |\n");
    for kind in kinds::ALL {
        let classes: Vec<&str> = kind.classes.iter().map(|class| class.word()).collect();
        let version = match kind.classes {
            _ if kind.in_layout => "yes",
            [Class::Compatible] => "",
            [Class::Compatible, ..] => "if it breaks",
            _ => "yes",
        };
        let _ = writeln!(text, "| `{}` | {} | {version} | {} |", kind.id, classes.join(" or "), kind.meaning);
    }
    text
}

/// docs/errors.md: what each code means.
pub fn errors() -> String {
    let mut text = String::from(
        "# Errors\n\n\
         Every mistake in a schema or a derive has a code. `ringgen explain R001` prints the same pages.\n\n\
         | code | about |\n| --- | --- |\n",
    );
    for code in codes::ALL {
        let _ = writeln!(text, "| [{0}](#{1}) | {2} |", code.id, code.id.to_lowercase(), code.title);
    }
    for code in codes::ALL {
        let (id, title) = (code.id, code.title);
        let _ = write!(text, "\n<a id=\"{}\"></a>\n\n## {id}: {title}\n\n{}", id.to_lowercase(), code.explanation);
    }
    text
}
