//! The documentation says what the tables say, and what it shows is so.

mod support;

use std::fs;

use ringgen_schema::{Source, codes, compile, reference};
use support::{bless, expect, root};

const BEGIN: &str = "<!-- Written by `RINGGEN_BLESS=1 cargo test -p ringgen-schema`, from here -->\n";
const END: &str = "<!-- to here. -->\n";

#[test]
fn the_reference_of_keys_is_that_of_the_parser() {
    has_part("docs/schema.md", &reference::keys());
}

#[test]
fn the_table_of_changes_is_that_of_the_diff() {
    has_part("docs/evolution.md", &reference::changes());
}

/// Between two marks, a page says what a table says.
fn has_part(page: &str, part: &str) {
    let path = root().join(page);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{page}: {error}"));
    let (before, rest) = text.split_once(BEGIN).unwrap_or_else(|| panic!("{page} marks where its part begins"));
    let (_, after) = rest.split_once(END).unwrap_or_else(|| panic!("{page} marks where its part ends"));
    let now = format!("{before}{BEGIN}\n{part}\n{END}{after}");
    expect(&path, &now).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_page_of_errors_is_that_of_the_codes() {
    expect(&root().join("docs/errors.md"), &reference::errors()).unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn the_examples_of_docs_schema_compile() {
    let page = fs::read_to_string(root().join("docs/schema.md")).expect("docs/schema.md");
    let examples = blocks(&page, "toml");
    assert!(!examples.is_empty());
    for example in examples {
        if let Err(report) = compile(&Source::new("docs/schema.md", whole(&example))) {
            panic!("{}", report.render(false));
        }
    }
}

/// A page for schemas shows the mistake first, in TOML, and then what to write instead.
#[test]
fn the_examples_of_the_pages_are_mistakes_of_their_code_and_their_corrections() {
    let mut with_examples = 0;
    for code in codes::ALL {
        assert!(code.explanation.len() > 100, "the page of {} says nothing", code.id);
        assert!(code.explanation.contains("```"), "the page of {} has no example", code.id);
        let blocks = blocks(code.explanation, "toml");
        let Some((wrong, right)) = blocks.split_first() else { continue };
        with_examples += 1;
        let report = match compile(&Source::new(format!("{}.md", code.id), whole(wrong))) {
            Ok(_) => panic!("the first example of {} is no mistake:\n{wrong}", code.id),
            Err(report) => report,
        };
        let found = report.findings().iter().any(|finding| finding.code.id == code.id);
        assert!(found, "the first example of {} is another mistake:\n{}", code.id, report.render(false));
        let others = report.findings().iter().filter(|finding| finding.code.id != code.id).count();
        assert_eq!(others, 0, "the first example of {} has other mistakes:\n{}", code.id, report.render(false));
        assert!(!right.is_empty(), "{} shows no correction", code.id);
        for right in right {
            if let Err(report) = compile(&Source::new(format!("{}.md", code.id), whole(right))) {
                panic!("a correction of {} is wrong:\n{}", code.id, report.render(false));
            }
        }
    }
    assert!(with_examples >= 25 || bless(), "only {with_examples} pages have an example in TOML");
}

/// What a lock is held against is in no schema alone: these pages show what is said of a case.
#[test]
fn the_pages_about_locks_show_what_is_said() {
    for (code, case) in [("R011", "version-gets-a-field-after-it-was-recorded"), ("R043", "lock-has-a-conflict")] {
        let page = codes::find(code).expect("the code is there").explanation;
        let said = fs::read_to_string(root().join("ringgen-schema/tests/cases").join(case).join("errors.txt"));
        let said = said.expect("the case has a report");
        let (finding, _) = said.split_once("\nerror: 1 error in").expect("it is one finding");
        let shown = format!("```console\n$ ringgen check schema.toml\n{finding}```\n");
        assert!(page.contains(&shown), "the page of {code} does not show this:\n{shown}");
    }
}

/// The fenced blocks of a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_string()).collect()
}

/// An example as a whole file.
fn whole(example: &str) -> String {
    if example.contains("ringgen =") {
        example.to_string()
    } else {
        format!("ringgen = 1\npackage = \"example\"\n{example}")
    }
}
