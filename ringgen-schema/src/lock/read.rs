//! Reads a lock strictly, line by line: it decides what may be changed, and people merge it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{FILE, FORM, Lock, Record, Versions};
use crate::codes;
use crate::diagnostic::{Finding, Findings};
use crate::layouts::{self, Block, Layouts, Member, Part, Problem, Words};
use crate::source::{Source, Span};

/// After so many mistakes a file is something else altogether, and the rest need not be told.
const MOST_FINDINGS: usize = 10;

/// What to do about a file that can't be read.
const RESTORE: &str = "take the file as it was committed, and run `ringgen lock`";

/// What conflicts of git, and of others, are marked with.
const MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// Reads a lock that begins at `base` among all spans; `None` if anything is wrong with it.
pub(super) fn read(source: &Source, base: usize, findings: &mut Findings) -> Option<Lock> {
    if let Some(bad) = source.not_utf8() {
        let span = base + bad.offset..base + bad.offset + char::REPLACEMENT_CHARACTER.len_utf8();
        findings.push(Finding::new(&codes::R043, &span, format!("{FILE} is not text")).help(RESTORE));
        return None;
    }
    let mut reader = Reader { own: Findings::default(), sections: Vec::new(), has_form: false, seen: BTreeMap::new() };
    let mut start = base;
    for line in source.text().split_inclusive('\n') {
        let is_going = reader.line(line.trim_end(), start);
        start += line.len();
        if !is_going || reader.own.count() >= MOST_FINDINGS {
            break;
        }
    }
    if !reader.has_form && reader.own.is_empty() {
        reader.complain(base..base, format!("{FILE} is empty"), RESTORE);
    }
    let lock = if reader.own.is_empty() { reader.lock() } else { None };
    findings.append_at(0, reader.own);
    lock
}

/// The lines from one `package` to the next.
struct Section {
    package: String,
    version: u32,
    span: Span,
    blocks: Vec<Block>,
    gone: Vec<(String, Span)>,
}

struct Reader {
    /// Those of this file.
    own: Findings,
    sections: Vec<Section>,
    has_form: bool,
    /// The names and the numbers in the type that is being read.
    seen: BTreeMap<String, Span>,
}

impl Reader {
    /// Reads a line that begins at `start`; whether those behind it are worth reading.
    fn line(&mut self, line: &str, start: usize) -> bool {
        let words = line.trim_start();
        let all = start + line.len() - words.len()..start + line.len();
        if words.is_empty() || words.starts_with('#') {
            return true;
        }
        if MARKERS.iter().any(|marker| line.starts_with(marker)) {
            let help = "settle the schemas first; then keep one side of the lock, and run `ringgen lock --unreleased`";
            self.complain(all, "this conflict is not settled", help);
            return false;
        }
        if !self.has_form {
            return self.form(words, all);
        }
        let result = if words.len() < line.len() { self.member(words, &all) } else { self.header(words, &all) };
        if let Err(Problem { span, message }) = result {
            self.complain(all.start + span.start..all.start + span.end, message, RESTORE);
        }
        true
    }

    /// The first line that says something: which form the others have.
    fn form(&mut self, line: &str, at: Span) -> bool {
        let form = line.strip_prefix("ringgen-lock ").and_then(layouts::number);
        self.has_form = form == Some(FORM);
        match form {
            Some(FORM) => {}
            Some(other) => {
                let message = format!("form {other} of {FILE} is not known");
                let finding = Finding::new(&codes::R043, &at, message).label(format!("this version knows form {FORM}"));
                self.own.push(finding.help("use a newer ringgen"));
            }
            None => self.complain(at, format!("{FILE} begins with `ringgen-lock {FORM}`"), RESTORE),
        }
        self.has_form
    }

    /// A package, a type, or what is gone.
    fn header(&mut self, line: &str, at: &Span) -> Result<(), Problem> {
        let words = Words::of(line);
        match words.get(0)?.0 {
            "package" => {
                let (package, version) = (words.identifier(1)?, words.number(2)?);
                words.end_at(3)?;
                if version == 0 {
                    return Err(Problem::not("a version", "0", words.get(2)?.1));
                }
                let span = at.clone();
                self.sections.push(Section { package, version, span, blocks: Vec::new(), gone: Vec::new() });
            }
            "gone" => {
                let name = words.identifier(1)?;
                words.end_at(2)?;
                self.section(line)?.gone.push((name, at.clone()));
            }
            _ => {
                let block = Block { span: at.clone(), ..Block::read(line)? };
                self.section(line)?.blocks.push(block);
                self.seen.clear();
            }
        }
        Ok(())
    }

    fn section(&mut self, line: &str) -> Result<&mut Section, Problem> {
        let missing = || Problem { span: 0..line.len(), message: "no `package` stands in front of this".to_string() };
        self.sections.last_mut().ok_or_else(missing)
    }

    /// A field, value or case.
    fn member(&mut self, line: &str, at: &Span) -> Result<(), Problem> {
        let missing = || Problem { span: 0..line.len(), message: "no type stands in front of this".to_string() };
        let block = self.sections.last_mut().and_then(|section| section.blocks.last_mut()).ok_or_else(missing)?;
        let member = Member { span: at.clone(), ..Member::read(block.word, line)? };
        let (name, number) = match member.part {
            Part::Value { value } | Part::Case { value, .. } => (Some(member.name.clone()), Some(value.to_string())),
            Part::Field { .. } => (Some(member.name.clone()).filter(|_| !member.is_reserved()), None),
        };
        for key in [name, number].into_iter().flatten() {
            let Some(first) = self.seen.insert(key.clone(), at.clone()) else { continue };
            let message = format!("`{}` has `{key}` already", block.name);
            let finding = Finding::new(&codes::R043, at, message).label("second").also(&first, "first");
            self.own.push(finding.help(RESTORE));
        }
        block.members.push(member);
        Ok(())
    }

    /// What the sections say together; `None` if they contradict each other.
    fn lock(&mut self) -> Option<Lock> {
        self.sections.sort_by(|a, b| (&a.package, a.version).cmp(&(&b.package, b.version)));
        let mut packages: BTreeMap<String, Versions> = BTreeMap::new();
        for Section { package, version, span, blocks, gone } in std::mem::take(&mut self.sections) {
            let versions = packages.entry(package.clone()).or_default();
            let before = versions.last_key_value();
            if let Some((_, first)) = before.filter(|(newest, _)| **newest == version) {
                let message = format!("version {version} of `{package}` is there twice");
                let finding = Finding::new(&codes::R043, &span, message).label("second").also(&first.span, "first");
                self.own.push(finding.help(RESTORE));
                continue;
            }
            let mut layouts = before.map(|(_, record)| record.layouts.clone()).unwrap_or_default();
            self.apply(&mut layouts, blocks, gone);
            self.are_complete(&layouts);
            versions.insert(version, Record { layouts, span });
        }
        self.own.is_empty().then_some(Lock { packages })
    }

    /// Adds what a version says is different.
    fn apply(&mut self, layouts: &mut Layouts, blocks: Vec<Block>, gone: Vec<(String, Span)>) {
        for (name, at) in gone {
            if layouts.remove(&name).is_none() {
                self.complain(at, format!("`{name}` was never there"), RESTORE);
            }
        }
        let mut first: BTreeMap<String, Span> = BTreeMap::new();
        for block in blocks {
            if let Some(before) = first.insert(block.name.clone(), block.span.clone()) {
                let message = format!("`{}` is there twice in one version", block.name);
                let finding = Finding::new(&codes::R043, &block.span, message).label("second").also(&before, "first");
                self.own.push(finding.help(RESTORE));
            }
            layouts.insert(block.name.clone(), Arc::new(block));
        }
    }

    /// Reports types that are named and not there.
    fn are_complete(&mut self, layouts: &Layouts) {
        for block in layouts.values() {
            for member in &block.members {
                let Some((word, name)) = member.declared() else { continue };
                if layouts.get(name).is_none_or(|of| of.word != word) {
                    self.complain(member.span.clone(), format!("there is no {word} `{name}` in this version"), RESTORE);
                }
            }
        }
    }

    fn complain(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.own.push(Finding::new(&codes::R043, &span, message).help(help));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Vec<(String, String)> {
        let source = Source::new(FILE, text);
        let report = Lock::read(&source).unwrap_err();
        let found = report.findings().iter().map(|finding| {
            let span = finding.primary().span.clone();
            (text[span].to_string(), finding.message.clone())
        });
        found.collect()
    }

    const HEAD: &str = "# Of what.\nringgen-lock 1\n";

    #[test]
    fn a_lock_is_printed_as_it_is_read() {
        let text = format!(
            "{}ringgen-lock 1\n\npackage a 1\n\nmessage M 16 8\n  0 8 u64 - id\n  8 1 enum:Side - side\n  \
             9 7 reserved - _r\n\nstruct S 1 1\n  0 1 u8 - x\n\nenum Side 1 u8\n  1 Buy\n\npackage a 3\n\n\
             enum Side 1 u8\n  1 Buy\n  2 Sell\n\ngone S\n\npackage b 1\n",
            super::super::HEAD
        );
        assert_eq!(Lock::read(&Source::new(FILE, text.as_str())).unwrap().text(), text);
        // Ends of lines as git may make them, no line at the end, and packages in any order.
        let windows = text.trim_end().replace('\n', "\r\n");
        assert_eq!(Lock::read(&Source::new(FILE, windows)).unwrap().text(), text);
        let (head, b) = text.split_once("\npackage a 1").unwrap();
        let b = b.replace("\npackage b 1\n", "");
        let turned = format!("{head}\npackage b 1\n\npackage a 1{b}");
        assert_eq!(Lock::read(&Source::new(FILE, turned)).unwrap().text(), text);
    }

    #[test]
    fn mistakes_have_their_places() {
        let one = |text: &str| {
            let mut found = errors(&format!("{HEAD}{text}"));
            assert_eq!(found.len(), 1, "{found:?}");
            found.remove(0)
        };
        let is = |place: &str, message: &str| (place.to_string(), message.to_string());
        assert_eq!(one("message M 8 8\n"), is("message M 8 8", "no `package` stands in front of this"));
        assert_eq!(one("package a 1\n  0 8 u64 - x"), is("0 8 u64 - x", "no type stands in front of this"));
        assert_eq!(one("package a 0"), is("0", "`0` is not a version"));
        assert_eq!(one("package a-b 1"), is("a-b", "`a-b` is not a name"));
        assert_eq!(one("package a 1\npackage a 1"), is("package a 1", "version 1 of `a` is there twice"));
        assert_eq!(one("package a 1\ngone X"), is("gone X", "`X` was never there"));
        let with = |rest: &str| format!("package a 1\nmessage M 8 8\n  0 8 u64 - x\n{rest}");
        assert_eq!(one(&with("  8 8 u64 - x")), is("8 8 u64 - x", "`M` has `x` already"));
        assert_eq!(one(&with("message M 8 8")), is("message M 8 8", "`M` is there twice in one version"));
        let named = is("8 1 enum:Side - y", "there is no enum `Side` in this version");
        assert_eq!(one(&with("  8 1 enum:Side - y")), named);
        assert_eq!(one(&with("enum E 1 u8\n  1 A\n  1 B")), is("1 B", "`E` has `1` already"));
        assert_eq!(one(&with("  0 8 u128 - y")), is("u128", "`u128` is not a type"));
        let conflict = is("<<<<<<< HEAD", "this conflict is not settled");
        assert_eq!(one("<<<<<<< HEAD\npackage a 1\n=======\n>>>>>>> other\n"), conflict);
    }

    #[test]
    fn a_file_of_another_form_is_told_and_no_more() {
        let is = |place: &str, message: &str| vec![(place.to_string(), message.to_string())];
        assert_eq!(errors("ringgen-lock 2\nwhat\n"), is("ringgen-lock 2", "form 2 of ringgen.lock is not known"));
        assert_eq!(errors("# x\n{}\n"), is("{}", "ringgen.lock begins with `ringgen-lock 1`"));
        assert_eq!(errors(""), is("", "ringgen.lock is empty"));
        assert_eq!(errors(&format!("{HEAD}{}", "what\n".repeat(500))).len(), MOST_FINDINGS);
        let report = Lock::read(&Source::from_bytes(FILE, b"ringgen-lock 1\n\xff".to_vec())).unwrap_err();
        assert_eq!(report.findings()[0].message, "ringgen.lock is not text");
    }

    /// Lines in any order, doubled, cut and mixed: a lock or a report, whatever they are.
    #[test]
    fn no_file_makes_it_panic() {
        let whole = "# x\nringgen-lock 1\n\npackage a 1\n\nvariant V 16 8 u16 8\n  1 message:M M\n\nmessage M 8 8\n  \
                     0 4 u32 - n\n  4 4 enum:Side 4 sides\n\nenum Side 1 u8\n  -1 Buy\n\npackage a 2\n\ngone V\n";
        Lock::read(&Source::new(FILE, whole)).unwrap();
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below.max(1) as u64) as usize
        };
        let (mut locks, mut reports) = (0, 0);
        for _ in 0..5_000 {
            let mut bytes = whole.as_bytes().to_vec();
            for _ in 0..=random(4) {
                bytes.resize(bytes.len().max(1), b'\n');
                let at = random(bytes.len());
                let to = (at + random(20)).min(bytes.len());
                match random(5) {
                    0 => drop(bytes.drain(at..to)),
                    1 => bytes[at] = random(256) as u8,
                    2 => bytes.insert(at, b" \n-:x09#"[random(8)]),
                    3 => bytes.truncate(at),
                    _ => {
                        let copy = bytes[at..to].to_vec();
                        let place = random(bytes.len());
                        bytes.splice(place..place, copy);
                    }
                }
            }
            match Lock::read(&Source::from_bytes(FILE, bytes)) {
                Ok(lock) => {
                    let text = lock.text();
                    assert_eq!(Lock::read(&Source::new(FILE, text.as_str())).unwrap().text(), text);
                    locks += 1;
                }
                Err(report) => {
                    for finding in report.findings() {
                        let source = report.source(finding.primary());
                        assert!(source.text().get(finding.primary().span.clone()).is_some());
                        assert!(finding.help.is_some());
                    }
                    reports += 1;
                }
            }
        }
        assert!(locks > 100 && reports > 1000, "{locks} locks, {reports} reports");
    }
}
