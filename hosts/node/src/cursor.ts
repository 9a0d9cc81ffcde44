// A position is a u64, and a bigint wherever it is seen. But a bigint is an object on the heap, and to make one of a
// number or to compare two costs as much as a whole message. So positions live in a BigUint64Array: arithmetic from
// element to element, cut to 64 bits, is compiled to machine words. Small numbers go in and out by a Uint32Array over
// the same bytes.

const MINE = 0;
const SEEN = 1;
const STEP = 2;
const STEP_LOW = 4;
const STEP_HIGH = 5;
const SEEN_HIGH = 3;

/** The two positions that a side knows: its own, and the last one that it saw of the other side. */
export class Cursor {
  readonly #u64 = new BigUint64Array(3);
  readonly #half = new Uint32Array(this.#u64.buffer);

  constructor(mine: bigint, seen: bigint) {
    this.#u64[MINE] = mine;
    this.#u64[SEEN] = seen;
  }

  get mine(): bigint {
    return this.#u64[MINE]!;
  }

  get seen(): bigint {
    return this.#u64[SEEN]!;
  }

  /** What the position of the other side was in front of the last {@link see}; good until my own one moves. */
  get before(): bigint {
    return BigInt.asUintN(64, this.#u64[SEEN]! - this.#u64[STEP]!);
  }

  /** Moves my own position, and returns it. */
  advance(count: number): bigint {
    this.#half[STEP_LOW] = count;
    this.#half[STEP_HIGH] = 0;
    return (this.#u64[MINE] = BigInt.asUintN(64, this.#u64[MINE]! + this.#u64[STEP]!));
  }

  /** Sees a position of the other side, and says how far that is from the last one; far too far if it is behind. */
  see(position: bigint): number {
    this.#u64[STEP] = BigInt.asUintN(64, position - this.#u64[SEEN]!);
    this.#u64[SEEN] = position;
    return this.#half[STEP_HIGH]! * 0x1_0000_0000 + this.#half[STEP_LOW]!;
  }

  /** Whether the last position seen is beyond every position that there can be, 2^62. */
  get isBeyond(): boolean {
    return this.#half[SEEN_HIGH]! >= 0x4000_0000 && this.#u64[SEEN]! > 1n << 62n;
  }
}
