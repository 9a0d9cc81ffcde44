//! What a run has found out, as a page, as JSON, and as pictures.

mod chart;
mod markdown;

use std::fs;

use crate::plan::Findings;
use crate::{Options, Result};

/// The pictures that the page shows.
const CHARTS: [&str; 2] = ["throughput.svg", "latency.svg"];

/// Prints the page, and writes it with its pictures and the figures if it is known where to.
pub(crate) fn write(findings: &Findings, options: &Options) -> Result {
    let page = markdown::page(findings);
    println!("{page}");
    let Some(folder) = &options.out else { return Ok(()) };
    fs::create_dir_all(folder)?;
    fs::write(folder.join("results.md"), page)?;
    fs::write(folder.join("results.json"), serde_json::to_string_pretty(findings)? + "\n")?;
    fs::write(folder.join(CHARTS[0]), chart::throughput(findings)?)?;
    fs::write(folder.join(CHARTS[1]), chart::latency(findings)?)?;
    eprintln!("written to {}", folder.display());
    Ok(())
}
