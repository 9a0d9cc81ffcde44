"""How a ring's file is found again once it is open: by its name, or by the descriptor alone."""

from __future__ import annotations

import abc
import os
from time import monotonic, sleep
from typing import Final

from . import steps
from .errors import NotFound
from .layout import LOCK_COLLECTOR
from .linux import try_lock, unlock
from .place import Place, same_file

PATIENCE: Final = 5.0
"""Seconds that one waits for a lock that its holder needs for a few system calls. Only a stopped one needs longer."""
PAUSE: Final = 0.0002


class Home(abc.ABC):
    """Where a ring's file is at home."""

    __slots__ = ()

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """What it is called in messages."""

    @property
    @abc.abstractmethod
    def path(self) -> str:
        """Where it lies, for people."""

    @abc.abstractmethod
    def reopen(self) -> int:
        """Opens it once more, as an open file description of its own; `FileNotFoundError` if it is gone."""

    @abc.abstractmethod
    def leads_to(self, facts: os.stat_result) -> bool:
        """Whether who looks for the ring now finds the file that `facts` are of."""

    @abc.abstractmethod
    def remove(self, facts: os.stat_result) -> bool:
        """Takes the name away if it is still the one of that file; whether it did."""

    @abc.abstractmethod
    def close(self) -> None:
        """Lets go of what it needs for that."""

    def gone(self) -> NotFound:
        """The file is not there any more."""
        return NotFound(f"the ring's file at {self.path} is gone or is another ring by now: attach again")


class Named(Home):
    """In a directory, where anybody of the same user finds it."""

    __slots__ = ("_directory", "_place")

    def __init__(self, place: Place, directory: int) -> None:
        self._place = place
        self._directory = directory

    @property
    def name(self) -> str:
        return self._place.file

    @property
    def path(self) -> str:
        return self._place.path

    def reopen(self) -> int:
        return os.open(self._place.file, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=self._directory)

    def leads_to(self, facts: os.stat_result) -> bool:
        return same_file(self._place, self._directory, facts)

    def remove(self, facts: os.stat_result) -> bool:
        # Who removes a name holds the lock on it: it can't come to be another file's between the look and the removal.
        try:
            fd = self.reopen()
        except FileNotFoundError:
            return False
        try:
            there = os.fstat(fd)
            if (there.st_dev, there.st_ino) != (facts.st_dev, facts.st_ino):
                return False
            steps.reach("unlink.lock")
            asked = monotonic()
            while not try_lock(fd, LOCK_COLLECTOR):
                if monotonic() - asked > PATIENCE:
                    raise TimeoutError(f"another process is removing {self.path} and does not end")
                sleep(PAUSE)
            try:
                steps.reach("unlink.look")
                if not self.leads_to(facts):
                    return False
                steps.reach("unlink.remove")
                os.unlink(self._place.file, dir_fd=self._directory)
                return True
            finally:
                unlock(fd, LOCK_COLLECTOR)
        finally:
            os.close(fd)

    def close(self) -> None:
        os.close(self._directory)


class Anonymous(Home):
    """Nowhere: only who is given a descriptor of it finds it."""

    __slots__ = ("_fd", "_label")

    def __init__(self, label: str, fd: int) -> None:
        """`fd` stays open for as long as the ring is."""
        self._label = label
        self._fd = fd

    @property
    def name(self) -> str:
        return self._label

    @property
    def path(self) -> str:
        return self._label

    def reopen(self) -> int:
        return reopen_descriptor(self._fd)

    def leads_to(self, facts: os.stat_result) -> bool:
        return True  # What has no name can't lose it.

    def remove(self, facts: os.stat_result) -> bool:
        return False

    def close(self) -> None:
        pass  # The descriptor is the ring's.


def reopen_descriptor(fd: int) -> int:
    """Opens a file once more that has no name: a copy of the descriptor would share its locks."""
    return os.open(f"/proc/self/fd/{fd}", os.O_RDWR | os.O_CLOEXEC)
