"""Roles: who may write what. A role is the lock on one byte far behind the end of the file.

The lock belongs to an open file description of its own, which is never mapped, sent or duplicated: the kernel drops it
when its holder dies, whatever it dies of, and that is how the other side knows.
"""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from time import monotonic, sleep
from typing import Final

from . import steps
from .errors import Forked
from .home import PATIENCE, PAUSE, Home
from .layout import LOCK_COLLECTOR
from .linux import lock_of_another, try_lock, unlock

# Held while a descriptor is opened and over every fork, so that a child never inherits one that is not listed.
_gate = threading.RLock()
_held: weakref.WeakSet[RoleLock] = weakref.WeakSet()


class RoleLock:
    """A role that this process holds."""

    __slots__ = ("__weakref__", "_byte", "_fd", "_forked")

    def __init__(self, fd: int, byte: int) -> None:
        self._fd = fd
        self._byte = byte
        self._forked = False

    @classmethod
    def take(cls, home: Home, ring: os.stat_result, byte: int) -> RoleLock | None:
        """Takes a role of the ring that `ring` is the stat of; None if another description holds it."""
        steps.reach("claim.open")
        with _gate:
            try:
                fd = home.reopen()
            except FileNotFoundError:
                raise home.gone() from None
            lock = cls(fd, byte)
            _held.add(lock)
        try:
            facts = os.fstat(fd)
            if (facts.st_dev, facts.st_ino) != (ring.st_dev, ring.st_ino):
                raise home.gone()
            steps.reach("claim.lock")
            asked = monotonic()
            while not try_lock(fd, byte):
                holder = lock_of_another(fd, byte)
                if holder is not None and holder > LOCK_COLLECTOR:
                    lock.release()
                    return None
                # A collector looks at the file just now, or it was given back meanwhile.
                if monotonic() - asked > PATIENCE:
                    raise home.gone()
                sleep(PAUSE)
            steps.reach("claim.look")
            # A collector may have been faster; from here on there is none, for it takes this lock too.
            if not home.leads_to(facts):
                raise home.gone()
        except BaseException:
            lock.release()
            raise
        return lock

    @property
    def forked(self) -> bool:
        """Whether this is a copy in a forked child: the role stays with the parent."""
        return self._forked

    def is_held_elsewhere(self, byte: int) -> bool:
        """Whether another description holds this role."""
        if self._forked:
            raise Forked(FORKED)
        holder = lock_of_another(self._fd, byte)
        return holder is not None and holder > LOCK_COLLECTOR

    def release(self) -> None:
        """Gives the role back; once is enough."""
        with _gate:
            if self._fd < 0:
                return
            steps.reach("end.unlock")
            # Explicit, because a copy of the description would keep the lock alive.
            with contextlib.suppress(OSError):
                unlock(self._fd, self._byte)
            os.close(self._fd)
            self._fd = -1

    def leave_to_parent(self) -> None:
        """In a forked child: closes the copy. Unlocking would take the role away from the parent."""
        self._forked = True
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


FORKED: Final = "this handle came over a fork, and its role stays with the parent: claim a role in the child"


def _in_child() -> None:
    for lock in list(_held):
        lock.leave_to_parent()
    _gate.release()


os.register_at_fork(before=_gate.acquire, after_in_parent=_gate.release, after_in_child=_in_child)
