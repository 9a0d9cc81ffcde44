//! `--list-files` and `--depfile`: what a build system asks for, read by a real `make`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::support::{Run, command};

const LEVELS: &str = "ringgen = 1\npackage = \"levels\"\nimport = [\"depth.toml\"]\n\
                      [struct.Levels]\nfields = [{ name = \"levels\", type = \"u8[DEPTH]\" }]\n";
const DEPTH: &str = "ringgen = 1\npackage = \"depth\"\n[const]\nDEPTH = { type = \"u32\", value = 2 }\n";

/// A folder with a schema in one folder and what it imports in another, to be generated into a third.
struct Project {
    folder: TempDir,
    schemas: &'static str,
    imports: &'static str,
    out: &'static str,
}

impl Project {
    fn new(schemas: &'static str, imports: &'static str, out: &'static str) -> Self {
        let project = Project { folder: tempfile::tempdir().unwrap(), schemas, imports, out };
        for (folder, name, text) in [(schemas, "levels.toml", LEVELS), (imports, "depth.toml", DEPTH)] {
            fs::create_dir_all(project.at(folder)).unwrap();
            fs::write(project.at(folder).join(name), text).unwrap();
        }
        project
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn generate(&self, more: &[&str]) -> Run {
        let arguments = ["generate", self.schemas, "-I", self.imports, "--out", self.out];
        Run::of(command(arguments.iter().chain(more)).current_dir(&self.folder).output().unwrap())
    }

    /// The exit status of make, asked whether a file is up to date: 0 if it is.
    #[track_caller]
    fn make_question(&self, target: &str) -> i32 {
        let output = Command::new("make").args(["-q", "--", target]).current_dir(&self.folder).output().unwrap();
        let status = output.status.code().unwrap();
        assert!(status < 2, "{}", String::from_utf8_lossy(&output.stderr));
        status
    }
}

/// Gives a file a date, in seconds from one in the past.
fn date(path: &Path, seconds: u64) {
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds);
    File::options().append(true).open(path).unwrap().set_modified(date).unwrap();
}

#[test]
fn make_sees_that_every_file_is_made_from_every_schema_and_import() {
    // Names that mean something to make, or to its shell.
    for (schemas, imports, out) in [
        ("schemas", "common", "gen"),
        ("sch emas", "com  mon", "g en"),
        ("sch$emas", "$(com)mon", "g$$en"),
        ("#schemas", "com#mon", "g#en"),
        ("sch:emas", "com:mon", "g:en"),
        ("sch%emas", "%", "g%en"),
        (r"sch\emas", r"com\ mon", r"g\#en"),
        ("sch*emas", "com[m]on", "g?en"),
        ("schémas", "com'mon", "g\"en"),
        ("sch~emas", "c~", "(gen)"),
    ] {
        let project = Project::new(schemas, imports, out);
        // make asks what there is a recipe for.
        fs::write(project.at("Makefile"), "include deps.mk\n%.py %.rs:\n\t@exit 1\n").unwrap();
        project.generate(&["--lang", "python,rust", "--depfile", "deps.mk"]).stdout_of(0);
        let inputs = [project.at(schemas).join("levels.toml"), project.at(imports).join("depth.toml")];
        let outputs = ["python/levels.py", "rust/levels.rs"].map(|file| format!("{out}/{file}"));
        for input in &inputs {
            date(input, 0);
        }
        for output in &outputs {
            date(&project.at(output), 1);
            assert_eq!(project.make_question(output), 0, "{out}: it is newer than what it is made from");
        }
        for input in &inputs {
            date(input, 2);
            for output in &outputs {
                assert_eq!(project.make_question(output), 1, "{out}: {} is newer", input.display());
            }
            date(input, 0);
        }
        // An import that is gone is no error of make's: the schema that imports it has changed too, or will say so.
        fs::remove_file(&inputs[1]).unwrap();
        assert_eq!(project.make_question(&outputs[0]), 1, "{out}");
    }
}

#[test]
fn a_path_that_no_makefile_can_name_is_refused_before_anything_is_written() {
    for name in ["a=b", "a\nb", "~"] {
        let project = Project::new("schemas", "common", name);
        let error = project.generate(&["--depfile", "deps.mk"]).stderr_of(2);
        assert!(error.contains("can't stand in a depfile") && error.contains("choose a path"), "{error}");
        assert!(!project.at(name).exists() && !project.at("deps.mk").exists());
    }
}

#[test]
fn a_list_of_files_names_all_that_belongs_there_and_writes_nothing() {
    let project = Project::new("schemas", "common", "gen");
    let list = project.generate(&["--list-files"]).stdout_of(0);
    assert_eq!(list, "gen/c/levels.h\ngen/python/levels.py\ngen/rust/levels.rs\ngen/typescript/levels.ts\n");
    assert!(!project.at("gen").exists());
    project.generate(&[]).stdout_of(0);
    for line in list.lines() {
        assert!(project.at(line).exists(), "{line}");
    }
    assert_eq!(project.generate(&["--list-files"]).stdout_of(0), list, "what is up to date belongs there too");
    let one = project.generate(&["--list-files", "--lang", "rust"]).stdout_of(0);
    assert_eq!(one, "gen/rust/levels.rs\n");
}

#[test]
fn mistakes_leave_the_depfile_as_it_was() {
    let project = Project::new("schemas", "common", "gen");
    fs::write(project.at("deps.mk"), "old").unwrap();
    fs::write(project.at("common/depth.toml"), DEPTH.replace("u32", "usize")).unwrap();
    let error = project.generate(&["--depfile", "deps.mk"]).stderr_of(1);
    assert!(error.contains("common/depth.toml:4:19"), "{error}");
    assert_eq!(fs::read_to_string(project.at("deps.mk")).unwrap(), "old");
    for pair in [["--list-files", "--check"], ["--depfile=x", "--check"], ["--depfile=x", "--list-files"]] {
        let error = project.generate(&pair).stderr_of(2);
        assert!(error.contains("cannot be used with"), "{error}");
    }
}
