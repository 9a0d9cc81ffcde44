"""What the two sides of a ring have in common: their words, their thread, closing, and waiting for each other.

Every word has one writer. This side's block is mapped writable, the other's read-only, so a mistake here is a
`TypeError` and no damage there. Words are loaded and stored through `memoryview`s of 32 and 64 bits, each one machine
instruction; on x86-64 loads and stores keep their order but for a load behind a store, which is what `_fence` and
`membarrier` are for.
"""

from __future__ import annotations

import abc
import atexit
import contextlib
import mmap
import os
import threading
import weakref
from _thread import get_ident
from time import monotonic_ns
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, NamedTuple, TypeVar

from . import layout, steps
from .errors import Closed, Corrupt, Forked, PeerDied, RingError, RoleTaken, Timeout
from .linux import (
    address_of,
    futex_wait,
    futex_wake,
    membarrier,
    processors,
    register_membarrier,
    start_time,
)
from .roles import FORKED, RoleLock

if TYPE_CHECKING:
    from typing import Self

    from .message import Message
    from .ring import Ring

Wait = Literal["spin", "yield", "hybrid"]
T = TypeVar("T")

_SPIN_NS: Final = 50_000
_YIELD_NS: Final = 150_000
"""When a wait parks, counted from its beginning as the end of spinning is."""
_SLICE_NS: Final = 100_000_000
_BLIND_SLICE_NS: Final = 2_000_000
"""Where the other side's stores can't be ordered: a wake may be missed, so look often."""
_LOOKS_PER_CLOCK: Final = 32
_FENCE_MODE_LOOKS: Final = 8
"""How often a fence mode that changes while one looks is looked at again."""
_NEVER: Final = 1 << 63
_U32: Final = 0xFFFF_FFFF
_U64: Final = 0xFFFF_FFFF_FFFF_FFFF

# Words of a block as indices into its views of 64 and of 32 bits.
_CURSOR: Final = layout.CURSOR // 8
_WANT: Final = layout.WANT // 8
_EPOCH: Final = layout.EPOCH // 8
_PID: Final = layout.PID // 8
_START: Final = layout.START // 8
_STALLS: Final = layout.STALLS // 8
_PARKS: Final = layout.PARKS // 8
_WAKES: Final = layout.WAKES // 8
_DROPPED: Final = layout.DROPPED // 8
_HIGH_WATER: Final = layout.HIGH_WATER // 8
_EVENT: Final = layout.EVENT // 4
_TICKET: Final = layout.TICKET // 4
_FENCE_MODE: Final = layout.FENCE_MODE // 4
_STATE: Final = layout.STATE // 4

_open_sides: weakref.WeakSet[Side[Any]] = weakref.WeakSet()
_admission = threading.Lock()
"""Held while a handle gets its thread."""


class Stats(NamedTuple):
    """Counters of one side, kept in the ring over restarts."""

    stalls: int
    """How often it found the ring full (producer) or empty (consumer)."""
    parks: int
    """How often it went to sleep."""
    wakes: int
    """How often it woke the other side."""
    dropped: int
    """Messages dropped or lost; always 0 in an spsc ring."""
    high_water: int
    """The largest depth it saw."""


class Side(abc.ABC, Generic[T]):
    """A role that is held. One thread at a time uses it: the first one to, until it ends."""

    __slots__ = (
        "__weakref__",
        "_batch",
        "_capacity",
        "_event",
        "_event_address",
        "_failure",
        "_fence_lock",
        "_fenced",
        "_head",
        "_lock",
        "_maps",
        "_mask",
        "_message",
        "_mine32",
        "_mine64",
        "_owner",
        "_peer32",
        "_peer64",
        "_peer_event_address",
        "_ring_name",
        "_size",
        "_slots",
        "_tail",
        "_thread",
        "_ticket",
        "_view",
        "_wait",
        "_warnings",
        "_woken",
    )

    ROLE: str
    PEER: str
    _BYTE: int
    _PEER_BYTE: int
    _SLOTS_ACCESS: int
    _LEFT: int
    """The state that a dropped handle leaves."""
    _BATCH: str
    _SETTLE: str
    """What a batch of slots is called, and what ends it."""

    def __init__(self, ring: Ring[T]) -> None:
        self._lock: RoleLock | None = None
        self._failure: tuple[type[RingError], str] | None = None
        self._thread: int | None = None
        self._owner: int | None = None
        self._batch = 0
        self._ring_name = ring.home.name
        self._message: Message[T] = ring.message
        self._wait: Wait = ring.wait
        self._warnings = ring.warnings()
        self._capacity = ring.geometry.capacity
        self._mask = self._capacity - 1
        self._size = ring.message.size
        self._woken = 0
        self._fence_lock = threading.Lock()
        lock = ring.take_role(self._BYTE)
        if lock is None:
            raise RoleTaken(self.ROLE, ring.read_u64(self._my_block(ring.geometry) + layout.PID))
        try:
            self._map(ring)
            self._claim()
        except BaseException:
            lock.release()
            raise
        self._lock = lock
        _open_sides.add(self)

    @staticmethod
    @abc.abstractmethod
    def _my_block(geometry: layout.Geometry) -> int:
        """Where the block of this side lies."""

    @staticmethod
    @abc.abstractmethod
    def _peer_block(geometry: layout.Geometry) -> int:
        """Where the block of the other side lies."""

    @abc.abstractmethod
    def _cursors(self) -> tuple[int, int]:
        """Head and tail as they are in the ring."""

    def _map(self, ring: Ring[T]) -> None:
        """Maps the two blocks and the slots, each for itself."""
        steps.reach("claim.map")
        geometry = ring.geometry
        fd = ring.fileno()
        mine = mmap.mmap(fd, geometry.block_stride, access=mmap.ACCESS_WRITE, offset=self._my_block(geometry))
        peer = mmap.mmap(fd, geometry.block_stride, access=mmap.ACCESS_READ, offset=self._peer_block(geometry))
        slots = mmap.mmap(
            fd, geometry.capacity * geometry.payload_size, access=self._SLOTS_ACCESS, offset=geometry.slots
        )
        self._maps = (mine, peer, slots)
        self._slots = steps.watched(slots, self.ROLE)
        self._view = steps.watched(memoryview(slots), self.ROLE)
        self._mine64 = steps.watched(memoryview(mine).cast("Q"), self.ROLE)
        self._mine32 = steps.watched(memoryview(mine).cast("I"), self.ROLE)
        self._peer64 = memoryview(peer).cast("Q")
        self._peer32 = memoryview(peer).cast("I")
        self._event_address = address_of(mine) + layout.EVENT
        self._peer_event_address = address_of(peer) + layout.EVENT

    def _claim(self) -> None:
        """Validates what the last holder left, and takes the role over."""
        words, half_words = self._mine64, self._mine32
        state = half_words[_STATE]
        # A consumer never ends a stream.
        if state > layout.STATE_DETACHED or (state == layout.STATE_CLOSED and self._LEFT != layout.STATE_CLOSED):
            raise self._corrupt(f"the {self.ROLE} has the unknown state {state}")
        if state == layout.STATE_CLOSED:
            raise Closed("the ring's producer has ended the stream: create a new ring")
        head, tail = self._cursors()
        if not (head <= tail <= layout.MAX_POSITION and tail - head <= self._capacity):
            raise self._corrupt_cursors(head, tail)
        self._head = head
        self._tail = tail
        words[_EPOCH] = (words[_EPOCH] + 1) & _U64
        words[_PID] = os.getpid()
        words[_START] = start_time()
        # Park words go on where they were: a waiter of the other side compares with what it saw.
        self._event = half_words[_EVENT]
        self._ticket = half_words[_TICKET]
        if self._ticket & 1:
            self._ticket = (self._ticket + 1) & _U32
            half_words[_TICKET] = self._ticket
        self._fenced = not register_membarrier()
        half_words[_FENCE_MODE] = layout.FENCE_FULL if self._fenced else layout.FENCE_ASYMMETRIC
        half_words[_STATE] = layout.STATE_ACTIVE
        steps.reach("claim.fence")
        self._fence()

    # What a handle knows of itself.

    def position(self) -> int:
        """The sequence number of the next message: how many this role has handled since the ring was made."""
        self._enter()
        return self._mine64[_CURSOR]

    def epoch(self) -> int:
        """How often this role has been claimed, this time included."""
        self._enter()
        return self._mine64[_EPOCH]

    def stats(self) -> Stats:
        """This side's counters."""
        self._enter()
        words = self._mine64
        return Stats(words[_STALLS], words[_PARKS], words[_WAKES], words[_DROPPED], words[_HIGH_WATER])

    def warnings(self) -> list[str]:
        """What was found when the ring was attached and is no error."""
        return list(self._warnings)

    @property
    def closed(self) -> bool:
        """Whether this handle has been closed, detached or lost over a fork."""
        return self._lock is None or self._lock.forked

    # One thread at a time.

    def _enter(self) -> None:
        """Lets the calling thread in, or raises why it can't be."""
        if self._failure is not None:
            error, text = self._failure
            raise error(text)
        me = get_ident()
        if self._thread == me:
            return
        threading.current_thread()  # From here on even a thread that `threading` did not start is in its list.
        with _admission:
            owner = self._thread
            if owner is None or all(thread.ident != owner for thread in threading.enumerate()):
                self._thread = me
                return
        raise RuntimeError(
            f"this {self.ROLE} belongs to thread {owner} as long as that one lives, and thread {me} can't use it too"
        )

    def _admit(self) -> None:
        """What stands behind the one comparison in the hot path: `_owner` is this thread only if nothing is amiss."""
        self._enter()
        if self._batch:
            raise RuntimeError(f"a {self._BATCH} of this {self.ROLE} is open: {self._SETTLE} it first")
        self._owner = self._thread

    def _open_batch(self, count: int) -> None:
        self._batch = count
        self._owner = None

    def _settle_batch(self, count: int | None) -> int:
        """Ends a batch of which `count` slots count; all of them without a number."""
        self._enter()
        if count is None:
            count = self._batch
        if not self._batch:
            raise RuntimeError(f"there is no {self._BATCH} of this {self.ROLE} to {self._SETTLE}")
        if not 0 <= count <= self._batch:
            raise ValueError(f"can't {self._SETTLE} {count} of {self._batch} slots")
        self._batch = 0
        self._owner = self._thread
        return count

    # Errors.

    def _fail(self, error: type[RingError], text: str) -> None:
        """From now on every use of this handle raises this."""
        self._failure = (error, text)
        self._owner = None

    def _corrupt(self, what: str) -> Corrupt:
        text = f"the ring is corrupt: {what}; remove it and create it anew"
        self._fail(Corrupt, text)
        return Corrupt(text)

    def _corrupt_cursors(self, head: int, tail: int) -> Corrupt:
        return self._corrupt(f"{head} messages taken and {tail} published can't be with a capacity of {self._capacity}")

    # Notifying the other side.

    def _fence(self) -> None:
        """A full fence: on x86-64 a lock's compare-and-exchange is one."""
        self._fence_lock.acquire()
        self._fence_lock.release()

    def _notify(self, ticket: int) -> None:
        """Wakes the other side, whose ticket is odd and not the last one that was woken."""
        self._woken = ticket
        self._ring_the_bell("notify.wake")
        self._count(_WAKES)

    def _ring_the_bell(self, step: str) -> None:
        self._event = (self._event + 1) & _U32
        self._mine32[_EVENT] = self._event
        steps.reach(step)
        futex_wake(self._event_address)

    def _saw_depth(self, depth: int) -> None:
        if depth > self._mine64[_HIGH_WATER]:
            self._mine64[_HIGH_WATER] = depth

    def _count(self, counter: int) -> None:
        self._mine64[counter] = (self._mine64[counter] + 1) & _U64

    @abc.abstractmethod
    def _refresh(self) -> bool:
        """Looks at the other side's cursor. Whether there are messages, or room."""

    def _look(self) -> bool:
        """As `_refresh`, and counts if there are none, or no room."""
        if self._refresh():
            return True
        self._count(_STALLS)
        return False

    # Waiting for the other side: spin, then yield, then park.

    @abc.abstractmethod
    def _ready(self) -> bool:
        """Whether waiting is over: looks at the other side's cursor and state."""

    @abc.abstractmethod
    def _waits_in_vain(self) -> str:
        """What is the matter with the ring while it waits."""

    def _wait_until_ready(self, timeout: float | None) -> None:
        """Comes back once `_ready`; raises `Timeout`, `PeerDied`, or what `_ready` raises."""
        ready = self._ready
        start = monotonic_ns()
        deadline = _NEVER if timeout is None or timeout > 1e9 else start + max(0, round(timeout * 1e9))
        wait = self._wait
        alone = processors() == 1  # The other side would never come to run while this one spins.
        spin_until = start if alone or wait == "yield" else _NEVER if wait == "spin" else start + _SPIN_NS
        yield_until = start + _YIELD_NS if wait == "hybrid" else _NEVER
        look_at = start + _SLICE_NS
        looks = _LOOKS_PER_CLOCK
        while True:
            for _ in range(looks):
                if ready():
                    return
            now = monotonic_ns()
            if now >= look_at or now >= deadline:
                self._look_at_peer()
                look_at = now + _SLICE_NS
            if now >= deadline:
                if ready():  # It may have come while the kernel was asked.
                    return
                raise Timeout(f"{self._waits_in_vain()} for the {timeout} s given")
            if now < spin_until:
                continue
            looks = 1
            if now < yield_until:
                os.sched_yield()
            else:
                self._park(min(_SLICE_NS, deadline - now))

    def _park(self, slice_ns: int) -> None:
        """Sleeps until the other side rings, or for a slice.

        SYNC(park): the ticket is stored, then a fence, then the cursor is loaded; the other side stores its cursor,
        then a fence, then loads the ticket. One of the two sees the other.
        """
        event = self._peer32[_EVENT]
        self._mine64[_WANT] = self._wanted()
        # Odd, even if an exception at the wrong moment left it odd.
        self._ticket = ((self._ticket + 1) | 1) & _U32
        self._mine32[_TICKET] = self._ticket
        try:
            longest = _BLIND_SLICE_NS
            for _ in range(_FENCE_MODE_LOOKS):
                mode = self._peer32[_FENCE_MODE]
                longest = _SLICE_NS
                steps.reach("park.fence")
                if mode != layout.FENCE_ASYMMETRIC or not membarrier():
                    self._fence()
                    if mode != layout.FENCE_FULL:
                        longest = _BLIND_SLICE_NS
                if self._ready():
                    return
                # A successor may order its stores in another way; but one that never stays the same is none.
                if self._peer32[_FENCE_MODE] == mode:
                    break
                longest = _BLIND_SLICE_NS
            self._count(_PARKS)
            steps.reach("park.sleep")
            futex_wait(self._peer_event_address, event, min(slice_ns, longest))
        finally:
            self._ticket = (self._ticket + 1) & _U32
            self._mine32[_TICKET] = self._ticket

    def _wanted(self) -> int:
        """The cursor of the other side from which on it should wake this one; 0 where that is no question."""
        return 0

    def _look_at_peer(self) -> None:
        """Raises `PeerDied` if the other side says it is there and its lock says it isn't."""
        words = self._peer64
        epoch = words[_EPOCH]
        if self._peer_state() != layout.STATE_ACTIVE or self._is_held(self._PEER_BYTE):
            return
        pid = words[_PID]
        # It may have published, left, or been succeeded in between.
        if (
            self._ready()
            or self._peer_state() != layout.STATE_ACTIVE
            or words[_EPOCH] != epoch
            or self._is_held(self._PEER_BYTE)
        ):
            return
        raise PeerDied(f"{self._waits_in_vain()} and its {self.PEER}, process {pid}, has died: call again to go on")

    def _is_held(self, byte: int) -> bool:
        return self._lock is not None and self._lock.is_held_elsewhere(byte)

    def _peer_state(self) -> int:
        state = self._peer32[_STATE]
        if state > layout.STATE_DETACHED:
            raise self._corrupt(f"the {self.PEER} has the unknown state {state}")
        return state

    # Leaving.

    def detach(self) -> None:
        """Gives the role back without ending the stream, so that a successor can go on."""
        self._leave_from_thread(layout.STATE_DETACHED)

    @abc.abstractmethod
    def close(self) -> None:
        """Gives the role back; a producer ends the stream by it, for good."""

    def _leave_from_thread(self, state: int) -> None:
        if self.closed:
            return
        if self._failure is None:
            self._enter()
        self._leave(state)
        self._fail(Closed, f"this {self.ROLE} has been closed")
        for view in (self._mine64, self._mine32, self._peer64, self._peer32, self._view):
            with contextlib.suppress(BufferError):
                view.release()
        for mapping in self._maps:
            # A numpy view that is still alive keeps its mapping; it goes with the last of them.
            with contextlib.suppress(BufferError):
                mapping.close()

    def _leave(self, state: int) -> None:
        lock, self._lock = self._lock, None
        if lock is None or lock.forked:
            return
        _open_sides.discard(self)
        self._mine32[_STATE] = state
        self._ring_the_bell("end.wake")
        lock.release()

    def abandon(self) -> None:
        """What happens to a handle that nobody has any more; not for use."""
        self._leave(self._LEFT)

    def leave_to_parent(self) -> None:
        """What happens to a handle in a forked child; not for use."""
        self._fail(Forked, FORKED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_lock", None) is not None:
            self.abandon()

    def __repr__(self) -> str:
        state = "closed" if self.closed else f"at {self._mine64[_CURSOR]}"
        return f"<ringgen {self.ROLE} of {self._ring_name}, {state}>"


def _close_all() -> None:
    """A program that ends in order closes what it left open; only one that is killed leaves its peer to find out."""
    for side in list(_open_sides):
        side.abandon()


def _in_child() -> None:
    global _admission
    _admission = threading.Lock()  # Another thread of the parent may have held it.
    for side in list(_open_sides):
        side.leave_to_parent()
    _open_sides.clear()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_in_child)
