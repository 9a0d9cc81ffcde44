"""The victim in Python: `victim.py GENERATED`; see tests/hostile.rs. A real side of a ring that somebody scribbles
over: what it meets is reported by name, and anything that has no name there ends it."""

from __future__ import annotations

import ctypes
import json
import random
import sys
import time
import warnings
from collections import Counter
from typing import Any

import numpy as np

sys.path.insert(0, sys.argv[1])

import kitchen_sink
import ringgen

RINGS = {
    "all_kinds": (kitchen_sink.AllKinds, kitchen_sink.Everything),
    "all_events": (kitchen_sink.AllEvents, kitchen_sink.Event),
    "all_frames": (kitchen_sink.AllFrames, kitchen_sink.Frame),
    "all_arrays": (kitchen_sink.AllArrays, kitchen_sink.Arrays),
    "all_texts": (kitchen_sink.AllTexts, kitchen_sink.Texts),
    "all_places": (kitchen_sink.AllPlaces, kitchen_sink.Places),
}


REFUSALS = 50
"""How many refusals in a row end an attack: the ring is as it is, and nobody mends it."""


class Wrong(Exception):
    """Something that must not be."""


outcomes: Counter[str] = Counter()
"""How often each thing happened in an attack, by its name."""


def read(value: Any) -> None:
    """Every field of a message, of what is in it, and so on."""
    if isinstance(value, (list, tuple, ctypes.Array)):
        for element in value:
            read(element)
    elif isinstance(value, np.void):
        for name in value.dtype.names or ():
            read(value[name])
    elif isinstance(value, np.ndarray):
        value.tolist()
    elif isinstance(value, ctypes.Structure):
        for kind in type(value).__mro__:
            for name, member in vars(kind).items():
                if isinstance(member, property):
                    try:
                        read(getattr(value, name))
                    except UnicodeDecodeError:
                        outcomes["unreadable"] += 1
        repr(value)
        for whole in (value.validate, value.to_dict):
            try:
                whole()
            except ValueError:
                pass


class Victim:
    def __init__(self, command: dict[str, Any]) -> None:
        self.type: Any
        self.message: Any
        self.type, self.message = RINGS[command["ring"]]
        self.path = command["path"]
        self.produces = command["role"] == "producer"
        self.ring: Any = None
        self.side: Any = None

    def attacked(self, turns: int, seed: int, attaching: bool) -> Counter[str]:
        chance = random.Random(seed)
        outcomes.clear()
        refusals = 0
        for _ in range(turns):
            if refusals == REFUSALS:
                break
            if self.side is None:
                refusals += 1
                if refusals > 1:
                    time.sleep(0.0001)
                try:
                    self.claim(chance, attaching)
                except ringgen.Corrupt as error:
                    outcomes[f"claim Corrupt: {error}"] += 1
                    continue
                except ringgen.RingError as error:
                    outcomes[f"{'claim' if self.ring else 'attach'} {type(error).__name__}"] += 1
                    continue
                outcomes["claim"] += 1
                refusals = 0
            try:
                outcomes[self.verb(chance)] += 1
            except ringgen.Corrupt as error:
                outcomes[f"verb Corrupt: {error}"] += 1
                for _ in range(3):
                    try:
                        self.verb(chance)
                    except ringgen.Corrupt as again:
                        if str(again) != str(error):
                            raise Wrong(f"{error}; and then {again}") from None
                    else:
                        raise Wrong(f"{error}; and then it goes on")
                self.leave(chance)
            except ringgen.RingError as error:
                outcomes[f"verb {type(error).__name__}"] += 1
            if self.side is not None and chance.random() < (1 / 4 if attaching else 1 / 60):
                self.leave(chance)
        return outcomes

    def leave(self, chance: random.Random) -> None:
        if chance.random() < 1 / 4:
            self.side.close()
        else:
            self.side.detach()
        self.side = None

    def claim(self, chance: random.Random, attaching: bool) -> None:
        if self.ring is None or attaching or chance.random() < 1 / 12:
            if self.ring is not None:
                self.ring.close()
                self.ring = None
            self.ring = self.type.attach(self.path, wait=chance.choice(["hybrid", "hybrid", "yield", "spin"]))
        self.side = self.ring.producer() if self.produces else self.ring.consumer()

    def verb(self, chance: random.Random) -> str:
        done = self.push(chance) if self.produces else self.pop(chance)
        self.side.position()
        self.side.epoch()
        self.side.stats()
        repr(self.side)
        return done

    def push(self, chance: random.Random) -> str:
        tx, message = self.side, self.message()
        timeout = chance.choice([0, 0.00002, 0.0003, 0.002])
        many = chance.randrange(1, 80)
        match chance.randrange(6):
            case 0:
                return "pushed" if tx.try_push(message) else "nothing"
            case 1:
                tx.push(message, timeout=timeout)
            case 2:
                return "pushed" if tx.try_push_many([message] * many) else "nothing"
            case 3:
                tx.push_many([message] * many, timeout=timeout)
            case verb:
                rows = tx.try_claim(many) if verb == 4 else tx.claim(many, timeout=timeout)
                if rows is None:
                    return "nothing"
                rows[:] = np.zeros(len(rows), rows.dtype)
                some = chance.randrange(len(rows) + 1)
                del rows
                tx.commit(some)
                return "pushed" if some else "nothing"
        return "pushed"

    def pop(self, chance: random.Random) -> str:
        rx = self.side
        timeout = chance.choice([0, 0.00002, 0.0003, 0.002])
        many = chance.randrange(1, 80)
        match chance.randrange(7):
            case 0:
                messages = rx.try_pop()
            case 1:
                messages = rx.pop(timeout=timeout)
            case 2:
                messages = list(rx.try_pop_many(many))
            case 3:
                messages = list(rx.pop_many(many, timeout=timeout))
            case 4:
                return "end" if rx.ended else "nothing"
            case verb:
                rows = rx.try_peek(many) if verb == 5 else rx.peek(many, timeout=timeout)
                if rows is None:
                    return "nothing"
                for row in rows:
                    read(row)
                some = chance.randrange(len(rows) + 1)
                del row, rows
                rx.release(some)
                return "popped" if some else "nothing"
        read(messages)
        return "popped" if messages else "nothing"


def main() -> None:
    warnings.simplefilter("ignore")
    victim: Victim | None = None
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "ring":
            if victim is not None and victim.side is not None:
                victim.side.detach()
            victim = Victim(command)
            answer: dict[str, Any] = {}
        else:
            assert victim is not None, "a ring was named"
            turns, seed = int(command["turns"]), int(command["seed"])
            answer = {"outcomes": victim.attacked(turns, seed, command["attaching"])}
        print(json.dumps(answer), flush=True)


main()
