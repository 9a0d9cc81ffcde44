"""The peer in Python: `python peer.py GENERATED`. Forks a process for each job that it is told; see subject.rs.

A fork of an interpreter that has not opened a ring yet costs a fiftieth of starting one.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import shutil
import struct
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, sys.argv[1])

import numpy as np
import ringgen
from market import Trade, Trades, TradesConsumer, TradesProducer
from watch import Watch

PATIENCE = 60.0
BATCH = 16
_U64 = 0xFFFF_FFFF_FFFF_FFFF


def fields(position: int) -> dict[str, Any]:
    """The message at a position, as arguments."""
    return {
        "id": position,
        "price": position / 2,
        "quantity": position * 2_654_435_761 & 0xFFFF_FFFF,
        "symbol": str(position % 100_000_000),
        "ts": position ^ 0x5555_5555_5555_5555,
    }


def trade(position: int) -> Trade:
    return Trade(**fields(position))


class Wrong(Exception):
    """A message is not the one of its position."""


def check(position: int, found: bytes) -> None:
    expected = bytes(trade(position))
    if found != expected:
        raise Wrong(f"message {position} is {found.hex()} and not {expected.hex()}")


class Ledger:
    """What a process did, in a file that survives it; see ledger.rs."""

    def __init__(self, role: str, epoch: int, position: int, verb: int) -> None:
        path = os.path.join(os.environ["RINGGEN_DIR"], f"{role}.ledger")
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._epoch = epoch
        self._write(0, position, verb)

    def done(self, position: int, count: int) -> None:
        self._write(1, position, count)

    def _write(self, what: int, first: int, second: int) -> None:
        os.write(self._fd, struct.pack("<4Q", what, self._epoch, first, second))


def claim(claim: Callable[[], Any]) -> Any:
    """Claims a role whose last holder is being killed."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return claim()
        except ringgen.RoleTaken:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.0002)


PRODUCE = ("push", "many", "claim")
CONSUME = ("pop", "many", "peek")


def pauses(seed: int) -> Iterator[bool]:
    """Now and then so long that the other side goes to sleep; and whether to stay, or to leave and to come back.

    With the seed 0, to stay.
    """
    chance = random.Random(seed)
    while True:
        if chance.randrange(64) == 0:
            time.sleep(0.0005)
        yield seed == 0 or chance.randrange(256) != 0


def produce(job: dict[str, Any]) -> None:
    verb = job["verb"]
    ring = Trades.attach()
    pause = pauses(job["seed"])
    while True:
        tx = claim(ring.producer)
        push_on(tx, verb, pause)
        tx.detach()


def push_on(tx: TradesProducer, verb: str, pause: Iterator[bool]) -> None:
    position = tx.position()
    ledger = Ledger("producer", tx.epoch(), position, PRODUCE.index(verb))
    while next(pause):
        try:
            match verb:
                case "push":
                    tx.push(trade(position), timeout=PATIENCE)
                    count = 1
                case "many":
                    count = tx.push_many([trade(position + index) for index in range(BATCH)], timeout=PATIENCE)
                case _:
                    rows = tx.claim(BATCH, timeout=PATIENCE)
                    count = len(rows)
                    rows.view("u1")[:] = np.frombuffer(b"".join(bytes(trade(position + i)) for i in range(count)), "u1")
                    del rows
                    tx.commit()
        except (ringgen.Detached, ringgen.PeerDied):
            continue
        ledger.done(position, count)
        position += count


def consume(job: dict[str, Any]) -> None:
    verb = job["verb"]
    ring = Trades.attach()
    pause = pauses(job["seed"])
    while True:
        rx = claim(ring.consumer)
        take_on(rx, verb, pause)
        rx.detach()


def take_on(rx: TradesConsumer, verb: str, pause: Iterator[bool]) -> None:
    position = rx.position()
    ledger = Ledger("consumer", rx.epoch(), position, CONSUME.index(verb))
    stays = True
    while stays:
        try:
            match verb:
                case "pop":
                    one = rx.pop(timeout=PATIENCE)
                    data = b"" if one is None else bytes(one)
                case "many":
                    data = rx.pop_many(BATCH, timeout=PATIENCE).tobytes()
                case _:
                    rows = rx.peek(BATCH, timeout=PATIENCE)
                    data = b"" if rows is None else rows.tobytes()
                    del rows
        except ringgen.PeerDied:
            continue
        count = len(data) // Trade.SIZE
        if not count:
            raise Wrong("the stream has ended")
        for index in range(count):
            check(position + index, data[index * Trade.SIZE : (index + 1) * Trade.SIZE])
        next(pause)  # On both sides of the note: what is taken and not yet written down, and the other way round.
        ledger.done(position, count)
        stays = next(pause)
        position += count
        if verb == "peek":
            rx.release()


def step(job: dict[str, Any]) -> None:
    """Does one thing in front of whose steps this process may end; the file of steps says where it begins."""
    rings, op = job["rings"], job["op"]
    watch = Watch(os.path.join(rings, "steps"), job["crash_at"])
    watch.install()
    ring: Any = None if op in ("create", "attach") else Trades.attach()
    tx: Any = ring.producer() if op in PRODUCER_STEPS else None
    rx: Any = ring.consumer() if op in CONSUMER_STEPS else None
    messages = [trade(tx.position() + index) for index in range(5)] if tx else []
    if op != "create":
        shutil.copyfile(os.path.join(rings, "market.trades"), os.path.join(rings, "before"))
    watch.note("# begin")
    match op:
        case "create":
            Trades.create(capacity=8)
        case "attach":
            Trades.attach()
        case "claim producer":
            ring.producer()
        case "claim consumer":
            ring.consumer()
        case "push":
            tx.push(messages[0], timeout=PATIENCE)
        case "push many":
            tx.push_many(messages)
        case "claim":
            rows = tx.claim(2)
            rows.view("u1")[:] = np.frombuffer(b"".join(map(bytes, messages[:2])), "u1")
            del rows
            tx.commit()
        case "pop":
            rx.pop(timeout=PATIENCE)
            watch.note("# took 1")
        case "pop many":
            watch.note(f"# took {len(rx.pop_many(5))}")
        case "peek":
            rows = rx.peek(2)
            watch.note(f"# took {len(rows)}")
            del rows
            rx.release()
        case "unlink":
            ring.unlink()
        case "close" | "detach":
            getattr(tx, op)()
        case "detach consumer":
            rx.close()
        case other:
            raise Wrong(f"there is nothing like {other!r}")
    watch.note("# end")
    os._exit(0)  # Without an end for what it holds.


PRODUCER_STEPS = ("push", "push many", "claim", "close", "detach")
CONSUMER_STEPS = ("pop", "pop many", "peek", "detach consumer")


def note(line: str) -> None:
    with open(os.path.join(os.environ["RINGGEN_DIR"], "notes"), "a") as notes:
        notes.write(line + "\n")


def stay() -> None:
    """Does nothing until it is killed; but a process whose test was killed is not to stay for good."""
    time.sleep(5 * PATIENCE)
    os._exit(1)


def one(role: str) -> Callable[[float], None]:
    """Claims a role; what comes back pushes or takes one message."""
    if role == "producer":
        tx = Trades.attach().producer()
        return lambda timeout: tx.push(trade(tx.position()), timeout=timeout)
    rx = Trades.attach().consumer()

    def pop(timeout: float) -> None:
        position = rx.position()
        message = rx.pop(timeout=timeout)
        if message is None:
            raise Wrong("the stream has ended")
        check(position, bytes(message))

    return pop


def witness(job: dict[str, Any]) -> None:
    """Pushes or takes messages, and notes the first time that nothing comes of it in time, and that it goes on then."""
    verb = one(job["role"])
    timeout = job["timeout"] / 1000
    while True:
        try:
            verb(timeout)
        except ringgen.RingError as error:
            note(type(error).__name__)
            timeout = PATIENCE
            continue
        if timeout == PATIENCE:
            break
    note("went on")
    stay()


def refused(job: dict[str, Any]) -> None:
    """Claims both roles in vain."""
    ring = Trades.attach()
    for role, claims in (("producer", ring.producer), ("consumer", ring.consumer)):
        try:
            claims()
        except ringgen.RingError as error:
            note(f"{role}: {type(error).__name__}")
        else:
            note(f"{role}: none")
    stay()


def fork(job: dict[str, Any]) -> None:
    """Forks a child that tries to use this process's role, and goes on."""
    verb = one(job["role"])
    verb(PATIENCE)
    if os.fork() == 0:
        note(f"child {os.getpid()}")
        tried = []
        for _ in range(2):
            try:
                verb(PATIENCE)
            except ringgen.RingError as error:
                tried.append(type(error).__name__)
        del verb  # Giving back what is not held does nothing to the parent's role.
        note(", ".join(tried))
    else:
        notes = Path(job["rings"], "notes")
        while not notes.exists() or notes.read_text().count("\n") < 2:
            time.sleep(0.001)
        verb(PATIENCE)
        note("the parent went on")
    stay()


JOBS: dict[str, Callable[[dict[str, Any]], None]] = {
    "produce": produce,
    "consume": consume,
    "step": step,
    "witness": witness,
    "refused": refused,
    "fork": fork,
}


def main() -> None:
    """`JOB` starts a process and is answered with its number; `wait NUMBER` with how it ended, once it has."""
    for line in sys.stdin:
        if line.startswith("wait "):
            print(os.waitpid(int(line[5:]), 0)[1], flush=True)
            continue
        child = os.fork()
        if child:
            print(child, flush=True)
            continue
        try:
            ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG: killed when its parent dies, and with it the test.
            job = json.loads(line)
            os.environ["RINGGEN_DIR"] = job["rings"]
            JOBS[job["do"]](job)
        except BaseException:
            with open(os.path.join(job["rings"], "errors"), "a") as errors:
                traceback.print_exc(file=errors)
            os._exit(1)
        os._exit(0)


main()
