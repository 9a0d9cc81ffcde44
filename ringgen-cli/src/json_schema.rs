//! The schema language as a JSON Schema, for editors: printed from the table of keys that the parser reads.
//!
//! Draft 7, and of that what the TOML language servers walk through: `properties`, `additionalProperties`, `items`,
//! `enum`, `default`; descriptions are Markdown. It sees what stands in one place: keys, kinds, words, forms of names,
//! ranges, the grammar of types. What several places say together is for `ringgen check`.

use ringgen_layout::ring::MAX_NAME;
use ringgen_layout::{EDITION, MAX_ALIGN};
use ringgen_schema::keys::{Key, Need, ROOT, SCALARS, Section, Style, Takes};
use serde_json::{Map, Value, json};

/// The whole document, as text.
pub(crate) fn text() -> String {
    serde_json::to_string_pretty(&document()).expect("JSON can be printed")
}

fn document() -> Value {
    let mut definitions = Map::new();
    let Value::Object(root) = object(&ROOT, &mut definitions) else { unreachable!("a section is an object") };
    let mut document = Map::new();
    document.insert("$schema".into(), json!("http://json-schema.org/draft-07/schema#"));
    document.insert("title".into(), json!(format!("A ringgen schema, edition {EDITION}")));
    document.extend(root);
    document.insert("definitions".into(), Value::Object(definitions));
    Value::Object(document)
}

/// A table of the file.
fn object(section: &'static Section, definitions: &mut Map<String, Value>) -> Value {
    let known = || section.keys.iter();
    let properties: Map<String, Value> =
        known().map(|key| (key.name.to_string(), property(key, definitions))).collect();
    let required: Vec<&str> = known().filter(|key| matches!(key.need, Need::Required)).map(|key| key.name).collect();
    let mut object = json!({ "description": section.meaning, "type": "object", "properties": properties });
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object["additionalProperties"] = json!(false);
    // A field is data, padding or reserved bytes; a leading `_` belongs to those without a meaning.
    if section.key("pad").is_some() {
        object["oneOf"] = json!(["type", "pad", "reserved"].map(|key| json!({ "required": [key] })));
        let named = |pattern| json!({ "properties": { "name": { "pattern": pattern } } });
        object["if"] = json!({ "required": ["type"] });
        object["then"] = named("^[^_]");
        object["else"] = json!({
            "if": { "anyOf": [{ "required": ["pad"] }, { "required": ["reserved"] }] },
            "then": named("^_"),
        });
    }
    object
}

/// What a key takes, under what it means.
fn property(key: &'static Key, definitions: &mut Map<String, Value>) -> Value {
    let mut property = Map::new();
    property.insert("description".into(), json!(key.meaning));
    let Value::Object(takes) = takes(key, definitions) else { unreachable!("a kind of value is an object") };
    // What stands in a table by itself describes itself; what the key means is nearer to whoever reads it.
    property.extend(takes.into_iter().filter(|(word, _)| word != "description"));
    if let Need::Default(value) = key.need {
        let value: Value = serde_json::from_str(value).expect("the defaults in the table of keys are JSON too");
        property.insert("default".into(), value);
    }
    Value::Object(property)
}

fn takes(key: &'static Key, definitions: &mut Map<String, Value>) -> Value {
    match (key.takes, key.name) {
        (Takes::Text, _) => json!({ "type": "string", "pattern": TEXT }),
        (Takes::Line, _) => json!({ "type": "string", "pattern": LINE }),
        (Takes::Name(style), _) => name(style),
        (Takes::Type, _) => type_expression(),
        (Takes::Word(words), _) => json!({ "enum": words }),
        (Takes::Integer(..), "ringgen") => json!({ "const": EDITION }),
        (Takes::Integer(..), "align") => powers_of_two(MAX_ALIGN.into()),
        (Takes::Integer(_, most), "capacity") => powers_of_two(most),
        (Takes::Integer(least, most), _) => integer(least, most),
        // A language server has no JSON for TOML's `nan` and `inf` and hands on a null, which TOML itself can't say.
        (Takes::Number, _) => json!({ "type": ["number", "boolean", "string", "null"], "pattern": QUOTED }),
        (Takes::Bool, _) => json!({ "type": "boolean" }),
        (Takes::Table(section), _) => object(section, definitions),
        (Takes::Named(style, section), word) => {
            define(word, section, definitions);
            let reference = json!({ "$ref": format!("#/definitions/{word}") });
            json!({ "type": "object", "propertyNames": name(style), "additionalProperties": reference })
        }
        (Takes::List(section), words) => {
            let word = words.trim_end_matches('s');
            define(word, section, definitions);
            json!({ "type": "array", "items": { "$ref": format!("#/definitions/{word}") } })
        }
        (Takes::Literal, _) => literal(),
        (Takes::Range, _) => json!({ "type": "array", "items": literal(), "minItems": 2, "maxItems": 2 }),
        (Takes::Size, _) => {
            let pattern = r"^\s*[0-9][0-9A-Fa-fox_]*\s*(B|KiB|MiB|GiB)\s*$";
            json!({ "type": ["integer", "string"], "minimum": 0, "pattern": pattern })
        }
        (Takes::Paths, _) => json!({ "type": "array", "items": { "type": "string", "minLength": 1 } }),
    }
}

/// A number or the name of one; `nan` and `inf` as where numbers are taken.
fn literal() -> Value {
    let pattern = format!("{}|^(nan|inf|-inf)$|^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", QUOTED);
    json!({ "type": ["number", "string", "null"], "pattern": pattern })
}

/// Adds a section that several keys may lead to.
fn define(word: &str, section: &'static Section, definitions: &mut Map<String, Value>) {
    if !definitions.contains_key(word) {
        let section = object(section, definitions);
        definitions.insert(word.into(), section);
    }
}

fn name(style: Style) -> Value {
    let pattern = match style {
        Style::Snake => "^[a-z][a-z0-9]*(_[a-z0-9]+)*$",
        Style::Field => "^_?[a-z][a-z0-9]*(_[a-z0-9]+)*$",
        Style::Camel => "^[A-Z][A-Za-z0-9]*$",
        Style::Upper => "^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$",
        Style::Value => "^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$",
        Style::Identifier => "^[A-Za-z][A-Za-z0-9_]*$",
    };
    json!({ "type": "string", "pattern": pattern, "maxLength": MAX_NAME })
}

/// Scalars to choose from, and the grammar of all else.
fn type_expression() -> Value {
    let length = r"\s*\[\s*([0-9][0-9_]*|[A-Za-z][A-Za-z0-9_]*)\s*\]";
    let scalars = SCALARS.join("|");
    let pattern =
        format!(r"({scalars}|[A-Z][A-Za-z0-9]*)({length}){{0,2}}|str({length}){{1,3}}|bytes({length}){{1,2}}");
    let most = r"([0-9][0-9_]*|[A-Za-z][A-Za-z0-9_]*)";
    let pattern = format!(r"^\s*({pattern}|(text|blob){length}|list\s*\[\s*({pattern})\s*,\s*{most}\s*\])\s*$");
    json!({ "type": "string", "anyOf": [{ "enum": SCALARS }, { "pattern": pattern }] })
}

fn integer(least: i128, most: i128) -> Value {
    // What a TOML integer can hold needs no bound.
    let bound = |value: i128| i64::try_from(value).ok().filter(|&value| value != i64::MIN && value != i64::MAX);
    let quoted = most > i64::MAX.into();
    let mut integer = json!({ "type": if quoted { json!(["integer", "string"]) } else { json!("integer") } });
    for (word, value) in [("minimum", bound(least)), ("maximum", bound(most))] {
        if let Some(value) = value {
            integer[word] = json!(value);
        }
    }
    if quoted {
        integer["pattern"] = json!(QUOTED);
    }
    integer
}

/// An integer in quotes: `"0xFFFF_FFFF"`.
const QUOTED: &str = "^-?(0x[0-9A-Fa-f]+(_[0-9A-Fa-f]+)*|0o[0-7]+(_[0-7]+)*|0b[01]+(_[01]+)*|[0-9]+(_[0-9]+)*)$";

fn powers_of_two(most: i128) -> Value {
    let powers = (0..63).map(|power| 1_i64 << power).take_while(|&power| i128::from(power) <= most);
    json!({ "enum": powers.collect::<Vec<_>>() })
}

/// Without control characters, other than tabs and the ends of lines, and without any that turn a text's direction.
const TEXT: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*$";

/// The same in one line.
const LINE: &str = r"^[^\u0000-\u0008\u000A-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]*$";
