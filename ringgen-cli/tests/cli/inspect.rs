//! `ringgen inspect`: this process is on the rings, the binary looks at them from outside.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use ringgen::{Hash, Ring, RingOptions};
use ringgen_runtime::{Layout, RawRing};
use ringgen_schema::Source;
use ringgen_schema::plan::TypePlan;
use serde_json::Value;
use tempfile::TempDir;

use crate::market::{Side, Trade, Trades, TradesConsumer, TradesProducer};
use crate::support::{Run, command, run};

const PUBLISHED: u64 = 3000;
const TAKEN: u64 = 1629;

/// The ring `market.trades` in the folder `rings`, with this process on both sides and 1,371 trades in between.
pub(crate) struct Market {
    pub(crate) ring: Ring<Trade>,
    producer: TradesProducer,
    consumer: TradesConsumer,
}

impl Market {
    pub(crate) fn new(folder: &Path) -> Self {
        let ring = options(folder).create::<Trade>(Trades::NAME).expect("the ring can be created");
        let mut producer = ring.producer().expect("the producer's role is free");
        let mut consumer = ring.consumer().expect("the consumer's role is free");
        for id in 0..PUBLISHED {
            producer.try_push(Trade { id, ..Trade::ZERO }).expect("there is room");
        }
        for id in 0..TAKEN {
            assert_eq!(consumer.try_pop().unwrap().map(|trade| trade.id), Some(id));
        }
        Market { ring, producer, consumer }
    }
}

fn options(folder: &Path) -> RingOptions {
    Trades::options().dir(folder.join("rings"))
}

/// A folder with a live ring in it, and the binary pointed at it.
struct Live {
    folder: TempDir,
    market: Market,
}

impl Live {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let market = Market::new(folder.path());
        Live { folder, market }
    }

    fn inspect(&self, line: &str) -> Run {
        let mut command = command(["inspect"]);
        command.args(line.split_whitespace()).env("RINGGEN_DIR", self.folder.path().join("rings"));
        Run::of(command.output().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.inspect("market.trades --json").stdout_of(0)).unwrap()
    }

    fn file(&self) -> PathBuf {
        self.market.ring.path().to_path_buf()
    }
}

#[test]
fn a_live_ring_shows_what_it_is_and_who_is_on_it() {
    let live = Live::new();
    let json = live.json();
    let me = std::process::id();
    assert_eq!(json["path"], live.file().display().to_string());
    assert_eq!((&json["ring"], &json["message"]), (&Value::from("trades"), &Value::from("Trade")));
    assert_eq!(
        (&json["capacity"], &json["stride"]),
        (&Value::from(Trades::CAPACITY), &Value::from(size_of::<Trade>()))
    );
    assert_eq!(json["layout_hash"], Trade::LAYOUT_HASH.to_string());
    assert_eq!(json["file_length"], fs::metadata(live.file()).unwrap().len());
    assert_eq!((&json["stale"], &json["corrupt"]), (&Value::from(false), &Value::from(false)));
    assert_eq!(json["depth"], PUBLISHED - TAKEN);
    for (role, position) in [("producer", PUBLISHED), ("consumer", TAKEN)] {
        let view = &json[role];
        assert_eq!((&view["state"], &view["alive"]), (&Value::from("active"), &Value::from(true)), "{role}");
        assert_eq!((&view["pid"], &view["epoch"]), (&Value::from(me), &Value::from(1)), "{role}");
        assert_eq!(view["position"], position, "{role}");
    }
    assert!(json["schema"].as_str().unwrap().starts_with("message Trade 40 8\n"), "{json}");

    let picture = live.inspect("market.trades").stdout_of(0);
    for part in ["ring market.trades  ", "4,096 × Trade of 40 bytes, spsc", "1,371 of 4,096 (33 %)", "enum Side"] {
        assert!(picture.contains(part), "{part}\n{picture}");
    }
    assert_eq!(picture.matches("  active").count(), 2, "{picture}");
    assert!(picture.lines().all(|line| line == line.trim_end()), "{picture}");
}

#[test]
fn a_path_is_as_good_as_a_name() {
    let live = Live::new();
    let by_path = run([Path::new("inspect"), Path::new("--json"), &live.file()]).stdout_of(0);
    assert_eq!(serde_json::from_str::<Value>(&by_path).unwrap(), live.json());
}

#[test]
fn looking_takes_no_role_and_changes_nothing() {
    let live = Live::new();
    let before = fs::read(live.file()).unwrap();
    live.inspect("market.trades").stdout_of(0);
    live.inspect("market.trades --json").stdout_of(0);
    assert!(fs::read(live.file()).unwrap() == before);
}

#[test]
fn roles_that_were_given_back_are_told_apart() {
    let Live { folder, market } = Live::new();
    let Market { ring, producer, consumer } = market;
    let states = || {
        let path = ring.path().display().to_string();
        let json: Value = serde_json::from_str(&run(["inspect", "--json", &path]).stdout_of(0)).unwrap();
        ["producer", "consumer"].map(|role| json[role]["state"].as_str().unwrap().to_owned())
    };
    consumer.close();
    assert_eq!(states(), ["active", "detached"]);
    producer.detach();
    assert_eq!(states(), ["detached", "detached"]);
    ring.producer().unwrap().close();
    assert_eq!(states(), ["closed", "detached"]);

    let options = RingOptions::new().capacity(1).dir(folder.path().join("rings"));
    let fresh = options.create::<Trade>("market.fresh").unwrap();
    let path = fresh.path().display().to_string();
    let picture = run(["inspect", &path]).stdout_of(0);
    assert_eq!(picture.matches("never claimed        -").count(), 2, "{picture}");
    assert!(picture.contains("0 of 1 (0 %)"), "{picture}");
}

/// Runs [`child_holds_a_producer`] in a process of its own, and returns once it holds the role.
fn child(folder: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "inspect::child_holds_a_producer", "--nocapture"]).env("RINGGEN_TEST_FOLDER", folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.contains("holds it")), "the child claimed its role");
    child
}

/// No test by itself: what [`child`] runs. Without the variable there is nothing to do.
#[test]
fn child_holds_a_producer() {
    let Some(folder) = std::env::var_os("RINGGEN_TEST_FOLDER") else { return };
    let ring = options(Path::new(&folder)).create::<Trade>(Trades::NAME).unwrap();
    let mut producer = ring.producer().unwrap();
    producer.try_push(Trade { side: Side::BUY, ..Trade::ZERO }).unwrap();
    println!("holds it");
    // Until the parent kills this process, or is gone itself.
    let _ = std::io::stdin().lines().next();
}

#[test]
fn another_process_is_seen_to_live_and_to_have_died() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = child(folder.path());
    let path = folder.path().join("rings/market.trades").display().to_string();
    let inspect = |line: &str| run(["inspect", &path].into_iter().chain(line.split_whitespace())).stdout_of(0);
    let producer = || serde_json::from_str::<Value>(&inspect("--json")).unwrap()["producer"].clone();
    let alive = producer();
    assert_eq!((&alive["state"], &alive["pid"]), (&Value::from("active"), &Value::from(child.id())));
    child.kill().unwrap();
    child.wait().unwrap();
    let died = producer();
    assert_eq!((&died["state"], &died["alive"]), (&Value::from("died"), &Value::from(false)));
    assert_eq!((&died["pid"], &died["position"]), (&Value::from(child.id()), &Value::from(1)));
    assert!(inspect("").contains("  died  "), "{}", inspect(""));
}

/// CRC-32/ISO-HDLC, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// Makes a ring one of another boot.
pub(crate) fn make_stale(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    bytes[0x0A0] ^= 1;
    let checksum = crc32(&bytes[..0x1F8]);
    bytes[0x1F8..0x1FC].copy_from_slice(&checksum.to_le_bytes());
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_ring_of_an_earlier_boot_can_still_be_looked_at() {
    let Live { folder, market } = Live::new();
    let path = market.ring.path().to_path_buf();
    drop(market);
    make_stale(&path);
    let picture = run([Path::new("inspect"), &path]).stdout_of(0);
    assert!(picture.contains("stale: made before this machine last started"), "{picture}");
    assert!(picture.contains("1,371 of 4,096"), "{picture}");
    drop(folder);
}

#[test]
fn positions_that_cannot_be_are_called_corrupt() {
    let Live { folder, market } = Live::new();
    let path = market.ring.path().to_path_buf();
    drop(market);
    let mut bytes = fs::read(&path).unwrap();
    let producer = u64::from_le_bytes(bytes[0x60..0x68].try_into().unwrap()) as usize;
    bytes[producer..producer + 8].copy_from_slice(&u64::MAX.to_le_bytes());
    bytes[producer + 0x180] = 77;
    fs::write(&path, bytes).unwrap();
    let picture = run([Path::new("inspect"), &path]).stdout_of(0);
    assert!(picture.contains("corrupt: ") && picture.contains("unknown (77)"), "{picture}");
    drop(folder);
}

#[test]
fn what_is_no_ring_is_status_2_and_says_why() {
    let live = Live::new();
    let missing = live.inspect("market.trade").stderr_of(2);
    assert!(missing.contains("rings/market.trade") && missing.contains("help: there is market.trades"), "{missing}");
    let name = live.inspect("../up").stderr_of(2);
    assert!(name.starts_with("error: "), "{name}");

    let good = fs::read(live.file()).unwrap();
    let folder = live.folder.path().join("files");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut flipped = good.clone();
    flipped[0x48] ^= 1;
    let files: [(&str, &[u8]); 5] = [
        ("empty", b""),
        ("text", &[b'x'; 8192]),
        ("short", &good[..good.len() - 1]),
        ("header-only", &good[..512]),
        ("flipped", &flipped),
    ];
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let stderr = run([Path::new("inspect"), &path]).stderr_of(2);
        assert!(stderr.contains(name) && stderr.lines().count() == 1, "{stderr}");
    }
    std::os::unix::fs::symlink(live.file(), folder.join("link")).unwrap();
    for path in [folder.join("link"), folder.clone()] {
        let stderr = run([Path::new("inspect"), &path]).stderr_of(2);
        assert!(stderr.contains(&path.display().to_string()), "{stderr}");
    }
}

#[test]
fn a_side_that_waits_is_asleep() {
    let Live { folder, market } = Live::new();
    let Market { ring, mut producer, mut consumer } = market;
    let path = ring.path().display().to_string();
    let waiting = std::thread::spawn(move || {
        while consumer.pop().unwrap().is_some() {}
        consumer
    });
    // It spins and yields before it sleeps, and wakes between two slices: look until it is seen asleep.
    let is_asleep = |picture: String| picture.contains("active, asleep");
    let seen = (0..1000).any(|_| is_asleep(run(["inspect", &path]).stdout_of(0)));
    producer.try_push(Trade::ZERO).unwrap();
    producer.close();
    waiting.join().unwrap();
    assert!(seen, "the consumer was never seen asleep");
    drop(folder);
}

#[test]
fn a_ring_of_a_variant_shows_its_cases() {
    let schema = r#"
        ringgen = 1
        package = "desk"
        version = 3
        [message.Fill]
        fields = [
          { name = "ts",  type = "u64", unit = "ns", null = 0 },
          { name = "qty", type = "u32", range = [1, 1000], was = "quantity", doc = "How many." },
          { name = "_r",  reserved = 4 },
        ]
        [message.Batch]
        fields = [{ name = "ids", type = "list[u64, 3]" }]
        [variant.Event]
        tag = "u16"
        cases = [{ value = 1, type = "Fill", doc = "A deal." }, { value = 9, type = "Batch", since = 2 }]
        [ring.events]
        message  = "Event"
        capacity = 8
    "#;
    let plan = ringgen_schema::compile(&Source::new("desk.toml", schema)).expect("the schema is right");
    let Some(TypePlan::Variant(event)) = plan.types.iter().find(|ty| ty.name() == "Event") else { panic!("{plan:?}") };
    let layout = Layout {
        message_name: "Event".into(),
        layout_hash: event.layout_hash,
        schema_text: event.schema_text.as_str().into(),
        size: event.size,
        align: event.align,
        package_version: plan.version,
    };
    let folder = tempfile::tempdir().unwrap();
    let options = RingOptions::new().capacity(8).dir(folder.path().join("rings"));
    RawRing::create("desk.events", &layout, &options).unwrap();
    let picture = run([Path::new("inspect"), &folder.path().join("rings/desk.events")]).stdout_of(0);
    let schema = "\
variant Event  40 bytes, 6 of them padding (15 %), aligned to 8

  offset  size  field    type
       0     2  tag      u16
       2     6  _pad0    pad[6]
       8    32  payload  Fill | Batch

  tag  case   type   size  of 32
    1  Fill   Fill     16  ████████████████░░░░░░░░░░░░░░░░  A deal.
    9  Batch  Batch    32  ████████████████████████████████  (since version 2)

message Fill  16 bytes, 4 reserved, aligned to 8

  offset  size  field  type         unit
       0     8  ts     u64          ns    (null is 0)
       8     4  qty    u32                How many. (from 1 to 1000, was `quantity`)
      12     4  _r     reserved[4]

message Batch  32 bytes, 4 of them padding (13 %), aligned to 8

  offset  size  field    type
       0     4  ids_len  u32           How many elements of `ids` count.
       4     4  _pad0    pad[4]
       8    24  ids      list[u64, 3]
";
    assert!(picture.ends_with(schema), "{picture}");
}

#[test]
fn a_schema_of_another_kind_is_shown_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout {
        message_name: "Event".into(),
        layout_hash: Hash::of(b"event"),
        schema_text: "variant Event 8 8\n0 2 tag\u{1b}[2J - kind\n".into(),
        size: 8,
        align: 8,
        package_version: 0,
    };
    let options = RingOptions::new().capacity(8).dir(folder.path().join("rings"));
    RawRing::create("test.events", &layout, &options).unwrap();
    let picture = run([Path::new("inspect"), &folder.path().join("rings/test.events")]).stdout_of(0);
    let end = "  the schema as it stands in the ring\n  variant Event 8 8\n  0 2 tag\\u{1b}[2J - kind\n";
    assert!(picture.ends_with(end), "{picture}");
}
