//! `ringgen init`: a schema to start from, with what an editor needs to help with it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ringgen_build::write::write_beside;
use ringgen_schema::{Source, compile};

use crate::args::InitArgs;
use crate::json_schema;
use crate::output::{BOLD, DIM, Failure, GOOD, Output, Verdict};

/// Everything that a first schema needs, with comments. `PACKAGE` and `PATH` are filled in.
const STARTER: &str = include_str!("init/starter.toml");

/// What the starter's first line names.
const JSON_SCHEMA: &str = "ringgen.schema.json";

/// Writes a schema that is not there yet, and the JSON Schema beside it.
pub(crate) fn run(args: &InitArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let path = target(&args.path)?;
    let shown = path.display().to_string();
    if !create(&path, &starter(&path))? {
        let failure = Failure::new(format_args!("`{shown}` is there already, and stays as it is"));
        return Err(failure.help("name another file"));
    }
    output.line(format_args!("{GOOD}created{GOOD:#}  {shown}"));
    let beside = path.with_file_name(JSON_SCHEMA);
    let word = if create(&beside, &format!("{}\n", json_schema::text()))? { "created" } else { "kept   " };
    output.line(format_args!(
        "{GOOD}{word}{GOOD:#}  {}  {DIM}lets editors check and complete it{DIM:#}",
        beside.display()
    ));
    output.line(format_args!("\n{BOLD}Next{BOLD:#}"));
    let quoted = quoted(&shown);
    let generate = format!("ringgen generate {quoted} --out generated");
    let width = generate.chars().count();
    output
        .line(format_args!("  {:<width$}  {DIM}a picture of every message{DIM:#}", format!("ringgen layout {quoted}")));
    output.line(format_args!("  {generate}  {DIM}typed messages and rings in every language{DIM:#}"));
    Ok(Verdict::Fine)
}

/// The file to write: what was named, with `.toml` if it has no extension, or one in the folder that was named.
fn target(named: &Path) -> Result<PathBuf, Failure> {
    if named.is_dir() {
        return Ok(named.join("messages.toml"));
    }
    match named.extension() {
        Some(extension) if extension == "toml" => Ok(named.to_path_buf()),
        None if named.file_name().is_some() => Ok(named.with_extension("toml")),
        _ => {
            let failure = Failure::new(format_args!("`{}` is no name for a schema", named.display()));
            Err(failure.help("schemas are called NAME.toml"))
        }
    }
}

/// The starter, with a package called after the file, as far as every language can have that name.
fn starter(path: &Path) -> String {
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let words = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("_").to_ascii_lowercase();
    let path = quoted(&file);
    let fill = |package: &str| {
        let named = format!("\"{package}\"");
        // What follows on the line keeps its column where it can.
        let line = |line: &str| match line.strip_prefix("package = \"PACKAGE\"") {
            Some(comment) => format!("{:<26} {}", format!("package = {named}"), comment.trim_start()),
            None => line.replace("PATH", &path),
        };
        STARTER.lines().map(|text| line(text) + "\n").collect::<String>()
    };
    let candidates = [name.clone(), format!("{name}_messages"), "messages".to_string()];
    let is_right = |text: &String| compile(&Source::new(file.as_ref(), text.as_str())).is_ok();
    candidates.iter().map(|package| fill(package)).find(is_right).expect("the starter is a schema")
}

/// Writes a file unless something of that name is there. Whether it did.
fn create(path: &Path, text: &str) -> Result<bool, Failure> {
    let failed =
        |error: &dyn std::fmt::Display| Failure::new(format_args!("can't write `{}`: {error}", path.display()));
    if path.symlink_metadata().is_ok() {
        return Ok(false);
    }
    let file = write_beside(path, text).map_err(|error| failed(&error))?;
    match file.persist_noclobber(path) {
        Ok(_) => Ok(true),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(&error.error)),
    }
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@%:,=".contains(c);
    if path.chars().all(is_plain) { path.to_string() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
