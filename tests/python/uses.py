"""What type checkers make of generated modules, in the hands of who uses them. Lines with a comment that silences a
checker are mistakes that it must find: both checkers report silence that is not needed."""

from __future__ import annotations

from typing import assert_type

from history_of_members.example import Side, Trade
from imports_within_a_package.example import Events as ImportedEvents
from imports_within_a_package.items import Event as ImportedEvent
from imports_within_a_package.items import Stop, Tick
from imports_within_a_package.items import UnknownEvent as UnknownImported
from lists.example import Color, Point, Scan
from nulls_and_ranges.example import Quote
from nulls_and_ranges.example import Side as Way
from text_and_blob.example import Note
from variants.example import Book, Event, Events, EventTag, EventValue, Frame, Heartbeat, Level, UnknownEvent, Wide


def narrows(event: Event) -> int:
    """`match` takes the union apart, and knows when nothing is left."""
    assert_type(event.value, Book | Heartbeat | Level | UnknownEvent)
    match event.value:
        case Book(levels=levels):
            return levels[0].price
        case Heartbeat() as heartbeat:
            return assert_type(heartbeat.count, int)
        case Level(price=price, quantity=quantity):
            return assert_type(price, int) + quantity
        case UnknownEvent(tag, data):
            return assert_type(tag, int) + len(assert_type(data, bytes))


def misses_a_case(event: Event) -> int:  # type: ignore[return]  # pyright: ignore[reportReturnType]
    match event.value:  # pyright: ignore[reportMatchNotExhaustive]
        case Book() | Heartbeat() | UnknownEvent():
            return 0


def narrows_by_isinstance(value: EventValue) -> bytes:
    if isinstance(value, UnknownEvent):
        return value.data
    return bytes(assert_type(value, Book | Heartbeat | Level))


def tags(event: Event) -> str:
    assert_type(event.tag, EventTag | int)
    match event.tag:
        case EventTag.BOOK:
            return "book"
        case EventTag() as tag:
            return tag.name
        case number:
            return hex(number)


def writes(event: Event, frame: Frame) -> None:
    event.value = Book(levels=[Level(price=1), Level()])
    event.value = UnknownEvent(9, b"")
    event.value = Frame()  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    Event(Level(), EventTag.WORST)
    Event("book")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    frame.first = Event(Heartbeat(count=1))
    frame.more = [Wide(Heartbeat())]
    assert_type(frame.more, tuple[Wide, ...])
    assert_type(Event.pack(Book()), bytes)


def travels(ring: Events) -> None:
    with ring.producer() as tx, ring.consumer() as rx:
        tx.push(Book())
        tx.push(Event(Book()), timeout=1.0)
        tx.push(Frame())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        assert_type(tx.try_push(Heartbeat()), bool)
        tx.push_many([Book(), Heartbeat(), Event(Level(), EventTag.WORST)])
        rows = tx.claim(4)
        rows["tag"] = EventTag.BOOK
        Event.rows_as(rows, Book)["levels"] = 0
        Event.rows_as(rows, Frame)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        assert_type(rx.pop(), Event | None)
        for event in rx:
            narrows(event)


def lists(scan: Scan) -> None:
    assert_type(scan.ranges, tuple[float, ...])
    assert_type(scan.colors, tuple[Color | int, ...])
    assert_type(scan.points, tuple[Point, ...])
    assert_type(scan.rows, tuple[tuple[int, ...], ...])
    scan.ranges = (number / 2 for number in range(3))
    scan.names = [1]  # type: ignore[list-item]  # pyright: ignore[reportAttributeAccessIssue]
    scan.validate()


def nulls(quote: Quote) -> None:
    assert_type(quote.order, int | None)
    assert_type(quote.mid, float | None)
    assert_type(quote.side, Way | int | None)
    assert_type(Quote.ORDER_NULL, int)
    quote.mid = None
    quote.small = None  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    Quote(order=None, mid=1.5, side=Way.BUY)


def history(trade: Trade) -> None:
    assert_type(trade.side, Side | int)
    print(trade.id)  # pyright: ignore[reportDeprecated]
    trade.id = 1  # type: ignore[deprecated]  # pyright: ignore[reportDeprecated]


def references(note: Note) -> None:
    Note(ts=1)
    Note(body="text")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    note.validate()


def narrows_what_is_imported(event: ImportedEvent) -> int:
    match event.value:
        case Tick(count=count):
            return assert_type(count, int)
        case Stop() | UnknownImported():
            return 0


def imports(ring: ImportedEvents) -> None:
    with ring.producer() as tx, ring.consumer() as rx:
        tx.push(Tick(count=1))
        tx.push(Book())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        assert_type(rx.try_pop(), ImportedEvent | None)
