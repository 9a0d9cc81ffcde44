//! Help, version and wrong usage.

use crate::support::{golden, ringgen};

#[test]
fn help_of_every_command() {
    golden("help.txt", &ringgen("--help").stdout_of(0));
    for command in commands() {
        golden(&format!("help-{command}.txt"), &ringgen(&format!("{command} --help")).stdout_of(0));
    }
}

/// Every command, as the help lists them.
pub(crate) fn commands() -> Vec<String> {
    let help = ringgen("--help").stdout_of(0);
    let list = help.split_once("Commands:\n").expect("the help lists commands").1;
    let lines = list.lines().take_while(|line| !line.is_empty());
    let commands: Vec<String> = lines.filter_map(|line| line.split_whitespace().next()).map(String::from).collect();
    assert!(commands.len() > 8, "{help}");
    commands
}

#[test]
fn the_version_is_the_package_s() {
    assert_eq!(ringgen("--version").stdout_of(0), format!("ringgen {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_is_status_2_and_says_what_is_right() {
    let nothing = ringgen("").stderr_of(2);
    assert!(nothing.contains("Usage: ringgen"), "{nothing}");
    let misspelt = ringgen("layuot trade.toml").stderr_of(2);
    assert!(misspelt.contains("'layout'"), "{misspelt}");
    let missing = ringgen("generate trade.toml").stderr_of(2);
    assert!(missing.contains("--out <DIR>"), "{missing}");
    let language = ringgen("generate trade.toml --out x --lang cobol").stderr_of(2);
    assert!(language.contains("c, python, rust, typescript"), "{language}");
}
