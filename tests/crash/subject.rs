//! Processes that are killed, in each language, and how to start and to kill them.
//!
//! A job is a JSON object: `do` says what, `rings` is the directory of the ring `market.trades`, and what else there is
//! depends on what is to be done. It ends by being killed. Whatever goes wrong in it is written to the file `errors`.
#![allow(unsafe_code, reason = "processes that are no children are sent signals by their number")]

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common;
use crate::market::Trade;
use crate::watched;

/// The environment variable that has a job for this test's own program.
pub(crate) const JOB: &str = "RINGGEN_TEST_JOB";
/// The arguments that make this test's program do a job.
pub(crate) const CHILD: [&str; 5] = ["--exact", "child", "--ignored", "--nocapture", "--test-threads=1"];
/// Longer than anything but a hang.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The most messages that are pushed or taken at once.
pub(crate) const BATCH: usize = 16;

/// The message at a position: every field follows from it, so that a torn, old or repeated message shows.
pub(crate) fn trade(position: u64) -> Trade {
    let symbol = (position % 100_000_000).to_string();
    Trade {
        id: position,
        price: position as f64 / 2.0,
        quantity: position.wrapping_mul(2_654_435_761) as u32,
        symbol: symbol.as_str().try_into().expect("eight digits are eight bytes"),
        ts: position ^ 0x5555_5555_5555_5555,
        ..Trade::ZERO
    }
}

/// A language whose processes are killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Language {
    Rust,
    Python,
    Node,
}

impl Language {
    /// The ways in which its peer pushes.
    pub(crate) fn produce(self) -> &'static [&'static str] {
        match self {
            Language::Rust | Language::Python => &["push", "many", "claim"],
            Language::Node => &["push", "many", "claim", "async"],
        }
    }

    /// The ways in which its peer takes.
    pub(crate) fn consume(self) -> &'static [&'static str] {
        match self {
            Language::Rust | Language::Python => &["pop", "many", "peek"],
            Language::Node => &["pop", "many", "peek", "async"],
        }
    }

    /// About as long as it takes to start a process.
    pub(crate) fn startup(self) -> Duration {
        match self {
            Language::Rust | Language::Python => Duration::from_millis(6),
            Language::Node => Duration::from_millis(100),
        }
    }
}

/// Starts processes of one language for one ring.
pub(crate) struct Starter {
    language: Language,
    rings: PathBuf,
    server: Option<Server>,
}

impl Starter {
    pub(crate) fn new(language: Language, rings: &Path) -> Self {
        Starter { language, rings: rings.to_path_buf(), server: None }
    }

    /// From now on, for another ring.
    pub(crate) fn turn_to(&mut self, rings: &Path) {
        self.rings = rings.to_path_buf();
    }

    /// Starts a process with a job, to which the directory of its ring is added.
    pub(crate) fn start(&mut self, mut job: Value) -> Subject {
        job["rings"] = self.rings.to_str().expect("the directory's name is text").into();
        let is_watched = job["do"] == "step";
        let mut program = match self.language {
            Language::Rust if is_watched => watched::this_program(),
            Language::Rust => this_program(),
            Language::Node if is_watched => watched::node_program(),
            Language::Node => node_program(),
            Language::Python => return self.server.get_or_insert_with(Server::start).fork(&job),
        };
        match self.language {
            Language::Rust => program.env(JOB, job.to_string()),
            _ => program.arg(job.to_string()),
        };
        let errors = OpenOptions::new().append(true).create(true).open(self.rings.join("errors"));
        if is_watched {
            let crash_at = job["crash_at"].as_str().expect("it is said where it ends");
            program.env("RINGGEN_STEPS", self.rings.join("steps"));
            if !crash_at.is_empty() {
                program.env("RINGGEN_CRASH_AT", crash_at);
            }
        }
        program.env("RINGGEN_DIR", &self.rings).stdin(Stdio::null()).stdout(Stdio::null());
        program.stderr(errors.expect("the directory is writable"));
        let child = spawn(&mut program);
        Subject { pid: child.id(), child: Some(child) }
    }

    /// Waits until a process has ended, and says how.
    pub(crate) fn wait(&mut self, subject: &mut Subject) -> ExitStatus {
        match subject.child.take() {
            Some(mut child) => child.wait().expect("it is a child that nobody has waited for"),
            None => self.server.as_mut().expect("it was forked by the server").wait(subject.pid),
        }
    }

    /// Kills a process as `kill -9` does, and waits until it is gone.
    pub(crate) fn kill(&mut self, mut subject: Subject) {
        subject.signal(libc::SIGKILL);
        self.expect_killed(&mut subject);
    }

    /// Waits for a process that has been killed. One that ended by itself before has failed.
    pub(crate) fn expect_killed(&mut self, subject: &mut Subject) {
        let status = self.wait(subject);
        let errors = self.errors();
        assert_eq!(status.signal(), Some(libc::SIGKILL), "{:?} ended by itself, {status}: {errors}", self.language);
    }

    /// What processes have said went wrong.
    pub(crate) fn errors(&self) -> String {
        std::fs::read_to_string(self.rings.join("errors")).unwrap_or_default()
    }

    /// Whether a process has ended, without waiting for it.
    pub(crate) fn has_ended(&mut self, subject: &mut Subject) -> bool {
        match &mut subject.child {
            Some(child) => child.try_wait().expect("it is a child").is_some(),
            // A zombie of the server's.
            None => state_of(subject.pid) == 'Z',
        }
    }
}

/// Starts a process in a group of its own, which ends when this test does, however that ends.
fn spawn(program: &mut Command) -> Child {
    program.process_group(0);
    let end_with_parent = || {
        // SAFETY: one system call, which touches no memory.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
        Ok(())
    };
    // SAFETY: what runs between `fork` and `exec` allocates nothing and takes no lock.
    unsafe { program.pre_exec(end_with_parent) };
    program.spawn().unwrap_or_else(|error| panic!("{program:?}: {error}"))
}

/// Kills a process that `spawn` started, with all that it has forked.
fn kill_group(process: &mut Child) {
    let group = libc::pid_t::try_from(process.id()).expect("the kernel's own number");
    // SAFETY: no memory is involved, and the group has the number of a process which nobody has waited for yet.
    unsafe { libc::kill(-group, libc::SIGKILL) };
    let _ = process.wait();
}

/// The letter that the kernel has for what a process is doing: `T` stopped, `Z` a zombie.
pub(crate) fn state_of(pid: u32) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("nobody has waited for it");
    // The program's name is in parentheses, and may hold anything.
    let (_, rest) = stat.rsplit_once(") ").expect("there is a name");
    rest.chars().next().expect("there is a state")
}

/// This very test, as the process of a job in Rust.
pub(crate) fn this_program() -> Command {
    let mut program = Command::new(std::env::current_exe().expect("a running test has a path"));
    program.args(CHILD);
    program
}

fn node_program() -> Command {
    common::node(&node_project().join("peer.js"))
}

/// A project with the compiled peer, and what stands in for a module of the package when steps are watched.
pub(crate) fn node_project() -> &'static Path {
    static PROJECT: OnceLock<PathBuf> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let files = [
            ("peer.ts", common::text("tests/crash/peer.ts")),
            ("store.ts", common::text("tests/crash/store.ts")),
            ("market.ts", common::text("generated/typescript/market.ts")),
        ];
        common::kept_node_project("crash", &files)
    })
}

/// A process. The number stays its own until it has been waited for.
pub(crate) struct Subject {
    pub(crate) pid: u32,
    /// `None` if the server is its parent.
    child: Option<Child>,
}

impl Subject {
    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: i32) {
        send(self.pid, signal);
    }
}

/// Kills a process that is no child of this one.
pub(crate) fn kill(pid: u32) {
    send(pid, libc::SIGKILL);
}

fn send(pid: u32, signal: i32) {
    let pid = libc::pid_t::try_from(pid).expect("the kernel's own number");
    // SAFETY: no memory is involved, and the number is that of a process which nobody has waited for yet.
    assert_eq!(unsafe { libc::kill(pid, signal) }, 0, "process {pid} is gone");
}

impl Drop for Subject {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            kill_group(child);
        }
    }
}

/// A Python that forks a process for each job.
struct Server {
    process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Server {
    fn start() -> Self {
        let mut program = Command::new(common::python());
        program.arg(common::root().join("tests/crash/peer.py")).arg(common::generated("python"));
        program.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONWARNINGS", "ignore");
        let mut process = spawn(program.stdin(Stdio::piped()).stdout(Stdio::piped()));
        let stdin = process.stdin.take().expect("it is piped");
        let stdout = BufReader::new(process.stdout.take().expect("it is piped"));
        Server { process, stdin, stdout }
    }

    fn ask(&mut self, line: &str) -> i64 {
        writeln!(self.stdin, "{line}").expect("the server in Python listens");
        let mut answer = String::new();
        self.stdout.read_line(&mut answer).expect("the server in Python writes text");
        answer.trim().parse().unwrap_or_else(|_| panic!("the server in Python answered {answer:?} to {line}"))
    }

    fn fork(&mut self, job: &Value) -> Subject {
        let pid = self.ask(&job.to_string());
        Subject { pid: u32::try_from(pid).expect("it is the number of a process"), child: None }
    }

    fn wait(&mut self, pid: u32) -> ExitStatus {
        ExitStatus::from_raw(i32::try_from(self.ask(&format!("wait {pid}"))).expect("it is a status"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        kill_group(&mut self.process);
    }
}

/// Waits until something is so, and fails after a while that no sound run comes near.
#[track_caller]
pub(crate) fn until(what: impl std::fmt::Display, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what} never came");
        std::thread::sleep(Duration::from_micros(200));
    }
}
