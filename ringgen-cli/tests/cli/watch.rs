//! `ringgen watch`: a real process, real edits, and what it says about each. Nothing here waits for a time to pass: every
//! step waits for the line that must come.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Run, command};

const LEVELS: &str = "ringgen = 1\npackage = \"levels\"\nimport = [\"depth.toml\"]\n\
                      [struct.Levels]\nfields = [{ name = \"levels\", type = \"u8[DEPTH]\" }]\n";
const DEPTH: &str = "ringgen = 1\npackage = \"depth\"\n[const]\nDEPTH = { type = \"u32\", value = 2 }\n";

/// A process that watches, in a folder with a schema and its import. Killed when dropped.
struct Watch {
    folder: TempDir,
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    /// Watches the folder `schemas` for Rust, once the first round is over.
    fn new(more: &[&str]) -> (Self, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("schemas/levels.toml", LEVELS), ("common/depth.toml", DEPTH)] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self::start(folder, &[&["schemas", "-I", "common"], more].concat())
    }

    fn start(folder: TempDir, arguments: &[&str]) -> (Self, Vec<String>) {
        let arguments = [&["watch", "--out", "gen", "--lang", "rust"], arguments].concat();
        let mut command = command(arguments);
        let mut child = command.current_dir(&folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut watch = Watch { folder, child, lines };
        let first = watch.round();
        (watch, first)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.at(name)).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(self.at(name), text.replace(from, to)).unwrap();
    }

    fn generated(&self) -> String {
        fs::read_to_string(self.at("gen/rust/levels.rs")).unwrap()
    }

    /// What is printed up to the line that ends a round.
    #[track_caller]
    fn round(&mut self) -> Vec<String> {
        let mut round = Vec::new();
        loop {
            // So that a failure is one, and does not hang.
            let Ok(line) = self.lines.recv_timeout(Duration::from_secs(60)) else {
                let _ = self.child.kill();
                let mut stderr = String::new();
                let _ = self.child.stderr.take().unwrap().read_to_string(&mut stderr);
                panic!("it says no more; so far {round:#?}\n{stderr}");
            };
            let ends = line.starts_with("watching ") || line.starts_with("{\"type\":\"round\"");
            round.push(line);
            if ends {
                return round;
            }
        }
    }

    /// The round that ends like this, and not those before it: an edit may be seen in two parts.
    #[track_caller]
    fn rounds_until(&mut self, end: &str) -> Vec<String> {
        loop {
            let round = self.round();
            if round.last().unwrap().contains(end) {
                return round;
            }
        }
    }

    fn kill(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Sends a signal; the exit status and what was said on standard error.
    fn signal(mut self, signal: &str) -> (Option<i32>, String) {
        self.kill(signal);
        let status = self.child.wait().unwrap();
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (status.code(), stderr)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_change_is_named_and_only_what_it_changes_is_written() {
    let (mut watch, first) = Watch::new(&[]);
    let expected = ["created  gen/rust/levels.rs", "watching 1 schema: 1 file up to date, 1 written; Ctrl-C ends this"];
    assert_eq!(first, expected);
    watch.edit("schemas/levels.toml", "name = \"levels\"", "name = \"steps\"");
    let round = watch.rounds_until("1 written");
    assert_eq!(round[..3], ["", "changed  schemas/levels.toml", "updated  gen/rust/levels.rs"]);
    assert!(watch.generated().contains("steps"));
    // What does not matter to the output is a change all the same.
    watch.edit("schemas/levels.toml", "ringgen = 1", "# A comment.\nringgen = 1");
    let round = watch.rounds_until("1 file up to date");
    assert_eq!(round, ["", "changed  schemas/levels.toml", "watching 1 schema: 1 file up to date"]);
    assert_eq!(watch.signal("-INT"), (Some(0), String::new()));
}

#[test]
fn a_mistake_is_shown_and_mending_it_goes_on() {
    let (mut watch, _) = Watch::new(&[]);
    let before = watch.generated();
    watch.edit("schemas/levels.toml", "u8[DEPTH]", "usize[DEPTH]");
    let round = watch.rounds_until("1 finding, nothing written").join("\n");
    assert!(round.contains("error[R002]: `usize` has no fixed width"), "{round}");
    assert!(round.contains(" --> schemas/levels.toml:5:38") && round.contains("^^^^^"), "{round}");
    assert_eq!(watch.generated(), before);
    watch.edit("schemas/levels.toml", "usize[DEPTH]", "u16[DEPTH]");
    watch.rounds_until("1 file up to date, 1 written");
    assert!(watch.generated().contains("[u16; 2]"));
}

#[test]
fn an_editor_may_put_another_file_in_place_of_the_old_one() {
    let (mut watch, _) = Watch::new(&[]);
    for (index, length) in ["3", "4", "5"].into_iter().enumerate() {
        let new = LEVELS.replace("DEPTH", length);
        match index {
            // As vim, sed -i and most others do it, twice: the second file is another one again.
            0 | 1 => {
                fs::write(watch.at("schemas/.levels.toml.swp"), new).unwrap();
                fs::rename(watch.at("schemas/.levels.toml.swp"), watch.at("schemas/levels.toml")).unwrap();
            }
            // And with a backup.
            _ => {
                fs::rename(watch.at("schemas/levels.toml"), watch.at("schemas/levels.toml~")).unwrap();
                fs::write(watch.at("schemas/levels.toml"), new).unwrap();
            }
        }
        watch.rounds_until("1 file up to date, 1 written");
        assert!(watch.generated().contains(&format!("[u8; {length}]")));
    }
}

#[test]
fn edits_in_quick_succession_are_one_round() {
    let (mut watch, _) = Watch::new(&[]);
    // All of them are there when it looks again, however slow this machine is.
    watch.kill("-STOP");
    for length in 10..60 {
        fs::write(watch.at("schemas/levels.toml"), LEVELS.replace("DEPTH", &length.to_string())).unwrap();
    }
    watch.kill("-CONT");
    let mut rounds = 0;
    while !watch.generated().contains("[u8; 59]") {
        watch.round();
        rounds += 1;
    }
    assert!(rounds < 5, "{rounds} rounds for 50 edits");
}

#[test]
fn an_import_is_watched_where_it_lies_or_could_lie() {
    let (mut watch, _) = Watch::new(&[]);
    watch.edit("common/depth.toml", "= 2", "= 7");
    let round = watch.rounds_until("1 written");
    assert_eq!(round[1], "changed  common/depth.toml");
    assert!(watch.generated().contains("[u8; 7]"));
    // A file beside the schema comes before one in a folder given with -I.
    fs::write(watch.at("schemas/depth.toml"), DEPTH.replace("= 2", "= 9")).unwrap();
    let round = watch.rounds_until("2 written");
    assert!(round.contains(&"changed  schemas/depth.toml".to_string()), "{round:?}");
    assert!(watch.generated().contains("[u8; 9]"));
    fs::remove_file(watch.at("schemas/depth.toml")).unwrap();
    watch.rounds_until("1 written");
    assert!(watch.generated().contains("[u8; 7]"));
    // It goes, and its folder with it, and both come back.
    fs::rename(watch.at("common"), watch.at("elsewhere")).unwrap();
    let round = watch.rounds_until("nothing written").join("\n");
    assert!(round.contains("error[R039]"), "{round}");
    fs::rename(watch.at("elsewhere"), watch.at("common")).unwrap();
    watch.rounds_until("1 file up to date");
    watch.edit("common/depth.toml", "= 7", "= 8");
    watch.rounds_until("1 written");
    assert!(watch.generated().contains("[u8; 8]"));
}

#[test]
fn schemas_come_to_a_folder_and_leave_it() {
    let (mut watch, _) = Watch::new(&[]);
    let other = "ringgen = 1\npackage = \"other\"\n";
    fs::write(watch.at("schemas/other.toml"), other).unwrap();
    let round = watch.rounds_until("watching 2 schemas: 2 files up to date");
    assert!(round.contains(&"changed  schemas/other.toml".to_string()), "{round:?}");
    // What is no schema is none of its business; the next line is about what is.
    fs::write(watch.at("schemas/README.md"), "no schema").unwrap();
    fs::write(watch.at("schemas/.hidden.toml"), "no schema").unwrap();
    fs::remove_file(watch.at("schemas/other.toml")).unwrap();
    let round = watch.rounds_until("watching 1 schema: 1 file up to date");
    assert_eq!(round[1], "changed  schemas/other.toml");
    fs::remove_dir_all(watch.at("schemas")).unwrap();
    let round = watch.rounds_until("failed, nothing written").join("\n");
    assert!(round.contains("error: can't read `schemas`: "), "{round}");
    fs::create_dir(watch.at("schemas")).unwrap();
    fs::write(watch.at("schemas/levels.toml"), LEVELS).unwrap();
    watch.rounds_until("watching 1 schema: 1 file up to date");
}

#[test]
fn a_file_behind_a_link_is_watched_where_it_really_lies() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("real")).unwrap();
    fs::write(folder.path().join("real/levels.toml"), LEVELS.replace("DEPTH", "3").replace("import", "# import"))
        .unwrap();
    symlink("real/levels.toml", folder.path().join("levels.toml")).unwrap();
    let (mut watch, _) = Watch::start(folder, &["levels.toml"]);
    watch.edit("real/levels.toml", "u8[3]", "u8[4]");
    let round = watch.rounds_until("1 written");
    assert_eq!(round[1], "changed  levels.toml");
    // The link itself leads elsewhere.
    fs::write(watch.at("real/other.toml"), fs::read_to_string(watch.at("real/levels.toml")).unwrap().replace('4', "5"))
        .unwrap();
    symlink("real/other.toml", watch.at("link")).unwrap();
    fs::rename(watch.at("link"), watch.at("levels.toml")).unwrap();
    watch.rounds_until("1 written");
    assert!(watch.generated().contains("[u8; 5]"));
}

#[test]
fn programs_get_an_object_a_finding_and_one_a_round() {
    let (mut watch, first) = Watch::new(&["--message-format", "json"]);
    let parse = |line: &String| serde_json::from_str::<Value>(line).unwrap();
    let expected = serde_json::json!({
        "type": "round", "changed": [], "findings": 0, "files": 1, "written": ["gen/rust/levels.rs"], "failure": null,
    });
    assert_eq!(first.iter().map(parse).collect::<Vec<_>>(), [expected]);
    watch.edit("schemas/levels.toml", "u8[DEPTH]", "usize[DEPTH]");
    let objects: Vec<Value> = watch.rounds_until("\"findings\":1").iter().map(parse).collect();
    let [finding, round] = &objects[..] else { panic!("{objects:?}") };
    assert_eq!((&finding["type"], &finding["code"]), (&"finding".into(), &"R002".into()));
    assert_eq!((&round["changed"][0], &round["files"]), (&"schemas/levels.toml".into(), &0.into()));
    fs::remove_dir_all(watch.at("schemas")).unwrap();
    let last = parse(watch.rounds_until("can't read").last().unwrap());
    assert!(last["failure"].as_str().unwrap().starts_with("can't read `schemas`: "), "{last}");
    assert_eq!(watch.signal("-TERM"), (Some(0), String::new()));
}

#[test]
fn it_ends_when_nobody_listens() {
    let (mut watch, _) = Watch::new(&[]);
    // The reading end is closed with the thread that reads, at its next line.
    watch.lines = channel().1;
    watch.edit("schemas/levels.toml", "\"u8", "\"u16");
    for bits in [32, 16].into_iter().cycle().take(600) {
        if watch.child.try_wait().unwrap().is_some() {
            break;
        }
        fs::write(watch.at("schemas/levels.toml"), LEVELS.replace("u8", &format!("u{bits}"))).unwrap();
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(watch.child.try_wait().unwrap().is_some(), "it goes on");
    assert_eq!(watch.child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_is_not_there_from_the_start_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| Run::of(command(arguments).current_dir(&folder).output().unwrap());
    let error = run(&["watch", "no/such.toml", "--out", "gen"]).stderr_of(2);
    assert!(error.starts_with("error: can't read `no/such.toml`: "), "{error}");
    let error = run(&["watch", "."]).stderr_of(2);
    assert!(error.contains("--out <DIR>"), "{error}");
}
