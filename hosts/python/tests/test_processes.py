"""Two processes: waiting, waking, and dying at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable

import pytest
import ringgen
from conftest import Start, until
from market import Trade, Trades
from words import CONSUMER, PRODUCER, STATE, Words


def event(process: subprocess.Popen[str]) -> list[str]:
    """The next line that it prints."""
    assert process.stdout is not None
    return process.stdout.readline().split()


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("first", [0, 2**32 - 5, 2**53 - 5])
def test_a_stream_between_processes(start: Start, first: int) -> None:
    with Trades.create(capacity=16, first_position=first) as ring, ring.consumer() as rx:
        process = start("produce", 5000)
        assert [trade.id for trade in rx] == list(range(first, first + 5000))
        assert rx.ended
        assert event(process) == ["pushed", str(first + 5000)]


def test_an_echo_through_two_rings(start: Start) -> None:
    with (
        Trades.create("there", capacity=4) as there,
        Trades.create("back", capacity=4) as back,
        there.producer() as tx,
        back.consumer() as rx,
    ):
        assert event(start("echo", "there", "back")) == ["ready"]
        for i in range(2000):
            tx.push(id=i, symbol=str(i))
            trade = rx.pop()
            assert trade is not None
            assert (trade.id, trade.symbol) == (i, str(i))


def test_a_parked_consumer_is_woken(start: Start) -> None:
    with Trades.create(capacity=4) as ring, Words(ring.path) as words, ring.producer() as tx:
        for i in range(20):
            process = start("pop_one")
            assert event(process) == ["waiting"]
            until(lambda: words.parked(CONSUMER))
            tx.push(id=i)
            assert event(process) == ["popped", str(i), "False"]
            process.wait()
        assert tx.stats().wakes >= 1


def test_a_parked_producer_is_woken(start: Start) -> None:
    with Trades.create(capacity=1) as ring, Words(ring.path) as words, ring.consumer() as rx:
        start("push_one", 0)
        trade = rx.pop()
        for i in range(1, 20, 2):
            first = start("push_one", i)
            assert event(first) == ["waiting"]
            assert event(first) == ["pushed", str(i)]
            first.wait()
            second = start("push_one", i + 1)
            assert event(second) == ["waiting"]
            until(lambda: words.parked(PRODUCER))
            trade = rx.pop()
            assert trade is not None
            assert trade.id == i
            assert event(second) == ["pushed", str(i + 1)]
            second.wait()
            rx.pop()


def test_close_wakes_a_parked_consumer(start: Start) -> None:
    with Trades.create(capacity=4) as ring, Words(ring.path) as words:
        process = start("pop_one")
        assert event(process) == ["waiting"]
        tx = ring.producer()
        until(lambda: words.parked(CONSUMER))
        tx.close()
        assert event(process) == ["popped", "None", "True"]


@pytest.mark.parametrize(("peer", "role"), [("pop_interrupted", CONSUMER), ("push_interrupted", PRODUCER)])
def test_ctrl_c_ends_parking(start: Start, peer: str, role: str) -> None:
    with Trades.create(capacity=1) as ring, Words(ring.path) as words:
        if role == PRODUCER:
            with ring.producer() as tx:
                tx.push(id=1)
                tx.detach()
        process = start(peer)
        assert event(process) == ["waiting"]
        until(lambda: words.parked(role))
        process.send_signal(signal.SIGINT)
        assert event(process)[0] == "interrupted"
        assert process.wait() == 0
        assert not words.parked(role)
        assert words.u32(role, STATE) == (2 if role == PRODUCER else 3)


def test_a_killed_producer_loses_nothing_that_it_published(start: Start) -> None:
    chance = random.Random(4)
    with Trades.create(capacity=64) as ring, ring.consumer() as rx, Words(ring.path) as words:
        expected = 0
        for epoch in range(1, 9):
            process = start("produce_for_ever")
            assert event(process) == ["ready", str(expected), str(epoch)]
            for _ in range(chance.randrange(400)):
                trade = rx.pop()
                assert trade is not None
                assert trade.id == expected
                assert trade.price == expected / 2
                expected += 1
            kill(process)
            published = words.u64(PRODUCER, 0)
            with pytest.raises(ringgen.PeerDied, match=f"process {process.pid}, has died"):
                while True:
                    trade = rx.pop()
                    assert trade is not None
                    assert trade.id == expected
                    expected += 1
            assert expected == published == rx.position()


def test_a_killed_consumer_loses_at_most_the_message_in_its_hands(start: Start) -> None:
    chance = random.Random(5)
    with Trades.create(capacity=64) as ring, Words(ring.path) as words:
        tx = ring.producer()
        taken = pushed = 0
        for _ in range(8):
            process = start("pop_for_ever")
            assert event(process) == ["ready"]
            for _ in range(chance.randrange(1, 2000)):
                tx.push(id=pushed)
                pushed += 1
            kill(process)
            assert process.stdout is not None
            seen = [int(line) for line in process.stdout]
            head = words.u64(CONSUMER, 0)
            assert seen == list(range(taken, taken + len(seen)))
            assert 0 <= head - (taken + len(seen)) <= 1
            taken = head
            with pytest.raises(ringgen.PeerDied, match=f"process {process.pid}, has died"):
                while True:
                    tx.push(id=pushed)
                    pushed += 1
            with ring.consumer() as rx:
                assert rx.position() == head
                assert rx.pop_many(64)["id"].tolist() == list(range(head, pushed))
                taken = pushed


def test_a_killed_consumer_repeats_at_most_the_batch_it_peeked(start: Start) -> None:
    chance = random.Random(6)
    batch = 16
    with Trades.create(capacity=64) as ring, Words(ring.path) as words:
        tx = ring.producer()
        start_of_round = pushed = 0
        for _ in range(8):
            process = start("peek_for_ever", batch)
            assert event(process) == ["ready"]
            for _ in range(chance.randrange(1, 2000)):
                tx.push(id=pushed)
                pushed += 1
            kill(process)
            assert process.stdout is not None
            seen = [int(line) for line in process.stdout]
            head = words.u64(CONSUMER, 0)
            assert seen == list(range(start_of_round, start_of_round + len(seen)))
            assert 0 <= (start_of_round + len(seen)) - head <= batch
            with ring.consumer() as rx:
                assert rx.position() == head
                while (rows := rx.try_pop_many(64)).size:
                    assert rows["id"].tolist() == list(range(head, head + len(rows)))
                    head += len(rows)
                assert head == pushed
            start_of_round = pushed


def test_death_is_not_the_end(start: Start) -> None:
    with Trades.create(capacity=4) as ring, ring.consumer() as rx:
        end = start("end_without_closing", "kill")
        end.wait()
        assert rx.pop() == Trade(id=7)
        for _ in range(2):
            with pytest.raises(ringgen.PeerDied):
                rx.pop()
        with pytest.raises(ringgen.PeerDied):  # It says so rather than Timeout.
            rx.pop(timeout=0.001)
        assert rx.try_pop() is None
        assert not rx.ended
        with ring.producer() as tx:
            assert (tx.position(), tx.epoch()) == (1, 2)
            tx.push(id=8)
            assert rx.pop() == Trade(id=8)
        assert rx.pop() is None


@pytest.mark.parametrize("how", ["return", "error"])
def test_a_program_that_ends_in_order_closes(start: Start, how: str) -> None:
    with Trades.create(capacity=4) as ring, ring.consumer() as rx:
        process = start("end_without_closing", how)
        process.wait()
        assert [trade.id for trade in rx] == [7]
        assert rx.ended


@pytest.mark.parametrize("role", [PRODUCER, CONSUMER])
def test_a_role_of_another_process_is_taken_until_it_leaves(start: Start, role: str) -> None:
    with Trades.create(capacity=4) as ring:
        claim = ring.producer if role == PRODUCER else ring.consumer
        process = start("hold", role)
        assert event(process) == ["ready", "1"]
        with pytest.raises(ringgen.RoleTaken, match=f"process {process.pid}:") as caught:
            claim()
        assert caught.value.pid == process.pid
        assert process.stdin is not None
        process.stdin.write("detach\n")
        process.stdin.flush()
        process.wait()
        with claim() as handle:
            assert handle.epoch() == 2


def test_a_killed_holder_gives_its_role_back(start: Start) -> None:
    with Trades.create(capacity=4) as ring:
        process = start("hold", PRODUCER)
        assert event(process) == ["ready", "1"]
        kill(process)
        with ring.producer() as tx:
            assert tx.epoch() == 2


def test_a_child_that_outlives_its_parent_does_not_hold_its_role(start: Start) -> None:
    with Trades.create(capacity=4) as ring, ring.consumer() as rx:
        process = start("fork_and_live_on")
        child = int(event(process)[1])
        try:
            assert rx.pop() == Trade(id=1)
            kill(process)
            with pytest.raises(ringgen.PeerDied):
                rx.pop()
            ring.producer().close()
        finally:
            os.kill(child, signal.SIGKILL)


def in_child(body: Callable[[], None]) -> int:
    """Runs something in a forked child. 0 if it did not raise."""
    child = os.fork()
    if child == 0:
        try:
            body()
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_forked_child_can_not_use_the_handles() -> None:
    with Trades.create(capacity=4) as ring, Words(ring.path) as words:
        tx, rx = ring.producer(), ring.consumer()
        tx.push(id=1)
        rows = rx.peek(1)
        assert rows is not None
        rx.release(0)

        def child() -> None:
            uses: list[Callable[[], object]] = [
                lambda: tx.push(id=2),
                lambda: tx.try_push(id=2),
                lambda: tx.claim(1),
                tx.position,
                rx.pop,
                rx.try_pop,
                lambda: rx.try_peek(1),
                lambda: rx.ended,
            ]
            for use in uses:
                with pytest.raises(ringgen.Forked, match="came over a fork"):
                    use()
            # Neither closing nor ending does anything to the parent's roles.
            tx.close()
            rx.close()
            tx._core.abandon()
            with pytest.raises(ringgen.RoleTaken):
                ring.producer()

        assert in_child(child) == 0
        assert (words.u32(PRODUCER, STATE), words.u32(CONSUMER, STATE)) == (1, 1)
        tx.push(id=2)
        assert [rx.pop(), rx.pop()] == [Trade(id=1), Trade(id=2)]


def test_a_forked_child_can_claim_roles_of_its_own() -> None:
    with Trades.create(capacity=4) as ring, ring.consumer() as rx:

        def child() -> None:
            with ring.producer() as tx:
                tx.push(id=5)

        assert in_child(child) == 0
        assert [trade.id for trade in rx] == [5]


def test_a_parked_consumer_uses_no_processor(start: Start) -> None:
    with Trades.create(capacity=4) as ring, Words(ring.path) as words, ring.producer() as tx:
        process = start("pop_one")
        assert event(process) == ["waiting"]
        until(lambda: words.parked(CONSUMER))

        def ticks() -> int:
            with open(f"/proc/{process.pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
            return int(fields[11]) + int(fields[12])

        before = ticks()
        time.sleep(1)
        # Of a hundred ticks; ten slices of 100 ms take a look each.
        assert ticks() - before <= 5
        tx.push(id=1)
        assert event(process) == ["popped", "1", "False"]
