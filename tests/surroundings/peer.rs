//! The peer in Rust: it does what lines of JSON on its standard input say.

use std::fs::{self, File};
use std::io::{self, BufRead};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use ringgen::{AttachError, ClaimError, CreateError, PopError, PushError, Ring, RingOptions};
use serde_json::{Value, json};

use crate::market::{Trade, TradesConsumer, TradesProducer};

const PATIENCE: Duration = Duration::from_secs(120);

/// What a verb was refused with: the error's name in every language, and its text.
struct Refused(&'static str, String);

macro_rules! refused {
    ($($error:ty),*) => { $(
        impl From<$error> for Refused {
            fn from(error: $error) -> Self {
                Refused(error.code(), error.to_string())
            }
        }
    )* };
}

refused!(AttachError, CreateError, ClaimError, PopError, PushError);

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Refused("Io", error.to_string())
    }
}

#[derive(Default)]
struct Peer {
    ring: Option<Ring<Trade>>,
    producer: Option<TradesProducer>,
    consumer: Option<TradesConsumer>,
}

/// Answers until its standard input ends.
pub(crate) fn answer() {
    // Ends the line that the test harness has begun.
    println!();
    let mut peer = Peer::default();
    for line in io::stdin().lock().lines() {
        let command = serde_json::from_str(&line.expect("it can be read")).expect("a command is JSON");
        let answer = peer.obey(&command).unwrap_or_else(|Refused(code, text)| json!({ "error": code, "text": text }));
        println!("{answer}");
    }
}

impl Peer {
    fn obey(&mut self, command: &Value) -> Result<Value, Refused> {
        let text = |key: &str| command[key].as_str().unwrap_or_else(|| panic!("{key} in {command}"));
        let number = |key: &str| command[key].as_u64().unwrap_or_else(|| panic!("{key} in {command}"));
        let options = || match command.get("dir").and_then(Value::as_str) {
            Some(dir) => RingOptions::new().dir(dir),
            None => RingOptions::new(),
        };
        // SAFETY: a descriptor that this process has inherited, and that nobody here closes.
        let inherited = || unsafe { BorrowedFd::borrow_raw(number("fd").try_into().expect("it is a descriptor")) };
        match text("do") {
            "attach" => self.ring = Some(options().attach(text("name"))?),
            "create" => self.ring = Some(options().capacity(number("capacity")).create(text("name"))?),
            "create anonymous" => {
                self.ring = Some(options().capacity(number("capacity")).create_anonymous(text("name"))?);
            }
            "from descriptor" => self.ring = Some(Ring::from_fd(inherited())?),
            "receive" => self.ring = Some(Ring::receive_from(inherited())?),
            "send" => self.ring().send_over(inherited())?,
            "unlink" => drop(self.ring().unlink()?),
            "list" => {
                let entries = fs::read_dir(text("dir"))?;
                let mut files: Vec<String> = entries
                    .map(|entry| entry.map(|entry| entry.file_name().display().to_string()))
                    .collect::<Result<_, _>>()?;
                files.sort();
                return Ok(json!({ "files": files }));
            }
            "truncate" => File::from(self.ring().as_fd().try_clone_to_owned()?).set_len(0)?,
            "claim producer" => self.producer = Some(self.ring().producer()?),
            "claim consumer" => self.consumer = Some(self.ring().consumer()?),
            "detach producer" => self.producer.take().expect("it is held").detach(),
            "detach consumer" => self.consumer.take().expect("it is held").detach(),
            "produce" => {
                let producer = self.producer.as_mut().expect("it is held");
                for id in number("from")..number("from") + number("count") {
                    producer.push_timeout(Trade { id, ..Trade::ZERO }, PATIENCE)?;
                }
            }
            "close" => self.producer.take().expect("it is held").close(),
            "consume" => {
                let consumer = self.consumer.as_mut().expect("it is held");
                let mut ids = Vec::new();
                while (ids.len() as u64) < number("count") {
                    match consumer.pop_timeout(PATIENCE)? {
                        Some(trade) => ids.push(trade.id),
                        None => break,
                    }
                }
                return Ok(json!({ "ids": ids }));
            }
            "use" => return Ok(use_rings(&options(), text("name"), number("rounds"))),
            other => panic!("no such verb: {other}"),
        }
        Ok(json!({ "path": self.ring().path() }))
    }

    fn ring(&self) -> &Ring<Trade> {
        self.ring.as_ref().expect("there is one")
    }
}

/// Opens a ring, takes a role and gives it back, many times, beside collectors.
fn use_rings(options: &RingOptions, name: &str, rounds: u64) -> Value {
    let (mut held, mut gone) = (0, 0);
    for _ in 0..rounds {
        let ring = options.clone().capacity(1).open_or_create::<Trade>(name).expect("it can be opened");
        match ring.consumer() {
            Ok(role) => {
                let there = fs::metadata(ring.path()).expect("the ring has its name while its role is held");
                let mine =
                    File::from(ring.as_fd().try_clone_to_owned().expect("a copy")).metadata().expect("it is open");
                assert_eq!((there.dev(), there.ino()), (mine.dev(), mine.ino()), "{name} has lost its name");
                held += 1;
                role.detach();
            }
            Err(ClaimError::NotFound { .. }) => gone += 1,
            Err(error) => panic!("{name}: {error}"),
        }
    }
    json!({ "held": held, "gone": gone })
}
