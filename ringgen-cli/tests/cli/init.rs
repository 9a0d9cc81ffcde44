//! `ringgen init`: what it writes is right, and nothing is overwritten.

use std::fs;
use std::path::Path;

use ringgen_schema::plan::TypePlan;
use ringgen_schema::{Source, compile};
use tempfile::TempDir;

use crate::support::{Run, command, golden, ringgen};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(command(arguments).current_dir(&self.0).output().unwrap())
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }
}

#[test]
fn the_starter_compiles_and_each_next_step_works() {
    let folder = Folder::new();
    let told = folder.run(&["init"]).stdout_of(0);
    assert!(told.starts_with("created  messages.toml\ncreated  ringgen.schema.json  "), "{told}");
    let steps: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("  ringgen ")).collect();
    assert_eq!(steps.len(), 2, "{told}");
    for step in steps {
        let typed = step.split("  ").next().unwrap();
        folder.run(&typed.split(' ').collect::<Vec<_>>()).stdout_of(0);
    }
    assert!(folder.read("generated/rust/messages.rs").contains("pub struct Reading"));
    assert!(folder.run(&["check", "."]).stdout_of(0).contains("no findings"));

    let text = folder.read("messages.toml");
    assert!(text.starts_with("#:schema ./ringgen.schema.json\n"), "{text}");
    assert_eq!(folder.read("ringgen.schema.json"), ringgen("schema").stdout_of(0));
    let plan = compile(&Source::new("messages.toml", text)).unwrap();
    assert_eq!((plan.package.as_str(), plan.rings.len()), ("messages", 1));
    assert!(plan.types.iter().any(|ty| matches!(ty, TypePlan::Enum(_))) && !plan.constants.is_empty());
}

#[test]
fn the_starter_reads_well() {
    let folder = Folder::new();
    folder.run(&["init", "feed"]).stdout_of(0);
    golden("init-feed.toml", &folder.read("feed.toml"));
}

#[test]
fn the_package_is_called_after_the_file_where_languages_allow_it() {
    let folder = Folder::new();
    for (named, file, package) in [
        ("feed.toml", "feed.toml", "feed"),
        ("My Feed", "My Feed.toml", "my_feed"),
        ("deep/er/market-data.toml", "deep/er/market-data.toml", "market_data"),
        ("class", "class.toml", "class_messages"),
        ("42", "42.toml", "messages"),
        ("größe", "größe.toml", "gr_e"),
    ] {
        folder.run(&["init", named]).stdout_of(0);
        let plan = compile(&Source::new(file, folder.read(file))).unwrap();
        assert_eq!(plan.package, package, "{named}");
    }
    fs::create_dir(folder.path().join("schemas")).unwrap();
    folder.run(&["init", "schemas"]).stdout_of(0);
    assert!(folder.read("schemas/messages.toml").contains("package = \"messages\""));
}

#[test]
fn what_is_there_stays() {
    let folder = Folder::new();
    fs::write(folder.path().join("feed.toml"), "mine").unwrap();
    fs::write(folder.path().join("ringgen.schema.json"), "mine too").unwrap();
    let error = folder.run(&["init", "feed.toml"]).stderr_of(2);
    assert_eq!(error, "error: `feed.toml` is there already, and stays as it is\nhelp: name another file\n");
    assert_eq!(folder.read("feed.toml"), "mine");
    let told = folder.run(&["init", "other.toml"]).stdout_of(0);
    assert!(told.contains("kept     ringgen.schema.json"), "{told}");
    assert_eq!(folder.read("ringgen.schema.json"), "mine too");
    // A link that leads nowhere is there too.
    std::os::unix::fs::symlink("nowhere", folder.path().join("link.toml")).unwrap();
    folder.run(&["init", "link.toml"]).stderr_of(2);
    assert!(!folder.path().join("nowhere").exists());
}

#[test]
fn a_name_that_is_no_schema_s_is_refused() {
    let folder = Folder::new();
    let error = folder.run(&["init", "feed.json"]).stderr_of(2);
    assert!(error.contains("schemas are called NAME.toml"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
