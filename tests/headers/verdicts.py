"""What Python says to files that are not quite rings: `verdicts.py GENERATED MUTANTS`; see tests/headers.rs."""

from __future__ import annotations

import json
import os
import sys
import warnings
from typing import Any

sys.path.insert(0, sys.argv[1])

import ringgen
from market import Trade, Trades


def use(ring: Trades) -> str:
    """Takes both roles, and moves a few messages."""
    try:
        with ring.producer() as tx, ring.consumer() as rx:
            for number in range(3):
                tx.push(Trade(id=number), timeout=0)
                if (trade := rx.pop(timeout=0)) is None or trade.id != number:
                    return f"{trade} is not number {number}"
    except ringgen.RingError as error:
        return type(error).__name__
    return "fine"


def verdict(path: str) -> dict[str, Any]:
    try:
        with Trades.attach(path) as ring:
            return {"code": "fine", "why": use(ring)}
    except ringgen.RingError as error:
        return {"code": type(error).__name__, "why": str(error)}


warnings.simplefilter("ignore")
path = f"{sys.argv[2]}.python"
with open(sys.argv[2], encoding="ascii") as mutants:
    for line in mutants:
        length, head = line.split()
        with open(path, "wb") as file:
            os.chmod(path, 0o600)
            file.write(bytes.fromhex(head))
            file.truncate(int(length))
        print(json.dumps(verdict(path)), flush=True)
