import { deepStrictEqual, equal, rejects, throws } from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { PeerDied, Ring } from "ringgen";
import { Ring as PageRing } from "ringgen/browser";
import { Trades } from "../../../generated/typescript/market.js";
import type { TradesRing } from "../../../generated/typescript/market.js";
import { pause, scratch, trade, until } from "./helpers.js";

const script = new URL("worker.js", import.meta.url);

async function relay(input: TradesRing, output: TradesRing, worker: Worker): Promise<void> {
  const count = 3000;
  const exited = once(worker, "exit");
  const [producer, consumer] = [input.producer(), output.consumer()];
  const pushed = (async () => {
    for (let id = 0; id < count; id++) await producer.push(trade(id));
    producer.close();
  })();
  let next = 0;
  for await (const message of consumer) {
    const { quantity } = trade(next);
    deepStrictEqual(message, { ...trade(next), quantity: quantity * 2 });
    next++;
  }
  equal(next, count);
  await pushed;
  await exited;
}

test("worker threads share rings in SharedArrayBuffers", async () => {
  const [input, output] = [Ring.allocate(Trades, { capacity: 8 }), Ring.allocate(Trades, { capacity: 8 })];
  const worker = new Worker(script, { workerData: { input: input.buffer, output: output.buffer } });
  await relay(input, output, worker);
});

test("worker threads share rings in files, each by a mapping of its own", async () => {
  const dir = scratch();
  const make = (instance: string): TradesRing => Ring.create(Trades, { dir, instance, capacity: 8 });
  const [input, output] = [make("in"), make("out")];
  const worker = new Worker(script, { workerData: { dir } });
  await relay(input, output, worker);
});

test("a terminated worker's roles: known to the kernel in a file, to the parent in memory", async () => {
  const dir = scratch();
  const make = (instance: string): TradesRing => Ring.create(Trades, { dir, instance, capacity: 8 });
  make("in");
  const output = make("out");
  const worker = new Worker(script, { workerData: { dir, hold: true } });
  using consumer = output.consumer();
  const pending = rejects(consumer.pop(), PeerDied);
  await until(() => hasProducer(output));
  await worker.terminate();
  await pending;
  output.producer().close();

  const [first, second] = [Ring.allocate(Trades), Ring.allocate(Trades)];
  const other = new Worker(script, { workerData: { input: first.buffer, output: second.buffer, hold: true } });
  await until(() => hasProducer(second));
  await other.terminate();
  throws(() => second.producer(), { code: "RoleTaken" });
  const producer = second.producer({ takeOver: true });
  equal(producer.epoch() >= 2n, true);
  producer.close();
});

/** Whether somebody has become the producer: its state, as the block says. Claiming it to find out would race. */
function hasProducer(ring: TradesRing): boolean {
  const bytes = ring.path === undefined ? Buffer.from(ring.buffer!) : readFileSync(ring.path);
  return bytes.readUInt32LE(Number(bytes.readBigUInt64LE(0x60)) + 0x180) === 1;
}

test("the module for pages shares memory with the one for Node, and has no files", async () => {
  const ring = PageRing.allocate(Trades, { capacity: 4 });
  const producer = ring.producer();
  using consumer = Ring.over(Trades, ring.buffer!).consumer();
  producer.tryPush(trade(1));
  deepStrictEqual(await consumer.pop(), trade(1));
  const source = readFileSync(new URL(import.meta.resolve("ringgen/browser")), "utf8");
  equal(/node:|native|addon/.test(source), false);
});

test("a ring over plain memory works within one thread, and refuses to block it", async () => {
  const shared = new Uint8Array(Ring.allocate(Trades, { capacity: 4 }).buffer!);
  const ring = Ring.over(Trades, new Uint8Array(shared).buffer);
  using producer = ring.producer();
  using consumer = ring.consumer();
  throws(() => consumer.popSync({ timeout: 50 }), { code: "Unsupported" });
  const message = consumer.pop();
  await pause(5);
  producer.tryPush(trade(1));
  deepStrictEqual(await message, trade(1));
});

test("a handle that is lost gives its mapping and its lock back, and is no end of the stream", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const ring = Ring.create(Trades, { dir: scratch() });
  using consumer = ring.consumer();
  const mappings = (): number => readFileSync("/proc/self/maps", "utf8").split(ring.path!).length - 1;
  const before = mappings();
  (() => {
    const lost = ring.producer();
    lost.tryPush(trade(0));
  })();
  equal(mappings() > before, true);
  await until(() => {
    collect();
    return mappings() === before;
  });
  deepStrictEqual(await consumer.pop(), trade(0));
  await rejects(consumer.pop(), PeerDied);
  using again = ring.producer();
  equal(again.epoch(), 2n);
});
