"""The words of a ring as a stranger reads and writes them: in the file, by the offsets of docs/memory-format.md."""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from pathlib import Path
from types import TracebackType

PRODUCER, CONSUMER = "producer", "consumer"
CURSOR, EVENT, TICKET, FENCE_MODE, WANT = 0x000, 0x080, 0x100, 0x104, 0x108
STATE, EPOCH, PID = 0x180, 0x188, 0x190


class Words:
    """A second mapping of the whole file, writable."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        with open(path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._bytes = memoryview(self._map)
        self._64 = self._bytes.cast("Q")
        self._32 = self._bytes.cast("I")
        self.blocks = {PRODUCER: self._64[0x060 // 8], CONSUMER: self._64[0x068 // 8]}

    def u64(self, role: str, offset: int) -> int:
        return self._64[(self.blocks[role] + offset) // 8]

    def u32(self, role: str, offset: int) -> int:
        return self._32[(self.blocks[role] + offset) // 4]

    def set64(self, role: str, offset: int, value: int) -> None:
        self._64[(self.blocks[role] + offset) // 8] = value

    def set32(self, role: str, offset: int, value: int) -> None:
        self._32[(self.blocks[role] + offset) // 4] = value

    def parked(self, role: str) -> bool:
        return self.u32(role, TICKET) % 2 == 1

    def __enter__(self) -> Words:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for view in (self._64, self._32, self._bytes):
            view.release()
        self._map.close()


def patch(path: Path, offset: int, data: bytes, *, fix_checksum: bool = True) -> None:
    """Overwrites bytes of a ring's header, and mends the checksum as a liar would."""
    header = bytearray(path.read_bytes()[:512])
    header[offset : offset + len(data)] = data
    if fix_checksum:
        struct.pack_into("<I", header, 0x1F8, zlib.crc32(header[:0x1F8]))
    with open(path, "r+b") as file:
        file.write(header)
