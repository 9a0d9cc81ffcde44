import { deepStrictEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PeerDied, Ring, RoleTaken } from "ringgen";
import type { RingError } from "ringgen";
import { Trades } from "../../../generated/typescript/market.js";
import { Peer, pause, scratch, starts, trade } from "./helpers.js";

const died = (error: unknown): boolean => error instanceof PeerDied && error.code === "PeerDied";

for (const firstPosition of starts) {
  test(`two processes exchange messages from ${firstPosition}`, async () => {
    const dir = scratch();
    const ring = Ring.create(Trades, { dir, capacity: 16, firstPosition });
    const producer = ring.producer();
    const peer = new Peer(dir, "consumer");
    equal(await peer.line(), `ready ${firstPosition} 1`);
    peer.send("drain");
    for (let done = 0; done < 2000; done++) await producer.push(trade(producer.position()));
    producer.close();
    equal(await peer.line(), `ended ${firstPosition + 2000n}`);
    peer.send("quit");
    await peer.exit();
  });
}

test("both sides sleep and are woken, blocking or not", async () => {
  const dir = scratch();
  const ring = Ring.create(Trades, { dir, capacity: 4 });
  using producer = ring.producer();
  const peer = new Peer(dir, "consumer");
  await peer.line();
  for (let round = 0; round < 20; round++) {
    peer.send("take");
    equal(await peer.line(), "taking");
    await producer.push(trade(producer.position()));
    equal(await peer.line(), `took ${round}`);
  }
  // Full, and the consumer takes one by one.
  for (let done = 0; done < 4; done++) producer.tryPush(trade(producer.position()));
  const rest = (async () => {
    for (let done = 0; done < 40; done++) await producer.push(trade(producer.position()));
  })();
  for (let round = 0; round < 11; round++) {
    peer.send("pop 4");
    await peer.line();
  }
  await rest;
  equal(producer.position(), 64n);
  await peer.kill();
});

test("a killed producer's messages are all delivered, then PeerDied; a new one goes on", async () => {
  const dir = scratch();
  const ring = Ring.create(Trades, { dir, capacity: 64 });
  using consumer = ring.consumer();
  const first = new Peer(dir, "producer");
  equal(await first.line(), "ready 0 1");
  first.send("push 10");
  equal(await first.line(), "pushed 10");
  // Claimed and written to, but not committed: not published.
  first.send("claim 3");
  await first.line();
  await first.kill();

  for (let id = 0; id < 10; id++) deepStrictEqual(await consumer.pop(), trade(id));
  await rejects(consumer.pop(), died);
  await rejects(consumer.pop({ timeout: 1 }), died);
  throws(() => consumer.popSync(), died);
  equal(consumer.tryPop(), null);
  equal(consumer.ended, false);
  await rejects(async () => {
    for await (const _ of consumer);
  }, died);

  const second = new Peer(dir, "producer");
  equal(await second.line(), "ready 10 2", "it goes on at the shared tail");
  second.send("push 5");
  for (let id = 10; id < 15; id++) deepStrictEqual(await consumer.pop(), trade(id));
  second.send("close");
  equal(await consumer.pop(), null);
  await second.kill();
});

test("a producer that dies while the consumer sleeps is noticed", async () => {
  const dir = scratch();
  const ring = Ring.create(Trades, { dir });
  using consumer = ring.consumer();
  const peer = new Peer(dir, "producer");
  await peer.line();
  const pending = rejects(consumer.pop(), (error: RingError) => {
    ok(died(error) && error.message.includes(`${peer.child.pid}`), error.message);
    return true;
  });
  await peer.kill();
  await pending;
});

test("a killed consumer repeats what it had not released, and loses what it had taken", async () => {
  const dir = scratch();
  const ring = Ring.create(Trades, { dir, capacity: 8 });
  using producer = ring.producer();
  const first = new Peer(dir, "consumer");
  await first.line();
  producer.pushMany([0, 1, 2, 3, 4, 5, 6, 7].map(trade));
  first.send("pop 2");
  equal(await first.line(), "popped 2");
  first.send("peek 3");
  equal(await first.line(), "peeked 3 2");
  await first.kill();

  // There is room for two, so the producer does not look at the consumer.
  producer.pushSync(trade(8));
  await producer.push(trade(9));
  await rejects(producer.push(trade(10)), died);
  throws(() => producer.pushSync(trade(10)), died);

  const second = new Peer(dir, "consumer");
  equal(await second.line(), "ready 2 2");
  second.send("pop 8");
  equal(await second.line(), "popped 10");
  await producer.push(trade(10));
  producer.close();
  second.send("drain");
  equal(await second.line(), "ended 11");
  await second.kill();
});

test("a role that another process holds is refused, by its number", async () => {
  const dir = scratch();
  const ring = Ring.create(Trades, { dir });
  const peer = new Peer(dir, "producer");
  await peer.line();
  throws(() => ring.producer(), (error: unknown) => {
    ok(error instanceof RoleTaken);
    equal(error.pid, BigInt(peer.child.pid!));
    ok(error.message.includes(`${peer.child.pid}`));
    return true;
  });
  peer.send("detach");
  await peer.line();
  using producer = ring.producer();
  equal(producer.epoch(), 2n);
  await peer.kill();
});

test("a process that ends without closing is as good as killed", async () => {
  const dir = scratch();
  const ring = Ring.create(Trades, { dir });
  using consumer = ring.consumer();
  const peer = new Peer(dir, "producer");
  await peer.line();
  peer.send("push 1");
  await peer.line();
  peer.send("quit");
  await peer.exit();
  deepStrictEqual(await consumer.pop(), trade(0));
  await rejects(consumer.pop(), died);
});

test("a process stays alive while it waits, and ends when nothing is left to wait for", async () => {
  const dir = scratch();
  using producer = Ring.create(Trades, { dir }).producer();
  const peer = new Peer(dir, "sleeper");
  equal(await peer.line(), "ready");
  peer.child.stdin!.end();
  await pause(300);
  equal(peer.child.exitCode, null);
  producer.tryPush(trade(7));
  equal(await peer.line(), "took 7");
  equal(await peer.exit(), 0);
});

test("what a side does not own is mapped read-only", () => {
  const dir = scratch();
  const ring = Ring.create(Trades, { dir, capacity: 4096 });
  const modes = (): string[] => {
    const maps = readFileSync("/proc/self/maps", "utf8").split("\n");
    return maps.filter((line) => line.includes(ring.path!)).map((line) => line.split(" ")[1]!);
  };
  deepStrictEqual(modes(), ["r--s"], "a ring without a role only looks");
  using _consumer = ring.consumer();
  deepStrictEqual(modes().sort(), ["r--s", "r--s", "r--s", "rw-s"], "a consumer writes to its block alone");
});
