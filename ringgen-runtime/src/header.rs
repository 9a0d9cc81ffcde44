//! The static header: written once, before anyone sees the ring; copied out and checked once by whoever attaches.
//!
//! Nothing here touches shared memory: 512 bytes come in, and what comes out has been checked so far that every
//! offset in it can be used without looking again.

use ringgen_layout::Hash;
use ringgen_layout::MAX_ALIGN;
use ringgen_layout::ring::{self, Geometry, header};

use crate::error::{Defect, Unsupported};

/// The size of the static header.
pub(crate) const SIZE: usize = ring::HEADER_SIZE as usize;

/// What the static header of a ring says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// Where each byte of the ring lies.
    pub geometry: Geometry,
    /// The minor version of the format.
    pub format_minor: u32,
    /// The feature bits.
    pub features: u32,
    /// The fingerprint of the message's layout.
    pub layout_hash: Hash,
    /// The hash of the canonical schema's text.
    pub schema_hash: Hash,
    /// Random: tells one file from its successor of the same name.
    pub instance_id: u64,
    /// The boot of the machine that the ring belongs to.
    pub boot_id: [u8; 16],
    /// The process that created the ring.
    pub creator_pid: u64,
    /// The user it ran as.
    pub creator_uid: u64,
    /// When it started, in clock ticks since boot.
    pub creator_start: u64,
    /// When the ring was created, in nanoseconds since the Unix epoch.
    pub created_at: u64,
    /// The name of the ring, without package and instance.
    pub ring_name: String,
    /// The name of the message.
    pub message_name: String,
    /// The version of the package; 0 where there is none.
    pub package_version: u32,
    /// The edition of the schema language.
    pub schema_edition: u32,
}

/// Why 512 bytes are no header of a ring that can be used here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    Defect(Defect),
    Unsupported(Unsupported),
}

impl From<Defect> for Rejection {
    fn from(defect: Defect) -> Self {
        Rejection::Defect(defect)
    }
}

impl From<Unsupported> for Rejection {
    fn from(unsupported: Unsupported) -> Self {
        Rejection::Unsupported(unsupported)
    }
}

impl Header {
    /// The 512 bytes of this header.
    pub(crate) fn encode(&self) -> [u8; SIZE] {
        let mut out = Writer([0; SIZE]);
        let geometry = &self.geometry;
        out.put(header::MAGIC, &ring::MAGIC);
        out.u32(header::FORMAT_MAJOR, ring::FORMAT_MAJOR);
        out.u32(header::FORMAT_MINOR, self.format_minor);
        out.u32(header::HEADER_LENGTH, ring::HEADER_SIZE as u32);
        out.u32(header::ENDIAN_TAG, ring::ENDIAN_TAG);
        out.u64(header::FILE_LENGTH, geometry.file_length);
        out.put(header::LAYOUT_HASH, &self.layout_hash.to_bytes());
        out.put(header::SCHEMA_HASH, &self.schema_hash.to_bytes());
        out.u32(header::KIND, ring::KIND_SPSC);
        out.u32(header::FEATURES, self.features);
        out.u64(header::CAPACITY, geometry.capacity);
        out.u32(header::STRIDE, geometry.stride);
        out.u32(header::PAYLOAD_SIZE, geometry.payload_size);
        out.u32(header::PAYLOAD_ALIGN, geometry.payload_align);
        out.u32(header::MAX_READERS, 1);
        out.u64(header::PRODUCER_BLOCK, geometry.producer_block);
        out.u64(header::CONSUMER_BLOCKS, geometry.consumer_block);
        out.u64(header::SLOTS, geometry.slots);
        out.u64(header::SCHEMA_OFFSET, geometry.schema_offset);
        out.u64(header::SCHEMA_LENGTH, geometry.schema_length);
        out.u64(header::INSTANCE_ID, self.instance_id);
        out.put(header::BOOT_ID, &self.boot_id);
        out.u64(header::CREATOR_PID, self.creator_pid);
        out.u64(header::CREATOR_UID, self.creator_uid);
        out.u64(header::CREATOR_START, self.creator_start);
        out.u64(header::CREATED_AT, self.created_at);
        out.put(header::RING_NAME, self.ring_name.as_bytes());
        out.put(header::MESSAGE_NAME, self.message_name.as_bytes());
        out.u32(header::PAGE_SIZE, geometry.page_size);
        out.u32(header::BLOCK_STRIDE, geometry.block_stride);
        out.u32(header::PACKAGE_VERSION, self.package_version);
        out.u32(header::SCHEMA_EDITION, self.schema_edition);
        let checksum = crc32fast::hash(&out.0[..header::CHECKSUM]);
        out.u32(header::CHECKSUM, checksum);
        out.0
    }

    /// Reads and checks a header; `file_length` is the length that the file has, `machine_page` the size of a page.
    pub(crate) fn decode(bytes: &[u8; SIZE], file_length: u64, machine_page: u32) -> Result<Header, Rejection> {
        let from = Reader(bytes);
        if from.array(header::MAGIC) != ring::MAGIC {
            return Err(Defect::Magic.into());
        }
        // In front of the checksum, which another byte order or format would have elsewhere.
        let endian_tag = from.u32(header::ENDIAN_TAG);
        if endian_tag == ring::ENDIAN_TAG.swap_bytes() {
            return Err(Unsupported::Endianness(endian_tag).into());
        }
        let major = from.u32(header::FORMAT_MAJOR);
        if endian_tag == ring::ENDIAN_TAG && major != ring::FORMAT_MAJOR {
            return Err(Unsupported::Major(major).into());
        }
        let (stated, computed) = (from.u32(header::CHECKSUM), crc32fast::hash(&bytes[..header::CHECKSUM]));
        if stated != computed {
            return Err(Defect::Checksum { stated, computed }.into());
        }
        field("endian tag", endian_tag, endian_tag == ring::ENDIAN_TAG)?;
        let kind = from.u32(header::KIND);
        if kind != ring::KIND_SPSC {
            return Err(Unsupported::Kind(kind).into());
        }
        let features = from.u32(header::FEATURES);
        if features & 0xFFFF != 0 {
            return Err(Unsupported::Features(features & 0xFFFF).into());
        }
        let geometry = decode_geometry(&from, file_length, machine_page)?;
        Ok(Header {
            geometry,
            format_minor: from.u32(header::FORMAT_MINOR),
            features,
            layout_hash: Hash::from_bytes(from.array(header::LAYOUT_HASH)),
            schema_hash: Hash::from_bytes(from.array(header::SCHEMA_HASH)),
            instance_id: from.u64(header::INSTANCE_ID),
            boot_id: from.array(header::BOOT_ID),
            creator_pid: from.u64(header::CREATOR_PID),
            creator_uid: from.u64(header::CREATOR_UID),
            creator_start: from.u64(header::CREATOR_START),
            created_at: from.u64(header::CREATED_AT),
            ring_name: from.name(header::RING_NAME, "ring name")?,
            message_name: from.name(header::MESSAGE_NAME, "message name")?,
            package_version: from.u32(header::PACKAGE_VERSION),
            schema_edition: from.u32(header::SCHEMA_EDITION),
        })
    }
}

/// The geometry, checked: after this no offset that is computed from it can leave the file or overflow.
fn decode_geometry(from: &Reader<'_>, file_length: u64, machine_page: u32) -> Result<Geometry, Rejection> {
    let geometry = Geometry {
        file_length: from.u64(header::FILE_LENGTH),
        capacity: from.u64(header::CAPACITY),
        stride: from.u32(header::STRIDE),
        payload_size: from.u32(header::PAYLOAD_SIZE),
        payload_align: from.u32(header::PAYLOAD_ALIGN),
        producer_block: from.u64(header::PRODUCER_BLOCK),
        consumer_block: from.u64(header::CONSUMER_BLOCKS),
        slots: from.u64(header::SLOTS),
        schema_offset: from.u64(header::SCHEMA_OFFSET),
        schema_length: from.u64(header::SCHEMA_LENGTH),
        page_size: from.u32(header::PAGE_SIZE),
        block_stride: from.u32(header::BLOCK_STRIDE),
    };
    let Geometry { payload_size, payload_align, page_size, block_stride, .. } = geometry;
    if geometry.file_length != file_length {
        return Err(Defect::Length { stated: geometry.file_length, actual: file_length }.into());
    }
    field("file length", file_length, isize::try_from(file_length).is_ok())?;
    let header_length = from.u32(header::HEADER_LENGTH);
    field("header length", header_length, u64::from(header_length) == ring::HEADER_SIZE)?;
    field("capacity", geometry.capacity, geometry.capacity.is_power_of_two())?;
    let align_is_possible = payload_align.is_power_of_two() && payload_align <= MAX_ALIGN;
    field("payload alignment", payload_align, align_is_possible)?;
    field("payload size", payload_size, payload_size > 0 && payload_size.is_multiple_of(payload_align))?;
    field("stride", geometry.stride, geometry.stride == payload_size)?;
    let payload_offset = from.u32(header::PAYLOAD_OFFSET);
    field("payload offset", payload_offset, payload_offset == 0)?;
    let trailer_offset = from.u32(header::TRAILER_OFFSET);
    field("trailer offset", trailer_offset, trailer_offset == 0)?;
    let max_readers = from.u32(header::MAX_READERS);
    field("max readers", max_readers, max_readers == 1)?;
    let slab = from.u64(header::SLAB);
    field("slab offset", slab, slab == 0)?;
    let slab_size = from.u64(header::SLAB_SIZE);
    field("slab size", slab_size, slab_size == 0)?;

    field("page size", page_size, page_size.is_power_of_two() && page_size >= ring::MIN_PAGE)?;
    if !page_size.is_multiple_of(machine_page) {
        return Err(Unsupported::PageSize { ring: page_size, machine: machine_page }.into());
    }
    let on_page = |offset: u64| offset.is_multiple_of(u64::from(page_size));
    field("block stride", block_stride, block_stride as usize >= ring::block::SIZE && on_page(block_stride.into()))?;
    field("producer block", geometry.producer_block, on_page(geometry.producer_block))?;
    field("consumer blocks", geometry.consumer_block, on_page(geometry.consumer_block))?;
    field("slots", geometry.slots, on_page(geometry.slots))?;
    field("schema offset", geometry.schema_offset, geometry.schema_offset == ring::HEADER_SIZE)?;
    field("schema length", geometry.schema_length, geometry.schema_length <= ring::MAX_SCHEMA)?;

    let slot_bytes = geometry.capacity.checked_mul(geometry.stride.into()).ok_or(Defect::Regions)?;
    let mut regions = [
        (0, ring::HEADER_SIZE),
        (geometry.schema_offset, geometry.schema_length),
        (geometry.consumer_block, block_stride.into()),
        (geometry.producer_block, block_stride.into()),
        (geometry.slots, slot_bytes),
    ];
    regions.sort_unstable();
    let mut end = 0;
    for (start, length) in regions {
        if start < end {
            return Err(Defect::Regions.into());
        }
        end = start.checked_add(length).ok_or(Defect::Regions)?;
    }
    if end > file_length {
        return Err(Defect::Regions.into());
    }
    Ok(geometry)
}

fn field(name: &'static str, value: impl Into<u64>, is_possible: bool) -> Result<(), Defect> {
    if is_possible { Ok(()) } else { Err(Defect::Field { name, value: value.into() }) }
}

struct Writer([u8; SIZE]);

impl Writer {
    fn put(&mut self, offset: usize, bytes: &[u8]) {
        self.0[offset..offset + bytes.len()].copy_from_slice(bytes);
    }

    fn u32(&mut self, offset: usize, value: u32) {
        self.put(offset, &value.to_le_bytes());
    }

    fn u64(&mut self, offset: usize, value: u64) {
        self.put(offset, &value.to_le_bytes());
    }
}

struct Reader<'a>(&'a [u8; SIZE]);

impl Reader<'_> {
    fn array<const N: usize>(&self, offset: usize) -> [u8; N] {
        self.0[offset..offset + N].try_into().expect("a slice of N bytes is an array of N")
    }

    fn u32(&self, offset: usize) -> u32 {
        u32::from_le_bytes(self.array(offset))
    }

    fn u64(&self, offset: usize) -> u64 {
        u64::from_le_bytes(self.array(offset))
    }

    /// 64 bytes, UTF-8, NUL padded: at most 63 of them are a name.
    fn name(&self, offset: usize, name: &'static str) -> Result<String, Defect> {
        let bytes: [u8; ring::MAX_NAME + 1] = self.array(offset);
        let end = bytes.iter().position(|&byte| byte == 0).ok_or(Defect::Text { name })?;
        if end == 0 || bytes[end..].iter().any(|&byte| byte != 0) {
            return Err(Defect::Text { name });
        }
        let text = std::str::from_utf8(&bytes[..end]).map_err(|_| Defect::Text { name })?;
        Ok(text.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Header {
        Header {
            geometry: Geometry::spsc(64, 32, 8, 700, 4096).unwrap(),
            format_minor: 0,
            features: 0,
            layout_hash: Hash::of(b"layout"),
            schema_hash: Hash::of(b"schema"),
            instance_id: 0x1122_3344_5566_7788,
            boot_id: *b"0123456789abcdef",
            creator_pid: 4242,
            creator_uid: 1000,
            creator_start: 99,
            created_at: 1_700_000_000_000_000_000,
            ring_name: "trades".into(),
            message_name: "Trade".into(),
            package_version: 3,
            schema_edition: 1,
        }
    }

    fn decode(bytes: &[u8; SIZE]) -> Result<Header, Rejection> {
        Header::decode(bytes, sample().geometry.file_length, 4096)
    }

    /// A change with a checksum that fits it, as a hostile creator would make it.
    fn changed(offset: usize, bytes: &[u8]) -> Result<Header, Rejection> {
        let mut header = sample().encode();
        header[offset..offset + bytes.len()].copy_from_slice(bytes);
        let checksum = crc32fast::hash(&header[..header::CHECKSUM]);
        header[header::CHECKSUM..header::CHECKSUM + 4].copy_from_slice(&checksum.to_le_bytes());
        decode(&header)
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(decode(&sample().encode()), Ok(sample()));
        assert_eq!(&sample().encode()[..8], b"RINGGEN1");
    }

    #[test]
    fn the_checksum_is_the_one_of_the_format() {
        // CRC-32/ISO-HDLC's published check value.
        assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926);
        let mut header = sample().encode();
        header[header::CREATED_AT] ^= 1;
        assert!(matches!(decode(&header), Err(Rejection::Defect(Defect::Checksum { .. }))));
    }

    #[test]
    fn a_newer_format_is_not_supported_and_a_newer_minor_is() {
        let major = changed(header::FORMAT_MAJOR, &2_u32.to_le_bytes());
        assert_eq!(major, Err(Unsupported::Major(2).into()));
        assert_eq!(changed(header::FORMAT_MINOR, &9_u32.to_le_bytes()).unwrap().format_minor, 9);
        assert_eq!(changed(header::KIND, &2_u32.to_le_bytes()), Err(Unsupported::Kind(2).into()));
        assert_eq!(changed(header::FEATURES, &1_u32.to_le_bytes()), Err(Unsupported::Features(1).into()));
        assert_eq!(changed(header::FEATURES, &0x10000_u32.to_le_bytes()).unwrap().features, 0x10000);
        let swapped = changed(header::ENDIAN_TAG, &ring::ENDIAN_TAG.to_be_bytes());
        assert!(matches!(swapped, Err(Rejection::Unsupported(Unsupported::Endianness(_)))));
    }

    #[test]
    fn hostile_geometry_is_a_defect() {
        let cases: &[(usize, &[u8])] = &[
            (header::CAPACITY, &0_u64.to_le_bytes()),
            (header::CAPACITY, &65_u64.to_le_bytes()),
            (header::CAPACITY, &(1_u64 << 63).to_le_bytes()),
            (header::CAPACITY, &4096_u64.to_le_bytes()),
            (header::STRIDE, &u32::MAX.to_le_bytes()),
            (header::STRIDE, &31_u32.to_le_bytes()),
            (header::PAYLOAD_SIZE, &0_u32.to_le_bytes()),
            (header::PAYLOAD_ALIGN, &0_u32.to_le_bytes()),
            (header::PAYLOAD_ALIGN, &256_u32.to_le_bytes()),
            (header::MAX_READERS, &0_u32.to_le_bytes()),
            (header::PRODUCER_BLOCK, &0_u64.to_le_bytes()),
            (header::PRODUCER_BLOCK, &4096_u64.to_le_bytes()),
            (header::PRODUCER_BLOCK, &u64::MAX.to_le_bytes()),
            (header::PRODUCER_BLOCK, &(u64::MAX - 4095).to_le_bytes()),
            (header::CONSUMER_BLOCKS, &4097_u64.to_le_bytes()),
            (header::SLOTS, &8192_u64.to_le_bytes()),
            (header::SLAB, &4096_u64.to_le_bytes()),
            (header::SLAB_SIZE, &1_u64.to_le_bytes()),
            (header::SCHEMA_OFFSET, &0_u64.to_le_bytes()),
            (header::SCHEMA_OFFSET, &u64::MAX.to_le_bytes()),
            (header::SCHEMA_OFFSET, &(4096_u64 + 2048).to_le_bytes()),
            (header::SCHEMA_LENGTH, &u64::MAX.to_le_bytes()),
            (header::SCHEMA_LENGTH, &4096_u64.to_le_bytes()),
            (header::PAGE_SIZE, &0_u32.to_le_bytes()),
            (header::PAGE_SIZE, &2048_u32.to_le_bytes()),
            (header::BLOCK_STRIDE, &0_u32.to_le_bytes()),
            (header::BLOCK_STRIDE, &u32::MAX.to_le_bytes()),
            (header::PAYLOAD_OFFSET, &8_u32.to_le_bytes()),
            (header::TRAILER_OFFSET, &8_u32.to_le_bytes()),
            (header::HEADER_LENGTH, &0_u32.to_le_bytes()),
            (header::FILE_LENGTH, &u64::MAX.to_le_bytes()),
            (header::RING_NAME, &[0xFF]),
            (header::RING_NAME, &[0]),
            (header::MESSAGE_NAME, &[b'x'; 64]),
            (header::MESSAGE_NAME + 20, b"x"),
        ];
        for (offset, bytes) in cases {
            let result = changed(*offset, bytes);
            assert!(matches!(result, Err(Rejection::Defect(_))), "{offset:#x} {bytes:x?}: {result:?}");
        }
    }

    #[test]
    fn a_machine_with_larger_pages_cannot_protect_the_regions() {
        let header = sample();
        let result = Header::decode(&header.encode(), header.geometry.file_length, 16384);
        assert_eq!(result, Err(Unsupported::PageSize { ring: 4096, machine: 16384 }.into()));
    }

    /// Whatever a header says, decoding ends, and what it lets through lies inside of the file.
    #[test]
    fn random_headers_never_lead_out_of_the_file() {
        let mut state = 0x9E37_79B9_7F4A_7C15_u64;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let length = sample().geometry.file_length;
        let mut accepted = 0;
        for _ in 0..200_000 {
            let mut header = sample().encode();
            for _ in 0..1 + random() % 3 {
                let at = (0x10 + random() % (0x168 - 0x10)) as usize & !3;
                let value = match random() % 5 {
                    0 => random(),
                    1 => 1 << (random() % 64),
                    2 => (1_u64 << (random() % 64)).wrapping_sub(1),
                    3 => random() % 32 * 4096,
                    _ => length.wrapping_sub(random() % 8 * 4096),
                };
                header[at..at + 4].copy_from_slice(&value.to_le_bytes()[..4]);
                if random() % 2 == 0 {
                    header[at + 4..at + 8].copy_from_slice(&value.to_le_bytes()[4..]);
                }
            }
            let checksum = crc32fast::hash(&header[..header::CHECKSUM]);
            header[header::CHECKSUM..header::CHECKSUM + 4].copy_from_slice(&checksum.to_le_bytes());
            if let Ok(Header { geometry: g, .. }) = decode(&header) {
                accepted += 1;
                assert_eq!(g.file_length, length);
                assert!(g.slots + g.capacity * u64::from(g.stride) <= length);
                assert!(g.producer_block + u64::from(g.block_stride) <= length);
                assert!(g.consumer_block + u64::from(g.block_stride) <= length);
                assert!(g.schema_offset + g.schema_length <= length);
            }
        }
        assert!(accepted > 1000, "most mutations of names and ids are harmless: {accepted}");
    }
}
