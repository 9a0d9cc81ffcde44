//! The project's own tasks, each of which does its own set-up:
//!
//! ```text
//! cargo xtask setup    the Python virtualenv and the Node packages, from their lock files
//! cargo xtask demo     real telemetry through three processes in three languages
//! cargo xtask test     everything that must hold before a change lands
//! cargo xtask bench    the ring beside what people would use instead, and the generator by its steps
//! ```

mod bench;
mod command;
mod demo;
mod setup;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The tasks of the ringgen repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Make the Python virtualenv and install the Node packages, from their lock files.
    Setup,
    /// Send real telemetry from Python through Rust to Node, check it, and print how fast each hop was.
    Demo(demo::Options),
    /// Run every test in every language, with formatting, lints, docs and type checkers.
    Test(test::Options),
    /// Measure the ring beside what people would use instead, as ratios within one run, and the steps of the generator.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Setup => setup::all().map(|_| ()),
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            command::failure(&error.to_string());
            ExitCode::FAILURE
        }
    }
}
