"""What the other process does in a test: `python peers.py FUNCTION ARGUMENT…`. Each line printed is an event."""

from __future__ import annotations

import os
import signal
import sys
import time

import market
import ringgen
from market import Trade, Trades


def say(*words: object) -> None:
    print(*words, flush=True)


def produce_for_ever() -> None:
    """Pushes trades whose id is their position, until killed."""
    tx = Trades.attach().producer()
    say("ready", tx.position(), tx.epoch())
    position = tx.position()
    while True:
        tx.push(id=position, price=position / 2, quantity=position & 0xFFFF_FFFF, symbol="KILL")
        position += 1


def produce(count: int) -> None:
    """Pushes so many trades, then ends the stream."""
    with Trades.attach().producer() as tx:
        for position in range(tx.position(), tx.position() + count):
            tx.push(id=position, price=position / 2)
        say("pushed", tx.position())


def pop_for_ever() -> None:
    """Pops, and writes down each id when it has it."""
    rx = Trades.attach().consumer()
    say("ready")
    for trade in rx:
        os.write(1, b"%d\n" % trade.id)


def peek_for_ever(batch: int) -> None:
    """Peeks, writes down the ids, and only then releases."""
    rx = Trades.attach().consumer()
    say("ready")
    while (rows := rx.peek(batch)) is not None:
        os.write(1, b"".join(b"%d\n" % id for id in rows["id"]))
        rx.release()


def hold(role: str) -> None:
    """Holds a role until told to end."""
    ring = Trades.attach()
    handle = ring.producer() if role == "producer" else ring.consumer()
    say("ready", handle.epoch())
    if sys.stdin.readline().strip() == "detach":
        handle.detach()


def pop_one() -> None:
    """Waits for one trade, for ever."""
    with Trades.attach().consumer() as rx:
        say("waiting")
        trade = rx.pop()
        say("popped", trade.id if trade else None, rx.ended)


def push_one(id: int) -> None:
    """Waits for room for one trade, for ever."""
    tx = Trades.attach().producer()
    say("waiting")
    tx.push(id=id)
    say("pushed", id)
    tx.detach()


def pop_interrupted() -> None:
    """Waits for a trade until Ctrl-C."""
    with Trades.attach().consumer() as rx:
        say("waiting")
        try:
            rx.pop()
        except KeyboardInterrupt:
            say("interrupted", rx.try_pop())


def push_interrupted() -> None:
    """Waits for room until Ctrl-C."""
    with Trades.attach().producer() as tx:
        say("waiting")
        try:
            tx.push(Trade(id=1))
        except KeyboardInterrupt:
            say("interrupted", tx.try_push(Trade(id=1)))


def end_without_closing(how: str) -> None:
    """Pushes one trade and ends, without a close."""
    global kept
    kept = Trades.attach().producer()
    kept.push(id=7)
    if how == "error":
        raise SystemExit("an error")
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)


def echo(there: str, back: str) -> None:
    """Sends what comes in one ring back in another."""
    with Trades.attach(there).consumer() as rx, Trades.attach(back).producer() as tx:
        say("ready")
        for trade in rx:
            tx.push(trade)


def fork_and_live_on() -> None:
    """Forks a child that outlives this process, and says so; then waits to be killed."""
    tx = Trades.attach().producer()
    tx.push(id=1)
    child = os.fork()
    if child == 0:
        time.sleep(3600)
        os._exit(0)
    say("child", child)
    time.sleep(3600)


if __name__ == "__main__":
    assert ringgen.backend == "pure"
    assert market.Trade.SIZE == 40
    function, *arguments = sys.argv[1:]
    globals()[function](*(int(word) if word.isdigit() else word for word in arguments))
