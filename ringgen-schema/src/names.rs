//! Names: which forms they have, how they change case, and which one was meant.

use crate::keys::Style;

/// Why a name can't be written like that.
pub(crate) struct Problem {
    /// What is wrong; the name goes in front.
    pub(crate) message: String,
    /// What to say under it.
    pub(crate) label: String,
    /// What to write instead.
    pub(crate) help: String,
}

/// The longest name of anything: rings keep names in fields of 64 bytes, NUL padded.
const MAX_LENGTH: usize = ringgen_layout::ring::MAX_NAME;

/// Whether a name has the form that its kind asks for.
pub(crate) fn form(style: Style, name: &str) -> Result<(), Problem> {
    let (what, label) = match style {
        Style::Snake | Style::Field => ("is not in snake_case", "lower-case words, `_` between them"),
        Style::Camel => ("is not in CamelCase", "starts with an upper-case letter, no `_`"),
        Style::Upper => ("is not in UPPER_CASE", "upper-case words, `_` between them"),
        Style::Value => ("is no name of a value", "letters and digits, a single `_` between words"),
        Style::Identifier => ("is no identifier", "letters, digits and `_`, a letter first"),
    };
    if name.len() > MAX_LENGTH {
        return Err(Problem {
            message: format!("is longer than {MAX_LENGTH} bytes"),
            label: format!("{} bytes", name.len()),
            help: "choose a shorter name".to_string(),
        });
    }
    if has_form(style, name) {
        return Ok(());
    }
    if let Some(other) = name.chars().find(|c| !c.is_ascii()) {
        return Err(Problem {
            message: what.to_string(),
            label: format!("`{other}` is not ASCII"),
            help: "write it with letters from `a` to `z`, which every language has".to_string(),
        });
    }
    let words = words(name);
    let better = match style {
        Style::Snake | Style::Field => lower(&words),
        Style::Camel | Style::Value => camel(&words),
        Style::Upper => upper(&words),
        Style::Identifier => words.join("_"),
    };
    let better = if has_form(style, &better) { better } else { example(style).to_string() };
    Err(Problem { message: what.to_string(), label: label.to_string(), help: format!("write it like `{better}`") })
}

fn has_form(style: Style, name: &str) -> bool {
    let words_of = |name: &str, first: fn(&char) -> bool, rest: fn(&char) -> bool| {
        name.starts_with(|c| first(&c))
            && name.split('_').all(|word| !word.is_empty() && word.chars().all(|c| rest(&c)))
    };
    let lower: fn(&char) -> bool = |c| c.is_ascii_lowercase() || c.is_ascii_digit();
    let upper: fn(&char) -> bool = |c| c.is_ascii_uppercase() || c.is_ascii_digit();
    match style {
        Style::Snake => words_of(name, char::is_ascii_lowercase, lower),
        Style::Field => words_of(name.strip_prefix('_').unwrap_or(name), char::is_ascii_lowercase, lower),
        Style::Upper => words_of(name, char::is_ascii_uppercase, upper),
        Style::Value => words_of(name, char::is_ascii_alphabetic, char::is_ascii_alphanumeric),
        Style::Camel => {
            name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric())
        }
        Style::Identifier => {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        }
    }
}

/// A name of this form.
pub(crate) fn example(style: Style) -> &'static str {
    match style {
        Style::Snake | Style::Field => "best_bid",
        Style::Camel | Style::Value => "BestBid",
        Style::Upper => "MAX_DEPTH",
        Style::Identifier => "best_bid",
    }
}

/// The words of a name in any case: `OddLot`, `odd_lot` and `ODD_LOT` are two, `HTTPServer` is `HTTP` and `Server`.
pub(crate) fn words(name: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()) {
        let bytes = part.as_bytes();
        let mut start = 0;
        for at in 1..bytes.len() {
            let begins = bytes[at].is_ascii_uppercase()
                && (!bytes[at - 1].is_ascii_uppercase() || bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase));
            if begins {
                words.push(&part[start..at]);
                start = at;
            }
        }
        if start < part.len() {
            words.push(&part[start..]);
        }
    }
    words
}

fn lower(words: &[&str]) -> String {
    let mut name = words.join("_");
    name.make_ascii_lowercase();
    name
}

fn upper(words: &[&str]) -> String {
    let mut name = words.join("_");
    name.make_ascii_uppercase();
    name
}

fn camel(words: &[&str]) -> String {
    let mut name = words.concat();
    name.make_ascii_lowercase();
    let mut start = 0;
    for word in words {
        name[start..=start].make_ascii_uppercase();
        start += word.len();
    }
    name
}

/// In snake_case: `OddLot` is `odd_lot`.
pub(crate) fn snake_case(name: &str) -> String {
    lower(&words(name))
}

/// In UPPER_CASE: `OddLot` is `ODD_LOT`.
pub fn upper_case(name: &str) -> String {
    upper(&words(name))
}

/// In CamelCase: `odd_lot` and `ODD_LOT` are `OddLot`. What is CamelCase already stays as it is: `HTTPServer`.
pub fn camel_case(name: &str) -> String {
    if has_form(Style::Camel, name) && (name.len() == 1 || name.contains(|c: char| c.is_ascii_lowercase())) {
        return name.to_string();
    }
    camel(&words(name))
}

/// In camelCase: `bid_px` is `bidPx`.
pub fn lower_camel_case(name: &str) -> String {
    let mut camel = camel(&words(name));
    if let Some(first) = camel.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    camel
}

/// A text of the user's as a message shows it: control characters escaped, the rest as it is.
pub(crate) fn shown(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

/// The candidate that was probably meant, if any is near enough.
pub(crate) fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > 2 * MAX_LENGTH {
        return None;
    }
    // A third of the letters may be wrong, and one in any case; a word of one letter is near everything.
    let limit = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() > 1 && candidate.len().abs_diff(name.len()) <= 4 * limit)
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&name.to_ascii_lowercase(), &candidate.to_ascii_lowercase());
            (distance, candidate)
        })
        .filter(|&(distance, _)| distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_case_at_their_words() {
        for (name, upper, camel, lower_camel) in [
            ("OddLot", "ODD_LOT", "OddLot", "oddLot"),
            ("odd_lot", "ODD_LOT", "OddLot", "oddLot"),
            ("ODD_LOT", "ODD_LOT", "OddLot", "oddLot"),
            ("HTTPServer", "HTTP_SERVER", "HTTPServer", "httpServer"),
            ("BUY", "BUY", "Buy", "buy"),
            ("N", "N", "N", "n"),
            ("L2Update", "L2_UPDATE", "L2Update", "l2Update"),
            ("level_2", "LEVEL_2", "Level2", "level2"),
            ("Ipv4", "IPV4", "Ipv4", "ipv4"),
        ] {
            assert_eq!(upper_case(name), upper);
            assert_eq!(camel_case(name), camel);
            assert_eq!(lower_camel_case(name), lower_camel);
        }
    }

    #[test]
    fn forms_are_strict() {
        for (style, yes, no) in [
            (Style::Snake, &["a", "a_b", "a1_2"][..], &["", "A", "a__b", "a_", "_a", "1a", "é", "a-b"][..]),
            (Style::Field, &["a", "_a", "_rsv_2"], &["_", "__a", "_1", "a_"]),
            (Style::Camel, &["A", "Ab", "HTTP2"], &["", "a", "A_b", "1A", "É"]),
            (Style::Upper, &["A", "A_1", "NONE64"], &["", "a", "A_", "_A", "1A"]),
            (Style::Value, &["A", "a_B", "ODD_LOT"], &["", "_A", "A_", "1A", "A__B"]),
            (Style::Identifier, &["a", "a__b_", "aB"], &["", "_a", "1", "r#type", "a b"]),
        ] {
            for name in yes {
                assert!(form(style, name).is_ok(), "{style:?} {name}");
            }
            for name in no {
                assert!(form(style, name).is_err(), "{style:?} {name}");
            }
            assert!(form(style, example(style)).is_ok());
        }
        assert!(form(Style::Snake, &"a".repeat(63)).is_ok());
        assert!(form(Style::Snake, &"a".repeat(64)).is_err());
    }

    #[test]
    fn the_nearest_candidate_is_suggested() {
        let keys = ["name", "type", "doc", "unit", "offset"];
        assert_eq!(closest("nmae", keys), Some("name"));
        assert_eq!(closest("ofset", keys), Some("offset"));
        assert_eq!(closest("Doc", keys), Some("doc"));
        assert_eq!(closest("frobnicate", keys), None);
    }
}
