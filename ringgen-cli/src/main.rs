//! The `ringgen` command: generate, check, picture and inspect shared-memory message layouts.
//!
//! ```text
//!   args.rs       what can be typed
//!   generate.rs  watch.rs  check.rs  lock.rs  diff/  layout/  explain.rs  inspect.rs  gc.rs  init.rs
//!   schema.rs  completions.rs  man.rs     one file a command
//!   findings.rs   findings for people and for programs
//!   revision.rs   files of other revisions, by git
//!   depfile.rs    what was made of what, for make
//!   json_schema.rs             the language as a JSON Schema
//!   decode.rs     the schema that a ring carries, as types again
//!   picture/      a type as a picture, for a terminal, as SVG, HTML and Markdown
//!   output.rs     colours, widths, numbers for people; printed once, at the end
//!   text.rs       cutting and wrapping    when.rs    moments for people
//! ```
//!
//! No layout is computed here: every number comes from `ringgen-schema`'s plan or from the ring itself.
#![forbid(unsafe_code)]

mod args;
mod check;
mod completions;
mod decode;
mod depfile;
mod diff;
mod explain;
mod findings;
mod gc;
mod generate;
mod init;
mod inspect;
mod json_schema;
mod layout;
mod lock;
mod man;
mod output;
mod picture;
mod revision;
mod schema;
mod text;
mod watch;
mod when;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use args::{Cli, Color, Command};
use clap::{Parser, ValueEnum};
use output::{Failure, Output, Verdict};

fn main() -> ExitCode {
    choose_colors(color_of(std::env::args_os().skip(1)));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come here too. A closed pipe is no reason to complain about it.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    choose_colors(cli.color);
    let mut output = Output::default();
    let result = match &cli.command {
        Command::Init(args) => init::run(args, &mut output),
        Command::Generate(args) => generate::run(args, &mut output),
        Command::Watch(args) => watch::run(args),
        Command::Check(args) => check::run(args, &mut output),
        Command::Lock(args) => lock::run(args, &mut output),
        Command::Diff(args) => diff::run(args, &mut output),
        Command::Layout(args) => layout::run(args, &mut output),
        Command::Explain(args) => explain::run(args, &mut output),
        Command::Inspect(args) => inspect::run(args, &mut output),
        Command::Gc(args) => gc::run(args, &mut output),
        Command::Schema => schema::run(&mut output),
        Command::Completions { shell } => completions::run(*shell, &mut output),
        Command::Man(args) => man::run(args, &mut output),
    };
    let printed = output.print();
    match (result, printed) {
        (Err(failure), _) => fail(&failure),
        (Ok(_), Err(error)) => fail(&Failure::new(format_args!("can't write the output: {error}"))),
        (Ok(Verdict::Fine), Ok(())) => ExitCode::SUCCESS,
        (Ok(Verdict::Findings), Ok(())) => ExitCode::from(1),
    }
}

fn fail(failure: &Failure) -> ExitCode {
    // Nobody is left to tell if this fails too; the exit status says it.
    let _ = write!(anstream::stderr(), "{failure}");
    ExitCode::from(2)
}

fn choose_colors(color: Color) {
    match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    }
    .write_global();
}

/// The `--color` among the arguments, before they are parsed, so that help and errors of usage heed it too.
fn color_of(arguments: impl Iterator<Item = OsString>) -> Color {
    let mut arguments = arguments.map(|argument| argument.into_string().unwrap_or_default());
    let mut color = Color::Auto;
    while let Some(argument) = arguments.next() {
        let value = match argument.as_str() {
            "--" => break,
            "--color" => arguments.next().unwrap_or_default(),
            other => match other.strip_prefix("--color=") {
                Some(value) => value.to_owned(),
                None => continue,
            },
        };
        color = Color::from_str(&value, false).unwrap_or(color);
    }
    color
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_make_sense_to_clap() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_colour_is_known_before_the_arguments_are_parsed() {
        let color = |line: &str| color_of(line.split(' ').map(OsString::from));
        assert_eq!(color("check a.toml"), Color::Auto);
        assert_eq!(color("--color never check"), Color::Never);
        assert_eq!(color("check --color=always --help"), Color::Always);
        assert_eq!(color("check -- --color=always"), Color::Auto);
        assert_eq!(color("--color nonsense"), Color::Auto);
    }
}
