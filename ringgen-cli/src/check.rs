//! `ringgen check`: everything that is wrong with schemas.

use ringgen_build::Inputs;

use crate::args::{CheckArgs, MessageFormat};
use crate::findings;
use crate::output::{BAD, Failure, GOOD, Output, Verdict, count};

/// Prints the findings of all schemas, and one line that sums them up.
pub(crate) fn run(args: &CheckArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let inputs = Inputs::read(&args.sources.paths, &args.sources.imports.folders)?;
    if let Some(report) = &inputs.report {
        findings::print(report, args.messages.message_format, output.stdout());
    }
    if args.messages.message_format == MessageFormat::Json {
        return Ok(Verdict::of(inputs.report.is_some()));
    }
    let schemas = count(inputs.plans.len() + inputs.bad, "schema");
    let findings = inputs.finding_count();
    if findings == 0 {
        let types: usize = inputs.plans.iter().map(|plan| plan.own_types().len()).sum();
        let rings: usize = inputs.plans.iter().map(|plan| plan.rings.len()).sum();
        let contents = format!("{}, {}", count(types, "type"), count(rings, "ring"));
        output.line(format_args!("{GOOD}{schemas} checked{GOOD:#}: {contents}, no findings"));
    } else {
        let findings = count(findings, "finding");
        let bad = count(inputs.bad, "schema");
        output.line(format_args!("{BAD}{findings}{BAD:#} in {bad}; {schemas} checked"));
        output.line(format_args!("{GOOD}help{GOOD:#}: `ringgen explain {}` tells more", some_code(&inputs)));
    }
    Ok(Verdict::of(findings > 0))
}

fn some_code(inputs: &Inputs) -> &'static str {
    let first = inputs.report.as_ref().and_then(|report| report.findings().first());
    first.map_or("R001", |finding| finding.code.id)
}
