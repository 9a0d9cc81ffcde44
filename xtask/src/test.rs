//! Everything that must hold before a change lands, in every language, counted.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};

use crate::command::{self, Result, cargo, heading, program, root, success, target_dir, watch};
use crate::setup::{self, Hosts};

/// Which parts to run; all of them unless told.
#[derive(Args)]
pub(crate) struct Options {
    /// Run this part alone; may be given several times.
    #[arg(long, value_enum)]
    only: Vec<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Formatting, clippy, docs, generated files, type checkers.
    Lint,
    /// `cargo test`, which also crosses languages.
    Rust,
    /// pytest over the Python package.
    Python,
    /// node:test over the Node package.
    Node,
}

/// What is off by default and users may turn on: tests need all of it. That all else works without is seen wherever the
/// command `ringgen` is built.
const FEATURES: &str = "--features=ringgen/tokio,ringgen/tracing";

/// How many tests passed, by language.
#[derive(Default)]
struct Counts(BTreeMap<&'static str, u64>);

impl Counts {
    fn add(&mut self, language: &'static str, count: u64) {
        *self.0.entry(language).or_default() += count;
    }
}

fn run_all(options: &Options) -> Result<BTreeMap<&'static str, u64>> {
    let hosts = setup::all()?;
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    let mut counts = Counts::default();
    if wanted(Part::Lint) {
        lint_rust()?;
        lint_python(&hosts)?;
        lint_typescript(&hosts)?;
    }
    if wanted(Part::Rust) {
        test_rust(&hosts, &mut counts)?;
    }
    if wanted(Part::Python) {
        test_python(&hosts, &mut counts)?;
    }
    if wanted(Part::Node) {
        test_node(&hosts, &mut counts)?;
    }
    Ok(counts.0)
}

/// Runs the parts that were asked for and prints how many tests passed in each language.
pub(crate) fn run(options: &Options) -> Result {
    let counts = run_all(options)?;
    heading("Result");
    for (language, count) in &counts {
        anstream::println!("   {language:8} {count:5} tests passed");
    }
    success("Everything holds.");
    anstream::println!("{} passed, 0 failed", counts.values().sum::<u64>());
    Ok(())
}

fn lint_rust() -> Result {
    command::run("Check the formatting", &mut cargo(&["fmt", "--all", "--", "--check"]))?;
    // The peers are not built here: they are many, and nothing that ships depends on them.
    let mut peers = cargo(&["fmt", "--manifest-path", "benches/peers/Cargo.toml"]);
    peers.args(
        ["ringgen-peers", "ringgen-peers-node", "ringgen-peers-python"].iter().flat_map(|name| ["--package", name]),
    );
    command::run("Check the formatting of the peers", peers.args(["--", "--check"]))?;
    let clippy = ["clippy", "--workspace", "--all-targets", FEATURES, "--locked", "--quiet", "--", "-D", "warnings"];
    command::run("Lint with clippy", &mut cargo(&clippy))?;
    let doc = ["doc", "--workspace", FEATURES, "--no-deps", "--locked", "--quiet"];
    command::run("Build the documentation", cargo(&doc).env("RUSTDOCFLAGS", "-D warnings"))?;
    let generate =
        ["run", "--locked", "--quiet", "--package", "ringgen-cli", "--", "generate", "schemas", "--out", "generated"];
    command::run("Check that generated/ is fresh", cargo(&generate).arg("--check"))?;
    let lock = ["run", "--locked", "--quiet", "--package", "ringgen-cli", "--", "lock", "schemas", "schemas/examples"];
    command::run("Check that the versions of schemas are recorded", cargo(&lock).arg("--check"))
}

fn lint_python(hosts: &Hosts) -> Result {
    let package = root().join("hosts/python");
    let generated = root().join("generated/python").display().to_string();
    let tool = |what: &str, name: &str, arguments: &[&str]| {
        command::run(what, &mut program(hosts.venv_program(name), arguments, &package))
    };
    tool("Lint the Python code with ruff", "ruff", &["check", ".", &generated])?;
    tool("Check the formatting of the Python code", "ruff", &["format", "--check", "."])?;
    tool("Type-check the Python code with mypy", "mypy", &["--strict", "src", &generated])?;
    let interpreter = hosts.python.display().to_string();
    tool("Type-check the Python code with pyright", "pyright", &["--pythonpath", &interpreter])
}

fn lint_typescript(hosts: &Hosts) -> Result {
    let script = |what: &str, name: &str| {
        command::run(what, &mut program("npm", &["run", name, "--silent"], &hosts.node_package))
    };
    script("Type-check the TypeScript code with tsc", "check")?;
    script("Lint the TypeScript code with ESLint", "lint")
}

fn test_rust(hosts: &Hosts, counts: &mut Counts) -> Result {
    let mut tests = cargo(&["test", "--workspace", FEATURES, "--locked", "--no-fail-fast"]);
    hosts.tell(&mut tests);
    // In memory, and gone with this function: rings of tests that use the default directory, and what they report.
    let rings = tempfile::Builder::new().prefix("ringgen-test-").tempdir_in("/dev/shm")?;
    let report = target_dir().join("optional-tools.txt");
    std::fs::write(&report, "")?;
    tests.env("RINGGEN_DIR", rings.path()).env("RINGGEN_TEST_OPTIONAL", &report);
    watch("Test in Rust, and across languages", &mut tests, |line| {
        // test result: ok. 13 passed; 0 failed; …
        if let Some(rest) = line.strip_prefix("test result: ok. ")
            && let Some(count) = first_number(rest)
        {
            counts.add("Rust", count);
        }
    })?;
    heading("Checks that only some machines allow");
    for line in std::fs::read_to_string(&report)?.lines() {
        anstream::println!("   {line}");
    }
    Ok(())
}

fn test_python(hosts: &Hosts, counts: &mut Counts) -> Result {
    let package = root().join("hosts/python");
    let arguments = ["-m", "pytest", "--color=no", "-p", "no:cacheprovider"];
    let mut tests = program(&hosts.python, &arguments, &package);
    watch("Test in Python", &mut tests, |line| {
        // ===== 97 passed in 12.34s =====
        if line.starts_with('=')
            && let Some(place) = line.find(" passed")
        {
            counts.add("Python", line[..place].rsplit(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0));
        }
    })
}

fn test_node(hosts: &Hosts, counts: &mut Counts) -> Result {
    let mut tests = program("npm", &["test", "--silent"], &hosts.node_package);
    tests.env("RINGGEN_TEST_TARBALL", &hosts.node_tarball).env("CARGO_TARGET_DIR", target_dir());
    watch("Test in Node", &mut tests, |line| {
        // ℹ pass 42, or # pass 42 where the reporter is TAP
        if let Some(count) = line.strip_prefix("ℹ pass ").or(line.strip_prefix("# pass ")) {
            counts.add("Node", count.trim().parse().unwrap_or(0));
        }
    })
}

fn first_number(text: &str) -> Option<u64> {
    text.split(' ').next()?.parse().ok()
}
