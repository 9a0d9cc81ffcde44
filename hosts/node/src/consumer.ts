/// <reference lib="esnext.disposable" preserve="true" />
import { Cursor } from "./cursor.js";
import { BLOCK as B, STATE_CLOSED } from "./format.js";
import type { Geometry } from "./format.js";
import { Peek } from "./lease.js";
import { Line } from "./line.js";
import type { Loadable, MessageType } from "./message.js";
import { store64 } from "./store.js";
import type { AsyncWaitOptions, Side, Stats, Verdict, WaitOptions } from "./side.js";

/** The only one that takes messages out of a ring. */
export class Consumer<T, R, W extends Loadable> {
  readonly #side: Side;
  readonly #u64: BigUint64Array;
  readonly #i32: Int32Array;
  readonly #data: DataView;
  readonly #message: MessageType<T, R, W>;
  readonly #cursorWord: number;
  readonly #ticketWord: number;
  readonly #slots: number;
  readonly #stride: number;
  readonly #capacity: number;
  readonly #warnings: readonly string[];
  readonly #line = new Line();
  /** My own `head`, and the last `tail` seen. */
  readonly #cursor: Cursor;
  /** Messages known to be there. */
  #there = 0;
  /** The slot that `head` falls on. */
  #index: number;
  #peek: Peek<R> | undefined;

  /** @internal Made by `Ring.consumer()`. */
  constructor(side: Side, message: MessageType<T, R, W>, geometry: Geometry, warnings: readonly string[]) {
    this.#side = side;
    this.#u64 = side.u64;
    this.#i32 = side.i32;
    this.#data = side.data;
    this.#message = message;
    this.#cursorWord = (side.mine + B.CURSOR) / 8;
    this.#ticketWord = (side.theirs + B.TICKET) / 4;
    this.#slots = geometry.slots;
    this.#stride = geometry.stride;
    this.#capacity = geometry.capacity;
    this.#warnings = warnings;
    const head = side.start.mine;
    this.#cursor = new Cursor(head, head);
    this.#index = Number(head & (side.capacity - 1n));
  }

  /** Takes a message if there is one now. `null`: there is none; `ended` says whether there will ever be. */
  tryPop(): T | null {
    if (this.#peek !== undefined) this.#peek.giveUp();
    if (this.#line.busy) return null;
    return this.#there === 0 && !this.#look() ? null : this.#take();
  }

  /** Takes a message into a view of your own, so that nothing is allocated. `false`: there is none now. */
  popInto(view: W): boolean {
    if (this.#peek !== undefined) this.#peek.giveUp();
    if (this.#line.busy || (this.#there === 0 && !this.#look())) return false;
    view.load(this.#data, this.#slots + this.#index * this.#stride);
    this.#step();
    return true;
  }

  #take(): T {
    try {
      return this.#message.read(this.#data, this.#slots + this.#index * this.#stride);
    } finally {
      // A message that cannot be read is taken too: it must not stand in the way for ever.
      this.#step();
    }
  }

  #step(): void {
    this.#there--;
    this.#index = this.#index + 1 === this.#capacity ? 0 : this.#index + 1;
    this.#publish(this.#cursor.advance(1));
  }

  /**
   * Takes the next message, waiting for it as long as it takes. `null` at the end of the stream alone.
   * Rejects with `Timeout`, `PeerDied`, ….
   */
  pop(options?: AsyncWaitOptions): Promise<T | null> {
    if (this.#line.mayRush(options)) {
      try {
        const value = this.#attempt();
        if (value !== undefined) return Promise.resolve(value);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    return this.#line.enter(options ?? {}, (left) =>
      this.#side.waitFor(left, this.#attempt, this.#hasNews, this.#idle),
    );
  }

  /** The same, blocking this thread, event loop and all, until it is done. */
  popSync(options: WaitOptions = {}): T | null {
    if (this.#line.busy) throw new Error("popSync() behind a pop() that is still waiting would never end");
    return this.#side.block(options, this.#attempt, this.#hasNews, this.#idle);
  }

  /** A message, `null` at the end of the stream, `undefined` if there is nothing now. */
  readonly #attempt = (): T | null | undefined => {
    if (this.#peek !== undefined) this.#peek.giveUp();
    if (this.#there > 0 || this.#look()) return this.#take();
    return this.#isOver() ? null : undefined;
  };

  /** Takes what is there now, `count` messages at most. */
  popMany(count: number): T[] {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`${count} messages`);
    if (this.#peek !== undefined) this.#peek.giveUp();
    const many = Math.min(count, this.#available(count));
    const values = new Array<T>(many);
    let index = this.#index;
    for (let done = 0; done < many; done++) {
      try {
        values[done] = this.#message.read(this.#data, this.#slots + index * this.#stride);
      } catch (error) {
        // Those in front of it first; alone, it is taken and reported.
        this.#advance(Math.max(done, 1));
        if (done === 0) throw error;
        return values.slice(0, done);
      }
      index = index + 1 === this.#capacity ? 0 : index + 1;
    }
    this.#advance(many);
    return values;
  }

  /**
   * Up to `count` messages that follow each other, to be read in place; `null` if there is none now.
   * Fewer at the end of the ring's memory. Any other verb gives the peek up, with nothing taken.
   */
  peek(count: number = 1): Peek<R> | null {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`a peek at ${count} messages`);
    if (this.#peek !== undefined) this.#peek.giveUp();
    const many = Math.min(count, this.#available(count), this.#capacity - this.#index);
    if (many === 0) return null;
    const first = this.#slots + this.#index * this.#stride;
    this.#peek = new Peek(many, this.#data, first, this.#stride, this.#message.reader, (done) => {
      this.#peek = undefined;
      this.#advance(done);
    });
    return this.#peek;
  }

  #available(wanted: number): number {
    if (this.#line.busy) return 0;
    if (this.#there < wanted) this.#look();
    return this.#there;
  }

  #advance(count: number): void {
    if (count === 0) return;
    this.#there -= count;
    const index = this.#index + count;
    this.#index = index >= this.#capacity ? index - this.#capacity : index;
    this.#publish(this.#cursor.advance(count));
  }

  /** Gives every slot in front of `head` back. */
  #publish(head: bigint): void {
    // SYNC(head): the one 64-bit store that frees the slots; also the full fence between head and ticket.
    store64(this.#u64, this.#cursorWord, head);
    const ticket = this.#side.plainTicket ? this.#i32[this.#ticketWord]! : Atomics.load(this.#i32, this.#ticketWord);
    if ((ticket & 1) !== 0) this.#side.notify(ticket, head);
  }

  /** Looks for messages, and counts if there is none. */
  #look(): boolean {
    if (this.#refresh() > 0) return true;
    this.#side.count(B.STALLS);
    return false;
  }

  /** Looks at the producer's position and says how many messages there are. */
  #refresh(): number {
    const side = this.#side;
    const before = this.#there;
    this.#there = 0;
    if (side.fault !== undefined) throw side.fault;
    // SYNC(tail): sees the slots in front of it.
    const there = before + this.#cursor.see(side.cursor(side.theirs));
    if (there > this.#capacity || this.#cursor.isBeyond) throw side.corruptPeer(this.#cursor);
    side.sawDepth(there);
    return (this.#there = there);
  }

  /** Whether the stream has ended: closed, and nothing left. */
  #isOver(): boolean {
    const side = this.#side;
    return side.peerState() === STATE_CLOSED && this.#refresh() === 0;
  }

  readonly #hasNews = (): boolean => {
    const side = this.#side;
    if (side.fault !== undefined) return true;
    return side.cursor(side.theirs) !== this.#cursor.seen || side.peerState() === STATE_CLOSED;
  };

  readonly #idle = (): Verdict => this.#side.peerDied(() => this.#refresh() > 0);

  /** Whether the stream has ended: the producer closed it, and every message was taken. */
  get ended(): boolean {
    if (this.#there > 0) return false;
    return this.#refresh() === 0 && this.#isOver();
  }

  /** Every message until the end of the stream, waiting without blocking. Stopping early keeps the handle open. */
  messages(options: { readonly signal?: AbortSignal } = {}): AsyncIterableIterator<T> {
    const result = (value: T | null): IteratorResult<T, undefined> =>
      value === null ? { value: undefined, done: true } : { value, done: false };
    return {
      next: () => {
        // A generator would take three turns of the queue for what takes one.
        if (!this.#line.mayRush(options)) return this.pop(options).then(result);
        try {
          const value = this.#attempt();
          return value === undefined ? this.pop(options).then(result) : Promise.resolve(result(value));
        } catch (error) {
          return Promise.reject(error);
        }
      },
      return: () => Promise.resolve(result(null)),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.messages();
  }

  /** The sequence number of the next message: how many were ever taken. */
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

  /** Gives the role back. What was not taken stays for the next consumer. */
  close(): void {
    this.detach();
  }

  /** The same as `close()`: a consumer cannot end a stream. */
  detach(): void {
    if (this.#peek !== undefined) this.#peek.giveUp();
    this.#there = 0;
    this.#side.leave(false);
  }

  /** The same as `close()`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
