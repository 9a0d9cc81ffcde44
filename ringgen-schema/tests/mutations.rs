//! Whatever is in a file, compiling it ends in a plan or in a report: no panic, every caret inside the file.

mod support;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ringgen_schema::backend::BACKENDS;
use ringgen_schema::{Report, Source, compile};
use support::{cases, schema, schemas};

/// How many mutants of each file.
const ROUNDS: u32 = 30;

/// What mutants get inserted: words of the language, numbers at the edges, halves of syntax.
const WORDS: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    "[[",
    "\"",
    "'",
    "\"\"\"",
    "=",
    ",",
    ".",
    "\n",
    "#",
    "\\",
    "\\u00e9",
    "\u{e9}",
    "\u{202e}",
    "\u{0}",
    "name",
    "type",
    "pad",
    "reserved",
    "offset",
    "align",
    "fields",
    "values",
    "bits",
    "bit",
    "value",
    "repr",
    "const",
    "enum",
    "flags",
    "struct",
    "message",
    "ring",
    "capacity",
    "kind",
    "wait",
    "import",
    "variant",
    "slab",
    "null",
    "since",
    "deprecated",
    "was",
    "range",
    "range = [1, 2]",
    "null = \"nan\"",
    "cases",
    "tag",
    "id",
    "doc",
    "unit",
    "ts_u64",
    "rust_name",
    "u8",
    "u64",
    "f32",
    "bool",
    "str",
    "bytes",
    "str[4]",
    "u8[2][3]",
    "bytes[4][4]",
    "list[u8, 4]",
    "list[str[4], 4]",
    "list[",
    "text[4]",
    "Vec<u8>",
    "&str",
    "*const u8",
    "Option<Box<T>>",
    "[u8; 4]",
    "(u8, u8)",
    "fn()",
    "usize",
    "String",
    "char",
    "0",
    "1",
    "-1",
    "255",
    "256",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "-9223372036854775808",
    "\"0xFFFF_FFFF_FFFF_FFFF\"",
    "1e999",
    "nan",
    "inf",
    "0x",
    "true",
    "2026-01-01",
    "self",
    "Self",
    "type",
    "class",
    "_x",
    "__",
    "r#type",
    "explicit",
    "padding = \"explicit\"\n",
];

/// Scalars of three letters, to be exchanged.
const SCALARS: &[&[u8]] = &[b"u16", b"u32", b"u64", b"i16", b"i32", b"i64", b"f32", b"f64"];

/// xorshift64*: the same mutants on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit.max(1)
    }
}

#[test]
fn mutants_of_real_schemas_never_panic_and_every_caret_is_inside_the_file() {
    let mut random = Random(0x5EED);
    let files = schemas().into_iter().chain(cases().into_iter().map(|case| schema(&case)));
    let (mut plans, mut reports) = (0, 0);
    for path in files {
        let original = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for _ in 0..ROUNDS {
            let mut bytes = original.clone();
            for _ in 0..=random.below(3) {
                mutate(&mut bytes, &mut random);
            }
            let extension = path.extension().unwrap_or_default().to_string_lossy();
            let source = Source::from_bytes(format!("mutant.{extension}"), bytes);
            let outcome = catch_unwind(AssertUnwindSafe(|| check(&source)));
            match outcome {
                Ok(true) => plans += 1,
                Ok(false) => reports += 1,
                Err(_) => panic!("a mutant of {} panics:\n{}", path.display(), source.text()),
            }
        }
    }
    assert!(plans > 50 && reports > 300, "the mutants are too alike: {plans} plans, {reports} reports");
}

/// Compiles, and looks at everything that comes of it; whether that is a plan.
fn check(source: &Source) -> bool {
    match compile(source) {
        Ok(plan) => {
            for backend in BACKENDS {
                backend.emit(&plan);
            }
            true
        }
        Err(report) => {
            check_report(&report);
            false
        }
    }
}

fn check_report(report: &Report) {
    assert!(!report.findings().is_empty(), "a report without a finding");
    for finding in report.findings() {
        assert!(!finding.message.is_empty() && !finding.message.contains('\n'), "{}", finding.message);
        assert!(finding.help.is_some(), "{}: {} has no help", finding.code.id, finding.message);
        for label in &finding.labels {
            let span = label.span.clone();
            let source = report.source(label);
            let text = source.text();
            assert!(text.get(span.clone()).is_some(), "{span:?} is not in a text of {} bytes", text.len());
            assert_eq!(label.position, source.position(span.start));
            assert!(label.position.line <= text.matches('\n').count() + 1);
        }
    }
    for color in [false, true] {
        let rendered = report.render(color);
        assert!(rendered.contains(report.findings()[0].code.id), "{rendered}");
        assert!(color || !rendered.contains('\u{1b}'), "an escape in a plain report:\n{rendered}");
    }
}

fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let to = (at + random.below(24)).min(bytes.len());
    match random.below(12) {
        0 => drop(bytes.drain(at..to)),
        1 => {
            let copy = bytes[at..to].to_vec();
            let place = random.below(bytes.len() + 1);
            bytes.splice(place..place, copy);
        }
        2 => bytes.truncate(at),
        3 => bytes.insert(at, random.below(256) as u8),
        4 => {
            let word = WORDS[random.below(WORDS.len())];
            bytes.splice(at..at, word.bytes());
        }
        // A scalar by another, a digit by another: many such mutants are schemas still.
        5 | 6 => {
            let is_type = |window: &[u8]| window.first() == Some(&b'"') && SCALARS.contains(&&window[1..]);
            let Some(found) = bytes[at..].windows(4).position(is_type) else { return };
            let scalar = SCALARS[random.below(SCALARS.len())];
            bytes.splice(at + found + 1..at + found + 4, scalar.iter().copied());
        }
        7 | 8 => {
            let Some(found) = bytes[at..].iter().position(u8::is_ascii_digit) else { return };
            bytes[at + found] = b'0' + random.below(10) as u8;
        }
        // A whole word or string by another: most such mutants are TOML still.
        _ => {
            let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'[' | b']');
            let Some(start) = bytes[at..].iter().position(is_word).map(|skip| at + skip) else { return };
            let end = bytes[start..].iter().position(|byte| !is_word(byte)).map_or(bytes.len(), |len| start + len);
            let word = WORDS[random.below(WORDS.len())];
            bytes.splice(start..end, word.bytes());
        }
    }
}
