import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Ring } from "ringgen";
import { Trade, Trades } from "../../../generated/typescript/market.js";
import type { TradesRing } from "../../../generated/typescript/market.js";

/** The message that a position should hold. */
export function trade(position: bigint | number): Trade {
  const id = BigInt(position);
  const small = Number(id & 0xffffn);
  return {
    ...Trade.zero(),
    id,
    price: small / 4,
    quantity: small,
    symbol: `S${small % 1000}`,
    ts: id * 1000n,
  };
}

/** What is left to do when the process ends. */
const last: (() => void)[] = [];
process.on("exit", () => {
  for (const action of last) action();
});

/** A directory that is gone when the process is. */
export function scratch(): string {
  const dir = mkdtempSync(join(process.env["RINGGEN_TEST_DIR"] ?? tmpdir(), "ringgen-node-"));
  last.push(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface MakeOptions {
  readonly capacity?: number;
  readonly firstPosition?: bigint;
  readonly wait?: "spin" | "yield" | "hybrid";
}

/** Both kinds of rings: every verb is tested on each. */
export const kinds: { readonly kind: string; readonly make: (options?: MakeOptions) => TradesRing }[] = [
  { kind: "a file", make: (options = {}) => Ring.create(Trades, { dir: scratch(), ...options }) },
  { kind: "a SharedArrayBuffer", make: (options = {}) => Ring.allocate(Trades, options) },
];

/** Where positions start in the tests: the low half about to overflow, and doubles about to lose integers. */
export const starts: readonly bigint[] = [0n, 2n ** 32n - 5n, 2n ** 53n - 5n];

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Resolves when the condition holds. There is no limit but the test's own. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await pause(2);
}

/** A process of its own that runs tests/peer.ts. */
export class Peer {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string, undefined>;
  #errors = "";

  constructor(...args: readonly string[]) {
    const script = fileURLToPath(new URL("peer.js", import.meta.url));
    this.child = spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    this.child.stderr!.on("data", (chunk: Buffer) => (this.#errors += chunk.toString()));
    this.#lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
    last.push(() => this.child.kill("SIGKILL"));
  }

  /** Its next line. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the peer ended early: ${this.#errors}`);
    return value;
  }

  send(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  async kill(): Promise<void> {
    const gone = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await gone;
  }

  async exit(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
    if (this.child.exitCode !== 0) throw new Error(this.#errors);
    return this.child.exitCode;
  }
}

/** Writes a word of a ring behind everyone's back. */
export function poke(path: string, offset: number, value: bigint, size: 4 | 8): void {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  const fd = openSync(path, "r+");
  writeSync(fd, bytes, 0, size, offset);
  closeSync(fd);
}

/** Reads a word of a ring. */
export function look(path: string, offset: number, size: 4 | 8): bigint {
  const bytes = Buffer.alloc(8);
  const fd = openSync(path, "r");
  readSync(fd, bytes, 0, size, offset);
  closeSync(fd);
  return bytes.readBigUInt64LE();
}
