// What a message costs: `npm run bench`. Two sides in one thread, so that nothing is measured but the ring; then two
// threads, one of which sleeps.
import { Worker, isMainThread, workerData } from "node:worker_threads";
import { Ring } from "ringgen";
import type { Consumer, Producer, RingType } from "ringgen";
import { Level, Trade, TradeView, Trades } from "../../../generated/typescript/market.js";
import type { LevelReader, LevelView, TradeReader } from "../../../generated/typescript/market.js";
import { scratch, trade } from "./helpers.js";

/** Rounds of a fraction of a millisecond, of which the best counts: few enough are cut short by other processes. */
const ROUNDS = 400;
const COUNT = 1 << 12;

function measure(name: string, batch: number, run: (times: number) => void): void {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    run(COUNT / batch);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / COUNT);
  }
  report(name, best);
}

function report(name: string, nanoseconds: number): void {
  console.log(`${name.padEnd(58)} ${nanoseconds.toFixed(1).padStart(7)} ns a message`);
}

/** Three numbers, none of which is a bigint: what is left is the ring. */
const Levels: RingType<Level, LevelReader, LevelView> = { ...Trades, NAME: "market.levels", MESSAGE: Level };

function numbersAlone(
  producer: Producer<Level, LevelView>,
  consumer: Consumer<Level, LevelReader, LevelView>,
): void {
  const message: Level = { price: 2.5, quantity: 3, orders: 4 };
  const batch = Array.from({ length: 256 }, () => message);
  let sum = 0;
  measure("tryPush(numbers), then tryPop() a fresh object", 1, (times) => {
    for (let done = 0; done < times; done++) {
      producer.tryPush(message);
      sum += consumer.tryPop()!.quantity;
    }
  });
  measure("256 times tryPush(numbers), then 256 times tryPop()", 256, (times) => {
    for (let done = 0; done < times; done++) {
      for (let index = 0; index < 256; index++) producer.tryPush(message);
      for (let index = 0; index < 256; index++) sum += consumer.tryPop()!.quantity;
    }
  });
  measure("pushMany(256 of numbers), then popMany(256)", 256, (times) => {
    for (let done = 0; done < times; done++) {
      producer.pushMany(batch);
      sum += consumer.popMany(256).length;
    }
  });
  if (sum < 0) throw new Error("never");
}

function inOneThread(
  producer: Producer<Trade, TradeView>,
  consumer: Consumer<Trade, TradeReader, TradeView>,
): void {
  const message = trade(12345n);
  const batch = Array.from({ length: 256 }, (_, index) => trade(index));
  const own = new TradeView();
  let sum = 0;
  measure("tryPush(object), then tryPop() a fresh object", 1, (times) => {
    for (let done = 0; done < times; done++) {
      producer.tryPush(message);
      sum += consumer.tryPop()!.quantity;
    }
  });
  measure("tryPush(object), then popInto(view) and two fields", 1, (times) => {
    for (let done = 0; done < times; done++) {
      producer.tryPush(message);
      consumer.popInto(own);
      sum += own.quantity + own.price;
    }
  });
  for (const count of [1, 64, 256]) {
    measure(`claim(${count}) of 2 fields, then peek(${count}) at 2 fields`, count, (times) => {
      for (let done = 0; done < times; done++) {
        const claim = producer.claim(count)!;
        for (let index = 0; index < claim.length; index++) {
          const view = claim.at(index);
          view.quantity = index;
          view.price = 2.5;
        }
        claim.commit();
        const peek = consumer.peek(count)!;
        for (let index = 0; index < peek.length; index++) {
          const view = peek.at(index);
          sum += view.quantity + view.price;
        }
        peek.release();
      }
    });
  }
  measure("pushMany(256 objects), then popMany(256)", 256, (times) => {
    for (let done = 0; done < times; done++) {
      producer.pushMany(batch);
      sum += consumer.popMany(256).length;
    }
  });
  if (sum < 0) throw new Error("never");
}

async function awaited(
  producer: Producer<Trade, TradeView>,
  consumer: Consumer<Trade, TradeReader, TradeView>,
): Promise<void> {
  const message = trade(1n);
  let best = Infinity;
  for (let round = 0; round < ROUNDS / 4; round++) {
    const start = process.hrtime.bigint();
    for (let done = 0; done < COUNT; done++) {
      await producer.push(message);
      await consumer.pop();
    }
    best = Math.min(best, Number(process.hrtime.bigint() - start) / COUNT);
  }
  report("await push(object), then await pop()", best);
}

/** Messages that are there already, by the loop that most programs are. */
async function iterated(
  producer: Producer<Trade, TradeView>,
  consumer: Consumer<Trade, TradeReader, TradeView>,
): Promise<void> {
  const batch = Array.from({ length: 256 }, (_, index) => trade(index));
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const count = producer.pushMany(batch) + producer.pushMany(batch);
    const start = process.hrtime.bigint();
    let left = count;
    for await (const _ of consumer) if (--left === 0) break;
    best = Math.min(best, Number(process.hrtime.bigint() - start) / count);
  }
  report("for await (const message of consumer)", best);
}

/** How long a sleeping event loop takes to see a message of another thread. */
async function wakes(dir: string): Promise<void> {
  const ring = Ring.create(Trades, { dir, instance: "wakes" });
  const consumer = ring.consumer();
  const worker = new Worker(new URL(import.meta.url), { workerData: dir });
  const ages: number[] = [];
  for await (const { ts } of consumer) ages.push(Number(process.hrtime.bigint() - ts) / 1000);
  await worker.terminate();
  ages.sort((a, b) => a - b);
  const at = (share: number): string => ages[Math.floor(share * (ages.length - 1))]!.toFixed(0);
  const { parks } = consumer.stats();
  console.log(`a sleeping pop() wakes after ${at(0.5)} µs (p50), ${at(0.99)} µs (p99); ${parks} sleeps`);
}

if (isMainThread) {
  const dir = scratch();
  console.log(`Node ${process.version}; a message has ${Trade.SIZE} bytes, two bigints and a text among them`);
  for (const [kind, ring] of [
    ["a file", Ring.create(Trades, { dir })],
    ["a SharedArrayBuffer", Ring.allocate(Trades)],
  ] as const) {
    console.log(`\nIn ${kind}:`);
    using producer = ring.producer();
    using consumer = ring.consumer();
    const levels = ring.buffer === undefined ? Ring.create(Levels, { dir }) : Ring.allocate(Levels);
    numbersAlone(levels.producer(), levels.consumer());
    inOneThread(producer, consumer);
    await awaited(producer, consumer);
    await iterated(producer, consumer);
  }
  console.log();
  await wakes(dir);
} else {
  using producer = Ring.attach(Trades, { dir: workerData as string, instance: "wakes" }).producer();
  for (let done = 0; done < 500; done++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3);
    producer.pushSync({ ...trade(done), ts: process.hrtime.bigint() });
  }
}
