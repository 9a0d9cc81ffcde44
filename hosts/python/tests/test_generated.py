"""Generated modules: layout, checked properties, numpy."""

from __future__ import annotations

import copy
import ctypes
import importlib
import inspect
import math
import pickle
import struct
import subprocess
import sys
from types import ModuleType

import kitchen_sink as k
import market
import numpy as np
import pytest
from conftest import CASES, GENERATED, case
from market import Book, Conditions, Level, Side, Trade, Trades

MODULES = [importlib.import_module(path.stem) for path in sorted(GENERATED.glob("*.py"))]
# Those that need no module beside them.
ALONE = [case(path.parent.name) for path in sorted(CASES.glob("*/out.py")) if "imports" not in path.parent.name]


def structures(module: ModuleType) -> list[type[ctypes.Structure]]:
    return [
        of
        for _, of in inspect.getmembers(module, inspect.isclass)
        if issubclass(of, ctypes.Structure) and of.__module__ == module.__name__
    ]


def setters(of: type) -> list[str]:
    """The names of properties that can be set."""
    return [name for name, member in vars(of).items() if isinstance(member, property) and member.fset is not None]


def has_null(of: type) -> bool:
    """Whether a new object is not all zero."""
    if any(name.endswith("_NULL") for name in vars(of)):
        return True
    nested = (getattr(kind, "_type_", kind) for _, kind in getattr(of, "_fields_", ()))
    return any(has_null(kind) for kind in nested if isinstance(kind, type) and issubclass(kind, ctypes.Structure))


ALL = [of for module in [*MODULES, *ALONE] for of in structures(module)]
STRUCTS = [of for of in ALL if not hasattr(of, "pack")]


@pytest.mark.parametrize(
    "of", [of for of in ALL if hasattr(of, "DTYPE")], ids=lambda of: f"{of.__module__}.{of.__name__}"
)
def test_ctypes_and_numpy_lay_it_out_as_the_generator_says(of: type) -> None:
    assert ctypes.sizeof(of) == of.SIZE == of.DTYPE.itemsize
    end = 0
    names = iter(of.DTYPE.names)
    for (slot, *_), (name, _, offset, size) in zip(of._fields_, of.FIELDS, strict=True):
        assert (getattr(of, slot).offset, getattr(of, slot).size) == (offset, size)
        assert offset == end
        end = offset + size
        if not name.startswith("_"):
            dtype, numpy_offset = of.DTYPE.fields[next(names)][:2]
            assert (numpy_offset, dtype.itemsize) == (offset, size)
    assert end == of.SIZE
    assert next(names, None) is None
    assert any(bytes(of())) == has_null(of)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "of", [of for of in STRUCTS if not has_null(of)], ids=lambda of: f"{of.__module__}.{of.__name__}"
)
def test_every_property_gives_back_what_it_was_given(of: type) -> None:
    one, other = of(), of()
    names = setters(of)
    # Bytes that are legal in every type: small numbers, letters, true.
    ctypes.memset(ctypes.addressof(one), 1, of.SIZE)
    for name in names:
        setattr(other, name, getattr(one, name))
        assert str(getattr(other, name)) != ""
    other.validate()
    for name, value in other.to_dict().items():
        assert repr(one.to_dict()[name]) == repr(value)
    assert of(**{name: getattr(one, name) for name in names}) == other
    assert copy.copy(other) == other
    assert repr(other).startswith(f"{of.__name__}({names[0]}=" if names else f"{of.__name__}()")
    for (slot, *_), (name, *_) in zip(of._fields_, of.FIELDS, strict=True):
        if name.startswith("_"):
            assert not any(bytes(getattr(other, slot)))


@pytest.mark.parametrize("of", ALL, ids=lambda of: f"{of.__module__}.{of.__name__}")
def test_a_name_that_is_no_field_can_not_be_set(of: type) -> None:
    with pytest.raises(AttributeError):
        of().no_such_field = 1
    with pytest.raises(TypeError):
        of(no_such_field=1)
    with pytest.raises(TypeError):
        of(1)


INTEGERS = {"u8": (0, 255), "i8": (-128, 127), "u16": (0, 65535), "i16": (-32768, 32767), "u32": (0, 2**32 - 1)}
INTEGERS |= {"i32": (-(2**31), 2**31 - 1), "u64": (0, 2**64 - 1), "i64": (-(2**63), 2**63 - 1)}


@pytest.mark.parametrize("field", INTEGERS)
def test_integers_that_do_not_fit_are_refused(field: str) -> None:
    least, greatest = INTEGERS[field]
    message = k.Everything()
    for value in (least, greatest, np.int8(7), True):
        setattr(message, field, value)
        assert getattr(message, field) == value
    for value in (least - 1, greatest + 1, 1 << 200):
        with pytest.raises(ValueError, match=f"Everything.{field} can't be {value}: it holds {least} to {greatest}"):
            setattr(message, field, value)
    for value in (1.0, "1", None, b"1", [1]):
        with pytest.raises(TypeError, match=f"Everything.{field} is an integer"):
            setattr(message, field, value)
    assert getattr(message, field) == 1


def test_floats() -> None:
    message = k.Everything()
    for value in (0.1, -0.0, math.inf, -math.inf, 5e-324, 7, np.float64(2)):
        message.f64 = value
        assert struct.pack("<d", message.f64) == struct.pack("<d", value)
    message.f64 = math.nan
    assert math.isnan(message.f64)
    message.f32 = 1.5
    assert message.f32 == 1.5
    message.f32 = math.inf
    assert message.f32 == math.inf
    with pytest.raises(ValueError, match=r"Everything\.f32 is a number that an `f32` can hold, not 1e\+39"):
        message.f32 = 1e39
    for field in ("f32", "f64"):
        for value in ("1", None, 1j, 10**400):
            with pytest.raises(TypeError, match=f"Everything.{field} is a number"):
                setattr(message, field, value)


def test_nan_payloads_survive() -> None:
    payload = struct.pack("<Q", 0x7FF8_0000_DEAD_BEEF)
    with Trades.create(capacity=1) as ring, ring.producer() as tx, ring.consumer() as rx:
        (nan,) = struct.unpack("<d", payload)
        tx.push(price=nan)
        trade = rx.pop()
        assert trade is not None
        assert bytes(trade)[8:16] == payload


def test_bools() -> None:
    message = k.Everything()
    for value in (True, 1, np.True_):
        message.yes = value  # type: ignore[assignment]
        assert message.yes is True
        message.yes = False
        assert message.yes is False
    for value in (2, "yes", None, -1):
        with pytest.raises(TypeError, match=r"Everything\.yes is a bool"):
            message.yes = value  # type: ignore[assignment]
    message._yes = 7  # As another language may write it.
    assert message.yes is True


def test_texts_are_never_cut() -> None:
    trade = Trade()
    for text in ("", "A", "12345678", "é", "éééé", "日本", "𝄞𝄞"):
        trade.symbol = text
        assert trade.symbol == text
        assert bytes(trade)[20:28] == text.encode().ljust(8, b"\0")
    for text, size in (("123456789", 9), ("ééééé", 10), ("日本語", 9), ("1234567é", 9)):
        with pytest.raises(
            ValueError, match=f"Trade.symbol can't be '{text}': it has {size} bytes, and 8 is the limit"
        ):
            trade.symbol = text
    with pytest.raises(ValueError, match="a NUL would end it"):
        trade.symbol = "a\0b"
    with pytest.raises(UnicodeEncodeError):
        trade.symbol = "\ud800"
    for value in (b"bytes", 1, None):
        with pytest.raises(TypeError, match=r"Trade\.symbol is a str"):
            trade.symbol = value  # type: ignore[assignment]
    assert trade.symbol == "𝄞𝄞"


def test_text_that_is_no_utf8_is_an_error_with_its_bytes() -> None:
    trade = Trade.from_buffer_copy(bytes(20) + b"ab\xff\0rest" + bytes(12))
    with pytest.raises(UnicodeDecodeError) as caught:
        _ = trade.symbol
    assert caught.value.object == b"ab\xff"
    with pytest.raises(UnicodeDecodeError):
        trade.to_dict()
    assert r"symbol=b'ab\xff'" in repr(trade)


def test_bytes_are_exact() -> None:
    message = k.Everything(raw=b"\0\1\2\0\0\0")
    assert message.raw == b"\0\1\2\0\0\0"
    message.raw = bytearray(b"abcdef")
    assert message.raw == b"abcdef"
    for value in (b"abcde", b"abcdefg", b""):
        with pytest.raises(ValueError, match=r"Everything\.raw has 6 bytes, not"):
            message.raw = value
    for wrong in (6, "abcdef"):
        with pytest.raises(TypeError):
            message.raw = wrong  # type: ignore[assignment]


def test_enums_are_open() -> None:
    trade = Trade(side=Side.SELL)
    assert trade.side is Side.SELL
    trade.side = 77
    assert trade.side == 77
    assert not isinstance(trade.side, Side)
    assert repr(trade).count("side=77") == 1
    with pytest.raises(ValueError, match="it holds 0 to 255"):
        trade.side = 256
    assert k.Everything(level=-300).level is k.Level.LOW
    assert k.Everything(giant=2**64 - 1).giant is k.Giant.ALL


def test_flags_are_open() -> None:
    trade = Trade(conditions=Conditions.ODD_LOT | Conditions.CANCELLED)
    assert trade.conditions == Conditions.ODD_LOT | Conditions.CANCELLED == 0x8001
    trade.conditions |= 0x0100
    assert int(trade.conditions) == 0x8101
    assert Conditions.CANCELLED in trade.conditions
    assert isinstance(trade.conditions, Conditions)
    with pytest.raises(ValueError, match="it holds 0 to 65535"):
        trade.conditions = 0x1_0000
    assert k.Everything(options=k.Options.LAST).options is k.Options.LAST


def test_arrays_are_values_and_checked() -> None:
    message = k.Everything(words=[1, 2, 3], grid=[[1, 2, 3], (4, 5, 6)], names=["a", "bc", "défg"[:3]])
    assert message.words == (1, 2, 3)
    assert message.grid == ((1, 2, 3), (4, 5, 6))
    assert message.names == ("a", "bc", "déf")
    message.words = np.array([7, 8, 9])
    assert message.words == (7, 8, 9)
    message.levels = [k.Level.LOW, 5]
    assert message.levels == (k.Level.LOW, 5)
    assert message.levels[0] is k.Level.LOW
    message.masks = (k.Small.A | k.Small.B, 0x40)
    assert message.masks == (0x81, 0x40)
    message.bools = [True, False, True]
    assert message.bools == (True, False, True)
    message.blobs = [b"ab", b"cd"]
    assert message.blobs == (b"ab", b"cd")
    for field, value, text in (
        ("words", [1, 2], "Everything.words has 3 elements, not 2"),
        ("words", [1, 2, 65536], "Everything.words can't be 65536"),
        ("grid", [[1, 2, 3]], "Everything.grid has 2 elements, not 1"),
        ("grid", [[1, 2, 3], [4, 5]], "Everything.grid has 3 elements, not 2"),
        ("grid", [[1, 2, 3], [4, 5, 1e39]], "Everything.grid is a number that an `f32` can hold"),
        ("names", ["a", "b", "12345"], "Everything.names can't be '12345'"),
        ("blobs", [b"ab", b"c"], "Everything.blobs has 2 bytes, not 1"),
        ("levels", [0, 40000], "Everything.levels can't be 40000"),
    ):
        before = bytes(message)
        with pytest.raises(ValueError, match=text):
            setattr(message, field, value)
        assert bytes(message) == before


def test_nested_structs_are_views_and_checked() -> None:
    book = Book(bids=[Level(price=i) for i in range(5)])
    book.bids[2].quantity = 7
    book.asks[0] = Level(price=9.5)
    assert [level.price for level in book.bids] == [0, 1, 2, 3, 4]
    assert (book.bids[2].quantity, book.asks[0].price) == (7, 9.5)
    with pytest.raises(ValueError, match=r"Level\.quantity can't be -1"):
        book.bids[2].quantity = -1
    with pytest.raises(TypeError, match=r"Book\.bids is a Level"):
        book.bids = [(1, 2, 3)] * 5  # type: ignore[list-item,assignment]
    with pytest.raises(TypeError):
        book.bids[0] = 7  # type: ignore[call-overload]
    outer = k.Outer(inner=k.Inner(tag=1, text="abc", flag=True))
    assert outer.to_dict()["inner"] == {"tag": 1, "text": "abc", "flag": True}
    with pytest.raises(TypeError, match=r"Outer\.inner is a Inner"):
        outer.inner = Level()  # type: ignore[assignment]


def test_constants_have_their_values() -> None:
    assert (market.DEPTH, market.NO_ORDER_ID, market.TICK) == (5, 2**64 - 1, 0.01)
    assert (k.LEAST, k.GREATEST, k.RATIO, k.ENABLED) == (-(2**63), 2**64 - 1, 0.1, True)


def test_what_does_not_fit_is_not_pushed() -> None:
    with Trades.create(capacity=4) as ring, ring.producer() as tx, ring.consumer() as rx:
        for keywords, error, text in (
            ({"quantity": -1}, ValueError, r"Trade\.quantity can't be -1"),
            ({"id": 2**64}, ValueError, r"Trade\.id can't be"),
            ({"price": "x"}, TypeError, r"Trade\.price is a number"),
            ({"symbol": "123456789"}, ValueError, r"Trade\.symbol can't be"),
            ({"symbol": b"x"}, TypeError, r"Trade\.symbol is a str"),
            ({"side": 256}, ValueError, r"Trade\.side can't be"),
            ({"side": None}, TypeError, r"Trade\.side is an integer"),
            ({"nonsense": 1}, TypeError, "nonsense"),
        ):
            for push in (tx.push, tx.try_push):
                with pytest.raises(error, match=text):
                    push(**keywords)
        assert tx.position() == 0
        tx.push(id=1)
        assert rx.pop() == Trade(id=1)


def test_every_field_of_a_message_can_be_pushed_by_name() -> None:
    whole = k.Scalars(a=1, u16_val=2, b=-3, u32_val=4, c=True, u64_val=5, d=6, i16_val=-7, e=8, i32_val=-9, f=10)
    whole.i64_val, whole.g, whole.f32_val, whole.h, whole.f64_val = -11, 12, 1.5, 13, 2.5
    fields = whole.to_dict()
    with k.AllScalars.create(capacity=8) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(**fields)
        assert tx.try_push(whole)
        assert rx.pop() == rx.pop() == whole
    names = k.Names(type_=1, from_=2, class_=3, int_=-4, str_="abcd", me=5, in_python=6, lambda_=7)
    with k.AllNames.create(capacity=1) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(type_=1, from_=2, class_=3, int_=-4, str_="abcd", me=5, in_python=6, lambda_=7)
        assert rx.pop() == names


def test_slots_that_are_pushed_by_name_have_no_old_bytes() -> None:
    with Trades.create(capacity=1) as ring, ring.producer() as tx, ring.consumer() as rx:
        rows = tx.claim(1)
        rows.view("u1")[:] = 255
        tx.commit()
        rx.pop()
        tx.push(symbol="a")
        assert bytes(rx.pop() or b"") == bytes(20) + b"a" + bytes(19)


def test_numpy_rows_are_messages() -> None:
    rows = np.zeros(2, k.Everything.DTYPE)
    rows["names"] = [b"a", b"b", b"c"]
    rows["grid"] = np.arange(6).reshape(2, 3)
    rows["outer"]["inner"]["tag"] = 9
    rows["yes"] = True
    message = k.Everything.from_buffer_copy(rows[1])
    assert (message.names, message.grid) == (("a", "b", "c"), ((0, 1, 2), (3, 4, 5)))
    assert (message.outer.inner.tag, message.yes) == (9, True)
    back = np.frombuffer(bytes(message), k.Everything.DTYPE)
    assert back.tobytes() == rows[1:].tobytes()
    assert k.Everything.DTYPE is k.Everything.DTYPE


def test_messages_are_compared_by_their_bytes() -> None:
    assert Trade(id=1) == Trade(id=1) != Trade(id=2)
    assert Trade() != Book()
    assert Trade() != "Trade"
    assert pickle.loads(pickle.dumps(Trade(id=3, symbol="x"))) == Trade(id=3, symbol="x")


def run(code: str) -> str:
    """Runs Python that finds the generated modules and nothing of ours beside."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": str(GENERATED)}, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_importing_needs_the_standard_library_alone(module: ModuleType) -> None:
    code = f"import sys; sys.modules['numpy'] = sys.modules['ringgen'] = None; import {module.__name__}"
    assert run(code) == ""
    assert (
        run(f"import sys, {module.__name__}; print('numpy' in sys.modules, 'ringgen' in sys.modules)")
        == "False False\n"
    )


def test_without_numpy_rings_still_move_objects(rings: object) -> None:
    code = """
import sys, os
sys.modules['numpy'] = None
os.environ['RINGGEN_DIR'] = DIRECTORY
from market import Trade, Trades
with Trades.create(capacity=4) as ring, ring.producer() as tx, ring.consumer() as rx:
    tx.push(id=1)
    tx.push_many([Trade(id=2)])
    for use in (lambda: rx.pop_many(1), lambda: rx.peek(1), lambda: tx.claim(1), lambda: Trade.DTYPE):
        try:
            use()
        except ImportError as error:
            print(error.name)
    print([rx.pop().id, rx.pop().id])
"""
    assert run(code.replace("DIRECTORY", repr(str(rings)))) == "numpy\n" * 4 + "[1, 2]\n"
