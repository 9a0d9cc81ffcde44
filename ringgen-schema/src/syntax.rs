//! Parses TOML and reads it by the table of keys: what comes out has known keys, values of the right kind and names
//! of the right form, each with its place. What they mean together is looked at later.

use std::collections::BTreeMap;

use ringgen_layout::EDITION;
use toml::Spanned as TomlSpanned;
use toml::de::{DeTable, DeValue};

use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::keys::{Key, Need, ROOT, SECTIONS, Section, Style, Takes};
use crate::names;
use crate::numbers::{self, Literal, Number, Problem};
use crate::source::{Source, Span, Spanned};
use crate::toml_errors;
use crate::type_expr;

/// A table of the file, read by its [`Section`].
#[derive(Debug)]
pub(crate) struct Record {
    /// Where it is named; for one without a name, all of it.
    pub(crate) span: Span,
    /// Whether nothing in it had to be left out because it is wrong.
    pub(crate) complete: bool,
    values: BTreeMap<&'static str, Value>,
}

#[derive(Debug)]
enum Value {
    Text(Spanned<String>),
    Integer(Spanned<i128>),
    Number(Spanned<Number>),
    Literal(Spanned<Literal>),
    Range(Spanned<Range>),
    Paths(Vec<Spanned<String>>),
    Bool(Spanned<bool>),
    Table(Record),
    Named(Vec<(Spanned<String>, Record)>),
    List(Vec<Record>),
}

/// The smallest and the largest value.
pub(crate) type Range = (Spanned<Literal>, Spanned<Literal>);

/// The place of a value that the file leaves to its default.
pub(crate) const NOWHERE: Span = 0..0;

impl Value {
    fn at(self, span: Span) -> Value {
        match self {
            Value::Text(text) => Value::Text(Spanned::new(text.value, span)),
            Value::Integer(integer) => Value::Integer(Spanned::new(integer.value, span)),
            Value::Number(number) => Value::Number(Spanned::new(number.value, span)),
            Value::Bool(bool) => Value::Bool(Spanned::new(bool.value, span)),
            Value::Literal(literal) => Value::Literal(Spanned::new(literal.value, span)),
            Value::Range(range) => Value::Range(Spanned::new(range.value, span)),
            table @ (Value::Paths(_) | Value::Table(_) | Value::Named(_) | Value::List(_)) => table,
        }
    }
}

macro_rules! take {
    ($($(#[$doc:meta])* $name:ident $variant:ident $type:ty;)*) => {$(
        $(#[$doc])*
        pub(crate) fn $name(&mut self, key: &str) -> Option<$type> {
            match self.values.remove(key)? {
                Value::$variant(value) => Some(value),
                other => unreachable!("the table of keys has another kind for `{key}`: {other:?}"),
            }
        }
    )*};
}

impl Record {
    take! {
        text Text Spanned<String>;
        integer Integer Spanned<i128>;
        number Number Spanned<Number>;
        literal Literal Spanned<Literal>;
        range Range Spanned<Range>;
        paths Paths Vec<Spanned<String>>;
        bool Bool Spanned<bool>;
        table Table Record;
    }

    /// The tables below this key, in alphabetical order.
    pub(crate) fn named(&mut self, key: &str) -> Vec<(Spanned<String>, Record)> {
        match self.values.remove(key) {
            Some(Value::Named(tables)) => tables,
            _ => Vec::new(),
        }
    }

    /// The tables in this array.
    pub(crate) fn list(&mut self, key: &str) -> Option<Vec<Record>> {
        match self.values.remove(key)? {
            Value::List(tables) => Some(tables),
            other => unreachable!("the table of keys has another kind for `{key}`: {other:?}"),
        }
    }
}

/// Parses a file whose spans begin at `base`. `None` if it is not TOML, since guesses about the rest would only mislead.
pub(crate) fn parse(source: &Source, base: usize, findings: &mut Findings) -> Option<Record> {
    let text = source.text();
    if let Some(bad) = source.not_utf8() {
        let span = base + bad.offset..base + bad.offset + char::REPLACEMENT_CHARACTER.len_utf8();
        let message = format!("byte 0x{:02X} at offset {} is not UTF-8", bad.byte, bad.offset);
        findings.push(Finding::new(&codes::R030, &span, message).help("save the file as UTF-8"));
        return None;
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut own = Findings::default();
    let is_toml = toml_errors::report(text, &errors, &mut own) && knows_edition(root.get_ref(), &mut own);
    findings.append_at(base, own);
    if !is_toml {
        return None;
    }
    let mut reader = Reader { text, base, findings };
    Some(reader.table(&ROOT, root.get_ref(), base..base, "the file"))
}

/// Whether the file is in an edition whose keys are those of the table.
fn knows_edition(root: &DeTable<'_>, findings: &mut Findings) -> bool {
    let Some(value) = root.get("ringgen") else { return true };
    match value.get_ref() {
        DeValue::Integer(edition) if !is_edition(edition) => {
            let message = format!("edition {edition} of the language is not known");
            let known = format!("this version knows edition {EDITION}");
            let finding = Finding::new(&codes::R034, &value.span(), message).label(known);
            findings.push(finding.help(format!("write `ringgen = {EDITION}`, or use a newer ringgen")));
            false
        }
        _ => true,
    }
}

fn is_edition(integer: &toml::de::DeInteger<'_>) -> bool {
    u32::from_str_radix(integer.as_str(), integer.radix()) == Ok(EDITION)
}

struct Reader<'a> {
    text: &'a str,
    /// Where the text begins among all spans.
    base: usize,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    /// A part of the text among all spans.
    fn at(&self, span: Span) -> Span {
        self.base + span.start..self.base + span.end
    }

    fn table(&mut self, section: &'static Section, table: &DeTable<'_>, span: Span, what: &str) -> Record {
        let mut record = Record { span, complete: true, values: BTreeMap::new() };
        let mut is_there = vec![false; section.keys.len()];
        for (name, value) in table {
            let span = self.at(name.span());
            let Some(index) = section.index(name.get_ref()) else {
                self.unknown_key(section, name.get_ref(), &span);
                record.complete = false;
                continue;
            };
            let key = &section.keys[index];
            is_there[index] = true;
            match self.value(key, value, &span) {
                Some(value) => drop(record.values.insert(key.name, value)),
                None => record.complete = false,
            }
        }
        for (key, _) in section.keys.iter().zip(is_there).filter(|(_, is_there)| !is_there) {
            match key.need {
                Need::Required => {
                    let message = format!("{what} has no `{}`", key.name);
                    let finding = Finding::new(&codes::R033, &record.span, message);
                    self.findings.push(finding.help(format!("add `{}`", example(key))));
                    record.complete = false;
                }
                Need::Default(text) => {
                    let value = DeValue::parse(text).expect("the defaults in the table of keys are TOML");
                    let value = self.value(key, &value, &NOWHERE).expect("the defaults in the table of keys are valid");
                    record.values.insert(key.name, value.at(NOWHERE));
                }
                // A table that is not there has the defaults of its keys.
                Need::Optional => {
                    if let Takes::Table(section) = key.takes {
                        let inner = self.table(section, &DeTable::new(), NOWHERE, key.name);
                        record.values.insert(key.name, Value::Table(inner));
                    }
                }
            }
        }
        record
    }

    fn value(&mut self, key: &'static Key, value: &TomlSpanned<DeValue<'_>>, key_span: &Span) -> Option<Value> {
        let span = self.at(value.span());
        match (key.takes, value.get_ref()) {
            (Takes::Text | Takes::Line, DeValue::String(text)) => {
                let text = self.text_at(text, &span);
                self.printable(key, &text).then_some(Value::Text(text))
            }
            (Takes::Name(style), DeValue::String(text)) => {
                let text = self.text_at(text, &span);
                self.name(style, &text).then_some(Value::Text(text))
            }
            (Takes::Type, DeValue::String(text)) => Some(Value::Text(self.text_at(text, &span))),
            (Takes::Word(words), DeValue::String(text)) => {
                let text = self.text_at(text, &span);
                self.word(key, words, &text).then_some(Value::Text(text))
            }
            (Takes::Integer(..), DeValue::Integer(_) | DeValue::String(_)) => {
                let number = self.number(key, value.get_ref(), &span)?;
                self.integer(key, number, span).map(Value::Integer)
            }
            (Takes::Number, DeValue::Integer(_) | DeValue::String(_) | DeValue::Float(_) | DeValue::Boolean(_)) => {
                let number = self.number(key, value.get_ref(), &span)?;
                Some(Value::Number(Spanned::new(number, span)))
            }
            (Takes::Literal, DeValue::Integer(_) | DeValue::String(_) | DeValue::Float(_)) => {
                self.literal(key, value.get_ref(), &span).map(Value::Literal)
            }
            (Takes::Range, DeValue::Array(elements)) if elements.len() == 2 => {
                let mut ends = elements.iter().map(|element| {
                    let span = self.at(element.span());
                    self.literal(key, element.get_ref(), &span)
                });
                let (least, most) = (ends.next()?, ends.next()?);
                Some(Value::Range(Spanned::new((least?, most?), span)))
            }
            (Takes::Size, DeValue::Integer(_) | DeValue::String(_)) => {
                let size = self.understood(key, numbers::size(value.get_ref()), &span)?;
                Some(Value::Integer(Spanned::new(size, span)))
            }
            (Takes::Paths, DeValue::Array(elements)) => {
                let mut paths = Vec::new();
                for element in elements {
                    let span = self.at(element.span());
                    match element.get_ref() {
                        DeValue::String(text) => paths.push(self.text_at(text, &span)),
                        other => {
                            self.wrong_kind(key, other, &span);
                            return None;
                        }
                    }
                }
                Some(Value::Paths(paths))
            }
            (Takes::Bool, DeValue::Boolean(bool)) => Some(Value::Bool(Spanned::new(*bool, span))),
            (Takes::Table(section), DeValue::Table(table)) => {
                Some(Value::Table(self.table(section, table, key_span.clone(), &format!("`{}`", key.name))))
            }
            (Takes::Named(style, section), DeValue::Table(tables)) => {
                Some(Value::Named(self.named(key, style, section, tables)))
            }
            (Takes::List(section), DeValue::Array(elements)) => {
                let what = format!("this {}", key.name.trim_end_matches('s'));
                let tables = elements.iter().filter_map(|element| match element.get_ref() {
                    DeValue::Table(table) => {
                        let span = self.at(element.span());
                        Some(self.table(section, table, span, &what))
                    }
                    other => {
                        let span = self.at(element.span());
                        self.wrong_kind(key, other, &span);
                        None
                    }
                });
                Some(Value::List(tables.collect::<Vec<_>>())).filter(|list| match list {
                    // An element that is no table leaves a hole, and what lies behind it would be misplaced.
                    Value::List(list) => list.len() == elements.len(),
                    _ => true,
                })
            }
            (_, other) => {
                // A table's own place is all of its header, or all of it.
                let span = if matches!(other, DeValue::Table(_)) { key_span.clone() } else { span };
                self.wrong_kind(key, other, &span);
                None
            }
        }
    }

    fn named(
        &mut self,
        key: &'static Key,
        style: Style,
        section: &'static Section,
        tables: &DeTable<'_>,
    ) -> Vec<(Spanned<String>, Record)> {
        let mut records = Vec::new();
        for (name, value) in tables {
            let span = self.at(name.span());
            let name = self.text_at(name.get_ref(), &span);
            match value.get_ref() {
                DeValue::Table(table) => {
                    let is_named = self.name(style, &name);
                    let what = format!("{} `{}`", key.name, names::shown(&name.value));
                    let record = self.table(section, table, name.span.clone(), &what);
                    // What is in it has been looked at; what it is called can't be used.
                    if is_named {
                        records.push((name, record));
                    }
                }
                other => {
                    let message = format!("`{}` here takes a table, not {}", name.value, kind_of(other));
                    let finding = Finding::new(&codes::R032, &name.span, message);
                    self.findings.push(finding.help(format!("write `[{}.NAME]`, one table a {}", key.name, key.name)));
                }
            }
        }
        records
    }

    /// A string, with the place of what is between its quotes if that is what it says.
    fn text_at(&self, value: &str, span: &Span) -> Spanned<String> {
        let raw = self.text.get(span.start - self.base..span.end - self.base).unwrap_or_default();
        let quoted = raw.len() >= 2 && raw.starts_with(['"', '\'']) && !value.is_empty();
        let inside = if quoted && raw.get(1..raw.len() - 1) == Some(value) {
            span.start + 1..span.end - 1
        } else {
            span.clone()
        };
        // Files from Windows end lines in \r\n, inside of multi-line strings too.
        let text = if value.contains('\r') { value.replace("\r\n", "\n") } else { value.to_string() };
        Spanned::new(text, inside)
    }

    fn number(&mut self, key: &Key, value: &DeValue<'_>, span: &Span) -> Option<Number> {
        self.understood(key, numbers::read(value), span)
    }

    fn literal(&mut self, key: &Key, value: &DeValue<'_>, span: &Span) -> Option<Spanned<Literal>> {
        let literal = self.understood(key, numbers::literal(value), span)?;
        let span = match value {
            DeValue::String(text) => self.text_at(text, span).span,
            _ => span.clone(),
        };
        Some(Spanned::new(literal, span))
    }

    fn understood<T>(&mut self, key: &Key, read: Result<T, Problem>, span: &Span) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                let finding = Finding::new(&codes::R032, span, format!("`{}` {}", key.name, problem.message));
                self.findings.push(finding.help(problem.help));
                None
            }
        }
    }

    fn integer(&mut self, key: &Key, number: Number, span: Span) -> Option<Spanned<i128>> {
        let Takes::Integer(least, most) = key.takes else { return None };
        let (Number::Integer(value) | Number::Quoted(value)) = number else { return None };
        if matches!(number, Number::Quoted(_)) && most <= i64::MAX.into() {
            let message = format!("`{}` takes an integer, not a string", key.name);
            self.findings
                .push(Finding::new(&codes::R032, &span, message).help(format!("write `{} = {value}`", key.name)));
            return None;
        }
        if !(least..=most).contains(&value) {
            let message = format!("`{}` is out of range", key.name);
            let help = format!("write a number from {least} to {most}");
            self.findings
                .push(Finding::new(&codes::R037, &span, message).label(help.replace("write a number ", "")).help(help));
            return None;
        }
        Some(Spanned::new(value, span))
    }

    fn name(&mut self, style: Style, name: &Spanned<String>) -> bool {
        match names::form(style, &name.value) {
            Ok(()) => true,
            Err(problem) => {
                let message = match names::shown(&name.value).as_str() {
                    "" => "there is no name here".to_string(),
                    shown => format!("`{shown}` {}", problem.message),
                };
                let finding = Finding::new(&codes::R035, &name.span, message);
                self.findings.push(finding.label(problem.label).help(problem.help));
                false
            }
        }
    }

    fn word(&mut self, key: &Key, words: &[&str], word: &Spanned<String>) -> bool {
        if words.contains(&word.value.as_str()) {
            return true;
        }
        let list = words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ");
        let is_type = words.contains(&"u8");
        if let Some(finding) = type_expr::foreign(&word.value, &word.span).filter(|_| is_type) {
            self.findings.push(finding.help(format!("write one of {list}")));
            return false;
        }
        let message = format!("`{}` can't be `\"{}\"`", key.name, names::shown(&word.value));
        let finding = Finding::new(&codes::R032, &word.span, message);
        self.findings.push(match names::closest(&word.value, words.iter().copied()) {
            Some(close) => finding.label(format!("did you mean `{close}`?")).help(format!("write one of {list}")),
            None => finding.help(format!("write one of {list}")),
        });
        false
    }

    /// Whether a text can stand in a comment and a string of every language.
    fn printable(&mut self, key: &Key, text: &Spanned<String>) -> bool {
        if text.value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return true;
        }
        let one_line = matches!(key.takes, Takes::Line);
        let bad = text.value.char_indices().find(|&(_, c)| match c {
            '\n' => one_line,
            '\t' => false,
            // Bidirectional controls make a comment look like code; rustc refuses them.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
            c => c.is_control(),
        });
        let Some((at, c)) = bad else { return true };
        let span = match text.span.len() == text.value.len() {
            true => text.span.start + at..text.span.start + at + c.len_utf8(),
            false => text.span.clone(),
        };
        let name = match c {
            '\n' => "a line break".to_string(),
            c => format!("the control character U+{:04X}", u32::from(c)),
        };
        let finding = Finding::new(&codes::R038, &span, format!("`{}` holds {name}", key.name));
        self.findings.push(finding.help(match c {
            '\n' => "write it in one line",
            _ => "remove it: it would end up in comments and strings of source code",
        }));
        false
    }

    fn wrong_kind(&mut self, key: &Key, value: &DeValue<'_>, span: &Span) {
        let message = format!("`{}` takes {}, not {}", key.name, takes(key), kind_of(value));
        let help = match (key.takes, value) {
            (Takes::List(_), DeValue::Table(_)) => format!("tables have no order; write `{}`", example(key)),
            _ => format!("write `{}`", example(key)),
        };
        self.findings.push(Finding::new(&codes::R032, span, message).help(help));
    }

    fn unknown_key(&mut self, section: &Section, name: &str, span: &Span) {
        let shown = names::shown(name);
        let finding = Finding::new(&codes::R012, span, format!("unknown key `{shown}`"));
        let keys = || section.keys.iter().map(|key| key.name);
        let elsewhere = SECTIONS.iter().find(|other| other.key(name).is_some());
        self.findings.push(if let Some(close) = names::closest(name, keys()) {
            finding.label(format!("did you mean `{close}`?")).help(format!("write `{close}`"))
        } else if let Some(other) = elsewhere {
            finding.label(format!("a key of {}", other.title)).help(format!("move it to {}", other.title))
        } else {
            let list = keys().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            finding.help(format!("the keys of {} are {list}", section.title))
        });
    }
}

fn takes(key: &Key) -> &'static str {
    match key.takes {
        Takes::Text | Takes::Line | Takes::Name(_) | Takes::Type | Takes::Word(_) => "a string",
        Takes::Integer(..) => "an integer",
        Takes::Number => "a number",
        Takes::Literal => "a number, `\"nan\"`, or the name of a constant",
        Takes::Range => "an array of two numbers",
        Takes::Size => "a size in bytes",
        Takes::Paths => "an array of paths",
        Takes::Bool => "`true` or `false`",
        Takes::Table(_) | Takes::Named(..) => "a table",
        Takes::List(_) => "an array of tables",
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

/// A line that has the key and a value of the right kind.
fn example(key: &Key) -> String {
    let name = key.name;
    match (name, key.takes) {
        ("ringgen", _) => "ringgen = 1".to_string(),
        ("fields", _) => "fields = [ { name = \"id\", type = \"u64\" } ]".to_string(),
        ("values", _) => "values = [ { name = \"Unknown\", value = 0 } ]".to_string(),
        ("cases", _) => "cases = [ { value = 1, type = \"Trade\" } ]".to_string(),
        ("type", Takes::Name(_)) => "type = \"Trade\"".to_string(),
        ("bits", _) => "bits = [ { name = \"First\", bit = 0 } ]".to_string(),
        ("capacity", _) => "capacity = 1024".to_string(),
        ("package", _) => "package = \"market\"".to_string(),
        ("message", _) => "message = \"Trade\"".to_string(),
        ("name", Takes::Name(Style::Field)) => "name = \"price\"".to_string(),
        (_, Takes::Text | Takes::Line) => format!("{name} = \"…\""),
        (_, Takes::Type) => format!("{name} = \"u32\""),
        (_, Takes::Name(style)) => format!("{name} = \"{}\"", names::example(style)),
        (_, Takes::Word(words)) => format!("{name} = \"{}\"", words[0]),
        (_, Takes::Integer(..) | Takes::Number | Takes::Literal) => format!("{name} = 1"),
        (_, Takes::Bool) => format!("{name} = true"),
        (_, Takes::Table(section)) => section.title.to_string(),
        (_, Takes::Named(_, section)) => section.title.to_string(),
        (_, Takes::List(_)) => format!("{name} = [ {{ … }} ]"),
        (_, Takes::Range) => format!("{name} = [0, 100]"),
        (_, Takes::Size) => format!("{name} = \"1 MiB\""),
        (_, Takes::Paths) => format!("{name} = [\"common.toml\"]"),
    }
}
