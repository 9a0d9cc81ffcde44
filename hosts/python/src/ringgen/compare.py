"""What two layouts are to each other: the same, two versions that can share a ring, or different.

```text
message Order 32 8          message Order 32 8
0 8 u64 - id                0 8 u64 - id
8 8 f64 - price             8 8 f64 - price
16 4 u32 - venue     <-->   16 16 reserved - _later      what one has where the other has reserved bytes
20 12 reserved - _later
enum Side 1 u8              enum Side 1 u8
1 Buy                       1 Buy
2 Sell               <-->                                what one has a name for and the other has not
```

The rule is that of docs/memory-format.md, "Compatible layouts". Both texts are read as lines and believed in nothing:
what can't be read has to be equal, letter by letter.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from typing import Literal, NamedTuple

from .canonical import Block, Field, blocks_of, edition_of, fields_of, number_of

_DECLARED = {"enum", "flags", "struct", "message", "variant"}


class Difference(NamedTuple):
    """Where two layouts part, in words for people."""

    type_name: str
    member: str
    """The field, value or case; empty if the types differ as a whole."""
    mine: str
    theirs: str


class Comparison(NamedTuple):
    """What two layouts are to each other.

    `same`: line by line, padding and notes aside. `compatible`: two versions that can share a ring; `differences` are
    those that have a name, which may be none. `different`: they can't; `differences` has the first contradiction.
    """

    verdict: Literal["same", "compatible", "different"]
    differences: tuple[Difference, ...] = ()


class _Contradiction(Exception):
    """What makes two layouts different."""

    def __init__(self, type_name: str, member: str, mine: str, theirs: str) -> None:
        self.difference = Difference(type_name, member, mine, theirs)


def compare_layouts(mine: str, theirs: str) -> Comparison:
    """Compares two canonical texts. `theirs` need not be well-formed: it may come from a hostile ring."""
    here, there = blocks_of(mine), blocks_of(theirs)
    editions = edition_of(mine), edition_of(theirs)
    if here == there and editions[0] == editions[1]:
        return Comparison("same")
    try:
        return Comparison("compatible", tuple(_differences(here, there, editions)))
    except _Contradiction as found:
        return Comparison("different", (found.difference,))


def first_other_lines(mine: str, theirs: str) -> tuple[str, str]:
    """The first line of each text that the other has not, `nothing` where there is none."""
    here, there = mine.split("\n"), theirs.split("\n")
    return _first_not_in(here, set(there)), _first_not_in(there, set(here))


def _first_not_in(lines: Iterable[str], others: set[str]) -> str:
    return next((line for line in lines if line and line not in others), "nothing")


def _differences(mine: list[Block], theirs: list[Block], editions: tuple[str, str]) -> list[Difference]:
    """What differs without being a contradiction."""
    first, other = mine[0] if mine else None, theirs[0] if theirs else None
    if (first and (first.kind, first.name)) != (other and (other.kind, other.name)):
        raise _of_blocks(first, other)
    if editions[0] != editions[1]:
        words = [f"edition {edition}" if edition else "no edition" for edition in editions]
        raise _Contradiction(first.name if first else "", "", words[0], words[1])
    here, there = {block.name: block for block in mine}, {block.name: block for block in theirs}
    for blocks, names in (mine, here), (theirs, there):
        if len(blocks) != len(names):
            raise _of_counts(_first_doubled(blocks), mine, theirs)
    found: list[Difference] = []
    shared_types: set[str] = set()
    for a in mine:
        b = there.get(a.name)
        if b is None:
            continue
        if a.kind != b.kind:
            raise _of_blocks(a, b)
        left, right = _settle(a, b, found)
        if left != right:
            raise _of_members(a, left, right)
        if a.rest != b.rest:
            raise _of_blocks(a, b)
        shared_types.update(name for line in left if (name := _declared_type(line)) is not None)
    for name in sorted(shared_types):
        if name not in here and name not in there:
            raise _of_counts(name, mine, theirs)
        if name not in here or name not in there:
            raise _of_blocks(here.get(name), there.get(name))
    return found


def _first_doubled(blocks: list[Block]) -> str:
    seen: set[str] = set()
    for block in blocks:
        if block.name in seen:
            return block.name
        seen.add(block.name)
    raise AssertionError("some block has the name of another")


def _settle(a: Block, b: Block, found: list[Difference]) -> tuple[list[str], list[str]]:
    """What has to be equal of two blocks of one kind and name, in order: members but for those that may differ."""
    if a.rest == b.rest and a.kind in ("message", "struct"):
        mine, theirs = _Fields.read(a), _Fields.read(b)
        if mine is not None and theirs is not None:
            left, only_mine = mine.beside(theirs)
            right, only_theirs = theirs.beside(mine)
            found += _excused(a, only_mine, only_theirs, "reserved")
            return left, right
    if a.rest == b.rest and a.kind in ("enum", "flags", "variant") and _has_values(a) and _has_values(b):
        here, there = set(a.members), set(b.members)
        if here <= there or there <= here:
            only_mine = [line for line in a.members if line not in there]
            only_theirs = [line for line in b.members if line not in here]
            found += _excused(a, only_mine, only_theirs, "missing")
            shared = [line for line in a.members if line in there]
            return shared, shared
    return a.members, b.members


def _excused(block: Block, mine: list[str], theirs: list[str], instead: str) -> list[Difference]:
    return [
        *(Difference(block.name, _name_of(line), _in_words(line), instead) for line in mine),
        *(Difference(block.name, _name_of(line), instead, _in_words(line)) for line in theirs),
    ]


def _has_values(block: Block) -> bool:
    """Whether each line has a value and a name that no other has."""
    parts = [line.split(" ") for line in block.members]
    values, names = {part[0] for part in parts}, {part[-1] for part in parts}
    words = 3 if block.kind == "variant" else 2
    return all(len(part) == words for part in parts) and len(values) == len(names) == len(parts)


class _Fields(NamedTuple):
    """The fields of a struct, by their bytes."""

    data: list[Field]
    names: set[str]
    starts: list[int]
    """Where ranges of reserved bytes start, merged and in order; `ends` is where they end."""
    ends: list[int]

    @staticmethod
    def read(block: Block) -> _Fields | None:
        """None unless each line is one of a field, and no two have a name."""
        all_fields = fields_of(block)
        if all_fields is None:
            return None
        data = [field for field in all_fields if field.kind != "reserved"]
        reserved = [(field.offset, field.end) for field in all_fields if field.kind == "reserved"]
        fields = _Fields(data, {field.name for field in data}, [], [])
        if len(fields.names) != len(data):
            return None
        for start, end in sorted(reserved):
            if fields.ends and start <= fields.ends[-1]:
                fields.ends[-1] = max(fields.ends[-1], end)
            else:
                fields.starts.append(start)
                fields.ends.append(end)
        return fields

    def beside(self, other: _Fields) -> tuple[list[str], list[str]]:
        """The lines that the other has to have too, and those of fields in bytes that it calls reserved."""
        kept: list[str] = []
        excused: list[str] = []
        for field in self.data:
            at = bisect.bisect_right(other.starts, field.offset)
            is_reserved = at > 0 and field.end <= other.ends[at - 1]
            (excused if is_reserved and field.name not in other.names else kept).append(field.line)
        return kept, excused


def _declared_type(line: str) -> str | None:
    """The type that a field or a case names: `Side` of `8 1 enum:Side - side`."""
    parts = line.split(" ")
    kind = parts[2] if len(parts) == 5 else parts[1] if len(parts) == 3 else ""
    word, _, name = kind.partition(":")
    return name if word in _DECLARED and ":" in kind else None


# Words: the same ones in every host, which tests/compatible holds them to.


def _of_blocks(mine: Block | None, theirs: Block | None) -> _Contradiction:
    block = mine or theirs
    words = ["missing" if of is None else _block_in_words(of) for of in (mine, theirs)]
    return _Contradiction(block.name if block else "", "", words[0], words[1])


def _of_counts(name: str, mine: list[Block], theirs: list[Block]) -> _Contradiction:
    counts = [sum(block.name == name for block in blocks) for blocks in (mine, theirs)]
    return _Contradiction(name, "", f"{counts[0]} of this name", f"{counts[1]} of this name")


def _of_members(block: Block, mine: list[str], theirs: list[str]) -> _Contradiction:
    """The first member in which a block is another here and there, of those that have to be equal."""
    pairs = enumerate(zip(mine, theirs, strict=False))
    index = next((index for index, (a, b) in pairs if a != b), min(len(mine), len(theirs)))
    x = mine[index] if index < len(mine) else None
    y = theirs[index] if index < len(theirs) else None
    if x is not None and y is not None and _name_of(x) != _name_of(y):
        # Of two fields that have neither name nor place in common, the one in front is one that the other has not.
        here, there = _offset(x), _offset(y)
        if here is not None and there is not None and here != there:
            x, y = (x, None) if here < there else (None, y)
    name = _name_of(x if x is not None else y or "")
    # A type of the same name can be of another size or kind.
    everything = _in_words(x) == _in_words(y)
    return _Contradiction(block.name, name, _in_words(x, everything), _in_words(y, everything))


def _block_in_words(block: Block) -> str:
    start = f"{block.kind} {block.name}"
    match block.kind, block.rest.split(" "):
        case "struct" | "message", [size, align]:
            return f"{start} of {size} bytes, aligned to {align}"
        case "enum" | "flags", [_, repr_name]:
            return f"{start} stored as {repr_name}"
        case "variant", [size, align, tag, offset]:
            return f"{start} of {size} bytes, aligned to {align}, a {tag} in front of payloads at {offset}"
        case _:
            return f"{start} {block.rest}"


def _in_words(line: str | None, everything: bool = False) -> str:
    """`16 4 u32 - quantity` as `quantity: u32 at 16`, or with everything in it `quantity: u32 of 4 bytes at 16`;
    `1 Buy` as `Buy = 1`; `1 message:Book Level` as `Level = 1: Book`."""
    if line is None:
        return "missing"
    match line.split(" "):
        case [value, name]:
            return f"{name} = {value}"
        case [value, kind, name]:
            return f"{name} = {value}: {_kind_in_words(kind, everything)}"
        case [offset, size, kind, dims, name]:
            shape = "" if dims == "-" else "[" + dims.replace("x", "][") + "]"
            if (kind == "str" and dims == "-") or kind == "reserved":
                shape = f"[{size}]"
            extent = f" of {size} bytes" if everything else ""
            return f"{name}: {_kind_in_words(kind, everything)}{shape}{extent} at {offset}"
        case _:
            return line


def _kind_in_words(kind: str, everything: bool) -> str:
    """`u32`, `text[4096]` of `text:4096`, `Side` of `enum:Side`, or with everything in it `enum Side`."""
    word, colon, name = kind.partition(":")
    if colon and word in ("text", "blob"):
        return f"{word}[{name}]"
    return kind if not colon else f"{word} {name}" if everything else name


def _name_of(line: str) -> str:
    return line.rsplit(" ", 1)[-1]


def _offset(line: str) -> int | None:
    """Where a field lies; values and cases lie nowhere."""
    parts = line.split(" ")
    return number_of(parts[0]) if len(parts) == 5 else None
