"""A ring: a file in shared memory, created or attached, and the two roles that can be claimed in it."""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import time
import warnings
from typing import TYPE_CHECKING, Generic, TypeVar

from . import anonymous, layout, steps
from .compare import Difference, compare_layouts, first_other_lines
from .consumer import Consumer
from .errors import AlreadyExists, Closed, LayoutMismatch, NotARing, NotFound, SchemaWarning
from .home import Anonymous, Home, Named
from .layout import Geometry, Header
from .linux import boot_id, rename_no_replace, start_time, try_lock, unlock
from .place import Place, file_name, locate, open_directory, open_file, ring_name_of
from .producer import Producer
from .roles import RoleLock
from .validate import Facts, read_ring

if TYPE_CHECKING:
    import socket
    from typing import Self

    from .message import Message
    from .side import Wait

T = TypeVar("T")
M = TypeVar("M")
Name = str | os.PathLike[str]

_NAMED_DIFFERENCES = 8
"""How many differences of a compatible layout a warning names."""


class Ring(Generic[T]):
    """A ring of messages of one type. It holds no role; `producer` and `consumer` claim one."""

    __slots__ = ("_fd", "_stat", "_warnings", "geometry", "home", "message", "wait")

    def __init__(
        self, message: Message[T], home: Home, fd: int, facts: Facts, wait: Wait, warning: str | None = None
    ) -> None:
        """Use `create`, `attach` or `open_or_create`."""
        self.message = message
        self.home = home
        self.geometry = facts.geometry
        self.wait: Wait = wait
        self._fd = fd
        self._stat = os.fstat(fd)
        self._warnings = [] if warning is None else [warning]

    @staticmethod
    def create(
        message: Message[M],
        name: Name,
        capacity: int,
        *,
        instance: str | None = None,
        directory: Name | None = None,
        wait: Wait = "hybrid",
        first_position: int = 0,
    ) -> Ring[M]:
        """Makes a ring of `capacity` messages, a power of two; `AlreadyExists` if there is one of that name.

        A name with a `/` in it is a path. Others lie in `directory`, `$RINGGEN_DIR` or `/dev/shm/ringgen-<uid>`.
        """
        place = locate(name, instance, directory)
        text, geometry = _plan(message, capacity, first_position)
        folder = open_directory(place, create=True)
        try:
            fd = None
            while fd is None:  # A collector may have taken the temporary file for one that was left behind.
                header = _header(message, place.ring_name, geometry)
                fd = _publish(place, folder, header, text, geometry, first_position)
            try:
                return Ring(message, Named(place, folder), fd, read_ring(fd, place.path), wait)
            except BaseException:
                os.close(fd)
                raise
        except BaseException:
            os.close(folder)
            raise

    @staticmethod
    def create_anonymous(
        message: Message[M],
        name: str,
        capacity: int,
        *,
        instance: str | None = None,
        wait: Wait = "hybrid",
        first_position: int = 0,
    ) -> Ring[M]:
        """Makes a ring that has no file: memory that only who is given a descriptor of it can reach, by `send` or by
        inheritance, and whose size nobody can change any more. It lasts as long as anybody has it open.
        """
        name = file_name(name, instance)
        text, geometry = _plan(message, capacity, first_position)
        header = _header(message, ring_name_of(name), geometry)
        fd = anonymous.make(name, geometry.file_length)
        try:
            label = anonymous.label(name)
            _fill(fd, label, header, text, geometry, first_position)
            anonymous.seal(fd)
            return Ring(message, Anonymous(label, fd), fd, read_ring(fd, label), wait)
        except BaseException:
            os.close(fd)
            raise

    @staticmethod
    def attach(
        message: Message[M],
        name: Name,
        *,
        instance: str | None = None,
        directory: Name | None = None,
        wait: Wait = "hybrid",
    ) -> Ring[M]:
        """Attaches to a ring that carries this message; see the classes under `RingError` for what may fail.

        It may be another version of it if the layouts are compatible: what one has and the other has not lies in bytes
        that the other calls reserved. That is a `SchemaWarning`.
        """
        place = locate(name, instance, directory)
        folder = open_directory(place, create=False)
        try:
            steps.reach("attach.open")
            fd = open_file(place, folder)
            try:
                ring, warning = _attach(message, Named(place, folder), fd, wait)
            except BaseException:
                os.close(fd)
                raise
        except BaseException:
            os.close(folder)
            raise
        if warning is not None:
            warnings.warn(warning, SchemaWarning, stacklevel=2)
        return ring

    @staticmethod
    def from_fd(message: Message[M], fd: int, *, wait: Wait = "hybrid") -> Ring[M]:
        """Attaches to the ring without a file that this descriptor is of, inherited or received. It is opened anew: the
        descriptor stays the caller's, to be closed. `Refused` if it is of anything but a memfd whose size is sealed for
        good and that can be written to.
        """
        label, own = anonymous.adopt(fd)
        try:
            ring, warning = _attach(message, Anonymous(label, own), own, wait)
        except BaseException:
            os.close(own)
            raise
        if warning is not None:
            warnings.warn(warning, SchemaWarning, stacklevel=2)
        return ring

    @staticmethod
    def receive(message: Message[M], socket: socket.socket, *, wait: Wait = "hybrid") -> Ring[M]:
        """Attaches to the ring that comes next over this Unix socket: what `send` sends, or `Ring::send_over` in Rust.
        `EOFError` if the other side closes it.
        """
        fd = anonymous.receive(socket)
        try:
            return Ring.from_fd(message, fd, wait=wait)
        finally:
            os.close(fd)

    def send(self, socket: socket.socket) -> None:
        """Passes a ring without a file on, over this Unix socket."""
        fd = self.fileno()
        if not isinstance(self.home, Anonymous):
            raise ValueError("a ring that has a name is not sent: attach to it by its name")
        anonymous.send(socket, fd)

    @staticmethod
    def open_or_create(
        message: Message[M],
        name: Name,
        capacity: int,
        *,
        instance: str | None = None,
        directory: Name | None = None,
        wait: Wait = "hybrid",
    ) -> Ring[M]:
        """Attaches to the ring, or makes it if there is none; a ring that is there keeps its capacity."""
        while True:
            with contextlib.suppress(NotFound):
                return Ring.attach(message, name, instance=instance, directory=directory, wait=wait)
            with contextlib.suppress(AlreadyExists):
                return Ring.create(message, name, capacity, instance=instance, directory=directory, wait=wait)

    def producer(self) -> Producer[T]:
        """Claims the writing role: `RoleTaken` while another process lives that has it, `Closed` after the end."""
        return Producer(self)

    def consumer(self) -> Consumer[T]:
        """Claims the reading role: `RoleTaken` while another process lives that has it."""
        return Consumer(self)

    @property
    def path(self) -> str:
        """Where the ring lies; `memfd:` and its name, if that is nowhere."""
        return self.home.path

    @property
    def capacity(self) -> int:
        """How many messages it holds."""
        return self.geometry.capacity

    def warnings(self) -> list[str]:
        """What was found when the ring was attached and is no error."""
        return list(self._warnings)

    def unlink(self) -> None:
        """Removes the ring's name, if it is still this ring's. Who is attached goes on; nobody can attach any more."""
        self.fileno()
        with contextlib.suppress(FileNotFoundError):
            self.home.remove(self._stat)

    def close(self) -> None:
        """Lets go of the file. The ring stays, and so do roles that were claimed."""
        if self._fd >= 0:
            os.close(self._fd)
            self.home.close()
        self._fd = -1

    def fileno(self) -> int:
        """The descriptor of the file; it holds no lock."""
        if self._fd < 0:
            raise Closed(f"the handle of the ring {self.home.name} has been closed")
        return self._fd

    def take_role(self, byte: int) -> RoleLock | None:
        """The lock on one byte of the ring, on a description of its own; None if it is taken."""
        self.fileno()
        return RoleLock.take(self.home, self._stat, byte)

    def read_u64(self, offset: int) -> int:
        """One word of the file."""
        return int.from_bytes(os.pread(self.fileno(), 8, offset), "little")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_fd", -1) >= 0:
            self.close()

    def __repr__(self) -> str:
        return f"<ringgen ring {self.home.name} of {self.capacity} {self.message.name}>"


def _plan(message: Message[T], capacity: int, first_position: int) -> tuple[bytes, Geometry]:
    """What a new ring is made of: the bytes of its schema, and where everything lies."""
    text = message.schema_text.encode()
    geometry = Geometry.spsc(capacity, message.size, message.align, len(text), mmap.ALLOCATIONGRANULARITY)
    if not 0 <= first_position <= layout.MAX_POSITION:
        raise ValueError(f"{first_position} is no position to start at")
    return text, geometry


def _attach(message: Message[M], home: Home, fd: int, wait: Wait) -> tuple[Ring[M], str | None]:
    """The ring in a file that is open, and what is to be told of it though it is no error."""
    facts = read_ring(fd, home.path)
    warning = _compare(message, home, facts)
    return Ring(message, home, fd, facts, wait, warning), warning


def _header(message: Message[T], ring_name: str, geometry: Geometry) -> Header:
    for what, name in (("ring", ring_name), ("message", message.name)):
        if len(name.encode()) > layout.MAX_NAME:
            raise ValueError(f"the {what}'s name {name!r} is longer than {layout.MAX_NAME} bytes")
    return Header(
        file_length=geometry.file_length,
        layout_hash=message.layout_hash,
        schema_hash=message.schema_hash,
        capacity=geometry.capacity,
        stride=geometry.payload_size,
        payload_size=geometry.payload_size,
        payload_align=geometry.payload_align,
        producer_block=geometry.producer_block,
        consumer_blocks=geometry.consumer_block,
        slots=geometry.slots,
        schema_offset=geometry.schema_offset,
        schema_length=geometry.schema_length,
        instance_id=secrets.randbits(64),
        boot_id=boot_id(),
        creator_pid=os.getpid(),
        creator_uid=os.geteuid(),
        creator_start=start_time(),
        created_at=time.time_ns(),
        ring_name=ring_name.encode(),
        message_name=message.name.encode(),
        page_size=geometry.page_size,
        block_stride=geometry.block_stride,
        package_version=message.package_version,
    )


def _publish(
    place: Place, directory: int, header: Header, text: bytes, geometry: Geometry, first_position: int
) -> int | None:
    """Builds the whole ring under a name that nobody looks for, and renames it: nobody ever sees half a ring.

    None if a collector removed it meanwhile.
    """
    temporary = f".ringgen.{header.creator_pid}.{header.instance_id:016x}"
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    steps.reach("create.temporary")
    fd = os.open(temporary, flags, 0o600, dir_fd=directory)
    published = False
    try:
        # Tells collectors that the creator lives.
        steps.reach("create.lock")
        if not try_lock(fd, layout.LOCK_COLLECTOR):
            return None
        # Whatever the umask says: to take a role its owner opens the file again, and nobody else may.
        os.fchmod(fd, 0o600)
        _fill(fd, place.path, header, text, geometry, first_position)
        steps.reach("create.publish")
        try:
            rename_no_replace(directory, temporary, place.file)
        except FileNotFoundError:
            return None
        except FileExistsError:
            raise AlreadyExists(f"there is a ring at {place.path} already: attach to it, or remove it first") from None
        unlock(fd, layout.LOCK_COLLECTOR)
        published = True
    finally:
        if not published:
            os.close(fd)
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=directory)
    return fd


def _fill(fd: int, path: str, header: Header, text: bytes, geometry: Geometry, first_position: int) -> None:
    """Gives a fresh file its size, and writes everything to it that is not zero."""
    steps.reach("create.allocate")
    # Now, so that a full file system is an OSError here and no SIGBUS later.
    os.posix_fallocate(fd, 0, geometry.file_length)
    position = first_position.to_bytes(8, "little")
    for step, data, offset in (
        ("create.header", header.encode(), 0),
        ("create.schema", text, geometry.schema_offset),
        ("create.cursors", position, geometry.consumer_block + layout.CURSOR),
        ("create.cursors", position, geometry.producer_block + layout.CURSOR),
    ):
        steps.reach(step)
        if os.pwrite(fd, data, offset) != len(data):
            raise OSError(f"{path} was not written whole")


def _compare(message: Message[T], home: Home, facts: Facts) -> str | None:
    """Compares the message that is expected with the one in the ring; what is to be told though it is no error."""
    header = facts.header
    has_layout = header.layout_hash == message.layout_hash
    differences: tuple[Difference, ...] = ()
    if not has_layout:
        verdict, differences = compare_layouts(message.schema_text, facts.schema_text)
        if verdict == "different":
            raise LayoutMismatch(home.name, *differences[0])
        if verdict == "same":
            # The texts say the same and the hashes do not: one of the two is not what it says.
            here, there = (f"layout {of.layout_hash.hex()}" for of in (message, header))
            raise LayoutMismatch(home.name, message.name, "", here, there)
    for name, found, expected in (
        ("payload size", header.payload_size, message.size),
        ("payload alignment", header.payload_align, message.align),
    ):
        if found != expected:
            raise NotARing(f"{home.path} is no usable ring: its header states {name} = {found}")
    if header.schema_hash == message.schema_hash:
        return None
    if has_layout:
        what = "has the layout expected here, but units, docs or the version of the package differ"
    else:
        what = "has another layout than the one expected here, and a compatible one"
    named = _named(differences, message.schema_text, facts.schema_text)
    return f'ring "{home.name}": {message.name} {what}: {named}'


def _named(differences: tuple[Difference, ...], mine: str, theirs: str) -> str:
    """The differences that have a name; where none has, the first line of each text that the other has not."""
    if not differences:
        here, there = first_other_lines(mine, theirs)
        return f"here `{here}`, in the ring `{there}`"
    parts = [
        f"{type_name}.{member} is here `{here}`, in the ring `{there}`"
        for type_name, member, here, there in differences[:_NAMED_DIFFERENCES]
    ]
    if len(differences) > _NAMED_DIFFERENCES:
        parts.append(f"and {len(differences) - _NAMED_DIFFERENCES} more")
    return "; ".join(parts)
