//! `--message-format`: the same findings for people, for editors that read lines, and for programs that read JSON.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Run, command, data, golden, ringgen};

/// Every case of the parser that has findings, in its folder.
fn wrong_cases() -> Vec<PathBuf> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ringgen-schema/tests/cases");
    let folders = fs::read_dir(cases).unwrap().map(|entry| entry.unwrap().path());
    let mut wrong: Vec<PathBuf> = folders.filter(|folder| folder.join("errors.txt").exists()).collect();
    wrong.sort();
    assert!(wrong.len() > 30, "{wrong:?}");
    wrong
}

fn check(folder: &Path, format: &str) -> Run {
    // A case is a schema or a Rust file.
    let file = ["schema.toml", "messages.rs"].into_iter().find(|file| folder.join(file).exists()).unwrap();
    let arguments = ["check", file, "--message-format", format];
    Run::of(command(arguments).current_dir(folder).output().unwrap())
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[test]
fn json_is_an_object_a_line_that_says_all_that_people_see() {
    golden("messages.json", &ringgen("check wrong.toml --message-format json").stdout_of(1));
    for folder in wrong_cases() {
        let found = objects(&check(&folder, "json").stdout_of(1));
        let human = check(&folder, "human").stdout_of(1);
        let rendered: String =
            found.iter().map(|object| format!("{}\n", object["rendered"].as_str().unwrap())).collect();
        assert!(human.starts_with(&rendered), "{}: {human}\n{rendered}", folder.display());
        for object in &found {
            let keys: Vec<&String> = object.as_object().unwrap().keys().collect();
            let expected = "type code severity message file line column end_line end_column byte_start byte_end labels \
                            notes help rendered";
            assert_eq!(keys, expected.split_whitespace().collect::<Vec<_>>());
            assert_eq!((&object["type"], &object["severity"]), (&json!("finding"), &json!("error")));
            let rendered = object["rendered"].as_str().unwrap();
            let (code, message) = (object["code"].as_str().unwrap(), object["message"].as_str().unwrap());
            assert!(rendered.starts_with(&format!("error[{code}]: {message}\n")), "{rendered}");
            let help = object["help"].as_str().expect("every finding says what to write instead");
            assert!(rendered.contains(&format!("help: {help}")), "{rendered}");
            for words in [message, help] {
                assert!(!words.ends_with(['.', ':', ' ']) && words.lines().count() == 1, "{words}");
                let is_name = ["NaN", "Rust"].iter().any(|name| words.starts_with(name));
                assert!(is_name || !words.starts_with(|c: char| c.is_ascii_uppercase()), "{words}");
            }
        }
    }
}

#[test]
fn places_in_json_are_those_of_the_file() {
    for folder in wrong_cases() {
        for object in objects(&check(&folder, "json").stdout_of(1)) {
            let labels = object["labels"].as_array().unwrap();
            assert!(labels.iter().enumerate().all(|(index, label)| label["primary"] == (index == 0)), "{object}");
            assert!(
                ["file", "line", "column", "end_line", "end_column", "byte_start", "byte_end"]
                    .iter()
                    .all(|key| object[key] == labels[0][key])
            );
            for label in labels {
                let bytes = fs::read(folder.join(label["file"].as_str().unwrap())).unwrap();
                let number = |key: &str| label[key].as_u64().unwrap() as usize;
                // Bytes that are no UTF-8 are one character each, and the report ends at the first of them.
                let text = String::from_utf8_lossy(&bytes);
                for (offset, line, column) in [("byte_start", "line", "column"), ("byte_end", "end_line", "end_column")]
                {
                    let before = &text[..number(offset)];
                    let in_line = before.rsplit('\n').next().unwrap();
                    let place = (before.matches('\n').count() + 1, in_line.chars().count() + 1);
                    assert_eq!(place, (number(line), number(column)), "{}: {label}", folder.display());
                }
                assert!(number("byte_start") <= number("byte_end"), "{label}");
            }
        }
    }
}

#[test]
fn short_is_a_line_a_finding_with_the_place_in_front() {
    for folder in wrong_cases() {
        let short = check(&folder, "short").stdout_of(1);
        let found = objects(&check(&folder, "json").stdout_of(1));
        let expected: String = (found.iter())
            .map(|object| {
                let text = |key: &str| object[key].as_str().unwrap();
                let place = format!("{}:{}:{}", text("file"), object["line"], object["column"]);
                format!("{place}: error[{}]: {}\n", text("code"), text("message"))
            })
            .collect();
        assert!(short.starts_with(&expected), "{short}\n{expected}");
        assert_eq!(short.lines().count(), found.len() + 2, "and what check says at its end: {short}");
    }
}

#[test]
fn generate_tells_findings_on_standard_error_in_each_format() {
    let folder = tempfile::tempdir().unwrap();
    let generate = |format: &str| {
        let arguments = ["generate", "wrong.toml", "--message-format", format, "--out"];
        Run::of(command(arguments).arg(folder.path()).current_dir(data()).output().unwrap())
    };
    let checked = |format: &str| ringgen(&format!("check wrong.toml --message-format {format}")).stdout_of(1);
    assert_eq!(generate("json").stderr_of(1), checked("json"), "and nothing but findings");
    let short = generate("short").stderr_of(1);
    assert!(short.starts_with("wrong.toml:6:28: error[R002]: ") && short.ends_with("nothing was written\n"), "{short}");
    assert_eq!(ringgen("check trade.toml --message-format json").stdout_of(0), "", "no finding, no line");
}

#[test]
fn a_finding_in_several_files_has_the_file_of_each_label() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("a.toml", "ringgen = 1\npackage = \"a\"\n[struct.Level]\nfields = [{ name = \"px\", type = \"f64\" }]\n");
    write(
        "schema.toml",
        "ringgen = 1\npackage = \"b\"\nimport = [\"a.toml\"]\n[struct.Level]\nfields = [{ name = \"px\", type = \"f64\" }]\n",
    );
    let found = objects(&check(folder.path(), "json").stdout_of(1));
    assert_eq!(found.len(), 1, "{found:?}");
    let files: Vec<&Value> = found[0]["labels"].as_array().unwrap().iter().map(|label| &label["file"]).collect();
    assert_eq!(files, [&json!("schema.toml"), &json!("a.toml")]);
    let rendered = found[0]["rendered"].as_str().unwrap();
    assert!(rendered.contains("--> schema.toml:4:9") && rendered.contains("::: a.toml:3:9"), "{rendered}");
}
