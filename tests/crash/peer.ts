// The peer in TypeScript, for Node: `node peer.js JOB`; see subject.rs.
import { appendFileSync, copyFileSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

import { RingError } from "ringgen";

import { Trade, Trades } from "./market.js";
import type { TradesConsumer, TradesProducer } from "./market.js";

interface Job {
  readonly do: "produce" | "consume" | "step" | "witness" | "refused";
  readonly rings: string;
  readonly verb: string;
  readonly seed: number;
  readonly op: string;
  readonly role: "producer" | "consumer";
  readonly timeout: number;
}

const timeout = 60_000;
const BATCH = 16;
const PRODUCE = ["push", "many", "claim", "async"];
const CONSUME = ["pop", "many", "peek", "async"];

/** The message at a position. */
function trade(position: bigint): Trade {
  return {
    ...Trade.zero(),
    id: position,
    price: Number(position) / 2,
    quantity: Number(BigInt.asUintN(32, position * 2_654_435_761n)),
    symbol: String(position % 100_000_000n),
    ts: position ^ 0x5555_5555_5555_5555n,
  };
}

function check(position: bigint, found: Trade): void {
  const expected = trade(position);
  const fields = Object.keys(expected) as (keyof Trade)[];
  const differs = fields.filter((field) => found[field] !== expected[field]);
  if (differs.length > 0) throw new Error(`message ${position} has other ${differs.join(", ")}`);
}

/** What a process did, in a file that survives it; see ledger.rs. */
class Ledger {
  readonly #file: number;
  readonly #epoch: bigint;

  constructor(rings: string, role: string, epoch: bigint, position: bigint, verb: number) {
    this.#file = openSync(join(rings, `${role}.ledger`), "a", 0o600);
    this.#epoch = epoch;
    this.#write(0n, position, verb);
  }

  done(position: bigint, count: number): void {
    this.#write(1n, position, count);
  }

  #write(what: bigint, first: bigint, second: number): void {
    const record = new BigUint64Array([what, this.#epoch, first, BigInt(second)]);
    writeSync(this.#file, new Uint8Array(record.buffer));
  }
}

const cell = new Int32Array(new SharedArrayBuffer(4));
const sleep = (milliseconds: number): void => void Atomics.wait(cell, 0, 0, milliseconds);
const isOf = (error: unknown, ...codes: string[]): boolean => error instanceof RingError && codes.includes(error.code);

/** Claims a role whose last holder is being killed. */
function claim<V>(claim: () => V): V {
  const deadline = performance.now() + timeout;
  for (;;) {
    try {
      return claim();
    } catch (error) {
      if (!isOf(error, "RoleTaken") || performance.now() > deadline) throw error;
      sleep(0.2);
    }
  }
}

/**
 * Now and then a pause so long that the other side goes to sleep; and whether to stay, or to leave and to come back.
 * With the seed 0, to stay.
 */
function pauses(seed: number): () => boolean {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    if (state >>> 26 === 0) sleep(0.5);
    return seed === 0 || ((state >>> 18) & 0xff) !== 0;
  };
}

async function push(producer: TradesProducer, verb: string): Promise<number> {
  const position = producer.position();
  const batch = Array.from({ length: BATCH }, (_, index) => trade(position + BigInt(index)));
  if (verb === "async") {
    await producer.push(batch[0]!, { timeout });
    return 1;
  }
  if (verb === "many") {
    const count = producer.pushMany(batch);
    if (count > 0) return count;
  }
  if (verb === "claim") {
    const slots = producer.claim(BATCH);
    if (slots !== null) {
      for (let index = 0; index < slots.length; index++) slots.at(index).assign(batch[index]!);
      slots.commit();
      return slots.length;
    }
  }
  // There is no room: this one waits for some.
  producer.pushSync(batch[0]!, { timeout });
  return 1;
}

async function produce({ rings, verb, seed }: Job): Promise<void> {
  const ring = await Trades.attach({ dir: rings });
  const pause = pauses(seed);
  for (;;) {
    const producer = claim(() => ring.producer());
    const ledger = new Ledger(rings, "producer", producer.epoch(), producer.position(), PRODUCE.indexOf(verb));
    while (pause()) {
      const position = producer.position();
      try {
        ledger.done(position, await push(producer, verb));
      } catch (error) {
        if (!isOf(error, "PeerDied", "Detached")) throw error;
      }
    }
    producer.detach();
  }
}

/** Takes some messages, and writes them down when they are known: in front of the release of a peek. */
async function take(consumer: TradesConsumer, verb: string, done: (count: number) => void): Promise<void> {
  const position = consumer.position();
  const checked = (messages: readonly Trade[]): void => {
    messages.forEach((message, index) => check(position + BigInt(index), message));
    done(messages.length);
  };
  if (verb === "many") {
    const messages = consumer.popMany(BATCH);
    if (messages.length > 0) return checked(messages);
  }
  if (verb === "peek") {
    const slots = consumer.peek(BATCH);
    // A peek does not wait.
    if (slots === null) return sleep(0.2);
    checked(Array.from(slots, copy));
    return slots.release();
  }
  const message = verb === "async" ? await consumer.pop({ timeout }) : consumer.popSync({ timeout });
  if (message === null) throw new Error("the stream has ended");
  return checked([message]);
}

function copy(view: Readonly<Trade>): Trade {
  const { id, price, quantity, symbol, side, conditions, ts } = view;
  return { id, price, quantity, symbol, side, conditions, ts };
}

async function consume({ rings, verb, seed }: Job): Promise<void> {
  const ring = await Trades.attach({ dir: rings });
  const pause = pauses(seed);
  for (;;) {
    const consumer = claim(() => ring.consumer());
    const ledger = new Ledger(rings, "consumer", consumer.epoch(), consumer.position(), CONSUME.indexOf(verb));
    for (let stays = true; stays; ) {
      const position = consumer.position();
      // A pause on both sides of the note: what is taken and not yet written down, and the other way round.
      const done = (count: number): void => {
        pause();
        ledger.done(position, count);
        stays = pause();
      };
      try {
        await take(consumer, verb, done);
      } catch (error) {
        if (!isOf(error, "PeerDied")) throw error;
      }
    }
    consumer.detach();
  }
}

/** Does one thing in front of whose steps this process may end; the file of steps says where it begins. */
async function step({ rings, op }: Job): Promise<void> {
  const note = (line: string): void => appendFileSync(join(rings, "steps"), `# ${line}\n`);
  const options = { dir: rings, capacity: 8 };
  const begin = (): void => {
    if (op !== "create") copyFileSync(join(rings, "market.trades"), join(rings, "before"));
    note("begin");
  };
  if (op === "create" || op === "attach") {
    begin();
    await Trades[op](options);
    return note("end");
  }
  const ring = await Trades.attach(options);
  if (op === "unlink" || op === "claim producer" || op === "claim consumer") {
    begin();
    if (op === "unlink") ring.unlink();
    else if (op === "claim producer") ring.producer();
    else ring.consumer();
  } else if (["push", "push async", "push many", "claim", "close", "detach"].includes(op)) {
    const producer = ring.producer();
    const messages = Array.from({ length: 5 }, (_, index) => trade(producer.position() + BigInt(index)));
    begin();
    if (op === "push") producer.pushSync(messages[0]!, { timeout });
    if (op === "push async") await producer.push(messages[0]!, { timeout });
    if (op === "push many") producer.pushMany(messages);
    if (op === "claim") {
      const slots = producer.claim(2)!;
      for (let index = 0; index < slots.length; index++) slots.at(index).assign(messages[index]!);
      slots.commit();
    }
    if (op === "close") producer.close();
    if (op === "detach") producer.detach();
  } else {
    const consumer = ring.consumer();
    begin();
    if (op === "pop") note(`took ${consumer.popSync({ timeout }) ? 1 : 0}`);
    if (op === "pop async") note(`took ${(await consumer.pop({ timeout })) ? 1 : 0}`);
    if (op === "pop many") note(`took ${consumer.popMany(5).length}`);
    if (op === "peek") {
      const slots = consumer.peek(2)!;
      note(`took ${Array.from(slots, copy).length}`);
      slots.release();
    }
    if (op === "detach consumer") consumer.close();
  }
  note("end");
  process.exit(0);
}

const noteIn = (rings: string, line: string): void => appendFileSync(join(rings, "notes"), `${line}\n`);

/** Claims a role; what comes back pushes or takes one message. */
async function one(rings: string, role: Job["role"]): Promise<(timeout: number) => void> {
  const ring = await Trades.attach({ dir: rings });
  if (role === "producer") {
    const producer = ring.producer();
    return (timeout) => producer.pushSync(trade(producer.position()), { timeout });
  }
  const consumer = ring.consumer();
  return (timeout) => {
    const position = consumer.position();
    const message = consumer.popSync({ timeout });
    if (message === null) throw new Error("the stream has ended");
    check(position, message);
  };
}

/** Pushes or takes messages, and notes the first time that nothing comes of it in time, and that it goes on then. */
async function witness({ rings, role, timeout: first }: Job): Promise<never> {
  const verb = await one(rings, role);
  for (let within = first; ; ) {
    try {
      verb(within);
    } catch (error) {
      if (!(error instanceof RingError)) throw error;
      noteIn(rings, error.code);
      within = timeout;
      continue;
    }
    if (within === timeout) break;
  }
  noteIn(rings, "went on");
  return stay();
}

/** Does nothing until it is killed. */
function stay(): never {
  for (;;) sleep(1_000_000);
}

/** Claims both roles in vain. */
async function refused({ rings }: Job): Promise<never> {
  const ring = await Trades.attach({ dir: rings });
  for (const role of ["producer", "consumer"] as const) {
    try {
      ring[role]();
      noteIn(rings, `${role}: none`);
    } catch (error) {
      if (!(error instanceof RingError)) throw error;
      noteIn(rings, `${role}: ${error.code}`);
    }
  }
  return stay();
}

const job = JSON.parse(process.argv[2]!) as Job;
try {
  await { produce, consume, step, witness, refused }[job.do](job);
} catch (error) {
  appendFileSync(join(job.rings, "errors"), `${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}
