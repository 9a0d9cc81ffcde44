//! `ringgen explain`: what a code means, and what to write instead.

use anstyle::{AnsiColor, Style};
use ringgen_schema::codes::{ALL, find};

use crate::args::ExplainArgs;
use crate::output::{BOLD, Failure, Output, Verdict, columns};
use crate::text::wrap;

const CODE: Style = AnsiColor::Cyan.on_default();

/// Prints the page of a code, or all codes.
pub(crate) fn run(args: &ExplainArgs, output: &mut Output) -> Result<Verdict, Failure> {
    let Some(wanted) = &args.code else {
        for code in ALL {
            output.line(format_args!("{CODE}{}{CODE:#}  {}", code.id, code.title));
        }
        return Ok(Verdict::Fine);
    };
    let code = find(wanted).ok_or_else(|| unknown(wanted))?;
    output.line(format_args!("{CODE}{BOLD}{}{BOLD:#}{CODE:#}{BOLD}: {}{BOLD:#}\n", code.id, code.title));
    page(code.explanation, output);
    Ok(Verdict::Fine)
}

/// Prints Markdown for a terminal: paragraphs are as wide as it, code is indented and not fenced.
fn page(markdown: &str, output: &mut Output) {
    let mut in_code = false;
    let mut words = String::new();
    for line in markdown.trim_end().lines() {
        let is_fence = line.starts_with("```");
        if is_fence || in_code || line.is_empty() {
            paragraph(&std::mem::take(&mut words), output);
        }
        match line {
            _ if is_fence => in_code = !in_code,
            "" => output.line(""),
            code if in_code => output.line(format_args!("    {CODE}{code}{CODE:#}")),
            text => words.extend([text, " "]),
        }
    }
    paragraph(&words, output);
}

/// Prints a paragraph. What stands between backticks is coloured and keeps them: without colours they are all there is.
fn paragraph(words: &str, output: &mut Output) {
    let mut in_code = false;
    for line in wrap(words, columns().min(100)) {
        let mut text = String::new();
        for (index, part) in line.split('`').enumerate() {
            if index > 0 {
                in_code = !in_code;
                text.push('`');
            }
            text.push_str(&if in_code { format!("{CODE}{part}{CODE:#}") } else { part.to_owned() });
        }
        output.line(text);
    }
}

fn unknown(wanted: &str) -> Failure {
    let failure = Failure::new(format_args!("there is no code `{wanted}`"));
    let wanted = wanted.trim().to_ascii_uppercase();
    let near = |id: &str| strsim::damerau_levenshtein(id, &wanted);
    // R1, r01 and 001 mean R001.
    let digits = wanted.trim_start_matches('R').parse::<u32>().ok();
    let same_number = ALL.iter().find(|code| digits.is_some() && code.id[1..].parse().ok() == digits);
    let nearest = same_number.or_else(|| ALL.iter().filter(|code| near(code.id) <= 1).min_by_key(|code| near(code.id)));
    let failure = match nearest {
        Some(code) => failure.help(format_args!("did you mean {}, {}?", code.id, code.title)),
        None => failure,
    };
    failure.help("`ringgen explain` lists all codes")
}
