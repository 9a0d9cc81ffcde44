//! `ringgen generate`: typed messages and rings in every language, or what would change.

use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use clap::builder::PossibleValuesParser;
use ringgen_build::Inputs;
use ringgen_build::write::{Stale, compare, put};
use ringgen_schema::backend::{BACKENDS, Backend};
use similar::TextDiff;

use crate::args::{GenerateArgs, MessageFormat};
use crate::output::{BOLD, DIM, Failure, GOOD, Output, Verdict, WARN, count, printable, write};
use crate::{depfile, findings};

/// What `--lang` accepts: the backends there are.
pub(crate) fn languages() -> PossibleValuesParser {
    BACKENDS.iter().map(|backend| backend.language()).collect::<Vec<_>>().into()
}

/// Writes what changed, or prints what that would be. A schema with findings stops both.
pub(crate) fn run(args: &GenerateArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let inputs = Inputs::read(&args.sources.paths, &args.sources.imports.folders)?;
    if let Some(report) = &inputs.report {
        findings::print(report, args.messages.message_format, output.stderr());
        if args.messages.message_format != MessageFormat::Json {
            let consequence = if args.check { "nothing was compared" } else { "nothing was written" };
            let findings = count(inputs.finding_count(), "finding");
            write(output.stderr(), format_args!("{BOLD}{findings}{BOLD:#}; {consequence}\n"));
        }
        return Ok(Verdict::Findings);
    }
    let generated = inputs.generate(&backends(&args.target.lang))?;
    let paths: Vec<PathBuf> = generated.iter().map(|file| args.target.out.join(&file.path)).collect();
    if args.list_files {
        paths.iter().for_each(|path| output.line(path.display()));
        return Ok(Verdict::Fine);
    }
    let stale = compare(&generated, &args.target.out)?;
    if args.check {
        return Ok(check(&stale, generated.len(), output));
    }
    // Before anything is written: what can't be said in a Makefile is known then.
    let rules = args.depfile.as_ref().map(|path| depfile::rules(&paths, &inputs.files()).map(|rules| (path, rules)));
    let rules = rules.transpose()?;
    write_all(&stale, generated.len(), output)?;
    if let Some((path, rules)) = rules {
        put(path, &rules).map_err(|error| Failure::new(format_args!("can't write `{}`: {error}", path.display())))?;
    }
    Ok(Verdict::Fine)
}

/// The backends of these languages; all of them if none is named.
pub(crate) fn backends(languages: &[String]) -> Vec<&'static dyn Backend> {
    let is_named = |backend: &dyn Backend| languages.iter().any(|language| language == backend.language());
    BACKENDS.iter().copied().filter(|backend| languages.is_empty() || is_named(*backend)).collect()
}

fn check(stale: &[Stale<'_>], all: usize, output: &mut Output) -> Verdict {
    for Stale { path, found, text, .. } in stale {
        match found {
            Some(found) => diff(path, found, text, output),
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

/// Writes all that is stale, and says so.
fn write_all(stale: &[Stale<'_>], all: usize, output: &mut Output) -> Result<(), Failure> {
    ringgen_build::write::write(stale)?;
    for Stale { path, found, .. } in stale {
        told(path, found.is_none(), output);
    }
    let rest = all - stale.len();
    if rest > 0 {
        output.line(format_args!("{DIM}{} up to date already{DIM:#}", count(rest, "file")));
    }
    Ok(())
}

/// Says that a file was written.
pub(crate) fn told(path: &Path, is_new: bool, output: &mut Output) {
    let how = if is_new { "created" } else { "updated" };
    output.line(format_args!("{GOOD}{how}{GOOD:#}  {}", path.display()));
}
