//! Making rings where it can't be done, or where what is made would not be as it should be.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use ringgen::{Collector, FoundState};
use serde_json::json;

use crate::common::{self, optional_tool};
use crate::driver::{Language, Peer};
use crate::{LANGUAGES, NODE, PYTHON, RUST};

/// A language whose peer is started by a shell that does something first.
macro_rules! behind {
    ($name:ident, $language:ident, $typed:literal) => {
        static $name: Language = Language { program: || shell($typed, &$language), ..$language };
    };
}

/// `typed` is run in front of the program, which replaces the shell.
fn shell(typed: &str, language: &Language) -> Command {
    let program = (language.program)();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!(r#"{typed}; exec "$0" "$@""#)).arg(program.get_program()).args(program.get_args());
    shell.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

behind!(RUST_MASKED, RUST, "umask 0777");
behind!(PYTHON_MASKED, PYTHON, "umask 0777");
behind!(NODE_MASKED, NODE, "umask 0777");
behind!(RUST_BARE, RUST, "umask 0");
behind!(PYTHON_BARE, PYTHON, "umask 0");
behind!(NODE_BARE, NODE, "umask 0");

#[test]
fn what_is_made_is_for_its_owner_alone_whatever_the_umask_is() {
    let languages =
        [&RUST_MASKED, &PYTHON_MASKED, &NODE_MASKED, &RUST_BARE, &PYTHON_BARE, &NODE_BARE, &RUST, &PYTHON, &NODE];
    for language in languages {
        let rings = common::ring_dir();
        let dir = rings.path().join("own");
        let mut peer = Peer::start(language, rings.path());
        peer.ask(json!({ "do": "create", "name": "r", "dir": dir, "capacity": 8 }));
        peer.ask(json!({ "do": "claim producer" }));
        peer.ask(json!({ "do": "produce", "from": 0, "count": 3 }));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!((mode(&dir), mode(&dir.join("r"))), (0o700, 0o600), "{peer}");
        peer.ask(json!({ "do": "attach", "name": "r", "dir": dir }));
    }
}

behind!(RUST_LIMITED, RUST, "ulimit -f 100");
behind!(PYTHON_LIMITED, PYTHON, "ulimit -f 100");
behind!(NODE_LIMITED, NODE, "ulimit -f 100");

/// 51,200 bytes are allowed. The kernel sends SIGXFSZ to who wants more, which ends a process that does not expect it.
#[test]
fn a_ring_beyond_the_limit_of_a_files_size_is_an_error_and_no_signal() {
    for language in [&RUST_LIMITED, &PYTHON_LIMITED, &NODE_LIMITED] {
        let rings = common::ring_dir();
        let mut peer = Peer::start(language, rings.path());
        let refused =
            peer.ask_in_vain(json!({ "do": "create", "name": "r", "dir": rings.path(), "capacity": 1 << 16 }));
        assert_eq!(refused.code, "Io", "{peer}: {}", refused.text);
        assert!(refused.text.contains("File too large"), "{peer}: {}", refused.text);
        let refused = peer.ask_in_vain(json!({ "do": "create anonymous", "name": "r", "capacity": 1 << 16 }));
        assert!(refused.text.contains("File too large"), "{peer}: {}", refused.text);
        assert_eq!(fs::read_dir(rings.path()).unwrap().count(), 0, "{peer}: something is left behind");
        peer.ask(json!({ "do": "create", "name": "r", "dir": rings.path(), "capacity": 8 }));
    }
}

const FULL: &str = r#"mount -t tmpfs -o size=100k,mode=700 none "$RINGGEN_DIR""#;

/// A user namespace, in which one's own mounts are allowed, and a file system of 100 KiB in it.
fn in_a_small_file_system(language: &Language) -> Command {
    let program = shell(FULL, language);
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--mount"]).arg(program.get_program()).args(program.get_args());
    unshare.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    unshare
}

static RUST_SMALL: Language = Language { program: || in_a_small_file_system(&RUST), ..RUST };
static PYTHON_SMALL: Language = Language { program: || in_a_small_file_system(&PYTHON), ..PYTHON };
static NODE_SMALL: Language = Language { program: || in_a_small_file_system(&NODE), ..NODE };

#[test]
fn a_full_file_system_is_an_error_when_the_ring_is_made_and_no_signal_later() {
    let probe = common::ring_dir();
    let mut allowed = Command::new("unshare");
    allowed.args(["--user", "--map-root-user", "--mount", "sh", "-c", FULL]).env("RINGGEN_DIR", probe.path());
    match allowed.output() {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            let why = String::from_utf8_lossy(&output.stderr).trim().to_string();
            return optional_tool("full file system", Err(&why));
        }
        Err(error) => return optional_tool("full file system", Err(&format!("unshare: {error}"))),
    }
    for language in [&RUST_SMALL, &PYTHON_SMALL, &NODE_SMALL] {
        let rings = common::ring_dir();
        let mut peer = Peer::start(language, rings.path());
        let create = |capacity: u64| json!({ "do": "create", "name": format!("r{capacity}"), "capacity": capacity });
        let refused = peer.ask_in_vain(create(1 << 14));
        assert_eq!(refused.code, "Io", "{peer}: {}", refused.text);
        assert!(refused.text.contains("No space left on device"), "{peer}: {}", refused.text);
        let left = peer.ask(json!({ "do": "list", "dir": rings.path() }));
        assert_eq!(left, json!({ "files": [] }), "{peer}: something is left behind");
        // There is room for a small one, and all of it is there: it is filled to the last slot.
        peer.ask(create(64));
        peer.ask(json!({ "do": "claim producer" }));
        peer.ask(json!({ "do": "produce", "from": 0, "count": 64 }));
    }
    optional_tool("full file system", Ok("no space left for a ring is an error, in every language"));
}

/// Python and Node create, claim and leave while this process collects; what Rust does is in ringgen-runtime/tests/gc.rs.
#[test]
fn no_language_loses_a_ring_that_it_holds_to_a_collector() {
    let rings = common::ring_dir();
    let rounds = std::env::var("RINGGEN_TEST_RACES").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(600_u64);
    let mut peers: Vec<Peer> = LANGUAGES.iter().map(|language| Peer::start(language, rings.path())).collect();
    for (index, peer) in peers.iter_mut().enumerate() {
        let name = format!("r{index}");
        peer.tell(json!({ "do": "use", "name": name, "dir": rings.path(), "rounds": rounds }));
    }
    let mut answers: Vec<Option<serde_json::Value>> = vec![None; peers.len()];
    let mut collected = 0;
    while answers.contains(&None) {
        for found in Collector::new().dir(rings.path()).idle(true).collect().unwrap() {
            assert!(!matches!(found.state, FoundState::Unusable(_)), "{found:?}");
            collected += u64::from(found.removed);
        }
        for (peer, answer) in peers.iter_mut().zip(&mut answers).filter(|(_, answer)| answer.is_none()) {
            if let Some(got) = peer.answer_within(std::time::Duration::ZERO) {
                *answer = Some(got.unwrap_or_else(|refused| panic!("{peer}: {refused:?}")));
            }
        }
    }
    println!("{collected} collected: {answers:?}");
    for (peer, answer) in peers.iter().zip(answers.iter().flatten()) {
        let [held, gone] = ["held", "gone"].map(|key| answer[key].as_u64().unwrap());
        assert_eq!(held + gone, rounds, "{peer}");
        assert!(held > rounds / 4, "{peer}: {answer}");
    }
    assert!(collected > 10, "{collected} collected");
}
