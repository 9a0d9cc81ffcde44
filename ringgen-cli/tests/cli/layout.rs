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
    let texts = ["layout trade.toml --json", "layout feed.toml --json"].map(|line| ringgen(line).stdout_of(0));
    golden("layout.json", &texts[0]);
    golden("variant.json", &texts[1]);
    let packages = texts.map(|text| serde_json::from_str::<Value>(&text).unwrap());
    for ty in packages.iter().flat_map(|package| package["types"].as_array().unwrap()) {
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

#[test]
fn types_of_other_packages_are_shown_where_they_are_needed() {
    let folder = tempfile::tempdir().unwrap();
    let shared = "ringgen = 1\npackage = \"shared\"\n[struct.Time]\nfields = [{ name = \"ns\", type = \"u64\" }]\n\
                  [struct.Unused]\nfields = [{ name = \"a\", type = \"u8\" }]\n";
    let own = "ringgen = 1\npackage = \"own\"\nimport = [\"shared.toml\"]\n[message.Tick]\n\
               fields = [{ name = \"at\", type = \"Time[2]\" }]\n";
    std::fs::create_dir(folder.path().join("include")).unwrap();
    std::fs::write(folder.path().join("include/shared.toml"), shared).unwrap();
    let (path, include) = (folder.path().join("own.toml"), folder.path().join("include"));
    std::fs::write(&path, own).unwrap();
    let layout = |more: &[&str]| {
        let (path, include) = (path.to_str().unwrap(), include.to_str().unwrap());
        crate::support::run(["layout", path, "-I", include].iter().chain(more)).stdout_of(0)
    };
    let json: Value = serde_json::from_str(&layout(&["--json"])).unwrap();
    let types = json["types"].as_array().unwrap().iter();
    let types: Vec<(&str, bool)> =
        types.map(|ty| (ty["name"].as_str().unwrap(), ty["imported"].as_bool().unwrap_or(false))).collect();
    assert_eq!(types, [("Time", true), ("Tick", false)]);
    let picture = layout(&["--expand"]);
    assert!(picture.contains("package own") && picture.contains("at[0].ns"), "{picture}");
    assert!(!picture.contains("struct Time"), "{picture}");
    assert!(layout(&["--type", "Time"]).starts_with("struct Time  8 bytes"));
}

#[test]
fn nothing_is_taken_apart_into_more_than_anyone_can_look_at() {
    let folder = tempfile::tempdir().unwrap();
    let mut schema =
        "ringgen = 1\npackage = \"deep\"\n[struct.T0]\nfields = [{ name = \"a\", type = \"u8\" }]\n".to_owned();
    for level in 1..20 {
        let ty = format!("\"T{}\"", level - 1);
        let fields = format!("{{ name = \"a\", type = {ty} }}, {{ name = \"b\", type = {ty} }}");
        schema.push_str(&format!("[struct.T{level}]\nfields = [{fields}]\n"));
    }
    let path = folder.path().join("deep.toml");
    std::fs::write(&path, schema).unwrap();
    let path = path.to_str().unwrap();
    let stderr = crate::support::run(["layout", path, "--expand"]).stderr_of(2);
    assert!(stderr.contains("fields") && stderr.contains("`--expand=4`"), "{stderr}");
    let picture = crate::support::run(["layout", path, "--type", "T19", "--expand=4"]).stdout_of(0);
    assert!(picture.contains("a.a.a.a"), "{picture}");
}

/// The rows of a map: where each begins, and the bytes at which there is an edge.
fn edges(map: &str) -> Vec<(u64, Vec<u64>)> {
    let lines: Vec<&str> = map.lines().collect();
    let top = lines.iter().position(|line| line.contains(['┌', '╒', '┍'])).unwrap();
    let left = lines[top].chars().position(|character| character == '┌').unwrap();
    // Above the map stand the first byte and the last of the first row.
    let last: u64 = lines[top - 1].split_whitespace().next_back().unwrap().parse().unwrap();
    let scale = (lines[top].trim_end().chars().count() - 1 - left) as u64 / last;
    let mut rows = Vec::new();
    for line in &lines[top..] {
        let Ok(start) = line.chars().take(left).collect::<String>().trim().parse::<u64>() else { continue };
        let columns = line.chars().skip(left).enumerate().filter(|(_, character)| "│┆".contains(*character));
        let columns: Vec<u64> = columns.map(|(column, _)| column as u64).collect();
        assert!(columns.iter().all(|column| column % scale == 0), "between two bytes: {line}");
        rows.push((start, columns.iter().map(|column| start + column / scale).collect()));
    }
    rows
}

#[test]
fn the_edges_of_a_map_are_where_fields_begin() {
    for schema in ["trade.toml", "feed.toml", "../../../schemas/kitchen_sink.toml"] {
        let json: Value = serde_json::from_str(&ringgen(&format!("layout {schema} --json")).stdout_of(0)).unwrap();
        // Of another package's types, its own schema has the map.
        let has_map = |ty: &&Value| ty["values"].is_null() && ty["imported"].is_null();
        let types: Vec<&Value> = json["types"].as_array().unwrap().iter().filter(has_map).collect();
        for columns in ["50", "100", "150"] {
            let picture = at_width(columns, &format!("layout {schema}"));
            // Behind the heading of a type stands its map.
            let parts: Vec<&str> = picture.split("\n\n").collect();
            for ty in &types {
                let heading = format!("{} {}  ", ty["kind"].as_str().unwrap(), ty["name"].as_str().unwrap());
                let index = parts.iter().position(|part| part.trim_start().starts_with(&heading)).unwrap();
                check_edges(ty, parts[index + 1]);
            }
        }
    }
}

/// Asserts that a map has an edge where a field begins, where a row does, and nowhere else.
fn check_edges(ty: &Value, map: &str) {
    let number = |of: &Value, key: &str| of[key].as_u64().unwrap();
    let fields = ty["fields"].as_array().unwrap().iter();
    let fields: Vec<(u64, u64)> = fields.map(|field| (number(field, "offset"), number(field, "size"))).collect();
    let rows = edges(map);
    assert!(!rows.is_empty(), "{map}");
    for (index, (start, edges)) in rows.iter().enumerate() {
        let end = *edges.last().unwrap();
        let inside = fields.iter().map(|(offset, _)| *offset).filter(|offset| (*start..end).contains(offset));
        let mut expected: Vec<u64> = [*start, end].into_iter().chain(inside).collect();
        expected.sort_unstable();
        expected.dedup();
        assert_eq!(*edges, expected, "{map}");
        // The next row goes on where this one ends; what lies between is told.
        let next = rows.get(index + 1).map_or(number(ty, "size"), |(next, _)| *next);
        let is_told = next > end && fields.iter().any(|(offset, size)| *offset < end && offset + size >= next);
        assert!(next == end || is_told, "{map}");
    }
}

#[test]
fn an_order_of_a_rust_struct_is_suggested_as_rust() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.rs");
    let source = "#[derive(Clone, Copy, ringgen::RingMessage)]\n#[repr(C)]\npub struct Trade {\n    side: u8,\n    \
                  _a: [u8; 7],\n    ts: u64,\n    flag: u8,\n    _b: [u8; 7],\n}\n";
    std::fs::write(&path, source).unwrap();
    let text = crate::support::run(["layout", path.to_str().unwrap(), "--suggest"]).stdout_of(0);
    let expected = "struct Trade {\n    ts: u64,\n    side: u8,\n    flag: u8,\n    _pad0: [u8; 6],\n}\n";
    assert!(text.contains(expected) && text.contains("24 → 16 bytes"), "{text}");
}
