//! Where each byte of a ring lies. The normative text is docs/memory-format.md; these are its numbers.
//!
//! ```text
//! 0                 512                              page-aligned from here on
//! ├─ static header ─┼─ canonical schema ─┈┈┈┈┈┈┈┈┈┈┈┼─ consumer block ─┼─ producer block ─┼─ slots ──────┤
//! └─ written by the creator, before anyone sees it ─┴─ its consumer ───┴─ its producer ───┴─ producer ───┘
//! ```
//!
//! One page or more a writer, so that each process maps what others own read-only; one 128-byte line a word that
//! the other side watches, so that writers do not disturb each other.

use crate::Hash;

/// The first eight bytes of a ring.
pub const MAGIC: [u8; 8] = *b"RINGGEN1";
/// The major version of the format; a ring with another one is refused.
pub const FORMAT_MAJOR: u32 = 1;
/// The minor version of the format; readers accept any.
pub const FORMAT_MINOR: u32 = 0;
/// Reads as this number on a machine of the creator's byte order.
pub const ENDIAN_TAG: u32 = 0x0102_0304;
/// The size of the static header in bytes; the canonical schema starts there.
pub const HEADER_SIZE: u64 = 512;
/// The padding between words with different writers: x86 prefetches lines in pairs, Apple's lines are this long.
pub const LINE: u64 = 128;
/// The smallest unit of protection, hence of region alignment.
pub const MIN_PAGE: u32 = 4096;
/// The largest position a counter may reach; one above it is corrupt.
pub const MAX_POSITION: u64 = 1 << 62;
/// The largest canonical schema in bytes.
pub const MAX_SCHEMA: u64 = 1 << 20;
/// The longest name part of a ring in bytes, and of a message.
pub const MAX_NAME: usize = 63;

/// Offsets in the static header.
pub mod header {
    /// Eight bytes: [`MAGIC`](super::MAGIC).
    pub const MAGIC: usize = 0x000;
    /// `u32`.
    pub const FORMAT_MAJOR: usize = 0x008;
    /// `u32`.
    pub const FORMAT_MINOR: usize = 0x00C;
    /// `u32`: [`HEADER_SIZE`](super::HEADER_SIZE).
    pub const HEADER_LENGTH: usize = 0x010;
    /// `u32`: [`ENDIAN_TAG`](super::ENDIAN_TAG).
    pub const ENDIAN_TAG: usize = 0x014;
    /// `u64`.
    pub const FILE_LENGTH: usize = 0x018;
    /// 16 bytes.
    pub const LAYOUT_HASH: usize = 0x020;
    /// 16 bytes: the hash of the canonical schema's text.
    pub const SCHEMA_HASH: usize = 0x030;
    /// `u32`: see [`KIND_SPSC`](super::KIND_SPSC).
    pub const KIND: usize = 0x040;
    /// `u32`: bits 0–15 must be understood, bits 16–31 may be ignored.
    pub const FEATURES: usize = 0x044;
    /// `u64`: messages, a power of two.
    pub const CAPACITY: usize = 0x048;
    /// `u32`: bytes from slot to slot.
    pub const STRIDE: usize = 0x050;
    /// `u32`: the size of the message.
    pub const PAYLOAD_SIZE: usize = 0x054;
    /// `u32`: the alignment of the message.
    pub const PAYLOAD_ALIGN: usize = 0x058;
    /// `u32`: how many consumer blocks there are; 1 for spsc.
    pub const MAX_READERS: usize = 0x05C;
    /// `u64`: offset of the producer block.
    pub const PRODUCER_BLOCK: usize = 0x060;
    /// `u64`: offset of the first consumer block.
    pub const CONSUMER_BLOCKS: usize = 0x068;
    /// `u64`: offset of the first slot.
    pub const SLOTS: usize = 0x070;
    /// `u64`: offset of the slab; 0: none.
    pub const SLAB: usize = 0x078;
    /// `u64`: bytes in the slab, a power of two; 0: none.
    pub const SLAB_SIZE: usize = 0x080;
    /// `u64`: offset of the canonical schema.
    pub const SCHEMA_OFFSET: usize = 0x088;
    /// `u64`: length of the canonical schema in bytes.
    pub const SCHEMA_LENGTH: usize = 0x090;
    /// `u64`: random, tells one file from its successor of the same name.
    pub const INSTANCE_ID: usize = 0x098;
    /// 16 bytes: the machine's boot that the ring belongs to.
    pub const BOOT_ID: usize = 0x0A0;
    /// `u64`.
    pub const CREATOR_PID: usize = 0x0B0;
    /// `u64`.
    pub const CREATOR_UID: usize = 0x0B8;
    /// `u64`: clock ticks since boot, as in /proc/PID/stat.
    pub const CREATOR_START: usize = 0x0C0;
    /// `u64`: nanoseconds since the Unix epoch.
    pub const CREATED_AT: usize = 0x0C8;
    /// 64 bytes, UTF-8, NUL padded.
    pub const RING_NAME: usize = 0x0D0;
    /// 64 bytes, UTF-8, NUL padded.
    pub const MESSAGE_NAME: usize = 0x110;
    /// `u32`: offset of the message in a slot.
    pub const PAYLOAD_OFFSET: usize = 0x150;
    /// `u32`: offset of the trailer in a slot; 0: none.
    pub const TRAILER_OFFSET: usize = 0x154;
    /// `u32`: the page size that regions are aligned to.
    pub const PAGE_SIZE: usize = 0x158;
    /// `u32`: bytes from one consumer block to the next, and the size of the producer block.
    pub const BLOCK_STRIDE: usize = 0x15C;
    /// `u32`: the version of the package.
    pub const PACKAGE_VERSION: usize = 0x160;
    /// `u32`: the edition of the schema language.
    pub const SCHEMA_EDITION: usize = 0x164;
    /// Zero from here to the checksum.
    pub const ZERO: usize = 0x168;
    /// `u32`: CRC-32/ISO-HDLC of all bytes in front of it.
    pub const CHECKSUM: usize = 0x1F8;
}

/// Offsets in a producer or consumer block. Each group lies on a 128-byte line of its own.
pub mod block {
    /// `u64`: producer: messages ever published (`tail`); consumer: messages ever taken (`head`).
    pub const CURSOR: usize = 0x000;
    /// `u32`, a futex word: bumped to wake the other side. Producer: `data_ev`; consumer: `space_ev`.
    pub const EVENT: usize = 0x080;
    /// `u32`: odd while I am parked. Producer: `space_ticket`; consumer: `data_ticket`.
    pub const TICKET: usize = 0x100;
    /// `u32`: how I order my cursor before I look at the other's ticket; see `FENCE_*`.
    pub const FENCE_MODE: usize = 0x104;
    /// `u64`: producer: wake me once `head` has come this far. Zero in a consumer block.
    pub const WANT: usize = 0x108;
    /// `u32`: see `STATE_*`.
    pub const STATE: usize = 0x180;
    /// `u64`: how often this role has been claimed.
    pub const EPOCH: usize = 0x188;
    /// `u64`: the process that claimed it last.
    pub const PID: usize = 0x190;
    /// `u64`: that process's start time, in clock ticks since boot.
    pub const START: usize = 0x198;
    /// `u64`: how often I found the ring full (producer) or empty (consumer).
    pub const STALLS: usize = 0x200;
    /// `u64`: how often I parked.
    pub const PARKS: usize = 0x208;
    /// `u64`: how often I woke the other side.
    pub const WAKES: usize = 0x210;
    /// `u64`: messages that I dropped (producer) or lost (consumer); always 0 in an spsc ring.
    pub const DROPPED: usize = 0x218;
    /// `u64`: the largest depth that I saw when I looked at the other side's cursor.
    pub const HIGH_WATER: usize = 0x220;
    /// The size of a block in bytes; its stride is this rounded up to a page.
    pub const SIZE: usize = 0x280;
}

/// One producer, one consumer; nothing is lost.
pub const KIND_SPSC: u32 = 1;
/// One producer, many readers; slow readers lose messages.
pub const KIND_BROADCAST: u32 = 2;
/// One producer, many readers; the slowest one holds the producer up.
pub const KIND_GATED: u32 = 3;

/// Nobody has ever held the role.
pub const STATE_NEW: u32 = 0;
/// The role is held, or its holder died.
pub const STATE_ACTIVE: u32 = 1;
/// The producer ended the stream for good.
pub const STATE_CLOSED: u32 = 2;
/// The role was given back without ending the stream.
pub const STATE_DETACHED: u32 = 3;

/// No fence: the other side parks in short slices.
pub const FENCE_NONE: u32 = 0;
/// A compiler fence here; the other side makes every processor fence by `membarrier` before it parks.
pub const FENCE_ASYMMETRIC: u32 = 1;
/// A full fence here for every batch.
pub const FENCE_FULL: u32 = 2;

/// Where the lock bytes of the roles start: far behind the end of any file.
pub const LOCK_BASE: u64 = 1 << 62;
/// The lock byte of a collector, which removes stale files.
pub const LOCK_COLLECTOR: u64 = LOCK_BASE;
/// The lock byte of the producer.
pub const LOCK_PRODUCER: u64 = LOCK_BASE + 1;
/// The lock byte of the consumer of an spsc ring.
pub const LOCK_CONSUMER: u64 = LOCK_BASE + 2;

/// The geometry of an spsc ring: every offset in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// The size of the whole file in bytes.
    pub file_length: u64,
    /// Messages, a power of two.
    pub capacity: u64,
    /// Bytes from slot to slot.
    pub stride: u32,
    /// The size of the message in bytes.
    pub payload_size: u32,
    /// The alignment of the message in bytes.
    pub payload_align: u32,
    /// Offset of the producer block.
    pub producer_block: u64,
    /// Offset of the consumer block.
    pub consumer_block: u64,
    /// Offset of the first slot.
    pub slots: u64,
    /// Offset of the canonical schema.
    pub schema_offset: u64,
    /// Length of the canonical schema in bytes.
    pub schema_length: u64,
    /// The page size that regions are aligned to.
    pub page_size: u32,
    /// The size of the producer block and of the consumer block, in whole pages.
    pub block_stride: u32,
}

/// Why there can be no such ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GeometryError {
    /// The capacity is no power of two.
    Capacity(u64),
    /// The message is empty, or its size is no multiple of its alignment, or that is no power of two up to 128.
    Payload {
        /// The size in bytes.
        size: u32,
        /// The alignment in bytes.
        align: u32,
    },
    /// The page size is no power of two, or below 4096.
    PageSize(u32),
    /// The canonical schema is longer than 1 MiB.
    Schema(u64),
    /// The file would be longer than `i64::MAX` bytes.
    TooLarge,
}

impl Geometry {
    /// Lays out an spsc ring of `capacity` messages.
    pub const fn spsc(
        capacity: u64,
        payload_size: u32,
        payload_align: u32,
        schema_length: u64,
        page_size: u32,
    ) -> Result<Geometry, GeometryError> {
        if !capacity.is_power_of_two() {
            return Err(GeometryError::Capacity(capacity));
        }
        if payload_size == 0
            || !payload_align.is_power_of_two()
            || payload_align > crate::MAX_ALIGN
            || !payload_size.is_multiple_of(payload_align)
        {
            return Err(GeometryError::Payload { size: payload_size, align: payload_align });
        }
        if !page_size.is_power_of_two() || page_size < MIN_PAGE {
            return Err(GeometryError::PageSize(page_size));
        }
        if schema_length > MAX_SCHEMA {
            return Err(GeometryError::Schema(schema_length));
        }
        let page = page_size as u64;
        let block_stride = (block::SIZE as u64).next_multiple_of(page);
        let consumer_block = (HEADER_SIZE + schema_length).next_multiple_of(page);
        let producer_block = consumer_block + block_stride;
        let slots = producer_block + block_stride;
        let Some(slot_bytes) = capacity.checked_mul(payload_size as u64) else {
            return Err(GeometryError::TooLarge);
        };
        let Some(slot_bytes) = slot_bytes.checked_next_multiple_of(page) else {
            return Err(GeometryError::TooLarge);
        };
        let file_length = match slots.checked_add(slot_bytes) {
            Some(length) if length <= i64::MAX as u64 => length,
            _ => return Err(GeometryError::TooLarge),
        };
        Ok(Geometry {
            file_length,
            capacity,
            stride: payload_size,
            payload_size,
            payload_align,
            producer_block,
            consumer_block,
            slots,
            schema_offset: HEADER_SIZE,
            schema_length,
            page_size,
            block_stride: block_stride as u32,
        })
    }
}

/// What a ring is for: the part of the static header that its creator chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity<'a> {
    /// The name of the ring, without package and instance.
    pub ring_name: &'a str,
    /// The name of the message.
    pub message_name: &'a str,
    /// The layout hash of the message.
    pub layout_hash: Hash,
    /// The hash of the canonical schema's text.
    pub schema_hash: Hash,
    /// The version of the package.
    pub package_version: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_in_order_and_page_aligned() {
        let geometry = Geometry::spsc(4096, 32, 8, 700, 4096).unwrap();
        assert_eq!(
            (geometry.consumer_block, geometry.producer_block, geometry.slots, geometry.file_length),
            (4096, 8192, 12288, 12288 + 4096 * 32)
        );
        let long = Geometry::spsc(1, 8, 8, 4000, 16384).unwrap();
        assert_eq!((long.consumer_block, long.producer_block, long.slots), (16384, 32768, 49152));
        assert_eq!(long.file_length, 65536);
    }

    #[test]
    fn impossible_rings_are_refused() {
        assert_eq!(Geometry::spsc(0, 8, 8, 0, 4096), Err(GeometryError::Capacity(0)));
        assert_eq!(Geometry::spsc(3, 8, 8, 0, 4096), Err(GeometryError::Capacity(3)));
        assert_eq!(Geometry::spsc(1, 0, 8, 0, 4096), Err(GeometryError::Payload { size: 0, align: 8 }));
        assert_eq!(Geometry::spsc(1, 12, 8, 0, 4096), Err(GeometryError::Payload { size: 12, align: 8 }));
        assert_eq!(Geometry::spsc(1, 8, 8, 0, 512), Err(GeometryError::PageSize(512)));
        assert_eq!(Geometry::spsc(1, 8, 8, MAX_SCHEMA + 1, 4096), Err(GeometryError::Schema(MAX_SCHEMA + 1)));
        assert_eq!(Geometry::spsc(1 << 62, 8, 8, 0, 4096), Err(GeometryError::TooLarge));
        assert_eq!(Geometry::spsc(1 << 60, 8, 8, 0, 4096), Err(GeometryError::TooLarge));
    }
}
