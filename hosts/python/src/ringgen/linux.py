"""What the standard library doesn't reach: four system calls, and the address of a buffer.

The only file that calls into C. Linux on x86-64: the numbers below are that machine's.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import struct
from collections.abc import Callable
from typing import Any, Final

_SYS_FUTEX: Final = 202
_SYS_RENAMEAT2: Final = 316
_SYS_MEMBARRIER: Final = 324

_FUTEX_WAIT: Final = 0
_FUTEX_WAKE: Final = 1
_RENAME_NOREPLACE: Final = 1
_GLOBAL_EXPEDITED: Final = 2
_REGISTER_GLOBAL_EXPEDITED: Final = 4

_libc = ctypes.CDLL(None, use_errno=True)


def _system_call(*arguments: Any) -> Callable[..., int]:
    # A prototype for each call: without one, ctypes would pass Python ints as C ints and cut addresses in half.
    return ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long, *arguments, use_errno=True)(("syscall", _libc))


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_int64), ("nanoseconds", ctypes.c_int64))


_futex = _system_call(ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32, ctypes.POINTER(_Timespec))
_membarrier = _system_call(ctypes.c_int, ctypes.c_uint, ctypes.c_int)
_renameat2 = _system_call(ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)


def futex_wait(address: int, expected: int, nanoseconds: int) -> None:
    """Sleeps while the u32 at `address` is `expected`, at most so long; a signal ends it too.

    Why it came back is not told: the caller looks again in any case. The GIL is released meanwhile.
    """
    _futex(_SYS_FUTEX, address, _FUTEX_WAIT, expected, _Timespec(*divmod(nanoseconds, 1_000_000_000)))


def futex_wake(address: int) -> None:
    """Wakes one process that sleeps on the u32 at `address`."""
    _futex(_SYS_FUTEX, address, _FUTEX_WAKE, 1, None)


def register_membarrier() -> bool:
    """Lets others order this process's stores by `membarrier`; False where the kernel refuses."""
    return _membarrier(_SYS_MEMBARRIER, _REGISTER_GLOBAL_EXPEDITED, 0, 0) == 0


def membarrier() -> bool:
    """A full fence in every thread of every registered process; False where the kernel refuses."""
    return _membarrier(_SYS_MEMBARRIER, _GLOBAL_EXPEDITED, 0, 0) == 0


def rename_no_replace(directory: int, old: str, new: str) -> None:
    """Renames a file inside an open directory; `FileExistsError` if there is a file of the new name."""
    if _renameat2(_SYS_RENAMEAT2, directory, os.fsencode(old), directory, os.fsencode(new), _RENAME_NOREPLACE) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), old, None, new)


class _PyBuffer(ctypes.Structure):
    _fields_ = (
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    )


_get_buffer = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.POINTER(_PyBuffer), ctypes.c_int)(
    ("PyObject_GetBuffer", ctypes.pythonapi)
)
_release_buffer = ctypes.PYFUNCTYPE(None, ctypes.POINTER(_PyBuffer))(("PyBuffer_Release", ctypes.pythonapi))


def address_of(buffer: object) -> int:
    """Where a buffer lies; valid as long as the caller keeps it open. `from_buffer` refuses read-only ones."""
    view = _PyBuffer()
    _get_buffer(buffer, view, 0)
    address = int(view.buf)
    _release_buffer(view)
    return address


_OFD_GETLK: Final = 36
_OFD_SETLK: Final = 37
# struct flock: type, whence, start, length, pid; the kernel insists on a pid of 0.
_FLOCK: Final = struct.Struct("@hhxxxxqqixxxx")


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


def lock_of_another(fd: int, byte: int) -> int | None:
    """Where the lock begins that another open file description has on this byte."""
    answer = fcntl.fcntl(fd, _OFD_GETLK, _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0))
    kind, _, start, *_ = _FLOCK.unpack(answer)
    return None if kind == fcntl.F_UNLCK else start


def boot_id() -> bytes:
    """The 16 bytes that tell this boot of the machine from others."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return bytes.fromhex(file.read().strip().replace("-", ""))


def start_time() -> int:
    """When this process started, in clock ticks since boot."""
    with open("/proc/self/stat", "rb") as file:
        # The program's name is in parentheses and may hold anything; field 3 comes behind the last one.
        return int(file.read().rpartition(b")")[2].split()[19])


def available_memory() -> int:
    """How many bytes of memory can be had without taking them from somebody; all, if the kernel does not say."""
    with contextlib.suppress(OSError), open("/proc/meminfo", encoding="ascii") as file:
        for line in file:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def processors() -> int:
    """How many processors this process may run on."""
    return len(os.sched_getaffinity(0))
