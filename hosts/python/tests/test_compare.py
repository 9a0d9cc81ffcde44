"""Which layouts can share a ring: the pairs of tests/compatible, which every host reads; and what attach says."""

from __future__ import annotations

import ctypes
import random
import re
from pathlib import Path

import numpy as np
import pytest
import ringgen
from conftest import ROOT
from ringgen import Message, Ring, compare_layouts, fnv1a_128
from ringgen.compare import Difference
from ringgen.reserved import Reserved, Variant, has_blanks, reserved

CASES = sorted((ROOT / "tests" / "compatible").glob("*.txt"))


def sections(case: Path) -> tuple[str, str, str, list[str]]:
    """Mine, theirs, the verdict, and its differences."""
    _, mine, theirs, verdict = re.split(r"^=== ", case.read_bytes().decode(), flags=re.MULTILINE)
    assert (mine[:5], theirs[:7]) == ("mine\n", "theirs\n")
    word, *lines = verdict.splitlines()
    return mine[5:], theirs[7:], word, lines


def line(difference: Difference) -> str:
    type_name, member, mine, theirs = difference
    return f"{type_name}{'.' if member else ''}{member}: here `{mine}`, in the ring `{theirs}`"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_pair_has_the_verdict_of_its_file(case: Path) -> None:
    mine, theirs, verdict, differences = sections(case)
    found = compare_layouts(mine, theirs)
    assert (found.verdict, [line(difference) for difference in found.differences]) == (verdict, differences)
    assert compare_layouts(theirs, mine).verdict == verdict, "who attaches does not matter"


def test_all_verdicts_are_there() -> None:
    assert {sections(case)[2] for case in CASES} == {"same", "compatible", "different"}


def test_any_text_has_a_verdict() -> None:
    """Lines in any order, doubled, cut and mixed."""
    rng = random.Random(2)
    pairs = [sections(case)[:2] for case in CASES]
    lines = [line for pair in pairs for text in pair for line in text.split("\n")]
    verdicts: set[str] = set()
    for _ in range(5000):
        mine, text = rng.choice(pairs)
        theirs = text.split("\n")
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(theirs) + 1)
            theirs[at : at + rng.randint(0, 1)] = rng.choice([[], [rng.choice(lines)], [rng.choice(lines)[:5]]])
        found = compare_layouts(mine, "\n".join(theirs))
        verdicts.add(found.verdict)
        assert found.verdict != "different" or len(found.differences) == 1
    assert len(verdicts) == 3


def order(*lines: str, version: int = 1, size: int = 24) -> Message[bytes]:
    """A message of an id and what lies behind it."""
    text = "\n".join(["message Order 24 8", "0 8 u64 - id", *lines, "#ringgen 1", f"#package test {version}", ""])
    return Message.raw("Order", size, 8, fnv1a_128(text.encode()), text, version)


OLDER = order("8 16 reserved - _later")
NEWER = order("8 4 u32 - venue", "12 12 reserved - _later", version=2)


def attach(mine: Message[bytes], theirs: Message[bytes]) -> list[str]:
    """What is said to who expects `mine` and finds a ring of `theirs`."""
    with Ring.create(theirs, "test.orders", 8) as made:
        try:
            with Ring.attach(mine, "test.orders") as ring, ring.producer() as tx, ring.consumer() as rx:
                assert tx.warnings() == rx.warnings() == ring.warnings()
                return ring.warnings()
        finally:
            made.unlink()


def test_a_field_in_reserved_bytes_is_attached_to_with_a_warning() -> None:
    start = 'ring "test.orders": Order has another layout than the one expected here, and a compatible one: '
    with pytest.warns(ringgen.SchemaWarning) as caught:
        assert attach(NEWER, OLDER) == [f"{start}Order.venue is here `venue: u32 at 8`, in the ring `reserved`"]
        assert attach(OLDER, NEWER) == [f"{start}Order.venue is here `reserved`, in the ring `venue: u32 at 8`"]
    assert len(caught) == 2
    assert attach(NEWER, NEWER) == []


def test_a_warning_names_some_of_many_differences_and_lines_where_nothing_has_a_name() -> None:
    letters = order(*(f"{8 + index} 1 u8 - {letter}" for index, letter in enumerate("abcdefghijklmnop")))
    with pytest.warns(ringgen.SchemaWarning):
        (warning,) = attach(letters, OLDER)
        assert warning.count("in the ring `reserved`") == 8
        assert warning.endswith("in the ring `reserved`; and 8 more")
        (warning,) = attach(order("8 8 reserved - _a", "16 8 reserved - _b"), OLDER)
        assert warning.endswith(": here `8 8 reserved - _a`, in the ring `8 16 reserved - _later`")


def test_a_contradiction_is_named_and_not_what_may_differ() -> None:
    with pytest.raises(ringgen.LayoutMismatch) as caught:
        attach(NEWER, order("8 4 i32 - venue", "12 12 reserved - _later"))
    assert str(caught.value) == (
        'ring "test.orders": Order.venue differs: here `venue: u32 at 8`, in the ring `venue: i32 at 8`'
    )


def test_a_ring_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ringgen.NotARing, match="its header states payload size = 32"):
        attach(NEWER, order("8 16 reserved - _later", size=32))
    with pytest.raises(ringgen.NotARing, match="its header states payload alignment = 4"):
        attach(NEWER, Message.raw("Order", 24, 4, OLDER.layout_hash, OLDER.schema_text))


class Stop(ctypes.Structure):
    """As an older version of a schema would generate it: bytes at 4 and 8 to 16 are reserved."""

    _fields_ = (("a", ctypes.c_uint32), ("_r", ctypes.c_uint8 * 1), ("_p", ctypes.c_uint8 * 3), ("_s", ctypes.c_uint64))
    MESSAGE_NAME = "Stop"
    PACKAGE_VERSION = 1
    SIZE = 16
    ALIGN = 8
    SCHEMA_TEXT = (
        "message Stop 16 8\n0 4 u32 - a\n4 1 reserved - _r\n5 3 pad - _p\n8 8 struct:Rest 2 rest\nstruct Rest 4 1\n"
        "0 4 reserved - _s\n#ringgen 1\n"
    )
    LAYOUT_HASH = SCHEMA_HASH = fnv1a_128(SCHEMA_TEXT.encode()).hex()
    DTYPE = np.dtype({"names": ["a"], "formats": ["<u4"], "offsets": [0], "itemsize": 16})


def test_reserved_bytes_are_zero_whatever_lay_there() -> None:
    """A newer writer has left values in the slots; an older one that takes over knows nothing of them."""
    dirty = bytes(range(1, 17))
    older = Message.of(Stop)
    newer = Message.raw("Stop", 16, 8, older.layout_hash, older.schema_text)
    with Ring.create(newer, "test.stops", 4) as made, Ring.attach(older, "test.stops") as ring:
        with made.producer() as tx, made.consumer() as rx:
            tx.push_many([dirty] * 4)
            rx.pop_many(4)
            tx.detach()
        with ring.producer() as tx, ring.consumer() as rx:
            rows = tx.claim_rows(4)
            rows["a"] = 7
            del rows
            tx.commit()
            assert [bytes(stop) for stop in rx.pop_many(4)] == [b"\7" + bytes(15)] * 4
            array = np.frombuffer(dirty * 4, Stop.DTYPE)
            assert tx.push_many(array) == 4
            # Padding is not zeroed: nobody may put it to use.
            assert [bytes(stop) for stop in rx.pop_many(4)] == [dirty[:4] + b"\0" + dirty[5:8] + bytes(8)] * 4
            # A message that is handed on keeps what its sender wrote.
            assert tx.try_push_bytes(dirty)
            assert bytes(rx.pop() or b"") == dirty


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("message A 4 1\n0 4 u8 4 a\n", None),
        ("message A 4 1\n0 1 u8 - a\n1 3 pad - _p\n", None),
        ("message A 4 1\n0 1 u8 - a\n1 3 reserved - _r\n", Reserved(b"\xff\0\0\0")),
        ("message A 4 1\n0 4 struct:B 2 b\nstruct B 2 1\n0 1 reserved - _r\n1 1 u8 - x\n", Reserved(b"\0\xff\0\xff")),
        (
            "variant A 4 1 u8 2\n1 message:B B\n2 struct:C C\nmessage B 1 1\n0 1 reserved - _r\n"
            "struct C 2 1\n0 2 u16 - a\n",
            Reserved(b"\xff" * 4, (Variant(0, 1, {1: Reserved(b"\xff\0\0\0"), 2: Reserved(b"\xff\0\xff\xff")}),)),
        ),
        (
            "message M 4 1\n0 4 variant:A 2 as\nvariant A 2 1 u8 1\n5 message:B B\nmessage B 1 1\n0 1 reserved - _r\n",
            Reserved(
                b"\xff" * 4,
                (Variant(0, 1, {5: Reserved(b"\xff\0")}), Variant(2, 1, {5: Reserved(b"\xff\0")})),
            ),
        ),
        ("variant A 4 1 u8 1\n? message:B B\nmessage B 3 1\n0 3 reserved - _r\n", None),
        ("variant A 4 1 u8 1\n1 message:A A\n", Reserved(b"\xff" * 4, (Variant(0, 1, {1: Reserved(b"\xff" * 4)}),))),
        ("message A 4 1\n0 4 struct:A - a\n", None),
        ("message A 4 1\n0 9 reserved - _r\n", None),
        ("message A 8 1\n0 8 reserved - _r\n", None),
        ("", None),
        ("?", None),
    ],
)
def test_what_is_reserved_is_in_the_text(text: str, kept: Reserved | None) -> None:
    assert reserved(text, 4) == kept
    assert has_blanks(text) or kept is None


def test_claims_of_variants_are_zero() -> None:
    text = "variant Event 4 1 u8 1\n1 message:A A\nmessage A 1 1\n0 1 u8 - a\n#ringgen 1\n"
    event = Message.raw("Event", 4, 1, fnv1a_128(text.encode()), text)
    with Ring.create(event, "test.events", 2) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push_many([b"abcd", b"efgh"])
        rx.pop_many(2)
        slots = tx.claim(2)
        slots[0] = 1
        tx.commit()
        assert rx.pop_many(2) == [b"\1\0\0\0", b"\0\0\0\0"]


class Event(ctypes.Structure):
    """A variant with a gap behind the tag, of a message with a reserved byte, and of a message that holds a variant."""

    _fields_ = (("_tag", ctypes.c_uint8), ("_pad0", ctypes.c_uint8), ("_payload", ctypes.c_uint8 * 6))
    MESSAGE_NAME = "Event"
    PACKAGE_VERSION = 1
    SIZE = 8
    ALIGN = 2
    SCHEMA_TEXT = (
        "variant Event 8 2 u8 2\n1 message:Small Small\n2 message:Outer Outer\nmessage Small 4 2\n0 2 u16 - a\n"
        "2 1 reserved - _r\n3 1 pad - _p\nmessage Outer 6 1\n0 3 variant:Inner - inner\n3 3 u8 3 rest\n"
        "variant Inner 3 1 u8 1\n9 message:Byte Byte\nmessage Byte 1 1\n0 1 u8 - b\n#ringgen 1\n"
    )
    LAYOUT_HASH = SCHEMA_HASH = fnv1a_128(SCHEMA_TEXT.encode()).hex()
    DTYPE = np.dtype({"names": ["tag"], "formats": ["u1"], "offsets": [0], "itemsize": 8})


def test_arrays_of_variants_have_zeros_where_their_cases_have_no_name() -> None:
    with (
        Ring.create(Message.of(Event), "test.events", 4) as ring,
        ring.producer() as tx,
        ring.consumer() as rx,
    ):
        sent = [b"\1" + b"x" * 7, b"\2y\tzzuvw", b"\2y\7zzuvw", b"\3" + b"x" * 7]
        assert tx.push_many(np.frombuffer(b"".join(sent), Event.DTYPE)) == 4
        assert [bytes(event) for event in rx.pop_many(4)] == [
            b"\1\0xx\0x\0\0",  # The gap and the reserved byte, and what lies behind the case; padding stays.
            b"\2\0\tz\0uvw",  # What lies behind the case of the inner one.
            b"\2\0\7zzuvw",  # An inner tag, and an outer one, that nobody knows.
            b"\3" + b"x" * 7,
        ]
