"""Rings without a name: sealed memory that only who is given a descriptor of it can reach.

The size of such a ring can't be changed by anybody any more, so that no peer can take pages away from under a mapping.
A descriptor that is passed on shares its open file description with the sender's, and so its locks: who gets one opens
the file anew, by way of `/proc/self/fd`.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import mmap
import os
import socket
import stat
from typing import Final

from .errors import NotARing, Refused
from .home import reopen_descriptor
from .layout import MAGIC
from .linux import available_memory
from .place import check_owner

_NOEXEC_SEAL: Final = 0x8
_REQUIRED: Final = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
"""The size, so that no access to a mapping can fail, and the seals themselves."""
_F_SEAL_FUTURE_WRITE: Final = 0x10
_FORBIDDEN: Final = fcntl.F_SEAL_WRITE | _F_SEAL_FUTURE_WRITE
_SEALS: Final = (
    (fcntl.F_SEAL_SHRINK, "F_SEAL_SHRINK"),
    (fcntl.F_SEAL_GROW, "F_SEAL_GROW"),
    (fcntl.F_SEAL_SEAL, "F_SEAL_SEAL"),
)


def label(name: str) -> str:
    """What a ring is called where others have a path."""
    return f"memfd:{name}"


def make(name: str, length: int) -> int:
    """Memory of this length, whose size can still be changed: `seal` it once it is filled."""
    flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
    # No file system with a size stands behind it: the kernel would give pages until it had to end processes for more.
    if available_memory() < length:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM), label(name))
    try:
        return os.memfd_create(name, flags | _NOEXEC_SEAL)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # Linux before 6.3 does not know that this memory is no program.
        return os.memfd_create(name, flags)


def seal(fd: int) -> None:
    """From here on nobody changes the size."""
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _REQUIRED)


def adopt(fd: int) -> tuple[str, int]:
    """Checks what a descriptor is of, and opens that anew: its label, and the new descriptor."""
    path = _name_of(fd)
    facts = os.fstat(fd)
    # Files of a tmpfs know of seals too, and can't be sealed; but they have a name. Huge pages may be missing when they
    # are touched, which ends a process as truncation does.
    is_nameless = stat.S_ISREG(facts.st_mode) and facts.st_nlink == 0
    if not is_nameless or os.fstatvfs(fd).f_bsize != mmap.PAGESIZE:
        raise _refused(path, "the descriptor is of no memfd")
    try:
        seals = fcntl.fcntl(fd, fcntl.F_GET_SEALS)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        raise _refused(path, "the descriptor is of no memfd") from None
    missing = ", ".join(name for bit, name in _SEALS if not seals & bit)
    if missing:
        raise _refused(path, f"its size can still be changed: who makes it has to add {missing}")
    if seals & _FORBIDDEN:
        raise _refused(path, "it is sealed against writing")
    # Whose mode does not count: it is reached by a descriptor alone, and who got one was given it.
    check_owner(path, facts)
    return path, reopen_descriptor(fd)


def send(to: socket.socket, fd: int) -> None:
    """Sends what `receive` takes: eight bytes, and the descriptor with the first of them."""
    sent = socket.send_fds(to, [MAGIC], [fd])
    if sent < len(MAGIC):
        to.sendall(MAGIC[sent:])


def receive(source: socket.socket) -> int:
    """The descriptor that comes next. Nothing behind it is read."""
    fds: list[int] = []
    try:
        data = b""
        while len(data) < len(MAGIC):
            # All that come are taken, so that they are closed: only one is what a sender of ours sends.
            part, more, _, _ = socket.recv_fds(source, len(MAGIC) - len(data), 4, socket.MSG_CMSG_CLOEXEC)
            fds += more
            if not part:
                raise EOFError("the other side has closed the socket before a ring came over it")
            data += part
            if not MAGIC.startswith(data):
                break
        if data == MAGIC and len(fds) == 1:
            return fds.pop()
        raise NotARing("what came over the socket is no usable ring: it is not `RINGGEN1` with one descriptor")
    finally:
        for fd in fds:
            with contextlib.suppress(OSError):
                os.close(fd)


def _name_of(fd: int) -> str:
    """What the memory was called by who made it, as the kernel tells; where it does not, the number."""
    try:
        link = os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        link = ""
    if link.startswith("/memfd:"):
        return label(link.removeprefix("/memfd:").removesuffix(" (deleted)"))
    return f"descriptor {fd}"


def _refused(path: str, reason: str) -> Refused:
    return Refused(f"{path} is not safe to share memory by: {reason}")
