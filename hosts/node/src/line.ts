import { Timeout } from "./errors.js";
import { turn, within } from "./loop.js";
import type { AsyncWaitOptions } from "./side.js";

/** After so many promises settled at once, the rest of the event loop has its turn. */
const STREAK = 256;

/** Those who wait on one handle, first come, first served. */
export class Line {
  #length = 0;
  #last: Promise<void> | undefined;
  #streak = 0;

  /** Whether somebody waits: then nobody else may go first. */
  get busy(): boolean {
    return this.#length > 0;
  }

  /** Whether a verb may do its work at once, and not as a guest of the event loop. */
  mayRush(options: AsyncWaitOptions | undefined): boolean {
    return this.#length === 0 && ++this.#streak % STREAK !== 0 && options?.signal?.aborted !== true;
  }

  /** Runs `verb` when it is its turn, with the time that is left. */
  async enter<V>(options: AsyncWaitOptions, verb: (options: AsyncWaitOptions) => Promise<V>): Promise<V> {
    const { signal, timeout } = options;
    const start = performance.now();
    const before = this.#last;
    let leave!: () => void;
    const mine = new Promise<void>((resolve) => (leave = resolve));
    this.#last = before === undefined ? mine : before.then(() => mine);
    this.#length++;
    try {
      let isMyTurn = before === undefined;
      if (before === undefined) await turn();
      else await within(before.then(() => void (isMyTurn = true)), timeout ?? Infinity, signal);
      signal?.throwIfAborted();
      if (!isMyTurn) throw new Timeout(`others still wait in front, ${timeout} ms later`);
      if (timeout === undefined) return await verb(options);
      return await verb({ ...options, timeout: Math.max(0, timeout - (performance.now() - start)) });
    } finally {
      if (--this.#length === 0) this.#last = undefined;
      leave();
    }
  }
}
