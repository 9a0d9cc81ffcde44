//! A process that has mapped a whole ring and follows no protocol. It takes no role and writes whatever it likes, where
//! it likes: bare nonsense, and values that nearly make sense, which lead further.
#![allow(unsafe_code, reason = "whoever writes to a ring without the library does it by pointers")]

use std::io::BufRead;
use std::path::Path;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

use memmap2::{MmapOptions, MmapRaw};
use ringgen_layout::ring::{self, Geometry, block, header};
use ringgen_runtime::{Observer, RingOptions, Role};
use serde_json::{Value, json};

use super::random::Random;

/// The words of a block that mean something to the other side, or to whoever comes next.
const WORDS: &[(usize, usize)] = &[
    (block::CURSOR, 8),
    (block::EVENT, 4),
    (block::TICKET, 4),
    (block::FENCE_MODE, 4),
    (block::WANT, 8),
    (block::STATE, 4),
    (block::EPOCH, 8),
    (block::PID, 8),
    (block::START, 8),
    (block::STALLS, 8),
    (block::PARKS, 8),
    (block::WAKES, 8),
    (block::DROPPED, 8),
    (block::HIGH_WATER, 8),
];

/// The fields of a header, from the format on.
const FIELDS: &[usize] = &[
    header::FORMAT_MAJOR,
    header::FORMAT_MINOR,
    header::HEADER_LENGTH,
    header::ENDIAN_TAG,
    header::FILE_LENGTH,
    header::LAYOUT_HASH,
    header::SCHEMA_HASH,
    header::KIND,
    header::FEATURES,
    header::CAPACITY,
    header::STRIDE,
    header::PAYLOAD_SIZE,
    header::PAYLOAD_ALIGN,
    header::MAX_READERS,
    header::PRODUCER_BLOCK,
    header::CONSUMER_BLOCKS,
    header::SLOTS,
    header::SLAB,
    header::SLAB_SIZE,
    header::SCHEMA_OFFSET,
    header::SCHEMA_LENGTH,
    header::INSTANCE_ID,
    header::BOOT_ID,
    header::RING_NAME,
    header::MESSAGE_NAME,
    header::PAYLOAD_OFFSET,
    header::TRAILER_OFFSET,
    header::PAGE_SIZE,
    header::BLOCK_STRIDE,
    header::PACKAGE_VERSION,
    header::SCHEMA_EDITION,
];

/// Bytes that texts, lists and tags do not expect: halves of characters, surrogates, NULs in the middle, all ones.
const SCRAPS: &[&[u8]] = &[
    &[0xFF; 16],
    &[0; 16],
    &[2, 0xFF, 0x80, 1],
    &[0xE2, 0x82],
    &[0xF0, 0x9F, 0x92],
    &[0xED, 0xA0, 0x80, b'a'],
    &[0xC0, 0x80],
    b"ab\0cd\xFE",
    &[0xFF, 0xFF, 0xFF, 0x7F],
    &[3, 0, 0, 0],
    &[4, 0, 0, 0],
    &[7, 0, 0, 0, 0, 0, 0, 0],
    &[8, 0],
    &[0xFF, 0xFF],
    &f64::NAN.to_bits().to_le_bytes(),
    &f64::NEG_INFINITY.to_bits().to_le_bytes(),
    &[1, 0, 0, 0, 0, 0, 0xF0, 0x7F],
    &[0x01, 0, 0xA0, 0x7F],
    &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x1F, 0],
];

/// Serves until nobody asks any more: `map` a ring, write a `burst`, or `start` and `stop`.
pub(crate) fn serve() {
    let (sender, commands) = channel::<Value>();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let command = serde_json::from_str(&line).expect("commands are JSON");
            if sender.send(command).is_err() {
                break;
            }
        }
    });
    println!();
    let mut scribbler = None;
    while let Ok(command) = commands.recv() {
        let answer = obey(&mut scribbler, &command, &commands);
        println!("{answer}");
    }
}

fn obey(scribbler: &mut Option<Scribbler>, command: &Value, commands: &Receiver<Value>) -> Value {
    let number = |key: &str| command[key].as_str().and_then(|digits| digits.parse::<u64>().ok()).expect("a number");
    match command["do"].as_str() {
        Some("map") => {
            let path = command["path"].as_str().expect("a path");
            *scribbler = Some(Scribbler::over(Path::new(path), number("seed"), command["header"] == true));
            json!({})
        }
        Some("burst") => {
            let scribbler = scribbler.as_mut().expect("a ring is mapped");
            (0..number("count")).for_each(|_| scribbler.scribble());
            json!({})
        }
        Some("start") => {
            let scribbler = scribbler.as_mut().expect("a ring is mapped");
            let mut strokes = 0_u64;
            while commands.try_recv() == Err(TryRecvError::Empty) {
                scribbler.scribble();
                strokes += 1;
                // The others have to get somewhere before it is over with them again.
                if scribbler.random.one_in(3) {
                    std::thread::sleep(Duration::from_micros(scribbler.random.below(300)));
                }
            }
            scribbler.restore();
            json!({ "strokes": strokes.to_string() })
        }
        other => json!({ "error": "Unknown", "text": format!("there is no command {other:?}") }),
    }
}

struct Scribbler {
    map: MmapRaw,
    geometry: Geometry,
    /// Header and schema as they were.
    sound: Vec<u8>,
    /// Whether the header gets its share.
    header: bool,
    random: Random,
}

impl Scribbler {
    fn over(path: &Path, seed: u64, header: bool) -> Self {
        let observer = Observer::open(path, &RingOptions::new()).expect("there is a ring");
        let geometry = observer.header().geometry;
        let file = std::fs::OpenOptions::new().read(true).write(true).open(path).expect("it can be written to");
        let map = MmapOptions::new().map_raw(&file).expect("it can be mapped");
        let mut sound = std::fs::read(path).expect("it can be read");
        sound.truncate((geometry.schema_offset + geometry.schema_length) as usize);
        Scribbler { map, geometry, sound, header, random: Random::new(seed) }
    }

    fn at(&self, offset: u64, size: usize) -> *mut u8 {
        assert!(offset + size as u64 <= self.map.len() as u64 && offset.is_multiple_of(size as u64));
        self.map.as_mut_ptr().wrapping_add(offset as usize)
    }

    fn word(&self, offset: u64) -> &AtomicU64 {
        // SAFETY: inside of the mapping and aligned, as was just asserted; others access it by atomics too.
        unsafe { AtomicU64::from_ptr(self.at(offset, 8).cast()) }
    }

    fn half(&self, offset: u64) -> &AtomicU32 {
        // SAFETY: as above.
        unsafe { AtomicU32::from_ptr(self.at(offset, 4).cast()) }
    }

    fn put(&self, offset: u64, bytes: &[u8]) {
        for (index, &byte) in bytes.iter().enumerate() {
            // SAFETY: as above; a byte is always aligned.
            unsafe { AtomicU8::from_ptr(self.at(offset + index as u64, 1)) }.store(byte, Ordering::Relaxed);
        }
    }

    fn cursor(&self, role: Role) -> &AtomicU64 {
        self.word(role.block(&self.geometry) + block::CURSOR as u64)
    }

    fn set(&self, role: Role, offset: usize, size: usize, value: u64) {
        let at = role.block(&self.geometry) + offset as u64;
        match size {
            4 => self.half(at).store(value as u32, Ordering::Release),
            _ => self.word(at).store(value, Ordering::Release),
        }
    }

    fn role(&mut self) -> Role {
        if self.random.one_in(2) { Role::Producer } else { Role::Consumer }
    }

    /// A number that somebody might not be prepared for.
    fn number(&mut self) -> u64 {
        let role = self.role();
        let (cursor, capacity) = (self.cursor(role).load(Ordering::Relaxed), self.geometry.capacity);
        match self.random.below(20) {
            small @ 0..6 => small,
            6 => u64::MAX,
            7 => u64::MAX - 1,
            8 => ring::MAX_POSITION,
            9 => ring::MAX_POSITION + 1,
            10 => ring::MAX_POSITION - self.random.below(2 * capacity),
            11 => cursor.wrapping_add(1),
            12 => cursor.wrapping_sub(1),
            13 => cursor.wrapping_add(capacity),
            14 => cursor.wrapping_add(capacity + 1),
            15 => cursor.wrapping_sub(capacity),
            16 => 1 << self.random.below(64),
            17 => (1_u64 << self.random.below(64)).wrapping_sub(1),
            18 => self.random.next() >> self.random.below(64),
            _ => self.random.next(),
        }
    }

    /// One thing that no peer would do, or that one would at another moment.
    fn scribble(&mut self) {
        match self.random.below(if self.header { 26 } else { 20 }) {
            0..5 => self.publish_nonsense(),
            5 => self.release_nonsense(),
            6..10 => self.spoil_a_slot(),
            10..13 => {
                let (role, (offset, size)) = (self.role(), *self.random.pick(WORDS));
                let value = self.number();
                self.set(role, offset, size, value);
            }
            13 => {
                let (role, value) = (self.role(), self.number());
                self.cursor(role).store(value, Ordering::Release);
            }
            14 => self.flip(),
            15 => {
                let first = self.geometry.consumer_block.min(self.geometry.producer_block);
                let at = (first + self.random.below(self.map.len() as u64 - first)) & !7;
                let value = self.random.next();
                self.word(at).store(value, Ordering::Relaxed);
            }
            16..20 => self.heal(),
            20..24 => self.spoil_the_header(),
            _ => self.restore(),
        }
    }

    /// As a producer does it, but with bytes that nobody would send.
    fn publish_nonsense(&mut self) {
        for _ in 0..self.random.below(4) {
            self.spoil_a_slot();
        }
        let (head, capacity) = (self.cursor(Role::Consumer).load(Ordering::Acquire), self.geometry.capacity);
        let count = self.random.below(capacity + 1);
        self.cursor(Role::Producer).store(head.wrapping_add(count), Ordering::Release);
        let event = self.half(self.geometry.producer_block + block::EVENT as u64);
        event.store(event.load(Ordering::Relaxed).wrapping_add(1), Ordering::Release);
    }

    /// As a consumer that takes messages which are none.
    fn release_nonsense(&mut self) {
        let tail = self.cursor(Role::Producer).load(Ordering::Acquire);
        let left = self.random.below(self.geometry.capacity + 1);
        self.cursor(Role::Consumer).store(tail.wrapping_sub(left), Ordering::Release);
    }

    fn spoil_a_slot(&mut self) {
        let Geometry { slots, capacity, stride, .. } = self.geometry;
        let slot = slots + self.random.below(capacity) * u64::from(stride);
        if self.random.one_in(4) {
            let bytes: Vec<u8> = if self.random.one_in(2) {
                vec![0xFF; stride as usize]
            } else {
                (0..stride).map(|_| self.random.next() as u8).collect()
            };
            self.put(slot, &bytes);
            return;
        }
        for _ in 0..1 + self.random.below(6) {
            let scrap = *self.random.pick(SCRAPS);
            // Tags and lengths lie at multiples of their size, texts anywhere.
            let step = *self.random.pick(&[1, 2, 4, 8]);
            let at = self.random.below(stride.into()) / step * step;
            let room = (u64::from(stride) - at).min(scrap.len() as u64) as usize;
            self.put(slot + at, &scrap[..room]);
        }
    }

    /// A word that is never twice the same.
    fn flip(&mut self) {
        let (role, (offset, size)) =
            (self.role(), *self.random.pick(&[WORDS[3], WORDS[3], WORDS[5], WORDS[2], WORDS[0]]));
        let (one, other) = match offset {
            block::FENCE_MODE => (1, self.random.below(4)),
            block::STATE => (1, 2 + self.random.below(3)),
            block::CURSOR => {
                let cursor = self.cursor(role).load(Ordering::Relaxed);
                (cursor, cursor.wrapping_add(1))
            }
            _ => (self.random.next(), self.random.next()),
        };
        for turn in 0..self.random.below(4000) {
            self.set(role, offset, size, if turn % 2 == 0 { one } else { other });
        }
    }

    /// Words that make sense again, from another position on.
    fn heal(&mut self) {
        let base = match self.random.below(6) {
            0 => 0,
            1 => (1 << 32) - 3,
            2 => (1 << 53) - 3,
            3 => ring::MAX_POSITION - self.geometry.capacity,
            _ => self.random.next() >> (3 + self.random.below(60)),
        };
        for role in [Role::Consumer, Role::Producer] {
            let state =
                *self.random.pick(&[ring::STATE_ACTIVE, ring::STATE_ACTIVE, ring::STATE_NEW, ring::STATE_DETACHED]);
            self.set(role, block::STATE, 4, state.into());
            self.cursor(role).store(base, Ordering::Release);
        }
    }

    fn spoil_the_header(&mut self) {
        for _ in 0..1 + self.random.below(2) {
            let field = *self.random.pick(FIELDS) as u64;
            let value = match self.random.below(4) {
                0 => self.geometry.file_length,
                1 => self.random.below(8) * 4096,
                _ => self.number(),
            };
            if self.random.one_in(2) && field.is_multiple_of(8) {
                self.word(field).store(value, Ordering::Relaxed);
            } else {
                self.half(field).store(value as u32, Ordering::Relaxed);
            }
        }
        if self.random.one_in(8) {
            let at = ring::HEADER_SIZE + self.random.below(self.sound.len() as u64 - ring::HEADER_SIZE);
            let byte = self.random.next() as u8;
            self.put(at, &[byte]);
        }
        // A checksum that fits, as a hostile creator has it, leads on to everything behind it.
        if !self.random.one_in(4) {
            let bytes: Vec<u8> = (0..header::CHECKSUM as u64).map(|at| self.byte(at)).collect();
            self.half(header::CHECKSUM as u64).store(crc32fast::hash(&bytes), Ordering::Relaxed);
        }
    }

    fn byte(&self, offset: u64) -> u8 {
        // SAFETY: inside of the mapping, as `at` asserts.
        unsafe { AtomicU8::from_ptr(self.at(offset, 1)) }.load(Ordering::Relaxed)
    }

    /// Header and schema as they were.
    fn restore(&mut self) {
        self.put(0, &self.sound);
    }
}
