import { Closed, Corrupt, RingError, RoleTaken } from "./errors.js";
import { BLOCK as B, STATE_ACTIVE, STATE_CLOSED, STATE_DETACHED, STATE_NEW } from "./format.js";
import type { Role } from "./format.js";
import { compare, geometryOf, readHeader, writeHeader } from "./header.js";
import type { Header } from "./header.js";
import type { RingShape } from "./message.js";
import type { Backing, Port } from "./port.js";
import { store32 } from "./store.js";

/** Where nothing tells when a word changes, it is looked at this often. */
const POLL_MS = 1;

const PROCESSORS: number =
  (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ?? 2;

/** Makes the memory of a ring that threads of this process share. */
export function allocate(type: RingShape, capacity: number, firstPosition: bigint): SharedArrayBuffer {
  const schema = new TextEncoder().encode(type.MESSAGE.SCHEMA);
  const geometry = geometryOf(capacity, type.MESSAGE, schema.length);
  const buffer = new SharedArrayBuffer(geometry.fileLength);
  writeHeader(buffer, geometry, type, schema, firstPosition);
  return buffer;
}

/** A ring in memory that JavaScript made: between threads of one process, or a page and its worker. */
export class MemoryBacking implements Backing {
  readonly contents: Header;
  readonly name: string;
  readonly path: undefined = undefined;
  readonly fd: undefined = undefined;
  readonly shared: ArrayBuffer | SharedArrayBuffer;
  readonly warnings: readonly string[];

  constructor(type: RingShape, buffer: ArrayBuffer | SharedArrayBuffer) {
    this.contents = readHeader(buffer);
    this.name = type.NAME;
    this.shared = buffer;
    this.warnings = compare(type.NAME, type.MESSAGE, this.contents);
  }

  /**
   * Here the state itself is the lock: the one word that is exchanged and not only stored, which is sound because no
   * thread of this memory can be killed half way through it without its process. A worker that was terminated leaves
   * the role taken; its parent, which knows, claims with `takeOver`.
   */
  claim(role: Role, takeOver: boolean): Port {
    const { geometry } = this.contents;
    const block = role === "producer" ? geometry.producerBlock : geometry.consumerBlock;
    const words = new Int32Array(this.shared, 0, Math.floor(this.shared.byteLength / 4));
    const word = (block + B.STATE) / 4;
    for (;;) {
      const state = Atomics.load(words, word);
      if (state === STATE_ACTIVE && !takeOver) {
        throw new RoleTaken(`ring "${this.name}": it has a ${role} already`, 0n);
      }
      if (state < STATE_NEW || state > STATE_DETACHED || (role === "consumer" && state === STATE_CLOSED)) {
        throw new Corrupt(`ring "${this.name}" is corrupt: the ${role} has the unknown state ${state >>> 0}`);
      }
      if (role === "producer" && state === STATE_CLOSED) {
        throw new Closed(`ring "${this.name}": its producer closed it for good`);
      }
      if (Atomics.compareExchange(words, word, state, STATE_ACTIVE) === state) {
        return new MemoryPort(this.shared, words, block);
      }
    }
  }

  unlink(): boolean {
    return false;
  }
}

class MemoryPort implements Port {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly isMapped = false;
  readonly epoch: undefined = undefined;
  readonly canSpin: boolean = PROCESSORS > 1;
  readonly #words: Int32Array;
  readonly #block: number;

  constructor(buffer: ArrayBuffer | SharedArrayBuffer, words: Int32Array, block: number) {
    this.buffer = buffer;
    this.#words = words;
    this.#block = block;
  }

  peerAlive(): boolean {
    return true;
  }

  barrier(): boolean {
    return false;
  }

  wait(word: number, expected: number, milliseconds: number): void {
    try {
      Atomics.wait(this.#words, word / 4, expected, milliseconds);
    } catch (cause) {
      throw new RingError("Unsupported", "this thread must not block (or its memory is not shared): await instead", {
        cause,
      });
    }
  }

  async waitAsync(word: number, expected: number, milliseconds: number): Promise<void> {
    if (typeof Atomics.waitAsync === "function" && this.buffer instanceof SharedArrayBuffer) {
      await Atomics.waitAsync(this.#words, word / 4, expected, milliseconds).value;
      return;
    }
    const end = performance.now() + milliseconds;
    while (Atomics.load(this.#words, word / 4) === expected && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  wake(word: number): void {
    Atomics.notify(this.#words, word / 4);
  }

  yieldNow(): void {}

  end(closes: boolean): void {
    const event = (this.#block + B.EVENT) / 4;
    store32(this.#words, (this.#block + B.STATE) / 4, closes ? STATE_CLOSED : STATE_DETACHED);
    store32(this.#words, event, Atomics.load(this.#words, event) + 1);
    Atomics.notify(this.#words, event);
  }
}
