import { deepStrictEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { test } from "node:test";
import { Closed, Detached, RingError, Timeout } from "ringgen";
import { kinds, pause, trade, until } from "./helpers.js";

const timedOut = (error: unknown): boolean => error instanceof Timeout && error.code === "Timeout";

for (const { kind, make } of kinds) {
  test(`${kind}: a timeout is an error, takes nothing, and may be repeated`, async () => {
    const ring = make({ capacity: 2 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    const start = performance.now();
    await rejects(consumer.pop({ timeout: 30 }), timedOut);
    ok(performance.now() - start >= 29, "not early");
    throws(() => consumer.popSync({ timeout: 20 }), timedOut);
    throws(() => consumer.popSync({ timeout: 0 }), timedOut);
    producer.pushMany([trade(0), trade(1)]);
    await rejects(producer.push(trade(2), { timeout: 20 }), timedOut);
    throws(() => producer.pushSync(trade(2), { timeout: 20 }), timedOut);
    deepStrictEqual(consumer.popMany(9), [trade(0), trade(1)]);
    await producer.push(trade(2), { timeout: 20 });
    deepStrictEqual(await consumer.pop({ timeout: 20 }), trade(2));
  });

  test(`${kind}: the event loop goes on while a verb waits`, async () => {
    const ring = make();
    using producer = ring.producer();
    using consumer = ring.consumer();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const message = consumer.pop();
    await until(() => ticks >= 20);
    producer.tryPush(trade(0));
    deepStrictEqual(await message, trade(0));
    clearInterval(timer);
  });

  test(`${kind}: the event loop has its turns while messages never run out`, async () => {
    const ring = make({ capacity: 1024 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    let isOver = false;
    setTimeout(() => (isOver = true), 5);
    for (let id = 0n; !isOver; id++) {
      await producer.push(trade(id));
      deepStrictEqual(await consumer.pop(), trade(id));
    }
  });

  test(`${kind}: who waits first is served first`, async () => {
    const ring = make({ capacity: 2 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    const pops = [0, 1, 2, 3, 4, 5].map(() => consumer.pop());
    await pause(1);
    equal(consumer.tryPop(), null, "others are in front");
    const pushes = [0, 1, 2, 3, 4, 5].map((id) => producer.push(trade(id)));
    await Promise.all(pushes);
    deepStrictEqual(await Promise.all(pops), [0, 1, 2, 3, 4, 5].map(trade));
  });

  test(`${kind}: messages pushed without waiting keep their order`, async () => {
    const ring = make({ capacity: 2 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    const pushes = Array.from({ length: 100 }, (_, id) => producer.push(trade(id)));
    equal(producer.tryPush(trade(0)), false, "those that wait go first");
    equal(producer.claim(), null);
    equal(producer.pushMany([trade(0)]), 0);
    throws(() => producer.pushSync(trade(0)), Error);
    for (let id = 0; id < 100; id++) deepStrictEqual(await consumer.pop(), trade(id));
    await Promise.all(pushes);
  });

  test(`${kind}: one who gives up in the line does not hold up the others`, async () => {
    const ring = make({ capacity: 2 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    const first = consumer.pop();
    const second = consumer.pop({ timeout: 10 });
    const third = consumer.pop();
    await rejects(second, timedOut);
    producer.pushMany([trade(0), trade(1)]);
    deepStrictEqual(await first, trade(0));
    deepStrictEqual(await third, trade(1));
  });

  test(`${kind}: an aborted verb rejects with the reason and takes nothing`, async () => {
    const ring = make({ capacity: 1 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    const reason = new Error("enough");
    await rejects(consumer.pop({ signal: AbortSignal.abort(reason) }), reason);

    const controller = new AbortController();
    const message = consumer.pop({ signal: controller.signal });
    setTimeout(() => controller.abort(reason), 10);
    await rejects(message, reason);

    producer.tryPush(trade(0));
    const full = new AbortController();
    const push = producer.push(trade(1), { signal: full.signal });
    setTimeout(() => full.abort(reason), 10);
    await rejects(push, reason);
    deepStrictEqual(consumer.tryPop(), trade(0));
    equal(consumer.tryPop(), null);
    producer.tryPush(trade(1));
    deepStrictEqual(await consumer.pop(), trade(1));
  });

  test(`${kind}: for await ends with the stream, and with its signal`, async () => {
    const ring = make({ capacity: 4 });
    const producer = ring.producer();
    using consumer = ring.consumer();
    const controller = new AbortController();
    const reason = new Error("enough");
    const interrupted = (async () => {
      for await (const _ of consumer.messages({ signal: controller.signal }));
    })();
    controller.abort(reason);
    await rejects(interrupted, reason);

    void (async () => {
      for (let id = 0; id < 50; id++) {
        if (id % 10 === 0) await pause(2);
        await producer.push(trade(id));
      }
      producer.close();
    })();
    const seen: bigint[] = [];
    for await (const { id } of consumer) {
      seen.push(id);
      if (id === 20n) break;
    }
    for await (const { id } of consumer) seen.push(id);
    deepStrictEqual(seen, Array.from({ length: 50 }, (_, id) => BigInt(id)));
  });

  test(`${kind}: closing wakes whoever waits on the other side, and on this one`, async () => {
    const ring = make({ capacity: 1 });
    const [producer, consumer] = [ring.producer(), ring.consumer()];
    const end = consumer.pop();
    await until(() => consumer.stats().parks > 0n);
    producer.close();
    equal(await end, null);
    consumer.close();

    const other = make({ capacity: 1 });
    using taker = other.consumer();
    const pending = rejects(taker.pop(), Closed);
    await until(() => taker.stats().parks > 0n);
    taker.close();
    await pending;
  });

  test(`${kind}: a full ring whose consumer left says so; one that had none yet waits`, async () => {
    const ring = make({ capacity: 1 });
    using producer = ring.producer();
    producer.tryPush(trade(0));
    await rejects(producer.push(trade(1), { timeout: 10 }), timedOut);
    const consumer = ring.consumer();
    const waiting = rejects(producer.push(trade(1)), (error: RingError) => {
      ok(error instanceof Detached);
      equal(error.code, "Detached");
      return true;
    });
    await until(() => producer.stats().parks > 0n);
    consumer.detach();
    await waiting;
    throws(() => producer.pushSync(trade(1)), Detached);

    // It is not sticky.
    using again = ring.consumer();
    deepStrictEqual(again.tryPop(), trade(0));
    await producer.push(trade(1));
    deepStrictEqual(again.tryPop(), trade(1));
  });

  for (const wait of ["spin", "yield"] as const) {
    test(`${kind}: a ring that waits by ${wait} never sleeps`, async () => {
      const ring = make({ capacity: 4, wait });
      using producer = ring.producer();
      using consumer = ring.consumer();
      throws(() => consumer.popSync({ timeout: 5 }), timedOut);
      await rejects(consumer.pop({ timeout: 5 }), timedOut);
      setTimeout(() => producer.tryPush(trade(0)), 5);
      deepStrictEqual(await consumer.pop(), trade(0));
      equal(consumer.stats().parks <= 2n, true, "but for the look at the end of its time");
    });
  }
}
