//! Colours where they are wanted, and a reader that leaves early.

use std::io::Read;
use std::process::Stdio;

use crate::support::{Run, command};

const ESCAPE: char = '\u{1b}';

/// Whether a piped run has colours, with these variables and arguments.
fn is_coloured(variables: &[(&str, &str)], line: &str) -> bool {
    let mut command = command(line.split_whitespace());
    command.envs(variables.iter().copied());
    let run = Run::of(command.output().unwrap());
    (run.stdout + &run.stderr).contains(ESCAPE)
}

#[test]
fn a_pipe_gets_colours_only_when_it_is_told_so() {
    let lines = ["layout trade.toml", "check wrong.toml", "explain R001", "--help", "explain nonsense", "nonsense"];
    for line in lines {
        assert!(!is_coloured(&[], line), "{line}");
        assert!(is_coloured(&[("CLICOLOR_FORCE", "1")], line), "{line}");
        assert!(is_coloured(&[], &format!("--color always {line}")), "{line}");
        assert!(is_coloured(&[("NO_COLOR", "1")], &format!("--color=always {line}")), "asked for by name: {line}");
        assert!(!is_coloured(&[("CLICOLOR_FORCE", "1")], &format!("--color never {line}")), "{line}");
    }
}

#[test]
fn json_is_never_coloured() {
    assert!(!is_coloured(&[], "--color always layout trade.toml --json"));
}

/// Runs a line in a terminal of its own, by util-linux's script.
fn in_a_terminal(variables: &str, line: &str) -> String {
    let shell = format!("{variables} {} {line}", env!("CARGO_BIN_EXE_ringgen"));
    let mut command = command([""; 0]);
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &shell, "/dev/null"]).current_dir(crate::support::data()).stdin(Stdio::null());
    for (name, value) in command.env("PAGER", "cat").get_envs() {
        match value {
            Some(value) => script.env(name, value),
            None => script.env_remove(name),
        };
    }
    String::from_utf8(script.output().expect("script (util-linux) is installed").stdout).unwrap()
}

#[test]
fn a_terminal_gets_colours_unless_it_does_not_want_them() {
    assert!(in_a_terminal("", "layout trade.toml").contains(ESCAPE));
    assert!(!in_a_terminal("NO_COLOR=1", "layout trade.toml").contains(ESCAPE));
    assert!(!in_a_terminal("TERM=dumb", "layout trade.toml").contains(ESCAPE));
    assert!(!in_a_terminal("", "layout trade.toml --color never").contains(ESCAPE));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child =
        command(["layout", "trade.toml", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut complaints = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
    assert_eq!((complaints.as_str(), child.wait().unwrap().code()), ("", Some(0)));
}

#[test]
fn a_full_disk_is_an_error() {
    let full = std::fs::File::create("/dev/full").unwrap();
    let run = Run::of(command(["explain"]).stdout(full).output().unwrap());
    assert_eq!(run.status, 2);
    assert!(run.stderr.starts_with("error: can't write the output: No space left"), "{}", run.stderr);
}
