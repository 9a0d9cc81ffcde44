//! Checks that only some machines allow.

/// Says that a check which only some machines allow has run and what it found, or that it has not run and why.
/// `cargo xtask test` collects these lines.
#[allow(unreachable_pub, dead_code, reason = "test binaries use what they need")]
pub fn optional_tool(tool: &str, outcome: Result<&str, &str>) {
    let line = match outcome {
        Ok(found) => format!("RAN      {tool}: {found}"),
        Err(why) => format!("NOT RUN  {tool}: {why}"),
    };
    println!("{line}");
    if let Some(report) = std::env::var_os("RINGGEN_TEST_OPTIONAL") {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(report).expect("the report opens");
        std::io::Write::write_all(&mut file, format!("{line}\n").as_bytes()).expect("the report can be written");
    }
}
