//! `ringgen diff`.

use std::fs;

use crate::repository::Repository;
use crate::support::{Run, command, data, golden, ringgen};

const MARKET: &str = r#"ringgen = 1
package = "market"
version = 1
import = ["common/clock.toml"]

[message.Trade]
fields = [ { name = "at", type = "Stamp" }, { name = "price", type = "f64" } ]

[ring.trades]
message  = "Trade"
capacity = 16
"#;

const CLOCK: &str = r#"ringgen = 1
package = "clock"

[struct.Stamp]
fields = [ { name = "ns", type = "i64" } ]
"#;

/// A repository with a schema that imports another, both committed.
fn market() -> Repository {
    let repository = Repository::new();
    repository.write("schemas/common/clock.toml", CLOCK);
    repository.commit("schemas/market.toml", MARKET);
    repository
}

fn evolution(line: &str) -> Run {
    Run::of(command(line.split_whitespace()).current_dir(data().join("evolution")).output().unwrap())
}

#[test]
fn changes_are_told_by_what_they_are_changes_of() {
    golden("diff.txt", &evolution("diff old.toml new.toml").stdout_of(1));
    golden("diff-back.txt", &evolution("diff new.toml old.toml").stdout_of(1));
}

#[test]
fn changes_are_told_to_programs() {
    let stdout = evolution("diff old.toml new.toml --json").stdout_of(1);
    golden("diff.json", &stdout);
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((json["class"].as_str(), json["needs_version"].as_bool()), (Some("layout-breaking"), Some(true)));
    assert_eq!(json["problems"].as_array().map(Vec::len), Some(2));
    let nothing = evolution("diff old.toml old.toml --json").stdout_of(0);
    let nothing: serde_json::Value = serde_json::from_str(&nothing).unwrap();
    assert!(nothing["class"].is_null() && nothing["changes"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn nothing_changed_in_a_file_that_is_the_same() {
    let stdout = evolution("diff old.toml ./old.toml").stdout_of(0);
    assert_eq!(stdout, "trading  version 3\n- old.toml\n+ ./old.toml\n\nnothing changed\n");
}

/// The status is about what the version says, not about how much changed.
#[test]
fn the_status_says_whether_the_version_owns_up_to_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let diff = |from: &str, to: &str| {
        write("old.toml", CLOCK);
        write("new.toml", &CLOCK.replace("package", "version = 1\npackage").replace(from, to));
        Run::of(command(["diff", "old.toml", "new.toml"]).current_dir(folder.path()).output().unwrap())
    };
    let note = "type = \"i64\", doc = \"When.\" }";
    assert!(diff("type = \"i64\" }", note).stdout_of(0).contains("1 change: 1 compatible"));
    for (from, to) in [
        ("\"i64\"", "\"u64\""),
        ("name = \"ns\"", "name = \"nanos\", was = \"ns\""),
        ("type = \"i64\"", "type = \"i64\", range = [0, 9]"),
        ("[struct.Stamp]", "[enum.New]\nrepr = \"u8\"\nvalues = [ { name = \"A\", value = 1 } ]\n[struct.Stamp]"),
    ] {
        let stdout = diff(from, to).stdout_of(1);
        assert!(
            stdout.contains("error: it is version 1 still") && stdout.contains("help: write `version = 2`"),
            "{stdout}"
        );
        write("new.toml", &CLOCK.replace("package", "version = 2\npackage").replace(from, to));
        let raised = Run::of(command(["diff", "old.toml", "new.toml"]).current_dir(folder.path()).output().unwrap());
        assert!(!raised.stdout_of(0).contains("error"));
    }
    write("old.toml", &CLOCK.replace("package", "version = 2\npackage"));
    write("new.toml", CLOCK);
    let lowered = Run::of(command(["diff", "old.toml", "new.toml"]).current_dir(folder.path()).output().unwrap());
    let stdout = lowered.stdout_of(1);
    assert!(
        stdout.contains("error: version 1 is behind version 2, which it is to follow\n --> new.toml:2:12"),
        "{stdout}"
    );
}

#[test]
fn a_version_is_a_file_of_any_revision_with_what_it_imports_there() {
    let repository = market();
    // In the working tree alone.
    repository.write("schemas/common/clock.toml", &CLOCK.replace("i64", "u64"));
    repository.write("schemas/market.toml", &MARKET.replace("version = 1", "version = 2"));
    let stdout = repository.ringgen("", "diff HEAD:schemas/market.toml schemas/market.toml").stdout_of(0);
    golden("diff-revision.txt", &stdout);
    // From here, whatever folder that is; `..` too; as it is staged; in two revisions.
    let here = repository.ringgen("schemas", "diff HEAD:./market.toml market.toml").stdout_of(0);
    assert_eq!(here, stdout.replace("+ schemas/", "+ ").replace("  schemas/", "  "));
    repository.ringgen("schemas/common", "diff HEAD:../market.toml ../market.toml").stdout_of(0);
    let staged = repository.ringgen("", "diff :schemas/market.toml schemas/market.toml").stdout_of(0);
    assert_eq!(staged, stdout.replace("HEAD:", ":"));
    repository.git("add .").unwrap();
    let staged = repository.ringgen("", "diff :schemas/market.toml schemas/market.toml").stdout_of(0);
    assert!(staged.ends_with("\nnothing changed\n"), "{staged}");
    repository.git("commit -qm second").unwrap();
    repository.git("tag v2").unwrap();
    let both = repository.ringgen("", "diff HEAD~1:schemas/market.toml v2:schemas/market.toml").stdout_of(0);
    assert!(both.contains("- ns: i64 at 0  HEAD~1:schemas/common/clock.toml:5"), "{both}");
    assert!(both.contains("+ ns: u64 at 0  v2:schemas/common/clock.toml:5"), "{both}");
    // A working tree is not asked for.
    fs::remove_dir_all(repository.path("schemas")).unwrap();
    let gone = repository.ringgen("", "diff HEAD~1:schemas/market.toml v2:schemas/market.toml").stdout_of(0);
    assert_eq!(gone, both);
}

#[test]
fn folders_of_imports_are_those_of_the_revision() {
    let repository = Repository::new();
    let market = MARKET.replace("common/clock.toml", "clock.toml");
    repository.write("common/clock.toml", CLOCK);
    repository.commit("schemas/market.toml", &market);
    repository.write("common/clock.toml", &CLOCK.replace("i64", "u64"));
    let absolute = repository.path("common").display().to_string();
    for folder in ["../common", &absolute] {
        let line = format!("diff HEAD:./market.toml market.toml -I {folder}");
        let stdout = repository.ringgen("schemas", &line).stdout_of(1);
        assert!(stdout.contains("- ns: i64 at 0  HEAD:common/clock.toml:5"), "{stdout}");
    }
    // Outside of the repository there are no revisions.
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("clock.toml"), CLOCK).unwrap();
    let line = format!("diff HEAD:./market.toml market.toml -I {}", outside.path().display());
    repository.ringgen("schemas", &line).stdout_of(0);
}

/// What was reserved once allows a field in front of older ones: by the lock of the same revision.
#[test]
fn a_revision_is_read_with_its_own_lock() {
    let repository = Repository::new();
    let fields = |middle: &str| {
        format!(
            "ringgen = 1\npackage = \"desk\"\nversion = 1\n[message.Order]\nfields = [\n  \
             {{ name = \"id\", type = \"u64\" }},\n  {middle},\n  {{ name = \"side\", type = \"u64\" }},\n]\n"
        )
    };
    repository.write("desk.toml", &fields("{ name = \"_later\", reserved = 8 }"));
    repository.ringgen("", "lock desk.toml").stdout_of(0);
    let second = fields("{ name = \"price\", type = \"f64\", since = 2 }").replace("version = 1", "version = 2");
    repository.commit("desk.toml", &second);
    fs::remove_file(repository.path("ringgen.lock")).unwrap();
    repository.write("desk.toml", &fields("{ name = \"_later\", reserved = 8 }").replace("version = 1", "version = 3"));
    let stdout = repository.ringgen("", "diff HEAD:desk.toml desk.toml").stdout_of(0);
    assert!(stdout.contains("field-becomes-reserved  price"), "{stdout}");
}

#[test]
fn what_git_does_not_know_is_told() {
    let repository = market();
    let fails = |line: &str| repository.ringgen("schemas", line).stderr_of(2);
    let unknown = fails("diff nowhere:market.toml market.toml");
    assert!(unknown.starts_with("error: there is no revision `nowhere`, and no file of that name\n"), "{unknown}");
    let option = fails("diff -- --all:market.toml market.toml");
    assert!(option.starts_with("error: there is no revision `--all`"), "{option}");
    let missing = fails("diff HEAD:market.toml market.toml");
    assert_eq!(
        missing,
        "error: there is no `market.toml` in `HEAD`\n\
         help: paths begin at the top of the repository: `HEAD:schemas/market.toml`\n\
         help: or here, with `./` in front: `HEAD:./market.toml`\n"
    );
    let nowhere = fails("diff :nothing.toml market.toml");
    assert_eq!(nowhere, "error: there is no `nothing.toml` in the index\n");
    let folder = fails("diff HEAD:schemas market.toml");
    assert!(folder.starts_with("error: can't read `schemas` in `HEAD`: "), "{folder}");
    let file = fails("diff nothing.toml market.toml");
    assert!(file.starts_with("error: can't read `nothing.toml`: No such file or directory"), "{file}");
    assert!(file.ends_with("help: write a file, or one of another revision: `HEAD:schemas/market.toml`\n"), "{file}");
}

#[test]
fn a_file_is_a_file_whatever_its_name() {
    let repository = market();
    repository.write("schemas/HEAD:market.toml", &MARKET.replace("f64", "f32"));
    let stdout = repository.ringgen("schemas", "diff HEAD:market.toml market.toml").stdout_of(1);
    assert!(stdout.contains("field-retyped  price"), "{stdout}");
}

#[test]
fn without_git_or_a_repository_that_is_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("clock.toml"), CLOCK).unwrap();
    let mut outside = command(["diff", "HEAD:clock.toml", "clock.toml"]);
    // Whatever lies above the folder of temporary files.
    outside.env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap());
    let stderr = Run::of(outside.current_dir(folder.path()).output().unwrap()).stderr_of(2);
    assert!(stderr.starts_with("error: `HEAD:` names a revision, and git says: not a git repository"), "{stderr}");
    assert!(stderr.ends_with("help: run it inside of the repository, or write two files\n"), "{stderr}");
    let repository = market();
    let mut without = command(["diff", "HEAD:schemas/market.toml", "schemas/market.toml"]);
    without.env("PATH", "/nonexistent").current_dir(repository.root());
    let stderr = Run::of(without.output().unwrap()).stderr_of(2);
    assert!(stderr.starts_with("error: can't run git, which knows the revision `HEAD`: No such file"), "{stderr}");
    assert!(stderr.ends_with("help: install git, or write two files\n"), "{stderr}");
}

/// A Rust file need not state a version, until something in it changes.
#[test]
fn a_rust_file_is_a_version_too() {
    let folder = tempfile::tempdir().unwrap();
    let rust = "#[derive(Clone, Copy, RingMessage)]\n#[repr(C)]\nstruct Order { id: u64 }\n";
    let diff = |old: &str, new: &str| {
        for (name, text) in [("old", old), ("new", new)] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("orders.rs"), text).unwrap();
        }
        Run::of(command(["diff", "old/orders.rs", "new/orders.rs"]).current_dir(folder.path()).output().unwrap())
    };
    assert!(diff(rust, rust).stdout_of(0).starts_with("orders  version none\n"));
    let changed = rust.replace("u64", "i64");
    let stdout = diff(rust, &changed).stdout_of(1);
    assert!(stdout.contains("+ id: i64 at 0  new/orders.rs:3"), "{stdout}");
    assert!(stdout.ends_with("help: write `#[ring(package = \"orders\", version = 1)]` on each message\n"), "{stdout}");
    let stated = changed.replace("#[repr", "#[ring(package = \"orders\", version = 1)]\n#[repr");
    assert!(diff(rust, &stated).stdout_of(0).starts_with("orders  version none → 1\n"));
}

#[test]
fn a_schema_with_mistakes_is_compared_with_nothing() {
    let repository = market();
    repository.commit("schemas/market.toml", &MARKET.replace("f64", "usize"));
    repository.write("schemas/market.toml", MARKET);
    let stderr = repository.ringgen("", "diff HEAD:schemas/market.toml schemas/market.toml").stderr_of(1);
    assert!(stderr.contains(" --> HEAD:schemas/market.toml:7:71"), "{stderr}");
    assert!(stderr.ends_with("HEAD:schemas/market.toml has mistakes; nothing was compared\n"), "{stderr}");
    let stderr = ringgen("diff wrong.toml trade.toml").stderr_of(1);
    assert!(stderr.contains("R001") && stderr.ends_with("wrong.toml has mistakes; nothing was compared\n"), "{stderr}");
}
