"""Variants: what one holds, telling cases apart, unknown ones, rings of them, and numpy."""

from __future__ import annotations

import copy
import pickle
import struct
import warnings
from typing import Any

import numpy as np
import pytest
from conftest import case
from ringgen import Message, Ring

v: Any = case("variants")
# The payload of an Event lies behind 62 bytes of padding; 64 bytes are there for the largest case.
PAYLOAD = 64


def told(event: Any) -> str:
    """What a program makes of an event."""
    match event.value:
        case v.Book(levels=levels):
            return f"book from {levels[0].price}"
        case v.Heartbeat(count=count):
            return f"heartbeat {count}"
        case v.Level(price=price):
            return f"{event.tag.name} at {price}"
        case v.UnknownEvent(tag, data):
            return f"unknown {tag}: {data.rstrip(bytes(1))!r}"
    raise AssertionError(event)


def test_the_bytes_are_the_tag_and_the_case_and_zeros() -> None:
    book = v.Book(levels=[v.Level(price=-1, quantity=2), v.Level(price=3)])
    for event, tag, payload in (
        (v.Event(book), 7, bytes(book)),
        (v.Event(v.Heartbeat(count=9)), 0, b"\11"),
        (v.Event(v.Level(price=5), v.EventTag.WORST), 3, struct.pack("<qI4x", 5, 0)),
        (v.Event(v.UnknownEvent(1000, b"abc")), 1000, b"abc"),
        (v.Event(), 0, b""),
    ):
        data = struct.pack("<H62x", tag) + payload.ljust(64, b"\0")
        assert bytes(event) == data == v.Event.pack(event)
        assert v.Event.from_buffer_copy(data) == event
        assert event.tag == tag
    assert bytes(v.Wide(v.Heartbeat(count=1))) == b"\xff" * 8 + b"\1" + bytes(7)


def test_match_tells_cases_apart() -> None:
    assert told(v.Event(v.Book(levels=[v.Level(price=4), v.Level()]))) == "book from 4"
    assert told(v.Event(v.Heartbeat(count=3))) == "heartbeat 3"
    assert told(v.Event(v.Level(price=2), v.EventTag.WORST)) == "WORST at 2"
    assert told(v.Event(v.UnknownEvent(77, b"?"))) == "unknown 77: b'?'"


def test_tags_are_open() -> None:
    assert v.Event(v.Book()).tag is v.EventTag.BOOK
    unknown = v.Event.from_buffer_copy(struct.pack("<H", 12345) + b"x" * 126)
    assert unknown.tag == 12345
    assert not isinstance(unknown.tag, v.EventTag)
    # All of its bytes are there, and it can be handed on.
    assert unknown.value == v.UnknownEvent(12345, b"x" * 64)
    again = v.Event(unknown.value)
    assert (again.tag, bytes(again)[PAYLOAD:]) == (12345, b"x" * 64)
    assert v.Wide.from_buffer_copy(b"\xff" * 7 + b"\x7f" + bytes(8)).tag == 2**63 - 1


def test_what_it_holds_is_a_view_until_it_holds_something_else() -> None:
    event = v.Event(v.Book())
    event.value.levels[1].price = 8
    assert told(event) == "book from 0"
    assert event.value.levels[1].price == 8
    book = event.value
    book.levels[0].price = 5
    assert told(event) == "book from 5"
    original = v.Heartbeat(count=1)
    event.value = original
    original.count = 2
    assert told(event) == "heartbeat 1"
    assert bytes(event)[PAYLOAD + 1 :] == bytes(63)
    # A view outlives its event, and an event can be given what it holds itself.
    event.value = event.value
    view = event.value
    del event
    assert view.count == 1


def test_what_is_no_case_is_refused_and_changes_nothing() -> None:
    event = v.Event(v.Heartbeat(count=1))
    before = bytes(event)
    for value, error, text in (
        (v.Frame(), TypeError, "Frame is no case of Event"),
        ("book", TypeError, "str is no case of Event"),
        (None, TypeError, "NoneType is no case of Event"),
        (v.Level(), TypeError, "Level is more than one case of Event: say which with `tag`"),
        (v.UnknownEvent(7, b""), ValueError, "Event has a name for the tag 7, which stands for no bytes"),
        (v.UnknownEvent(65536, b""), ValueError, r"Event\.tag can't be 65536: it holds 0 to 65535"),
        (v.UnknownEvent("9", b""), TypeError, r"Event\.tag is an integer, not '9'"),
        (v.UnknownEvent(9, bytes(65)), ValueError, "Event has room for 64 bytes, not 65"),
        (v.UnknownEvent(9, "text"), TypeError, "bytes-like object is required"),
    ):
        with pytest.raises(error, match=text):
            event.value = value
        if value is not None:
            with pytest.raises(error, match=text):
                v.Event(value)
        assert bytes(event) == before
    for value, tag in ((v.Book(), v.EventTag.WORST), (v.Level(), v.EventTag.BOOK), (v.Level(), 99)):
        with pytest.raises(TypeError, match=r"Event holds no (Book|Level) under the tag"):
            v.Event(value, tag)
    with pytest.raises(AttributeError):
        event.tag = 3


def test_it_is_compared_copied_pickled_and_shown() -> None:
    event = v.Event(v.Level(price=1, quantity=2), v.EventTag.WORST)
    assert event == copy.copy(event) == pickle.loads(pickle.dumps(event)) == copy.deepcopy(event)
    assert event != v.Event(v.Level(price=1, quantity=3), v.EventTag.WORST)
    assert pickle.loads(pickle.dumps(event.value)) == v.Level(price=1, quantity=2)
    assert repr(event) == "Event(Level(price=1, quantity=2), tag=EventTag.WORST)"
    assert event.to_dict() == {"tag": v.EventTag.WORST, "value": {"price": 1, "quantity": 2}}
    wide = v.Wide(v.UnknownWide(1, b"ab"))
    assert repr(wide) == r"Wide(UnknownWide(tag=1, data=b'ab\x00\x00\x00\x00\x00\x00'))"
    assert wide.to_dict() == {"tag": 1, "value": b"ab" + bytes(6)}
    assert repr(v.Wide(v.Heartbeat(count=5))) == "Wide(Heartbeat(count=5))"


def test_structs_hold_variants() -> None:
    frame = v.Frame(first=v.Event(v.Heartbeat(count=6)), more=[v.Wide(v.Heartbeat(count=7))])
    assert told(frame.first) == "heartbeat 6"
    assert [wide.value for wide in frame.more] == [v.Heartbeat(count=7)]
    frame.first.value = v.Book(levels=[v.Level(price=1), v.Level()])
    frame.rest[1].value = v.Heartbeat(count=8)
    assert told(frame.first) == "book from 1"
    assert [wide.tag for wide in frame.rest] == [0, v.WideTag.HEARTBEAT]
    assert frame.to_dict()["rest"][1]["value"] == {"count": 8}
    with pytest.raises(TypeError, match=r"Frame\.first is a Event"):
        frame.first = v.Book()


def test_rings_take_cases_and_give_variants() -> None:
    with v.Events.create(capacity=8) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(v.Book(levels=[v.Level(price=1), v.Level()]))
        assert tx.try_push(v.Heartbeat(count=2))
        tx.push(v.Event(v.Level(price=3), v.EventTag.WORST), timeout=1)
        assert tx.push_many([v.UnknownEvent(99, b"new"), v.Event(v.Book()), v.Heartbeat(count=5)]) == 3
        assert tx.try_push_many(iter([v.Heartbeat(count=6)])) == 1
        for wrong in (v.Level(), v.Frame(), "book"):
            for push in (tx.push, tx.try_push, lambda message: tx.push_many([v.Book(), message])):
                with pytest.raises(TypeError, match="of Event"):
                    push(wrong)
        assert tx.position() == 7
        tx.close()
        assert [told(event) for event in rx] == [
            "book from 1",
            "heartbeat 2",
            "WORST at 3",
            "unknown 99: b'new'",
            "book from 0",
            "heartbeat 5",
            "heartbeat 6",
        ]
        assert rx.pop() is None


def test_a_small_case_leaves_nothing_of_a_large_one() -> None:
    with v.Events.create(capacity=1) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(v.Book(levels=[v.Level(price=-1, quantity=2**32 - 1)] * 2))
        rx.pop()
        tx.push(v.Heartbeat(count=1))
        assert bytes(rx.pop()) == bytes(64) + b"\1" + bytes(63)


def test_rows_of_one_case_are_views() -> None:
    assert v.Event.DTYPE.names == ("tag", "payload")
    with v.Events.create(capacity=8) as ring, ring.producer() as tx, ring.consumer() as rx:
        rows = tx.claim(4)
        rows["tag"] = [v.EventTag.BOOK, v.EventTag.HEARTBEAT, v.EventTag.BOOK, 9]
        books = v.Event.rows_as(rows, v.Book)
        assert books.dtype == v.Book.DTYPE
        books["levels"]["price"][rows["tag"] == v.EventTag.BOOK, 0] = [10, 20]
        v.Event.rows_as(rows, v.Heartbeat)["count"][1] = 7
        rows["payload"][3, :2] = [1, 2]
        del books
        tx.commit()
        tx.push(v.Heartbeat(count=8))
        seen = rx.peek(5)
        assert v.Event.rows_as(seen, v.Book)[seen["tag"] == v.EventTag.BOOK]["levels"]["price"][:, 0].tolist() == [
            10,
            20,
        ]
        beats = v.Event.rows_as(seen, v.Heartbeat)[seen["tag"] == v.EventTag.HEARTBEAT]
        assert beats["count"].tolist() == [7, 8]
        assert not v.Event.rows_as(seen, v.Book).flags.writeable
        rx.release(0)
        assert [told(event) for event in (rx.pop(), rx.pop(), rx.pop(), rx.pop())] == [
            "book from 10",
            "heartbeat 7",
            "book from 20",
            r"unknown 9: b'\x01\x02'",
        ]
        rows = np.zeros(2, v.Event.DTYPE)
        rows["tag"] = v.EventTag.BOOK
        assert tx.push_many(rows) == 2
        assert rx.pop_many(3)["tag"].tolist() == [0, 7, 7]
    frames = np.frombuffer(bytes(v.Frame(first=v.Event(v.Heartbeat(count=3)))), v.Frame.DTYPE)
    assert v.Event.rows_as(frames["first"], v.Heartbeat)["count"].tolist() == [3]


def test_arrays_of_a_variant_hold_no_bytes_that_have_no_name() -> None:
    with v.Events.create(capacity=2) as ring, ring.producer() as tx, ring.consumer() as rx:
        rows = np.full(2, b"\xff" * 128, "V128").view(v.Event.DTYPE)
        rows["tag"] = [v.EventTag.HEARTBEAT, 9]
        tx.push_many(rows)
        first, second = rx.pop(), rx.pop()
        assert bytes(first) == bytes(64) + b"\xff" + bytes(63)
        assert second.value == v.UnknownEvent(9, b"\xff" * 64)


def test_a_deprecated_case_warns_who_writes_it() -> None:
    tag = v.EventTag(65535)
    value = v.Level(price=1)
    for write in (lambda: v.Event(value, tag), lambda: v.Event.pack(value, tag)):
        with pytest.warns(DeprecationWarning, match=r"`EventTag\.BEST` is deprecated since version 3") as caught:
            write()
        assert [warning.filename for warning in caught] == [__file__]
    old = v.Event.from_buffer_copy(struct.pack("<H62xqI52x", 65535, 1, 0))
    with warnings.catch_warnings(), v.Events.create(capacity=8) as ring, ring.producer() as tx, ring.consumer() as rx:
        warnings.simplefilter("error")
        # Whoever made this has been warned; it is handed on, and read.
        tx.push(old)
        assert told(rx.pop()) == "BEST at 1"
        assert old.value == value


def test_the_name_of_a_deprecated_case_warns_and_its_number_does_not() -> None:
    with pytest.warns(DeprecationWarning, match=r"`EventTag\.BEST` is deprecated since version 3") as caught:
        assert v.EventTag.BEST == 65535
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert v.EventTag(65535).name == "BEST"
        assert [tag.value for tag in v.EventTag] == [7, 0, 65535, 3]
        assert v.Event.from_buffer_copy(b"\xff" * 128).tag.name == "BEST"


def test_nothing_is_wrong_with_unknown_tags() -> None:
    v.Event(v.Book()).validate()
    v.Event.from_buffer_copy(b"\x01" * 128).validate()


def test_a_variant_is_a_message_of_its_own() -> None:
    message = Message.of(v.Event)
    assert (message.name, message.size, message.align) == ("Event", 128, 64)
    with Ring.create(message, "test.raw_events", 2) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(v.Event(v.Heartbeat(count=4)))
        event = rx.pop()
        assert isinstance(event, v.Event)
        assert told(event) == "heartbeat 4"
