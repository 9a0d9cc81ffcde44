//! A busy pair makes no system call a message. The kernel is asked, by strace.

mod common;

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use ringgen::{Ring, RingMessage, RingOptions};

/// The 32 bytes of a trade.
#[derive(RingMessage, Clone, Copy)]
#[repr(C)]
struct Trade {
    id: u64,
    price: f64,
    quantity: u64,
    time: u64,
}

const NAME: &str = "busy.trades";
const MESSAGES: u64 = 2_000_000;
const PATIENCE: Duration = Duration::from_secs(60);

/// What strace watches: two processes, each with one side, that do nothing but push and pop.
#[test]
#[ignore = "the processes of the test below"]
fn child() {
    let Ok(job) = std::env::var("RINGGEN_TEST_JOB") else { return };
    if job == "producer" {
        let mut producer = Ring::<Trade>::attach(NAME).unwrap().producer().unwrap();
        for id in 0..MESSAGES {
            producer.push_timeout(Trade { id, price: 1.0, quantity: 1, time: id }, PATIENCE).unwrap();
        }
        return;
    }
    let ring = RingOptions::new().capacity(65536).create::<Trade>(NAME).unwrap();
    let mut consumer = ring.consumer().unwrap();
    let mut producer = this_test("producer").spawn().unwrap();
    let mut taken = 0;
    while let Some(trade) = consumer.pop_timeout(PATIENCE).unwrap() {
        assert_eq!(trade.id, taken);
        taken += 1;
    }
    assert_eq!(taken, MESSAGES);
    assert!(producer.wait().unwrap().success());
}

fn this_test(job: &str) -> Command {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "--ignored", "--quiet", "child"]).env("RINGGEN_TEST_JOB", job);
    child
}

#[test]
fn a_busy_pair_makes_no_system_call_a_message() {
    if Command::new("strace").arg("--version").output().is_err() {
        return common::optional_tool("strace", Err("it is not on this machine"));
    }
    // A side that stalls for longer than 50 µs may ask the kernel to run somebody else, and that is a system call:
    // on one processor both would stall all the time.
    if thread::available_parallelism().is_ok_and(|processors| processors.get() < 2) {
        return common::optional_tool("strace", Err("two busy processes need two processors"));
    }
    let rings = common::ring_dir();
    let report = rings.path().join("strace");
    let job = this_test("consumer");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-c", "-o"]).arg(&report).arg(job.get_program()).args(job.get_args());
    let output = strace.env("RINGGEN_TEST_JOB", "consumer").env("RINGGEN_DIR", rings.path()).output().unwrap();
    if !output.status.success() && system_calls(&report).is_none() {
        return common::optional_tool("strace", Err("this machine does not let it trace"));
    }
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let calls = system_calls(&report).expect("strace wrote a total");
    common::optional_tool(
        "strace",
        Ok(&format!("{calls} system calls for {MESSAGES} messages, start and end included")),
    );
    assert!(calls < MESSAGES / 20, "{calls} system calls for {MESSAGES} messages");
}

/// The total in a table of strace: `100.00    0.044133           6      7127        29 total`.
fn system_calls(report: &Path) -> Option<u64> {
    let report = std::fs::read_to_string(report).ok()?;
    let total = report.lines().find(|line| line.ends_with(" total"))?;
    total.split_whitespace().nth(3)?.parse().ok()
}
