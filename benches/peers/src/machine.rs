//! What the figures were measured on and with.

use std::fs;
use std::process::Command;

use serde::Serialize;

use crate::{Options, cpu};

#[derive(Serialize)]
pub(crate) struct Machine {
    /// What was measured on: name and value.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// What was measured: name and version.
    pub(crate) versions: Vec<(&'static str, String)>,
}

/// The packages whose versions are told, in the lock file.
const PACKAGES: &[&str] = &["ringgen", "rtrb", "crossbeam-queue", "shmem-ipc", "ringfire", "iceoryx2", "pyo3", "napi"];

impl Machine {
    pub(crate) fn here(options: &Options) -> Self {
        let python = options.python.to_string_lossy().into_owned();
        let facts = vec![
            ("CPU", cpu_name()),
            ("CPUs of the machine", cpu::count().to_string()),
            ("virtual", yes(cpu_flags().contains(" hypervisor "))),
            ("kernel", format!("Linux {}", file("/proc/sys/kernel/osrelease"))),
            ("compiler", said("rustc", &["--version"])),
            ("Python", said(&python, &["--version"])),
            ("Node", said("node", &["--version"])),
        ];
        let lock = include_str!("../Cargo.lock");
        let versions = PACKAGES.iter().map(|&name| (name, version(lock, name))).collect();
        Machine { facts, versions }
    }
}

fn yes(is: bool) -> String {
    (if is { "yes" } else { "no" }).into()
}

fn file(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|_| "?".into()).trim().to_string()
}

fn cpu_info(key: &str) -> String {
    let info = file("/proc/cpuinfo");
    let line = info.lines().find(|line| line.starts_with(key));
    line.and_then(|line| line.split_once(':')).map_or_else(|| "?".into(), |(_, value)| value.trim().to_string())
}

fn cpu_name() -> String {
    format!("{}, family {}, model {}", cpu_info("model name"), cpu_info("cpu family"), cpu_info("model\t"))
}

fn cpu_flags() -> String {
    format!(" {} ", cpu_info("flags"))
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or_else(|_| "none".into(), |output| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

/// The version of a package in a lock file.
fn version(lock: &str, name: &str) -> String {
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{name}\"")).skip(1);
    let version = lines.next().and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    version.unwrap_or("?").to_string()
}
