//! Pairs of layouts and what they are to each other: tests/compatible of the repository, which every host reads.

use std::collections::BTreeSet;
use std::path::Path;

use ringgen_layout::{Comparison, Difference, compare_layouts};

/// A file of tests/compatible.
struct Case {
    name: String,
    mine: String,
    theirs: String,
    verdict: String,
    /// As the file has them: `Trade.price: here …, in the ring …`.
    differences: Vec<String>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/compatible");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = files.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|extension| extension == "txt")).collect();
    paths.sort();
    let case = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let sections: Vec<(&str, &str)> = text
            .split("=== ")
            .skip(1)
            .map(|section| section.split_once('\n').unwrap_or_else(|| panic!("{name}: a section without lines")))
            .collect();
        let &[("mine", mine), ("theirs", theirs), (verdict, differences)] = sections.as_slice() else {
            panic!("{name}: mine, theirs and the verdict are the sections, not {sections:?}");
        };
        let differences = differences.lines().map(str::to_owned).collect();
        Case { name, mine: mine.into(), theirs: theirs.into(), verdict: verdict.into(), differences }
    };
    paths.iter().map(case).collect()
}

fn line(Difference { type_name, member, mine, theirs }: &Difference) -> String {
    let dot = if member.is_empty() { "" } else { "." };
    format!("{type_name}{dot}{member}: here `{mine}`, in the ring `{theirs}`")
}

fn verdict(mine: &str, theirs: &str) -> (&'static str, Vec<String>) {
    match compare_layouts(mine, theirs) {
        Comparison::Same => ("same", Vec::new()),
        Comparison::Compatible(differences) => ("compatible", differences.iter().map(line).collect()),
        Comparison::Different(difference) => ("different", vec![line(&difference)]),
    }
}

#[test]
fn each_pair_has_the_verdict_of_its_file() {
    let cases = cases();
    let verdicts: BTreeSet<&str> = cases.iter().map(|case| case.verdict.as_str()).collect();
    assert_eq!(Vec::from_iter(verdicts), ["compatible", "different", "same"], "all three are there");
    let found = cases.iter().map(|case| (&case.name, verdict(&case.mine, &case.theirs)));
    let wrong: Vec<String> = found
        .zip(&cases)
        .filter(|((_, (word, lines)), case)| (*word, lines) != (case.verdict.as_str(), &case.differences))
        .map(|((name, (word, lines)), _)| format!("--- {name}\n=== {word}\n{}\n", lines.join("\n")))
        .collect();
    assert!(wrong.is_empty(), "these are found instead:\n{}", wrong.concat());
}

/// Who attaches and who made the ring does not matter: the verdict is the same, with here and there exchanged.
#[test]
fn each_verdict_holds_in_both_directions() {
    for Case { name, mine, theirs, verdict: expected, differences } in cases() {
        let (word, mut found) = verdict(&theirs, &mine);
        assert_eq!(word, expected, "{name}");
        if expected == "compatible" {
            let mut exchanged: Vec<String> = differences.iter().map(|line| exchange(line)).collect();
            exchanged.sort();
            found.sort();
            assert_eq!(found, exchanged, "{name}");
        }
    }
}

/// ``Trade.venue: here `a`, in the ring `b` `` as ``Trade.venue: here `b`, in the ring `a` ``.
fn exchange(line: &str) -> String {
    let parts: Vec<&str> = line.split('`').collect();
    let &[place, mine, between, theirs, ""] = parts.as_slice() else { panic!("{line}") };
    format!("{place}`{theirs}`{between}`{mine}`")
}

/// Lines in any order, doubled, cut and mixed: there is a verdict, whatever they are, and soon.
#[test]
fn any_text_has_a_verdict() {
    let cases = cases();
    let lines: Vec<&str> = cases.iter().flat_map(|case| case.mine.lines().chain(case.theirs.lines())).collect();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut verdicts = BTreeSet::new();
    for round in 0..20_000 {
        let case = &cases[random(cases.len())];
        let mut theirs: Vec<&str> = case.theirs.lines().collect();
        for _ in 0..=random(3) {
            let at = random(theirs.len() + 1);
            match random(4) {
                0 => theirs.insert(at, lines[random(lines.len())]),
                1 if at < theirs.len() => drop(theirs.remove(at)),
                2 if at < theirs.len() => {
                    let other = random(theirs.len());
                    theirs.swap(at, other);
                }
                _ if at < theirs.len() => {
                    let cut = random(theirs[at].len() + 1);
                    theirs[at] = theirs[at].get(..cut).unwrap_or_default();
                }
                _ => {}
            }
        }
        let theirs = theirs.join("\n");
        let (word, found) = verdict(&case.mine, &theirs);
        verdicts.insert(word);
        assert_eq!(verdict(&theirs, &case.mine).0, word, "round {round}: {}\n{theirs}", case.name);
        assert!(word != "different" || found.len() == 1);
    }
    assert_eq!(verdicts.len(), 3, "{verdicts:?}");
    // As long as a ring's text can be.
    let mut long = String::from("message Trade 32 8\n0 8 u64 - id\n");
    while long.len() < 1 << 20 {
        long += &format!("{} 1 reserved - _r\n", long.len() * 2 % 4_000_000_000);
    }
    assert_eq!(verdict("message Trade 32 8\n0 8 u64 - id\n8 8 u64 - price\n", &long).0, "different");
    let long: String = (0..1 << 16).map(|index| format!("{index} Value{index}\n")).collect();
    let (word, found) = verdict("enum Side 1 u8\n1 Value1\n", &format!("enum Side 1 u8\n{long}"));
    assert_eq!((word, found.len()), ("compatible", (1 << 16) - 1));
}
