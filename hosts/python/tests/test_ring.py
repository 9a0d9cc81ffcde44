"""The verbs of a ring, both roles in one process."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest
import ringgen
from market import Side, Trade, Trades, TradesConsumer, TradesProducer
from words import CONSUMER, PRODUCER, STATE, Words

STARTS = [0, 2**32 - 5, 2**53 - 5]


def ids(trades: object) -> list[int]:
    return [trade.id for trade in trades]  # type: ignore[attr-defined]


@pytest.mark.parametrize("first", STARTS)
@pytest.mark.parametrize("capacity", [1, 2, 16])
def test_messages_arrive_in_order_over_many_laps(capacity: int, first: int) -> None:
    with Trades.create(capacity=capacity, first_position=first) as ring:
        tx, rx = ring.producer(), ring.consumer()
        assert (tx.position(), rx.position()) == (first, first)
        for i in range(5 * capacity + 3):
            tx.push(id=first + i, price=i / 4, quantity=i, symbol=f"S{i}", side=Side.SELL, ts=i)
            assert rx.pop() == Trade(id=first + i, price=i / 4, quantity=i, symbol=f"S{i}", side=Side.SELL, ts=i)
            assert rx.try_pop() is None
        assert tx.position() == rx.position() == first + 5 * capacity + 3


@pytest.mark.parametrize("first", STARTS)
def test_full_and_empty_are_values(first: int) -> None:
    with Trades.create(capacity=4, first_position=first) as ring, ring.producer() as tx, ring.consumer() as rx:
        assert [tx.try_push(id=i) for i in range(6)] == [True] * 4 + [False] * 2
        assert not tx.try_push(Trade(id=9))
        assert ids(filter(None, (rx.try_pop() for _ in range(6)))) == [0, 1, 2, 3]
        assert tx.try_push(Trade(id=9))


@pytest.mark.parametrize("first", STARTS)
def test_batches_wrap(first: int) -> None:
    trades = [Trade(id=i, symbol="x") for i in range(11)]
    with Trades.create(capacity=8, first_position=first) as ring, ring.producer() as tx, ring.consumer() as rx:
        assert tx.try_push_many(trades[:5]) == 5
        assert rx.pop_many(3)["id"].tolist() == [0, 1, 2]
        assert tx.try_push_many(trades[5:]) == 6
        assert tx.try_push_many(trades) == 0
        rows = rx.pop_many(100)
        assert rows["id"].tolist() == list(range(3, 11))
        assert rows["symbol"].tolist() == [b"x"] * 8
        rows["id"] = 0  # A copy, the caller's own.
        assert rx.try_pop_many(100).tolist() == []


def test_arrays_are_pushed_whole() -> None:
    rows = np.zeros(20, Trade.DTYPE)
    rows["id"] = np.arange(20)
    with Trades.create(capacity=8) as ring, ring.producer() as tx, ring.consumer() as rx:
        assert tx.try_push_many(rows) == 8
        assert tx.try_push_many(rows[8:]) == 0
        assert ids(rx.pop() for _ in range(8)) == list(range(8))
        assert tx.push_many(rows[:0]) == 0
        with pytest.raises(TypeError, match="dtype"):
            tx.push_many(np.zeros(3, "<f8"))
        with pytest.raises(TypeError, match=r"int|Trade"):
            tx.push_many([1, 2])  # type: ignore[list-item]
        with pytest.raises(TypeError, match="a Trade is to be pushed, not a Other"):
            tx.push(type("Other", (), {})())


def test_push_many_waits_and_says_how_far_it_came() -> None:
    with Trades.create(capacity=4) as ring, ring.producer() as tx, ring.consumer() as rx:
        assert tx.push_many([Trade(id=i) for i in range(7)], timeout=0.01) == 4
        with pytest.raises(ringgen.Timeout):
            tx.push_many([Trade()], timeout=0.01)
        reader = threading.Thread(target=lambda: [rx.pop() for _ in range(104)])
        reader.start()
        assert tx.push_many([Trade(id=i) for i in range(100)]) == 100
        reader.join()


@pytest.mark.parametrize("first", STARTS)
def test_slots_are_written_and_read_in_place(first: int) -> None:
    with Trades.create(capacity=8, first_position=first) as ring, ring.producer() as tx, ring.consumer() as rx:
        room = 8 - first % 8
        rows = tx.claim(100)
        assert len(rows) == room  # Those side by side.
        rows["id"] = np.arange(room)
        tx.commit(room - 1)
        with pytest.raises(ValueError, match="read-only"):
            rows["id"] = 7
        seen = rx.peek(100)
        assert seen is not None
        assert seen["id"].tolist() == list(range(room - 1))
        with pytest.raises(ValueError, match="read-only"):
            seen["id"] = 7
        rx.release(room - 2)
        assert rx.position() == first + room - 2
        last = rx.pop()
        assert last is not None
        assert last.id == room - 2
        assert rx.try_peek(1) is None
        rows = tx.claim(100)
        tx.commit(0)
        assert rx.try_pop() is None
        assert len(tx.claim(1)) == 1
        tx.commit()


def test_one_batch_at_a_time() -> None:
    with Trades.create(capacity=8) as ring, ring.producer() as tx, ring.consumer() as rx:
        with pytest.raises(RuntimeError, match="no claim of this producer to commit"):
            tx.commit()
        tx.claim(2)
        for forbidden in (lambda: tx.push(id=1), lambda: tx.claim(1), lambda: tx.push_many([Trade()])):
            with pytest.raises(RuntimeError, match="commit it first"):
                forbidden()
        with pytest.raises(ValueError, match="can't commit 3 of 2"):
            tx.commit(3)
        with pytest.raises(ValueError, match="can't commit -1 of 2"):
            tx.commit(-1)
        assert tx.position() == 0
        tx.commit()
        with pytest.raises(ValueError, match="0 slots"):
            tx.claim(0)
        rx.peek(2)
        with pytest.raises(RuntimeError, match="release it first"):
            rx.pop()
        rx.release(0)
        assert rx.position() == 0
        assert len(rx.pop_many(9)) == 2


def test_claims_and_peeks_wait() -> None:
    with Trades.create(capacity=2) as ring, ring.producer() as tx, ring.consumer() as rx:
        with pytest.raises(ringgen.Timeout):
            rx.peek(1, timeout=0.01)
        with pytest.raises(ringgen.Timeout):
            rx.pop_many(1, timeout=0.01)
        tx.push_many([Trade(), Trade()])
        assert tx.try_claim(1) is None
        with pytest.raises(ringgen.Timeout):
            tx.claim(1, timeout=0.01)


@pytest.mark.parametrize("wait", ["spin", "yield", "hybrid"])
def test_waiting_ends_by_its_timeout(wait: str) -> None:
    with Trades.create(capacity=1, wait=wait) as ring, ring.producer() as tx, ring.consumer() as rx:  # type: ignore[arg-type]
        with pytest.raises(ringgen.Timeout, match=r"no message came for the 0\.02 s") as caught:
            rx.pop(timeout=0.02)
        assert isinstance(caught.value, TimeoutError)
        assert isinstance(caught.value, ringgen.RingError)
        tx.push(id=1)
        with pytest.raises(ringgen.Timeout, match="the ring stayed full"):
            tx.push(id=2, timeout=0.02)
        with pytest.raises(ringgen.Timeout):
            tx.push(Trade(id=2), timeout=0)
        assert ids([rx.pop(timeout=0)]) == [1]
        assert tx.stats().stalls == 2
        assert rx.stats().stalls == 1


def test_the_end_of_the_stream_is_a_value() -> None:
    with Trades.create(capacity=4) as ring:
        tx, rx = ring.producer(), ring.consumer()
        tx.push_many([Trade(id=1), Trade(id=2)])
        assert not rx.ended
        tx.close()
        assert not rx.ended
        assert ids(rx) == [1, 2]
        assert rx.ended
        assert (rx.pop(), rx.try_pop(), rx.peek(3), rx.pop_many(3).tolist()) == (None, None, None, [])
        rx.close()
        again = ring.consumer()
        assert again.ended
        with pytest.raises(ringgen.Closed, match="ended the stream"):
            ring.producer()


def test_detaching_keeps_the_stream() -> None:
    with Trades.create(capacity=2) as ring:
        tx, rx = ring.producer(), ring.consumer()
        tx.push(id=1)
        tx.detach()
        assert not rx.ended
        assert ids([rx.pop()]) == [1]
        with pytest.raises(ringgen.Timeout):  # A producer may come any time.
            rx.pop(timeout=0.15)
        tx = ring.producer()
        assert (tx.position(), tx.epoch()) == (1, 2)
        tx.push_many([Trade(id=2), Trade(id=3)])
        rx.detach()
        with pytest.raises(ringgen.Detached):
            tx.push(id=4)
        with pytest.raises(ringgen.Detached):
            tx.push(id=4, timeout=0.01)
        rx = ring.consumer()
        assert (rx.position(), rx.epoch()) == (1, 2)
        assert ids([rx.pop(), rx.pop()]) == [2, 3]


def test_a_ring_without_a_consumer_is_just_full() -> None:
    with Trades.create(capacity=1) as ring, ring.producer() as tx:
        tx.push(id=1)
        with pytest.raises(ringgen.Timeout):
            tx.push(id=2, timeout=0.15)


def test_a_closed_handle_says_so() -> None:
    with Trades.create(capacity=1) as ring:
        tx, rx = ring.producer(), ring.consumer()
        for handle in (tx, rx):
            assert not handle.closed
            handle.close()
            handle.close()
            handle.detach()
            assert handle.closed
            assert "closed" in repr(handle)
        uses = [
            lambda: tx.push(id=1),
            lambda: tx.claim(1),
            tx.commit,
            tx.position,
            tx.stats,
            rx.pop,
            rx.try_pop,
            lambda: rx.peek(1),
            lambda: rx.ended,
            lambda: next(iter(rx)),
        ]
        for use in uses:
            with pytest.raises(ringgen.Closed):
                use()
    with pytest.raises(ringgen.Closed):
        ring.producer()


def test_dropping_a_producer_closes_and_dropping_a_consumer_detaches() -> None:
    with Trades.create(capacity=1) as ring, Words(ring.path) as words:
        ring.consumer()
        assert words.u32(CONSUMER, STATE) == 3
        ring.producer()
        assert words.u32(PRODUCER, STATE) == 2


def test_a_claim_that_is_still_open_is_not_published_by_close() -> None:
    with Trades.create(capacity=4) as ring:
        tx, rx = ring.producer(), ring.consumer()
        rows = tx.claim(3)
        rows["id"] = 7
        tx.close()
        assert rx.pop() is None
        assert rows["id"].tolist() == [7, 7, 7]  # The mapping lives as long as its views.


def test_roles_are_taken_once() -> None:
    with Trades.create(capacity=1) as ring, Trades.attach() as other:
        tx, rx = ring.producer(), ring.consumer()
        for claim, role in ((other.producer, "producer"), (ring.consumer, "consumer")):
            with pytest.raises(ringgen.RoleTaken, match=f"has a {role} already, process {os.getpid()}") as caught:
                claim()
            assert (caught.value.role, caught.value.pid) == (role, os.getpid())
        rx.close()
        other.consumer().close()
        tx.close()


def test_a_second_thread_is_refused() -> None:
    failures: list[BaseException] = []

    def use(*calls: object) -> None:
        for call in calls:
            try:
                call()  # type: ignore[operator]
            except BaseException as error:
                failures.append(error)

    with Trades.create(capacity=4) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(id=1)
        rx.try_pop()
        calls = [lambda: tx.push(id=2), rx.pop, lambda: tx.claim(1), rx.position, tx.close]
        thread = threading.Thread(target=use, args=calls)
        thread.start()
        thread.join()
        assert [type(failure) for failure in failures] == [RuntimeError] * 5
        assert "belongs to thread" in str(failures[0])
        tx.push(id=2)
        assert ids([rx.pop()]) == [2]


def test_a_handle_goes_to_the_thread_that_uses_it_first() -> None:
    with Trades.create(capacity=4) as ring, ring.producer() as tx, ring.consumer() as rx:
        thread = threading.Thread(target=lambda: tx.push(id=1))
        thread.start()
        thread.join()
        assert ids([rx.pop()]) == [1]
        tx.push(id=2)  # That thread is gone.


def test_handles_of_two_threads_wake_each_other() -> None:
    count = 3000
    got: list[int] = []

    def consume(rx: TradesConsumer) -> None:
        got.extend(ids(rx))

    with Trades.create(capacity=2) as ring:
        tx: TradesProducer = ring.producer()
        thread = threading.Thread(target=consume, args=[ring.consumer()])
        thread.start()
        for i in range(count):
            tx.push(id=i)
        tx.close()
        thread.join()
    assert got == list(range(count))


def test_names_instances_and_paths(rings: Path, tmp_path: Path) -> None:
    for ring in (
        Trades.create(capacity=1),
        Trades.create(instance="blue", capacity=1),
        Trades.create("other", capacity=1),
        Trades.create(tmp_path / "a.file.here", capacity=1),
        Trades.create(directory=tmp_path, capacity=1),
    ):
        ring.close()
    assert sorted(path.name for path in rings.iterdir()) == ["market.trades", "market.trades.blue", "other"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.file.here", "market.trades"]
    assert (tmp_path / "a.file.here").read_bytes()[0xD0:0xDA] == b"file\0\0\0\0\0\0"
    Trades.attach(str(tmp_path / "a.file.here")).close()
    Trades.attach("other").close()
    Trades.attach(instance="blue").close()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a..b", ".hidden", "a.b.c.d", "a b", "ü", "x" * 64, "/", "dir/", "a\0b/c"]
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="can't name a ring"):
        Trades.create(name, capacity=1)
    with pytest.raises(ValueError, match="can't name a ring"):
        Trades.attach(name)


def test_instances_can_not_leave_the_directory(tmp_path: Path) -> None:
    for keywords in ({"instance": "../x"}, {"instance": "a.b"}, {"name": "/x/y", "instance": "z"}):
        with pytest.raises(ValueError, match=r"can't name a ring|is a path"):
            Trades.attach(**keywords)


def test_what_is_there_is_not_overwritten(rings: Path) -> None:
    with Trades.create(capacity=1) as ring:
        before = Path(ring.path).read_bytes()
        with pytest.raises(ringgen.AlreadyExists, match=str(rings)):
            Trades.create(capacity=2)
        assert Path(ring.path).read_bytes() == before
    assert [path.name for path in rings.iterdir()] == ["market.trades"]


def test_open_or_create_does_either() -> None:
    with Trades.open_or_create(capacity=4) as one, Trades.open_or_create(capacity=8) as other:
        assert (one.capacity, other.capacity) == (4, 4)
        one.producer().push(id=3)
        assert ids([other.consumer().pop()]) == [3]


def test_unlink_removes_only_its_own_ring(rings: Path) -> None:
    with Trades.create(capacity=1) as ring:
        tx, rx = ring.producer(), ring.consumer()
        ring.unlink()
        ring.unlink()
        assert not list(rings.iterdir())
        tx.push(id=1)
        assert ids([rx.pop()]) == [1]
        with Trades.create(capacity=1):
            ring.unlink()
            assert [path.name for path in rings.iterdir()] == ["market.trades"]
            rx.close()
            with pytest.raises(ringgen.NotFound, match="is another ring by now"):
                ring.consumer()


@pytest.mark.parametrize("capacity", [0, 3, -4, 1 << 62])
def test_impossible_capacities_are_refused(capacity: int, rings: Path) -> None:
    with pytest.raises(ValueError, match=r"power of two|larger than a file"):
        Trades.create(capacity=capacity)
    assert not list(rings.iterdir())


def test_a_full_file_system_is_an_error_and_leaves_nothing(rings: Path) -> None:
    with pytest.raises(OSError, match=r"space|large"):
        Trades.create(capacity=1 << 50)
    assert not list(rings.iterdir())


def test_stats_go_on_over_claims() -> None:
    with Trades.create(capacity=2) as ring:
        for round in range(1, 4):
            with ring.consumer() as rx:
                with pytest.raises(ringgen.Timeout):
                    rx.pop(timeout=0.001)
                assert (rx.epoch(), rx.stats().stalls) == (round, round)


def test_raw_rings_carry_bytes() -> None:
    text = "message Tick 8 8\n0 8 u64 - n\n"
    tick = ringgen.Message.raw("Tick", size=8, align=8, layout_hash=ringgen.fnv1a_128(b"Tick 1"), schema_text=text)
    with ringgen.Ring.create(tick, "demo.ticks", 4) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(b"abcdefgh")
        assert tx.push_many([b"12345678", b"ABCDEFGH"]) == 2
        with pytest.raises(ValueError, match="has 8 bytes"):
            tx.push(b"short")
        with pytest.raises(ValueError, match="whole number"):
            tx.push_many(b"123456789")
        with pytest.raises(ValueError, match="has 8 bytes"):
            tx.push_many([b"1234", b"5678"])
        with pytest.raises(TypeError, match="no dtype"):
            tx.claim_rows(1)
        view = tx.claim(1)
        view[:] = b"--------"
        tx.commit()
        with pytest.raises(ValueError, match="released"):
            view[0]
        assert rx.pop() == b"abcdefgh"
        peeked = rx.peek(8)
        assert peeked is not None
        assert (bytes(peeked), peeked.readonly) == (b"12345678ABCDEFGH--------", True)
        rx.release(1)
        with pytest.raises(ValueError, match="released"):
            peeked[0]
        assert rx.pop_many(9) == [b"ABCDEFGH", b"--------"]
