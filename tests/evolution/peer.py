"""The peer in Python: `peer.py GENERATED`, a version's module; see tests/evolution.rs."""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

import numpy as np

sys.path.insert(0, sys.argv[1])

import desk
import ringgen
from desk import Event, Order, UnknownEvent

PATIENCE = 300.0
"""How many seconds a verb waits at most: longer than the test does."""
STRINGS = {"id", "fee"}
"""Numbers of 64 bits, which JSON has as strings."""
TYPES = {"legs": desk.Leg, "desk": getattr(desk, "Desk", None)}


def built(name: str, value: Any) -> Any:
    """What a JSON value is for a field's setter."""
    if isinstance(value, list):
        return [built(name, element) for element in value]
    if isinstance(value, dict):
        return TYPES[name](**value)
    return int(value) if name in STRINGS else value


def shown(name: str, value: Any) -> Any:
    """What a field's value is in JSON."""
    if isinstance(value, (tuple, list, ctypes.Array)):
        return [shown(name, element) for element in value]
    if isinstance(value, ctypes.Structure):
        return fields_of(value)
    return str(value) if name in STRINGS else value


def message_of(fields: dict[str, Any]) -> Any:
    """The message of a JSON object: an Order, or what an Event holds."""
    match fields:
        case {"case": "Unknown", "tag": tag, "bytes": data}:
            return UnknownEvent(tag, bytes.fromhex(data))
        case {"case": case, "value": value}:
            return getattr(desk, case)(**{name: built(name, of) for name, of in value.items()})
        case _:
            return Order(**{name: built(name, of) for name, of in fields.items()})


def shown_message(message: Any) -> dict[str, Any]:
    """What a message is in JSON."""
    if not isinstance(message, Event):
        return fields_of(message)
    value = message.value
    if isinstance(value, UnknownEvent):
        return {"case": "Unknown", "tag": value.tag, "bytes": value.data.hex()}
    return {"case": type(value).__name__, "value": fields_of(value)}


def fields_of(message: Any) -> dict[str, Any]:
    """Every field that this version has."""
    names = [row[0] for row in message.FIELDS if row[0][0] != "_"]
    return {name: shown(name, getattr(message, name)) for name in names}


def fill(row: Any, message: dict[str, Any]) -> None:
    """Writes a message in place, field by field."""
    for name, value in message.items():
        if isinstance(value, list):
            for part, of in zip(row[name], value, strict=True):
                fill(part, of)
        elif isinstance(value, dict):
            fill(row[name], value)
        else:
            row[name] = value.encode() if name == "venue" else built(name, value)


def push(producer: Any, verb: str, messages: list[dict[str, Any]]) -> None:
    match verb:
        case "push":
            for message in messages:
                producer.push(message_of(message), timeout=PATIENCE)
        case "fields":
            for message in messages:
                producer.push(**{name: built(name, value) for name, value in message.items()}, timeout=PATIENCE)
        case "claim":
            while messages:
                rows = producer.claim(len(messages), timeout=PATIENCE)
                count = len(rows)
                for row, message in zip(rows, messages, strict=False):
                    fill(row, message)
                del row, rows
                producer.commit()
                messages = messages[count:]
        case "many":
            assert producer.push_many([message_of(message) for message in messages]) == len(messages)
        case "array":
            # What numpy has found between the fields is not to be sent.
            rows = np.frombuffer(bytearray(b"\xa5" * Order.SIZE * len(messages)), Order.DTYPE)
            for row, message in zip(rows, messages, strict=True):
                fill(row, message)
            assert producer.push_many(rows, timeout=PATIENCE) == len(messages)
        case other:
            raise AssertionError(f"there is no verb {other!r}")


class Peer:
    ring: Any
    producer: Any
    consumer: Any
    side: Any

    def obey(self, command: dict[str, Any]) -> dict[str, Any]:
        match command["do"]:
            case "create":
                self.ring = getattr(desk, command["ring"]).create(instance=command["instance"])
            case "attach":
                self.ring = getattr(desk, command["ring"]).attach(instance=command["instance"])
                return {"warnings": self.ring.warnings()}
            case "producer":
                self.side = self.producer = self.ring.producer()
            case "consumer":
                self.side = self.consumer = self.ring.consumer()
            case "push":
                push(self.producer, command["verb"], command["messages"])
            case "pop":
                popped = [self.consumer.pop(timeout=PATIENCE) for _ in range(command["count"])]
                return {"messages": [shown_message(message) for message in popped]}
            case "detach":
                self.side.detach()
            case other:
                raise AssertionError(f"there is no command {other!r}")
        return {}


peer = Peer()
for line in sys.stdin:
    try:
        answer = peer.obey(json.loads(line))
    except ringgen.RingError as error:
        answer = {"error": type(error).__name__, "text": str(error)}
    print(json.dumps(answer), flush=True)
