"""Which bytes of a message are kept for a later version of it. Who has no name for them writes zeros there: a newer
reader that attaches to an older writer's ring reads 0 from them."""

from __future__ import annotations

from typing import NamedTuple

from .canonical import Block, blocks_of, fields_of, number_of


class Reserved(NamedTuple):
    """What is kept of a message, and where what is kept depends on a tag."""

    mask: bytes
    """For each byte 0 where it is reserved, else 255."""
    variants: tuple[Variant, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is kept."""
        return 0 not in self.mask and not self.variants


class Variant(NamedTuple):
    """A variant in a message: behind its case, and between it and the tag, nothing has a name."""

    offset: int
    """Where it lies in the message."""
    tag_size: int
    cases: dict[int, Reserved]
    """What is kept of the whole variant, by its tag; all of it is data under any other tag."""


def has_blanks(schema_text: str) -> bool:
    """Whether a message has bytes without a name that must be zero: reserved ones, or those behind a variant's case."""
    return any(
        block.kind == "variant" or any(line.split(" ")[2:3] == ["reserved"] for line in block.members)
        for block in blocks_of(schema_text)
    )


def reserved(schema_text: str, size: int) -> Reserved | None:
    """What is kept of a message; None where that is nothing, or can't be read."""
    blocks = blocks_of(schema_text)
    found = _of(blocks[0], {block.name: block for block in blocks}, {}) if blocks else Reserved(b"")
    return None if len(found.mask) != size or found.is_nothing else found


def _of(block: Block, blocks: dict[str, Block], known: dict[str, Reserved]) -> Reserved:
    if block.name not in known:
        all_data = Reserved(b"\xff" * (number_of(block.rest.split(" ")[0]) or 0))
        # A text that names a type in itself ends here too.
        known[block.name] = all_data
        if block.kind in ("message", "struct"):
            known[block.name] = _of_struct(block, all_data, blocks, known)
        elif block.kind == "variant":
            known[block.name] = _of_variant(block, all_data, blocks, known)
    return known[block.name]


def _of_struct(block: Block, all_data: Reserved, blocks: dict[str, Block], known: dict[str, Reserved]) -> Reserved:
    mask = bytearray(all_data.mask)
    variants: list[Variant] = []
    for field in fields_of(block) or ():
        word, _, name = field.kind.partition(":")
        length = field.end - field.offset
        if field.end > len(mask):
            continue
        if word == "reserved":
            mask[field.offset : field.end] = bytes(length)
        elif word in ("message", "struct", "variant") and name in blocks:
            element = _of(blocks[name], blocks, known)
            size = max(1, len(element.mask))
            mask[field.offset : field.end] = element.mask * (length // size)
            variants += [
                variant._replace(offset=start + variant.offset)
                for start in range(field.offset, field.end, size)
                for variant in element.variants
            ]
    return Reserved(bytes(mask), tuple(variants))


def _of_variant(block: Block, all_data: Reserved, blocks: dict[str, Block], known: dict[str, Reserved]) -> Reserved:
    words = block.rest.split(" ")
    tag_size = {"u8": 1, "u16": 2, "u32": 4, "u64": 8}.get(words[2] if len(words) == 4 else "", 0)
    payload = number_of(words[-1]) or 0
    size = len(all_data.mask)
    cases: dict[int, Reserved] = {}
    for line in block.members:
        tag, _, rest = line.partition(" ")
        name = rest.split(" ")[0].partition(":")[2]
        if not tag.isdigit() or name not in blocks or not tag_size:
            return all_data
        case = _of(blocks[name], blocks, known)
        head = (b"\xff" * tag_size).ljust(payload, b"\0")
        inner = tuple(variant._replace(offset=payload + variant.offset) for variant in case.variants)
        cases[int(tag)] = Reserved((head + case.mask).ljust(size, b"\0")[:size], inner)
    return Reserved(all_data.mask, (Variant(0, tag_size, cases),)) if cases else all_data
