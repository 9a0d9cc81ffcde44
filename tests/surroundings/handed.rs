//! Rings without a name, handed from one language to another; and descriptors that are of none.

use std::fs::{self, File};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::os::unix::net::UnixStream;

use ringgen::Ring;
use serde_json::json;

use crate::driver::{Language, Peer};
use crate::files::header;
use crate::market::Trade;
use crate::{LANGUAGES, NODE, PYTHON, RUST, common};

const NAME: &str = "test.handed";
const COUNT: u64 = 500;

/// A copy of a descriptor that children inherit under its number.
#[allow(unsafe_code, reason = "no safe copy is without close-on-exec")]
pub(crate) fn inheritable(fd: impl AsFd) -> OwnedFd {
    // SAFETY: copies a descriptor that is open.
    let copy = unsafe { libc::dup(fd.as_fd().as_raw_fd()) };
    assert!(copy >= 0);
    // SAFETY: it has just been made.
    unsafe { OwnedFd::from_raw_fd(copy) }
}

/// A peer that has the ring: sent to it over a socket, or inherited where there is no way to receive one.
fn hand(ring: &Ring<Trade>, language: &'static Language) -> Peer {
    let rings = common::ring_dir();
    if language.name == "Node" {
        let copy = inheritable(ring);
        let mut peer = Peer::start(language, rings.path());
        peer.ask(json!({ "do": "from descriptor", "fd": copy.as_raw_fd() }));
        return peer;
    }
    let (mine, theirs) = UnixStream::pair().unwrap();
    let copy = inheritable(theirs);
    let mut peer = Peer::start(language, rings.path());
    ring.send_over(&mine).unwrap();
    peer.ask(json!({ "do": "receive", "fd": copy.as_raw_fd() }));
    peer
}

#[test]
fn messages_go_between_all_languages() {
    for producer in LANGUAGES {
        for consumer in LANGUAGES {
            let ring = Ring::<Trade>::create_anonymous(NAME, 64).unwrap();
            let [mut producer, mut consumer] = [producer, consumer].map(|language| hand(&ring, language));
            // Nothing but who was given it has it.
            drop(ring);
            producer.ask(json!({ "do": "claim producer" }));
            consumer.ask(json!({ "do": "claim consumer" }));
            consumer.tell(json!({ "do": "consume", "count": COUNT + 1 }));
            producer.ask(json!({ "do": "produce", "from": 0, "count": COUNT }));
            producer.ask(json!({ "do": "close" }));
            let ids: Vec<u64> = (0..COUNT).collect();
            assert_eq!(consumer.succeed(), json!({ "ids": ids }), "{producer} and {consumer}");
            for peer in [&mut producer, &mut consumer] {
                assert_eq!(peer.ask_in_vain(json!({ "do": "claim producer" })).code, "Closed", "{peer}");
                let refused = peer.ask_in_vain(json!({ "do": "truncate" }));
                assert_eq!(refused.code, "Io", "{peer}: {}", refused.text);
                assert!(refused.text.contains("ot permitted"), "{peer}: {}", refused.text);
                peer.ask(json!({ "do": "unlink" }));
            }
        }
    }
}

#[test]
fn a_role_has_one_holder_and_is_free_once_that_is_killed() {
    for language in LANGUAGES {
        let ring = Ring::<Trade>::create_anonymous(NAME, 4).unwrap();
        let mut holder = hand(&ring, language);
        holder.ask(json!({ "do": "claim producer" }));
        holder.ask(json!({ "do": "produce", "from": 0, "count": 3 }));
        for other in LANGUAGES {
            let mut other = hand(&ring, other);
            let refused = other.ask_in_vain(json!({ "do": "claim producer" }));
            assert_eq!(refused.code, "RoleTaken", "{holder} and {other}: {}", refused.text);
            assert!(refused.text.contains(&format!("process {}:", holder.pid())), "{}", refused.text);
        }
        let mut consumer = hand(&ring, language);
        consumer.ask(json!({ "do": "claim consumer" }));
        holder.kill();
        assert_eq!(consumer.ask(json!({ "do": "consume", "count": 3 })), json!({ "ids": [0, 1, 2] }));
        let died = consumer.ask_in_vain(json!({ "do": "consume", "count": 1 }));
        assert_eq!(died.code, "PeerDied", "{consumer}: {}", died.text);
        consumer.kill();
        // And the other way round: who pushes beside a consumer that was killed.
        for successor in LANGUAGES {
            let mut successor = hand(&ring, successor);
            successor.ask(json!({ "do": "claim producer" }));
            let died = successor.ask_in_vain(json!({ "do": "produce", "from": 3, "count": 5 }));
            assert_eq!(died.code, "PeerDied", "{successor}: {}", died.text);
            successor.ask(json!({ "do": "detach producer" }));
        }
    }
}

/// Rust and Python send; Node hands on by inheritance, in hosts/node/tests/anonymous.test.ts.
#[test]
fn a_ring_comes_from_every_language_that_sends() {
    for maker in [&RUST, &PYTHON] {
        let rings = common::ring_dir();
        let (mine, theirs) = UnixStream::pair().unwrap();
        let copy = inheritable(theirs);
        let mut maker = Peer::start(maker, rings.path());
        maker.ask(json!({ "do": "create anonymous", "name": NAME, "capacity": 64 }));
        maker.ask(json!({ "do": "claim producer" }));
        maker.ask(json!({ "do": "send", "fd": copy.as_raw_fd() }));
        let ring = Ring::<Trade>::receive_from(&mine).unwrap();
        assert_eq!(ring.path().to_str(), Some("memfd:test.handed"), "{maker}");
        let mut consumer = hand(&ring, &NODE);
        consumer.ask(json!({ "do": "claim consumer" }));
        maker.ask(json!({ "do": "produce", "from": 7, "count": 2 }));
        maker.kill();
        assert_eq!(consumer.ask(json!({ "do": "consume", "count": 2 })), json!({ "ids": [7, 8] }));
        assert_eq!(consumer.ask_in_vain(json!({ "do": "consume", "count": 1 })).code, "PeerDied");
    }
}

#[allow(unsafe_code, reason = "memory that is sealed by hand")]
fn sealed(bytes: &[u8], seals: libc::c_int) -> File {
    // SAFETY: a name that ends in NUL.
    let fd = unsafe { libc::memfd_create(c"other".as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING) };
    assert!(fd >= 0);
    // SAFETY: it has just been opened.
    let file = unsafe { File::from_raw_fd(fd) };
    file.write_all_at(bytes, 0).unwrap();
    // SAFETY: the descriptor is open.
    assert_eq!(unsafe { libc::fcntl(fd, libc::F_ADD_SEALS, seals) }, 0);
    file
}

#[test]
fn a_descriptor_that_is_not_as_it_should_be_is_refused_by_name() {
    let rings = common::ring_dir();
    let ring = ringgen::RingOptions::new().dir(rings.path()).capacity(8).create::<Trade>("r").unwrap();
    let bytes = fs::read(ring.path()).unwrap();
    let changed = |offset: u64, with: &[u8]| {
        let path = rings.path().join("changed");
        fs::write(&path, &bytes).unwrap();
        header(&path, offset, with);
        fs::read(&path).unwrap()
    };
    let (shrink, grow, seal) = (libc::F_SEAL_SHRINK, libc::F_SEAL_GROW, libc::F_SEAL_SEAL);
    let all = shrink | grow | seal;
    let unsealed = "its size can still be changed: who makes it has to add ";
    #[rustfmt::skip]
    let cases: &[(File, &str, &str)] = &[
        (sealed(&bytes, 0), "Refused", &format!("{unsealed}F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_SEAL")),
        (sealed(&bytes, grow | seal), "Refused", &format!("{unsealed}F_SEAL_SHRINK")),
        (sealed(&bytes, shrink | seal), "Refused", &format!("{unsealed}F_SEAL_GROW")),
        (sealed(&bytes, shrink | grow), "Refused", &format!("{unsealed}F_SEAL_SEAL")),
        (sealed(&bytes, all | libc::F_SEAL_WRITE), "Refused", "it is sealed against writing"),
        (sealed(&bytes, all | libc::F_SEAL_FUTURE_WRITE), "Refused", "it is sealed against writing"),
        (File::options().read(true).write(true).open(ring.path()).unwrap(), "Refused", "the descriptor is of no memfd"),
        (File::open("/dev/null").unwrap(), "Refused", "the descriptor is of no memfd"),
        (File::open(rings.path()).unwrap(), "Refused", "the descriptor is of no memfd"),
        (File::from(OwnedFd::from(UnixStream::pair().unwrap().0)), "Refused", "the descriptor is of no memfd"),
        (sealed(&bytes[..bytes.len() - 1], all), "NotARing", " bytes and its header states "),
        (sealed(b"no ring", all), "NotARing", "it has 7 bytes and its header states 512"),
        (sealed(&changed(0x008, &3_u32.to_le_bytes()), all), "UnsupportedFormat", "it has format 3, and this is ringgen for format 1: update this program"),
        (sealed(&changed(0x0A0, &[7; 16]), all), "Stale", "the ring at memfd:other was made before this machine started"),
    ];
    let copies: Vec<OwnedFd> = cases.iter().map(|(file, ..)| inheritable(file)).collect();
    let right = inheritable(sealed(&bytes, all));
    let mut peers: Vec<Peer> = LANGUAGES.iter().map(|language| Peer::start(language, rings.path())).collect();
    for (copy, (_, code, part)) in copies.iter().zip(cases) {
        let mut texts: Vec<String> = Vec::new();
        for peer in &mut peers {
            let refused = peer.ask_in_vain(json!({ "do": "from descriptor", "fd": copy.as_raw_fd() }));
            assert_eq!(refused.code, *code, "{peer}: {part}: {}", refused.text);
            assert!(refused.text.contains(part), "{peer}: {part}: {}", refused.text);
            texts.push(refused.text);
        }
        assert!(texts.iter().all(|text| *text == texts[0]), "{texts:#?}");
    }
    for peer in &mut peers {
        peer.ask(json!({ "do": "from descriptor", "fd": right.as_raw_fd() }));
        peer.ask(json!({ "do": "claim producer" }));
        peer.ask(json!({ "do": "detach producer" }));
        let closed = peer.ask_in_vain(json!({ "do": "from descriptor", "fd": 999 }));
        assert_eq!(closed.code, "Io", "{peer}: {}", closed.text);
    }
}

#[test]
fn what_comes_over_a_socket_and_is_no_ring_is_refused_by_name() {
    use std::io::Write;
    for language in [&RUST, &PYTHON] {
        let rings = common::ring_dir();
        let pairs: [(UnixStream, UnixStream); 2] = std::array::from_fn(|_| UnixStream::pair().unwrap());
        let copies = pairs.each_ref().map(|(_, theirs)| inheritable(theirs));
        let mut peer = Peer::start(language, rings.path());
        (&pairs[0].0).write_all(b"hello there").unwrap();
        let refused = peer.ask_in_vain(json!({ "do": "receive", "fd": copies[0].as_raw_fd() }));
        assert_eq!(refused.code, "NotARing", "{peer}: {}", refused.text);
        assert_eq!(
            refused.text, "what came over the socket is no usable ring: it is not `RINGGEN1` with one descriptor",
            "{peer}"
        );
        (&pairs[1].0).write_all(b"RINGGEN1").unwrap();
        let refused = peer.ask_in_vain(json!({ "do": "receive", "fd": copies[1].as_raw_fd() }));
        assert_eq!(refused.code, "NotARing", "{peer}: without a descriptor: {}", refused.text);
    }
}
