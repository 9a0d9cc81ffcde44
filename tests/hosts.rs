//! Where every byte lies, asked of witnesses that don't know each other: rustc, ctypes, numpy, V8, gcc and g++ for this
//! machine and for a 32-bit one, clang where it is installed. Each prints what it finds for every type in `schemas/`,
//! and that must be what the plan says. So must hashes, canonical texts, enum values, constants and rings, in every
//! language that has them.
//!
//! A fact is a key and a value: `field market.Trade.price` is `8 8`, its offset and size. Programs print one a line,
//! behind the name of the witness, with tabs in between.

#[path = "hosts/c.rs"]
mod c;
mod common;
#[path = "hosts/facts.rs"]
mod facts;
#[path = "hosts/question.rs"]
mod question;
#[path = "hosts/rust.rs"]
mod rust;

use std::process::Command;

use common::compilers::{GCC, GPP, OPTIONAL};
use facts::{Facts, Said};

#[test]
fn rustc_lays_every_type_out_as_the_plan_says() {
    let plans = facts::plans();
    let said = rust::ask(&plans);
    facts::compare(&plans, "rustc", facts::everything, &said["rustc"]);
}

#[test]
fn gcc_lays_every_type_out_as_the_plan_says() {
    let plans = facts::plans();
    facts::compare(&plans, "gcc", c::facts, &c::ask(&plans, GCC)["gcc"]);
}

#[test]
fn cpp_lays_every_type_out_as_the_plan_says() {
    let plans = facts::plans();
    facts::compare(&plans, "g++", c::facts, &c::ask(&plans, GPP)["g++"]);
}

#[test]
fn gcc_puts_padding_where_the_generator_names_it() {
    c::assert_without_padding(&facts::plans(), GCC);
}

#[test]
fn other_compilers_lay_every_type_out_as_the_plan_says() {
    for compiler in OPTIONAL {
        let tool = compiler.to_string();
        match compiler.is_there() {
            Ok(()) => {
                c::assert(&facts::plans(), compiler);
                common::optional_tool(&tool, Ok("agrees on every offset and size"));
            }
            Err(why) => common::optional_tool(&tool, Err(&why)),
        }
    }
}

#[test]
fn python_lays_every_type_out_as_the_plan_says() {
    let plans = facts::plans();
    let said = ask_python(&plans);
    facts::compare(&plans, "ctypes", facts::everything, &said["ctypes"]);
    facts::compare(&plans, "numpy", facts::layout_for_numpy, &said["numpy"]);
    facts::compare(&plans, "ctypes by properties", facts::reads, &said["ctypes by properties"]);
    facts::compare(&plans, "ctypes by setters", facts::writes, &said["ctypes by setters"]);
}

#[test]
fn typescript_lays_every_type_out_as_the_plan_says() {
    let plans = facts::plans();
    let said = ask_node(&plans);
    facts::compare(&plans, "V8", facts::everything, &said["V8"]);
    for witness in ["V8 by readers", "V8 by views", "V8 by objects"] {
        facts::compare(&plans, witness, facts::reads, &said[witness]);
    }
    for witness in ["V8 by setters", "V8 by encoding"] {
        facts::compare(&plans, witness, facts::writes, &said[witness]);
    }
}

/// A comparison that misses a difference would be worse than none.
#[test]
fn a_difference_is_reported_with_schema_and_witness() {
    let plans = facts::plans();
    let mut found: Facts = plans.iter().flat_map(facts::layout).collect();
    *found.get_mut("field market.Trade.price").expect("a field of the schema") = "9 8".into();
    found.remove("size telemetry.Sample");
    let panic = std::panic::catch_unwind(|| facts::compare(&plans, "nobody", facts::layout, &found))
        .expect_err("there are two differences");
    let text = panic.downcast_ref::<String>().expect("a panic with a text");
    assert!(text.contains("nobody"), "{text}");
    assert!(text.contains("schemas/market.toml: field market.Trade.price: `8 8` in the plan, `9 8`"), "{text}");
    assert!(text.contains("schemas/telemetry.toml: size telemetry.Sample: `40` in the plan, nothing"), "{text}");
}

fn ask_python(plans: &[ringgen_schema::plan::Plan]) -> Said {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let question = folder.path().join("question.json");
    std::fs::write(&question, question::of(plans, |names| &names.python)).expect("a fresh directory");
    let mut python = Command::new(common::python());
    python.arg(common::root().join("tests/hosts/facts.py")).arg(&question).arg(common::generated("python"));
    facts::said(python.env("PYTHONDONTWRITEBYTECODE", "1"))
}

fn ask_node(plans: &[ringgen_schema::plan::Plan]) -> Said {
    let mut files = vec![("facts.ts".to_string(), common::text("tests/hosts/facts.ts"))];
    for plan in plans {
        let name = format!("{}.ts", plan.package);
        let text = common::text(format!("generated/typescript/{name}"));
        files.push((name, text));
    }
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let project = common::node_project(&files);
    let question = project.path().join("question.json");
    std::fs::write(&question, question::of(plans, |names| &names.typescript)).expect("a fresh directory");
    facts::said(Command::new("node").arg(project.path().join("facts.js")).arg(&question))
}
