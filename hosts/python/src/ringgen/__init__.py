"""Typed lock-free rings in shared memory, between Python, Rust and Node.

Generated modules are the usual way in: `market.Trades.create().producer()` gives a `TradesProducer`. This package is
what they stand on, and can be used with bytes alone:

```python
from ringgen import Message, Ring, fnv1a_128

text = "message Tick 8 8\\n0 8 u64 - n\\n"
tick = Message.raw("Tick", size=8, align=8, layout_hash=fnv1a_128(b"Tick 1"), schema_text=text)
with Ring.create(tick, "demo.ticks", capacity=1024) as ring, ring.producer() as tx, ring.consumer() as rx:
    tx.push((7).to_bytes(8, "little"))
    assert rx.pop() == b"\\7\\0\\0\\0\\0\\0\\0\\0"
    ring.unlink()
```

The ring is pure Python: the format and protocol of docs/memory-format.md by `mmap`, `memoryview`, OFD locks and a
futex. What that rests on is true of CPython on Linux on x86-64, and importing the package anywhere else says so.
"""

from __future__ import annotations

import platform as _platform
import sys as _sys

if (
    _sys.platform != "linux"
    or _platform.machine() not in ("x86_64", "AMD64")
    or _sys.maxsize < 1 << 32
    or _sys.implementation.name != "cpython"
):
    raise ImportError(
        "ringgen's pure Python ring runs in 64-bit CPython on Linux on x86-64 alone: elsewhere Python's plain loads "
        f"and stores are not ordered as the protocol needs them. This is {_sys.implementation.name} on "
        f"{_sys.platform} on {_platform.machine()}."
    )

from .canonical import fnv1a_128
from .compare import Comparison, Difference, compare_layouts
from .consumer import Consumer
from .errors import (
    AlreadyExists,
    Closed,
    Corrupt,
    Detached,
    Forked,
    LayoutMismatch,
    NotARing,
    NotFound,
    PeerDied,
    Refused,
    RingError,
    RoleTaken,
    SchemaWarning,
    Stale,
    Timeout,
    UnsupportedFormat,
)
from .message import Message, MessageType
from .producer import Producer
from .ring import Ring
from .side import Stats, Wait

backend = "pure"
"""Which implementation of the protocol this is."""

__all__ = [
    "AlreadyExists",
    "Closed",
    "Comparison",
    "Consumer",
    "Corrupt",
    "Detached",
    "Difference",
    "Forked",
    "LayoutMismatch",
    "Message",
    "MessageType",
    "NotARing",
    "NotFound",
    "PeerDied",
    "Producer",
    "Refused",
    "Ring",
    "RingError",
    "RoleTaken",
    "SchemaWarning",
    "Stale",
    "Stats",
    "Timeout",
    "UnsupportedFormat",
    "Wait",
    "backend",
    "compare_layouts",
    "fnv1a_128",
]
