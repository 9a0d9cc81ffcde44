//! `ringgen diff`: what changed between two versions of a schema, and whether its `version` owns up to it.

mod json;
mod text;

use std::path::{Path, PathBuf};

use ringgen_schema::diff::{Diff, Version, diff};
use ringgen_schema::lock::Locks;

use crate::args::{DiffArgs, MessageFormat};
use crate::findings;
use crate::output::{BOLD, Failure, Output, Verdict, write};
use crate::revision::locate;

/// Two versions, and what changed.
struct Comparison {
    old: Side,
    new: Side,
    diff: Diff,
}

/// One of the versions.
struct Side {
    /// As the user named it.
    name: String,
    version: Version,
}

/// Prints what changed.
pub(crate) fn run(args: &DiffArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let old = side(&args.old, &args.imports.folders, output)?;
    let new = side(&args.new, &args.imports.folders, output)?;
    let (Some(old), Some(new)) = (old, new) else {
        write(output.stderr(), format_args!("nothing was compared\n"));
        return Ok(Verdict::Findings);
    };
    let diff = diff(&old.version, &new.version);
    let verdict = Verdict::of(!diff.problems.is_empty());
    let comparison = Comparison { old, new, diff };
    if args.json {
        output.line(json::json(&comparison));
    } else {
        text::print(&comparison, output);
    }
    Ok(verdict)
}

/// Reads and compiles one of the versions; none if it has mistakes, which are printed.
fn side(argument: &Path, folders: &[PathBuf], output: &mut Output) -> Result<Option<Side>, Failure> {
    let located = locate(argument)?;
    let name = located.source.name().to_string();
    // What was reserved once says what may lie where it lies; which version it is, the diff judges.
    let compiler = located.compiler(folders).locks(Locks::Read);
    match compiler.version(located.source) {
        Ok(version) => Ok(Some(Side { name, version })),
        Err(report) => {
            findings::print(&report, MessageFormat::Human, output.stderr());
            write(output.stderr(), format_args!("{BOLD}{name} has mistakes{BOLD:#}; "));
            Ok(None)
        }
    }
}

impl Comparison {
    /// The rings of both versions that processes of both can't share, though they carry a type of one name.
    fn broken_rings(&self) -> Vec<String> {
        let (old, new) = (self.old.version.plan(), self.new.version.plan());
        let is_broken = |name: &str, message: &str| {
            let before = old.rings.iter().find(|ring| ring.name == name);
            before.is_some_and(|before| {
                let was = old.ty(before.message).name();
                was != message || !self.diff.shares_layout(message)
            })
        };
        let broken = new.rings.iter().filter(|ring| is_broken(&ring.name, new.ty(ring.message).name()));
        broken.map(|ring| format!("{}.{}", new.package, ring.name)).collect()
    }
}
