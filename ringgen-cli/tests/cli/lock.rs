//! `ringgen lock`, and what the other commands make of what it records.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::repository::Repository;
use crate::support::{Run, command, golden};

const DESK: &str = r#"ringgen = 1
package = "desk"
version = 1

[message.Order]
fields = [ { name = "id", type = "u64" }, { name = "_later", reserved = 8 } ]
"#;

const CLOCK: &str = r#"ringgen = 1
package = "clock"
version = 4

[struct.Stamp]
fields = [ { name = "ns", type = "i64" } ]
"#;

/// A folder with schemas, where the command is run.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.write("desk.toml", DESK);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn lock(&self) -> String {
        self.read("ringgen.lock")
    }

    /// Changes a schema.
    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{text}");
        self.write(name, &text.replace(from, to));
    }

    fn run(&self, line: &str) -> Run {
        Run::of(command(line.split_whitespace()).current_dir(self.0.path()).output().unwrap())
    }
}

#[test]
fn a_version_is_recorded_once() {
    let desk = Desk::new();
    let stdout = desk.run("lock desk.toml").stdout_of(0);
    assert_eq!(stdout, "recorded   desk 1\ncreated    ringgen.lock\n");
    golden("ringgen.lock", &desk.lock());
    let identity = || fs::metadata(desk.path("ringgen.lock")).unwrap().ino();
    let before = identity();
    assert_eq!(desk.run("lock .").stdout_of(0), "1 version recorded already\n");
    assert_eq!(identity(), before, "a file that is right is not written");
}

#[test]
fn a_lock_holds_every_package_of_a_folder_whatever_their_order() {
    let desk = Desk::new();
    desk.write("clock.toml", CLOCK);
    desk.run("lock desk.toml clock.toml").stdout_of(0);
    let both = desk.lock();
    fs::remove_file(desk.path("ringgen.lock")).unwrap();
    desk.run("lock clock.toml").stdout_of(0);
    let stdout = desk.run("lock .").stdout_of(0);
    assert_eq!(stdout, "recorded   desk 1\nupdated    ./ringgen.lock\n1 version recorded already\n");
    assert_eq!(desk.lock(), both);
    fs::remove_file(desk.path("ringgen.lock")).unwrap();
    desk.run("lock ./clock.toml desk.toml").stdout_of(0);
    assert_eq!(desk.lock(), both, "a folder is one, however it is named");
    // A package whose schema is gone stays.
    fs::remove_file(desk.path("clock.toml")).unwrap();
    desk.edit("desk.toml", "version = 1", "version = 2");
    desk.run("lock .").stdout_of(0);
    assert!(desk.lock().contains("package clock 4\n"), "{}", desk.lock());
}

#[test]
fn each_folder_has_a_lock_of_its_own() {
    let desk = Desk::new();
    desk.write("common/clock.toml", CLOCK);
    let stdout = desk.run("lock . common").stdout_of(0);
    let desks = "recorded   desk 1\ncreated    ./ringgen.lock\n";
    assert_eq!(stdout, format!("{desks}recorded   clock 4\ncreated    common/ringgen.lock\n"));
    assert!(!desk.lock().contains("clock") && desk.read("common/ringgen.lock").contains("package clock 4\n"));
}

/// The layout of a message is that of what it is made of, wherever that is declared.
#[test]
fn what_is_imported_is_recorded_with_those_that_are_made_of_it() {
    let desk = Desk::new();
    desk.write("common/clock.toml", CLOCK);
    desk.edit("desk.toml", "version = 1", "version = 1\nimport = [\"common/clock.toml\"]");
    desk.edit("desk.toml", "type = \"u64\"", "type = \"Stamp\"");
    desk.run("lock desk.toml").stdout_of(0);
    assert!(desk.lock().contains("\nstruct Stamp 8 8\n  0 8 i64 - ns\n"), "{}", desk.lock());
    desk.edit("common/clock.toml", "i64", "u64");
    desk.edit("common/clock.toml", "version = 4", "version = 5");
    let stdout = desk.run("check desk.toml").stdout_of(1);
    golden("lock-imported.txt", &stdout);
}

#[test]
fn a_check_for_ci_writes_nothing_and_says_what_is_missing() {
    let desk = Desk::new();
    desk.write("clock.toml", CLOCK);
    desk.run("lock clock.toml").stdout_of(0);
    let before = desk.lock();
    let stdout = desk.run("lock . --check").stdout_of(1);
    let missing = "missing  desk 1 in ./ringgen.lock\n1 of 2 versions not recorded\n\
                   help: run it without --check, and commit ringgen.lock\n";
    assert_eq!(stdout, missing);
    assert_eq!(desk.lock(), before);
    desk.run("lock .").stdout_of(0);
    assert_eq!(desk.run("lock . --check").stdout_of(0), "2 versions recorded\n");
    desk.edit("desk.toml", "reserved = 8", "reserved = 16");
    let stderr = desk.run("lock . --check").stderr_of(1);
    assert!(stderr.contains("R011") && stderr.ends_with("1 finding; nothing was compared\n"), "{stderr}");
}

#[test]
fn a_recorded_version_is_closed_for_every_command_that_makes_something_of_it() {
    let desk = Desk::new();
    desk.run("lock .").stdout_of(0);
    let before = desk.lock();
    desk.edit("desk.toml", "{ name = \"_later\", reserved = 8 }", "{ name = \"price\", type = \"f64\" }");
    golden("lock-check.txt", &desk.run("check .").stdout_of(1));
    let stderr = desk.run("lock .").stderr_of(1);
    assert!(stderr.contains("error[R011]") && stderr.ends_with("1 finding; nothing was recorded\n"), "{stderr}");
    let stderr = desk.run("generate . --out gen").stderr_of(1);
    assert!(stderr.contains("error[R011]") && stderr.contains("nothing was written"), "{stderr}");
    assert!(!desk.path("gen").exists());
    let json = desk.run("check . --message-format json").stdout_of(1);
    let finding: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(finding["code"], "R011");
    assert_eq!((finding["file"].as_str(), finding["line"].as_u64()), (Some("./desk.toml"), Some(6)));
    // A picture of it may be drawn all the more.
    assert!(desk.run("layout desk.toml").stdout_of(0).contains("price"));
    assert_eq!(desk.lock(), before);

    desk.edit("desk.toml", "version = 1", "version = 2");
    desk.run("check .").stdout_of(0);
    desk.run("generate . --out gen").stdout_of(0);
    assert_eq!(desk.run("lock .").stdout_of(0), "recorded   desk 2\nupdated    ./ringgen.lock\n");
    assert!(desk.lock().starts_with(&before), "what was recorded stays as it was");
}

#[test]
fn a_version_that_nobody_has_yet_is_recorded_anew() {
    let desk = Desk::new();
    desk.run("lock .").stdout_of(0);
    let first = desk.lock();
    desk.edit("desk.toml", "version = 1", "version = 2");
    desk.edit("desk.toml", "reserved = 8", "reserved = 16");
    desk.run("lock .").stdout_of(0);
    desk.edit("desk.toml", "reserved = 16", "reserved = 24");
    desk.run("lock .").stderr_of(1);
    let stdout = desk.run("lock . --unreleased").stdout_of(0);
    assert_eq!(stdout, "recorded   desk 2, anew\nupdated    ./ringgen.lock\n");
    assert!(desk.lock().contains("8 24 reserved") && !desk.lock().contains("8 16 reserved"), "{}", desk.lock());

    // The change is taken back.
    desk.edit("desk.toml", "version = 2", "version = 1");
    desk.edit("desk.toml", "reserved = 24", "reserved = 8");
    let stdout = desk.run("check .").stdout_of(1);
    assert!(
        stdout.contains("error[R009]: version 1 is behind version 2") && stdout.contains("--unreleased"),
        "{stdout}"
    );
    desk.run("lock .").stderr_of(1);
    let stdout = desk.run("lock . --unreleased").stdout_of(0);
    assert_eq!(stdout, "recorded   desk 1\nforgotten  desk 2\nupdated    ./ringgen.lock\n");
    assert_eq!(desk.lock(), first);
}

#[test]
fn a_version_with_another_one_behind_it_is_never_recorded_anew() {
    let desk = Desk::new();
    desk.run("lock .").stdout_of(0);
    desk.edit("desk.toml", "version = 1", "version = 2");
    desk.run("lock .").stdout_of(0);
    let before = desk.lock();
    desk.edit("desk.toml", "version = 2", "version = 1");
    desk.edit("desk.toml", "reserved = 8", "reserved = 16");
    let stderr = desk.run("lock . --unreleased").stderr_of(1);
    assert!(stderr.contains("R009") && stderr.contains("R011") && !stderr.contains("--unreleased"), "{stderr}");
    assert_eq!(desk.lock(), before);
}

#[test]
fn a_mistake_anywhere_and_nothing_is_recorded() {
    let desk = Desk::new();
    desk.write("clock.toml", &CLOCK.replace("i64", "String"));
    let stderr = desk.run("lock .").stderr_of(1);
    assert!(stderr.contains("R001") && stderr.ends_with("1 finding; nothing was recorded\n"), "{stderr}");
    assert!(!desk.path("ringgen.lock").exists());
    desk.write("clock.toml", &CLOCK.replace("\"clock\"", "\"desk\""));
    let stderr = desk.run("lock .").stderr_of(2);
    assert!(stderr.contains("are both called `desk`"), "{stderr}");
    assert!(!desk.path("ringgen.lock").exists());
}

#[test]
fn a_lock_that_cannot_be_read_is_a_finding_and_stays_as_it_is() {
    let desk = Desk::new();
    desk.run("lock .").stdout_of(0);
    let broken = desk.lock().replace("0 8 u64 - id", "0 8 u46 - id");
    desk.write("ringgen.lock", &broken);
    let stdout = desk.run("check .").stdout_of(1);
    assert!(stdout.contains("error[R043]: `u46` is not a type\n --> ringgen.lock:8:7"), "{stdout}");
    for line in ["lock .", "lock . --unreleased", "lock . --check", "generate . --out gen", "layout desk.toml"] {
        assert!(desk.run(line).stderr_of(1).contains("R043"), "{line}");
    }
    assert_eq!(desk.lock(), broken);
    fs::remove_file(desk.path("ringgen.lock")).unwrap();
    fs::create_dir(desk.path("ringgen.lock")).unwrap();
    let stdout = desk.run("check .").stdout_of(1);
    assert!(stdout.contains("error[R043]: ringgen.lock can't be read"), "{stdout}");
}

#[test]
fn a_rust_file_is_recorded_by_the_version_that_it_states() {
    let desk = Desk::new();
    let rust = "#[derive(Clone, Copy, RingMessage)]\n#[repr(C)]\nstruct Order { id: u64 }\n";
    desk.write("orders.rs", rust);
    let stderr = desk.run("lock orders.rs").stderr_of(2);
    assert!(stderr.contains("`orders.rs` has no version to record") && stderr.contains("#[ring(package"), "{stderr}");
    let stated = rust.replace("#[repr(C)]", "#[ring(package = \"orders\", version = 2)]\n#[repr(C)]");
    desk.write("orders.rs", &stated);
    assert_eq!(desk.run("lock orders.rs").stdout_of(0), "recorded   orders 2\ncreated    ringgen.lock\n");
    desk.write("orders.rs", &stated.replace("u64", "i64"));
    let stdout = desk.run("check orders.rs").stdout_of(1);
    assert!(stdout.contains("error[R011]: `Order` is not as version 2 is recorded\n --> orders.rs:4:16"), "{stdout}");
}

/// Two branches, each with a version of another package: git merges what they record by itself.
#[test]
fn versions_of_two_packages_merge_without_a_conflict() {
    let (repository, run) = two_branches(
        ("desk.toml", "version = 1", "version = 2\ndoc = \"Two.\""),
        ("clock.toml", "version = 4", "version = 5"),
    );
    repository.git("merge -q orders -m both").expect("no conflict");
    assert_eq!(run("lock . --check").stdout_of(0), "2 versions recorded\n");
    let lock = fs::read_to_string(repository.path("ringgen.lock")).unwrap();
    assert!(lock.contains("package desk 2\n") && lock.contains("package clock 5\n"), "{lock}");
}

/// Two branches that both made a version of their own: the conflict is told, and settled by recording what came of it.
#[test]
fn a_conflict_in_a_lock_is_told_and_settled() {
    let (repository, run) = two_branches(
        ("desk.toml", "version = 1", "version = 2\n[message.A]\nfields = [ { name = \"a\", type = \"u8\" } ]\n"),
        ("desk.toml", "version = 1", "version = 2\n[message.B]\nfields = [ { name = \"b\", type = \"u8\" } ]\n"),
    );
    repository.git("merge -q orders -m both").expect_err("a conflict");
    let both = "version = 2\n[message.A]\nfields = [ { name = \"a\", type = \"u8\" } ]\n\
                [message.B]\nfields = [ { name = \"b\", type = \"u8\" } ]\n";
    fs::write(repository.path("desk.toml"), DESK.replace("version = 1\n", both)).unwrap();
    let stdout = run("check .").stdout_of(1);
    assert!(stdout.contains("error[R043]: this conflict is not settled"), "{stdout}");
    repository.git("checkout -q --ours ringgen.lock").unwrap();
    run("lock .").stderr_of(1);
    run("lock . --unreleased").stdout_of(0);
    assert_eq!(run("lock . --check").stdout_of(0), "2 versions recorded\n");
}

/// A repository in which two branches changed a file each, and recorded it.
fn two_branches(here: (&str, &str, &str), there: (&str, &str, &str)) -> (Repository, impl Fn(&str) -> Run) {
    let repository = Repository::new();
    repository.commit("desk.toml", DESK);
    repository.commit("clock.toml", CLOCK);
    let root: PathBuf = repository.path("");
    let run = move |line: &str| Run::of(command(line.split_whitespace()).current_dir(&root).output().unwrap());
    let change = |(file, from, to): (&str, &str, &str)| {
        let path: &Path = &repository.path(file);
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, text.replace(from, to)).unwrap();
        run("lock .").stdout_of(0);
        repository.git("add .").unwrap();
        repository.git("commit -qm change").unwrap();
    };
    run("lock .").stdout_of(0);
    repository.git("add .").unwrap();
    repository.git("commit -qm first").unwrap();
    repository.git("checkout -qb orders").unwrap();
    change(there);
    repository.git("checkout -q -").unwrap();
    change(here);
    (repository, run)
}
