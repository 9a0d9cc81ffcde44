"""Canonical schemas: the text that every ring carries, its hash, and where two of them part.

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


class Difference(NamedTuple):
    """Where two layouts part, in words for people."""

    type_name: str
    member: str
    mine: str
    theirs: str


@dataclass(slots=True)
class _Block:
    kind: str
    name: str
    rest: str
    members: list[str] = field(default_factory=list[str])

    def words(self) -> str:
        first, space, second = self.rest.partition(" ")
        if not space:
            return f"{self.kind} {self.name} {self.rest}"
        if self.kind in ("struct", "message"):
            return f"{self.kind} {self.name} of {first} bytes, aligned to {second}"
        return f"{self.kind} {self.name} stored as {second}"


def first_difference(mine: str, theirs: str) -> Difference | None:
    """The first field in which two canonical texts differ, padding and notes aside; None if there is none.

    Neither text need be well-formed: whatever a hostile ring holds is compared line by line.
    """
    here, there = _blocks(mine), _blocks(theirs)
    for index in range(max(len(here), len(there))):
        a = here[index] if index < len(here) else None
        b = there[index] if index < len(there) else None
        if a is None or b is None:
            extra = a or b
            assert extra is not None
            return Difference(extra.name, "", a.words() if a else "missing", b.words() if b else "missing")
        if (a.kind, a.name) != (b.kind, b.name):
            return Difference(a.name, "", a.words(), b.words())
        for member in range(max(len(a.members), len(b.members))):
            x = a.members[member] if member < len(a.members) else None
            y = b.members[member] if member < len(b.members) else None
            if x != y:
                name = (x if x is not None else y or "").rsplit(" ", 1)[-1]
                here_words, there_words = _in_words(x), _in_words(y)
                if here_words == there_words:
                    # A type of the same name can be of another size or kind.
                    here_words, there_words = _in_words(x, everything=True), _in_words(y, everything=True)
                return Difference(a.name, name, here_words, there_words)
        if a.rest != b.rest:
            return Difference(a.name, "", a.words(), b.words())
    return None


def first_other_lines(mine: str, theirs: str) -> tuple[str, str]:
    """The first line of each text that the other has not, `nothing` where there is none."""
    here, there = mine.split("\n"), theirs.split("\n")
    return (
        next((line for line in here if line not in there), "nothing"),
        next((line for line in there if line not in here), "nothing"),
    )


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    for line in lines:
        line = line.removesuffix("\r")
        if line.startswith("#"):
            break
        if blocks and line[:1] in {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "-"}:
            if line.split(" ")[2:3] != ["pad"]:
                blocks[-1].members.append(line)
        else:
            words = [*line.split(" ", 2), "", ""]
            blocks.append(_Block(words[0], words[1], words[2]))
    return blocks


def _in_words(line: str | None, everything: bool = False) -> str:
    """`16 4 u32 - quantity` as `quantity: u32 at 16`, or with everything in it `quantity: u32 of 4 bytes at 16`;
    `1 Buy` as `Buy = 1`."""
    if line is None:
        return "missing"
    words = line.split(" ")
    if len(words) == 2:
        return f"{words[1]} = {words[0]}"
    if len(words) != 5:
        return line
    offset, size, kind, dims, name = words
    kind = kind.replace(":", " ") if everything else kind.rsplit(":", 1)[-1]
    if (kind == "str" and dims == "-") or kind == "reserved":
        kind += f"[{size}]"
    elif dims != "-":
        kind += "[" + dims.replace("x", "][") + "]"
    if everything:
        kind += f" of {size} bytes"
    return f"{name}: {kind} at {offset}"
