"""The reading side of a ring."""

from __future__ import annotations

import mmap
from _thread import get_ident
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeVar

from . import layout
from .rows import array_over, dtype_of, revoke
from .side import Side

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

T = TypeVar("T")

_TICKET: Final = layout.TICKET // 4
_WANT: Final = layout.WANT // 8


class Consumer(Side[T]):
    """Takes messages. Verbs that begin with `try_` never wait; others wait for a message, at most for their timeout.

    Waiting raises `PeerDied` once the producer is dead and everything it published has been taken; it may be repeated.
    The end of the stream is a value: None, or an empty batch. Iteration stops there.
    """

    __slots__ = ("_rows",)

    ROLE = "consumer"
    PEER = "producer"
    _BYTE = layout.LOCK_CONSUMER
    _PEER_BYTE = layout.LOCK_PRODUCER
    _SLOTS_ACCESS = mmap.ACCESS_READ
    _LEFT = layout.STATE_DETACHED
    _BATCH = "peek"
    _SETTLE = "release"

    @staticmethod
    def _my_block(geometry: layout.Geometry) -> int:
        return geometry.consumer_block

    @staticmethod
    def _peer_block(geometry: layout.Geometry) -> int:
        return geometry.producer_block

    def _cursors(self) -> tuple[int, int]:
        return self._mine64[0], self._peer64[0]

    def _claim(self) -> None:
        super()._claim()
        self._rows: memoryview | npt.NDArray[np.void] | None = None

    @property
    def ended(self) -> bool:
        """Whether the producer has closed and everything it pushed has been taken."""
        self._enter()
        # The state first: what is published behind it is seen, for a producer publishes before it closes.
        return self._peer_state() == layout.STATE_CLOSED and not self._refresh()

    # One message.

    def try_pop(self) -> T | None:
        """Takes a message; None if there is none now."""
        if get_ident() != self._owner:
            self._admit()
        head = self._head
        if head == self._tail and not self._look():
            return None
        message = self._message.decode(self._slots, (head & self._mask) * self._size)
        # The body of `_release`: the call would be a tenth of the whole pop.
        self._head = head = head + 1
        self._mine64[0] = head  # SYNC(head): gives the slot back
        if self._fenced:
            self._fence()
        ticket = self._peer32[_TICKET]
        if ticket & 1 and ticket != self._woken and head >= self._peer64[_WANT]:
            self._notify(ticket)
        return message

    def pop(self, timeout: float | None = None) -> T | None:
        """Takes a message; waits for one, at most `timeout` seconds. None at the end of the stream alone."""
        message = self.try_pop()
        return self.wait_and_pop(timeout) if message is None else message

    def wait_and_pop(self, timeout: float | None = None) -> T | None:
        """As `pop`, behind a `try_pop` that has just found nothing."""
        self._enter()
        while self._wait_for_message(timeout):
            if (message := self.try_pop()) is not None:
                return message
        return None

    def __iter__(self) -> Iterator[T]:
        """All messages until the end of the stream."""
        while (message := self.pop()) is not None:
            yield message

    # Batches.

    def try_pop_many(self, count: int) -> list[T]:
        """Takes up to `count` messages that are there now."""
        size = self._size
        data, some = self._copy(count)
        decode = self._message.decode
        return [decode(data, start) for start in range(0, some * size, size)]

    def pop_many(self, count: int, timeout: float | None = None) -> list[T]:
        """Takes 1 to `count` messages; waits for the first, at most `timeout` seconds. Empty at the end alone."""
        while not (messages := self.try_pop_many(count)) and self._wait_for_message(timeout):
            pass
        return messages

    def try_pop_rows(self, count: int) -> npt.NDArray[np.void]:
        """As `try_pop_many`, as a structured array of its own."""
        dtype = dtype_of(self._message)
        return array_over(self._copy(count)[0], dtype)

    def pop_rows(self, count: int, timeout: float | None = None) -> npt.NDArray[np.void]:
        """As `pop_many`, as a structured array of its own."""
        while not len(rows := self.try_pop_rows(count)) and self._wait_for_message(timeout):
            pass
        return rows

    def _copy(self, count: int) -> tuple[bytearray, int]:
        if get_ident() != self._owner:
            self._admit()
        if count < 1:
            raise ValueError(f"can't take {count} messages")
        head = self._head
        if head + count > self._tail:
            self._look()
            count = min(count, self._tail - head)
        size = self._size
        start = head & self._mask
        run = min(count, self._capacity - start)
        data = bytearray(self._view[start * size : (start + run) * size])
        if run < count:
            data += self._view[: (count - run) * size]
        if count:
            self._release(head + count)
        return data, count

    # In place.

    def try_peek(self, count: int) -> memoryview | None:
        """The bytes of 1 to `count` messages side by side, still in the ring; None if there is none now."""
        if get_ident() != self._owner:
            self._admit()
        if count < 1:
            raise ValueError(f"can't peek at {count} messages")
        head = self._head
        if head + count > self._tail and not self._look():
            return None
        start = head & self._mask
        count = min(count, self._tail - head, self._capacity - start)
        self._open_batch(count)
        self._rows = self._view[start * self._size : (start + count) * self._size]
        return self._rows

    def peek(self, count: int, timeout: float | None = None) -> memoryview | None:
        """As `try_peek`, but waits for a message, at most `timeout` seconds. None at the end of the stream alone."""
        while (slots := self.try_peek(count)) is None and self._wait_for_message(timeout):
            pass
        return slots

    def try_peek_rows(self, count: int) -> npt.NDArray[np.void] | None:
        """As `try_peek`, as a read-only structured array over the slots themselves."""
        dtype = dtype_of(self._message)
        slots = self.try_peek(count)
        if slots is None:
            return None
        self._rows = rows = array_over(slots, dtype)
        return rows

    def peek_rows(self, count: int, timeout: float | None = None) -> npt.NDArray[np.void] | None:
        """As `try_peek_rows`, but waits for a message. None at the end of the stream alone."""
        while (rows := self.try_peek_rows(count)) is None and self._wait_for_message(timeout):
            pass
        return rows

    def release(self, count: int | None = None) -> None:
        """Gives the first `count` of the peeked slots back, all without a number. Their view is not to be used then:
        the producer writes there again."""
        count = self._settle_batch(count)
        rows, self._rows = self._rows, None
        revoke(rows)
        if count:
            self._release(self._head + count)

    # Behind the verbs.

    def _release(self, head: int) -> None:
        self._head = head
        self._mine64[0] = head  # SYNC(head): gives the slots back
        if self._fenced:
            self._fence()
        ticket = self._peer32[_TICKET]
        if ticket & 1 and ticket != self._woken and head >= self._peer64[_WANT]:
            self._notify(ticket)

    def _refresh(self) -> bool:
        """Looks at the producer's cursor. Whether there are messages."""
        tail = self._peer64[0]  # SYNC(tail): sees the slots
        head = self._head
        if tail < self._tail:
            raise self._corrupt(f"the producer went back from {self._tail} to {tail}")
        if tail - head > self._capacity or tail > layout.MAX_POSITION:
            raise self._corrupt_cursors(head, tail)
        self._tail = tail
        self._saw_depth(tail - head)
        return tail != head

    def _ready(self) -> bool:
        # A producer publishes, then closes: behind its state the last of its messages is seen.
        return self._refresh() or (self._peer_state() == layout.STATE_CLOSED)

    def _wait_for_message(self, timeout: float | None) -> bool:
        """Whether a message came; False at the end of the stream."""
        self._wait_until_ready(timeout)
        return self._refresh()

    def _waits_in_vain(self) -> str:
        return "no message came"

    def close(self) -> None:
        """Gives the role back. The stream goes on: another consumer may take the role and go on where this one was."""
        self._leave_from_thread(layout.STATE_DETACHED)
