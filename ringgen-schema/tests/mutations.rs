//! Whatever is in a file, compiling it ends in a plan or in a report: no panic, every caret inside the file.

mod support;

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use ringgen_schema::{Compiler, Loader, Source};
use support::outcome::{Outcome, check, of};
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

/// Every schema of the repository, and its bytes.
fn files() -> Vec<(PathBuf, Vec<u8>)> {
    let paths = schemas().into_iter().chain(cases().into_iter().map(|case| schema(&case)));
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, bytes)
    };
    paths.map(read).collect()
}

/// A mutant of a file, called like one beside it, so that what it imports is found.
fn mutant(path: &Path, bytes: Vec<u8>) -> Source {
    let name = path.with_file_name("mutant").with_extension(path.extension().unwrap_or_default());
    Source::from_bytes(name.display().to_string(), bytes)
}

/// How many plans and how many reports came of mutants.
#[derive(Default)]
struct Tally {
    plans: u32,
    reports: u32,
}

impl Tally {
    /// Counts what comes of a mutant.
    fn add(&mut self, of: &str, mutant: &Source, outcome: impl FnOnce() -> Outcome) {
        match catch_unwind(AssertUnwindSafe(outcome)) {
            Ok(Outcome::Plan) => self.plans += 1,
            Ok(Outcome::Report) => self.reports += 1,
            Err(_) => panic!("a mutant of {of} panics:\n{}", mutant.text()),
        }
    }

    fn assert(&self, plans: u32, reports: u32) {
        let Tally { plans: p, reports: r } = self;
        assert!(*p >= plans && *r >= reports, "the mutants are too alike: {p} plans, {r} reports");
    }
}

#[test]
fn mutants_of_real_schemas_never_panic_and_every_caret_is_inside_the_file() {
    let mut random = Random(0x5EED);
    let mut tally = Tally::default();
    for (path, original) in files() {
        for _ in 0..ROUNDS {
            let mut bytes = original.clone();
            for _ in 0..=random.below(3) {
                mutate(&mut bytes, &mut random);
            }
            let source = mutant(&path, bytes);
            tally.add(&path.display().to_string(), &source, || check(&source));
        }
    }
    tally.assert(100, 500);
}

/// The lines of one file among those of another, from a table or an item on.
#[test]
fn files_spliced_into_each_other_never_panic() {
    let mut random = Random(0x5713);
    let mut tally = Tally::default();
    let files = files();
    for (path, original) in &files {
        let of_a_kind: Vec<_> = files.iter().filter(|(other, _)| other.extension() == path.extension()).collect();
        for _ in 0..ROUNDS / 3 {
            let (other, donor) = of_a_kind[random.below(of_a_kind.len())];
            let (into, from) = (line(original, &mut random), line(donor, &mut random));
            let to = from + line(&donor[from..], &mut random);
            let bytes = [&original[..into], &donor[from..to], &original[into..]].concat();
            let source = mutant(path, bytes);
            tally.add(&format!("{} and {}", path.display(), other.display()), &source, || check(&source));
        }
    }
    tally.assert(5, 200);
}

/// Where some line of a file begins.
fn line(bytes: &[u8], random: &mut Random) -> usize {
    let at = random.below(bytes.len() + 1);
    bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
}

/// One file, whatever the path.
struct Only(Vec<u8>);

impl Loader for Only {
    fn load(&self, path: &Path) -> io::Result<Vec<u8>> {
        if path == Path::new("other.toml") { Ok(self.0.clone()) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

/// Any file that imports any other, both mutated.
#[test]
fn pairs_of_files_never_panic() {
    let mut random = Random(0xFEED);
    let mut tally = Tally::default();
    let mut files = files();
    files.retain(|(path, _)| path.extension().is_some_and(|extension| extension == "toml"));
    for (path, original) in &files {
        for _ in 0..ROUNDS / 3 {
            let (other, imported) = &files[random.below(files.len())];
            let (mut bytes, mut imported) = (original.clone(), imported.clone());
            // Another name for its package, or both have the same one and that is the mistake.
            replace(&mut imported, b"package = \"", b"package = \"other_");
            replace(&mut bytes, b"package", b"import = [\"other.toml\"]\npackage");
            if random.below(2) == 0 {
                mutate(&mut bytes, &mut random);
                mutate(&mut imported, &mut random);
            }
            let source = Source::from_bytes("mutant.toml", bytes);
            tally.add(&format!("{} and {}", path.display(), other.display()), &source, || {
                of(Compiler::new().loader(Only(imported)).compile([source.clone()]))
            });
        }
    }
    tally.assert(5, 200);
}

/// Puts something else where these bytes are first.
fn replace(bytes: &mut Vec<u8>, old: &[u8], new: &[u8]) {
    if let Some(at) = bytes.windows(old.len()).position(|window| window == old) {
        bytes.splice(at..at + old.len(), new.iter().copied());
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
