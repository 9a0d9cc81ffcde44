//! `ringgen generate`.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::support::{Run, data, run};

const FILES: [&str; 4] = ["c/trading.h", "python/trading.py", "rust/trading.rs", "typescript/trading.ts"];
const RUST: &str = FILES[2];

/// A folder to write to, and the way to call the generator with it.
struct Out(TempDir);

impl Out {
    fn new() -> Self {
        Out(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn generate(&self, line: &str) -> Run {
        let mut arguments: Vec<String> = vec!["generate".into(), "--out".into(), self.path().display().to_string()];
        arguments.extend(line.split_whitespace().map(String::from));
        run(arguments)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Every file below the folder, sorted.
    fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files.sort();
        files
    }
}

#[test]
fn each_language_gets_a_file_and_is_told() {
    let out = Out::new();
    let stdout = out.generate("trade.toml").stdout_of(0);
    let told: String = FILES.iter().map(|file| format!("created  {}/{file}\n", out.path().display())).collect();
    assert_eq!(stdout, told);
    assert_eq!(out.files(), FILES.map(|file| out.path().join(file)));
    for file in FILES {
        assert!(out.read(file).contains("Trade"), "{file}");
    }
}

#[test]
fn only_what_changed_is_written() {
    let out = Out::new();
    out.generate("trade.toml").stdout_of(0);
    let identities = || FILES.map(|file| fs::metadata(out.path().join(file)).unwrap().ino());
    let before = identities();
    assert_eq!(out.generate("trade.toml").stdout_of(0), format!("{} files up to date already\n", FILES.len()));
    assert_eq!(identities(), before);

    let first = out.read(FILES[0]);
    fs::write(out.path().join(FILES[0]), "stale").unwrap();
    let stdout = out.generate("trade.toml").stdout_of(0);
    assert_eq!(stdout, format!("updated  {}/{}\n3 files up to date already\n", out.path().display(), FILES[0]));
    assert_eq!(out.read(FILES[0]), first);
    assert_eq!(identities()[1..], before[1..]);
}

#[test]
fn languages_can_be_chosen() {
    let out = Out::new();
    out.generate("trade.toml --lang rust,typescript").stdout_of(0);
    assert_eq!(out.files(), [RUST, FILES[3]].map(|file| out.path().join(file)));
}

#[test]
fn a_folder_stands_for_the_schemas_in_it() {
    let schemas = tempfile::tempdir().unwrap();
    let schema = fs::read_to_string(data().join("trade.toml")).unwrap();
    for package in ["zebra", "ant"] {
        let text = schema.replace("package = \"trading\"", &format!("package = \"{package}\""));
        fs::write(schemas.path().join(format!("{package}.toml")), text).unwrap();
    }
    fs::write(schemas.path().join("README.md"), "no schema").unwrap();
    let out = Out::new();
    let stdout = out.generate(&format!("{} --lang rust", schemas.path().display())).stdout_of(0);
    let names: Vec<&str> = stdout.lines().map(|line| line.rsplit('/').next().unwrap()).collect();
    assert_eq!(names, ["ant.rs", "zebra.rs"]);
}

#[test]
fn one_finding_anywhere_and_nothing_is_written() {
    let out = Out::new();
    for line in ["trade.toml wrong.toml", "wrong.toml trade.toml", "wrong.toml trade.toml --check"] {
        let stderr = out.generate(line).stderr_of(1);
        assert!(stderr.contains("R001") && stderr.contains("nothing was"), "{stderr}");
        assert!(out.files().is_empty());
    }
}

#[test]
fn check_says_whether_files_are_what_the_schema_says() {
    let out = Out::new();
    let missing = out.generate("trade.toml --check").stdout_of(1);
    assert!(missing.contains("missing  ") && missing.contains("4 of 4 files out of date"), "{missing}");
    assert!(out.files().is_empty(), "--check writes nothing");

    out.generate("trade.toml").stdout_of(0);
    assert_eq!(out.generate("trade.toml --check").stdout_of(0), "4 files up to date\n");

    let path = out.path().join(RUST);
    let stale = out.read(RUST).replacen("Trade", "Tirade", 1);
    fs::write(&path, &stale).unwrap();
    let diff = out.generate("trade.toml --check").stdout_of(1);
    assert!(diff.starts_with(&format!("--- {}\n+++ ", path.display())), "{diff}");
    let has_line = |sign: char, word: &str| diff.lines().any(|line| line.starts_with(sign) && line.contains(word));
    assert!(has_line('-', "Tirade") && has_line('+', "Trade") && diff.contains("\n@@ "), "{diff}");
    assert!(diff.contains("1 of 4 files out of date"), "{diff}");
    assert_eq!(out.read(RUST), stale, "--check writes nothing");
}

#[test]
fn a_file_that_is_no_text_is_out_of_date_too() {
    let out = Out::new();
    out.generate("trade.toml --lang rust").stdout_of(0);
    fs::write(out.path().join(RUST), b"\xff\xfe\x1b[2J\n").unwrap();
    let diff = out.generate("trade.toml --lang rust --check").stdout_of(1);
    assert!(!diff.contains('\u{1b}'), "{diff:?}");
    out.generate("trade.toml --lang rust").stdout_of(0);
}

#[test]
fn two_schemas_of_one_package_are_refused() {
    let schemas = tempfile::tempdir().unwrap();
    for name in ["a.toml", "b.toml"] {
        fs::copy(data().join("trade.toml"), schemas.path().join(name)).unwrap();
    }
    let out = Out::new();
    let stderr = out.generate(&schemas.path().display().to_string()).stderr_of(2);
    assert!(stderr.contains("a.toml") && stderr.contains("b.toml") && stderr.contains("`trading`"), "{stderr}");
    assert!(out.files().is_empty());
}

#[test]
fn a_write_that_fails_leaves_what_was_there() {
    let out = Out::new();
    // A folder where a file should be.
    fs::create_dir_all(out.path().join(FILES[0]).join("in the way")).unwrap();
    let stderr = out.generate("trade.toml").stderr_of(2);
    assert!(stderr.starts_with("error: can't read `"), "{stderr}");
    assert!(out.files().is_empty(), "{:?}", out.files());

    // A link that leads nowhere where a folder should be: the last of four can't be written, even beside its place.
    let out = Out::new();
    std::os::unix::fs::symlink("/nowhere/at/all", out.path().join("typescript")).unwrap();
    let stderr = out.generate("trade.toml").stderr_of(2);
    assert!(stderr.starts_with("error: can't write `"), "{stderr}");
    assert_eq!(out.files(), [out.path().join("typescript")], "nothing is half-written, and nothing is left over");
}

#[test]
fn files_are_as_readable_as_any_new_file() {
    let out = Out::new();
    out.generate("trade.toml --lang rust").stdout_of(0);
    let reference = out.path().join("reference");
    fs::write(&reference, "").unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&out.path().join(RUST)), mode(&reference));
}

#[test]
fn a_relative_output_folder_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let schema = data().join("trade.toml");
    let mut command = crate::support::command(["generate", "--out", "a/b", "--lang", "rust"]);
    let run = Run::of(command.arg(schema).current_dir(folder.path()).output().unwrap());
    assert_eq!(run.stdout_of(0), "created  a/b/rust/trading.rs\n");
}
