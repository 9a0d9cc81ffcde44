import { deepStrictEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Corrupt, LayoutMismatch, Ring, RingError } from "ringgen";
import type { RingType } from "ringgen";
import { Book, Trade, Trades } from "../../../generated/typescript/market.js";
import type {
  BookReader,
  BookView,
  TradeReader,
  TradeView,
  TradesRing,
} from "../../../generated/typescript/market.js";
import { look, poke, scratch, trade } from "./helpers.js";

const isCorrupt = (error: unknown): boolean => error instanceof Corrupt && error.code === "Corrupt";

/** Where the blocks lie, as the header says. */
function blocks(ring: TradesRing): { readonly producer: number; readonly consumer: number } {
  return { producer: Number(look(ring.path!, 0x60, 8)), consumer: Number(look(ring.path!, 0x68, 8)) };
}

const capacity = 8n;
for (const [what, tail] of [
  ["more than the ring holds", 3n + capacity + 1n],
  ["behind what was seen", 2n],
  ["all ones", 2n ** 64n - 1n],
  ["beyond any position", 2n ** 62n + 1n],
] as const) {
  test(`a tail that is ${what} is Corrupt, and stays so`, async () => {
    const ring = Ring.create(Trades, { dir: scratch(), capacity: Number(capacity) });
    using producer = ring.producer();
    using consumer = ring.consumer();
    producer.pushMany([0, 1, 2].map(trade));
    consumer.popMany(3);
    poke(ring.path!, blocks(ring).producer, tail, 8);
    throws(() => consumer.tryPop(), isCorrupt);
    throws(() => consumer.tryPop(), tail < 3n ? /the producer went back from 3 to 2/ : /3 messages taken and \d+ published/);
    throws(() => consumer.peek(), isCorrupt);
    throws(() => consumer.popSync({ timeout: 1 }), isCorrupt);
    await rejects(consumer.pop(), isCorrupt);
    poke(ring.path!, blocks(ring).producer, 3n, 8);
    throws(() => consumer.tryPop(), isCorrupt, "sticky");
  });
}

for (const [what, head] of [
  ["behind what was seen", 0n],
  ["in front of tail", 9n],
  ["all ones", 2n ** 64n - 1n],
] as const) {
  test(`a head that is ${what} is Corrupt, and stays so`, async () => {
    const ring = Ring.create(Trades, { dir: scratch(), capacity: Number(capacity) });
    const producer = ring.producer();
    using consumer = ring.consumer();
    producer.pushMany([0, 1, 2, 3, 4, 5, 6].map(trade));
    equal(consumer.popMany(1).length, 1);
    equal(producer.pushMany([7, 8].map(trade)), 2, "so head 1 was seen");
    poke(ring.path!, blocks(ring).consumer, head === 9n ? 10n : head, 8);
    throws(() => producer.tryPush(trade(9)), isCorrupt);
    await rejects(producer.push(trade(9)), isCorrupt);
    throws(() => producer.claim(), isCorrupt);
    producer.close();
    ok(look(ring.path!, blocks(ring).producer + 0x180, 4) === 3n, "and no end of the stream is told of it");
  });
}

test("a state that there is none of is Corrupt", async () => {
  const ring = Ring.create(Trades, { dir: scratch() });
  using consumer = ring.consumer();
  poke(ring.path!, blocks(ring).producer + 0x180, 77n, 4);
  await rejects(consumer.pop(), isCorrupt);
  await rejects(consumer.pop(), /the producer has the unknown state 77/);
});

test("a consumer cannot end the stream", async () => {
  const ring = Ring.create(Trades, { dir: scratch(), capacity: 1 });
  using producer = ring.producer();
  producer.tryPush(trade(0));
  poke(ring.path!, blocks(ring).consumer + 0x180, 2n, 4);
  await rejects(producer.push(trade(1), { timeout: 1 }), /the consumer has the unknown state 2/);
});

test("a role of memory whose state there is none of is not claimed", () => {
  const ring = Ring.allocate(Trades);
  const words = new DataView(ring.buffer!);
  const state = Number(words.getBigUint64(0x60, true)) + 0x180;
  words.setUint32(state, 0xffff_fffe, true);
  throws(() => ring.producer(), /the producer has the unknown state 4294967294/);
  words.setUint32(state, 0, true);
  ring.producer().close();
});

test("nonsense in park words, counters and fence mode neither hangs nor hurts", async () => {
  const ring = Ring.create(Trades, { dir: scratch(), capacity: 2 });
  using producer = ring.producer();
  const { consumer: block } = blocks(ring);
  poke(ring.path!, block + 0x80, 0xffff_ffffn, 4);
  poke(ring.path!, block + 0x100, 0xffff_ffffn, 4);
  poke(ring.path!, block + 0x104, 0xdead_beefn, 4);
  for (const counter of [0x200, 0x208, 0x210, 0x218, 0x220]) poke(ring.path!, block + counter, 2n ** 64n - 1n, 8);
  producer.pushMany([trade(0), trade(1)]);
  await rejects(producer.push(trade(2), { timeout: 20 }), { code: "Timeout" });
  using consumer = ring.consumer();
  deepStrictEqual(consumer.popMany(2), [trade(0), trade(1)]);
  equal(consumer.tryPop(), null);
  ok(consumer.stats().stalls >= 0n);
});

test("a message that cannot be read is reported once and stands in nobody's way", () => {
  const ring = Ring.create(Trades, { dir: scratch(), capacity: 8 });
  using producer = ring.producer();
  using consumer = ring.consumer();
  producer.pushMany([0, 1, 2, 3].map(trade));
  const slots = Number(look(ring.path!, 0x70, 8));
  poke(ring.path!, slots + Trade.SIZE + 20, 0xfen, 4);
  deepStrictEqual(consumer.popMany(9), [trade(0)], "those in front of it first");
  const view = consumer.peek()!.at(0);
  throws(() => view.symbol, TypeError);
  deepStrictEqual([...view.symbolBytes()], [0xfe, 0, 0, 0, 0, 0, 0, 0], "its bytes stay reachable");
  throws(() => consumer.popMany(9), { name: "TypeError", message: /Trade\.symbol.*254/ });
  deepStrictEqual(consumer.popMany(9), [2, 3].map(trade));
});

test("a layout that differs is refused, by the field", () => {
  const dir = scratch();
  Ring.create(Trades, { dir });
  const SCHEMA = Trade.SCHEMA.replace("8 8 f64 - price", "8 4 f32 - price");
  const MESSAGE = { ...Trade, SCHEMA, LAYOUT_HASH: "0".repeat(32) };
  const other = { ...Trades, MESSAGE } as RingType<Trade, TradeReader, TradeView>;
  const check = (error: unknown): boolean => {
    ok(error instanceof LayoutMismatch);
    equal(error.code, "LayoutMismatch");
    equal(
      error.message.replace(/^.*": /, ""),
      "Trade.price differs: here `price: f32 at 8`, in the ring `price: f64 at 8`",
    );
    return true;
  };
  throws(() => Ring.attach(other, { dir }), check);
  throws(() => Ring.over(other, Ring.allocate(Trades).buffer!), check);

  const books: RingType<Book, BookReader, BookView> = { ...Trades, MESSAGE: Book };
  const message = /here `message Book .*`, in the ring `message Trade .*`/;
  throws(() => Ring.attach(books, { dir }), { code: "LayoutMismatch", message });
});

test("a schema that differs in its notes alone is a warning, handed over and emitted", async () => {
  const dir = scratch();
  Ring.create(Trades, { dir });
  const SCHEMA = Trade.SCHEMA.replace("#unit Trade.price USD", "#unit Trade.price EUR");
  ok(SCHEMA !== Trade.SCHEMA);
  const MESSAGE = { ...Trade, SCHEMA, SCHEMA_HASH: "0".repeat(32) };
  const emitted = new Promise<Error>((resolve) => process.once("warning", resolve));
  const ring = Ring.attach({ ...Trades, MESSAGE }, { dir });
  equal(ring.warnings().length, 1);
  equal((await emitted).name, "RinggenWarning");
  using consumer = ring.consumer();
  deepStrictEqual(consumer.warnings(), ring.warnings());

  const shared = Ring.over({ ...Trades, MESSAGE }, Ring.allocate(Trades).buffer!);
  ok(shared.warnings()[0]!.includes("EUR") && shared.warnings()[0]!.includes("USD"));
});

test("files that are no rings are refused", () => {
  const dir = scratch();
  const ring = Ring.create(Trades, { dir });
  const bytes = readFileSync(ring.path!);
  const refuse = (name: string, change: (bytes: Buffer) => Uint8Array, code: string): void => {
    const path = `${dir}/${name}`;
    writeFileSync(path, change(Buffer.from(bytes)), { mode: 0o600 });
    throws(() => Ring.attach(Trades, { name: path }), { code }, name);
    const memory = change(Buffer.from(bytes));
    const copy = new SharedArrayBuffer(memory.length);
    new Uint8Array(copy).set(memory);
    if (code !== "Refused") throws(() => Ring.over(Trades, copy), { code }, `${name} in memory`);
  };
  refuse("empty", () => new Uint8Array(0), "NotARing");
  refuse("short", (ring) => ring.subarray(0, 4096), "NotARing");
  refuse("long", (ring) => Buffer.concat([ring, Buffer.alloc(4096)]), "NotARing");
  refuse("magic", (ring) => (ring.write("RINGGEN2", 0), ring), "NotARing");
  refuse("bit", (ring) => ((ring[0x48] = ring[0x48]! ^ 1), ring), "NotARing");
  refuse("schema", (ring) => ((ring[600] = ring[600]! ^ 1), ring), "NotARing");
  refuse("major", (ring) => (ring.writeUInt32LE(2, 8), ring), "UnsupportedFormat");
});

test("every error is a RingError with a code", () => {
  throws(
    () => Ring.attach(Trades, { dir: "/nowhere/at/all" }),
    (error: unknown) => error instanceof RingError && error.code === "NotFound" && `${error}`.startsWith("NotFound: "),
  );
});
