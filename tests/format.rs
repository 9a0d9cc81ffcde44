//! An old file still opens: a ring that was written once, by format 1.0, and is committed. Whatever the code becomes,
//! it reads this file as the file's bytes are described in docs/memory-format.md.
//!
//! The file is never written again. Should format 2 come, it gets a file of its own beside this one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ringgen::{AttachError, Bool, Message, Pad, Reserved, Ring, RingEnum, RingMessage, RingOptions, RingStruct, Str};
use ringgen_runtime::{Observer, Role};

#[derive(Clone, Copy, RingEnum)]
#[repr(transparent)]
#[ring(values(Buy = 1, Sell = 2))]
struct Side(pub u8);

#[derive(Clone, Copy, RingStruct)]
#[repr(C)]
struct Level {
    price: i32,
    count: u16,
    _gap: Pad<2>,
}

#[derive(Clone, Copy, RingMessage)]
#[ring(package = "format", version = 7)]
#[repr(C)]
struct Quote {
    #[ring(unit = "ns", epoch = "unix")]
    time: u64,
    price: f64,
    quantity: u32,
    side: Side,
    live: Bool,
    flags: u16,
    symbol: Str<8>,
    levels: [Level; 2],
    grid: [[i16; 2]; 2],
    _later: Reserved<8>,
}

const SCHEMA: &str = "\
message Quote 64 8
0 8 u64 - time
8 8 f64 - price
16 4 u32 - quantity
20 1 enum:Side - side
21 1 bool - live
22 2 u16 - flags
24 8 str - symbol
32 16 struct:Level 2 levels
48 8 i16 2x2 grid
56 8 reserved - _later
enum Side 1 u8
1 Buy
2 Sell
struct Level 8 4
0 4 i32 - price
4 2 u16 - count
6 2 pad - _gap
#ringgen 1
#package format 7
#unit Quote.time ns
#epoch Quote.time unix
";

const LAYOUT_HASH: &str = "cf95b8a003128927db347cf5deb36689";
const FIRST: u64 = (1 << 32) - 5;
const CAPACITY: u64 = 8;
/// Six messages were pushed, two of them taken.
const HEAD: u64 = FIRST + 2;
const TAIL: u64 = FIRST + 6;
/// What differs from machine to machine was replaced by these.
const BOOT: [u8; 16] = *b"a boot long past";
const INSTANCE: u64 = 0x0102_0304_0506_0708;
const CREATED_AT: u64 = 1_760_000_000_000_000_000;
const PID: u64 = 4242;
const START: u64 = 123_456;

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format/format-1.0.ring")
}

/// The message at a position, as its bytes must lie.
fn expected(position: u64) -> [u8; 64] {
    let mut bytes = [0; 64];
    let mut put = |offset: usize, field: &[u8]| bytes[offset..offset + field.len()].copy_from_slice(field);
    let n = (position - FIRST) as u8;
    put(0, &position.to_le_bytes());
    put(8, &(f64::from(n) + 0.5).to_le_bytes());
    put(16, &(1000 + u32::from(n)).to_le_bytes());
    put(20, &[1 + n % 2, n % 2]);
    put(22, &(0x0102_u16 + u16::from(n)).to_le_bytes());
    put(24, "naïve".as_bytes());
    put(32, &(-i32::from(n)).to_le_bytes());
    put(36, &7_u16.to_le_bytes());
    put(40, &i32::MAX.to_le_bytes());
    put(44, &u16::MAX.to_le_bytes());
    for (index, value) in [1_i16, -2, 3, i16::from(n)].into_iter().enumerate() {
        put(48 + 2 * index, &value.to_le_bytes());
    }
    bytes
}

fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    u32::from_le_bytes(bytes[offset..offset + 4].try_into().unwrap())
}

fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    u64::from_le_bytes(bytes[offset..offset + 8].try_into().unwrap())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// CRC-32/ISO-HDLC, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// The committed file as an observer sees it, in a place that is surely this user's alone.
fn observe(dir: &Path) -> Observer {
    let path = dir.join("format.quotes");
    fs::copy(file(), &path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    Observer::open(&path, &RingOptions::new()).unwrap()
}

#[test]
fn every_field_of_the_header_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let observer = observe(dir.path());
    let header = observer.header();
    assert_eq!((header.format_minor, header.features), (0, 0));
    assert_eq!((header.ring_name.as_str(), header.message_name.as_str()), ("quotes", "Quote"));
    assert_eq!((header.package_version, header.schema_edition), (7, 1));
    assert_eq!((header.boot_id, header.instance_id), (BOOT, INSTANCE));
    assert_eq!((header.creator_pid, header.creator_uid, header.creator_start), (PID, 0, START));
    assert_eq!(header.created_at, CREATED_AT);
    assert_eq!(header.layout_hash.to_string(), LAYOUT_HASH);
    let geometry = header.geometry;
    assert_eq!((geometry.capacity, geometry.stride), (CAPACITY, 64));
    assert_eq!((geometry.payload_size, geometry.payload_align), (64, 8));
    assert_eq!((geometry.consumer_block, geometry.producer_block, geometry.slots), (4096, 8192, 12288));
    assert_eq!((geometry.file_length, geometry.page_size, geometry.block_stride), (16384, 4096, 4096));
    assert_eq!((geometry.schema_offset, geometry.schema_length), (512, SCHEMA.len() as u64));
    assert_eq!(observer.schema(), SCHEMA);
}

#[test]
fn every_role_and_message_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let observer = observe(dir.path());
    assert!(observer.is_stale().unwrap());
    assert_eq!(observer.cursors(), (HEAD, TAIL));
    let (producer, consumer) = (observer.role(Role::Producer).unwrap(), observer.role(Role::Consumer).unwrap());
    assert_eq!((producer.state, producer.cursor, producer.epoch), (2, TAIL, 2));
    assert_eq!((consumer.state, consumer.cursor, consumer.epoch), (3, HEAD, 1));
    for role in [producer, consumer] {
        assert_eq!((role.pid, role.start, role.held, role.parked), (PID, START, false, false));
        assert!(role.fence_mode == 1 || role.fence_mode == 2);
    }
    assert_eq!((consumer.stats.high_water, consumer.stats.dropped), (6, 0));
    let mut bytes = [0; 64];
    for position in HEAD..TAIL {
        assert!(observer.read(position, &mut bytes));
        assert_eq!(bytes, expected(position), "{position}");
    }
    assert!(!observer.read(HEAD - 1, &mut bytes) && !observer.read(TAIL, &mut bytes));
}

#[test]
fn the_file_is_stale_and_its_layout_is_still_this_messages() {
    let dir = tempfile::tempdir().unwrap();
    let path = observe(dir.path()).path().to_path_buf();
    assert!(matches!(Ring::<Quote>::attach(&path), Err(AttachError::Stale { .. })));
    assert_eq!(Quote::LAYOUT_HASH.to_string(), LAYOUT_HASH);
    assert_eq!(Quote::schema_text(), SCHEMA);
}

/// The file without any code of ringgen's: by the offsets that docs/memory-format.md states.
#[test]
fn every_byte_lies_where_the_document_says() {
    let file = fs::read(file()).unwrap();
    assert_eq!(file.len(), 16384);
    assert_eq!(&file[..8], b"RINGGEN1");
    let words: Vec<u32> = [0x008, 0x00C, 0x010, 0x014].map(|offset| u32_at(&file, offset)).to_vec();
    assert_eq!(words, [1, 0, 512, 0x0102_0304]);
    assert_eq!(u64_at(&file, 0x018), 16384);
    assert_eq!(hex(&file[0x020..0x030]), LAYOUT_HASH);
    assert_eq!((u32_at(&file, 0x040), u32_at(&file, 0x044), u64_at(&file, 0x048)), (1, 0, 8));
    let words: Vec<u32> = [0x050, 0x054, 0x058, 0x05C].map(|offset| u32_at(&file, offset)).to_vec();
    assert_eq!(words, [64, 64, 8, 1]);
    let offsets: Vec<u64> = [0x060, 0x068, 0x070, 0x078, 0x080].map(|offset| u64_at(&file, offset)).to_vec();
    assert_eq!(offsets, [8192, 4096, 12288, 0, 0]);
    assert_eq!((u64_at(&file, 0x088), u64_at(&file, 0x090)), (512, SCHEMA.len() as u64));
    assert_eq!((u64_at(&file, 0x098), &file[0x0A0..0x0B0]), (INSTANCE, &BOOT[..]));
    let creator: Vec<u64> = [0x0B0, 0x0B8, 0x0C0, 0x0C8].map(|offset| u64_at(&file, offset)).to_vec();
    assert_eq!(creator, [PID, 0, START, CREATED_AT]);
    assert_eq!(&file[0x0D0..0x0D7], b"quotes\0");
    assert_eq!(&file[0x110..0x116], b"Quote\0");
    let words: Vec<u32> = (0x150..0x168).step_by(4).map(|offset| u32_at(&file, offset)).collect();
    assert_eq!(words, [0, 0, 4096, 4096, 7, 1]);
    assert!(file[0x168..0x1F8].iter().all(|&byte| byte == 0));
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926, "the published check value");
    assert_eq!(u32_at(&file, 0x1F8), crc32(&file[..0x1F8]));
    assert_eq!(&file[512..512 + SCHEMA.len()], SCHEMA.as_bytes());
    assert_eq!((u64_at(&file, 4096), u64_at(&file, 8192)), (HEAD, TAIL));
    assert_eq!((u32_at(&file, 4096 + 0x180), u32_at(&file, 8192 + 0x180)), (3, 2));
    assert_eq!((u64_at(&file, 4096 + 0x188), u64_at(&file, 8192 + 0x188)), (1, 2));
    for position in FIRST..TAIL {
        let slot = 12288 + 64 * (position as usize % 8);
        assert_eq!(file[slot..slot + 64], expected(position), "{position}");
    }
}

/// How the file came to be: pushed and taken by ringgen 0.1, then with what is this machine's replaced.
#[test]
#[ignore = "writes the file, where there is none"]
fn write_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let options = RingOptions::new().dir(dir.path()).capacity(CAPACITY).first_position(FIRST);
    let ring = options.create::<Quote>("format.quotes").unwrap();
    ring.producer().unwrap().detach();
    let (mut producer, mut consumer) = (ring.producer().unwrap(), ring.consumer().unwrap());
    for position in FIRST..TAIL {
        let n = (position - FIRST) as u8;
        let level = |price, count| Level { price, count, _gap: Pad::ZERO };
        let quote = Quote {
            time: position,
            price: f64::from(n) + 0.5,
            quantity: 1000 + u32::from(n),
            side: Side(1 + n % 2),
            live: Bool::from(n % 2 == 1),
            flags: 0x0102 + u16::from(n),
            symbol: Str::new("naïve").unwrap(),
            levels: [level(-i32::from(n), 7), level(i32::MAX, u16::MAX)],
            grid: [[1, -2], [3, i16::from(n)]],
            _later: Reserved::ZERO,
        };
        producer.try_push(quote).unwrap();
    }
    consumer.try_pop().unwrap();
    consumer.try_pop().unwrap();
    drop((producer, consumer));
    let mut bytes = fs::read(ring.path()).unwrap();
    let mut put = |offset: usize, field: &[u8]| bytes[offset..offset + field.len()].copy_from_slice(field);
    put(0x098, &INSTANCE.to_le_bytes());
    put(0x0A0, &BOOT);
    put(0x0B0, &PID.to_le_bytes());
    put(0x0B8, &0_u64.to_le_bytes());
    put(0x0C0, &START.to_le_bytes());
    put(0x0C8, &CREATED_AT.to_le_bytes());
    for block in [4096, 8192] {
        put(block + 0x190, &PID.to_le_bytes());
        put(block + 0x198, &START.to_le_bytes());
    }
    let checksum = crc32(&bytes[..0x1F8]);
    bytes[0x1F8..0x1FC].copy_from_slice(&checksum.to_le_bytes());
    let mut new = fs::File::create_new(file()).expect("an old file is never written again");
    std::io::Write::write_all(&mut new, &bytes).unwrap();
}
