"""The writing side of a ring."""

from __future__ import annotations

import mmap
from _thread import get_ident
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, TypeVar, cast

from . import layout
from .errors import Detached, PeerDied, Timeout
from .reserved import has_blanks, reserved
from .rows import array_over, dtype_of, revoke, without_reserved
from .side import Side

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from _typeshed import ReadableBuffer

T = TypeVar("T")

_TICKET: Final = layout.TICKET // 4


class Producer(Side[T]):
    """Writes messages. Verbs that begin with `try_` never wait; others wait for room, at most for their timeout.

    Waiting raises `Detached` or `PeerDied` once there is no consumer to make room, and may be repeated.
    """

    __slots__ = ("_has_blanks", "_limit", "_reserved", "_rows")

    ROLE = "producer"
    PEER = "consumer"
    _BYTE = layout.LOCK_PRODUCER
    _PEER_BYTE = layout.LOCK_CONSUMER
    _SLOTS_ACCESS = mmap.ACCESS_WRITE
    _LEFT = layout.STATE_CLOSED
    _BATCH = "claim"
    _SETTLE = "commit"

    @staticmethod
    def _my_block(geometry: layout.Geometry) -> int:
        return geometry.producer_block

    @staticmethod
    def _peer_block(geometry: layout.Geometry) -> int:
        return geometry.consumer_block

    def _cursors(self) -> tuple[int, int]:
        return self._peer64[0], self._mine64[0]

    def _claim(self) -> None:
        super()._claim()
        self._limit = self._head + self._capacity
        self._rows: memoryview | npt.NDArray[np.void] | None = None
        self._has_blanks = has_blanks(self._message.schema_text)
        self._reserved = reserved(self._message.schema_text, self._size)

    # One message.

    def try_push(self, message: T) -> bool:
        """Pushes a message, unless the ring is full. Whether it did."""
        if type(message) is not self._message.python_type:
            self._check(message)
        return self.try_push_bytes(cast("bytes", message))

    def push(self, message: T, timeout: float | None = None) -> None:
        """Pushes a message; waits for room, at most `timeout` seconds."""
        if type(message) is not self._message.python_type:
            self._check(message)
        while not self.try_push_bytes(cast("bytes", message)):
            self._wait_until_ready(timeout)

    def try_push_bytes(self, data: bytes) -> bool:
        """Pushes the bytes of a message, unless the ring is full. Whether it did.

        This is what generated modules push fields by. Any object with a buffer will do, if it has the right length.
        """
        if get_ident() != self._owner:
            self._admit()
        tail = self._tail
        if tail >= self._limit and not self._look():
            return False
        size = self._size
        start = (tail & self._mask) * size
        try:
            self._slots[start : start + size] = data
        except IndexError:
            raise ValueError(f"a {self._message.name} has {size} bytes, and this one has not") from None
        # The body of `_publish`: the call would be a tenth of the whole push.
        self._tail = tail = tail + 1
        self._mine64[0] = tail  # SYNC(tail): publishes the slot
        if self._fenced:
            self._fence()
        ticket = self._peer32[_TICKET]
        if ticket & 1 and ticket != self._woken:
            self._notify(ticket)
        return True

    def push_bytes(self, data: bytes, timeout: float | None = None) -> None:
        """Pushes what `try_push_bytes` has just refused: waits for room, at most `timeout` seconds."""
        if get_ident() != self._owner:
            self._admit()
        self._wait_until_ready(timeout)
        while not self.try_push_bytes(data):
            self._wait_until_ready(timeout)

    # Batches.

    def try_push_many(self, messages: Iterable[T] | ReadableBuffer) -> int:
        """Pushes as many as there is room for now, in order. How many.

        `messages` are objects of the message's type, or the bytes of some: an array of the message's dtype.
        """
        data = self._bytes_of(messages)
        return self._push_bytes(data, len(data) // self._size)

    def push_many(self, messages: Iterable[T] | ReadableBuffer, timeout: float | None = None) -> int:
        """Pushes all of them and waits for room in between, each time at most `timeout` seconds. How many.

        Fewer than all only if waiting ended in an error; that is raised if not even one was pushed.
        """
        data = self._bytes_of(messages)
        total = len(data) // self._size
        done = 0
        while (done := done + self._push_bytes(data[done * self._size :], total - done)) < total:
            try:
                self._wait_until_ready(timeout)
            except (Detached, PeerDied, Timeout):
                if done:
                    break
                raise
        return done

    def _bytes_of(self, messages: Iterable[T] | ReadableBuffer) -> memoryview:
        if get_ident() != self._owner:
            self._admit()
        dtype = getattr(messages, "dtype", None)
        if dtype is not None and self._message.dtype is not None and dtype != self._message.dtype():
            raise TypeError(f"an array of {self._message.name} has another dtype than {dtype}")
        try:
            data = memoryview(cast("ReadableBuffer", messages)).cast("B")
        except TypeError:
            data = memoryview(b"".join(map(self._checked, cast("Iterable[T]", messages))))
        if len(data) % self._size:
            raise ValueError(f"{len(data)} bytes are no whole number of messages of {self._size} bytes")
        if dtype is not None and self._reserved is not None:
            # Between the fields of an array lies whatever numpy has found there.
            data = without_reserved(data, self._reserved)
        return data

    def _push_bytes(self, data: memoryview, count: int) -> int:
        if get_ident() != self._owner:
            self._admit()
        tail = self._tail
        if tail + count > self._limit:
            self._look()
            count = min(count, self._limit - tail)
        if not count:
            return 0
        size = self._size
        start = tail & self._mask
        run = min(count, self._capacity - start)
        self._view[start * size : (start + run) * size] = data[: run * size]
        self._view[: (count - run) * size] = data[run * size : count * size]
        self._publish(tail + count)
        return count

    # In place.

    def try_claim(self, count: int) -> memoryview | None:
        """The bytes of 1 to `count` free slots side by side, to be written and committed; None if the ring is full.

        They hold what they held last; but if the message has reserved bytes or is a variant, they are all zero.
        """
        if get_ident() != self._owner:
            self._admit()
        if count < 1:
            raise ValueError(f"can't claim {count} slots")
        tail = self._tail
        if tail + count > self._limit and not self._look():
            return None
        start = tail & self._mask
        count = min(count, self._limit - tail, self._capacity - start)
        self._open_batch(count)
        first, end = start * self._size, (start + count) * self._size
        if self._has_blanks:
            self._view[first:end] = bytes(end - first)
        self._rows = self._view[first:end]
        return self._rows

    def claim(self, count: int, timeout: float | None = None) -> memoryview:
        """As `try_claim`, but waits for room, at most `timeout` seconds."""
        while (slots := self.try_claim(count)) is None:
            self._wait_until_ready(timeout)
        return slots

    def try_claim_rows(self, count: int) -> npt.NDArray[np.void] | None:
        """As `try_claim`, as a structured array over the slots themselves."""
        dtype = dtype_of(self._message)
        slots = self.try_claim(count)
        if slots is None:
            return None
        self._rows = rows = array_over(slots, dtype)
        return rows

    def claim_rows(self, count: int, timeout: float | None = None) -> npt.NDArray[np.void]:
        """As `try_claim_rows`, but waits for room, at most `timeout` seconds."""
        while (rows := self.try_claim_rows(count)) is None:
            self._wait_until_ready(timeout)
        return rows

    def commit(self, count: int | None = None) -> None:
        """Publishes the first `count` of the claimed slots, all without a number. The claimed view dies with it.

        A part of an array that was taken before (`rows["price"]`) can't be reached: don't keep it.
        """
        count = self._settle_batch(count)
        rows, self._rows = self._rows, None
        revoke(rows)
        if count:
            self._publish(self._tail + count)

    # Behind the verbs.

    def _publish(self, tail: int) -> None:
        # My own copy first: whatever interrupts in between, no slot is written again that is published.
        self._tail = tail
        self._mine64[0] = tail  # SYNC(tail): publishes the slots
        if self._fenced:
            self._fence()
        ticket = self._peer32[_TICKET]
        if ticket & 1 and ticket != self._woken:
            self._notify(ticket)

    def _refresh(self) -> bool:
        """Looks at the consumer's cursor. Whether there is room."""
        head = self._peer64[0]  # SYNC(head): what was taken may be overwritten
        seen = self._limit - self._capacity
        tail = self._tail
        if head < seen:
            raise self._corrupt(f"the consumer went back from {seen} to {head}")
        if head > tail:
            raise self._corrupt_cursors(head, tail)
        self._limit = head + self._capacity
        self._saw_depth(tail - head)
        return tail < self._limit

    def _ready(self) -> bool:
        if self._refresh():
            return True
        state = self._peer_state()
        if state == layout.STATE_CLOSED:
            raise self._corrupt(f"the consumer has the unknown state {state}")
        return False

    def _look_at_peer(self) -> None:
        # What the consumer gave back last is seen behind its state.
        if self._peer_state() == layout.STATE_DETACHED and not self._refresh():
            raise Detached("the ring is full and its consumer has detached: push again to wait for a new one")
        super()._look_at_peer()

    def _wanted(self) -> int:
        return self._tail + 1 - self._capacity

    def _waits_in_vain(self) -> str:
        return "the ring stayed full"

    def _check(self, message: object) -> None:
        if not isinstance(message, self._message.python_type):
            raise TypeError(f"a {self._message.name} is to be pushed, not a {type(message).__name__}")

    def _checked(self, message: T) -> memoryview:
        self._check(message)
        data = memoryview(cast("ReadableBuffer", message)).cast("B")
        if len(data) != self._size:
            raise ValueError(f"a message has {self._size} bytes, not {len(data)}")
        return data

    def close(self) -> None:
        """Ends the stream for good and gives the role back. What was pushed is still there for the consumer."""
        self._leave_from_thread(layout.STATE_CLOSED)
