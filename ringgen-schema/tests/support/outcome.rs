//! What comes of a file, looked at from all sides: a plan that every backend prints, or a report whose carets are inside
//! the file.

use ringgen_schema::backend::BACKENDS;
use ringgen_schema::{Compilation, Compiler, Report, Source};

/// What came of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It can be generated from.
    Plan,
    /// It has mistakes.
    Report,
}

/// Compiles a file; its imports lie on disk.
pub(crate) fn check(source: &Source) -> Outcome {
    of(Compiler::new().compile([source.clone()]))
}

/// Looks at everything that came of some files.
pub(crate) fn of(compilation: Compilation) -> Outcome {
    match compilation.into_plans() {
        Ok(plans) => {
            for backend in BACKENDS {
                plans.iter().for_each(|plan| drop(backend.emit(plan)));
            }
            Outcome::Plan
        }
        Err(report) => {
            check_report(&report);
            Outcome::Report
        }
    }
}

fn check_report(report: &Report) {
    assert!(!report.findings().is_empty(), "a report without a finding");
    for (index, finding) in report.findings().iter().enumerate() {
        assert!(!finding.message.is_empty() && !finding.message.contains('\n'), "{}", finding.message);
        assert!(finding.help.is_some(), "{}: {} has no help", finding.code.id, finding.message);
        for label in &finding.labels {
            let span = label.span.clone();
            let source = report.source(label);
            let text = source.text();
            assert!(text.get(span.clone()).is_some(), "{span:?} is not in a text of {} bytes", text.len());
            // Each of these goes through the text once more.
            if index < 100 {
                assert_eq!((label.position, label.end), (source.position(span.start), source.position(span.end)));
            }
        }
    }
    for color in [false, true] {
        let rendered = report.render(color);
        assert!(rendered.contains(report.findings()[0].code.id), "{rendered}");
        assert!(color || !rendered.contains('\u{1b}'), "an escape in a plain report:\n{rendered}");
    }
}
