//! Random schemas: what the generator makes of them is what rustc, ctypes, V8 and gcc make of them.
//!
//! `RINGGEN_RANDOM=5000 cargo test --test random` asks of so many, and prints the seed; `RINGGEN_RANDOM_SEED` repeats a run.

#[path = "hosts/c.rs"]
#[allow(dead_code, reason = "the tests of hosts ask more")]
mod c;
mod common;
#[path = "hosts/facts.rs"]
#[allow(dead_code, reason = "the tests of hosts ask more")]
mod facts;
#[path = "hosts/node.rs"]
mod node;
#[path = "random/package.rs"]
mod package;
#[path = "hosts/python.rs"]
mod python;
#[path = "hosts/question.rs"]
mod question;
#[path = "hosts/rust.rs"]
mod rust;
#[path = "hosts/rust_values.rs"]
mod rust_values;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use common::Strict;
use common::compilers::{GCC, GPP, OPTIONAL};
use facts::Set;
use package::{Printed, package};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use ringgen_schema::backend::BACKENDS;
use ringgen_schema::plan::Plan;
use ringgen_schema::{Compiler, Loader, Source};

/// A schema, and what became of it.
struct Random {
    toml: String,
    plan: Plan,
}

/// So many random packages, the same ones for the same seed.
fn packages(count: usize) -> Vec<Random> {
    let seed = std::env::var("RINGGEN_RANDOM_SEED").ok().map_or(1, |seed| seed.parse().expect("a seed is a number"));
    println!("RINGGEN_RANDOM_SEED={seed} repeats this");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&u64::to_le_bytes(seed));
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut printed: Vec<Printed> = Vec::new();
    for number in 0..count {
        let package = package().new_tree(&mut runner).expect("every package can be made").current();
        // Every second one uses the types of the one before.
        let imported = printed.last().filter(|_| number % 2 == 1);
        printed.push(package.print(number, imported));
    }
    let files = printed.iter().map(|of| (format!("{}.toml", of.name).into(), of.toml.clone()));
    let compiler = Compiler::new().loader(Files(files.collect()));
    let compile = |of: &Printed| {
        let source = Source::new(format!("{}.toml", of.name), of.toml.clone());
        let plans = compiler.compile([source]).into_plans();
        let mut plans = plans.unwrap_or_else(|report| panic!("{}\n{}", report.render(false), of.toml));
        plans.pop().expect("one schema has one plan")
    };
    let plans: Vec<Plan> = printed.iter().map(compile).collect();
    printed.into_iter().zip(plans).map(|(of, plan)| Random { toml: of.toml, plan }).collect()
}

/// Schemas by their names.
struct Files(BTreeMap<PathBuf, String>);

impl Loader for Files {
    fn load(&self, path: &Path) -> io::Result<Vec<u8>> {
        let text = self.0.get(path).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok(text.clone().into_bytes())
    }
}

fn files(packages: &[Random]) -> Files {
    Files(packages.iter().map(|of| (format!("{}.toml", of.plan.package).into(), of.toml.clone())).collect())
}

fn count() -> usize {
    std::env::var("RINGGEN_RANDOM").ok().map_or(200, |count| count.parse().expect("RINGGEN_RANDOM is a number"))
}

fn plans(packages: &[Random]) -> Vec<Plan> {
    packages.iter().map(|of| of.plan.clone()).collect()
}

#[test]
fn gcc_and_cpp_agree() {
    let set = Set::generate(plans(&packages(count())));
    for (compiler, witness) in [(GCC, "gcc"), (GPP, "g++")] {
        facts::compare(&set.plans, witness, c::facts, &c::ask(&set, compiler)[witness]);
    }
    for compiler in OPTIONAL {
        let tool = format!("{compiler}, random schemas");
        match compiler.is_there() {
            Ok(()) => {
                c::assert(&set, compiler);
                common::optional_tool(&tool, Ok("agrees on every offset and size"));
            }
            Err(why) => common::optional_tool(&tool, Err(&why)),
        }
    }
}

#[test]
fn rustc_agrees() {
    let set = Set::generate(plans(&packages(count())));
    let built = count().div_ceil(5);
    facts::compare_rust(&set.plans, built, &rust::ask(&set, built));
}

#[test]
fn ctypes_and_numpy_agree() {
    let set = Set::generate(plans(&packages(count())));
    facts::compare_python(&set.plans, &python::ask(&set));
}

/// Of some of them: it takes a while.
#[test]
fn eslint_has_nothing_to_say() {
    let set = Set::generate(plans(&packages(count().min(50))));
    let modules = set.plans.iter().map(|plan| format!("{}.ts", plan.package));
    Strict::new(modules.map(|name| (name.clone(), set.text(&format!("typescript/{name}"))))).assert_lints();
}

/// Calls a tool of the virtualenv for the Python of every package.
fn assert_python_is_clean(tool: &str, arguments: &[&str]) {
    let set = Set::generate(plans(&packages(count())));
    let mut command = std::process::Command::new(common::python());
    command.args(["-m", tool]).args(arguments).arg(".").current_dir(set.folder.join("python"));
    let output = command.output().expect("the virtualenv has it");
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{command:?}:\n{stdout}\n{stderr}");
}

#[test]
fn ruff_has_nothing_to_say() {
    let settings = common::root().join("hosts/python/pyproject.toml").display().to_string();
    assert_python_is_clean("ruff", &["check", "--no-cache", "--config", &settings]);
    assert_python_is_clean("ruff", &["format", "--diff", "--no-cache", "--config", &settings]);
}

#[test]
fn mypy_has_nothing_to_say() {
    let cache = common::target_dir().join("mypy-random").display().to_string();
    assert_python_is_clean("mypy", &["--strict", "--cache-dir", &cache]);
}

#[test]
fn v8_agrees() {
    let set = Set::generate(plans(&packages(count())));
    facts::compare_node(&set.plans, &node::ask(&set));
}

#[test]
fn the_same_schemas_give_the_same_bytes_in_any_order() {
    let packages = packages(count());
    let compiler = || Compiler::new().loader(files(&packages));
    let sources = || packages.iter().map(|of| Source::new(format!("{}.toml", of.plan.package), of.toml.clone()));
    let forwards =
        compiler().compile(sources()).into_plans().unwrap_or_else(|report| panic!("{}", report.render(false)));
    let mut backwards = compiler().compile(sources().rev()).plans;
    backwards.reverse();
    for ((of, forwards), backwards) in packages.iter().zip(&forwards).zip(&backwards) {
        let backwards = backwards.as_ref().expect("it is right in the other order too");
        for backend in BACKENDS {
            let text = backend.emit(&of.plan);
            assert_eq!(text, backend.emit(forwards), "{}", of.toml);
            assert_eq!(text, backend.emit(backwards), "{}", of.toml);
        }
    }
}
