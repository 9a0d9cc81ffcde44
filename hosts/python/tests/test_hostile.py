"""A peer that writes nonsense: it can make this side fail with `Corrupt`, and nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import ringgen
from market import Trade, Trades
from words import CONSUMER, CURSOR, EPOCH, EVENT, FENCE_MODE, PRODUCER, STATE, TICKET, WANT, Words

CAPACITY = 8
START = 100

TAILS = [0, START - 1, START + CAPACITY + 1, 1 << 62, (1 << 62) + 1, 1 << 63, (1 << 64) - 1]
HEADS = [0, START - 1, START + 1, 1 << 62, 1 << 63, (1 << 64) - 1]


@pytest.mark.parametrize("tail", TAILS)
@pytest.mark.parametrize("verb", ["try_pop", "pop", "peek", "pop_many", "ended", "iterate"])
def test_a_tail_that_can_not_be_is_corrupt_for_good(tail: int, verb: str) -> None:
    with Trades.create(capacity=CAPACITY, first_position=START) as ring, Words(ring.path) as words:
        rx = ring.consumer()
        verbs: dict[str, Callable[[], object]] = {
            "try_pop": rx.try_pop,
            "pop": rx.pop,
            "peek": lambda: rx.peek(3),
            "pop_many": lambda: rx.pop_many(3),
            "ended": lambda: rx.ended,
            "iterate": lambda: next(iter(rx)),
        }
        words.set32(PRODUCER, STATE, 2)  # `ended` looks at the cursor of a closed stream alone.
        words.set64(PRODUCER, CURSOR, tail)
        with pytest.raises(ringgen.Corrupt, match=r"went back|can't be"):
            verbs[verb]()
        words.set64(PRODUCER, CURSOR, START + 1)
        with pytest.raises(ringgen.Corrupt):
            rx.try_pop()
        rx.close()
        assert words.u32(CONSUMER, STATE) == 3


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("verb", ["try_push", "push", "claim", "push_many"])
def test_a_head_that_can_not_be_is_corrupt_for_good(head: int, verb: str) -> None:
    with Trades.create(capacity=CAPACITY, first_position=START) as ring, Words(ring.path) as words:
        tx = ring.producer()
        tx.push_many([Trade()] * CAPACITY)
        if head == START + 1:
            head = START + CAPACITY + 1
        verbs: dict[str, Callable[[], object]] = {
            "try_push": lambda: tx.try_push(id=1),
            "push": lambda: tx.push(Trade(id=1)),
            "claim": lambda: tx.claim(3),
            "push_many": lambda: tx.push_many([Trade()]),
        }
        words.set64(CONSUMER, CURSOR, head)
        with pytest.raises(ringgen.Corrupt, match=r"went back|can't be"):
            verbs[verb]()
        words.set64(CONSUMER, CURSOR, START + 1)
        with pytest.raises(ringgen.Corrupt):
            tx.try_push(id=1)
        tx.close()


@pytest.mark.parametrize("state", [4, 5, 1 << 16, (1 << 32) - 1])
def test_unknown_states_are_corrupt(state: int) -> None:
    with Trades.create(capacity=1) as ring, Words(ring.path) as words:
        tx, rx = ring.producer(), ring.consumer()
        tx.push(id=1)
        words.set32(CONSUMER, STATE, state)
        with pytest.raises(ringgen.Corrupt, match="the consumer has the unknown state"):
            tx.push(id=2)
        rx.pop()
        words.set32(PRODUCER, STATE, state)
        with pytest.raises(ringgen.Corrupt, match="the producer has the unknown state"):
            rx.pop()


def test_a_consumer_can_not_end_the_stream() -> None:
    with Trades.create(capacity=1) as ring, Words(ring.path) as words, ring.producer() as tx:
        tx.push(id=1)
        words.set32(CONSUMER, STATE, 2)
        with pytest.raises(ringgen.Corrupt, match="unknown state 2"):
            tx.push(id=2)


class Fickle:
    """The words of a side whose fence mode is another one whenever somebody looks."""

    def __init__(self, words: memoryview) -> None:
        self.words = words
        self.looks = 0

    def __getitem__(self, index: int) -> int:
        if index != FENCE_MODE // 4:
            return self.words[index]
        self.looks += 1
        assert self.looks < 1000, "it is looked at without an end"
        return self.looks

    def release(self) -> None:
        self.words.release()


def test_a_fence_mode_that_never_stays_the_same_keeps_nobody_from_sleeping() -> None:
    with Trades.create(capacity=1) as ring, ring.producer(), ring.consumer() as rx:
        rx._core._peer32 = fickle = Fickle(rx._core._peer32)  # type: ignore[assignment]
        for _ in range(10_000):
            with pytest.raises(ringgen.Timeout):
                rx.pop(timeout=0.003)
            if fickle.looks > 8:  # On a busy machine it may be too late to sleep at all.
                return
        pytest.fail("it never slept")


@pytest.mark.parametrize(("head", "tail"), [(1, 0), (0, 9), (1 << 62, (1 << 62) + 1), ((1 << 64) - 1, 0)])
def test_roles_are_not_claimed_between_impossible_cursors(head: int, tail: int) -> None:
    with Trades.create(capacity=CAPACITY) as ring, Words(ring.path) as words:
        words.set64(CONSUMER, CURSOR, head)
        words.set64(PRODUCER, CURSOR, tail)
        for claim in (ring.producer, ring.consumer):
            with pytest.raises(ringgen.Corrupt, match="can't be"):
                claim()
        words.set64(CONSUMER, CURSOR, 0)
        words.set64(PRODUCER, CURSOR, 0)
        for role, claim in ((PRODUCER, ring.producer), (CONSUMER, ring.consumer)):
            words.set32(role, STATE, 9)
            with pytest.raises(ringgen.Corrupt, match="unknown state 9"):
                claim()
            assert words.u64(role, EPOCH) == 0
            words.set32(role, STATE, 0)
            claim().detach()
        words.set32(CONSUMER, STATE, 2)
        with pytest.raises(ringgen.Corrupt, match="the consumer has the unknown state 2"):
            ring.consumer()


def test_whatever_the_peer_writes_this_side_ends_in_time() -> None:
    chance = random.Random(3)
    values = [0, 1, 2, 3, 4, START, START + 3, START + CAPACITY, (1 << 32) - 1, 1 << 62, (1 << 64) - 1]
    outcomes: set[str] = set()
    for _ in range(400):
        with Trades.create(capacity=CAPACITY, first_position=START) as ring, Words(ring.path) as words:
            tx, rx = ring.producer(), ring.consumer()
            role = chance.choice([PRODUCER, CONSUMER])
            verbs: list[Callable[[], object]] = [
                lambda rx=rx: rx.pop(timeout=0.001),  # type: ignore[misc]
                lambda rx=rx: rx.try_pop_many(20),  # type: ignore[misc]
                lambda tx=tx: tx.push(id=1, timeout=0.001),  # type: ignore[misc]
                lambda tx=tx: tx.push_many([Trade()] * 20, timeout=0.001),  # type: ignore[misc]
            ]
            for _ in range(8):
                value = chance.choice(values)
                if chance.random() < 0.5:
                    words.set64(role, chance.choice([CURSOR, EPOCH, WANT]), value)
                else:
                    words.set32(role, chance.choice([EVENT, TICKET, FENCE_MODE, STATE]), value & 0xFFFF_FFFF)
                try:
                    chance.choice(verbs)()
                    outcomes.add("fine")
                except ringgen.RingError as error:
                    outcomes.add(type(error).__name__)
            tx.close()
            rx.close()
            ring.unlink()
    assert {"fine", "Corrupt", "Timeout"} <= outcomes


def test_a_slot_of_nonsense_is_still_a_message() -> None:
    with Trades.create(capacity=1) as ring, Words(ring.path), ring.producer() as tx, ring.consumer() as rx:
        tx.push(id=1)
        with open(ring.path, "r+b") as file:
            file.seek(12288)
            file.write(b"\xff" * 40)
        trade = rx.pop()
        assert trade is not None
        assert (trade.id, trade.side, int(trade.conditions)) == ((1 << 64) - 1, 255, 0xFFFF)
        assert trade.price != trade.price
        with pytest.raises(UnicodeDecodeError) as caught:
            _ = trade.symbol
        assert caught.value.object == b"\xff" * 8
        assert r"symbol=b'\xff" in repr(trade)


def test_the_other_sides_words_can_not_be_written() -> None:
    with Trades.create(capacity=1) as ring, ring.producer() as tx, ring.consumer() as rx:
        for words in (tx._core._peer64, tx._core._peer32, rx._core._peer64, rx._core._view):
            assert words.readonly
            with pytest.raises(TypeError):
                words[0] = 0
