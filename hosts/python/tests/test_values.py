"""Lists, null values, ranges and references into a slab: what setters take, and what peers may write."""

from __future__ import annotations

import ctypes
import math
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import case

lists: Any = case("lists")
nulls: Any = case("nulls-and-ranges")
notes: Any = case("text-and-blob")


def at(message: Any, name: str) -> bytes:
    """The bytes of a field."""
    (offset, size) = next(field[2:] for field in message.FIELDS if field[0] == name)
    return bytes(message)[offset : offset + size]


# Lists.


def test_a_list_is_its_length_and_its_elements_and_zeros() -> None:
    scan = lists.Scan(
        ranges=[1.5, 2.0],
        wide=(2**64 - 1,),
        colors=[lists.Color.RED, 9],
        points=[lists.Point(x=1, y=2)],
        names=["é"],
        keys=[b"abcd", b"efgh"],
        rows=[[1, 2, 3], (4, 5, 6)],
        flags=[True],
        type_=[7],
    )
    for name, length, elements in (
        ("ranges", 2, struct.pack("<2f24x", 1.5, 2)),
        ("wide", 1, struct.pack("<Q32x", 2**64 - 1)),
        ("colors", 2, b"\1\t\0"),
        ("points", 1, struct.pack("<2f8x", 1, 2)),
        ("names", 1, "é".encode().ljust(12, b"\0")),
        ("keys", 2, b"abcdefgh"),
        ("rows", 2, struct.pack("<6H", 1, 2, 3, 4, 5, 6)),
        ("flags", 1, b"\1"),
        ("type", 1, b"\7"),
    ):
        assert at(scan, f"{name}_len") == struct.pack("<I", length)
        assert at(scan, name) == elements
    assert scan.to_dict() == {
        "ranges": (1.5, 2.0),
        "wide": (2**64 - 1,),
        "colors": (lists.Color.RED, 9),
        "points": ({"x": 1.0, "y": 2.0},),
        "names": ("é",),
        "keys": (b"abcd", b"efgh"),
        "rows": ((1, 2, 3), (4, 5, 6)),
        "flags": (True,),
        "type_": (7,),
    }
    assert repr(lists.Scan(type_=[1])).endswith("flags=(), type_=(1,))")


def test_a_shorter_list_leaves_nothing_of_a_longer_one() -> None:
    scan = lists.Scan(ranges=[30] * 8, rows=[[9, 9, 9]] * 2, points=[lists.Point(x=9)] * 2)
    scan.ranges = (number for number in range(2))
    scan.rows = [[1, 2, 3]]
    scan.points = scan.points[1:]
    assert (scan.ranges, scan.rows) == ((0, 1), ((1, 2, 3),))
    assert at(scan, "ranges") == struct.pack("<2f24x", 0, 1)
    assert at(scan, "rows") == struct.pack("<3H6x", 1, 2, 3)
    assert at(scan, "points") == struct.pack("<2f8x", 9, 0)
    scan.ranges = []
    scan.ranges = np.array([], np.float32)
    assert (scan.ranges, at(scan, "ranges_len") + at(scan, "ranges")) == ((), bytes(36))


def test_elements_of_a_list_of_structs_are_views() -> None:
    scan = lists.Scan(points=[lists.Point(x=1), lists.Point(x=2)])
    scan.points[1].x = 5
    assert [point.x for point in scan.points] == [1, 5]


def test_what_a_list_can_not_hold_is_refused_and_changes_nothing() -> None:
    scan = lists.Scan(ranges=[1, 2], names=["a"], rows=[[1, 2, 3]], points=[lists.Point()])
    for name, value, error, text in (
        ("ranges", [0] * 9, ValueError, r"Scan\.ranges has room for 8 elements, not 9"),
        ("wide", range(6), ValueError, r"Scan\.wide has room for 5 elements, not 6"),
        ("ranges", [1, 30.51], ValueError, r"Scan\.ranges can't be 30\.51: it holds 0\.0 to 30\.5"),
        ("ranges", [math.nan], ValueError, r"Scan\.ranges can't be nan"),
        ("ranges", ["1"], TypeError, r"Scan\.ranges is a number"),
        ("wide", [1, 2, -1], ValueError, r"Scan\.wide can't be -1"),
        ("names", ["ab", "1234567"], ValueError, r"Scan\.names can't be '1234567': it has 7 bytes"),
        ("keys", [b"abc"], ValueError, r"Scan\.keys has 4 bytes, not 3"),
        ("rows", [[1, 2, 3], [4, 5]], ValueError, r"Scan\.rows has 3 elements, not 2"),
        ("rows", [[1, 2, 3], [4, 5, 65536]], ValueError, r"Scan\.rows can't be 65536"),
        ("points", [(1, 2)], TypeError, r"Scan\.points is a Point"),
        ("flags", [True, True], ValueError, r"Scan\.flags has room for 1 elements, not 2"),
        ("wide", 5, TypeError, "not iterable"),
    ):
        before = bytes(scan)
        with pytest.raises(error, match=text):
            setattr(scan, name, value)
        assert bytes(scan) == before
        with pytest.raises(error, match=text):
            lists.Scan(**{name: value})


def test_a_length_that_a_peer_made_up_is_never_out_of_range() -> None:
    rows = np.zeros(1, lists.Scan.DTYPE)
    for name in ("ranges", "wide", "colors", "points", "names", "keys", "rows", "flags", "type_"):
        rows[f"{name.rstrip('_')}_len"] = 2**32 - 1
        scan = lists.Scan.from_buffer_copy(rows[0])
        room = next(dtype.shape[0] for field, (dtype, _) in lists.Scan.DTYPE.fields.items() if field == name)
        assert len(getattr(scan, name)) == room
        with pytest.raises(ValueError, match=f"Scan.{name} has room for {room} elements, and says that it has 4294"):
            scan.validate()
        assert str(scan).startswith("Scan(ranges=(")
        assert len(scan.to_dict()[name]) == room
        rows[:] = 0


def test_both_parts_of_a_list_are_columns() -> None:
    rows = np.zeros(2, lists.Scan.DTYPE)
    rows["ranges_len"] = [1, 3]
    rows["ranges"][:, :3] = [1, 2, 3]
    assert [lists.Scan.from_buffer_copy(row).ranges for row in rows] == [(1,), (1, 2, 3)]
    assert not hasattr(lists.Scan, "ranges_len")


# Null.

BITS: dict[str, tuple[str, bytes, list[Any]]] = {
    "order": ("<Q", b"\xff" * 8, [0, 1, 2**64 - 2]),
    "maker": ("<Q", bytes(8), [1, 2**64 - 1]),
    "mid": ("<d", struct.pack("<d", math.nan), [0.25, 7, math.inf]),
    "mid32": ("<f", struct.pack("<f", math.nan), [-1.5, 0.0, -math.inf]),
    "worst": ("<f", struct.pack("<f", -1), [0.5, 99.0]),
    "side": ("<b", b"\x80", [1, -1, 0, 127, -127]),
}


@pytest.mark.parametrize("name", BITS)
def test_no_value_is_the_null_value(name: str) -> None:
    code, null, values = BITS[name]
    quote = nulls.Quote()
    assert getattr(quote, name) is None
    assert at(quote, name) == null == struct.pack(code, getattr(nulls.Quote, f"{name.upper()}_NULL"))
    for value in values:
        setattr(quote, name, value)
        assert getattr(quote, name) == value
        assert at(quote, name) == struct.pack(code, value)
        assert at(nulls.Quote(**{name: value}), name) == struct.pack(code, value)
        setattr(quote, name, None)
        assert at(quote, name) == null
        # As numpy would write it.
        setattr(quote, name, getattr(nulls.Quote, f"{name.upper()}_NULL"))
        assert getattr(quote, name) is None
    assert quote.to_dict()[name] is None
    assert f"{name}=None" in repr(quote)


def test_any_nan_is_no_value_and_is_kept() -> None:
    payload = struct.pack("<Q", 0xFFF8_0000_DEAD_BEEF)
    quote = nulls.Quote.from_buffer_copy(bytes(16) + payload + bytes(24))
    assert quote.mid is None
    (quote.mid,) = struct.unpack("<d", payload)
    assert at(quote, "mid") == payload


def test_an_enum_has_names_beside_null() -> None:
    quote = nulls.Quote(side=nulls.Side.SELL)
    assert quote.side is nulls.Side.SELL
    quote.side = 5
    assert (quote.side, isinstance(quote.side, nulls.Side)) == (5, False)


def test_zero_is_a_value_where_it_is_not_the_null_value() -> None:
    quote = nulls.Quote.from_buffer_copy(bytes(48))
    assert (quote.order, quote.maker, quote.mid, quote.mid32, quote.worst, quote.side) == (0, None, 0, 0, 0, 0)


def test_columns_are_compared_with_the_constant() -> None:
    rows = np.frombuffer(bytes(nulls.Quote(order=3)) + bytes(nulls.Quote(worst=2)), nulls.Quote.DTYPE)
    assert (rows["order"] == nulls.Quote.ORDER_NULL).tolist() == [False, True]
    assert (rows["worst"] == nulls.Quote.WORST_NULL).tolist() == [True, False]


# Ranges.


def test_values_out_of_range_are_refused_and_change_nothing() -> None:
    quote = nulls.Quote(small=5, depths=[1, 5, 1, 5])
    for name, value, text in (
        ("small", 6, r"Quote\.small can't be 6: it holds -5 to 5"),
        ("small", -6, r"Quote\.small can't be -6: it holds -5 to 5"),
        ("maker", -1, r"Quote\.maker can't be -1: it holds 1 to 18446744073709551615"),
        ("mid", 0.2499, r"Quote\.mid can't be 0\.2499: it holds 0\.25 to inf"),
        ("mid", -math.inf, r"Quote\.mid can't be -inf: it holds 0\.25 to inf"),
        ("worst", 0.09999, r"Quote\.worst can't be 0\.09999: it holds 0\.1 to 99\.9"),
        ("worst", 99.91, r"Quote\.worst can't be 99\.91: it holds 0\.1 to 99\.9"),
        ("worst", math.nan, r"Quote\.worst can't be nan"),
        ("depths", [1, 2, 0, 4], r"Quote\.depths can't be 0: it holds 1 to 5"),
        ("depths", [1, 2, 6, 4], r"Quote\.depths can't be 6: it holds 1 to 5"),
    ):
        before = bytes(quote)
        with pytest.raises(ValueError, match=text):
            setattr(quote, name, value)
        assert bytes(quote) == before
        with pytest.raises(ValueError, match=text):
            nulls.Quote(**{name: value})
    for name in ("small", "maker", "mid", "worst"):
        with pytest.raises(TypeError, match=f"Quote.{name} is a"):
            setattr(quote, name, "1")


def test_both_ends_of_a_range_are_in_it() -> None:
    quote = nulls.Quote(depths=[1, 1, 5, 5])
    for name, values in (
        ("small", (-5, 5)),
        ("mid", (0.25, math.inf)),
        ("worst", (0.1, 99.9)),
        ("maker", (1, 2**64 - 1)),
    ):
        for value in values:
            setattr(quote, name, value)
            assert getattr(quote, name) == (value if name != "worst" else np.float32(value))
            quote.validate()


def test_a_new_message_is_not_checked_and_can_be() -> None:
    quote = nulls.Quote()
    assert quote.depths == (0, 0, 0, 0)
    with pytest.raises(ValueError, match=r"Quote\.depths can't be 0: it holds 1 to 5"):
        quote.validate()
    quote.depths = [1, 2, 3, 4]
    quote.validate()


def test_what_a_peer_wrote_can_be_checked() -> None:
    def write(name: str, code: str, value: Any) -> Callable[[bytearray], None]:
        offset = next(field[2] for field in nulls.Quote.FIELDS if field[0] == name)
        return lambda data: struct.pack_into(code, data, offset, value)

    for change, text in (
        (write("small", "<b", 6), r"Quote\.small can't be 6"),
        (write("mid", "<d", 0.0), r"Quote\.mid can't be 0\.0"),
        (write("worst", "<f", math.nan), r"Quote\.worst can't be nan"),
        (write("depths", "<H", 6), r"Quote\.depths can't be 6"),
        (write("maker", "<Q", 0), None),
        (write("mid", "<d", math.nan), None),
        (write("worst", "<f", -1), None),
        (write("order", "<Q", 2**64 - 1), None),
    ):
        data = bytearray(nulls.Quote(depths=[1, 2, 3, 4]))
        change(data)
        quote = nulls.Quote.from_buffer(data)
        if text is None:
            quote.validate()
        else:
            with pytest.raises(ValueError, match=text):
                quote.validate()


def test_texts_of_a_peer_are_checked_too() -> None:
    texts: Any = case("arrays-and-text")
    of = next(
        of
        for of in vars(texts).values()
        if isinstance(of, type) and any(field[1].startswith("str[") for field in getattr(of, "FIELDS", ()))
    )
    message = of()
    message.validate()
    ctypes.memset(ctypes.addressof(message), 0xFF, of.SIZE)
    with pytest.raises(ValueError, match=rf"{of.__name__}\.\w+ holds b'\\xff.*, which is no UTF-8"):
        message.validate()


# References into a slab.


def test_references_are_zero_and_have_no_property() -> None:
    note = notes.Note(ts=1)
    assert bytes(note) == struct.pack("<I36x", 1)
    assert (note.to_dict(), repr(note)) == ({"ts": 1}, "Note(ts=1)")
    assert not any(hasattr(notes.Note, name) for name in ("body", "raw"))
    with pytest.raises(TypeError):
        notes.Note(body="text")
    dtype, offset = notes.Note.DTYPE.fields["body"][:2]
    assert (offset, dtype.itemsize, dtype.names) == (8, 16, ("pos", "len", "zero"))
    assert "`body` is a `text[4096]` in the slab of a ring" in notes.Note.__doc__


# Names.


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fields_may_be_called_as_what_generated_code_needs() -> None:
    names: Any = case("fields-are-called-as-what-generated-code-needs")
    values = {
        "t": (1, 2),
        "t_": 3,
        "ctypes": b"abcd",
        "abc": (4, 5),
        "np": 1.5,
        "os": (names.Inner(t=1), names.Inner()),
        "struct": "é",
        "text": 6,
        "deprecated": names.Kind.A,
        "enum": 5,
        "value": 7,
        "item": (8, 9),
        "items": ((1, 2), (3, 4)),
        "rows": ((1, 2), (3, 4)),
        "min": (names.Inner(t=9),),
        "len": 1,
        "range": 3,
        "warnings": 4,
        "stacklevel": 5,
        "timeout": 6,
        "message": 7,
        "hasattr": 8,
    }
    sample = names.Sample(**values)
    sample.validate()
    for name, value in values.items():
        read = getattr(sample, name)
        assert (tuple(read) if name == "os" else read) == value
    with names.Samples.create(capacity=2) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(**values, timeout_=1)
        assert tx.try_push(sample)
        assert rx.pop() == rx.pop() == sample
        tx.push(range=4)
        assert [inner.t for inner in rx.pop().os] == [None, None]
        with pytest.raises(ValueError, match=r"Sample\.range can't be 0: it holds 3 to 4"):
            tx.push(**(values | {"range": 0}))
    with names.Plains.create(capacity=2) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(timeout=1, data=b"abc", memoryview_=2)
        with pytest.raises(ValueError, match=r"Plain\.timeout can't be 0: it holds 1 to 2"):
            tx.try_push(data=b"abc")
        assert rx.pop() == names.Plain(timeout=1, data=b"abc", memoryview_=2)
    with names.Events.create(capacity=2) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(sample)
        assert rx.pop().value == sample
