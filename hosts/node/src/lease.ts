/// <reference lib="esnext.disposable" preserve="true" />
import { Closed } from "./errors.js";
import type { Window } from "./message.js";

function dead(): never {
  throw new Closed("this view died: its slots were committed, released or given up");
}

/** What a view looks at once its slots belong to the other side again: nothing, with an error that says so. */
const NOTHING: DataView = Object.defineProperties(
  new DataView(new ArrayBuffer(0)),
  Object.fromEntries(
    Object.getOwnPropertyNames(DataView.prototype)
      .filter((name) => /^[gs]et[A-Z]/.test(name) || name === "buffer")
      .map((name) => [name, name === "buffer" ? { get: dead } : { value: dead }]),
  ),
);

/** A run of slots on loan: whatever views were made of it die with it. */
export class Lease<V> implements Iterable<V> {
  /** How many slots. */
  readonly length: number;
  readonly #window: Window;
  readonly #first: number;
  readonly #stride: number;
  readonly #make: (window: Window, at: number) => V;
  #settle: ((count: number) => void) | undefined;

  constructor(
    length: number,
    data: DataView,
    first: number,
    stride: number,
    make: (window: Window, at: number) => V,
    settle: (count: number) => void,
  ) {
    this.length = length;
    this.#window = { data };
    this.#first = first;
    this.#stride = stride;
    this.#make = make;
    this.#settle = settle;
  }

  /** The view of a slot. It dies with the loan. */
  at(index: number): V {
    if (this.#settle === undefined) dead();
    if (!(index >= 0 && index < this.length) || !Number.isInteger(index)) {
      throw new RangeError(`slot ${index} of ${this.length}`);
    }
    return this.#make(this.#window, this.#first + index * this.#stride);
  }

  *[Symbol.iterator](): IterableIterator<V> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  /** Whether the slots are still on loan. */
  get alive(): boolean {
    return this.#settle !== undefined;
  }

  /** Ends the loan with `count` slots done. */
  protected end(count: number): void {
    const settle = this.#settle;
    if (settle === undefined) return dead();
    if (!(count >= 0 && count <= this.length) || !Number.isInteger(count)) {
      throw new RangeError(`${count} of ${this.length} slots`);
    }
    this.#settle = undefined;
    this.#window.data = NOTHING;
    settle(count);
  }

  /** Ends the loan with nothing done, if it has not ended yet. */
  giveUp(): void {
    if (this.alive) this.end(0);
  }

  /** The same as `giveUp()`. */
  [Symbol.dispose](): void {
    this.giveUp();
  }
}

/** Free slots to write to. Nothing is published before `commit`. */
export class Claim<W> extends Lease<W> {
  /** Publishes the first `count` slots, all of them unless given; every view of the claim dies. */
  commit(count: number = this.length): void {
    this.end(count);
  }
}

/** Messages to read in place, of which none is taken before `release`. */
export class Peek<R> extends Lease<R> {
  /** Takes the first `count` messages, all of them unless given; every view of them dies. */
  release(count: number = this.length): void {
    this.end(count);
  }
}
