//! The runtime under ThreadSanitizer and AddressSanitizer, and that both find the mistakes that they are there for.

mod common;

use std::process::Output;

use common::optional_tool;
use common::sanitizers::Sanitizer;

/// Runs a program as it is, then once with each mutant, which the sanitizer must report in these words.
fn check(sanitizer: Sanitizer, feature: &str, program: &str, last_line: &str, mutants: &[(&str, &str)]) {
    if let Err(why) = sanitizer.is_there() {
        return optional_tool(sanitizer.name(), Err(&why));
    }
    let built = sanitizer.build(feature, program);
    let run = |mutant: Option<&str>| -> Output {
        let rings = tempfile::Builder::new().prefix("ringgen-test-").tempdir_in("/dev/shm").unwrap();
        let mut command = sanitizer.command(&built);
        command.arg(rings.path());
        if let Some(mutant) = mutant {
            command.env("RINGGEN_MUTANT", mutant);
        }
        command.output().unwrap()
    };
    let output = run(None);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && !sanitizer.reports(&output), "{program}: {}\n{stdout}{stderr}", output.status);
    assert_eq!(stdout.lines().last(), Some(last_line), "{stdout}{stderr}");
    for (mutant, report) in mutants {
        let output = run(Some(mutant));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && sanitizer.reports(&output), "{mutant} is not found:\n{stderr}");
        assert!(stderr.contains(report), "{mutant} is found as something else:\n{stderr}");
    }
    optional_tool(sanitizer.name(), Ok(&format!("{last_line}, and {} mutants are found", mutants.len())));
}

#[test]
fn both_sides_of_one_mapping_are_ordered() {
    check(
        Sanitizer::Thread,
        "thread",
        "threads",
        "every message came, whole and in its order",
        &[("relaxed:push.cursor", "data race"), ("relaxed:pop.cursor", "data race")],
    );
}

#[test]
fn copies_stay_inside_of_slots_and_of_what_they_are_given() {
    check(
        Sanitizer::Address,
        "poison",
        "bounds",
        "nothing was read or written outside of its place",
        &[
            ("too-long:push.slot", "heap-buffer-overflow"),
            ("too-long:pop.slot", "use-after-poison"),
            ("next-slot", "use-after-poison"),
        ],
    );
}
