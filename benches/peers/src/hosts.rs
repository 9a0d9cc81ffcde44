//! What people do instead of sharing memory: a call, a queue or a line of text for each message.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;

use crate::contender::Contender;
use crate::{Options, Result};

/// What an interpreter can be told to measure, and what it is called in tables.
const PYTHON: &[(&str, &str)] = &[
    ("pyo3", "PyO3 call (Python to Rust)"),
    ("ctypes", "ctypes call (Python to C)"),
    ("queue", "multiprocessing.Queue"),
    ("json", "JSON lines over a pipe (Python)"),
];
const NODE: &[(&str, &str)] = &[("napi", "napi call (Node to Rust)")];

/// An interpreter that runs a script of `hosts/`, and answers each line with nanoseconds a message.
struct Interpreter {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Interpreter {
    /// Starts it; the first line that it says must be `ready`.
    fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = spawned.map_err(|error| format!("{name} can't be started: {error}"))?;
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().ok_or("standard output was piped")?);
        let mut interpreter = Interpreter { child, stdin, stdout };
        match interpreter.line()?.as_str() {
            "ready" => Ok(interpreter),
            other => Err(format!("{name} says: {other}").into()),
        }
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        if line.is_empty() { Err("an interpreter has ended".into()) } else { Ok(line.trim_end().to_string()) }
    }

    fn measure(&mut self, what: &str, size: usize, messages: u64) -> Result<f64> {
        writeln!(self.stdin.as_mut().ok_or("standard input was piped")?, "{what} {size} {messages}")?;
        let line = self.line()?;
        line.parse().map_err(|_| format!("{what}: {line}").into())
    }
}

impl Drop for Interpreter {
    fn drop(&mut self) {
        // The end of its orders ends it.
        self.stdin = None;
        let _ = self.child.wait();
    }
}

/// A contender whose two sides an interpreter runs.
struct Host {
    name: &'static str,
    what: &'static str,
    size: usize,
    interpreter: Rc<RefCell<Interpreter>>,
}

impl Contender for Host {
    fn name(&self) -> &'static str {
        self.name
    }

    fn blocks(&self) -> bool {
        false
    }

    fn streams(&self) -> bool {
        true
    }

    fn throughput(&mut self, _: usize, messages: u64) -> Result<f64> {
        self.interpreter.borrow_mut().measure(self.what, self.size, messages)
    }
}

/// The contenders that interpreters run, for messages of this size, with a partner on `cpu` where they have one. Those that
/// can't be run are noted, with the reason.
pub(crate) fn open(
    options: &Options,
    size: usize,
    cpu: usize,
    mut not_run: impl FnMut(&'static str, &str),
) -> Vec<Box<dyn Contender>> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts");
    let mut python = Command::new(&options.python);
    python.arg(scripts.join("run.py")).arg(options.hosts.join("libringgen_peers_python.so")).arg(cpu.to_string());
    let mut node = Command::new("node");
    node.arg(scripts.join("run.mjs")).arg(options.hosts.join("libringgen_peers_node.so"));
    let mut contenders: Vec<Box<dyn Contender>> = Vec::new();
    for (command, measures) in [(&mut python, PYTHON), (&mut node, NODE)] {
        match Interpreter::start(command) {
            Ok(interpreter) => {
                let interpreter = Rc::new(RefCell::new(interpreter));
                for &(what, name) in measures {
                    contenders.push(Box::new(Host { name, what, size, interpreter: Rc::clone(&interpreter) }));
                }
            }
            Err(error) => measures.iter().for_each(|&(_, name)| not_run(name, &error.to_string())),
        }
    }
    contenders
}
