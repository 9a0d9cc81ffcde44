"""Rings of messages and variants that another package declares, and whom warnings of theirs blame."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from imports_within_a_package import example, items, t


def refused(use: Callable[[], object], error: type[Exception]) -> str:
    try:
        use()
    except error as raised:
        return str(raised)
    raise AssertionError("nothing was refused")


def warned(use: Callable[[], object]) -> str:
    """The one warning, which is one of this file and of the line that `use` is written in."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        use()
    (warning,) = caught
    assert (warning.category, warning.filename) == (DeprecationWarning, __file__), warning
    assert warning.lineno == use.__code__.co_firstlineno, warning
    return str(warning.message)


def told(event: items.Event) -> str:
    match event.value:
        case items.Tick(count=count, at=at):
            return f"tick {count} at {at.ns}"
        case items.Stop(at=at):
            return f"stop at {at.ns}"
        case items.UnknownEvent(tag, data):
            return f"unknown {tag}: {data!r}"


at = t.Instant(ns=5)
stop = items.Stop(at=at)

# A message of an imported package: by keywords, checked, and with the null value of what is nested in it.
with example.Ticks.create(capacity=4) as ticks, ticks.producer() as tx, ticks.consumer() as rx:
    tx.push(at=at, count=2)
    tx.push(items.Tick(count=3))
    assert tx.try_push(count=4)
    assert [(tick.count, tick.at.ns) for tick in rx.try_pop_many(3)] == [(2, 5), (3, None), (4, None)]
    assert refused(lambda: tx.push(count=10), ValueError) == "Tick.count can't be 10: it holds 1 to 9"
    assert refused(lambda: tx.push(at=at), ValueError) == "Tick.count can't be 0: it holds 1 to 9"
    assert refused(lambda: tx.push(count=1, at=stop), TypeError).startswith("Tick.at is a Instant, not Stop(")
    assert warned(lambda: tx.push(count=1, old=7)) == "`Tick.old` is deprecated since version 2"
    assert warned(lambda: tx.try_push(count=1, old=0)) == "`Tick.old` is deprecated since version 2"
    assert [bytes(tick)[8:12] for tick in rx.try_pop_many(2)] == [b"\7\0\0\0", bytes(4)]
    assert tx.position() == 5
    ticks.unlink()

# A variant of an imported package.
with example.Events.create(capacity=8) as events, events.producer() as tx, events.consumer() as rx:
    tx.push(items.Tick(at=at, count=1))
    tx.push(items.UnknownEvent(9, b"x"))
    assert warned(lambda: tx.push(stop)) == "`EventTag.STOP` is deprecated since version 3"
    assert warned(lambda: tx.try_push(stop)) == "`EventTag.STOP` is deprecated since version 3"
    assert warned(lambda: tx.push_many([items.Tick(count=2), stop])) == "`EventTag.STOP` is deprecated since version 3"
    assert warned(lambda: tx.try_push_many([stop])) == "`EventTag.STOP` is deprecated since version 3"
    assert refused(lambda: tx.push(example.Note()), TypeError) == "Note is no case of Event"
    tx.close()
    assert list(map(told, rx)) == [
        "tick 1 at 5",
        "unknown 9: " + repr(b"x" + bytes(15)),
        "stop at 5",
        "stop at 5",
        "tick 2 at None",
        "stop at 5",
        "stop at 5",
    ]
    events.unlink()

event = items.Event()
assert warned(lambda: setattr(event, "value", stop)) == "`EventTag.STOP` is deprecated since version 3"

# What another package declares, within a message of this one.
with example.Notes.create(capacity=2) as notes, notes.producer() as tx, notes.consumer() as rx:
    tx.push(at=at, event=items.Event(items.Tick(count=9)), side=items.Side.BUY)
    tx.push()
    note, empty = rx.try_pop_many(2)
    assert (note.at, told(note.event), note.side) == (at, "tick 9 at None", items.Side.BUY)
    assert (empty.at.ns, empty.event.tag, empty.side) == (None, 0, 0)
    assert empty == example.Note() == example.Note(at=t.Instant())
    note.validate()
    note.event = items.Event.from_buffer_copy(b"\1" + bytes(23))
    assert refused(note.validate, ValueError) == "Tick.count can't be 0: it holds 1 to 9"
    notes.unlink()

assert not hasattr(example.Note, "DTYPE"), "a package without numpy is nested in it"
print("all of it holds")
