import { Closed, Corrupt, PeerDied, RingError, Timeout } from "./errors.js";
import type { Cursor } from "./cursor.js";
import * as f from "./format.js";
import { BLOCK as B } from "./format.js";
import type { Role } from "./format.js";
import type { Wait } from "./message.js";
import type { Port } from "./port.js";
import { keepAlive, turn, within } from "./loop.js";
import { reach, slotsOf, store32, store64, store64Relaxed } from "./store.js";

/** Options of the verbs that wait. */
export interface WaitOptions {
  /** Milliseconds until `Timeout` is thrown; forever unless given. */
  readonly timeout?: number;
}

/** Options of the verbs that wait without blocking. */
export interface AsyncWaitOptions extends WaitOptions {
  /** Rejects with its reason when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

/** What a handle has been doing, counted since the ring was created, over all holders of the role. */
export interface Stats {
  /** How often the ring was found full (producer) or empty (consumer). */
  readonly stalls: bigint;
  /** How often it slept. */
  readonly parks: bigint;
  /** How often it woke the other side. */
  readonly wakes: bigint;
  /** Messages dropped; always 0 in an spsc ring. */
  readonly dropped: bigint;
  /** The largest depth seen when it looked at the other side. */
  readonly highWater: bigint;
}

const IS_LITTLE_ENDIAN: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

const SPIN_MS = 0.05;
const YIELD_MS = 0.15;
/** A parked side looks at the other's life this often. */
const SLICE_MS = 100;
/** The longest sleep where no fence makes sure that it is woken. */
const UNFENCED_SLICE_MS = 2;

/** How often a fence mode that changes while one looks is looked at again. */
const FENCE_MODE_LOOKS = 8;

/** What an attempt needs: try again at once, sleep, or stop with this error. */
export type Verdict = "retry" | "sleep" | RingError;

/**
 * One side of a ring: its block, what it may know of the other's, and how it waits.
 *
 * Ordering. Each word is loaded and stored by `Atomics`, which is sequentially consistent: a store is an `xchg` on
 * x86-64, so it is a full fence too, in front of every later load. That makes this side's `fence_mode` 2 (full): the
 * cursor is stored, then the other's ticket is loaded. In the other direction (ticket stored, then cursor loaded) the
 * same holds, and a peer of `fence_mode` 1, which fences nothing, is made to fence by `port.barrier()`.
 *
 * Mode 1 for this side would not be cheaper: what costs is the call of `Atomics.store`, which engines do not inline.
 */
export class Side {
  readonly port: Port;
  readonly name: string;
  readonly u64: BigUint64Array;
  readonly i32: Int32Array;
  readonly data: DataView;
  /** Byte offsets of my block and the other's. */
  readonly mine: number;
  readonly theirs: number;
  readonly role: Role;
  readonly wait: Wait;
  readonly capacity: bigint;
  readonly epoch: bigint;
  /** Both cursors at the claim, when they were checked. */
  readonly start: { readonly mine: bigint; readonly theirs: bigint };
  /** Whether an ordinary load behind `Atomics.store` is ordered: on x86-64, where alone rings are files. */
  readonly plainTicket: boolean;
  /** Set once the handle is unusable: closed, or corrupt. */
  fault: RingError | undefined;
  /** A producer that sleeps wants to be woken once the consumer has come this far. */
  want = 0n;
  #lastWoken = 0;
  #interrupt: (() => void) | undefined;
  #parked: Promise<void> | undefined;
  #highWater: number;

  constructor(port: Port, role: Role, name: string, wait: Wait, geometry: f.Geometry) {
    if (!IS_LITTLE_ENDIAN) throw new RingError("Unsupported", "rings are little-endian, and this machine is not");
    this.port = port;
    this.name = name;
    this.role = role;
    this.wait = wait;
    this.capacity = BigInt(geometry.capacity);
    this.u64 = new BigUint64Array(port.buffer, 0, Math.floor(port.buffer.byteLength / 8));
    this.i32 = new Int32Array(port.buffer, 0, Math.floor(port.buffer.byteLength / 4));
    this.data = slotsOf(port.buffer);
    this.plainTicket = port.isMapped;
    const { producerBlock, consumerBlock } = geometry;
    [this.mine, this.theirs] = role === "producer" ? [producerBlock, consumerBlock] : [consumerBlock, producerBlock];
    this.start = { mine: this.cursor(this.mine), theirs: this.cursor(this.theirs) };
    const { mine, theirs } = this.start;
    const [tail, head] = role === "producer" ? [mine, theirs] : [theirs, mine];
    if (head > tail || tail - head > this.capacity || tail > f.MAX_POSITION) throw this.corruptCursors(head, tail);
    this.epoch = port.epoch ?? this.#enter();
    this.#store32(B.FENCE_MODE, f.FENCE_FULL);
    this.#highWater = Number(this.counter(B.HIGH_WATER));
  }

  /** Takes over the block of a role that is held already. */
  #enter(): bigint {
    const epoch = BigInt.asUintN(64, this.counter(B.EPOCH) + 1n);
    this.#store(B.EPOCH, epoch);
    // An odd ticket is one that its holder died with: the count goes on, so that nobody mistakes it for a new one.
    const ticket = this.#load32(this.mine + B.TICKET);
    if (ticket & 1) this.#store32(B.TICKET, ticket + 1);
    this.#store32(B.STATE, f.STATE_ACTIVE);
    return epoch;
  }

  #load32(at: number): number {
    return Atomics.load(this.i32, at / 4);
  }

  #store32(field: number, value: number): void {
    store32(this.i32, (this.mine + field) / 4, value);
  }

  #store(field: number, value: bigint): void {
    store64(this.u64, (this.mine + field) / 8, value);
  }

  cursor(block: number): bigint {
    return Atomics.load(this.u64, (block + B.CURSOR) / 8);
  }

  /** A word of my own block. */
  counter(field: number): bigint {
    return Atomics.load(this.u64, (this.mine + field) / 8);
  }

  /** The other side's state. */
  peerState(): number {
    const state = this.#load32(this.theirs + B.STATE);
    // A consumer never ends a stream.
    const isKnown = state >= f.STATE_NEW && state <= f.STATE_DETACHED;
    if (isKnown && !(state === f.STATE_CLOSED && this.role === "producer")) return state;
    throw this.#corrupt(`the ${this.peer} has the unknown state ${state >>> 0}`);
  }

  /** Who the other side is. */
  get peer(): Role {
    return this.role === "producer" ? "consumer" : "producer";
  }

  #corrupt(what: string): RingError {
    this.fault = new Corrupt(`ring "${this.name}" is corrupt: ${what}; remove it and create it anew`);
    return this.fault;
  }

  /** Says that these two can't be. */
  corruptCursors(head: bigint, tail: bigint): RingError {
    return this.#corrupt(
      `${head} messages taken and ${tail} published can't be with a capacity of ${this.capacity}`,
    );
  }

  /** Says what is wrong with the other side's position that `cursor` has just seen. */
  corruptPeer(cursor: Cursor): RingError {
    const { mine, before, seen } = cursor;
    if (seen < before) return this.#corrupt(`the ${this.peer} went back from ${before} to ${seen}`);
    return this.role === "producer" ? this.corruptCursors(seen, mine) : this.corruptCursors(mine, seen);
  }

  /** Counts one more of something. */
  count(field: number): void {
    // Nobody orders anything by a counter, and only this side writes it.
    const word = (this.mine + field) / 8;
    store64Relaxed(this.u64, word, BigInt.asUintN(64, this.u64[word]! + 1n));
  }

  /** Remembers the largest depth seen. */
  sawDepth(depth: number): void {
    if (depth > this.#highWater) this.#store(B.HIGH_WATER, BigInt((this.#highWater = depth)));
  }

  stats(): Stats {
    return {
      stalls: this.counter(B.STALLS),
      parks: this.counter(B.PARKS),
      wakes: this.counter(B.WAKES),
      dropped: this.counter(B.DROPPED),
      highWater: this.counter(B.HIGH_WATER),
    };
  }

  /**
   * Wakes the other side if it sleeps, sleeps since the last time it was woken, and waits for no later position.
   * Called with the odd ticket that was seen behind the store of `position`.
   */
  notify(ticket: number, position: bigint): void {
    if (ticket === this.#lastWoken) return;
    if (this.role === "consumer" && position < Atomics.load(this.u64, (this.theirs + B.WANT) / 8)) return;
    this.#lastWoken = ticket;
    this.wakePeer();
    this.count(B.WAKES);
  }

  /** Wakes the other side whatever it does. */
  wakePeer(): void {
    this.#store32(B.EVENT, this.#load32(this.mine + B.EVENT) + 1);
    reach("notify.wake");
    this.port.wake(this.mine + B.EVENT);
  }

  /** The other side's ticket; odd while it sleeps. */
  peerTicket(): number {
    return this.#load32(this.theirs + B.TICKET);
  }

  /** Gives the role back; `closes` ends the stream. */
  leave(closes: boolean): void {
    if (this.fault instanceof Closed) return;
    // The last position of a corrupt ring means nothing, so it is no end that could be told of.
    const isSound = this.fault === undefined;
    this.fault = new Closed(`ring "${this.name}": this handle is closed`);
    this.port.end(closes && isSound);
    this.#interrupt?.();
  }

  /**
   * Whether the other side's process is gone. Looks at its lock, then once more at its state, epoch and cursor:
   * whatever it did before it died counts. `changed` says whether there is something to do after all.
   */
  peerDied(changed: () => boolean): Verdict {
    const epoch = Atomics.load(this.u64, (this.theirs + B.EPOCH) / 8);
    if (this.peerState() !== f.STATE_ACTIVE || this.port.peerAlive()) return "sleep";
    if (changed() || this.peerState() !== f.STATE_ACTIVE) return "retry";
    if (Atomics.load(this.u64, (this.theirs + B.EPOCH) / 8) !== epoch || this.port.peerAlive()) return "retry";
    const pid = Atomics.load(this.u64, (this.theirs + B.PID) / 8);
    return new PeerDied(`ring "${this.name}": the ${this.peer}, process ${pid}, died`);
  }

  /**
   * Blocks until `attempt` gives a value: spins, yields, then sleeps.
   *
   * `idle` says after each slice whether to go on; `ready` whether the other side moved.
   */
  block<V>(options: WaitOptions, attempt: () => V | undefined, ready: () => boolean, idle: () => Verdict): V {
    const start = performance.now();
    const deadline = start + (options.timeout ?? Infinity);
    const spins = this.wait !== "hybrid" || this.port.canSpin;
    for (let round = 1; ; round++) {
      const value = attempt();
      if (value !== undefined) return value;
      const now = performance.now();
      const waited = now - start;
      if (spins && (this.wait !== "hybrid" || waited < YIELD_MS) && now < deadline) {
        if (this.wait === "yield" || (this.wait === "hybrid" && waited >= SPIN_MS)) this.port.yieldNow();
        for (let spin = 0; spin < 32 && !ready(); spin++);
        // One that never sleeps looks at the other's life now and then.
        if (round % 4096 !== 0) continue;
      } else {
        this.#park(deadline - now, ready);
      }
      if (ready()) continue;
      const verdict = idle();
      if (verdict instanceof RingError) throw verdict;
      if (verdict === "sleep" && performance.now() >= deadline) throw this.#timeout(options);
    }
  }

  /** The same without blocking the event loop: instead of spinning, it comes round with it. */
  async waitFor<V>(
    options: AsyncWaitOptions,
    attempt: () => V | undefined,
    ready: () => boolean,
    idle: () => Verdict,
  ): Promise<V> {
    const { signal } = options;
    const start = performance.now();
    const deadline = start + (options.timeout ?? Infinity);
    let looked = start;
    for (;;) {
      signal?.throwIfAborted();
      const value = attempt();
      if (value !== undefined) return value;
      const now = performance.now();
      const parks = this.wait === "hybrid" && (now - start >= YIELD_MS || !this.port.canSpin);
      if (parks) await within(this.#parkAsync(deadline - now, ready), deadline - now, signal);
      else await turn();
      if (ready()) continue;
      if (parks || now - looked > SLICE_MS || now >= deadline) {
        looked = now;
        const verdict = idle();
        if (verdict instanceof RingError) throw verdict;
        if (verdict === "sleep" && performance.now() >= deadline) throw this.#timeout(options);
      }
    }
  }

  #timeout({ timeout }: WaitOptions): RingError {
    const what = this.role === "producer" ? "no room" : "no message";
    return new Timeout(`ring "${this.name}": ${what} within ${timeout} ms`);
  }

  #park(milliseconds: number, ready: () => boolean): void {
    // A ticket that a promise sleeps with stays odd, but is a new one: the other side wakes each ticket once.
    const nested = this.#parked !== undefined;
    const slice = this.#fallAsleep(nested ? 2 : 1, milliseconds, ready);
    try {
      if (slice !== undefined) {
        reach("park.sleep");
        this.port.wait(this.theirs + B.EVENT, slice.event, slice.milliseconds);
      }
    } finally {
      if (!nested) this.#wakeUp();
    }
  }

  /** One sleep for all that wait on this handle. */
  #parkAsync(milliseconds: number, ready: () => boolean): Promise<void> {
    if (this.#parked !== undefined) return this.#parked;
    const slice = this.#fallAsleep(1, milliseconds, ready);
    if (slice === undefined) {
      this.#wakeUp();
      return Promise.resolve();
    }
    const letGo = keepAlive();
    reach("park.sleep");
    const slept = this.port.waitAsync(this.theirs + B.EVENT, slice.event, slice.milliseconds).finally(() => {
      letGo();
      this.#parked = undefined;
      this.#wakeUp();
    });
    this.#parked = Promise.race([slept, new Promise<void>((resolve) => (this.#interrupt = resolve))]);
    return this.#parked;
  }

  /** Takes an odd ticket and makes sure that it is seen. `undefined` if there is no reason to sleep any more. */
  #fallAsleep(
    step: number,
    milliseconds: number,
    ready: () => boolean,
  ): { readonly event: number; readonly milliseconds: number } | undefined {
    const event = this.#load32(this.theirs + B.EVENT);
    if (this.role === "producer") this.#store(B.WANT, this.want);
    this.#store32(B.TICKET, this.#load32(this.mine + B.TICKET) + step);
    this.count(B.PARKS);
    let fenced = false;
    for (let look = 0; look < FENCE_MODE_LOOKS; look++) {
      const mode = this.#load32(this.theirs + B.FENCE_MODE);
      reach("park.fence");
      fenced = mode === f.FENCE_FULL || (mode === f.FENCE_ASYMMETRIC && this.port.barrier());
      if (ready()) return undefined;
      if (this.#load32(this.theirs + B.FENCE_MODE) === mode) break;
      fenced = false;
    }
    return { event, milliseconds: Math.max(0, Math.min(milliseconds, fenced ? SLICE_MS : UNFENCED_SLICE_MS)) };
  }

  #wakeUp(): void {
    if (!(this.fault instanceof Closed)) this.#store32(B.TICKET, this.#load32(this.mine + B.TICKET) + 1);
  }
}
