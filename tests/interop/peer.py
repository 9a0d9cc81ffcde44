"""The peer in Python: `peer.py GENERATED VECTORS`; see vectors.md."""

from __future__ import annotations

import ctypes
import itertools
import json
import re
import struct
import sys
from typing import Any

import numpy as np

sys.path.insert(0, sys.argv[1])

import kitchen_sink
import market
import ringgen
from kitchen_sink import (
    AllEvents,
    AllEventsConsumer,
    AllEventsProducer,
    AllKinds,
    AllKindsConsumer,
    AllKindsProducer,
    Event,
    EventTag,
    Everything,
    Inner,
    Lists,
    Outer,
    Point,
    Reading,
    Sensor,
    UnknownEvent,
)

PATIENCE = 300.0
"""How many seconds a verb waits at most: longer than the test does."""
BATCH = 17
"""How many messages a batch has at most: no divisor of the ring's capacity, so that batches meet its end everywhere."""

WIDE = {"u64", "i64", "counter", "giant", "options", "longs"}
FLOATS = {"f32": "f", "grid": "f", "f64": "d", "value": "d"}
BYTES = {"raw", "blobs"}
STRUCTS: dict[str, type[ctypes.Structure]] = {"inner": Inner, "pair": Inner, "outer": Outer, "outers": Outer}
U64_OFFSET = next(offset for name, _, offset, _ in Everything.FIELDS if name == "u64")
NESTED = {"pair", "outers", "grid", "longs", "blobs", "words", "bools", "levels", "masks", "names"}


class Wrong(Exception):
    """A message is not the expected one."""


def decoded(name: str, value: Any) -> Any:
    """What a value of everything.json is for a field's setter."""
    if isinstance(value, list):
        return [decoded(name, element) for element in value]
    if name in WIDE:
        return int(value)
    if name in FLOATS:
        return struct.unpack(">" + FLOATS[name], bytes.fromhex(value[2:]))[0]
    if name in BYTES:
        return bytes.fromhex(value)
    if name in STRUCTS:
        return STRUCTS[name](**{key: decoded(key, member) for key, member in value.items()})
    return value


def encoded(name: str, value: Any) -> Any:
    """What a field's value is in everything.json."""
    if name in BYTES:
        # One of numpy's is an array of bytes, or of arrays of bytes.
        if isinstance(value, np.ndarray):
            return value.tobytes().hex() if value.ndim == 1 else [encoded(name, row) for row in value]
        return value.hex() if isinstance(value, bytes) else [row.hex() for row in value]
    if isinstance(value, (tuple, list, np.ndarray, ctypes.Array)):
        return [encoded(name, element) for element in value]
    if name in FLOATS:
        return "0x" + struct.pack(">" + FLOATS[name], value).hex()
    if name in STRUCTS:
        return fields_of(value)
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (int, np.integer)):
        return str(int(value)) if name in WIDE else int(value)
    if not isinstance(value, str):
        raise Wrong(f"{name} is a {type(value)}: {value!r}")
    return value


def names_of(message: Any) -> list[str]:
    """The fields that hold data."""
    names = message.dtype.names or () if isinstance(message, np.void) else [row[0] for row in message.FIELDS]
    return [name for name in names if name[0] != "_"]


def read(message: Any, name: str) -> Any:
    """A field, as everything.json has it."""
    return encoded(name, message[name] if isinstance(message, np.void) else getattr(message, name))


def fields_of(message: Any) -> dict[str, Any]:
    """The fields of a structure, or of a row of numpy's."""
    return {name: read(message, name) for name in names_of(message)}


def text_or_none(message: Everything, name: str) -> Any:
    try:
        return read(message, name)
    except UnicodeDecodeError:
        return None


class Vectors:
    """What messages are made of."""

    def __init__(self, folder: str) -> None:
        with open(f"{folder}/everything.json", encoding="utf-8") as file:
            self.rows: list[dict[str, Any]] = [row["fields"] for row in json.load(file)["rows"]]
        with open(f"{folder}/everything.hex") as file:
            self.bytes = [bytes.fromhex(line) for line in file]
        self.values = [{name: decoded(name, value) for name, value in row.items()} for row in self.rows]

    def u64(self, position: int) -> int:
        return int(self.values[position % 16]["u64"] + position) % 2**64

    def fields(self, position: int) -> dict[str, Any]:
        """The message at a position, as arguments."""
        return {**self.values[position % 16], "u64": self.u64(position)}

    def message(self, position: int) -> Everything:
        return Everything(**self.fields(position))

    def check(self, position: int, message: Everything | np.void) -> None:
        """Whether this is the message at a position: all fields, and all bytes."""
        row, u64 = self.rows[position % 16], self.u64(position)
        expected = {**row, "u64": str(u64)}
        fields = fields_of(message)
        if fields != expected:
            differing = {key: (fields.get(key), value) for key, value in expected.items() if fields.get(key) != value}
            raise Wrong(f"message {position}: found and expected {differing}")
        data, offset = self.bytes[position % 16], U64_OFFSET
        data = data[:offset] + u64.to_bytes(8, "little") + data[offset + 8 :]
        found = message.tobytes() if isinstance(message, np.void) else bytes(message)
        if found != data:
            raise Wrong(f"message {position} has the bytes {found.hex()}, not {data.hex()}")


def fill(row: Any, values: dict[str, Any]) -> None:
    """Writes a message in place, field by field, as numpy does it."""
    for name, value in values.items():
        if name in STRUCTS:
            for part, of in zip(row[name], value, strict=True) if name in NESTED else [(row[name], value)]:
                fill(part, {key: getattr(of, key) for key in names_of(of)})
        elif name in BYTES:
            row[name] = np.frombuffer(b"".join(value) if name in NESTED else value, "u1").reshape(row[name].shape)
        elif isinstance(value, str):
            row[name] = value.encode()
        elif name == "names":
            row[name] = [text.encode() for text in value]
        else:
            row[name] = value


EVENTS: dict[int, type[ctypes.Structure]] = {0: Lists, 3: Point, 7: Reading, 8: Sensor}
"""The cases of an event, by their tags."""


def parts_of(of: Any) -> dict[str, str]:
    """The fields of a class that are set by themselves, and the words that the types of their elements begin with."""
    words = {name: re.match(r"(?:list\[)?(\w+)", spelling) for name, spelling, _, _ in of.FIELDS}
    return {name: word[1] for name, word in words.items() if word and name[0] != "_" and not name.endswith("_len")}


def property_of(name: str) -> str:
    """What a field is called here: names that Python has for itself end in `_`."""
    return f"{name}_" if name == "type" else name


def part_from_json(word: str, value: Any) -> Any:
    """What a value of events.json is for a setter."""
    if isinstance(value, list):
        return [part_from_json(word, element) for element in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    match word:
        case "u64" | "i64":
            return int(value)
        case "f32" | "f64":
            return struct.unpack(">f" if word == "f32" else ">d", bytes.fromhex(value[2:]))[0]
        case "bytes":
            return bytes.fromhex(value)
        case "Point":
            return Point(**value)
    return value


def part_to_json(word: str, value: Any) -> Any:
    """What a field's value is in events.json."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Point):
        return {"x": value.x, "y": value.y}
    if isinstance(value, float):
        return "0x" + struct.pack(">f" if word == "f32" else ">d", value).hex()
    if isinstance(value, int):
        return str(value) if word in ("u64", "i64") else int(value)
    return [part_to_json(word, element) for element in value]


def event_from_json(event: dict[str, Any]) -> Event:
    tag = event["tag"]
    if tag not in EVENTS:
        return Event(UnknownEvent(tag, bytes.fromhex(event["data"])))
    parts = parts_of(EVENTS[tag])
    fields = {property_of(name): part_from_json(parts[name], of) for name, of in event["fields"].items()}
    value: Any = EVENTS[tag](**fields)
    return Event(value, EventTag(tag))


def event_to_json(event: Event) -> dict[str, Any]:
    match event.value:
        case UnknownEvent(tag, data):
            return {"tag": tag, "data": data.hex()}
        case value:
            parts = parts_of(value)
            fields = {name: part_to_json(word, getattr(value, property_of(name))) for name, word in parts.items()}
            return {"tag": int(event.tag), "fields": fields}


class Peer:
    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors
        self.ring: AllKinds | None = None
        self.producer: AllKindsProducer | None = None
        self.consumer: AllKindsConsumer | None = None
        self.events: AllEventsProducer | AllEventsConsumer | None = None

    @property
    def side(self) -> AllKindsProducer | AllKindsConsumer:
        side = self.producer or self.consumer
        assert side is not None, "it has no role"
        return side

    def obey(self, command: dict[str, Any]) -> dict[str, Any]:
        match command["do"]:
            case "create":
                self.ring = AllKinds.create(instance=command["instance"], first_position=int(command["first"]))
                return {}
            case "attach" if command["ring"] == "trades":
                with market.Trades.attach(instance=command["instance"]) as trades:
                    return {"warnings": trades.warnings()}
            case "attach":
                self.ring = AllKinds.attach(instance=command["instance"])
                return {"warnings": self.ring.warnings()}
            case "producer" | "consumer" as role:
                assert self.ring is not None, "no ring is open"
                if role == "producer":
                    self.producer, self.consumer = self.ring.producer(), None
                else:
                    self.producer, self.consumer = None, self.ring.consumer()
                return {"position": str(self.side.position()), "epoch": str(self.side.epoch())}
            case "produce":
                return self.produce(int(command["count"]), command["verb"])
            case "consume":
                return self.consume(int(command["count"]), command["verb"])
            case "push_bytes":
                assert self.producer is not None, "it is not the producer"
                self.producer.push(Everything.from_buffer_copy(bytes.fromhex(command["bytes"])), timeout=PATIENCE)
                return {}
            case "pop_fields":
                assert self.consumer is not None, "it is not the consumer"
                popped = self.consumer.pop(timeout=PATIENCE)
                assert popped is not None, "the stream has not ended"
                fields = {name: text_or_none(popped, name) for name in names_of(popped)}
                return {"fields": fields, "bytes": bytes(popped).hex()}
            case "try_pop":
                assert self.consumer is not None, "it is not the consumer"
                return {"empty": self.consumer.try_pop() is None, "ended": self.consumer.ended}
            case "stats":
                return {name: str(count) for name, count in self.side.stats()._asdict().items()}
            case "detach" | "close" as verb:
                getattr(self.side, verb)()
                self.producer = self.consumer = None
                return {}
            case "events":
                opened = AllEvents.create if command["creates"] else AllEvents.attach
                events = opened(instance=command["instance"])
                self.events = events.producer() if command["role"] == "producer" else events.consumer()
                return {}
            case "push_event":
                assert isinstance(self.events, AllEventsProducer), "it is not the producer"
                self.events.push(event_from_json(command["event"]), timeout=PATIENCE)
                return {}
            case "pop_event":
                assert isinstance(self.events, AllEventsConsumer), "it is not the consumer"
                event = self.events.pop(timeout=PATIENCE)
                return {"ended": True} if event is None else {"event": event_to_json(event), "bytes": bytes(event).hex()}
            case "close_events":
                assert self.events is not None, "no side is open"
                self.events.close()
                return {}
            case other:
                return {"error": "Unknown", "text": f"there is no command {other!r}"}

    def produce(self, count: int, verb: str) -> dict[str, Any]:
        producer, vectors = self.producer, self.vectors
        assert producer is not None, "it is not the producer"
        end = producer.position() + count
        while (position := producer.position()) < end:
            batch = min(BATCH, end - position)
            match verb:
                case "push":
                    producer.push(vectors.message(position), timeout=PATIENCE)
                case "fields":
                    producer.push(**vectors.fields(position), timeout=PATIENCE)
                case "claim":
                    rows = producer.claim(batch, timeout=PATIENCE)
                    for index, row in enumerate(rows):
                        fill(row, vectors.fields(position + index))
                    # Not always all of it: what is not committed was never there.
                    some = len(rows) - 1 if len(rows) > 2 else len(rows)
                    del row, rows
                    producer.commit(some)
                case "many":
                    messages = [vectors.message(position + index) for index in range(batch)]
                    producer.push_many(messages, timeout=PATIENCE)
                case other:
                    return {"error": "Unknown", "text": f"there is no verb {other!r}"}
        return {"position": str(producer.position())}

    def consume(self, count: int, verb: str) -> dict[str, Any]:
        consumer = self.consumer
        assert consumer is not None, "it is not the consumer"
        start = consumer.position()
        stop = "count"
        try:
            while (left := start + count - consumer.position()) > 0:
                if not self.take(consumer, min(left, BATCH), verb):
                    stop = "end"
                    break
        except ringgen.PeerDied:
            stop = "PeerDied"
        position = consumer.position()
        return {"count": str(position - start), "position": str(position), "stop": stop}

    def take(self, consumer: AllKindsConsumer, limit: int, verb: str) -> int:
        """Takes up to `limit` messages, one at least unless the stream ends, compares them, and says how many."""
        position, check = consumer.position(), self.vectors.check
        taken = 0
        match verb:
            case "pop":
                if (message := consumer.pop(timeout=PATIENCE)) is not None:
                    check(position, message)
                    taken = 1
            case "iterate":
                for message in itertools.islice(consumer, limit):
                    check(position + taken, message)
                    taken += 1
            case "peek":
                rows = consumer.peek(limit, timeout=PATIENCE)
                if rows is not None:
                    for index, row in enumerate(rows):
                        check(position + index, row)
                    # Not always all of it: what is not released comes again.
                    taken = len(rows) - 1 if len(rows) > 2 else len(rows)
                    del row, rows
                    consumer.release(taken)
            case "many":
                for row in consumer.pop_many(limit, timeout=PATIENCE):
                    check(position + taken, row)
                    taken += 1
            case other:
                raise Wrong(f"there is no verb {other!r}")
        return taken


def main() -> None:
    assert kitchen_sink.AllKinds.CAPACITY == 64, "the tests count on a ring that wraps often"
    peer = Peer(Vectors(sys.argv[2]))
    for line in sys.stdin:
        try:
            answer = peer.obey(json.loads(line))
        except (ringgen.RingError, Wrong) as error:
            answer = {"error": type(error).__name__, "text": str(error)}
        print(json.dumps(answer), flush=True)


main()
