"""What Python counts, and what it says of the counters of a ring: `count.py GENERATED RING`; see tests/stats.rs."""

from __future__ import annotations

import json
import sys

sys.path.insert(0, sys.argv[1])

from market import Trade, Trades

with Trades.attach(sys.argv[2]) as ring, ring.producer() as tx, ring.consumer() as rx:
    print(json.dumps([tx.stats()._asdict(), rx.stats()._asdict()]), flush=True)
    rx.try_pop()
    for number in range(3):
        tx.push(Trade(id=number))
    while rx.try_pop() is not None:
        pass
    for number in range(8):
        tx.push(Trade(id=number))
    tx.try_push(Trade(id=9))
    print(json.dumps([tx.stats()._asdict(), rx.stats()._asdict()]))
    tx.detach()
