//! The ring beside what people would use instead of it, and the generator by its steps.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use crate::command::{self, Result, cargo, failure, heading, program, root, target_dir};

/// How much is measured, and where the figures go.
#[derive(Args)]
pub(crate) struct Options {
    /// Fewer and shorter rounds, whose figures go to `target/performance` instead of `docs/performance`.
    #[arg(long)]
    quick: bool,
    /// Where the figures go.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

/// Builds the peers, which ordinary builds don't, runs them beside the ring, and then measures the generator.
pub(crate) fn run(options: &Options) -> Result {
    let manifest = root().join("benches/peers/Cargo.toml").display().to_string();
    // Apart from what other tasks build, with other dependencies.
    let target = target_dir().join("peers");
    let folder = target.display().to_string();
    let build = ["build", "--release", "--locked", "--manifest-path", &manifest, "--target-dir", &folder, "--package"];
    command::run("Build the ring and its peers", cargo(&build).arg("ringgen-peers"))?;
    for extension in ["ringgen-peers-python", "ringgen-peers-node"] {
        // Without them, what they are for is not run, and the page says so.
        if let Err(error) = command::run(&format!("Build {extension}"), cargo(&build).arg(extension)) {
            failure(&error.to_string());
        }
    }
    let out = options.out.clone().unwrap_or_else(|| match options.quick {
        true => target_dir().join("performance"),
        false => root().join("docs/performance"),
    });
    fs::create_dir_all(&out)?;
    let mut peers = program(target.join("release/ringgen-peers"), &["run", "--out"], root());
    peers.arg(&out);
    let mut generator = cargo(&["bench", "--package", "ringgen-schema", "--bench", "generate"]);
    if options.quick {
        peers.arg("--quick");
        generator.args(["--", "--quick"]);
    }
    command::run("Measure the ring beside its peers, on two CPUs", &mut peers)?;
    heading("Figures");
    anstream::println!("   {}", out.display());
    command::run("Measure the generator with a large schema", &mut generator)
}
