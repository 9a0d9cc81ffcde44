//! Where every byte lies, asked of witnesses that don't know each other: rustc, ctypes, numpy, V8, gcc and g++ for this
//! machine and for a 32-bit one, clang where it is installed. Each prints what it finds for every type in `schemas/`
//! and `schemas/examples`, and that must be what the plan says. So must hashes, canonical texts, enum values, constants
//! and rings, in every language that has them.
//!
//! A fact is a key and a value: `field market.Trade.price` is `8 8`, its offset and size. Programs print one a line,
//! behind the name of the witness, with tabs in between.

#[path = "hosts/c.rs"]
mod c;
mod common;
#[path = "hosts/facts.rs"]
mod facts;
#[path = "hosts/node.rs"]
mod node;
#[path = "hosts/python.rs"]
mod python;
#[path = "hosts/question.rs"]
mod question;
#[path = "hosts/rust.rs"]
mod rust;
#[path = "hosts/rust_values.rs"]
mod rust_values;

use common::compilers::{GCC, GPP, OPTIONAL};
use facts::{Facts, Set};

#[test]
fn rustc_lays_every_type_out_as_the_plan_says() {
    for set in Set::all() {
        facts::compare_rust(&set.plans, usize::MAX, &rust::ask(&set, usize::MAX));
    }
}

/// The packages that no other test looks at, each of them for a part of the language.
#[test]
fn rustc_lays_every_case_of_the_generator_out_as_the_plan_says() {
    let mut sets = Vec::new();
    for (_, mut plans) in common::schemas() {
        // Rust has the types of a Rust file already, and is given none.
        plans.retain(|plan| !plan.origin.is_rust());
        if plans.iter().any(|plan| !plan.types.is_empty()) {
            sets.push(Set::generate(plans));
        }
    }
    assert!(sets.len() > 20, "only {} cases are found", sets.len());
    for (set, said) in sets.iter().zip(rust::ask_all(&sets, usize::MAX)) {
        facts::compare_rust(&set.plans, usize::MAX, &said);
    }
}

#[test]
fn gcc_lays_every_type_out_as_the_plan_says() {
    for set in Set::all() {
        facts::compare(&set.plans, "gcc", c::facts, &c::ask(&set, GCC)["gcc"]);
    }
}

#[test]
fn cpp_lays_every_type_out_as_the_plan_says() {
    for set in Set::all() {
        facts::compare(&set.plans, "g++", c::facts, &c::ask(&set, GPP)["g++"]);
    }
}

#[test]
fn gcc_puts_padding_where_the_generator_names_it() {
    c::assert_without_padding(&Set::of_repository(), GCC);
}

#[test]
fn other_compilers_lay_every_type_out_as_the_plan_says() {
    for compiler in OPTIONAL {
        let tool = compiler.to_string();
        match compiler.is_there() {
            Ok(()) => {
                Set::all().iter().for_each(|set| c::assert(set, compiler));
                common::optional_tool(&tool, Ok("agrees on every offset and size"));
            }
            Err(why) => common::optional_tool(&tool, Err(&why)),
        }
    }
}

#[test]
fn python_lays_every_type_out_as_the_plan_says() {
    for set in Set::all() {
        facts::compare_python(&set.plans, &python::ask(&set));
    }
}

#[test]
fn typescript_lays_every_type_out_as_the_plan_says() {
    for set in Set::all() {
        facts::compare_node(&set.plans, &node::ask(&set));
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
