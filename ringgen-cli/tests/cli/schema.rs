//! `ringgen schema`: what it prints agrees with the parser about every schema that there is, mistake by mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use ringgen_schema::{Report, Source, codes, compile};
use serde_json::{Map, Value, json};
use toml::de::{DeInteger, DeTable, DeValue};

use crate::support::ringgen;

/// How much of a kind of mistake a JSON Schema can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sees {
    /// Each one.
    All,
    /// Those that show in one place; others take a look at several.
    Some,
    /// None.
    Nothing,
}

/// Every code that a schema file can get.
fn sees(code: &str) -> Sees {
    match code {
        // An unknown key, an unknown edition, a name of the wrong form, text that can't be printed.
        "R012" | "R034" | "R035" | "R038" => Sees::All,
        // Not that the value of a case may be the `id` of its message.
        "R033" => Sees::Some,
        // Types that are no names: `Vec<u8>`, `usize`, `&T`. A `String` or `NonZeroU8` could be a type of the file.
        "R001" | "R003" | "R005" => Sees::Some,
        "R002" | "R004" | "R020" | "R021" => Sees::All,
        // The grammar of types, but not of which kind the constant is that a length names.
        "R036" => Sees::Some,
        // A name with a small letter is no type of the file's, any other may be.
        "R013" => Sees::Some,
        // Capacities and alignments, but not sizes.
        "R014" => Sees::Some,
        // Kinds and ranges of a key, but not those that another key asks for.
        "R032" | "R037" => Sees::Some,
        // What takes a layout, the rules of a language, or the bytes of the file.
        "R006" | "R007" | "R008" | "R009" | "R010" | "R030" | "R040" => Sees::Nothing,
        // A path that is empty, but not one that leads nowhere.
        "R039" => Sees::Some,
        // Kinds of rings are words, and known ones; what a ring carries stands elsewhere.
        "R110" | "R111" | "R112" => Sees::Nothing,
        other => panic!("say in this table whether a JSON Schema can see {other}"),
    }
}

fn validator() -> Validator {
    let text = ringgen("schema").stdout_of(0);
    let schema: Value = serde_json::from_str(&text).expect("it is JSON");
    assert!(jsonschema::meta::is_valid(&schema), "it is a JSON Schema");
    jsonschema::draft7::new(&schema).expect("it is one of draft 7")
}

#[test]
fn what_the_parser_accepts_is_valid() {
    let validator = validator();
    let mut count = 0;
    for (name, source) in schemas() {
        if compile(&source).is_ok() {
            let document = Document::read(source.text()).expect("it is TOML");
            let errors: Vec<String> = validator.iter_errors(&document.json).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{name}: {errors:#?}");
            count += 1;
        }
    }
    assert!(count > 40, "only {count} schemas found");
}

#[test]
fn what_it_sees_are_the_mistakes_that_the_parser_sees_at_the_same_places() {
    let validator = validator();
    let mut failures = Vec::new();
    let mut seen: BTreeMap<&str, BTreeSet<bool>> = BTreeMap::new();
    for (name, source) in schemas() {
        let Err(report) = compile(&source) else { continue };
        let Some(document) = Document::read(source.text()) else { continue };
        let errors = pointers(&validator, &document.json);
        let found: Vec<(&str, &str)> = findings(&report, &document);
        for &(code, pointer) in &found {
            let is_seen = errors.iter().flatten().any(|error| error == pointer);
            seen.entry(code).or_default().insert(is_seen);
            match sees(code) {
                Sees::All if !is_seen => failures.push(format!("{name}: {code} at {pointer} is not seen")),
                // Unless another mistake is there too.
                Sees::Nothing if is_seen && found.iter().filter(|(_, other)| *other == pointer).count() == 1 => {
                    failures.push(format!("{name}: {code} at {pointer} is seen"));
                }
                _ => {}
            }
        }
        // The parser looks no further into a file of another edition, or one that is no text.
        if found.iter().any(|(code, _)| matches!(*code, "R030" | "R034")) {
            continue;
        }
        for error in &errors {
            let is_below = |pointer: &str, above: &str| {
                pointer.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let is_known = |error: &String| {
                // What has no name yet is not looked at as a whole.
                let is_inside = |&(code, pointer): &(&str, &str)| code == "R035" && is_below(error, pointer);
                found.iter().any(|(_, pointer)| is_below(pointer, error)) || found.iter().any(is_inside)
            };
            if !error.iter().any(is_known) {
                failures.push(format!("{name}: {error:?} is refused, and the parser sees nothing there"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let all: Vec<&str> = seen.keys().copied().filter(|code| sees(code) == Sees::All).collect();
    assert!(all.len() >= 8, "only {all:?} were tried");
    for (code, answers) in seen {
        let expected: &[bool] = match sees(code) {
            Sees::All => &[true],
            Sees::Some => &[false, true],
            Sees::Nothing => &[false],
        };
        assert!(expected.iter().all(|answer| answers.contains(answer)), "{code} is in the wrong row: {answers:?}");
    }
}

#[test]
fn forms_of_names_are_those_of_the_parser() {
    let validator = validator();
    let long = |letter: char, length| letter.to_string().repeat(length);
    let names = [
        "a",
        "A",
        "aB",
        "Ab",
        "AB",
        "a_b",
        "A_B",
        "A_b",
        "a_B",
        "_a",
        "_A",
        "a_",
        "A_",
        "a__b",
        "A__B",
        "1",
        "a1",
        "A1",
        "1a",
        "a_1",
        "A_1",
        "_1",
        "_",
        "",
        "é",
        "É",
        "a-b",
        "a b",
        "a.b",
        "r#a",
        "HTTP2",
        "L2Update",
        "L2_UPDATE",
    ];
    let mut names: Vec<String> = names.map(String::from).into();
    names.extend([long('a', 63), long('a', 64), long('A', 63), long('A', 64)]);
    let forms: [fn(&str) -> String; 6] = [
        |name| format!("package = {name:?}"),
        |name| format!("[const.{name:?}]\ntype = \"u8\"\nvalue = 1"),
        |name| format!("[struct.{name:?}]\nfields = [{{ name = \"a\", type = \"u8\" }}]"),
        |name| format!("[struct.S]\nfields = [{{ name = {name:?}, type = \"u8\" }}]"),
        |name| format!("[struct.S]\nfields = [{{ name = \"a\", type = \"u8\", c_name = {name:?} }}]"),
        |name| format!("[enum.E]\nrepr = \"u8\"\nvalues = [{{ name = {name:?}, value = 1 }}]"),
    ];
    for form in forms {
        for name in &names {
            let form = form(name);
            let package = if form.starts_with("package") { "" } else { "package = \"x\"\n" };
            let text = format!("ringgen = 1\n{package}{form}\n");
            let document = Document::read(&text).expect("it is TOML");
            let refused = match compile(&Source::new("x", text.as_str())) {
                Ok(_) => false,
                Err(report) => report.findings().iter().any(|finding| finding.code.id == "R035"),
            };
            assert_eq!(validator.is_valid(&document.json), !refused, "{text}");
        }
    }
}

#[test]
fn every_key_is_described() {
    let schema: Value = serde_json::from_str(&ringgen("schema").stdout_of(0)).unwrap();
    let mut properties = 0;
    let mut inside = vec![&schema];
    while let Some(value) = inside.pop() {
        if let Some(keys) = value.get("properties").and_then(Value::as_object).filter(|_| value.get("type").is_some()) {
            for (name, key) in keys {
                let description = key["description"].as_str().unwrap_or_default();
                assert!(description.ends_with('.') || description.ends_with(":"), "{name}: {description:?}");
                properties += 1;
            }
        }
        match value {
            Value::Object(of) => inside.extend(of.values()),
            Value::Array(of) => inside.extend(of),
            _ => {}
        }
    }
    assert!(properties > 50, "{properties}");
    assert_eq!(schema["properties"]["version"]["default"], json!(1));
}

/// Every schema there is: those to copy, the cases of the parser, and the examples of the pages on codes.
fn schemas() -> Vec<(String, Source)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let inside = |folder: &str| fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
    // A case that is in Rust has no TOML.
    let cases = inside("ringgen-schema/tests/cases").map(|case| case.join("schema.toml")).filter(|path| path.exists());
    let examples = ["schemas", "schemas/examples"].into_iter().flat_map(inside);
    let examples = examples.filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
    let read = |path: PathBuf| (path.display().to_string(), Source::read(&path).unwrap());
    let mut schemas: Vec<(String, Source)> = cases.chain(examples).map(read).collect();
    for code in codes::ALL {
        for block in code.explanation.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let start = if block.contains("ringgen =") { "" } else { "ringgen = 1\npackage = \"example\"\n" };
            schemas.push((format!("{}.md", code.id), Source::new(code.id, format!("{start}{block}"))));
        }
    }
    schemas.sort_by(|(a, _), (b, _)| a.cmp(b));
    schemas
}

/// What is wrong with a file: codes, and which part of the file they are about.
fn findings<'a>(report: &'a Report, document: &'a Document) -> Vec<(&'static str, &'a str)> {
    // Those of the file itself, which is read first; what it imports is a document of its own.
    let own = report.findings().iter().filter(|finding| finding.primary().file == 0);
    own.map(|finding| (finding.code.id, document.part(&finding.primary().span))).collect()
}

/// What a validator refuses: each error, as pointers to the parts of the file that it may be about.
fn pointers(validator: &Validator, json: &Value) -> Vec<Vec<String>> {
    let mut errors = Vec::new();
    for error in validator.iter_errors(json) {
        let at = error.instance_path().to_string();
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                errors.extend(unexpected.iter().map(|key| vec![format!("{at}/{key}")]));
            }
            // The error is at the name, and the path ends above it.
            ValidationErrorKind::PropertyNames { error } => {
                let name = error.instance().as_str().expect("a name is a string");
                errors.push(vec![format!("{at}/{name}")]);
            }
            // A field is two things at once, and the parser blames the second; or it is no field at all.
            ValidationErrorKind::OneOfMultipleValid { .. } => {
                errors.push(["", "/type", "/pad", "/reserved"].map(|key| format!("{at}{key}")).into());
            }
            _ => errors.push(vec![at]),
        }
    }
    errors
}

/// A TOML file as a language server hands it to a validator, and where in the file each part of it stands.
struct Document {
    json: Value,
    parts: Vec<(Range<usize>, String)>,
}

impl Document {
    /// `None` if it is not TOML.
    fn read(text: &str) -> Option<Self> {
        let table = DeTable::parse(text).ok()?;
        let mut parts = vec![(0..text.len(), String::new())];
        let json = convert_table(table.get_ref(), "", &mut parts);
        Some(Document { json, parts })
    }

    /// The smallest part that holds this place; the file itself for a place that is nowhere.
    fn part(&self, span: &Range<usize>) -> &str {
        if span.is_empty() && span.start == 0 {
            return "";
        }
        let holds = |part: &&(Range<usize>, String)| part.0.start <= span.start && span.end <= part.0.end;
        // Of equal ones the last, which lies deepest.
        let smallest = self.parts.iter().rev().filter(holds).min_by_key(|(part, _)| part.len());
        smallest.map_or("", |(_, pointer)| pointer)
    }
}

fn convert_table(table: &DeTable<'_>, at: &str, parts: &mut Vec<(Range<usize>, String)>) -> Value {
    let mut object = Map::new();
    for (key, value) in table {
        let pointer = format!("{at}/{}", key.get_ref());
        parts.push((key.span(), pointer.clone()));
        parts.push((value.span(), pointer.clone()));
        object.insert(key.get_ref().to_string(), convert(value.get_ref(), &pointer, parts));
    }
    Value::Object(object)
}

fn convert(value: &DeValue<'_>, at: &str, parts: &mut Vec<(Range<usize>, String)>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(integer) => convert_integer(integer),
        // JSON has no `nan` and no `inf`: they become null.
        DeValue::Float(float) => json!(float.as_str().replace('_', "").parse::<f64>().expect("a float")),
        DeValue::Boolean(bool) => json!(bool),
        DeValue::Datetime(date) => json!(date.to_string()),
        DeValue::Array(elements) => {
            let convert = |(index, element): (usize, &toml::Spanned<DeValue<'_>>)| {
                let pointer = format!("{at}/{index}");
                parts.push((element.span(), pointer.clone()));
                convert(element.get_ref(), &pointer, parts)
            };
            elements.iter().enumerate().map(convert).collect()
        }
        DeValue::Table(table) => convert_table(table, at, parts),
    }
}

fn convert_integer(integer: &DeInteger<'_>) -> Value {
    match i128::from_str_radix(integer.as_str(), integer.radix()) {
        Ok(value) => i64::try_from(value).map_or_else(|_| json!(value as f64), |value| json!(value)),
        Err(_) => json!(f64::MAX),
    }
}
