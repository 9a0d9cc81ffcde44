"""The peer in Python: `peer.py GENERATED`; it does what lines of JSON on its standard input say (surroundings.rs)."""

from __future__ import annotations

import json
import os
import socket
import sys
import warnings
from typing import Any

sys.path.insert(0, sys.argv[1])
warnings.simplefilter("ignore")

import ringgen
from market import Trade, TradesConsumer, TradesProducer

MESSAGE = ringgen.Message.of(Trade)
PATIENCE = 120.0

ring: ringgen.Ring[Trade]
producer: TradesProducer
consumer: TradesConsumer


def do(command: dict[str, Any]) -> dict[str, Any]:
    """Does one thing; what there is to say of it."""
    global ring, producer, consumer
    match command["do"]:
        case "attach":
            ring = ringgen.Ring.attach(MESSAGE, command["name"], directory=command.get("dir"))
        case "create":
            ring = ringgen.Ring.create(MESSAGE, command["name"], command["capacity"], directory=command.get("dir"))
        case "create anonymous":
            ring = ringgen.Ring.create_anonymous(MESSAGE, command["name"], command["capacity"])
        case "from descriptor":
            ring = ringgen.Ring.from_fd(MESSAGE, command["fd"])
        case "receive":
            with socket.socket(fileno=os.dup(command["fd"])) as connection:
                ring = ringgen.Ring.receive(MESSAGE, connection)
        case "send":
            with socket.socket(fileno=os.dup(command["fd"])) as connection:
                ring.send(connection)
        case "unlink":
            ring.unlink()
        case "list":
            return {"files": sorted(os.listdir(command["dir"]))}
        case "truncate":
            os.truncate(ring.fileno(), 0)
        case "claim producer":
            producer = TradesProducer(ring.producer())
        case "claim consumer":
            consumer = TradesConsumer(ring.consumer())
        case "detach producer":
            producer.detach()
        case "detach consumer":
            consumer.detach()
        case "produce":
            for id in range(command["from"], command["from"] + command["count"]):
                producer.push(id=id, timeout=PATIENCE)
        case "close":
            producer.close()
        case "consume":
            taken = []
            while len(taken) < command["count"] and (trade := consumer.pop(timeout=PATIENCE)) is not None:
                taken.append(trade.id)
            return {"ids": taken}
        case "use":
            return use(command)
        case other:
            raise AssertionError(f"no such verb: {other}")
    return {"path": ring.path}


def use(command: dict[str, Any]) -> dict[str, Any]:
    """Opens a ring, takes a role and gives it back, many times, beside collectors."""
    held = gone = 0
    for _ in range(command["rounds"]):
        with ringgen.Ring.open_or_create(MESSAGE, command["name"], 1, directory=command["dir"]) as ring:
            try:
                role = ring.consumer()
            except ringgen.NotFound:
                gone += 1
                continue
            there, mine = os.stat(ring.path), os.fstat(ring.fileno())
            if (there.st_dev, there.st_ino) != (mine.st_dev, mine.st_ino):
                raise AssertionError(f"{ring.path} has lost its name while its role is held")
            held += 1
            role.detach()
    return {"held": held, "gone": gone}


for line in sys.stdin:
    try:
        answer = do(json.loads(line))
    except ringgen.RingError as error:
        answer = {"error": type(error).__name__, "text": str(error)}
    except OSError as error:
        answer = {"error": "Io", "text": str(error)}
    print(json.dumps(answer), flush=True)
