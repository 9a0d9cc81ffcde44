"""What can go wrong: one class an error, all under `RingError`.

The names are the same in every language: variants in Rust, the `code` of an error in TypeScript.
What the operating system refuses is an `OSError`, and an argument that can't be right a `ValueError` or `TypeError`.
"""

from __future__ import annotations


class RingError(Exception):
    """Any error of a ring."""


class NotFound(RingError):
    """There is no such ring; the path that was looked at is in the text."""


class AlreadyExists(RingError):
    """There is a ring of that name already."""


class LayoutMismatch(RingError):
    """The ring carries another message than the one expected here, and no compatible version of it."""

    def __init__(self, ring: str, type_name: str, member: str, mine: str, theirs: str) -> None:
        self.ring = ring
        self.type_name = type_name
        self.member = member
        self.mine = mine
        self.theirs = theirs
        place = f"{type_name}.{member}" if member else type_name
        super().__init__(f'ring "{ring}": {place} differs: here `{mine}`, in the ring `{theirs}`')

    def __reduce__(self) -> tuple[type[LayoutMismatch], tuple[str, str, str, str, str]]:
        return type(self), (self.ring, self.type_name, self.member, self.mine, self.theirs)


class NotARing(RingError):
    """The file is no ring, or a damaged one."""


class UnsupportedFormat(RingError):
    """The ring needs a newer ringgen, or another kind of machine."""


class Stale(RingError):
    """The ring was made before the machine started: whoever used it is gone."""


class Refused(RingError):
    """The file or directory is not safe to share memory by."""


class RoleTaken(RingError):
    """A living process holds the role; `pid` is what it says of itself."""

    def __init__(self, role: str, pid: int) -> None:
        self.role = role
        self.pid = pid
        super().__init__(f"the ring has a {role} already, process {pid}: end it, or use another ring")

    def __reduce__(self) -> tuple[type[RoleTaken], tuple[str, int]]:
        return type(self), (self.role, self.pid)


class Closed(RingError):
    """The producer has ended the stream, or this handle has been closed."""


class Corrupt(RingError):
    """The other side's control words contradict each other; this handle can't be used any more."""


class Forked(RingError):
    """The handle came over a `fork`: the role stays with the parent."""


class Timeout(RingError, TimeoutError):
    """Nothing happened within the time given."""


class PeerDied(RingError):
    """The process on the other side died; call again to wait for its successor."""


class Detached(RingError):
    """The ring is full and its consumer has given its role back; push again to wait for its successor."""


class SchemaWarning(UserWarning):
    """The ring can be used, but its message is not all that is expected here: units, docs or the version of the package
    differ, or the layout does and is compatible."""
