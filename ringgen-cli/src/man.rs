//! `ringgen man`: manual pages, from the same arguments that are parsed.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};
use ringgen_build::write::put;

use crate::args::{Cli, ManArgs};
use crate::output::{Failure, GOOD, Output, Verdict, write};

/// Prints one page, or writes all of them.
pub(crate) fn run(args: &ManArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let mut command = Cli::command();
    command.build();
    if let Some(folder) = &args.out {
        return write_all(&command, folder, output);
    }
    let page = match &args.command {
        None => page(&command),
        Some(name) => page(command.find_subcommand(name).ok_or_else(|| unknown(&command, name))?),
    };
    write(output.stdout(), format_args!("{}", page.1));
    Ok(Verdict::Fine)
}

fn write_all(command: &Command, folder: &Path, output: &mut Output) -> Result<Verdict, Failure> {
    let failed = |path: &Path, error| Failure::new(format_args!("can't write `{}`: {error}", path.display()));
    for command in std::iter::once(command).chain(command.get_subcommands()) {
        let (name, text) = page(command);
        let path = folder.join(name);
        put(&path, &text).map_err(|error| failed(&path, error))?;
        output.line(format_args!("{GOOD}written{GOOD:#}  {}", path.display()));
    }
    Ok(Verdict::Fine)
}

/// The name of a page's file, and the page.
fn page(command: &Command) -> (String, String) {
    let source = format!("ringgen {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).source(source).manual("ringgen");
    let mut page = Vec::new();
    sections(&man, command, &mut page).expect("writing to memory cannot fail");
    (man.get_filename(), String::from_utf8(page).expect("what clap prints is UTF-8"))
}

/// The sections in the order that manual pages have them. What `--help` says at its end is prose, examples and exit
/// statuses; each goes to the section of that name.
fn sections(man: &Man, command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (mut prose, mut examples, mut status) = (Roff::new(), Roff::new(), Roff::new());
    for paragraph in after.split("\n\n") {
        if let Some(lines) = paragraph.strip_prefix("Examples:\n") {
            examples.control("SH", ["EXAMPLES"]).control("nf", []);
            for line in lines.lines() {
                examples.text([roman(line.trim_start())]);
            }
            examples.control("fi", []);
        } else if let Some(words) = paragraph.strip_prefix("Exit status: ") {
            status.control("SH", ["EXIT STATUS"]).text([roman(words)]);
        } else {
            prose.control("PP", []).text([roman(paragraph)]);
        }
    }
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    page.extend(prose.to_roff().bytes());
    man.render_options_section(page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    page.extend(status.to_roff().bytes());
    page.extend(examples.to_roff().bytes());
    Ok(())
}

fn unknown(command: &Command, name: &str) -> Failure {
    let names: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
    Failure::new(format_args!("there is no command `{name}`")).help(format_args!("write one of {}", names.join(", ")))
}
