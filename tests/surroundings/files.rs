//! Files and directories that are no rings, or not to be trusted. One table; each language says the same of each.

use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use ringgen::{Ring, RingOptions};
use serde_json::json;

use crate::common::{self, optional_tool};
use crate::driver::{Language, Peer};
use crate::handed::inheritable;
use crate::market::Trade;
use crate::{LANGUAGES, NODE, PYTHON, RUST};

/// What comes of attaching.
enum Expected {
    Fine,
    /// An error of this code, whose text has this in it.
    Refused(&'static str, &'static str),
}
use Expected::{Fine, Refused};

struct Case {
    name: &'static str,
    /// Makes a file of a whole ring what it is to be.
    make: fn(&Path),
    expected: Expected,
}

const fn case(name: &'static str, make: fn(&Path), expected: Expected) -> Case {
    Case { name, make, expected }
}

const NOT_REGULAR: Expected = Refused("Refused", "it is no regular file");

#[rustfmt::skip]
const CASES: &[Case] = &[
    case("whole", |_| {}, Fine),
    case("missing", |path| fs::remove_file(path).unwrap(), Refused("NotFound", "there is no ring at")),
    case("symbolic-link", |path| replace(path, |path| symlink("whole", path).unwrap()), NOT_REGULAR),
    case("link-to-nothing", |path| replace(path, |path| symlink("nothing", path).unwrap()), NOT_REGULAR),
    case("link-to-itself", |path| replace(path, |path| symlink("link-to-itself", path).unwrap()), NOT_REGULAR),
    case("hard-link", |path| fs::hard_link(path, path.with_extension("second")).unwrap(), Refused("Refused", "the file has 2 names")),
    case("pipe", |path| replace(path, |path| run("mkfifo", path)), NOT_REGULAR),
    case("directory", |path| replace(path, |path| fs::create_dir(path).unwrap()), NOT_REGULAR),
    case("socket", |path| replace(path, |path| drop(UnixListener::bind(path).unwrap())), NOT_REGULAR),
    case("world-writable", |path| mode(path, 0o602), Refused("Refused", "others may write to it (mode 0602): take that right away by chmod")),
    case("all-may-write", |path| mode(path, 0o666), Refused("Refused", "(mode 0666)")),
    case("group-writable", |path| mode(path, 0o660), Fine),
    case("world-readable", |path| mode(path, 0o644), Fine),
    case("empty", |path| length(path, |_| 0), Refused("NotARing", "it has 0 bytes and its header states 512")),
    case("half-a-header", |path| length(path, |_| 300), Refused("NotARing", "it has 300 bytes and its header states 512")),
    case("header-alone", |path| length(path, |_| 512), Refused("NotARing", "it has 512 bytes and its header states ")),
    case("cut-off", |path| length(path, |length| length - 1), Refused("NotARing", " bytes and its header states ")),
    case("too-long", |path| length(path, |length| length + 4096), Refused("NotARing", " bytes and its header states ")),
    case("other-file", |path| fs::write(path, [b'x'; 8192]).unwrap(), Refused("NotARing", "it does not begin with RINGGEN1")),
    case("flipped-bit", |path| write(path, 0x0C8, b"?"), Refused("NotARing", "its header has the checksum ")),
    case("newer-format", |path| header(path, 0x008, &2_u32.to_le_bytes()), Refused("UnsupportedFormat", "it has format 2, and this is ringgen for format 1: update this program")),
    case("older-format", |path| header(path, 0x008, &0_u32.to_le_bytes()), Refused("UnsupportedFormat", "it has format 0, and this is ringgen for format 1: update the one that creates it")),
    case("newer-minor-format", |path| header(path, 0x00C, &9_u32.to_le_bytes()), Fine),
    case("longer-header", |path| header(path, 0x010, &1024_u32.to_le_bytes()), Refused("NotARing", "its header states header length = 1024")),
    case("other-byte-order", |path| header(path, 0x014, &0x0102_0304_u32.to_be_bytes()), Refused("UnsupportedFormat", "it was made on a machine of the other byte order")),
    case("other-kind", |path| header(path, 0x040, &2_u32.to_le_bytes()), Refused("UnsupportedFormat", "it is a ring of kind 2, and only spsc (1) is known here")),
    case("required-feature", |path| header(path, 0x044, &0x8000_u32.to_le_bytes()), Refused("UnsupportedFormat", "it needs the unknown features 0x8000")),
    case("optional-feature", |path| header(path, 0x044, &0x1_0000_u32.to_le_bytes()), Fine),
    case("other-capacity", |path| header(path, 0x048, &7_u64.to_le_bytes()), Refused("NotARing", "its header states capacity = 7")),
    case("other-boot", |path| header(path, 0x0A0, &[7; 16]), Refused("Stale", "was made before this machine started, its users are gone: `ringgen gc` removes it")),
    case("other-schema", |path| write(path, 512, b"Message"), Refused("NotARing", "its canonical schema is not the one its header states the hash of")),
];

fn replace(path: &Path, by: fn(&Path)) {
    fs::remove_file(path).unwrap();
    by(path);
}

fn run(program: &str, path: &Path) {
    assert!(Command::new(program).arg(path).status().unwrap().success(), "{program}");
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn length(path: &Path, change: fn(u64) -> u64) {
    let file = File::options().write(true).open(path).unwrap();
    file.set_len(change(file.metadata().unwrap().len())).unwrap();
}

fn write(path: &Path, offset: u64, bytes: &[u8]) {
    File::options().write(true).open(path).unwrap().write_all_at(bytes, offset).unwrap();
}

/// Changes the header, with a checksum that fits.
pub(crate) fn header(path: &Path, offset: u64, bytes: &[u8]) {
    write(path, offset, bytes);
    let covered = &fs::read(path).unwrap()[..0x1F8];
    // CRC-32/ISO-HDLC, bit by bit.
    let checksum = !covered.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    write(path, 0x1F8, &checksum.to_le_bytes());
}

/// Attaches in every language; what is refused is refused in the same words.
#[track_caller]
fn check(peers: &mut [Peer], name: &str, dir: Option<&Path>, expected: &Expected) {
    let mut texts: Vec<String> = Vec::new();
    for peer in peers.iter_mut() {
        let command = json!({ "do": "attach", "name": name, "dir": dir });
        let command = if dir.is_none() { json!({ "do": "attach", "name": name }) } else { command };
        match expected {
            Fine => {
                peer.ask(command);
                peer.ask(json!({ "do": "claim consumer" }));
                peer.ask(json!({ "do": "detach consumer" }));
            }
            Refused(code, part) => {
                let refused = peer.ask_in_vain(command);
                assert_eq!(refused.code, *code, "{peer}: {name}: {}", refused.text);
                assert!(refused.text.contains(part), "{peer}: {name}: {}", refused.text);
                texts.push(refused.text);
            }
        }
    }
    assert!(texts.iter().all(|text| *text == texts[0]), "{name}: {texts:#?}");
}

fn peers(rings: &Path) -> Vec<Peer> {
    LANGUAGES.iter().map(|language| Peer::start(language, rings)).collect()
}

#[test]
fn a_file_that_is_not_as_it_should_be_is_refused_by_name() {
    let rings = common::ring_dir();
    let mut peers = peers(rings.path());
    for Case { name, make, expected } in CASES {
        RingOptions::new().dir(rings.path()).capacity(8).create::<Trade>(name).unwrap();
        make(&rings.path().join(name));
        check(&mut peers, name, Some(rings.path()), expected);
    }
    // A device that is there on every machine.
    check(&mut peers, "/dev/null", None, &NOT_REGULAR);
    check(&mut peers, "/dev/full", None, &NOT_REGULAR);
}

#[test]
fn a_directory_that_is_not_as_it_should_be_is_refused_by_name() {
    let rings = common::ring_dir();
    let mut peers = peers(rings.path());
    let dir = rings.path().join("own");
    check(&mut peers, "r", Some(&dir), &Refused("NotFound", "there is no ring at"));
    RingOptions::new().dir(&dir).capacity(8).create::<Trade>("r").unwrap();
    check(&mut peers, "r", Some(&dir), &Fine);
    symlink(&dir, rings.path().join("link")).unwrap();
    let no_directory = Refused("Refused", "it is no directory, or a symbolic link to one");
    check(&mut peers, "r", Some(&rings.path().join("link")), &no_directory);
    fs::write(rings.path().join("file"), "").unwrap();
    check(&mut peers, "r", Some(&rings.path().join("file")), &no_directory);
    for (bits, text) in
        [(0o777, "(mode 0777)"), (0o702, "(mode 0702)"), (0o720, "(mode 0720)"), (0o1777, "(mode 1777)")]
    {
        mode(&dir, bits);
        check(&mut peers, "r", Some(&dir), &Refused("Refused", text));
        for peer in &mut peers {
            let refused = peer.ask_in_vain(json!({ "do": "create", "name": "new", "dir": dir, "capacity": 8 }));
            assert_eq!(refused.code, "Refused", "{peer}: {}", refused.text);
        }
    }
    mode(&dir, 0o755);
    check(&mut peers, "r", Some(&dir), &Fine);
}

/// Needs the right to give files away, which tests run by root have.
#[test]
fn what_belongs_to_somebody_else_is_refused() {
    let rings = common::ring_dir();
    let make = |name| RingOptions::new().dir(rings.path().join("own")).capacity(8).create::<Trade>(name).unwrap();
    make("theirs");
    make("mine");
    let dir = rings.path().join("own");
    if let Err(error) = chown(dir.join("theirs"), Some(12345), None) {
        optional_tool("other owner", Err(&format!("files can't be given away: {error}")));
        return;
    }
    let mut peers = peers(rings.path());
    check(&mut peers, "theirs", Some(&dir), &Refused("Refused", "it belongs to user 12345, and you are user "));
    check(&mut peers, "mine", Some(&dir), &Fine);
    chown(&dir, Some(12345), None).unwrap();
    check(&mut peers, "mine", Some(&dir), &Refused("Refused", "it belongs to user 12345, and you are user "));
    optional_tool("other owner", Ok("a file and a directory of another user are refused in every language"));
}

/// A language whose peer runs as another user than the one that made the ring.
macro_rules! strangers {
    ($($name:ident: $language:ident),*) => { $(
        static $name: Language = Language {
            program: || {
                let mut program = ($language.program)();
                program.uid(STRANGER).gid(STRANGER);
                program
            },
            ..$language
        };
    )* };
}

const STRANGER: u32 = 54321;
strangers!(RUST_STRANGER: RUST, PYTHON_STRANGER: PYTHON, NODE_STRANGER: NODE);

/// Needs the right to become another user, which tests run by root have, and programs that such a user may read.
#[test]
fn who_is_somebody_else_is_refused() {
    let rings = common::ring_dir();
    mode(rings.path(), 0o755);
    let dir = rings.path().join("own");
    let ring = RingOptions::new().dir(&dir).capacity(8).create::<Trade>("r").unwrap();
    mode(&dir, 0o755);
    mode(ring.path(), 0o606);
    let anonymous = Ring::<Trade>::create_anonymous("r", 8).unwrap();
    let handed = inheritable(&anonymous);
    for stranger in [&RUST_STRANGER, &PYTHON_STRANGER, &NODE_STRANGER] {
        let what = format!("another user, in {}", stranger.name);
        let mut probe = (stranger.program)();
        match probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status() {
            Ok(status) if status.success() => {}
            Ok(status) => {
                optional_tool(&what, Err(&format!("its program does not run as user {STRANGER}: {status}")));
                continue;
            }
            Err(error) => {
                optional_tool(&what, Err(&format!("no program runs as user {STRANGER} from here: {error}")));
                continue;
            }
        }
        let mut peer = Peer::start(stranger, rings.path());
        let text = format!("it belongs to user {}, and you are user {STRANGER}", fs::metadata(&dir).unwrap().uid());
        let refused = |peer: &mut Peer, command| {
            let refused = peer.ask_in_vain(command);
            assert_eq!(refused.code, "Refused", "{peer}: {}", refused.text);
            assert!(refused.text.contains(&text), "{peer}: {}", refused.text);
        };
        refused(&mut peer, json!({ "do": "attach", "name": "r", "dir": dir }));
        refused(&mut peer, json!({ "do": "attach", "name": ring.path() }));
        refused(&mut peer, json!({ "do": "from descriptor", "fd": handed.as_raw_fd() }));
        optional_tool(&what, Ok("is refused a directory, a file and a descriptor"));
    }
}
