//! What comes of a file, looked at from all sides.

use std::io;
use std::path::Path;

use ringgen_schema::backend::BACKENDS;
use ringgen_schema::{Compilation, Loader, Report};

/// There are no other files.
pub struct Nothing;

impl Loader for Nothing {
    fn load(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// Prints a plan in every language; looks at every finding of a report.
pub fn check(compilation: Compilation) {
    match compilation.into_plans() {
        Ok(plans) => {
            for backend in BACKENDS {
                plans.iter().for_each(|plan| drop(backend.emit(plan)));
            }
        }
        Err(report) => check_report(&report),
    }
}

/// Every caret is inside its file, and everything says what to do.
pub fn check_report(report: &Report) {
    assert!(!report.findings().is_empty());
    for finding in report.findings() {
        assert!(!finding.message.is_empty() && !finding.message.contains('\n'), "{}", finding.message);
        assert!(finding.help.is_some(), "{} has no help", finding.message);
        for label in &finding.labels {
            assert!(report.source(label).text().get(label.span.clone()).is_some(), "{label:?}");
        }
    }
    assert!(!report.render(false).contains('\u{1b}'));
    report.render(true);
}
