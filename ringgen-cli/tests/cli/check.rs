//! `ringgen check`.

use std::fs;

use crate::support::{golden, ringgen};

#[test]
fn a_good_schema_is_summed_up_in_a_line() {
    let stdout = ringgen("check trade.toml").stdout_of(0);
    assert_eq!(stdout, "1 schema checked: 7 types, 2 rings, no findings\n");
}

#[test]
fn all_findings_of_all_files_come_in_one_run() {
    golden("check-findings.txt", &ringgen("check .").stdout_of(1));
}

#[test]
fn a_file_that_is_named_twice_is_checked_once() {
    let stdout = ringgen("check trade.toml ./trade.toml ../data/trade.toml").stdout_of(0);
    assert!(stdout.starts_with("1 schema checked"), "{stdout}");
}

#[test]
fn what_cannot_be_read_is_status_2() {
    let missing = ringgen("check missing.toml").stderr_of(2);
    assert_eq!(missing, "error: can't read `missing.toml`: No such file or directory (os error 2)\n");
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join(".hidden.toml"), "").unwrap();
    fs::create_dir(empty.path().join("folder.toml")).unwrap();
    let stderr = ringgen(&format!("check {}", empty.path().display())).stderr_of(2);
    assert!(stderr.starts_with("error: there is no schema in"), "{stderr}");
}

#[test]
fn a_file_that_is_no_text_is_a_finding_and_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("binary.toml");
    fs::write(&path, b"ringgen = 1\n\xff\xfe\x1b[2J").unwrap();
    let stdout = ringgen(&format!("check {}", path.display())).stdout_of(1);
    assert!(stdout.contains("R030"), "{stdout}");
    assert!(!stdout.contains('\u{1b}'), "no control character gets through: {stdout:?}");
}
