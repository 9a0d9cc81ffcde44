//! `ringgen completions`: bash really completes, other shells get a script that knows every command.

use std::process::Command;

use crate::help::commands;
use crate::optional::optional_tool;
use crate::support::ringgen;

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

#[test]
fn every_shell_s_script_knows_every_command() {
    for shell in SHELLS {
        let script = ringgen(&format!("completions {shell}")).stdout_of(0);
        for command in commands() {
            assert!(script.contains(&command), "{shell} does not know {command}");
        }
        assert!(!script.contains('\u{1b}'), "{shell}");
    }
}

#[test]
fn shells_that_are_here_can_read_their_script() {
    let folder = tempfile::tempdir().unwrap();
    for (shell, is_required) in [("bash", true), ("zsh", false), ("fish", false)] {
        let path = folder.path().join(shell);
        std::fs::write(&path, ringgen(&format!("completions {shell}")).stdout_of(0)).unwrap();
        match Command::new(shell).arg("-n").arg(&path).output() {
            Ok(output) => {
                assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
                optional_tool(shell, Ok("reads the completions"));
            }
            Err(error) if !is_required => optional_tool(shell, Err(&error.to_string())),
            Err(error) => panic!("{shell}: {error}"),
        }
    }
}

#[test]
fn bash_completes_what_was_begun() {
    let all = complete("ringgen ");
    for command in commands() {
        assert!(all.contains(&command), "{command} is not in {all:?}");
    }
    assert_eq!(complete("ringgen ge"), ["generate"]);
    assert_eq!(complete("ringgen generate --ou"), ["--out"]);
    assert_eq!(complete("ringgen generate x.toml --lang "), ["c", "python", "rust", "typescript"]);
    assert_eq!(complete("ringgen completions z"), ["zsh"]);
    assert_eq!(complete("ringgen --color al"), ["always"]);
}

/// What bash offers for a line whose last word is being typed: it is asked as readline asks it.
fn complete(line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split(' ').collect();
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("completions");
    std::fs::write(&script, ringgen("completions bash").stdout_of(0)).unwrap();
    let ask = r#"
        source "$1"; shift
        COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        function_of() { complete -p ringgen | sed 's/.* -F \([^ ]*\) .*/\1/'; }
        "$(function_of)" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    let arguments = ["--norc", "-c", ask, "bash"];
    let output = Command::new("bash").args(arguments).arg(&script).args(&words).current_dir(&folder).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.is_empty(), "{line}: {error}");
    let mut offered: Vec<String> =
        String::from_utf8(output.stdout).unwrap().lines().filter(|line| !line.is_empty()).map(String::from).collect();
    offered.sort();
    offered
}
