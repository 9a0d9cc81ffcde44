"""Where a ring's file lies, and which files and directories are fit to share memory by."""

from __future__ import annotations

import errno
import os
import re
import stat
from dataclasses import dataclass

from .errors import NotFound, Refused
from .layout import MAX_NAME

_PART = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_NAME}}}\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """A file in a directory, and the name of the ring in it."""

    directory: str
    file: str
    ring_name: str
    is_private: bool
    """Whether the directory is for rings alone: it is made, owner and mode are checked."""

    @property
    def path(self) -> str:
        """The whole path."""
        return os.path.join(self.directory, self.file)


def locate(name: str | os.PathLike[str], instance: str | None, directory: str | os.PathLike[str] | None) -> Place:
    """The place of `<package>.<ring>[.<instance>]`; a name with a `/` in it is a path.

    The directory is the one given, else `$RINGGEN_DIR`, else `/dev/shm/ringgen-<uid>`.
    """
    name = os.fspath(name)
    if "/" in name:
        if instance is not None or directory is not None:
            raise ValueError(f"{name!r} is a path: neither an instance nor a directory goes with it")
        folder, file = os.path.split(os.path.abspath(name))
        if not file or name.endswith("/") or "\0" in name:
            raise ValueError(f"{name!r} can't name a ring: the path names a directory")
        ring_name = ring_name_of(file)
        if len(os.fsencode(ring_name)) > MAX_NAME:
            raise ValueError(f"{name!r} can't name a ring: {ring_name!r} is longer than {MAX_NAME} bytes")
        return Place(folder, file, ring_name, is_private=False)
    name = file_name(name, instance)
    if directory is None:
        directory = os.environ.get("RINGGEN_DIR") or f"/dev/shm/ringgen-{os.geteuid()}"
    return Place(os.path.abspath(directory), name, ring_name_of(name), is_private=True)


def file_name(name: str, instance: str | None) -> str:
    """The name of a ring's file in the directory of rings."""
    if instance is not None:
        name = f"{name}.{instance}"
    parts = name.split(".")
    if len(parts) > 3 or not all(_PART.match(part) for part in parts):
        raise ValueError(
            f"{name!r} can't name a ring: it is <package>.<ring>[.<instance>], of letters, digits, - and _, "
            f"at most {MAX_NAME} in a part"
        )
    return name


def ring_name_of(file: str) -> str:
    """The name of the ring itself: the second dotted part of a file's name, or all of it."""
    parts = file.split(".")
    return parts[1] if len(parts) > 1 and parts[1] else file


def open_directory(place: Place, create: bool) -> int:
    """Opens the directory; what is no directory of one's own is `Refused`."""
    if place.is_private and create:
        _make_directory(place.directory)
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | (os.O_NOFOLLOW if place.is_private else 0)
    try:
        fd = os.open(place.directory, flags)
    except FileNotFoundError:
        raise not_found(place) from None
    except OSError as error:
        if isinstance(error, NotADirectoryError) or error.errno == errno.ELOOP:
            raise _refused(place.directory, "it is no directory, or a symbolic link to one") from None
        raise
    if place.is_private:
        try:
            facts = os.fstat(fd)
            check_owner(place.directory, facts)
            if facts.st_mode & 0o022:
                raise _refused(place.directory, _mode(facts))
        except BaseException:
            os.close(fd)
            raise
    return fd


def _make_directory(directory: str) -> None:
    """Makes a directory for this user alone, whatever the umask says, if there is none."""
    try:
        os.mkdir(directory, 0o700)
    except FileExistsError:
        return
    # By way of /proc: a directory that its owner must not read can be opened for its path alone, and such a descriptor
    # changes nothing.
    fd = os.open(directory, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if stat.S_IMODE(os.fstat(fd).st_mode) != 0o700:
            os.chmod(f"/proc/self/fd/{fd}", 0o700)
    finally:
        os.close(fd)


def open_file(place: Place, directory: int) -> int:
    """Opens the ring's file to read and write; what is not fit to share memory by is `Refused`."""
    try:
        # Not blocking: a pipe of that name must not hold us up.
        fd = os.open(place.file, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    except FileNotFoundError:
        raise not_found(place) from None
    except OSError as error:
        if isinstance(error, IsADirectoryError) or error.errno in (errno.ELOOP, errno.ENXIO, errno.ENODEV):
            raise _refused(place.path, "it is no regular file") from None
        raise
    try:
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode):
            raise _refused(place.path, "it is no regular file")
        if facts.st_nlink == 0:  # Its name was taken away since it was opened.
            raise not_found(place)
        if facts.st_nlink > 1:
            raise _refused(place.path, f"the file has {facts.st_nlink} names")
        check_owner(place.path, facts)
        if facts.st_mode & 0o002:
            raise _refused(place.path, _mode(facts))
    except BaseException:
        os.close(fd)
        raise
    return fd


def same_file(place: Place, directory: int, facts: os.stat_result) -> bool:
    """Whether the name still stands for the file that `facts` are of."""
    try:
        now = os.stat(place.file, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return (now.st_dev, now.st_ino) == (facts.st_dev, facts.st_ino)


def not_found(place: Place) -> NotFound:
    """There is nothing at that place."""
    return NotFound(
        f"there is no ring at {place.path}: start the process that creates it, or look at RINGGEN_DIR in both"
    )


def check_owner(path: str, facts: os.stat_result) -> None:
    """`Refused` if it belongs to somebody else."""
    me = os.geteuid()
    if facts.st_uid != me:
        raise _refused(path, f"it belongs to user {facts.st_uid}, and you are user {me}")


def _mode(facts: os.stat_result) -> str:
    return f"others may write to it (mode {stat.S_IMODE(facts.st_mode):04o}): take that right away by chmod"


def _refused(path: str, reason: str) -> Refused:
    return Refused(f"{path} is not safe to share memory by: {reason}")
