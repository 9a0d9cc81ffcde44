//! What a build script's call writes, and what it says when it can't.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use ringgen_build::{Builder, Error};
use tempfile::TempDir;

/// A folder with two schemas, one of which imports a file from elsewhere.
fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "schemas/market.toml",
        "ringgen = 1\npackage = \"market\"\nimport = [\"side.toml\"]\n[message.Trade]\nfields = [ { name = \"side\", type = \"Side\" } ]\n",
    );
    write(
        "schemas/other.toml",
        "ringgen = 1\npackage = \"other\"\n[struct.Level]\nfields = [ { name = \"px\", type = \"f64\" } ]\n",
    );
    write(
        "common/side.toml",
        "ringgen = 1\npackage = \"side\"\n[enum.Side]\nrepr = \"u8\"\nvalues = [ { name = \"Buy\", value = 1 } ]\n",
    );
    folder
}

fn builder(folder: &Path) -> Builder {
    Builder::new().schema(folder.join("schemas")).include(folder.join("common")).out_dir(folder.join("out"))
}

#[test]
fn a_folder_and_its_imports_become_files_of_each_language() {
    let folder = project();
    let at = |name: &str| folder.path().join(name);
    let generated = builder(folder.path()).languages(["python", "rust"]).generate().unwrap();
    let files = ["out/python/market.py", "out/rust/market.rs", "out/python/other.py", "out/rust/other.rs"].map(at);
    assert_eq!(generated.files, files);
    assert_eq!(generated.written, files);
    assert_eq!(generated.schemas, ["common/side.toml", "schemas/market.toml", "schemas/other.toml"].map(at));
    assert!(fs::read_to_string(&files[1]).unwrap().contains("//! Package `market`"), "a module by itself");
}

#[test]
fn what_is_right_already_is_left_alone() {
    let folder = project();
    let builder = builder(folder.path());
    let first = builder.generate().unwrap();
    let identity = |path: &Path| fs::metadata(path).unwrap().ino();
    let before: Vec<u64> = first.files.iter().map(|file| identity(file)).collect();
    fs::write(&first.files[1], "edited").unwrap();
    let second = builder.generate().unwrap();
    assert_eq!((second.files, second.written), (first.files.clone(), vec![first.files[1].clone()]));
    assert_eq!(identity(&first.files[0]), before[0]);
}

#[test]
fn mistakes_are_told_as_the_command_tells_them_and_nothing_is_written() {
    let folder = project();
    let schema = folder.path().join("common/side.toml");
    fs::write(&schema, fs::read_to_string(&schema).unwrap().replace("\"u8\"", "\"usize\"")).unwrap();
    let error = builder(folder.path()).generate().unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("error[R002]: `usize` has no fixed width"), "{text}");
    assert!(text.contains("common/side.toml:4:9") && text.contains("^^^^^"), "{text}");
    assert_eq!(format!("{error:?}"), format!("schemas have mistakes\n\n{text}"), "what `main` prints");
    assert!(!folder.path().join("out").exists());
    let Error::Findings(report) = error else { panic!("{error}") };
    assert_eq!(report.findings().len(), 1);
}

#[test]
fn schemas_are_held_to_the_locks_beside_them() {
    let folder = project();
    let at = |name: &str| folder.path().join(name);
    let lock = "ringgen-lock 1\npackage other 1\nstruct Level 8 8\n  0 8 f64 - px\n";
    fs::write(at("schemas/ringgen.lock"), lock).unwrap();
    let generated = builder(folder.path()).generate().unwrap();
    assert!(generated.schemas.contains(&at("schemas/ringgen.lock")), "a build script runs again for it");
    fs::write(at("schemas/ringgen.lock"), lock.replace("f64", "i64")).unwrap();
    let text = builder(folder.path()).generate().unwrap_err().to_string();
    assert!(text.starts_with("error[R011]: `Level` is not as version 1 is recorded"), "{text}");
}

#[test]
fn what_else_goes_wrong_is_said_in_a_sentence() {
    let folder = project();
    let said = |builder: Builder| builder.generate().unwrap_err().to_string();
    let unknown = said(builder(folder.path()).languages(["cobol"]));
    assert!(unknown.starts_with("there is no language `cobol`; there are "), "{unknown}");
    let nowhere = said(Builder::new().schema(folder.path().join("schemas/other.toml")));
    assert!(nowhere.contains("OUT_DIR"), "{nowhere}");
    let missing = said(builder(folder.path()).schema("no/such.toml"));
    assert!(missing.starts_with("can't read `no/such.toml`: "), "{missing}");
    fs::create_dir(folder.path().join("empty")).unwrap();
    let empty = said(builder(folder.path()).schema(folder.path().join("empty")));
    assert!(empty.starts_with("there is no schema in `"), "{empty}");
    fs::copy(folder.path().join("schemas/other.toml"), folder.path().join("schemas/third.toml")).unwrap();
    let same = said(builder(folder.path()));
    assert!(same.contains("other.toml") && same.ends_with("third.toml` are both called `other`"), "{same}");
    fs::remove_file(folder.path().join("schemas/third.toml")).unwrap();
    fs::write(folder.path().join("out"), "a file where a folder should be").unwrap();
    let unwritable = said(builder(folder.path()));
    assert!(unwritable.starts_with("can't "), "{unwritable}");
}
