"""What Python does instead of sharing memory: `run.py EXTENSION CPU`, then lines of `what size messages`.

Answers each line with nanoseconds a message. This process stays where it was started, its partner on `CPU`.
"""

import ctypes
import importlib.machinery
import importlib.util
import json
import multiprocessing
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator

FIELDS = ("id", "price", "quantity", "time")


def load(path: str):
    name = "ringgen_peers_python"
    loader = importlib.machinery.ExtensionFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def packed(size: int, messages: int) -> list[bytes]:
    """Messages as bytes, made before the clock starts: a ring's are too."""
    count = size // 8
    return [struct.pack(f"<{count}Q", number, *range(count - 1)) for number in range(messages)]


def calls(take: Callable[[bytes], None], total: Callable[[], int], size: int, messages: int) -> float:
    batch = packed(size, messages)
    start = time.perf_counter_ns()
    for message in batch:
        take(message)
    elapsed = time.perf_counter_ns() - start
    if total() != messages * (messages - 1) // 2:
        raise RuntimeError("messages were lost or changed")
    return elapsed / messages


def objects(size: int, messages: int) -> Iterator[dict[str, int]]:
    """Messages as dictionaries, with as many numbers as fit into `size` bytes."""
    more = {f"field_{index}": index for index in range(len(FIELDS), size // 8)}
    for number in range(messages):
        yield {"id": number, "price": 995, "quantity": 100, "time": number, **more}


class Partner:
    """Another process on the second CPU, which sends what it is told to by a queue or a pipe."""

    def __init__(self, cpu: int) -> None:
        self.cpu = cpu
        # Forked while there is no thread yet.
        context = multiprocessing.get_context("fork")
        self.orders = context.SimpleQueue()
        self.queue = context.Queue(maxsize=4096)
        self.reader, self.writer = os.pipe()
        self.process = context.Process(target=self.serve, daemon=True)
        self.process.start()
        os.close(self.writer)
        self.lines = os.fdopen(self.reader)

    def serve(self) -> None:
        os.sched_setaffinity(0, {self.cpu})
        os.close(self.reader)
        pipe = os.fdopen(self.writer, "w")
        while True:
            what, size, messages = self.orders.get()
            if what == "queue":
                for message in packed(size, messages):
                    self.queue.put(message)
            else:
                for message in objects(size, messages):
                    pipe.write(json.dumps(message))
                    pipe.write("\n")
                pipe.flush()

    def receive(self, what: str, size: int, messages: int) -> float:
        self.orders.put((what, size, messages))
        total, start = 0, 0
        for _ in range(messages):
            if what == "queue":
                (number,) = struct.unpack_from("<Q", self.queue.get())
            else:
                number = json.loads(self.lines.readline())["id"]
            total += number
            # The first one waits until the other process has its order.
            start = start or time.perf_counter_ns()
        elapsed = time.perf_counter_ns() - start
        if total != messages * (messages - 1) // 2:
            raise RuntimeError("messages were lost or changed")
        return elapsed / messages


def main() -> None:
    path, cpu = sys.argv[1:]
    partner = Partner(int(cpu))
    extension = load(path)
    take_bytes = ctypes.CDLL(path).take_bytes
    take_bytes.argtypes = [ctypes.c_char_p]
    take_bytes.restype = None
    print("ready", flush=True)
    for line in sys.stdin:
        what, size, messages = line.split()
        size, messages = int(size), int(messages)
        if what == "pyo3":
            elapsed = calls(extension.take, extension.total, size, messages)
        elif what == "ctypes":
            elapsed = calls(take_bytes, extension.total, size, messages)
        else:
            elapsed = partner.receive(what, size, messages)
        print(elapsed, flush=True)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:
        print(f"{type(error).__name__}: {error}", flush=True)
        raise
