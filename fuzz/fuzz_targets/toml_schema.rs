//! Whatever a schema holds, compiling it ends in a plan that every backend prints, or in a report.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ringgen_schema::{Compiler, Source};

mod outcome;

fuzz_target!(|bytes: &[u8]| {
    let compiler = Compiler::new().loader(outcome::Nothing);
    outcome::check(compiler.compile([Source::from_bytes("fuzz.toml", bytes.to_vec())]));
});
