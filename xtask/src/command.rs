//! Running other programs: what is done is printed first, and what fails says how to repeat it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anstyle::{AnsiColor, Style};

/// What a task gives: nothing, or a sentence for the person who ran it.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const HEADING: Style = AnsiColor::Cyan.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository")
}

/// Where cargo builds to.
pub(crate) fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// `cargo` with these arguments, at the root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// A program with these arguments, in `dir`.
pub(crate) fn program(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str], dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(dir);
    command
}

/// Prints what is about to happen.
pub(crate) fn heading(what: &str) {
    anstream::println!("\n{HEADING}━━ {what}{HEADING:#}");
}

/// Prints that something holds.
pub(crate) fn success(what: &str) {
    anstream::println!("{GOOD}{what}{GOOD:#}");
}

/// Prints what went wrong.
pub(crate) fn failure(what: &str) {
    anstream::eprintln!("{BAD}error:{BAD:#} {what}");
}

/// Runs a command, its output going where ours goes.
pub(crate) fn run(what: &str, command: &mut Command) -> Result {
    heading(what);
    anstream::println!("   {}", display(command));
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(failed(what, command, &status.to_string())) }
}

/// Runs a command, shows its output line by line, and hands each line to `see` as well.
pub(crate) fn watch(what: &str, command: &mut Command, mut see: impl FnMut(&str)) -> Result {
    heading(what);
    anstream::println!("   {}", display(command));
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| cannot_start(command, &error))?;
    let output = child.stdout.take().expect("stdout was piped");
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        // A closed pipe on our side is no reason to stop the child.
        let _ = writeln!(anstream::stdout(), "{line}");
        see(&line);
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(failed(what, command, &status.to_string())) }
}

/// What a command prints, without surrounding space.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(failed("a command", command, &output.status.to_string()));
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_string())
}

/// The command as one would type it.
pub(crate) fn display(command: &Command) -> String {
    let mut line = String::new();
    for part in std::iter::once(command.get_program()).chain(command.get_args()) {
        let part = part.to_string_lossy();
        let part = part.strip_prefix(&format!("{}/", root().display())).unwrap_or(&part).to_string();
        if !line.is_empty() {
            line.push(' ');
        }
        if part.contains(' ') { line.push_str(&format!("'{part}'")) } else { line.push_str(&part) }
    }
    line
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Box<dyn std::error::Error> {
    format!("{} can't be started: {error}", command.get_program().to_string_lossy()).into()
}

fn failed(what: &str, command: &Command, status: &str) -> Box<dyn std::error::Error> {
    format!("{what} failed ({status}); to repeat it: {}", display(command)).into()
}
