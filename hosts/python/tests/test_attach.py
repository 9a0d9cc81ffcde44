"""What attach makes of rings of others, of damaged ones, and of files that are none."""

from __future__ import annotations

import os
import random
import struct
import warnings
from pathlib import Path

import pytest
import ringgen
from market import Book, Books, Trade, Trades
from ringgen import layout
from words import patch


@pytest.fixture
def path() -> Path:
    with Trades.create(capacity=8) as ring:
        return Path(ring.path)


def test_a_missing_ring_is_named(rings: Path) -> None:
    with pytest.raises(ringgen.NotFound, match=f"{rings}/market.trades: start the process that creates it"):
        Trades.attach()
    with pytest.raises(ringgen.NotFound, match="/no/such/dir/x"):
        Trades.attach("/no/such/dir/x")


def test_another_message_is_named(path: Path) -> None:
    with pytest.raises(ringgen.LayoutMismatch) as caught:
        Books.attach("market.trades")
    assert str(caught.value) == (
        'ring "market.trades": Book differs: here `message Book of 192 bytes, aligned to 64`, '
        "in the ring `message Trade of 40 bytes, aligned to 8`"
    )


def changed(old: str, new: str) -> ringgen.Message[bytes]:
    """Trade with another layout."""
    assert old in Trade.SCHEMA_TEXT
    text = Trade.SCHEMA_TEXT.replace(old, new)
    return ringgen.Message.raw("Trade", Trade.SIZE, Trade.ALIGN, ringgen.fnv1a_128(text.encode()), text)


def test_the_first_field_that_differs_is_named() -> None:
    ringgen.Ring.create(changed("8 8 f64 - price", "8 8 i64 - price"), "market.trades", 8).close()
    with pytest.raises(ringgen.LayoutMismatch) as caught:
        Trades.attach()
    assert str(caught.value) == (
        'ring "market.trades": Trade.price differs: here `price: f64 at 8`, in the ring `price: i64 at 8`'
    )
    assert (caught.value.type_name, caught.value.member) == ("Trade", "price")
    assert (caught.value.mine, caught.value.theirs) == ("price: f64 at 8", "price: i64 at 8")


def test_texts_that_lie_are_a_mismatch_too(path: Path) -> None:
    patch(path, 0x020, b"x" * 16)
    with pytest.raises(ringgen.LayoutMismatch, match=f"layout {Trade.LAYOUT_HASH}"):
        Trades.attach()


def test_another_schema_is_a_warning() -> None:
    text = Trade.SCHEMA_TEXT.replace("#unit Trade.price USD", "#unit Trade.price EUR")
    other = ringgen.Message.raw("Trade", Trade.SIZE, Trade.ALIGN, bytes.fromhex(Trade.LAYOUT_HASH), text)
    ringgen.Ring.create(other, "market.trades", 8).close()
    with pytest.warns(ringgen.SchemaWarning, match="units, docs or the version") as caught, Trades.attach() as ring:
        assert len(caught) == 1
        assert ring.warnings() == [str(caught[0].message)]
        with ring.producer() as tx:
            assert tx.warnings() == ring.warnings()


def test_the_same_schema_is_no_warning(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Trades.attach() as ring:
            assert ring.warnings() == []


NUMBERS = {
    "major": (0x008, "<I", 2, ringgen.UnsupportedFormat, "has format 2"),
    "header length": (0x010, "<I", 1024, ringgen.NotARing, "header length = 1024"),
    "endian tag": (0x014, "<I", 7, ringgen.NotARing, "endian tag = 7"),
    "byte order": (0x014, ">I", 0x01020304, ringgen.UnsupportedFormat, "other byte order"),
    "file length": (0x018, "<Q", 1 << 40, ringgen.NotARing, "its header states 1099511627776"),
    "schema hash": (0x030, "<Q", 0, ringgen.NotARing, "canonical schema"),
    "kind": (0x040, "<I", 2, ringgen.UnsupportedFormat, "kind 2"),
    "feature": (0x044, "<I", 0x8001, ringgen.UnsupportedFormat, "unknown features 0x8001"),
    "capacity": (0x048, "<Q", 7, ringgen.NotARing, "capacity = 7"),
    "capacity too large": (0x048, "<Q", 1 << 63, ringgen.NotARing, "outside of the file"),
    "stride": (0x050, "<I", 48, ringgen.NotARing, "stride = 48"),
    "size": (0x054, "<I", 0, ringgen.NotARing, "payload size = 0"),
    "alignment": (0x058, "<I", 3, ringgen.NotARing, "payload alignment = 3"),
    "readers": (0x05C, "<I", 2, ringgen.NotARing, "max readers = 2"),
    "producer block": (0x060, "<Q", 4096, ringgen.NotARing, "overlap"),
    "consumer block": (0x068, "<Q", 4095, ringgen.NotARing, "consumer blocks = 4095"),
    "slots": (0x070, "<Q", (1 << 64) - 4096, ringgen.NotARing, "outside of the file"),
    "slab": (0x078, "<Q", 4096, ringgen.NotARing, "slab offset = 4096"),
    "schema offset": (0x088, "<Q", 4090, ringgen.NotARing, "schema offset = 4090"),
    "schema length": (0x090, "<Q", 1 << 40, ringgen.NotARing, "schema length"),
    "boot": (0x0A0, "<Q", 0, ringgen.Stale, "before this machine started"),
    "ring name": (0x0D0, "64s", b"a" * 64, ringgen.NotARing, "ring name is no NUL-padded"),
    "message name": (0x110, "8s", b"\xff", ringgen.NotARing, "message name is no NUL-padded"),
    "name with a tail": (0x110, "8s", b"a\0b", ringgen.NotARing, "message name is no NUL-padded"),
    "payload offset": (0x150, "<I", 8, ringgen.NotARing, "payload offset = 8"),
    "trailer": (0x154, "<I", 8, ringgen.NotARing, "trailer offset = 8"),
    "page": (0x158, "<I", 0, ringgen.NotARing, "page size = 0"),
    "block stride": (0x15C, "<I", 640, ringgen.NotARing, "block stride = 640"),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_a_header_that_lies_is_refused(path: Path, case: str) -> None:
    offset, code, value, error, text = NUMBERS[case]
    patch(path, offset, struct.pack(code, value))
    with pytest.raises(error, match=text):
        Trades.attach()


def test_optional_features_and_minor_versions_are_none_of_our_business(path: Path) -> None:
    patch(path, 0x044, struct.pack("<I", 0xFFFF_0000))
    patch(path, 0x00C, struct.pack("<I", 99))
    Trades.attach().close()


def test_a_damaged_header_is_refused(path: Path) -> None:
    patch(path, 0x200 - 0x100, b"?", fix_checksum=False)
    with pytest.raises(ringgen.NotARing, match="checksum"):
        Trades.attach()


def use(name: str) -> None:
    """Attaches and moves a message, whatever comes of it."""
    with Trades.attach(name) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.try_push(id=1)
        rx.try_pop()
        rx.try_pop_many(3)


@pytest.mark.parametrize("fix_checksum", [True, False])
def test_whatever_the_header_holds_nothing_but_ring_errors_come(path: Path, fix_checksum: bool) -> None:
    whole = path.read_bytes()
    chance = random.Random(1)
    interesting = [
        0,
        1,
        2,
        7,
        8,
        64,
        4095,
        4096,
        8192,
        1 << 20,
        1 << 31,
        (1 << 32) - 1,
        1 << 32,
        1 << 62,
        (1 << 64) - 1,
    ]
    offsets = [*range(0, 512, 4), *(offset for _, offset, _ in layout.HEADER_FIELDS)]
    outcomes: set[str] = set()
    for offset in offsets:
        for value in [*interesting, chance.getrandbits(64)]:
            for size in (4, 8):
                data = value.to_bytes(8, "little")[: min(size, 512 - offset)]
                path.write_bytes(whole)
                patch(path, offset, data, fix_checksum=fix_checksum)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    try:
                        use("market.trades")
                        outcomes.add("used")
                    except ringgen.RingError as error:
                        outcomes.add(type(error).__name__)
    if fix_checksum:
        assert {"used", "NotARing", "UnsupportedFormat", "Stale", "LayoutMismatch"} <= outcomes
    else:
        assert {"used", "NotARing"} <= outcomes


@pytest.mark.parametrize("length", [0, 1, 7, 8, 511, 512, 4096, 12287])
def test_short_files_are_refused(path: Path, length: int) -> None:
    os.truncate(path, length)
    with pytest.raises(ringgen.NotARing):
        Trades.attach()


def test_random_schemas_are_refused(path: Path) -> None:
    chance = random.Random(2)
    for _ in range(200):
        text = chance.randbytes(chance.randrange(200))
        patch(path, 0x030, ringgen.fnv1a_128(text))
        patch(path, 0x090, struct.pack("<Q", len(text)))
        patch(path, 0x020, b"another layout..")
        with open(path, "r+b") as file:
            file.seek(512)
            file.write(text)
        with pytest.raises((ringgen.NotARing, ringgen.LayoutMismatch)):
            Trades.attach()


def test_what_is_no_regular_file_is_refused(path: Path, rings: Path) -> None:
    os.mkfifo(rings / "fifo")
    (rings / "link").symlink_to(path)
    (rings / "dir").mkdir()
    for name in ("fifo", "link", "dir"):
        with pytest.raises(ringgen.Refused, match="no regular file"):
            Trades.attach(name)


def test_files_of_others_are_refused(path: Path, rings: Path) -> None:
    os.link(path, rings / "twin")
    with pytest.raises(ringgen.Refused, match="has 2 names"):
        Trades.attach()
    (rings / "twin").unlink()
    path.chmod(0o666)
    with pytest.raises(ringgen.Refused, match=r"others may write to it \(mode 0666\)"):
        Trades.attach()
    path.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(path, 12345, 0)
        with pytest.raises(ringgen.Refused, match="belongs to user 12345, and you are user 0"):
            Trades.attach()


def test_directories_of_others_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    file = tmp_path / "file"
    file.touch()
    for path, why in ((shared, "mode 0777"), (link, "symbolic link"), (file, "no directory")):
        monkeypatch.setenv("RINGGEN_DIR", str(path))
        with pytest.raises(ringgen.Refused, match=why):
            Trades.create(capacity=1)
        with pytest.raises(ringgen.Refused, match=why):
            Trades.attach()


def test_a_directory_is_made_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGGEN_DIR", str(tmp_path / "new"))
    with Trades.create(capacity=1) as ring:
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
        assert os.stat(ring.path).st_mode & 0o777 == 0o600


def test_books_have_their_own_ring(path: Path) -> None:
    with Books.create(capacity=2) as ring, ring.producer() as tx, ring.consumer() as rx:
        tx.push(seq=7, halted=True, symbol="X")
        book = rx.pop()
        assert isinstance(book, Book)
        assert (book.seq, book.halted, book.symbol) == (7, True, "X")
