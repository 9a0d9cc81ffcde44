// Every store to memory that others see, so that tests can end the process in front of any one of them: they put another
// module in the place of this one. Engines inline these calls. The steps are those of `tests/crash/points.txt` in the
// repository; the ones that are missing here are the addon's.

/** Stores a word. Sequentially consistent: on x86-64 it is an `xchg`, and so a full fence too. */
export function store64(words: BigUint64Array, index: number, value: bigint): void {
  Atomics.store(words, index, value);
}

/** The same for a word of 32 bits. */
export function store32(words: Int32Array, index: number, value: number): void {
  Atomics.store(words, index, value | 0);
}

/** Stores a word that orders nothing: a counter. */
export function store64Relaxed(words: BigUint64Array, index: number, value: bigint): void {
  words[index] = value;
}

/** What slots are written through. */
export function slotsOf(buffer: ArrayBuffer | SharedArrayBuffer): DataView {
  return new DataView(buffer);
}

/** Makes slots zero. */
export function clear(bytes: Uint8Array, from: number, to: number): void {
  bytes.fill(0, from, to);
}

/** A step that is no store is about to be done. */
export const reach: (step: "notify.wake" | "park.fence" | "park.sleep") => void = () => {};
