//! `ringgen layout`.

use serde_json::Value;

use crate::support::{Run, command, golden, ringgen};

fn at_width(columns: &str, line: &str) -> String {
    Run::of(command(line.split_whitespace()).env("COLUMNS", columns).output().unwrap()).stdout_of(0)
}

#[test]
fn the_picture_is_as_wide_as_there_is_room() {
    golden("layout-100.txt", &ringgen("layout trade.toml").stdout_of(0));
    for columns in ["40", "80", "160"] {
        golden(&format!("layout-{columns}.txt"), &at_width(columns, "layout trade.toml --type Trade --type Book"));
    }
}

#[test]
fn the_map_never_leaves_the_terminal() {
    for columns in 40..=200 {
        let picture = at_width(&columns.to_string(), "layout trade.toml");
        let widest =
            picture.lines().filter(|line| line.contains(['│', '┆', '─'])).map(|line| line.chars().count()).max();
        assert!(widest.unwrap() <= columns, "{columns} columns\n{picture}");
    }
}

#[test]
fn no_line_ends_in_blanks() {
    let picture = ringgen("layout trade.toml").stdout_of(0);
    assert!(picture.lines().all(|line| line == line.trim_end()), "{picture}");
}

#[test]
fn json_has_every_byte_of_every_type() {
    let text = ringgen("layout trade.toml --json").stdout_of(0);
    golden("layout.json", &text);
    let json: Value = serde_json::from_str(&text).unwrap();
    for ty in json["types"].as_array().unwrap() {
        let fields = ty["fields"].as_array().unwrap();
        if ty["kind"] == "enum" || ty["kind"] == "flags" {
            assert!(fields.is_empty() && !ty["values"].as_array().unwrap().is_empty(), "{ty}");
            continue;
        }
        let end = fields.iter().fold(0, |end, field| {
            assert_eq!(field["offset"], end, "no gap and no overlap: {ty}");
            end + field["size"].as_u64().unwrap()
        });
        assert_eq!(ty["size"], end, "{ty}");
        let is_blank = |field: &&Value| field["type"].as_str().unwrap().starts_with(['p', 'r']);
        assert!(fields.iter().filter(is_blank).all(|field| field["name"].as_str().unwrap().starts_with('_')), "{ty}");
    }
}

#[test]
fn one_type_comes_with_the_rings_that_carry_it() {
    let text = ringgen("layout trade.toml --json --type Trade").stdout_of(0);
    let json: Value = serde_json::from_str(&text).unwrap();
    let names = |key: &str| -> Vec<&str> {
        json[key].as_array().unwrap().iter().map(|of| of["name"].as_str().unwrap()).collect()
    };
    assert_eq!((names("types"), names("rings")), (vec!["Trade"], vec!["trades"]));
}

#[test]
fn an_unknown_type_is_status_2_and_lists_what_there_is() {
    let stderr = ringgen("layout trade.toml --type Trad").stderr_of(2);
    assert!(stderr.contains("has no type `Trad`") && stderr.contains("Level, Book"), "{stderr}");
}

#[test]
fn a_schema_with_findings_has_no_picture() {
    let stderr = ringgen("layout wrong.toml --json").stderr_of(1);
    assert!(stderr.contains("R001") && stderr.contains("R002"), "{stderr}");
}

#[test]
fn types_that_lie_in_others_are_taken_apart() {
    golden("layout-expand.txt", &ringgen("layout trade.toml --type Book --expand").stdout_of(0));
    let whole = ringgen("layout trade.toml --type Book").stdout_of(0);
    assert_eq!(ringgen("layout trade.toml --type Book --expand=0").stdout_of(0), whole);
    assert_ne!(ringgen("layout trade.toml --type Book --expand=1").stdout_of(0), whole);
}

#[test]
fn a_name_that_is_nearly_right_is_suggested() {
    let stderr = ringgen("layout trade.toml --type trade").stderr_of(2);
    assert!(stderr.contains("did you mean `Trade`?"), "{stderr}");
    let stderr = ringgen("layout trade.toml --type Quote").stderr_of(2);
    assert!(!stderr.contains("did you mean"), "{stderr}");
}

#[test]
fn json_takes_nothing_apart() {
    let stderr = ringgen("layout trade.toml --json --expand").stderr_of(2);
    assert!(stderr.contains("`--expand` is for pictures"), "{stderr}");
}

#[test]
fn variants_are_pictured_with_their_cases() {
    golden("variant.txt", &ringgen("layout feed.toml --expand").stdout_of(0));
    golden("variant.json", &ringgen("layout feed.toml --json").stdout_of(0));
}

#[test]
fn an_order_that_saves_bytes_is_suggested() {
    golden("suggest.txt", &ringgen("layout feed.toml --suggest").stdout_of(0));
    let text = ringgen("layout feed.toml --suggest --json").stdout_of(0);
    golden("suggest.json", &text);
    let json: Value = serde_json::from_str(&text).unwrap();
    let names: Vec<&str> =
        json["suggestions"].as_array().unwrap().iter().map(|of| of["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Level", "Book", "Event", "Log"], "what lies in others comes first");
}

#[test]
fn what_lies_in_a_type_is_suggested_with_it() {
    let text = ringgen("layout feed.toml --suggest --type Book").stdout_of(0);
    assert!(text.contains("struct Level  24 → 16 bytes") && text.contains("message Book  "), "{text}");
    assert!(!text.contains("Event") && !text.contains("Log"), "{text}");
}

#[test]
fn where_nothing_can_be_saved_that_is_said() {
    let text = ringgen("layout feed.toml --suggest --type Trade").stdout_of(0);
    assert!(text.starts_with("nothing to save") && text.contains("`Trade` stays at 32 bytes"), "{text}");
    let text = ringgen("layout trade.toml --suggest").stdout_of(0);
    assert!(text.contains("looked at 7 types"), "{text}");
}

#[test]
fn suggestions_are_text_or_json() {
    for format in ["svg", "html", "md"] {
        let stderr = ringgen(&format!("layout feed.toml --suggest --format {format}")).stderr_of(2);
        assert!(stderr.contains("`--suggest` prints text or JSON"), "{stderr}");
    }
    ringgen("layout feed.toml --suggest --expand").stderr_of(2);
}
