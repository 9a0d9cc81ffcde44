"""Which bytes of a message are kept for a later version of it. Who has no name for them writes zeros there: a newer
reader that attaches to an older writer's ring reads 0 from them."""

from __future__ import annotations

from .canonical import Block, blocks_of, fields_of, number_of


def has_blanks(schema_text: str) -> bool:
    """Whether a message has bytes without a name that must be zero: reserved ones, or those behind a variant's case."""
    return any(
        block.kind == "variant" or any(line.split(" ")[2:3] == ["reserved"] for line in block.members)
        for block in blocks_of(schema_text)
    )


def reserved_mask(schema_text: str, size: int) -> bytes | None:
    """For each byte of a message 0 where it is reserved, else 255; None where there is nothing reserved."""
    blocks = blocks_of(schema_text)
    mask = _mask(blocks[0], {block.name: block for block in blocks}, {}) if blocks else b""
    return mask if len(mask) == size and 0 in mask else None


def _mask(of: Block, blocks: dict[str, Block], masks: dict[str, bytes]) -> bytes:
    if of.name in masks:
        return masks[of.name]
    size = number_of(of.rest.split(" ")[0]) or 0
    mask = bytearray(b"\xff" * size)
    # What is reserved in a case of a variant depends on its tag: all of a variant is data here.
    is_struct = of.kind in ("message", "struct")
    masks[of.name] = bytes(mask)
    for field in (fields_of(of) if is_struct else None) or ():
        word, _, name = field.kind.partition(":")
        length = field.end - field.offset
        if field.end > size:
            continue
        if word == "reserved":
            mask[field.offset : field.end] = bytes(length)
        elif word in ("message", "struct") and name in blocks:
            element = _mask(blocks[name], blocks, masks)
            mask[field.offset : field.end] = element * (length // max(1, len(element)))
    masks[of.name] = bytes(mask)
    return masks[of.name]
