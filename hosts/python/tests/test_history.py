"""What versions of a schema added, gave up and renamed."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from conftest import case

history: Any = case("history-of-members")


@contextmanager
def silence() -> Iterator[None]:
    """Where every warning is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def assert_warns(use: Callable[[], object], what: str, version: int) -> None:
    """The use is a warning, once, and who wrote it is named."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        use()
    assert [(warning.category, str(warning.message)) for warning in caught] == [
        (DeprecationWarning, f"`{what}` is deprecated since version {version}")
    ]
    assert (caught[0].filename, caught[0].lineno) == (__file__, use.__code__.co_firstlineno)


def test_the_use_of_a_deprecated_field_warns() -> None:
    with silence():
        trade = history.Trade(price=1.5, key=7)
    assert_warns(lambda: trade.id, "Trade.id", 3)
    assert_warns(lambda: setattr(trade, "id", 5), "Trade.id", 3)
    assert_warns(lambda: history.Trade(id=5), "Trade.id", 3)
    assert_warns(lambda: history.Trade(id=0), "Trade.id", 3)
    assert trade.to_dict()["id"] == 5
    with pytest.warns(DeprecationWarning):
        assert trade.id == 5
    with pytest.warns(DeprecationWarning), pytest.raises(ValueError, match=r"Trade\.id can't be -1"):
        trade.id = -1


def test_what_does_not_name_a_deprecated_field_does_not_warn() -> None:
    with pytest.warns(DeprecationWarning):
        trade = history.Trade(id=5, price=2)
    with silence():
        assert repr(trade).startswith("Trade(id=5, price=2.0, ")
        assert trade.to_dict()["id"] == 5
        assert trade == copy.copy(trade) == pickle.loads(pickle.dumps(trade)) == copy.deepcopy(trade)
        assert trade != history.Trade(price=2)
        trade.validate()
        assert history.Trade.DTYPE.names[0] == "id"


def test_a_warning_that_is_an_error_changes_nothing() -> None:
    trade = history.Trade(key=1)
    before = bytes(trade)
    with silence(), pytest.raises(DeprecationWarning):
        trade.id = 9
    with silence(), pytest.raises(DeprecationWarning):
        history.Trade(id=9)
    assert bytes(trade) == before


def test_the_name_of_a_deprecated_member_warns_and_its_number_does_not() -> None:
    assert_warns(lambda: history.Side.SELL, "Side.SELL", 3)
    assert_warns(lambda: history.Conditions.ODD, "Conditions.ODD", 4)
    with silence():
        sell = history.Side(2)
        assert (sell.name, int(sell), repr(sell)) == ("SELL", 2, "<Side.SELL: 2>")
        assert list(history.Side) == [1, 2, 3]
        assert list(history.Side.__members__) == ["BUY", "SELL", "CROSS"]
        assert history.Side["SELL"] is sell
        assert pickle.loads(pickle.dumps(sell)) is copy.deepcopy(sell) is sell
        trade = history.Trade(side=2, conditions=3)
        assert trade.side is sell
        assert trade.conditions == 3
        assert repr(trade.conditions) == "<Conditions.ODD|LATE: 3>"
        assert history.Side.BUY == 1
    with pytest.warns(DeprecationWarning):
        assert history.Side.SELL is sell
    with pytest.warns(DeprecationWarning):
        assert history.Conditions.ODD in trade.conditions


def test_a_keyword_of_push_blames_who_calls_it() -> None:
    """Of a message that `struct` can't pack, so that a constructor stands in between."""
    names: Any = case("fields-are-called-as-what-generated-code-needs")
    with names.Samples.create(capacity=4) as ring, ring.producer() as tx, ring.consumer() as rx:
        assert_warns(lambda: tx.push(np=1.5, range=3), "Sample.np", 1)
        assert_warns(lambda: tx.try_push(warnings=5, range=3), "Sample.warnings", 1)
        with silence():
            tx.push(range=4)
            taken = [rx.pop().to_dict() for _ in range(3)]
        assert [(of["np"], of["warnings"], of["range"]) for of in taken] == [(1.5, None, 3), (0, 5, 3), (0, None, 4)]


def test_a_renamed_member_has_its_new_name_and_layouts_the_old_one() -> None:
    trade = history.Trade(price=1.5)
    assert (trade.price, history.Trade.FIELDS[1][0], history.Trade.DTYPE.names[1]) == (1.5, "price", "price")
    assert history.Side.BUY == 1
    assert "8 8 f64 - px\n" in history.Trade.SCHEMA_TEXT
    assert "#name Trade.px price\n" in history.Trade.SCHEMA_TEXT


def test_docs_say_when_members_came_and_went() -> None:
    assert history.Trade.id.__doc__ == "Use `key`.\n\n        `u64`. Deprecated since version 3.\n        "
    assert history.Trade.venue.__doc__ == "`u32`. Added in version 2."
