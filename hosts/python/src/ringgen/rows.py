"""Slots as numpy arrays; numpy is imported when the first one is asked for."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .message import Message
    from .reserved import Reserved

T = TypeVar("T")


def dtype_of(message: Message[T]) -> np.dtype[np.void]:
    """The dtype of a message. Ask before anything is claimed or taken: numpy may not be there."""
    if message.dtype is None:
        raise TypeError(f"{message.name} has no dtype: its module was generated without numpy")
    return message.dtype()


def array_over(data: memoryview | bytearray, dtype: np.dtype[np.void]) -> npt.NDArray[np.void]:
    """A structured array over these bytes."""
    import numpy

    return numpy.frombuffer(data, dtype)


def without_reserved(data: memoryview, what: Reserved) -> memoryview:
    """A copy of rows of messages with zeros in all that is reserved."""
    import numpy

    rows = numpy.frombuffer(data, numpy.uint8).reshape(-1, len(what.mask)).copy()
    _clear(rows, what)
    return rows.reshape(-1).data


def _clear(rows: npt.NDArray[np.uint8], what: Reserved) -> None:
    import numpy

    rows &= numpy.frombuffer(what.mask, numpy.uint8)
    for offset, tag_size, cases in what.variants:
        tags = rows[:, offset : offset + tag_size].copy().view(f"<u{tag_size}")[:, 0]
        for tag, case in cases.items():
            chosen = tags == tag
            if chosen.any():
                held = rows[chosen, offset : offset + len(case.mask)]
                _clear(held, case)
                rows[chosen, offset : offset + len(case.mask)] = held


def revoke(view: memoryview | npt.NDArray[np.void] | None) -> None:
    """Ends a view of slots: a memoryview can't be used any more, an array not be written to.

    A memoryview under which the caller has put another view stays open as long as that one.
    """
    if isinstance(view, memoryview):
        with contextlib.suppress(BufferError):
            view.release()
    elif view is not None:
        view.flags.writeable = False
