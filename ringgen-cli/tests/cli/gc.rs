//! `ringgen gc`: what goes, what stays, and what is said of it.

use std::fs;
use std::path::Path;

use ringgen::RingOptions;
use serde_json::{Value, json};

use crate::inspect::{Market, make_stale};
use crate::market::Trade;
use crate::support::{Run, command};

/// A folder with a live ring, a stale one, an idle one, a half-made one and a file that is none.
fn folder() -> (tempfile::TempDir, Market) {
    let folder = tempfile::tempdir().unwrap();
    let market = Market::new(folder.path());
    let rings = folder.path().join("rings");
    for name in ["market.idle", "market.old"] {
        RingOptions::new().capacity(64).dir(&rings).create::<Trade>(name).unwrap();
    }
    make_stale(&rings.join("market.old"));
    fs::write(rings.join("notes"), "no ring").unwrap();
    fs::write(rings.join(".ringgen.4711.0123456789abcdef"), "").unwrap();
    (folder, market)
}

fn gc(folder: &Path, line: &str) -> Run {
    let mut command = command(["gc"]);
    command.args(line.split_whitespace()).env("RINGGEN_DIR", folder.join("rings"));
    Run::of(command.output().unwrap())
}

fn entries(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder.join("rings")).unwrap();
    let mut names: Vec<String> = names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_nobody_can_use_goes_and_each_file_has_its_reason() {
    let (folder, _market) = folder();
    let me = std::process::id();
    let table = |verb: &str| {
        format!(
            "\
{verb}  .ringgen.4711.0123456789abcdef      0 B  its creator died before it was finished
{kept}  market.idle                      16 KiB  nobody is on it; --idle removes it
{verb}  market.old                       16 KiB  made before this machine last started
{kept}  market.trades                   172 KiB  its producer is process {me}
{kept}  notes                               7 B  no usable ring: it has 7 bytes and its header states 512

{verb} 2 of 5 files, 16 KiB
",
            kept = format_args!("{:width$}", "kept", width = verb.len()),
        )
    };
    let before = entries(folder.path());
    assert_eq!(gc(folder.path(), "--dry-run").stdout_of(0), table("would remove"));
    assert_eq!(entries(folder.path()), before);
    assert_eq!(gc(folder.path(), "").stdout_of(0), table("removed"));
    assert_eq!(entries(folder.path()), ["market.idle", "market.trades", "notes"]);
    assert!(gc(folder.path(), "--idle").stdout_of(0).contains("removed  market.idle"));
    assert_eq!(entries(folder.path()), ["market.trades", "notes"]);
}

#[test]
fn programs_get_the_same_as_json() {
    let (folder, market) = folder();
    let text = gc(folder.path(), "--json --dry-run").stdout_of(0);
    let files: Vec<Value> = serde_json::from_str(&text).unwrap();
    let facts = |file: &Value| {
        let path = file["path"].as_str().unwrap();
        (path.rsplit('/').next().unwrap().to_owned(), file["state"].clone(), file["removed"].clone())
    };
    let expected = [
        (".ringgen.4711.0123456789abcdef", "unfinished", true),
        ("market.idle", "idle", false),
        ("market.old", "stale", true),
        ("market.trades", "held", false),
        ("notes", "unusable", false),
    ];
    let expected = expected.map(|(name, state, removed)| (name.to_owned(), json!(state), json!(removed)));
    assert_eq!(files.iter().map(facts).collect::<Vec<_>>(), expected);
    assert_eq!((&files[3]["role"], &files[3]["pid"]), (&json!("producer"), &json!(std::process::id())));
    assert_eq!(files[3]["bytes"], fs::metadata(market.ring.path()).unwrap().len());
    assert_eq!(files[1]["unread"], 0);
    assert!(files[1].get("role").is_none() && files[3].get("unread").is_none(), "{text}");
}

#[test]
fn rings_that_are_named_are_all_that_is_looked_at() {
    let (folder, market) = folder();
    let path = market.ring.path().display().to_string();
    let table = gc(folder.path(), &format!("--idle market.idle {path}")).stdout_of(0);
    assert!(table.contains("removed  market.idle") && table.contains("kept     market.trades"), "{table}");
    assert_eq!(entries(folder.path()).len(), 4);
    let missing = gc(folder.path(), "market.idle market.old");
    assert_eq!(missing.status, 2);
    assert!(missing.stdout.contains("removed  market.old"), "the others are looked at: {}", missing.stdout);
    assert!(
        missing.stderr.contains("there is no ring at")
            && missing.stderr.contains("help: there is market.old, market.trades")
    );
}

#[test]
fn a_directory_without_rings_is_fine_and_one_of_strangers_is_not() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(gc(folder.path(), "").stdout_of(0), "there are no rings\n");
    fs::create_dir(folder.path().join("rings")).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    fs::set_permissions(folder.path().join("rings"), open).unwrap();
    let refused = gc(folder.path(), "").stderr_of(2);
    assert!(refused.contains("others may write to it (mode 0777)"), "{refused}");
    let other = gc(folder.path(), "--dir /no/such/folder").stdout_of(0);
    assert_eq!(other, "there are no rings\n");
}
