// What Node says to files that are not quite rings, and what TypeScript says to the same bytes in memory:
// `node verdicts.js MUTANTS`; see tests/headers.rs.
import { createReadStream, openSync, closeSync, ftruncateSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

import { Ring, RingError } from "ringgen";

import { Trade, Trades } from "./market.js";
import type { TradesRing } from "./market.js";

interface Verdict {
  readonly code: string;
  readonly why: string;
}

/** No array that there is room for is larger than this. */
const MOST_MEMORY = 1 << 24;

/** Takes both roles, and moves a few messages. */
function use(ring: TradesRing): string {
  try {
    using tx = ring.producer();
    using rx = ring.consumer();
    const zero = Trade.read(new DataView(new ArrayBuffer(Trade.SIZE)), 0);
    for (let id = 0n; id < 3n; id++) {
      tx.pushSync({ ...zero, id }, { timeout: 0 });
      const trade = rx.popSync({ timeout: 0 });
      if (trade?.id !== id) return `${trade?.id} is not number ${id}`;
    }
  } catch (error) {
    if (error instanceof RingError) return error.code;
    throw error;
  }
  return "fine";
}

function verdict(open: () => TradesRing): Verdict {
  let ring: TradesRing;
  try {
    ring = open();
  } catch (error) {
    if (error instanceof RingError) return { code: error.code, why: error.message };
    throw error;
  }
  return { code: "fine", why: use(ring) };
}

const path = `${process.argv[2]!}.node`;
for await (const line of createInterface({ input: createReadStream(process.argv[2]!) })) {
  const [digits, hex] = line.split(" ");
  const [length, head] = [Number(digits), Buffer.from(hex!, "hex")];
  const file = openSync(path, "w", 0o600);
  writeSync(file, head);
  ftruncateSync(file, length);
  closeSync(file);
  const memory = length > MOST_MEMORY ? undefined : new SharedArrayBuffer(length);
  if (memory !== undefined) new Uint8Array(memory).set(head.subarray(0, length));
  const verdicts = {
    file: verdict(() => Ring.attach(Trades, { name: path })),
    memory: memory === undefined ? null : verdict(() => Ring.over(Trades, memory)),
  };
  process.stdout.write(`${JSON.stringify(verdicts)}\n`);
}
