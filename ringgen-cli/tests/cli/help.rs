//! Help, version and wrong usage.

use crate::support::{golden, ringgen};

#[test]
fn help_of_every_command() {
    golden("help.txt", &ringgen("--help").stdout_of(0));
    for command in ["generate", "check", "layout", "explain", "inspect"] {
        golden(&format!("help-{command}.txt"), &ringgen(&format!("{command} --help")).stdout_of(0));
    }
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
    assert!(language.contains("python, rust, typescript"), "{language}");
}
