//! What processes did, written down where it survives them, and what follows from it.
//!
//! Each role has a file of records, which its holders append to one after the other: 32 bytes, so that none lies on two
//! pages and a kill in the middle of a `write` leaves all of it or nothing.
//!
//! ```text
//! u64 what (0 started, 1 done)   u64 epoch   u64 position   u64 number of the verb, or count of messages
//! ```

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::subject::BATCH;

const VERBS: [[&str; 4]; 2] = [["push", "many", "claim", "async"], ["pop", "many", "peek", "async"]];
const STARTED: u64 = 0;
const DONE: u64 = 1;

fn path(rings: &Path, role: &str) -> PathBuf {
    rings.join(format!("{role}.ledger"))
}

/// The ledger of a role, for its holder.
pub(crate) struct Ledger {
    file: File,
    epoch: u64,
}

impl Ledger {
    /// Opens the ledger, and writes down where the holder starts, and by which verb it goes on.
    pub(crate) fn open(rings: &Path, role: &str, epoch: u64, position: u64, verb: &str) -> Self {
        let file = OpenOptions::new().append(true).create(true).open(path(rings, role)).unwrap();
        let verbs = VERBS[usize::from(role == "consumer")];
        let verb = verbs.iter().position(|known| *known == verb).expect("the verb is in the table");
        let mut ledger = Ledger { file, epoch };
        ledger.write([STARTED, epoch, position, verb as u64]);
        ledger
    }

    /// Writes down that this holder pushed or took messages.
    pub(crate) fn done(&mut self, position: u64, count: u64) {
        self.write([DONE, self.epoch, position, count]);
    }

    fn write(&mut self, record: [u64; 4]) {
        let bytes: Vec<u8> = record.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(self.file.write(&bytes).unwrap(), bytes.len());
    }
}

/// One holder of a role: what it wrote down.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) epoch: u64,
    pub(crate) verb: &'static str,
    /// Where it started, and where it said last that it was.
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// The last batch that it wrote down.
    pub(crate) last_batch: u64,
}

/// Reads what the holders of a role wrote down: each of them without a gap, a step back or another's turn in between.
pub(crate) fn read(rings: &Path, role: &str) -> Vec<Term> {
    let bytes = std::fs::read(path(rings, role)).unwrap_or_default();
    let (records, rest) = bytes.as_chunks::<32>();
    assert!(rest.is_empty(), "the {role}'s ledger ends in half a record");
    let mut terms: Vec<Term> = Vec::new();
    for record in records {
        let (words, _) = record.as_chunks::<8>();
        let [what, epoch, position, number] = [0, 1, 2, 3].map(|index| u64::from_le_bytes(words[index]));
        match what {
            STARTED => {
                assert!(terms.last().is_none_or(|last| last.epoch < epoch), "{role} {epoch} starts: {terms:?}");
                let verb = VERBS[usize::from(role == "consumer")][number as usize];
                terms.push(Term { epoch, verb, start: position, end: position, last_batch: 0 });
            }
            DONE => {
                let term = terms.last_mut().expect("who did something has started");
                assert_eq!((term.epoch, term.end), (epoch, position), "the {role} goes on without a gap");
                assert!((1..=BATCH as u64).contains(&number), "{role} {epoch} did {number} messages at once");
                (term.end, term.last_batch) = (position + number, number);
            }
            other => panic!("the {role}'s ledger has the record {other}"),
        }
    }
    terms
}

/// What holds between producers that were killed and those that came after them, up to `tail`: what a push came back
/// from is published, and of what it had not come back from, one batch at most.
pub(crate) fn check_producers(terms: &[Term], first: u64, tail: u64) -> Result<(), String> {
    check_start(terms, first)?;
    for (term, next) in terms.iter().zip(successors(terms, tail)) {
        if !(term.end..=term.end + most(term.verb)).contains(&next) {
            return Err(format!("{term:?}, and its successor starts at {next}"));
        }
    }
    Ok(())
}

/// What became of the messages that were taken.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// Different messages that a consumer wrote down.
    pub(crate) taken: u64,
    /// Those that no consumer wrote down, though they are gone from the ring.
    pub(crate) lost: u64,
    /// Those that were written down by two.
    pub(crate) repeated: u64,
}

/// The same for consumers, up to `head`. A peek loses nothing and repeats the batch that was not released; every other
/// verb repeats nothing and loses the batch that was on its way.
pub(crate) fn check_consumers(terms: &[Term], first: u64, head: u64) -> Result<Account, String> {
    check_start(terms, first)?;
    let mut account = Account::default();
    for (term, next) in terms.iter().zip(successors(terms, head)) {
        let (may_repeat, may_lose) = match term.verb {
            // All of the last batch or nothing of it: it is released by one store.
            "peek" => (next + term.last_batch == term.end, 0),
            verb => (false, most(verb)),
        };
        if !(may_repeat || (term.end..=term.end + may_lose).contains(&next)) {
            return Err(format!("{term:?}, and its successor starts at {next}"));
        }
        account.taken += next.min(term.end) - term.start;
        account.repeated += term.end.saturating_sub(next);
        account.lost += next.saturating_sub(term.end);
    }
    let gone = head - first;
    if account.taken + account.lost == gone { Ok(account) } else { Err(format!("{account:?} of {gone}")) }
}

/// Nothing was done in front of the first record.
fn check_start(terms: &[Term], first: u64) -> Result<(), String> {
    match terms.first() {
        Some(term) if term.start != first => Err(format!("{term:?} is the first, and the ring starts at {first}")),
        _ => Ok(()),
    }
}

/// Where the successor of each holder starts, and where the last one left the ring.
fn successors(terms: &[Term], end: u64) -> impl Iterator<Item = u64> {
    terms.iter().skip(1).map(|term| term.start).chain([end])
}

/// The most messages that are on their way at once.
fn most(verb: &str) -> u64 {
    match verb {
        "push" | "pop" | "async" => 1,
        _ => BATCH as u64,
    }
}

const fn term(epoch: u64, verb: &'static str, start: u64, end: u64, last_batch: u64) -> Term {
    Term { epoch, verb, start, end, last_batch }
}

#[test]
fn what_producers_may_not_do_is_found() {
    let after = |verb, next| check_producers(&[term(1, verb, 5, 20, 1), term(2, "push", next, next, 0)], 5, next);
    assert_eq!(after("push", 20), Ok(()));
    assert_eq!(after("push", 21), Ok(()), "it was killed before it wrote down what it had published");
    after("push", 19).expect_err("a message that was published is published again");
    after("push", 22).expect_err("two at once");
    assert_eq!(after("many", 36), Ok(()));
    after("many", 37).expect_err("more than a batch");
    check_producers(&[term(1, "push", 5, 20, 1)], 4, 20).expect_err("one in front of the first");
    check_producers(&[term(1, "push", 5, 20, 1)], 5, 19).expect_err("the last one is gone");
}

#[test]
fn what_consumers_may_not_do_is_found() {
    let after = |verb, next| check_consumers(&[term(1, verb, 5, 20, 4), term(2, "pop", next, 40, 1)], 5, 40);
    assert_eq!(after("pop", 20), Ok(Account { taken: 35, lost: 0, repeated: 0 }));
    assert_eq!(after("pop", 21), Ok(Account { taken: 34, lost: 1, repeated: 0 }));
    after("pop", 19).expect_err("a pop repeats nothing");
    after("pop", 22).expect_err("nor does it lose two");
    assert_eq!(after("many", 36), Ok(Account { taken: 19, lost: 16, repeated: 0 }));
    assert_eq!(after("peek", 16), Ok(Account { taken: 35, lost: 0, repeated: 4 }));
    after("peek", 17).expect_err("part of a batch was released");
    after("peek", 12).expect_err("more than the last batch is repeated");
    after("peek", 21).expect_err("a peek loses nothing");
    check_consumers(&[term(1, "pop", 5, 20, 1)], 5, 22).expect_err("two at the end are gone");
}
