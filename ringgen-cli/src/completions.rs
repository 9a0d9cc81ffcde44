//! `ringgen completions`: what a shell completes, from the same arguments that are parsed.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;
use crate::output::{Failure, Output, Verdict, write};

/// Prints a shell's script.
pub(crate) fn run(shell: Shell, output: &mut Output) -> Result<Verdict, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "ringgen", &mut script);
    let script = String::from_utf8(script).expect("what clap prints is UTF-8");
    write(output.stdout(), format_args!("{script}"));
    Ok(Verdict::Fine)
}
