"""Roles: who may write what. A role is the lock on one byte far behind the end of the file.

The lock belongs to an open file description of its own, which is never mapped, sent or duplicated: the kernel drops it
when its holder dies, whatever it dies of, and that is how the other side knows.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import threading
import weakref
from time import monotonic, sleep
from typing import Final

from . import steps
from .errors import Forked, NotFound
from .layout import LOCK_COLLECTOR
from .place import Place, same_file

_OFD_GETLK: Final = 36
_OFD_SETLK: Final = 37
# struct flock: type, whence, start, length, pid; the kernel insists on a pid of 0.
_FLOCK: Final = struct.Struct("@hhxxxxqqixxxx")

_PATIENCE: Final = 5.0
"""Seconds that one waits for a lock that its holder needs for a few system calls. Only a stopped one needs longer."""
_PAUSE: Final = 0.0002

# Held while a descriptor is opened and over every fork, so that a child never inherits one that is not listed.
_gate = threading.RLock()
_held: weakref.WeakSet[RoleLock] = weakref.WeakSet()


def try_lock(fd: int, byte: int) -> bool:
    """Takes the write lock on one byte for this open file description; False if another one has it."""
    try:
        fcntl.fcntl(fd, _OFD_SETLK, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0))
    except (BlockingIOError, PermissionError):
        return False
    return True


def unlock(fd: int, byte: int) -> None:
    """Gives it back. Closing the descriptor is not enough: a process that is just being started may have a copy."""
    fcntl.fcntl(fd, _OFD_SETLK, _FLOCK.pack(fcntl.F_UNLCK, os.SEEK_SET, byte, 1, 0))


def _lock_of_another(fd: int, byte: int) -> int | None:
    """Where the lock begins that another open file description has on this byte."""
    answer = fcntl.fcntl(fd, _OFD_GETLK, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0))
    kind, _, start, *_ = _FLOCK.unpack(answer)
    return None if kind == fcntl.F_UNLCK else start


def remove_name(place: Place, directory: int, ring: os.stat_result) -> bool:
    """Takes the name away if it is still the one of this file; whether it did.

    Who does so holds the lock on the file's name: it can't come to be another file's between the look and the removal.
    """
    try:
        fd = os.open(place.file, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    except FileNotFoundError:
        return False
    try:
        facts = os.fstat(fd)
        if (facts.st_dev, facts.st_ino) != (ring.st_dev, ring.st_ino):
            return False
        steps.reach("unlink.lock")
        asked = monotonic()
        while not try_lock(fd, LOCK_COLLECTOR):
            if monotonic() - asked > _PATIENCE:
                raise TimeoutError(f"another process is removing {place.path} and does not end")
            sleep(_PAUSE)
        try:
            steps.reach("unlink.look")
            if not same_file(place, directory, facts):
                return False
            steps.reach("unlink.remove")
            os.unlink(place.file, dir_fd=directory)
            return True
        finally:
            unlock(fd, LOCK_COLLECTOR)
    finally:
        os.close(fd)


class RoleLock:
    """A role that this process holds."""

    __slots__ = ("__weakref__", "_byte", "_fd", "_forked")

    def __init__(self, fd: int, byte: int) -> None:
        self._fd = fd
        self._byte = byte
        self._forked = False

    @classmethod
    def take(cls, place: Place, directory: int, ring: os.stat_result, byte: int) -> RoleLock | None:
        """Takes a role of the ring that `ring` is the stat of; None if another description holds it."""
        steps.reach("claim.open")
        with _gate:
            try:
                fd = os.open(place.file, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
            except FileNotFoundError:
                raise _gone(place) from None
            lock = cls(fd, byte)
            _held.add(lock)
        try:
            facts = os.fstat(fd)
            if (facts.st_dev, facts.st_ino) != (ring.st_dev, ring.st_ino):
                raise _gone(place)
            steps.reach("claim.lock")
            asked = monotonic()
            while not try_lock(fd, byte):
                holder = _lock_of_another(fd, byte)
                if holder is not None and holder > LOCK_COLLECTOR:
                    lock.release()
                    return None
                # A collector looks at the file just now, or it was given back meanwhile.
                if monotonic() - asked > _PATIENCE:
                    raise _gone(place)
                sleep(_PAUSE)
            steps.reach("claim.look")
            # A collector may have been faster; from here on there is none, for it takes this lock too.
            if not same_file(place, directory, facts):
                raise _gone(place)
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
        holder = _lock_of_another(self._fd, byte)
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


def _gone(place: Place) -> NotFound:
    return NotFound(f"the ring's file at {place.path} is gone or is another ring by now: attach again")


def _in_child() -> None:
    for lock in list(_held):
        lock.leave_to_parent()
    _gate.release()


os.register_at_fork(before=_gate.acquire, after_in_parent=_gate.release, after_in_child=_in_child)
