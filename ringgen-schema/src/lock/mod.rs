//! `ringgen.lock`: what each version of the packages in a folder laid out, for later versions to be held to.
//!
//! ```text
//! ringgen-lock 1
//!
//! package market 1                a package and its version
//!
//! message Trade 40 8              a type, by the lines of its canonical text
//!   0 8 u64 - id
//!   …
//!
//! package market 2                what this version has different from the one in front of it
//!
//! message Trade 40 8
//!   …
//!
//! gone Quote                      what it has no more
//! ```
//!
//! Lines of one meaning stand together and in one order, so that versions of two packages, and types of one, can be
//! merged without a conflict; what a version changed is what a review of the file shows.

mod beside;
mod hold;
mod read;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use beside::LockFiles;
pub use beside::Locks;
pub(crate) use hold::hold;

use crate::diagnostic::{Findings, Report};
use crate::layouts::{self, Block, Layouts};
use crate::plan::{FieldPlan, Plan};
use crate::source::{Source, Sources, Span};
use crate::syntax::NOWHERE;

/// What the file is called. It lies beside the schemas that it is about.
pub const FILE: &str = "ringgen.lock";

/// The form of the file that is written and read.
const FORM: u32 = 1;

const HEAD: &str = "\
# What each version of the schemas in this folder laid out. A version that stands here is closed: `ringgen check`
# refuses a schema that lays it out in another way. Written by `ringgen lock`. Commit it; don't edit it.
";

/// The layouts of the packages in a folder, version by version.
#[derive(Clone, Debug, Default)]
pub struct Lock {
    packages: BTreeMap<String, Versions>,
}

/// The recorded versions of a package.
pub(crate) type Versions = BTreeMap<u32, Record>;

/// What a version laid out.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) layouts: Layouts,
    /// Where the file begins with it.
    pub(crate) span: Span,
}

/// How a schema stands to what is recorded of its package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its version is recorded just so.
    Recorded,
    /// Its version is not recorded yet.
    New,
    /// Its version is the newest recorded one, with another layout.
    Changed,
    /// A later version is recorded: this one. Its own is recorded just so, or not at all.
    Behind(u32),
    /// A later version is recorded, and its own with another layout.
    Closed,
}

impl Lock {
    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it, in one report: it is merged by hand at times.
    pub fn read(source: &Source) -> Result<Self, Report> {
        let mut sources = Sources::default();
        let base = sources.add(source.clone());
        let mut findings = Findings::default();
        read::read(source, base, &mut findings).ok_or_else(|| Report::new(sources, findings))
    }

    /// How a schema stands to it.
    pub fn standing(&self, plan: &Plan) -> Standing {
        let Some(versions) = self.packages.get(&plan.package) else { return Standing::New };
        let is_same = versions.get(&plan.version).map(|record| record.is(&layouts::of_plan(plan)));
        let later = versions.keys().next_back().filter(|newest| **newest > plan.version);
        match (later, is_same) {
            (Some(_), Some(false)) => Standing::Closed,
            (Some(newest), _) => Standing::Behind(*newest),
            (None, Some(true)) => Standing::Recorded,
            (None, Some(false)) => Standing::Changed,
            (None, None) => Standing::New,
        }
    }

    /// Records a version in place of what was recorded of it, and forgets those behind it.
    pub fn record(&mut self, plan: &Plan) {
        let versions = self.packages.entry(plan.package.clone()).or_default();
        versions.split_off(&plan.version);
        versions.insert(plan.version, Record { layouts: layouts::of_plan(plan), span: NOWHERE });
    }

    /// The file: the same text for the same layouts.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}ringgen-lock {FORM}\n");
        for (package, versions) in &self.packages {
            let mut before = &Layouts::new();
            for (version, Record { layouts, .. }) in versions {
                let _ = writeln!(text, "\npackage {package} {version}");
                for (name, block) in layouts {
                    if before.get(name).is_none_or(|old| !old.same(block)) {
                        print(block, &mut text);
                    }
                }
                for name in before.keys().filter(|name| !layouts.contains_key(*name)) {
                    let _ = writeln!(text, "\ngone {name}");
                }
                before = layouts;
            }
        }
        text
    }

    pub(crate) fn versions(&self, package: &str) -> Option<&Versions> {
        self.packages.get(package)
    }
}

fn print(block: &Block, text: &mut String) {
    let _ = writeln!(text, "\n{}", block.header());
    for member in &block.members {
        let _ = writeln!(text, "  {member}");
    }
}

impl Record {
    fn is(&self, layouts: &Layouts) -> bool {
        let has = |(name, block): (&String, &Arc<Block>)| self.layouts.get(name).is_some_and(|of| of.same(block));
        self.layouts.len() == layouts.len() && layouts.iter().all(has)
    }
}

/// Whether the bytes that a version's new fields take were reserved in the newest recorded version before it.
pub(crate) fn were_reserved<'a>(
    versions: &Versions,
    type_name: &str,
    fields: impl IntoIterator<Item = &'a FieldPlan>,
    since: u32,
) -> bool {
    let before = versions.range(..since).next_back();
    let Some(block) = before.and_then(|(_, record)| record.layouts.get(type_name)) else { return false };
    let bytes = |field: &FieldPlan| field.offset.into()..u64::from(field.offset) + u64::from(field.size);
    fields.into_iter().all(|field| block.reserves(bytes(field)))
}

/// The path of the lock beside a schema.
pub fn beside(schema: &Path) -> PathBuf {
    schema.parent().unwrap_or(Path::new("")).join(FILE)
}
