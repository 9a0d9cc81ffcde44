"""Stands in for `ringgen.steps`: tells a file of each step, and ends the process in front of one of them.

As the runtime in Rust does. The step is `park.sleep`, or `park.sleep:3` for the third time that it is reached.
"""

from __future__ import annotations

import mmap
import os
import signal
from typing import Any

from ringgen import layout, steps

# Words of a block, and the steps by which they are stored.
WORDS = {
    layout.EPOCH: "claim.epoch",
    layout.PID: "claim.pid",
    layout.START: "claim.start",
    layout.FENCE_MODE: "claim.fence-mode",
    layout.STALLS: "look.stall",
    layout.HIGH_WATER: "look.high-water",
    layout.WAKES: "notify.count",
    layout.PARKS: "park.count",
    layout.WANT: "park.want",
}


class Watch:
    """What this process has done so far."""

    def __init__(self, trace: str, crash_at: str) -> None:
        self._trace = os.open(trace, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        name, _, time = crash_at.partition(":")
        self._crash_at = name
        self._left = int(time or 1)
        self._state = layout.STATE_NEW

    def note(self, line: str) -> None:
        os.write(self._trace, line.encode() + b"\n")

    def reach(self, step: str) -> None:
        self.note(step)
        if step == self._crash_at:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def store(self, role: str, offset: int, value: int) -> None:
        """In front of the store of a word of a role's block."""
        claims = self._state == layout.STATE_NEW
        if offset == layout.CURSOR:
            step = "push.cursor" if role == "producer" else "pop.cursor"
        elif offset == layout.STATE:
            step = "claim.state" if claims else "end.state"
            self._state = value
        elif offset == layout.EVENT:
            step = "notify.event" if self._state == layout.STATE_ACTIVE else "end.event"
        elif offset == layout.TICKET:
            step = "claim.ticket" if claims else "park.ticket-odd" if value & 1 else "park.ticket-even"
        else:
            step = WORDS[offset]
        self.reach(step)

    def watched(self, view: Any, role: str) -> Any:
        if memoryview(view).format != "B":
            return Words(self, view, role)
        # A consumer decodes single messages from the mapping, for which it must be the mapping itself.
        return view if role == "consumer" and isinstance(view, mmap.mmap) else Slots(self, view)

    def install(self) -> None:
        steps.reach = self.reach
        steps.watched = self.watched


class Words:
    """The words of a block; `view` is of 32 or of 64 bits."""

    def __init__(self, watch: Watch, view: memoryview, role: str) -> None:
        self._watch = watch
        self._view = view
        self._role = role

    def __getitem__(self, index: int) -> int:
        return self._view[index]

    def __setitem__(self, index: int, value: int) -> None:
        self._watch.store(self._role, index * self._view.itemsize, value)
        self._view[index] = value

    def release(self) -> None:
        self._view.release()


class Slots:
    """The slots, by bytes."""

    def __init__(self, watch: Watch, view: Any) -> None:
        self._watch = watch
        self._view = view
        self._readonly = memoryview(view).readonly

    def __getitem__(self, bounds: slice) -> Any:
        if self._readonly:
            self._watch.reach("pop.slot")
        return self._view[bounds]

    def __setitem__(self, bounds: slice, data: Any) -> None:
        if memoryview(data).nbytes:
            self._watch.reach("push.slot")
        self._view[bounds] = data

    def release(self) -> None:
        self._view.release()
