//! The blocks of the READMEs and of pages like them, run as a reader would: files are written, commands are typed, output
//! is compared.
//!
//! - A block whose first line is a comment with a file name is that file: `# trades.toml`, `// main.ts`.
//! - In a `console` block, each line behind `$ ` is a command, and what follows must be what it prints. A line with
//!   nothing but `…` stands for any number of lines, and `…` inside a line for any text.
//! - A `console` block that starts with `$ cargo ` is a task of this repository: the tasks must exist; that they
//!   succeed is seen where they run.
//! - Rust blocks are doctests of the facade crate.

mod common;

use std::path::Path;
use std::process::Command;

struct Block {
    line: usize,
    language: String,
    text: String,
}

fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in markdown.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some(Block { line: index + 1, language: language.trim().to_string(), text: String::new() });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// The name of the file that a block is, from the comment in its first line.
fn file_name(block: &Block) -> Option<&str> {
    let first = block.text.lines().next()?;
    let name = first.strip_prefix("# ").or(first.strip_prefix("// "))?;
    let is_name = name.contains('.') && !name.contains(' ') && !name.ends_with('.');
    is_name.then_some(name)
}

/// Whether `printed` is `expected`, with `…` standing for anything.
fn matches(expected: &[&str], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((&"…", rest)) => (0..=printed.len()).any(|skipped| matches(rest, &printed[skipped..])),
        Some((first, rest)) => {
            printed.split_first().is_some_and(|(line, lines)| line_matches(first, line) && matches(rest, lines))
        }
    }
}

fn line_matches(expected: &str, printed: &str) -> bool {
    let mut rest = printed.trim_end();
    let mut parts = expected.trim_end().split('…');
    let Some(after) = parts.next().and_then(|first| rest.strip_prefix(first)) else { return false };
    rest = after;
    let mut open_end = false;
    for part in parts {
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
        open_end = part.is_empty();
    }
    rest.is_empty() || open_end
}

fn type_command(command: &str, folder: &Path, rings: &Path, path: &str) -> String {
    let output = Command::new("bash")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .current_dir(folder)
        .env("PATH", path)
        .env("RINGGEN_DIR", rings)
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .output()
        .expect("bash runs");
    String::from_utf8(output.stdout).expect("commands print UTF-8")
}

#[test]
fn every_block_of_the_readme_does_what_it_says() {
    read("README.md");
}

#[test]
fn every_block_of_the_node_package_s_readme_does_what_it_says() {
    read("hosts/node/README.md");
}

#[test]
fn every_block_of_the_page_on_c_does_what_it_says() {
    read("docs/c.md");
}

#[test]
fn every_block_of_the_page_on_rings_without_a_name_does_what_it_says() {
    read("docs/anonymous.md");
}

/// Does what a page says, in a fresh Node project that has a copy of `schemas/market.toml`.
fn read(page: &str) {
    let markdown = common::text(page);
    let rings = common::ring_dir();
    let project = tempfile::tempdir().expect("a temporary directory");
    let folder = project.path();
    common::make_node_project(folder);
    std::fs::copy(common::root().join("schemas/market.toml"), folder.join("market.toml")).expect("a fresh directory");
    let bins = [common::ringgen(), common::python(), common::tsc()];
    let bins: Vec<_> =
        bins.iter().map(|bin| bin.parent().expect("a program lies in a folder").display().to_string()).collect();
    let path = format!("{}:{}", bins.join(":"), std::env::var("PATH").expect("PATH is set"));
    let (mut files, mut commands) = (0, 0);
    for block in blocks(&markdown) {
        let Block { line, language, text } = &block;
        if let Some(name) = file_name(&block) {
            let file = folder.join(name);
            std::fs::create_dir_all(file.parent().expect("a file lies in a folder")).expect("a fresh directory");
            std::fs::write(file, text).expect("a fresh directory");
            files += 1;
        } else if language == "console" && !text.starts_with("$ cargo ") {
            let mut typed = text.lines().peekable();
            while let Some(command) = typed.next() {
                let command = command.strip_prefix("$ ").unwrap_or_else(|| panic!("{page}:{line}: `$ ` expected"));
                let expected: Vec<&str> =
                    std::iter::from_fn(|| typed.next_if(|line| !line.starts_with("$ "))).collect();
                let printed = type_command(command, folder, rings.path(), &path);
                let lines: Vec<&str> = printed.lines().collect();
                assert!(matches(&expected, &lines), "{page}:{line}: `{command}` printed:\n{printed}");
                commands += 1;
            }
        } else {
            let known = ["rust", "text", "console"].iter().any(|known| language.starts_with(known));
            assert!(known, "{page}:{line}: nothing runs a `{language}` block without a file name");
        }
    }
    assert!(files > 0 && commands > 0, "{page} has {files} files and {commands} commands");
}

#[test]
fn an_ellipsis_stands_for_anything() {
    assert!(matches(&["a", "…", "c"], &["a", "b", "b", "c"]));
    assert!(!matches(&["a", "…", "c"], &["a", "b"]));
    assert!(line_matches("pid … holds it", "pid 12 holds it"));
    assert!(line_matches("took …", "took 12 ms"));
    assert!(!line_matches("took … ms", "took 12 s"));
    assert!(!line_matches("exact", "exactly"));
}
