"""Rings without a name: made, sent, inherited, and what is refused. See tests/surroundings for other languages."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
import ringgen
from market import Trade, Trades

MESSAGE = ringgen.Message.of(Trade)


@pytest.fixture
def ring() -> Iterator[ringgen.Ring[Trade]]:
    with ringgen.Ring.create_anonymous(MESSAGE, "market.trades", 8) as ring:
        yield ring


def test_a_ring_is_sent_in_the_middle_of_a_conversation(ring: ringgen.Ring[Trade]) -> None:
    here, there = socket.socketpair()
    with here, there:
        here.sendall(b"before")
        ring.send(here)
        here.sendall(b"behind")
        assert there.recv(6) == b"before"
        with ringgen.Ring.receive(MESSAGE, there) as received:
            assert received.path == "memfd:market.trades"
            assert there.recv(100) == b"behind"
            with Trades(ring).producer() as tx, Trades(received).consumer() as rx:
                tx.push(id=3)
                trade = rx.pop()
                assert trade is not None and trade.id == 3
                with pytest.raises(ringgen.RoleTaken):
                    received.producer()
                with pytest.raises(ringgen.RoleTaken):
                    ring.consumer()


def test_it_is_sealed_and_has_no_name(ring: ringgen.Ring[Trade]) -> None:
    for length in (0, 1 << 20):
        with pytest.raises(PermissionError):
            os.truncate(ring.fileno(), length)
    seals = fcntl.fcntl(ring.fileno(), fcntl.F_GET_SEALS)
    assert seals & 0x1F == fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW
    assert os.get_inheritable(ring.fileno()) is False
    ring.unlink()
    ring.producer().close()
    for name in ("", "a/b", "a..b", "a b"):
        with pytest.raises(ValueError, match="can't name a ring"):
            ringgen.Ring.create_anonymous(MESSAGE, name, 8)
    with pytest.raises(ValueError, match="power of two"):
        ringgen.Ring.create_anonymous(MESSAGE, "r", 7)
    with pytest.raises(OSError, match="Cannot allocate memory"):
        ringgen.Ring.create_anonymous(MESSAGE, "r", 1 << 48)


def test_a_child_inherits_it(ring: ringgen.Ring[Trade]) -> None:
    code = (
        "import sys; sys.path[:0] = eval(sys.argv[2])\n"
        "import market, ringgen\n"
        "ring = ringgen.Ring.from_fd(ringgen.Message.of(market.Trade), int(sys.argv[1]))\n"
        "print([trade.id for trade in market.Trades(ring).consumer()])"
    )
    with Trades(ring).producer() as tx:
        for id in range(5):
            tx.push(id=id)
    command = [sys.executable, "-c", code, str(ring.fileno()), repr(sys.path)]
    assert subprocess.check_output(command, pass_fds=[ring.fileno()], text=True) == "[0, 1, 2, 3, 4]\n"


def test_a_ring_that_has_a_name_is_not_sent() -> None:
    here, there = socket.socketpair()
    with here, there, ringgen.Ring.create(MESSAGE, "named", 8) as named:
        with pytest.raises(ValueError, match="attach to it by its name"):
            named.send(here)
        with pytest.raises(ringgen.Refused, match="the descriptor is of no memfd"):
            ringgen.Ring.from_fd(MESSAGE, named.fileno())


def test_what_comes_and_is_no_ring_leaves_no_descriptor_open(ring: ringgen.Ring[Trade]) -> None:
    here, there = socket.socketpair()
    with here, there:
        there.setblocking(False)
        with pytest.raises(BlockingIOError):
            ringgen.Ring.receive(MESSAGE, there)
        before = len(os.listdir("/proc/self/fd"))
        for data, count in ((b"RINGGEN1", 2), (b"RINGGEN1", 4), (b"GARBAGE!", 1), (b"RINGGEN1", 0)):
            socket.send_fds(here, [data], [ring.fileno()] * count)
            with pytest.raises(ringgen.NotARing, match="not `RINGGEN1` with one descriptor"):
                ringgen.Ring.receive(MESSAGE, there)
        socket.send_fds(here, [b"RINGGEN1"], [here.fileno()])
        with pytest.raises(ringgen.Refused):
            ringgen.Ring.receive(MESSAGE, there)
        assert len(os.listdir("/proc/self/fd")) == before
        here.close()
        with pytest.raises(EOFError):
            ringgen.Ring.receive(MESSAGE, there)


def test_handles_close_what_they_opened() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with (
        ringgen.Ring.create_anonymous(MESSAGE, "r", 8) as ring,
        ringgen.Ring.from_fd(MESSAGE, ring.fileno()) as other,
        Trades(other).producer() as tx,
    ):
        tx.push(id=1)
    assert len(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ringgen.Closed):
        ring.fileno()
