/// <reference lib="esnext.disposable" preserve="true" />
import { Detached } from "./errors.js";
import type { RingError } from "./errors.js";
import { Cursor } from "./cursor.js";
import { BLOCK as B, STATE_DETACHED } from "./format.js";
import type { Geometry } from "./format.js";
import { Claim } from "./lease.js";
import { Line } from "./line.js";
import type { MessageType } from "./message.js";
import { clear, store64 } from "./store.js";
import type { AsyncWaitOptions, Side, Stats, Verdict, WaitOptions } from "./side.js";

const DONE: Promise<void> = Promise.resolve();

/** The only one that puts messages into a ring. Not closed is not ended: use `using`, or call `close()`. */
export class Producer<T, W> {
  readonly #side: Side;
  readonly #u64: BigUint64Array;
  readonly #i32: Int32Array;
  readonly #data: DataView;
  readonly #message: MessageType<T, unknown, W>;
  readonly #cursorWord: number;
  readonly #ticketWord: number;
  readonly #slots: number;
  readonly #stride: number;
  readonly #capacity: number;
  readonly #warnings: readonly string[];
  readonly #line = new Line();
  /** My own `tail`, and the last `head` seen. */
  readonly #cursor: Cursor;
  readonly #bytes: Uint8Array;
  /** A quarter of the ring: for less than that nobody need be woken, who would be asleep again at once. */
  readonly #enough: bigint;
  /** Slots known to be free. */
  #room = 0;
  /** The slot that `tail` falls on. */
  #index: number;
  #claim: Claim<W> | undefined;

  /** @internal Made by `Ring.producer()`. */
  constructor(side: Side, message: MessageType<T, unknown, W>, geometry: Geometry, warnings: readonly string[]) {
    this.#side = side;
    this.#u64 = side.u64;
    this.#i32 = side.i32;
    this.#data = side.data;
    this.#bytes = new Uint8Array(side.port.buffer);
    this.#message = message;
    this.#cursorWord = (side.mine + B.CURSOR) / 8;
    this.#ticketWord = (side.theirs + B.TICKET) / 4;
    this.#slots = geometry.slots;
    this.#stride = geometry.stride;
    this.#capacity = geometry.capacity;
    this.#warnings = warnings;
    this.#enough = BigInt(Math.ceil(geometry.capacity / 4));
    const { mine: tail, theirs: head } = side.start;
    this.#cursor = new Cursor(tail, head);
    this.#room = this.#capacity - Number(tail - head);
    this.#index = Number(tail & (side.capacity - 1n));
  }

  /** Puts a message in if there is room now. `false`: the ring is full. */
  tryPush(value: T): boolean {
    if (this.#claim !== undefined) this.#claim.giveUp();
    if (this.#line.busy) return false;
    return this.#put(value);
  }

  #put(value: T): boolean {
    if (this.#room === 0 && this.#refresh() === 0) {
      this.#side.count(B.STALLS);
      return false;
    }
    this.#message.write(this.#data, this.#slots + this.#index * this.#stride, value);
    this.#room--;
    this.#index = this.#index + 1 === this.#capacity ? 0 : this.#index + 1;
    this.#publish(this.#cursor.advance(1));
    return true;
  }

  /** Puts a message in, waiting for room as long as it takes. Rejects with `Timeout`, `PeerDied`, `Detached`, …. */
  push(value: T, options?: AsyncWaitOptions): Promise<void> {
    if (this.#line.mayRush(options)) {
      try {
        if (this.tryPush(value)) return DONE;
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#line.enter(options ?? {}, async (left) => {
      await this.#side.waitFor(left, () => this.#attempt(value), this.#hasRoom, this.#idle);
    });
  }

  /** The same, blocking this thread, event loop and all, until it is done. */
  pushSync(value: T, options: WaitOptions = {}): void {
    if (this.tryPush(value)) return;
    if (this.#line.busy) throw new Error("pushSync() behind a push() that is still waiting would never end");
    this.#side.block(options, () => this.#attempt(value), this.#hasRoom, this.#idle);
  }

  #attempt(value: T): true | undefined {
    if (this.#claim !== undefined) this.#claim.giveUp();
    if (this.#put(value)) return true;
    this.#side.want = this.#cursor.seen + this.#enough;
    return undefined;
  }

  /** Puts in as many as fit now, all at once, and says how many. If one cannot be written, none is put in. */
  pushMany(values: readonly T[]): number {
    if (this.#claim !== undefined) this.#claim.giveUp();
    const count = Math.min(values.length, this.#available(values.length));
    let index = this.#index;
    for (let done = 0; done < count; done++) {
      this.#message.write(this.#data, this.#slots + index * this.#stride, values[done]!);
      index = index + 1 === this.#capacity ? 0 : index + 1;
    }
    this.#advance(count);
    return count;
  }

  /**
   * Up to `count` slots that follow each other, zeroed, to be written in place; `null` if the ring is full.
   * Fewer at the end of the ring's memory. Any other verb gives the claim up.
   */
  claim(count: number = 1): Claim<W> | null {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`a claim of ${count} slots`);
    if (this.#claim !== undefined) this.#claim.giveUp();
    const room = Math.min(count, this.#available(count), this.#capacity - this.#index);
    if (room === 0) return null;
    const first = this.#slots + this.#index * this.#stride;
    clear(this.#bytes, first, first + room * this.#stride);
    this.#claim = new Claim(room, this.#data, first, this.#stride, this.#message.view, (done) => {
      this.#claim = undefined;
      this.#advance(done);
    });
    return this.#claim;
  }

  /** Free slots, looking at the consumer only if fewer than `wanted` are known of. */
  #available(wanted: number): number {
    if (this.#line.busy) return 0;
    if (this.#room < wanted && this.#refresh() === 0) this.#side.count(B.STALLS);
    return this.#room;
  }

  #advance(count: number): void {
    if (count === 0) return;
    this.#room -= count;
    const index = this.#index + count;
    this.#index = index >= this.#capacity ? index - this.#capacity : index;
    this.#publish(this.#cursor.advance(count));
  }

  /** Publishes every slot in front of `tail`. */
  #publish(tail: bigint): void {
    // SYNC(tail): the one 64-bit store that publishes the slots; also the full fence between tail and ticket.
    store64(this.#u64, this.#cursorWord, tail);
    const ticket = this.#side.plainTicket ? this.#i32[this.#ticketWord]! : Atomics.load(this.#i32, this.#ticketWord);
    if ((ticket & 1) !== 0) this.#side.notify(ticket, tail);
  }

  /** Looks at the consumer's position and says how many slots are free. */
  #refresh(): number {
    const side = this.#side;
    const used = this.#capacity - this.#room;
    this.#room = 0;
    if (side.fault !== undefined) throw side.fault;
    // SYNC(head): sees that the slots in front of it were read.
    const freed = this.#cursor.see(side.cursor(side.theirs));
    if (freed > used) throw side.corruptPeer(this.#cursor);
    side.sawDepth(used - freed);
    return (this.#room = this.#capacity - used + freed);
  }

  readonly #hasRoom = (): boolean => {
    if (this.#side.fault !== undefined) return true;
    return this.#side.cursor(this.#side.theirs) !== this.#cursor.seen;
  };

  readonly #idle = (): Verdict => {
    const side = this.#side;
    if (side.peerState() === STATE_DETACHED) {
      if (this.#refresh() > 0) return "retry";
      return new Detached(`ring "${side.name}" is full, and its consumer has left`);
    }
    return side.peerDied(() => this.#refresh() > 0);
  };

  /** The sequence number of the next message: how many were ever published. */
  position(): bigint {
    return this.#cursor.mine;
  }

  /** How often this role has been claimed, this time included. */
  epoch(): bigint {
    return this.#side.epoch;
  }

  stats(): Stats {
    return this.#side.stats();
  }

  /** What is different here and in the ring, though not in the layout. */
  warnings(): readonly string[] {
    return this.#warnings;
  }

  /** Ends the stream, for good: the consumer gets what is left, then the end. */
  close(): void {
    this.#leave(true);
  }

  /** Gives the role back without ending the stream, for another producer to go on. */
  detach(): void {
    this.#leave(false);
  }

  #leave(closes: boolean): void {
    if (this.#claim !== undefined) this.#claim.giveUp();
    this.#room = 0;
    this.#side.leave(closes);
  }

  /** The same as `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** @internal Why this handle is unusable, if it is. */
  get fault(): RingError | undefined {
    return this.#side.fault;
  }
}
