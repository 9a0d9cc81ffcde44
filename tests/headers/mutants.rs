//! Files that were a ring until somebody changed them: field by field and by several at once, with a checksum that fits,
//! so that what is behind it gets to see them.

use ringgen_layout::Hash;
use ringgen_layout::ring::{self, header};

use crate::random::Random;

/// A field of the header: its name in errors, where it lies, and its size.
pub(crate) const FIELDS: &[(&str, usize, usize)] = &[
    ("magic", header::MAGIC, 8),
    ("format major", header::FORMAT_MAJOR, 4),
    ("format minor", header::FORMAT_MINOR, 4),
    ("header length", header::HEADER_LENGTH, 4),
    ("endian tag", header::ENDIAN_TAG, 4),
    ("file length", header::FILE_LENGTH, 8),
    ("layout hash", header::LAYOUT_HASH, 8),
    ("schema hash", header::SCHEMA_HASH, 8),
    ("kind", header::KIND, 4),
    ("features", header::FEATURES, 4),
    ("capacity", header::CAPACITY, 8),
    ("stride", header::STRIDE, 4),
    ("payload size", header::PAYLOAD_SIZE, 4),
    ("payload alignment", header::PAYLOAD_ALIGN, 4),
    ("max readers", header::MAX_READERS, 4),
    ("producer block", header::PRODUCER_BLOCK, 8),
    ("consumer blocks", header::CONSUMER_BLOCKS, 8),
    ("slots", header::SLOTS, 8),
    ("slab offset", header::SLAB, 8),
    ("slab size", header::SLAB_SIZE, 8),
    ("schema offset", header::SCHEMA_OFFSET, 8),
    ("schema length", header::SCHEMA_LENGTH, 8),
    ("instance id", header::INSTANCE_ID, 8),
    ("boot id", header::BOOT_ID, 8),
    ("creator's pid", header::CREATOR_PID, 8),
    ("ring name", header::RING_NAME, 8),
    ("message name", header::MESSAGE_NAME, 8),
    ("payload offset", header::PAYLOAD_OFFSET, 4),
    ("trailer offset", header::TRAILER_OFFSET, 4),
    ("page size", header::PAGE_SIZE, 4),
    ("block stride", header::BLOCK_STRIDE, 4),
    ("package version", header::PACKAGE_VERSION, 4),
    ("schema edition", header::SCHEMA_EDITION, 4),
    ("zero", header::ZERO, 8),
];

/// What each field is set to, one after the other.
const VALUES: &[u64] = &[
    0,
    1,
    2,
    3,
    7,
    0x80,
    0x100,
    0x0403_0201,
    4096,
    8192,
    12288,
    1 << 15,
    1 << 16,
    1 << 31,
    1 << 32,
    1 << 53,
    (1 << 63) - 4096,
    1 << 63,
    u64::MAX - 4095,
    u64::MAX,
];

/// What a file holds: header and schema, and zeros behind them up to its length.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Mutant {
    pub(crate) length: u64,
    pub(crate) head: Vec<u8>,
}

impl Mutant {
    /// The beginning of a sound ring's file.
    pub(crate) fn of(file: &[u8]) -> Self {
        let mutant = Mutant { length: file.len() as u64, head: file.to_vec() };
        let end = ring::HEADER_SIZE + mutant.word(header::SCHEMA_LENGTH);
        Mutant { head: file[..end as usize].to_vec(), ..mutant }
    }

    fn word(&self, offset: usize) -> u64 {
        u64::from_le_bytes(self.head[offset..offset + 8].try_into().expect("eight bytes"))
    }

    fn set(&mut self, offset: usize, size: usize, value: u64) {
        self.head[offset..offset + size].copy_from_slice(&value.to_le_bytes()[..size]);
    }

    fn seal(&mut self) {
        let checksum = crc32fast::hash(&self.head[..header::CHECKSUM]);
        self.set(header::CHECKSUM, 4, checksum.into());
    }

    /// Another schema, of which the header says all that is to be said.
    fn set_schema(&mut self, schema: &[u8]) {
        self.head.truncate(ring::HEADER_SIZE as usize);
        self.head.extend_from_slice(schema);
        self.set(header::SCHEMA_LENGTH, 8, schema.len() as u64);
        self.head[header::SCHEMA_HASH..header::SCHEMA_HASH + 16].copy_from_slice(&Hash::of(schema).to_bytes());
    }

    /// Each field with each value, and nothing else changed.
    pub(crate) fn each_field(&self) -> Vec<Mutant> {
        let mut mutants = vec![self.clone()];
        for &(_, offset, size) in FIELDS {
            for &value in VALUES {
                let mut mutant = self.clone();
                mutant.set(offset, size, value);
                mutant.seal();
                mutants.push(mutant);
            }
        }
        for length in [0, 1, 8, 511, 512, 513, 4096, self.length - 4096, self.length - 1, self.length + 1] {
            let mut mutant = Mutant { length, ..self.clone() };
            mutants.push(mutant.clone());
            mutant.set(header::FILE_LENGTH, 8, length);
            mutant.seal();
            mutants.push(mutant);
        }
        // Where 31 and 32 bits of an offset end.
        for (consumer, producer, slots) in
            [(1 << 30, 2 << 30, 3 << 30), (3 << 30, 1 << 30, 2 << 30), (5 << 30, 4 << 30, 1 << 20)]
        {
            let mut mutant = Mutant { length: 6 << 30, ..self.clone() };
            mutant.set(header::FILE_LENGTH, 8, mutant.length);
            mutant.set(header::CONSUMER_BLOCKS, 8, consumer);
            mutant.set(header::PRODUCER_BLOCK, 8, producer);
            mutant.set(header::SLOTS, 8, slots);
            mutant.seal();
            mutants.push(mutant.clone());
            mutant.length = (4 << 30) - 4096;
            mutant.set(header::FILE_LENGTH, 8, mutant.length);
            mutant.seal();
            mutants.push(mutant);
        }
        for bit in 0..8 {
            let mut mutant = self.clone();
            mutant.head[header::CHECKSUM + bit / 2] ^= 1 << bit;
            mutants.push(mutant);
        }
        for name in [&b"\0"[..], b"a\0b", &[b'a'; 64], b"\xFF", b"\xC3\xA9", b"\xED\xA0\x80", b"\xEF\xBB\xBFx"] {
            for offset in [header::RING_NAME, header::MESSAGE_NAME] {
                let mut mutant = self.clone();
                mutant.head[offset..offset + 64].fill(0);
                mutant.head[offset..offset + name.len()].copy_from_slice(name);
                mutant.seal();
                mutants.push(mutant);
            }
        }
        mutants
    }

    /// Some changes at once, which may even go together.
    pub(crate) fn at_random(&self, random: &mut Random) -> Mutant {
        let mut mutant = self.clone();
        for _ in 0..1 + random.below(3) {
            mutant.change(random);
        }
        if !random.one_in(16) {
            mutant.seal();
        }
        mutant
    }

    fn change(&mut self, random: &mut Random) {
        match random.below(10) {
            0..4 => {
                let &(_, offset, size) = random.pick(FIELDS);
                let value = self.value(random);
                self.set(offset, size, value);
            }
            4 => {
                // Longer, and the header says so: what lies elsewhere now may lie there rightly.
                self.length += *random.pick(&[1, 4096, 8192, 1 << 16, 3 << 30, 5 << 30]);
                self.set(header::FILE_LENGTH, 8, self.length);
            }
            5 | 6 => {
                let offset = *random.pick(&[header::PRODUCER_BLOCK, header::CONSUMER_BLOCKS, header::SLOTS]);
                let page = *random.pick(&[self.length / 4096, 8]);
                self.set(offset, 8, random.below(page + 2) * 4096);
            }
            7 => {
                let capacity = 1 << random.below(14);
                self.set(header::CAPACITY, 8, capacity);
            }
            8 => {
                let byte = random.below(self.head.len() as u64) as usize;
                self.head[byte] ^= 1 << random.below(8);
            }
            _ => {
                let mut schema = self.head[ring::HEADER_SIZE as usize..].to_vec();
                match random.below(6) {
                    0 => schema.push(0xFF),
                    1 => schema.extend_from_slice(b"#doc Trade Other words.\n"),
                    2 => schema.truncate(random.below(schema.len() as u64 + 1) as usize),
                    3 => schema = Vec::new(),
                    _ => {
                        let at = random.below(schema.len() as u64) as usize;
                        if let Some(byte) = schema.get_mut(at) {
                            *byte = *random.pick(b"0123456789 \naeiu-#:x\x80");
                        }
                    }
                }
                self.set_schema(&schema);
                // Without it the texts are compared.
                if random.one_in(2) {
                    self.head[header::LAYOUT_HASH] ^= 1;
                }
            }
        }
    }

    fn value(&self, random: &mut Random) -> u64 {
        match random.below(6) {
            0 => random.next(),
            1 => 1 << random.below(64),
            2 => (1_u64 << random.below(64)).wrapping_sub(1),
            3 => random.below(10) * 4096,
            4 => self.length.wrapping_sub(random.below(8) * 4096),
            _ => *random.pick(VALUES),
        }
    }
}
