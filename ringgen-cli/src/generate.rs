//! `ringgen generate`: typed messages and rings in every language, or what would change.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use clap::builder::PossibleValuesParser;
use ringgen_schema::backend::{BACKENDS, Backend};
use ringgen_schema::files::{self, GeneratedFile};
use similar::TextDiff;
use tempfile::NamedTempFile;

use crate::args::GenerateArgs;
use crate::inputs::Inputs;
use crate::output::{BOLD, DIM, Failure, GOOD, Output, Verdict, WARN, count, printable, write};

/// What `--lang` accepts: the backends there are.
pub(crate) fn languages() -> PossibleValuesParser {
    BACKENDS.iter().map(|backend| backend.language()).collect::<Vec<_>>().into()
}

/// Writes what changed, or with `--check` prints it. A schema with findings stops both.
pub(crate) fn run(args: &GenerateArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let inputs = Inputs::read(&args.paths, &args.imports.folders)?;
    if let Some(report) = &inputs.report {
        write(output.stderr(), format_args!("{}\n", report.render(true)));
        let consequence = if args.check { "nothing was compared" } else { "nothing was written" };
        let findings = count(inputs.finding_count(), "finding");
        write(output.stderr(), format_args!("{BOLD}{findings}{BOLD:#}; {consequence}\n"));
        return Ok(Verdict::Findings);
    }
    let is_named = |backend: &&dyn Backend| args.lang.iter().any(|lang| lang == backend.language());
    let chosen = |backend: &&dyn Backend| args.lang.is_empty() || is_named(backend);
    let backends: Vec<&dyn Backend> = BACKENDS.iter().copied().filter(chosen).collect();
    let generated = files::generate(&inputs.plans, &backends).map_err(|same| {
        let paths = [same.first, same.second].map(|index| inputs.paths[index].display().to_string());
        Failure::new(format_args!("`{}` and `{}` are both called `{}`", paths[0], paths[1], same.package))
            .help("a package is one file in each language: give one of them another `package`")
    })?;
    let mut stale = Vec::new();
    for file in &generated {
        let path = args.out.join(&file.path);
        let found = read_if_there(&path)?;
        if found.as_deref() != Some(file.text.as_bytes()) {
            stale.push(Stale { path, found, file });
        }
    }
    if args.check { Ok(check(&stale, generated.len(), output)) } else { write_all(&stale, generated.len(), output) }
}

/// A file that is not what the schema says.
struct Stale<'a> {
    path: PathBuf,
    found: Option<Vec<u8>>,
    file: &'a GeneratedFile,
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::new(format_args!("can't read `{}`: {error}", path.display()))),
    }
}

fn check(stale: &[Stale<'_>], all: usize, output: &mut Output) -> Verdict {
    for Stale { path, found, file } in stale {
        match found {
            Some(found) => diff(path, found, &file.text, output),
            None => output.line(format_args!("{WARN}missing{WARN:#}  {}", path.display())),
        }
    }
    if stale.is_empty() {
        output.line(format_args!("{GOOD}{} up to date{GOOD:#}", count(all, "file")));
    } else {
        output.line(format_args!("{WARN}{} of {} out of date{WARN:#}", stale.len(), count(all, "file")));
        output.line(format_args!("{GOOD}help{GOOD:#}: run it without --check, and commit what it writes"));
    }
    Verdict::of(!stale.is_empty())
}

/// Prints a unified diff from what is there to what the schema says.
fn diff(path: &Path, found: &[u8], wanted: &str, output: &mut Output) {
    const REMOVED: Style = AnsiColor::Red.on_default();
    const ADDED: Style = AnsiColor::Green.on_default();
    const HUNK: Style = AnsiColor::Cyan.on_default();
    let found = String::from_utf8_lossy(found);
    let name = path.display().to_string();
    let diff = TextDiff::from_lines(found.as_ref(), wanted);
    let text = diff.unified_diff().header(&name, &format!("{name} (as the schema says)")).to_string();
    for (index, line) in text.lines().enumerate() {
        let style = match line.as_bytes().first() {
            _ if index < 2 => BOLD,
            Some(b'-') => REMOVED,
            Some(b'+') => ADDED,
            Some(b'@') => HUNK,
            _ => Style::new(),
        };
        // Tabs are the one control character that source code is made of.
        let line = line.split('\t').map(printable).collect::<Vec<_>>().join("\t");
        output.line(format_args!("{style}{line}{style:#}"));
    }
}

/// Writes all that is stale: first everything beside its place, then everything into place, so that a full disk
/// leaves what was there.
fn write_all(stale: &[Stale<'_>], all: usize, output: &mut Output) -> Result<Verdict, Failure> {
    let failed =
        |path: &Path, error: &io::Error| Failure::new(format_args!("can't write `{}`: {error}", path.display()));
    let mut written = Vec::new();
    for Stale { path, file, .. } in stale {
        written.push(write_beside(path, &file.text).map_err(|error| failed(path, &error))?);
    }
    for (temporary, Stale { path, found, .. }) in written.into_iter().zip(stale) {
        temporary.persist(path).map_err(|error| failed(path, &error.error))?;
        let how = if found.is_some() { "updated" } else { "created" };
        output.line(format_args!("{GOOD}{how}{GOOD:#}  {}", path.display()));
    }
    let rest = all - stale.len();
    if rest > 0 {
        output.line(format_args!("{DIM}{} up to date already{DIM:#}", count(rest, "file")));
    }
    Ok(Verdict::Fine)
}

/// Writes a file beside the place that it is meant for, on the same file system. Gone when dropped.
pub(crate) fn write_beside(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Readable as any new file is, as far as the umask lets it be.
    let permissions = Permissions::from_mode(0o666);
    let mut file = tempfile::Builder::new().prefix(".ringgen-").permissions(permissions).tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    Ok(file)
}
