//! The helpers that a generated module brings along: only those that it uses, so that it is clean under
//! `noUnusedLocals`.

use crate::backend::used::Used;

/// The parts, each behind a line `//// name`. No part is empty.
const PARTS: &str = include_str!("support.ts");

struct Part {
    name: &'static str,
    text: &'static str,
}

fn parts() -> Vec<Part> {
    let split = PARTS.split("//// ").skip(1);
    split.map(|part| part.split_once('\n').expect("a part has a name and a text")).map(Part::new).collect()
}

impl Part {
    fn new((name, text): (&'static str, &'static str)) -> Part {
        Part { name, text: text.trim_end() }
    }
}

/// The helpers that `body` names, and those that they name, in the order of the file.
pub(super) fn used_by(body: &str) -> String {
    let parts = parts();
    let mut used = vec![false; parts.len()];
    let mut texts = vec![body];
    while let Some(text) = texts.pop() {
        let names = Used::by(text);
        for (part, used) in parts.iter().zip(&mut used) {
            if !*used && names.has(part.name) {
                *used = true;
                texts.push(part.text);
            }
        }
    }
    let chosen: Vec<&str> = parts.iter().zip(used).filter(|(_, used)| *used).map(|(part, _)| part.text).collect();
    if chosen.is_empty() { String::new() } else { chosen.join("\n\n") + "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_used_comes_along() {
        let text = used_by("u8_(1); getText_(data, 0, 4, \"x\")");
        for name in ["function u8_", "function refuse_", "function getText_", "function getUtf8_", "const utf8_"] {
            assert_eq!(text.matches(name).count(), 1, "{name} in {text}");
        }
        assert!(!text.contains("i16_") && !text.contains("setText_"));
        assert_eq!(used_by("nothing"), "");
    }
}
