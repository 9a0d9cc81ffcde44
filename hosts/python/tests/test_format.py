"""The bytes: this host's numbers against those of the Rust sources, a created ring against the documented offsets."""

from __future__ import annotations

import os
import re
import struct
import zlib
from pathlib import Path

import pytest
from conftest import ROOT
from market import Trade, Trades
from ringgen import fnv1a_128, layout

RING_RS = (ROOT / "ringgen-layout/src/ring.rs").read_text()
CONSTANT = re.compile(r"pub const (\w+): \w+ = ([^;]+);")


def constants(source: str) -> dict[str, int]:
    """The integer constants of a piece of Rust."""
    found: dict[str, int] = {}
    for name, value in CONSTANT.findall(source):
        found[name] = eval(value.replace("LOCK_BASE", "(1 << 62)"))
    return found


def module(name: str) -> str:
    return RING_RS.split(f"pub mod {name} {{")[1].split("\n}")[0]


def test_header_offsets_are_those_of_the_rust_sources() -> None:
    theirs = constants(module("header"))
    assert theirs.pop("ZERO") == 0x168
    assert theirs.pop("CHECKSUM") == layout.CHECKSUM
    mine = {name.upper(): offset for name, offset, _ in layout.HEADER_FIELDS}
    assert mine == theirs


def test_block_offsets_are_those_of_the_rust_sources() -> None:
    theirs = constants(module("block"))
    assert theirs.pop("SIZE") == layout.BLOCK_SIZE
    assert {name: getattr(layout, name) for name in theirs} == theirs


def test_other_numbers_are_those_of_the_rust_sources() -> None:
    source = re.sub(r"pub mod \w+ \{.*?\n\}", "", RING_RS, flags=re.DOTALL)
    theirs = constants(source.replace('*b"RINGGEN1"', "0").replace("[u8; 8]", "u64"))
    assert theirs.pop("MAGIC") == 0
    shared = {name: value for name, value in theirs.items() if hasattr(layout, name)}
    assert len(shared) > 15
    assert {name: getattr(layout, name) for name in shared} == shared


def test_hash_matches_the_published_vectors() -> None:
    # The vectors of RFC 9923, appendix C.
    assert fnv1a_128(b"").hex() == "6c62272e07bb014262b821756295c58d"
    assert fnv1a_128(b"a").hex() == "d228cb696f1a8caf78912b704e4a8964"
    assert fnv1a_128(b"foobar").hex() == "343e1662793c64bf6f0d3597ba446f18"


def test_schema_hashes_are_those_of_the_texts() -> None:
    assert fnv1a_128(Trade.SCHEMA_TEXT.encode()).hex() == Trade.SCHEMA_HASH


def test_geometry_is_the_one_of_the_rust_tests() -> None:
    geometry = layout.Geometry.spsc(4096, 32, 8, 700, 4096)
    assert (geometry.consumer_block, geometry.producer_block, geometry.slots) == (4096, 8192, 12288)
    assert geometry.file_length == 12288 + 4096 * 32
    long = layout.Geometry.spsc(1, 8, 8, 4000, 16384)
    assert (long.consumer_block, long.producer_block, long.slots) == (16384, 32768, 49152)
    assert long.file_length == 65536


@pytest.mark.parametrize(
    ("capacity", "size", "align", "schema", "page"),
    [
        (0, 8, 8, 0, 4096),
        (3, 8, 8, 0, 4096),
        (-1, 8, 8, 0, 4096),
        (1, 0, 8, 0, 4096),
        (1, 12, 8, 0, 4096),
        (1, 256, 256, 0, 4096),
        (1, 8, 8, 0, 512),
        (1, 8, 8, (1 << 20) + 1, 4096),
        (1 << 62, 8, 8, 0, 4096),
        (1 << 60, 8, 8, 0, 4096),
    ],
)
def test_impossible_rings_are_refused(capacity: int, size: int, align: int, schema: int, page: int) -> None:
    with pytest.raises(ValueError, match=r"capacity|message|page|schema|larger"):
        layout.Geometry.spsc(capacity, size, align, schema, page)


def test_a_created_ring_has_the_documented_bytes(rings: Path) -> None:
    with Trades.create(instance="7", capacity=8, first_position=1234) as ring:
        data = Path(ring.path).read_bytes()
    assert ring.path == f"{rings}/market.trades.7"

    def u32(offset: int) -> int:
        return int.from_bytes(data[offset : offset + 4], "little")

    def u64(offset: int) -> int:
        return int.from_bytes(data[offset : offset + 8], "little")

    text = Trade.SCHEMA_TEXT.encode()
    assert data[:8] == b"RINGGEN1"
    assert (u32(0x008), u32(0x00C), u32(0x010), u32(0x014)) == (1, 0, 512, 0x01020304)
    assert u64(0x018) == len(data)
    assert data[0x020:0x030].hex() == Trade.LAYOUT_HASH
    assert data[0x030:0x040].hex() == Trade.SCHEMA_HASH
    assert (u32(0x040), u32(0x044), u64(0x048)) == (1, 0, 8)
    assert (u32(0x050), u32(0x054), u32(0x058), u32(0x05C)) == (40, 40, 8, 1)
    consumer, producer, slots = u64(0x068), u64(0x060), u64(0x070)
    assert (u64(0x078), u64(0x080)) == (0, 0)
    assert (u64(0x088), u64(0x090)) == (512, len(text))
    assert data[512 : 512 + len(text)] == text
    assert data[0x0A0:0x0B0].hex() == Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")
    assert (u64(0x0B0), u64(0x0B8)) == (os.getpid(), os.geteuid())
    assert u64(0x0C0) == int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    assert data[0x0D0:0x110] == b"trades".ljust(64, b"\0")
    assert data[0x110:0x150] == b"Trade".ljust(64, b"\0")
    assert (u32(0x150), u32(0x154), u32(0x158), u32(0x15C)) == (0, 0, 4096, 4096)
    assert (u32(0x160), u32(0x164)) == (1, 1)
    assert not any(data[0x168:0x1F8])
    assert (u32(0x1F8), u32(0x1FC)) == (zlib.crc32(data[:0x1F8]), 0)
    assert (consumer, producer, slots) == (4096, 8192, 12288)
    assert (u64(consumer), u64(producer)) == (1234, 1234)
    assert not any(data[slots:])
    assert not any(data[consumer + 8 : producer])


def test_a_slot_has_the_bytes_of_the_message() -> None:
    with Trades.create(capacity=2) as ring, ring.producer() as tx:
        data = bytes(Trade(id=7, price=1.5, quantity=9, symbol="é", side=2, conditions=0x8001, ts=1 << 63))
        tx.push(id=7, price=1.5, quantity=9, symbol="é", side=2, conditions=0x8001, ts=1 << 63)
        file = Path(ring.path).read_bytes()
    assert data == struct.pack("<QdI8sBxHQ", 7, 1.5, 9, "é".encode(), 2, 0x8001, 1 << 63)
    assert file[12288 : 12288 + 40] == data
