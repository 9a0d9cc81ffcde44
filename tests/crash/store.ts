// Stands in for the package's `store.ts`: tells a file of each step, and ends the process in front of one of them.
//
// As the runtime in Rust does, which the addon is made of: `RINGGEN_STEPS` names the file, `RINGGEN_CRASH_AT` the step,
// or `step:3` for the third time that it is reached, here or there.
import { appendFileSync, readFileSync } from "node:fs";

const trace = process.env["RINGGEN_STEPS"];
const [crashAt, time = "1"] = (process.env["RINGGEN_CRASH_AT"] ?? "").split(":");

export function reach(step: string): void {
  if (trace === undefined) return;
  inRow = 0;
  appendFileSync(trace, `${step}\n`);
  if (step !== crashAt) return;
  const times = readFileSync(trace, "utf8").split("\n").filter((line) => line === step).length;
  if (times === Number(time)) process.kill(process.pid, "SIGKILL");
}

/** Words of a block, and the steps by which they are stored. */
const WORDS = new Map([
  [0x080, "notify.event"],
  [0x104, "claim.fence-mode"],
  [0x108, "park.want"],
  [0x200, "look.stall"],
  [0x208, "park.count"],
  [0x210, "notify.count"],
  [0x220, "look.high-water"],
]);

/** In front of the store of a word, which is named by its place in the whole file. */
function reachWord(buffer: ArrayBufferLike, offset: number, value: number): void {
  const header = new DataView(buffer);
  const [producer, consumer] = [0x060, 0x068].map((at) => Number(header.getBigUint64(at, true))) as [number, number];
  const isProducers = offset >= producer && offset < producer + 0x280;
  const field = offset - (isProducers ? producer : consumer);
  let step = WORDS.get(field);
  if (field === 0) step = isProducers ? "push.cursor" : "pop.cursor";
  if (field === 0x100) step = (value & 1) === 1 ? "park.ticket-odd" : "park.ticket-even";
  if (step === undefined) throw new Error(`nobody stores to ${field}`);
  reach(step);
}

export function store64(words: BigUint64Array, index: number, value: bigint): void {
  reachWord(words.buffer, index * 8, 0);
  Atomics.store(words, index, value);
}

export function store32(words: Int32Array, index: number, value: number): void {
  reachWord(words.buffer, index * 4, value);
  Atomics.store(words, index, value | 0);
}

export function store64Relaxed(words: BigUint64Array, index: number, value: bigint): void {
  store64(words, index, value);
}

type Method = (this: DataView, ...parameters: unknown[]) => unknown;

/** Values in a row of which there is a step: the first, one in the middle of a message, and one of a later message. */
const TOLD = [0, 3, 30];
let inRow = 0;

/** Slots that tell of values that are written or read. */
export function slotsOf(buffer: ArrayBuffer): DataView {
  const data = new DataView(buffer);
  for (const name of Object.getOwnPropertyNames(DataView.prototype)) {
    const step = name.startsWith("set") ? "push.slot" : name.startsWith("get") ? "pop.slot" : undefined;
    if (step === undefined) continue;
    const method = Reflect.get(DataView.prototype, name) as Method;
    Object.defineProperty(data, name, {
      value: (...parameters: unknown[]) => {
        const place = inRow;
        if (TOLD.includes(place)) reach(step);
        inRow = place + 1;
        return method.apply(data, parameters);
      },
    });
  }
  return data;
}

export function clear(bytes: Uint8Array, from: number, to: number): void {
  reach("push.slot");
  bytes.fill(0, from, to);
}
