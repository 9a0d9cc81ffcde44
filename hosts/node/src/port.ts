import type { Contents } from "./header.js";
import type { Role } from "./format.js";
import type { Wait } from "./message.js";

/** A role that is held: the bytes, and what plain JavaScript cannot do to them. Words are named by byte offset. */
export interface Port {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  /** Whether the bytes are a mapped file, which there are on x86-64 alone. */
  readonly isMapped: boolean;
  /** Which claim of the role this is, if the block says so already; `undefined`: it is this side's to write. */
  readonly epoch: bigint | undefined;
  /** Whether the other role's holder lives. */
  peerAlive(): boolean;
  /** Makes every processor that runs a peer fence its stores; `false` where that is impossible. */
  barrier(): boolean;
  /** Blocks until the word is no longer `expected`, it is woken, or the time is up. */
  wait(word: number, expected: number, milliseconds: number): void;
  /** The same without blocking; keeps the event loop alive meanwhile. */
  waitAsync(word: number, expected: number, milliseconds: number): Promise<void>;
  wake(word: number): void;
  /** Gives the processor to somebody else for a moment. */
  yieldNow(): void;
  /** Whether spinning can help: there are two processors or more. */
  readonly canSpin: boolean;
  /** Gives the role back, for good (`closes`) or to a successor, with what the block says of it, and wakes the peer. */
  end(closes: boolean): void;
}

/** A ring that roles can be claimed of. */
export interface Backing {
  readonly contents: Contents;
  /** The name in messages for people. */
  readonly name: string;
  /** The file; `undefined` where there is none. */
  readonly path: string | undefined;
  /** A descriptor of the file; `undefined` where there is none. */
  readonly fd: number | undefined;
  /** The shared memory itself, to hand to a worker; `undefined` where the ring is a file. */
  readonly shared: ArrayBuffer | SharedArrayBuffer | undefined;
  readonly warnings: readonly string[];
  /** Throws `RoleTaken` if somebody holds it. */
  claim(role: Role, takeOver: boolean): Port;
  /** Removes the file's name if it is still this ring; `false` if it was not. */
  unlink(): boolean;
}

/** Options of `create` and `openOrCreate`. */
export interface CreateOptions extends AttachOptions {
  /** Messages, a power of two; the schema's `capacity` unless given. */
  readonly capacity?: number;
  /** Where positions start; 0 unless given. */
  readonly firstPosition?: bigint;
}

/** Options of `attach`. */
export interface AttachOptions {
  /** A name, `<package>.<ring>`, or, with a `/` in it, a path; the schema's name unless given. */
  readonly name?: string;
  /** Tells rings of the same name apart. */
  readonly instance?: string;
  /** The directory; `$RINGGEN_DIR`, else `/dev/shm/ringgen-<uid>`, unless given. */
  readonly dir?: string;
  /** How this side waits; the schema's `wait` unless given. */
  readonly wait?: Wait;
}
