//! docs/cli.md and docs/evolution.md say what the binary really prints.
//!
//! Every block that is fenced as `console` is run, in one folder, in the order of the page: lines that begin with
//! `$` are typed into a shell, and so are those behind them that begin with `>`; the others are what it says. In a
//! block fenced as `console live`, numbers may differ. In one fenced as `console watch`, the first command goes on while
//! the others are typed, and what it says to each stands behind it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::inspect::Market;
use crate::support::{command, diff, is_blessing};

#[test]
fn the_page_on_the_command_line_is_true() {
    let page = run_page("docs/cli.md");
    assert!(page.contains("```console live\n$ ringgen inspect"), "the page has its blocks");
}

#[test]
fn the_page_on_evolution_is_true() {
    let page = run_page("docs/evolution.md");
    assert!(page.contains("$ ringgen lock") && page.contains("$ ringgen diff"), "the page has its blocks");
}

/// Runs the blocks of a page, and compares; the page.
fn run_page(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = root.join(name);
    let written = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{name}: {error}"));
    let session = Session::new(&root);
    let mut actual = String::new();
    let mut rest = written.as_str();
    while let Some((before, fence, block, after)) = next_block(rest) {
        let printed = if fence == "console watch" { session.watch(block) } else { session.run(block) };
        let is_same =
            if fence == "console live" { unnumbered(&printed) == unnumbered(block) } else { printed == block };
        actual.push_str(before);
        actual.push_str(if is_same { block } else { &printed });
        rest = after;
    }
    actual.push_str(rest);
    if is_blessing() {
        fs::write(&page, &actual).unwrap_or_else(|error| panic!("{name}: {error}"));
    } else {
        let differences = diff(&written, &actual);
        assert!(written == actual, "{name} differs; RINGGEN_BLESS=1 accepts it\n{differences}");
    }
    actual
}

/// The text before the next block's contents, how it is fenced, its contents, and the text from its end on.
fn next_block(text: &str) -> Option<(&str, &str, &str, &str)> {
    let fence = text.find("```console")?;
    let start = fence + text[fence..].find('\n')? + 1;
    let end = start + text[start..].find("```\n")?;
    Some((&text[..start], text[fence + 3..start].trim_end(), &text[start..end], &text[end..]))
}

/// Numbers as `0` and blanks as one, so that what changes from run to run looks the same.
fn unnumbered(text: &str) -> String {
    let mut same = String::new();
    for character in text.replace("just now", "0 seconds ago").chars() {
        let character = if character.is_ascii_digit() { '0' } else { character };
        if !(matches!(character, '0' | ' ') && same.ends_with(character)) {
            same.push(character);
        }
    }
    same
}

/// A folder with the schemas of the repository, and a live ring.
struct Session {
    folder: TempDir,
    path: PathBuf,
    _market: Market,
}

impl Session {
    fn new(root: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let schemas = folder.path().join("schemas");
        fs::create_dir(&schemas).unwrap();
        for entry in fs::read_dir(root.join("schemas")).unwrap() {
            let from = entry.unwrap().path();
            if from.extension().is_some_and(|extension| extension == "toml") {
                fs::copy(&from, schemas.join(from.file_name().unwrap())).unwrap();
            }
        }
        let binary = Path::new(env!("CARGO_BIN_EXE_ringgen")).parent().unwrap();
        let inherited = std::env::var("PATH").unwrap_or_default();
        let path = PathBuf::from(format!("{}:{inherited}", binary.display()));
        let market = Market::new(folder.path());
        Session { folder, path, _market: market }
    }

    /// What the first command of a block says, from the start and to each of the others.
    fn watch(&self, block: &str) -> String {
        let mut typed = block.lines().filter_map(|line| line.strip_prefix("$ "));
        let first = typed.next().expect("a block has a command");
        let mut shell = self.shell(&format!("exec {first}"));
        let mut watch = shell.stdout(Stdio::piped()).spawn().expect("there is a shell");
        let mut lines = BufReader::new(watch.stdout.take().expect("it is piped")).lines();
        let mut shown = format!("$ {first}\n");
        loop {
            for line in lines.by_ref() {
                let line = line.expect("output is UTF-8");
                shown.push_str(&format!("{line}\n"));
                if line.starts_with("watching ") {
                    break;
                }
            }
            let Some(command) = typed.next() else { break };
            shown.push_str(&format!("$ {command}\n"));
            assert!(self.shell(command).status().expect("there is a shell").success(), "{command}");
        }
        self.shell(&format!("kill -INT {}", watch.id())).status().expect("there is a shell");
        assert!(watch.wait().expect("it ends").success());
        shown
    }

    /// A shell in the folder of the session, about to run this.
    fn shell(&self, typed: &str) -> Command {
        let mut shell = Command::new("sh");
        for (name, value) in command([""; 0]).get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.env("PATH", &self.path).env("RINGGEN_DIR", self.folder.path().join("rings"));
        shell.args(["-c", typed]).current_dir(self.folder.path());
        shell
    }

    /// What a terminal shows once the commands of a block have been typed.
    fn run(&self, block: &str) -> String {
        let mut shown = String::new();
        let mut lines = block.lines().peekable();
        while let Some(line) = lines.next() {
            let Some(first) = line.strip_prefix("$ ") else { continue };
            let mut typed = first.to_owned();
            shown.push_str(&format!("{line}\n"));
            while let Some(line) = lines.next_if(|line| line.starts_with('>')) {
                typed.push('\n');
                typed.push_str(line.strip_prefix("> ").unwrap_or_default());
                shown.push_str(&format!("{line}\n"));
            }
            let output = self.shell(&format!("{{ {typed}\n}} 2>&1")).output();
            let printed = String::from_utf8(output.expect("there is a shell").stdout).expect("output is UTF-8");
            let printed = printed.replace(&self.folder.path().display().to_string(), "/home/you");
            shown.push_str(&printed);
        }
        shown
    }
}
