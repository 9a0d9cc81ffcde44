//! Peers: processes in each language that do what tests tell them, and how to talk with them.
#![allow(dead_code, reason = "each test file uses its part")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common;

/// How long a peer may take for anything; far longer than it does.
const PATIENCE: Duration = Duration::from_secs(120);

/// The environment variable that makes this test's program a peer.
pub(crate) const PEER: &str = "RINGGEN_TEST_PEER";

/// A language with a peer. A new one is a `static` here, a member of [`LANGUAGES`], and a name in the lists of
/// interop.rs.
pub(crate) struct Language {
    pub(crate) name: &'static str,
    /// The ways in which its peer pushes.
    pub(crate) produce: &'static [&'static str],
    /// The ways in which its peer pops.
    pub(crate) consume: &'static [&'static str],
    pub(crate) program: fn() -> Command,
}

pub(crate) static RUST: Language = Language {
    name: "Rust",
    produce: &["push", "try_push", "claim", "many"],
    consume: &["pop", "iterate", "peek", "many"],
    program: || {
        let mut program = common::this_test("the_rust_peer_answers");
        program.env(PEER, "1");
        program
    },
};

pub(crate) static PYTHON: Language = Language {
    name: "Python",
    produce: &["push", "fields", "claim", "many"],
    consume: &["pop", "iterate", "peek", "many"],
    program: || {
        let mut program = Command::new(common::python());
        let folder = common::root().join("tests/interop");
        program.arg(folder.join("peer.py")).arg(common::generated("python")).arg(folder);
        program.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONWARNINGS", "ignore");
        program
    },
};

pub(crate) static NODE: Language = Language {
    name: "Node",
    produce: &["push", "sync", "claim", "many"],
    consume: &["pop", "sync", "iterate", "peek", "many", "into"],
    program: || {
        static PROJECT: OnceLock<PathBuf> = OnceLock::new();
        let project = PROJECT.get_or_init(|| {
            common::kept_node_project(
                "interop",
                &[
                    ("peer.ts", common::text("tests/interop/peer.ts")),
                    ("clock.ts", common::text("generated/typescript/clock.ts")),
                    ("kitchen_sink.ts", common::text("generated/typescript/kitchen_sink.ts")),
                    ("market.ts", common::text("generated/typescript/market.ts")),
                ],
            )
        });
        let mut program = common::node(&project.join("peer.js"));
        program.arg(common::root().join("tests/interop"));
        program
    },
};

/// Every language that takes part.
pub(crate) static LANGUAGES: [&Language; 3] = [&RUST, &PYTHON, &NODE];

/// A process that does what it is told. Dropping it kills it.
pub(crate) struct Peer {
    pub(crate) language: &'static Language,
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<Value>,
    errors: Arc<Mutex<String>>,
    asked: Value,
}

/// What a peer was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) code: String,
    pub(crate) text: String,
}

impl Peer {
    /// Starts a peer whose rings lie in `rings`.
    pub(crate) fn start(language: &'static Language, rings: &Path) -> Peer {
        let mut program = (language.program)();
        program.env("RINGGEN_DIR", rings).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().unwrap_or_else(|error| panic!("{program:?}: {error}"));
        let stdin = child.stdin.take().expect("it is piped");
        let stdout = child.stdout.take().expect("it is piped");
        let mut stderr = child.stderr.take().expect("it is piped");
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            // The harness of a test program says what it runs, too: not in JSON.
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            let mut answers =
                lines.filter_map(|line| serde_json::from_str::<Value>(&line).ok()).filter(Value::is_object);
            let _ = answers.try_for_each(|answer| sender.send(answer));
        });
        let errors = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&errors);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = stderr.read(&mut buffer) {
                written.lock().expect("no holder panics").push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        });
        Peer { language, child, stdin, answers, errors, asked: Value::Null }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Gives a command; the answer is to be taken later.
    pub(crate) fn tell(&mut self, command: Value) {
        writeln!(self.stdin, "{command}").unwrap_or_else(|error| panic!("{self} does not listen: {error}"));
        self.asked = command;
    }

    /// The answer to the last command.
    pub(crate) fn answer(&mut self) -> Result<Value, Refused> {
        let late = || panic!("{self} has not answered for {PATIENCE:?}: {}", self.asked);
        self.answer_within(PATIENCE).unwrap_or_else(late)
    }

    /// The answer to the last command, if it comes in time.
    pub(crate) fn answer_within(&self, time: Duration) -> Option<Result<Value, Refused>> {
        match self.answers.recv_timeout(time) {
            Ok(answer) => match answer.get("error").and_then(Value::as_str) {
                None => Some(Ok(answer)),
                Some(code) => Some(Err(Refused {
                    code: code.to_string(),
                    text: answer["text"].as_str().unwrap_or_else(|| panic!("{self}: {answer}")).to_string(),
                })),
            },
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => panic!("{self} ended instead of answering: {}", self.asked),
        }
    }

    /// The answers of two that wait for each other: neither is waited for once the other has failed.
    pub(crate) fn both(peers: [&mut Peer; 2]) -> [Value; 2] {
        let mut answers = [Value::Null, Value::Null];
        let start = Instant::now();
        while answers.contains(&Value::Null) {
            for (peer, answer) in peers.iter().zip(&mut answers).filter(|(_, answer)| answer.is_null()) {
                match peer.answer_within(Duration::from_millis(10)) {
                    Some(Ok(value)) => *answer = value,
                    Some(Err(Refused { code, text })) => panic!("{peer}: {}: {code}: {text}", peer.asked),
                    None => assert!(start.elapsed() < PATIENCE, "{peer} has not answered: {}", peer.asked),
                }
            }
        }
        answers
    }

    /// What a command is answered with; it must succeed.
    pub(crate) fn ask(&mut self, command: Value) -> Value {
        self.tell(command);
        self.succeed()
    }

    /// The answer to the last command, which must have succeeded.
    pub(crate) fn succeed(&mut self) -> Value {
        self.answer().unwrap_or_else(|Refused { code, text }| panic!("{self}: {}: {code}: {text}", self.asked))
    }

    /// Why a command is refused; it must be.
    pub(crate) fn ask_in_vain(&mut self, command: Value) -> Refused {
        self.tell(command);
        match self.answer() {
            Err(refused) => refused,
            Ok(answer) => panic!("{self}: {} is not refused: {answer}", self.asked),
        }
    }

    /// Creates the ring of an instance.
    pub(crate) fn create(&mut self, instance: &str, first: u64) {
        self.ask(json!({ "do": "create", "instance": instance, "first": first.to_string() }));
    }

    /// Attaches to the ring of an instance.
    pub(crate) fn attach(&mut self, instance: &str) {
        let answer = self.ask(json!({ "do": "attach", "ring": "all_kinds", "instance": instance }));
        assert_eq!(answer["warnings"], json!([]), "{self}");
    }

    /// Claims a role, and checks where it goes on, and which claim it is.
    pub(crate) fn claim(&mut self, role: &str, position: u64, epoch: u64) {
        let answer = self.ask(json!({ "do": role }));
        assert_eq!(number(&answer["position"]), position, "{self}: position of the {role}");
        assert_eq!(number(&answer["epoch"]), epoch, "{self}: epoch of the {role}");
    }

    /// Takes `count` messages of a stream that has them, and checks the position behind them.
    pub(crate) fn consume(&mut self, count: u64, verb: &str, position: u64) {
        let answer = self.ask(consume(count, verb));
        self.check_consumed(&answer, count, position, "count");
    }

    /// Pushes `count` messages, and checks the position behind them.
    pub(crate) fn produce(&mut self, count: u64, verb: &str, position: u64) {
        let answer = self.ask(produce(count, verb));
        assert_eq!(number(&answer["position"]), position, "{self}");
    }

    /// Checks what a `consume` was answered with.
    pub(crate) fn check_consumed(&self, answer: &Value, count: u64, position: u64, stop: &str) {
        assert_eq!(answer["stop"], stop, "{self}: {answer}");
        assert_eq!(number(&answer["count"]), count, "{self}: {answer}");
        assert_eq!(number(&answer["position"]), position, "{self}: {answer}");
    }

    /// Kills it as `kill -9` does, and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the peer in {}", self.language.name)?;
        match self.errors.lock().expect("no holder panics").trim() {
            "" => Ok(()),
            errors => write!(f, ", which printed\n{errors}\n"),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command to push so many messages.
pub(crate) fn produce(count: u64, verb: &str) -> Value {
    json!({ "do": "produce", "count": count.to_string(), "verb": verb })
}

/// The command to take so many messages.
pub(crate) fn consume(count: u64, verb: &str) -> Value {
    json!({ "do": "consume", "count": count.to_string(), "verb": verb })
}

/// A number of 64 bits in an answer.
pub(crate) fn number(value: &Value) -> u64 {
    value.as_str().and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("{value} is no decimal string"))
}
