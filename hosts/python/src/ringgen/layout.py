"""Where each byte of a ring lies. The normative text is docs/memory-format.md; these are its numbers.

```text
0                 512                              page-aligned from here on
├─ static header ─┼─ canonical schema ─┈┈┈┈┈┈┈┈┈┈┈┼─ consumer block ─┼─ producer block ─┼─ slots ──────┤
└─ written by the creator, before anyone sees it ─┴─ its consumer ───┴─ its producer ───┴─ producer ───┘
```
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any, Final

MAGIC: Final = b"RINGGEN1"
FORMAT_MAJOR: Final = 1
FORMAT_MINOR: Final = 0
ENDIAN_TAG: Final = 0x0102_0304
HEADER_SIZE: Final = 512
MIN_PAGE: Final = 4096
MAX_ALIGN: Final = 128
MAX_POSITION: Final = 1 << 62
MAX_SCHEMA: Final = 1 << 20
MAX_NAME: Final = 63
EDITION: Final = 1

KIND_SPSC: Final = 1

STATE_NEW: Final = 0
STATE_ACTIVE: Final = 1
STATE_CLOSED: Final = 2
STATE_DETACHED: Final = 3

FENCE_NONE: Final = 0
FENCE_ASYMMETRIC: Final = 1
FENCE_FULL: Final = 2

LOCK_BASE: Final = 1 << 62
LOCK_COLLECTOR: Final = LOCK_BASE
LOCK_PRODUCER: Final = LOCK_BASE + 1
LOCK_CONSUMER: Final = LOCK_BASE + 2

# Offsets in a producer or consumer block: one 128-byte line a group, so that writers do not disturb each other.
CURSOR: Final = 0x000
EVENT: Final = 0x080
TICKET: Final = 0x100
FENCE_MODE: Final = 0x104
WANT: Final = 0x108
STATE: Final = 0x180
EPOCH: Final = 0x188
PID: Final = 0x190
START: Final = 0x198
STALLS: Final = 0x200
PARKS: Final = 0x208
WAKES: Final = 0x210
DROPPED: Final = 0x218
HIGH_WATER: Final = 0x220
BLOCK_SIZE: Final = 0x280

HEADER_FIELDS: Final = (
    ("magic", 0x000, "8s"),
    ("format_major", 0x008, "I"),
    ("format_minor", 0x00C, "I"),
    ("header_length", 0x010, "I"),
    ("endian_tag", 0x014, "I"),
    ("file_length", 0x018, "Q"),
    ("layout_hash", 0x020, "16s"),
    ("schema_hash", 0x030, "16s"),
    ("kind", 0x040, "I"),
    ("features", 0x044, "I"),
    ("capacity", 0x048, "Q"),
    ("stride", 0x050, "I"),
    ("payload_size", 0x054, "I"),
    ("payload_align", 0x058, "I"),
    ("max_readers", 0x05C, "I"),
    ("producer_block", 0x060, "Q"),
    ("consumer_blocks", 0x068, "Q"),
    ("slots", 0x070, "Q"),
    ("slab", 0x078, "Q"),
    ("slab_size", 0x080, "Q"),
    ("schema_offset", 0x088, "Q"),
    ("schema_length", 0x090, "Q"),
    ("instance_id", 0x098, "Q"),
    ("boot_id", 0x0A0, "16s"),
    ("creator_pid", 0x0B0, "Q"),
    ("creator_uid", 0x0B8, "Q"),
    ("creator_start", 0x0C0, "Q"),
    ("created_at", 0x0C8, "Q"),
    ("ring_name", 0x0D0, "64s"),
    ("message_name", 0x110, "64s"),
    ("payload_offset", 0x150, "I"),
    ("trailer_offset", 0x154, "I"),
    ("page_size", 0x158, "I"),
    ("block_stride", 0x15C, "I"),
    ("package_version", 0x160, "I"),
    ("schema_edition", 0x164, "I"),
)
CHECKSUM: Final = 0x1F8


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The static header, word for word; what it says is not validated."""

    file_length: int
    layout_hash: bytes
    schema_hash: bytes
    capacity: int
    stride: int
    payload_size: int
    payload_align: int
    producer_block: int
    consumer_blocks: int
    slots: int
    schema_offset: int
    schema_length: int
    instance_id: int
    boot_id: bytes
    creator_pid: int
    creator_uid: int
    creator_start: int
    created_at: int
    ring_name: bytes
    message_name: bytes
    page_size: int
    block_stride: int
    package_version: int
    magic: bytes = MAGIC
    format_major: int = FORMAT_MAJOR
    format_minor: int = FORMAT_MINOR
    header_length: int = HEADER_SIZE
    endian_tag: int = ENDIAN_TAG
    kind: int = KIND_SPSC
    features: int = 0
    max_readers: int = 1
    slab: int = 0
    slab_size: int = 0
    payload_offset: int = 0
    trailer_offset: int = 0
    schema_edition: int = EDITION

    def encode(self) -> bytes:
        """The 512 bytes, with their checksum."""
        # pack_into fills with zeros before it writes, which tears shared words: fine in private memory alone.
        data = bytearray(HEADER_SIZE)
        for name, offset, code in HEADER_FIELDS:
            struct.pack_into("<" + code, data, offset, getattr(self, name))
        struct.pack_into("<I", data, CHECKSUM, zlib.crc32(data[:CHECKSUM]))
        return bytes(data)

    @classmethod
    def decode(cls, data: bytes) -> Header:
        """The header in the first 512 bytes of a file."""
        words: dict[str, Any] = {
            name: struct.unpack_from("<" + code, data, offset)[0] for name, offset, code in HEADER_FIELDS
        }
        return cls(**words)


@dataclass(frozen=True, slots=True)
class Geometry:
    """Every offset in an spsc ring."""

    file_length: int
    capacity: int
    payload_size: int
    payload_align: int
    producer_block: int
    consumer_block: int
    slots: int
    schema_offset: int
    schema_length: int
    page_size: int
    block_stride: int

    @classmethod
    def spsc(cls, capacity: int, payload_size: int, payload_align: int, schema_length: int, page_size: int) -> Geometry:
        """Lays out an spsc ring of `capacity` messages; raises `ValueError` where there can be none."""
        if not is_power_of_two(capacity):
            hint = 1 << max(capacity - 1, 0).bit_length()
            raise ValueError(f"a capacity of {capacity} messages is no power of two: take {hint}")
        if (
            not 0 < payload_size <= 0xFFFF_FFFF
            or not is_power_of_two(payload_align)
            or payload_align > MAX_ALIGN
            or payload_size % payload_align
        ):
            raise ValueError(f"a message of {payload_size} bytes aligned to {payload_align} can't lie in a ring")
        if not is_power_of_two(page_size) or page_size < MIN_PAGE:
            raise ValueError(f"a page size of {page_size} bytes is no power of two from {MIN_PAGE} on")
        if schema_length > MAX_SCHEMA:
            raise ValueError(f"the canonical schema has {schema_length} bytes; 1 MiB is the limit")
        block_stride = round_up(BLOCK_SIZE, page_size)
        consumer_block = round_up(HEADER_SIZE + schema_length, page_size)
        producer_block = consumer_block + block_stride
        slots = producer_block + block_stride
        file_length = slots + round_up(capacity * payload_size, page_size)
        if file_length >= 1 << 63:
            raise ValueError("the ring would be larger than a file can be: lower the capacity")
        return cls(
            file_length=file_length,
            capacity=capacity,
            payload_size=payload_size,
            payload_align=payload_align,
            producer_block=producer_block,
            consumer_block=consumer_block,
            slots=slots,
            schema_offset=HEADER_SIZE,
            schema_length=schema_length,
            page_size=page_size,
            block_stride=block_stride,
        )


def is_power_of_two(value: int) -> bool:
    """Whether `value` is 1, 2, 4, …"""
    return value > 0 and value & (value - 1) == 0


def round_up(value: int, multiple: int) -> int:
    """The next multiple of a power of two."""
    return (value + multiple - 1) & -multiple
