// The peer in TypeScript, for Node: `node peer.js VECTORS`; see vectors.md.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { RingError } from "ringgen";

import {
  AllEvents,
  AllKinds,
  Event,
  EventView,
  Everything,
  EverythingFields,
  EverythingView,
  InnerFields,
  ListsFields,
  OuterFields,
  PointFields,
  ReadingFields,
  SensorFields,
} from "./kitchen_sink.js";
import type {
  AllEventsConsumer,
  AllEventsProducer,
  AllKindsConsumer,
  AllKindsProducer,
  AllKindsRing,
} from "./kitchen_sink.js";
import { Trades } from "./market.js";

/** How many milliseconds a verb waits at most: longer than the test does. */
const timeout = 300_000;

/** How many messages a batch has at most: no divisor of the ring's capacity, so that batches meet its end everywhere. */
const BATCH = 17n;

type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };
type Fields = { readonly [key: string]: Json };
type Answer = Record<string, unknown>;

/** Numbers of 64 bits, by field: bigints here but for those that the schema wants to be numbers. */
const WIDE = new Set(["u64", "i64", "giant", "options", "longs"]);
const WIDE_NUMBERS = new Set(["counter"]);
const FLOATS = new Map([["f32", 4], ["grid", 4], ["f64", 8], ["value", 8]]);
const BYTES = new Set(["raw", "blobs"]);
const namesOf = (fields: object): string[] => Object.keys(fields).filter((name) => !name.startsWith("_"));
const STRUCTS = new Map([
  ["inner", namesOf(InnerFields)],
  ["pair", namesOf(InnerFields)],
  ["outer", namesOf(OuterFields)],
  ["outers", namesOf(OuterFields)],
]);
const MEMBERS = namesOf(EverythingFields);

/** A message is not the expected one. */
class Wrong extends Error {}

const scratch = new DataView(new ArrayBuffer(8));

/** What a value of everything.json is in a plain object. */
function decoded(name: string, value: Json): unknown {
  if (Array.isArray(value)) return value.map((element: Json) => decoded(name, element));
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, decoded(key, member)]));
  }
  if (typeof value !== "string") return value;
  if (WIDE.has(name)) return BigInt(value);
  if (WIDE_NUMBERS.has(name)) return Number(value);
  if (BYTES.has(name)) return Uint8Array.from(Buffer.from(value, "hex"));
  switch (FLOATS.get(name)) {
    case 4:
      scratch.setUint32(0, Number(value));
      return scratch.getFloat32(0);
    case 8:
      scratch.setBigUint64(0, BigInt(value));
      return scratch.getFloat64(0);
    default:
      return value;
  }
}

/** What a field's value is in everything.json. */
function encoded(name: string, value: unknown): Json {
  if (BYTES.has(name) && value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return Array.from(value as unknown as Iterable<unknown>, (element) => encoded(name, element));
  }
  const size = FLOATS.get(name);
  if (size !== undefined && typeof value === "number") {
    if (size === 4) scratch.setFloat32(0, value);
    else scratch.setFloat64(0, value);
    return `0x${Buffer.from(scratch.buffer, 0, size).toString("hex")}`;
  }
  if (typeof value === (WIDE.has(name) ? "bigint" : "number")) {
    return WIDE.has(name) || WIDE_NUMBERS.has(name) ? String(value) : (value as number);
  }
  const members = STRUCTS.get(name);
  if (members !== undefined) return fieldsOf(value as Record<string, unknown>, members);
  if (typeof value === "string" || typeof value === "boolean") return value;
  throw new Wrong(`${name} is a ${typeof value}: ${String(value)}`);
}

function fieldsOf(value: object, members: readonly string[] = MEMBERS): Fields {
  const of = value as Record<string, unknown>;
  return Object.fromEntries(members.map((name) => [name, encoded(name, of[name])]));
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("peer.js VECTORS");
const vectors = JSON.parse(readFileSync(`${folder}/everything.json`, "utf8")) as { rows: { fields: Fields }[] };
const rows: Fields[] = vectors.rows.map((row) => row.fields);
const values = rows.map((row) => decoded("", row) as Everything);
const lines = readFileSync(`${folder}/everything.hex`, "utf8").trimEnd().split("\n");
const expectedBytes = lines.map((line) => Uint8Array.from(Buffer.from(line, "hex")));

const rowOf = (position: bigint): number => Number(position % 16n);

/** The message at a position. */
function messageAt(position: bigint): Everything {
  const value = values[rowOf(position)]!;
  return { ...value, u64: BigInt.asUintN(64, value.u64 + position) };
}

function checkBytes(position: bigint, found: Uint8Array): void {
  const bytes = expectedBytes[rowOf(position)]!.slice();
  new DataView(bytes.buffer).setBigUint64(EverythingFields.u64.offset, messageAt(position).u64, true);
  if (Buffer.compare(bytes, found) !== 0) {
    const [is, should] = [found, bytes].map((of) => Buffer.from(of).toString("hex"));
    throw new Wrong(`message ${position} has the bytes ${is}, not ${should}`);
  }
}

/** Whether this is the message at a position: all fields, and all bytes that it is encoded to. */
function check(position: bigint, message: Everything): void {
  const row = rows[rowOf(position)]!;
  const found = fieldsOf(message);
  for (const name of MEMBERS) {
    const expected = name === "u64" ? String(messageAt(position).u64) : row[name];
    // Objects of everything.json have their members in the order of the fields, as `fieldsOf` has them.
    if (JSON.stringify(found[name]) !== JSON.stringify(expected)) {
      throw new Wrong(`message ${position}: ${name} is ${JSON.stringify(found[name])}, not ${JSON.stringify(expected)}`);
    }
  }
  checkBytes(position, Everything.encode(message));
}

let ring: AllKindsRing | undefined;
let producer: AllKindsProducer | undefined;
let consumer: AllKindsConsumer | undefined;

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

async function produce(count: bigint, verb: string): Promise<Answer> {
  if (producer === undefined) throw new Error("it is not the producer");
  const end = producer.position() + count;
  while (producer.position() < end) {
    const position = producer.position();
    const batch = Number(least(BATCH, end - position));
    switch (verb) {
      case "push":
        await producer.push(messageAt(position), { timeout });
        break;
      case "sync":
        producer.pushSync(messageAt(position), { timeout });
        break;
      case "claim": {
        const claim = producer.claim(batch);
        if (claim === null) {
          await producer.push(messageAt(position), { timeout });
          break;
        }
        for (let index = 0; index < claim.length; index++) {
          claim.at(index).assign(messageAt(position + BigInt(index)));
        }
        // Not always all of it: what is not committed was never there.
        claim.commit(claim.length > 2 ? claim.length - 1 : claim.length);
        break;
      }
      case "many": {
        const messages = Array.from({ length: batch }, (_, index) => messageAt(position + BigInt(index)));
        if (producer.pushMany(messages) === 0) await producer.push(messages[0]!, { timeout });
        break;
      }
      default:
        return { error: "Unknown", text: `there is no verb ${verb}` };
    }
  }
  return { position: String(producer.position()) };
}

/** Takes one message; `false` at the end of the stream. */
async function takeOne(from: AllKindsConsumer): Promise<boolean> {
  const position = from.position();
  const message = await from.pop({ timeout });
  if (message !== null) check(position, message);
  return message !== null;
}

/** Takes up to `limit` messages, one at least; `false` at the end of the stream. */
async function take(from: AllKindsConsumer, limit: number, verb: string): Promise<boolean> {
  const position = from.position();
  switch (verb) {
    case "pop":
      return takeOne(from);
    case "sync": {
      const message = from.popSync({ timeout });
      if (message !== null) check(position, message);
      return message !== null;
    }
    case "iterate": {
      let taken = 0;
      for await (const message of from) {
        check(position + BigInt(taken), message);
        if (++taken === limit) return true;
      }
      return false;
    }
    case "peek": {
      const peek = from.peek(limit);
      if (peek === null) return takeOne(from);
      for (let index = 0; index < peek.length; index++) {
        const reader = peek.at(index);
        const found = fieldsOf(reader);
        const message = reader.toObject();
        check(position + BigInt(index), message);
        if (JSON.stringify(found) !== JSON.stringify(fieldsOf(message))) {
          throw new Wrong(`message ${position + BigInt(index)} is read in place as ${JSON.stringify(found)}`);
        }
      }
      // Not always all of it: what is not released comes again.
      peek.release(peek.length > 2 ? peek.length - 1 : peek.length);
      return true;
    }
    case "many": {
      const messages = from.popMany(limit);
      messages.forEach((message, index) => check(position + BigInt(index), message));
      return messages.length > 0 || takeOne(from);
    }
    case "into": {
      const bytes = new Uint8Array(Everything.SIZE);
      const view = new EverythingView(new DataView(bytes.buffer));
      if (!from.popInto(view)) return takeOne(from);
      checkBytes(position, bytes);
      check(position, view.toObject());
      return true;
    }
    default:
      throw new Wrong(`there is no verb ${verb}`);
  }
}

async function consume(count: bigint, verb: string): Promise<Answer> {
  if (consumer === undefined) throw new Error("it is not the consumer");
  const start = consumer.position();
  let stop = "count";
  try {
    for (let left = count; left > 0n; left = start + count - consumer.position()) {
      if (!(await take(consumer, Number(least(BATCH, left)), verb))) {
        stop = "end";
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof RingError) || error.code !== "PeerDied") throw error;
    stop = "PeerDied";
  }
  const position = consumer.position();
  return { count: String(position - start), position: String(position), stop };
}

/** The cases of an event, by their tags: what they are called, and where their bytes lie. */
const CASES = new Map([
  [0, { kind: "Lists", fields: ListsFields }],
  [3, { kind: "Base", fields: PointFields }],
  [7, { kind: "Reading", fields: ReadingFields }],
  [8, { kind: "Sensor", fields: SensorFields }],
]);
type Rows = Readonly<Record<string, { readonly type: string }>>;

/** The word that the type of a field's elements begins with: `u64` of `list[u64, 2]`. */
const wordOf = (rows: Rows, name: string): string => /^(?:list\[)?(\w+)/.exec(rows[name]?.type ?? "")?.[1] ?? "";

/** What a value of events.json is in a plain object. */
function partFromJson(word: string, value: Json | null): unknown {
  if (Array.isArray(value)) return value.map((element: Json) => partFromJson(word, element));
  if (typeof value !== "string") return value;
  switch (word) {
    case "u64":
    case "i64":
      return BigInt(value);
    case "f32":
      scratch.setUint32(0, Number(value));
      return scratch.getFloat32(0);
    case "f64":
      scratch.setBigUint64(0, BigInt(value));
      return scratch.getFloat64(0);
    case "bytes":
      return Uint8Array.from(Buffer.from(value, "hex"));
    default:
      return value;
  }
}

/** What a member's value is in events.json. */
function partToJson(word: string, value: unknown): unknown {
  if (word === "bytes" && value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return Array.from(value as unknown as Iterable<unknown>, (element) => partToJson(word, element));
  }
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "number" || !word.startsWith("f")) return value;
  if (word === "f32") scratch.setFloat32(0, value);
  else scratch.setFloat64(0, value);
  return `0x${Buffer.from(scratch.buffer, 0, word === "f32" ? 4 : 8).toString("hex")}`;
}

function eventFromJson(event: { tag: number; fields: Fields; data: string }): Event {
  const of = CASES.get(event.tag);
  if (of === undefined) {
    return { kind: undefined, tag: event.tag, bytes: Uint8Array.from(Buffer.from(event.data, "hex")) };
  }
  const parts = Object.entries(event.fields).map(([name, value]) => [name, partFromJson(wordOf(of.fields, name), value)]);
  return { kind: of.kind, value: Object.fromEntries(parts) as unknown } as Event;
}

function eventToJson(event: Event): Answer {
  if (event.kind === undefined) return { tag: event.tag, data: Buffer.from(event.bytes).toString("hex") };
  const found = [...CASES].find(([, { kind }]) => kind === event.kind);
  if (found === undefined) throw new Wrong(`nobody sends a ${event.kind}`);
  const [tag, { fields }] = found;
  const parts = Object.entries(event.value).map(([name, value]) => [name, partToJson(wordOf(fields, name), value)]);
  return { tag, fields: Object.fromEntries(parts) as unknown };
}

let eventsProducer: AllEventsProducer | undefined;
let eventsConsumer: AllEventsConsumer | undefined;

async function obey(command: Record<string, string>): Promise<Answer> {
  const word = (key: string): string => command[key] ?? "";
  const instance = word("instance");
  const side = producer ?? consumer;
  switch (word("do")) {
    case "create":
      ring = await AllKinds.create({ instance, firstPosition: BigInt(word("first")) });
      return {};
    case "attach":
      if (word("ring") === "trades") return { warnings: (await Trades.attach({ instance })).warnings() };
      ring = await AllKinds.attach({ instance });
      return { warnings: ring.warnings() };
    case "producer":
    case "consumer": {
      if (ring === undefined) throw new Error("no ring is open");
      producer = consumer = undefined;
      const claimed = word("do") === "producer" ? (producer = ring.producer()) : (consumer = ring.consumer());
      return { position: String(claimed.position()), epoch: String(claimed.epoch()) };
    }
    case "produce":
      return produce(BigInt(word("count")), word("verb"));
    case "consume":
      return consume(BigInt(word("count")), word("verb"));
    case "push_bytes": {
      if (producer === undefined) throw new Error("it is not the producer");
      const claim = producer.claim(1);
      if (claim === null) throw new Error("the ring is full");
      claim.at(0).load(new DataView(Uint8Array.from(Buffer.from(word("bytes"), "hex")).buffer));
      claim.commit();
      return {};
    }
    case "pop_fields": {
      if (consumer === undefined) throw new Error("it is not the consumer");
      const bytes = new Uint8Array(Everything.SIZE);
      const view = new EverythingView(new DataView(bytes.buffer));
      if (!consumer.popInto(view)) throw new Error("there is no message");
      const fields = MEMBERS.map((name) => {
        try {
          return [name, encoded(name, (view as unknown as Record<string, unknown>)[name])];
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          return [name, null];
        }
      });
      return { fields: Object.fromEntries(fields) as unknown, bytes: Buffer.from(bytes).toString("hex") };
    }
    case "try_pop": {
      if (consumer === undefined) throw new Error("it is not the consumer");
      const message = consumer.tryPop();
      return { empty: message === null, ended: consumer.ended };
    }
    case "stats": {
      if (side === undefined) throw new Error("it has no role");
      const { stalls, parks, wakes, dropped, highWater } = side.stats();
      const counts = { stalls, parks, wakes, dropped, high_water: highWater };
      return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)]));
    }
    case "detach":
    case "close":
      if (side === undefined) throw new Error("it has no role");
      word("do") === "close" ? side.close() : side.detach();
      producer = consumer = undefined;
      return {};
    case "events": {
      const opened = (command["creates"] as unknown) === true ? AllEvents.create : AllEvents.attach;
      const events = await opened({ instance });
      if (word("role") === "producer") eventsProducer = events.producer();
      else eventsConsumer = events.consumer();
      return {};
    }
    case "push_event":
      if (eventsProducer === undefined) throw new Error("it is not the producer");
      await eventsProducer.push(eventFromJson(command["event"] as unknown as Parameters<typeof eventFromJson>[0]), { timeout });
      return {};
    case "pop_event": {
      if (eventsConsumer === undefined) throw new Error("it is not the consumer");
      const bytes = new Uint8Array(Event.SIZE);
      const view = new EventView(new DataView(bytes.buffer));
      if (!eventsConsumer.popInto(view)) return { ended: eventsConsumer.ended };
      return { event: eventToJson(view.toObject()), bytes: Buffer.from(bytes).toString("hex") };
    }
    case "close_events":
      (eventsProducer ?? eventsConsumer)?.close();
      return {};
    default:
      return { error: "Unknown", text: `there is no command ${word("do")}` };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer: Answer;
  try {
    answer = await obey(JSON.parse(line) as Record<string, string>);
  } catch (error) {
    if (error instanceof RingError) answer = { error: error.code, text: error.message };
    else if (error instanceof Wrong) answer = { error: "Wrong", text: error.message };
    else throw error;
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
// A role that is still held ends with the process.
process.exit(0);
