"""The start of the demo: replays a recorded ride into a ring, as a sensor would.

Usage: feed.py RIDE.csv BATCH LAPS RATE

RATE is in samples a second; 0 is as fast as it goes. With BATCH 1 every sample is one `push`; with more, whole columns
are written through a numpy view of the ring's own memory.
"""

from __future__ import annotations

import csv
import sys
import time

import numpy as np
import telemetry
from telemetry import Position, Sensors

SENSORS = Sensors.GPS | Sensors.POWER | Sensors.CADENCE
PATIENCE = 60.0
Row = tuple[int, int, int, float, int, int, float, float]


def read_ride(path: str) -> list[Row]:
    """The columns of the file: elapsed seconds, lat, long, altitude, power, cadence, distance, speed."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return [
        (seconds(clock), int(lat), int(long), float(alt), int(power), int(cadence), float(dist), float(speed))
        for _, lat, long, alt, power, cadence, dist, speed, clock in rows
    ]


def seconds(clock: str) -> int:
    """The seconds in `0 days 01:13:11`."""
    hours, minutes, rest = clock.rsplit(" ", 1)[1].split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def push_each(tx: telemetry.SamplesProducer, rows: list[Row], rate: float) -> None:
    """One push a sample, at `rate` samples a second."""
    start = time.monotonic()
    for i, (elapsed, lat, long, altitude, power, cadence, distance, speed) in enumerate(rows):
        if rate and (early := start + i / rate - time.monotonic()) > 0:
            time.sleep(early)
        tx.push(
            sent=time.monotonic_ns(),
            elapsed=elapsed,
            power=power,
            cadence=cadence,
            sensors=SENSORS,
            position=Position(lat=lat, long=long),
            distance=distance,
            altitude=altitude,
            speed=speed,
            timeout=PATIENCE,
        )


def push_columns(tx: telemetry.SamplesProducer, ride: np.ndarray, batch: int) -> None:
    """Batches written in place: no object a sample, no copy on the way."""
    sent = 0
    while sent < len(ride):
        slots = tx.claim(min(batch, len(ride) - sent), timeout=PATIENCE)
        count = len(slots)
        slots[:] = ride[sent : sent + count]
        slots["sent"] = time.monotonic_ns()
        tx.commit(count)
        sent += count


def main() -> None:
    """Replays the ride, as often and as fast as asked."""
    path, batch, laps, rate = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    rows = read_ride(path)
    with telemetry.Samples.open_or_create().producer() as tx:
        if batch == 1:
            for _ in range(laps):
                push_each(tx, rows, rate)
        else:
            ride = np.zeros(len(rows), telemetry.Sample.DTYPE)
            ride["elapsed"], ride["position"]["lat"], ride["position"]["long"] = list(zip(*rows, strict=True))[:3]
            for name, column in zip(
                ("altitude", "power", "cadence", "distance", "speed"), list(zip(*rows, strict=True))[3:], strict=True
            ):
                ride[name] = column
            ride["sensors"] = int(SENSORS)
            for _ in range(laps):
                push_columns(tx, ride, batch)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
