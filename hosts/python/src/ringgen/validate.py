"""Whether a file is a ring that can be used here. Whatever it holds, this ends in a `RingError` or in numbers that
can be computed with: after it, nothing is read from the header again."""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from dataclasses import dataclass

from .canonical import fnv1a_128
from .errors import NotARing, Stale, UnsupportedFormat
from .layout import (
    BLOCK_SIZE,
    CHECKSUM,
    ENDIAN_TAG,
    FORMAT_MAJOR,
    HEADER_SIZE,
    KIND_SPSC,
    MAGIC,
    MAX_ALIGN,
    MAX_SCHEMA,
    MIN_PAGE,
    Geometry,
    Header,
    is_power_of_two,
)
from .linux import boot_id


@dataclass(frozen=True, slots=True)
class Facts:
    """What a ring says of itself, checked."""

    header: Header
    geometry: Geometry
    schema_text: str
    message_name: str


class _Defect(Exception):
    """What is wrong with the file."""


def read_ring(fd: int, path: str) -> Facts:
    """Reads header and canonical schema, and checks every number in them."""
    try:
        return _read(fd, path)
    except _Defect as defect:
        raise NotARing(f"{path} is no usable ring: {defect}") from None


def _read(fd: int, path: str) -> Facts:
    data = _pread(fd, HEADER_SIZE, 0)
    if len(data) < HEADER_SIZE:
        raise _Defect(f"it has {len(data)} bytes and its header states {HEADER_SIZE}")
    if data[: len(MAGIC)] != MAGIC:
        raise _Defect("it does not begin with RINGGEN1")
    header = Header.decode(data)
    # In front of the checksum, which another byte order or format would have elsewhere.
    if header.endian_tag == int.from_bytes(struct.pack(">I", ENDIAN_TAG), "little"):
        raise UnsupportedFormat(f"{path} can't be used here: it was made on a machine of the other byte order")
    if header.endian_tag == ENDIAN_TAG and header.format_major != FORMAT_MAJOR:
        older = "this program" if header.format_major > FORMAT_MAJOR else "the one that creates it"
        raise UnsupportedFormat(
            f"{path} can't be used here: it has format {header.format_major}, "
            f"and this is ringgen for format {FORMAT_MAJOR}: update {older}"
        )
    (stated,) = struct.unpack_from("<I", data, CHECKSUM)
    computed = zlib.crc32(data[:CHECKSUM])
    if stated != computed:
        raise _Defect(f"its header has the checksum {computed:08x} and states {stated:08x}")
    _expect("endian tag", header.endian_tag, header.endian_tag == ENDIAN_TAG)
    if header.kind != KIND_SPSC:
        raise UnsupportedFormat(
            f"{path} can't be used here: it is a ring of kind {header.kind}, and only spsc (1) is known here"
        )
    if header.features & 0xFFFF:
        raise UnsupportedFormat(
            f"{path} can't be used here: it needs the unknown features {header.features & 0xFFFF:#x}"
        )
    actual = os.fstat(fd).st_size
    if header.file_length != actual:
        raise _Defect(f"it has {actual} bytes and its header states {header.file_length}")
    geometry = _geometry(header, path)
    _name("ring name", header.ring_name)
    message_name = _name("message name", header.message_name)
    text = _pread(fd, geometry.schema_length, geometry.schema_offset)
    if fnv1a_128(text) != header.schema_hash:
        raise _Defect("its canonical schema is not the one its header states the hash of")
    try:
        schema_text = text.decode()
    except UnicodeDecodeError:
        raise _Defect("its canonical schema is no UTF-8") from None
    if header.boot_id != boot_id():
        raise Stale(
            f"the ring at {path} was made before this machine started, its users are gone: `ringgen gc` removes it"
        )
    return Facts(header, geometry, schema_text, message_name)


def _geometry(header: Header, path: str) -> Geometry:
    _expect("header length", header.header_length, header.header_length == HEADER_SIZE)
    _expect("capacity", header.capacity, is_power_of_two(header.capacity))
    align = header.payload_align
    _expect("payload alignment", align, is_power_of_two(align) and align <= MAX_ALIGN)
    size = header.payload_size
    _expect("payload size", size, size > 0 and size % align == 0)
    _expect("stride", header.stride, header.stride == size)
    _expect("payload offset", header.payload_offset, header.payload_offset == 0)
    _expect("trailer offset", header.trailer_offset, header.trailer_offset == 0)
    _expect("max readers", header.max_readers, header.max_readers == 1)
    _expect("slab offset", header.slab, header.slab == 0)
    _expect("slab size", header.slab_size, header.slab_size == 0)
    page = header.page_size
    _expect("page size", page, is_power_of_two(page) and page >= MIN_PAGE)
    if page % mmap.ALLOCATIONGRANULARITY:
        raise UnsupportedFormat(
            f"{path} can't be used here: its regions are aligned to {page} bytes, "
            f"and this machine's pages have {mmap.ALLOCATIONGRANULARITY}"
        )
    stride = header.block_stride
    _expect("block stride", stride, stride >= BLOCK_SIZE and stride % page == 0)
    for name, offset in (
        ("producer block", header.producer_block),
        ("consumer blocks", header.consumer_blocks),
        ("slots", header.slots),
    ):
        _expect(name, offset, offset % page == 0)
    _expect("schema offset", header.schema_offset, header.schema_offset == HEADER_SIZE)
    _expect("schema length", header.schema_length, header.schema_length <= MAX_SCHEMA)
    regions = sorted(
        (
            (0, HEADER_SIZE),
            (header.schema_offset, header.schema_length),
            (header.consumer_blocks, stride),
            (header.producer_block, stride),
            (header.slots, header.capacity * size),
        )
    )
    end = 0
    for offset, length in regions:
        if offset < end:
            raise _Defect("its regions overlap or lie outside of the file")
        end = offset + length
    if end > header.file_length:
        raise _Defect("its regions overlap or lie outside of the file")
    return Geometry(
        file_length=header.file_length,
        capacity=header.capacity,
        payload_size=size,
        payload_align=align,
        producer_block=header.producer_block,
        consumer_block=header.consumer_blocks,
        slots=header.slots,
        schema_offset=header.schema_offset,
        schema_length=header.schema_length,
        page_size=page,
        block_stride=stride,
    )


def _expect(name: str, value: int, holds: bool) -> None:
    if not holds:
        raise _Defect(f"its header states {name} = {value}")


def _name(what: str, padded: bytes) -> str:
    text, _, padding = padded.partition(b"\0")
    try:
        if not text or len(text) == len(padded) or padding.strip(b"\0"):
            raise ValueError
        return text.decode()
    except ValueError:
        raise _Defect(f"its {what} is no NUL-padded UTF-8") from None


def _pread(fd: int, length: int, offset: int) -> bytes:
    parts: list[bytes] = []
    while length > 0 and (part := os.pread(fd, length, offset)):
        parts.append(part)
        offset += len(part)
        length -= len(part)
    return b"".join(parts)
