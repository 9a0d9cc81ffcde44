"""Canonical schemas: the text that every ring carries, and its hash.

A block is a line `kind name size …` and a line a member; what comes behind the first `#` are notes, no layout:

```text
message Trade 32 8              kind, name, size, alignment
0 8 u64 - id                    offset, size, kind, dimensions, name
16 1 enum:Side - side           a declared type; its block follows
enum Side 1 u8                  kind, name, size, representation
1 Buy                           value, name
#unit Trade.ts ns
```
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

_OFFSET_BASIS = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
_PRIME = (1 << 88) + 0x13B
_MASK = (1 << 128) - 1


def fnv1a_128(data: bytes) -> bytes:
    """FNV-1a with 128 bits (RFC 9923), the most significant byte first, as hashes lie in a header."""
    value = _OFFSET_BASIS
    for byte in data:
        value = (value ^ byte) * _PRIME & _MASK
    return value.to_bytes(16, "big")


@dataclass(slots=True)
class Block:
    """A line without a number in front, and the lines with one behind it. Padding is left out."""

    kind: str
    name: str
    rest: str
    members: list[str] = field(default_factory=list[str])


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text, whatever it is: it need not be well-formed."""
    blocks: list[Block] = []
    for line in _lines(text):
        if line.startswith("#"):
            break
        if blocks and line[:1] in {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "-"}:
            if line.split(" ")[2:3] != ["pad"]:
                blocks[-1].members.append(line)
        else:
            words = [*line.split(" ", 2), "", ""]
            blocks.append(Block(words[0], words[1], words[2]))
    return blocks


class Field(NamedTuple):
    """A line of a struct: `offset size kind dims name`."""

    offset: int
    end: int
    kind: str
    name: str
    line: str


def fields_of(block: Block) -> list[Field] | None:
    """The fields of a struct; None unless each line is one."""
    fields: list[Field] = []
    for line in block.members:
        parts = line.split(" ")
        if len(parts) != 5:
            return None
        offset, size = number_of(parts[0]), number_of(parts[1])
        if offset is None or size is None:
            return None
        fields.append(Field(offset, offset + size, parts[2], parts[4], line))
    return fields


def number_of(digits: str) -> int | None:
    """Up to ten digits, and no more than 32 bits."""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        return None
    value = int(digits)
    return value if value < 1 << 32 else None


def edition_of(text: str) -> str:
    """The edition of the schema language that the text is in; empty if it does not say."""
    return next((line[9:] for line in _lines(text) if line.startswith("#ringgen ")), "")


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines
