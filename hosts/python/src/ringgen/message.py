"""What a ring carries, as the ring sees it: size, fingerprints, and how to make an object of bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar, cast

from .canonical import fnv1a_128

if TYPE_CHECKING:
    import mmap

    import numpy as np

T = TypeVar("T")


class MessageType(Protocol):
    """A generated message class, or a hand-written `ctypes.Structure` with the same constants."""

    MESSAGE_NAME: ClassVar[str]
    PACKAGE_VERSION: ClassVar[int]
    SIZE: ClassVar[int]
    ALIGN: ClassVar[int]
    LAYOUT_HASH: ClassVar[str]
    SCHEMA_HASH: ClassVar[str]
    SCHEMA_TEXT: ClassVar[str]


M = TypeVar("M", bound=MessageType)


@dataclass(frozen=True, slots=True)
class Message(Generic[T]):
    """A message type: what is in a ring's header about it, and how its objects are made."""

    name: str
    size: int
    align: int
    layout_hash: bytes
    schema_hash: bytes
    schema_text: str
    package_version: int
    python_type: type[T]
    """What `push` insists on."""
    decode: Callable[[mmap.mmap | bytearray, int], T]
    """Copies the message at this offset into an object."""
    dtype: Callable[[], np.dtype[np.void]] | None = None
    """Its numpy dtype, made when it is first asked for."""

    @staticmethod
    def of(of: type[M]) -> Message[M]:
        """The message that a generated class stands for."""
        return Message(
            name=of.MESSAGE_NAME,
            size=of.SIZE,
            align=of.ALIGN,
            layout_hash=bytes.fromhex(of.LAYOUT_HASH),
            schema_hash=bytes.fromhex(of.SCHEMA_HASH),
            schema_text=of.SCHEMA_TEXT,
            package_version=of.PACKAGE_VERSION,
            python_type=of,
            decode=cast("Any", of).from_buffer_copy,
            dtype=(lambda: cast("Any", of).DTYPE) if any("DTYPE" in vars(base) for base in of.__mro__) else None,
        )

    @staticmethod
    def raw(
        name: str, size: int, align: int, layout_hash: bytes, schema_text: str, package_version: int = 0
    ) -> Message[bytes]:
        """A message that is pushed and popped as `bytes`."""
        return Message(
            name=name,
            size=size,
            align=align,
            layout_hash=layout_hash,
            schema_hash=fnv1a_128(schema_text.encode()),
            schema_text=schema_text,
            package_version=package_version,
            python_type=bytes,
            decode=lambda data, offset: bytes(data[offset : offset + size]),
        )
