import { createRequire } from "node:module";
import { RingError } from "./errors.js";

/** What a generated module says of a message, to the addon. */
export interface Shape {
  readonly name: string;
  readonly size: number;
  readonly align: number;
  readonly version: number;
  readonly layoutHash: string;
  readonly schema: string;
}

/** Which ring, and how it is made if it is. */
export interface Where {
  readonly name: string;
  readonly dir?: string;
  readonly instance?: string;
  readonly capacity: number;
  readonly firstPosition: bigint;
}

export interface RingFile {
  readonly path: string;
  readonly fd: number;
  readonly warnings: string[];
  readonly schema: string;
  readonly geometry: {
    readonly fileLength: number;
    readonly capacity: number;
    readonly stride: number;
    readonly payloadSize: number;
    readonly payloadAlign: number;
    readonly producerBlock: number;
    readonly consumerBlock: number;
    readonly slots: number;
    readonly schemaLength: number;
    readonly pageSize: number;
    readonly blockStride: number;
  };
  claim(isProducer: boolean): Role;
  holder(isProducer: boolean): bigint;
  unlink(): boolean;
}

export interface Role {
  readonly epoch: bigint;
  buffer(): ArrayBuffer;
  peerAlive(): boolean;
  wait(word: number, expected: number, milliseconds: number): void;
  wake(word: number): void;
  end(closes: boolean): boolean;
}

export interface Waits {
  wait(role: Role, word: number, expected: number, milliseconds: number, number: number): void;
}

/** The addon, `addon/src`. */
export interface Addon {
  readonly RingFile: {
    create(shape: Shape, where: Where): RingFile;
    attach(shape: Shape, where: Where): RingFile;
    openOrCreate(shape: Shape, where: Where): RingFile;
    createAnonymous(shape: Shape, where: Where): RingFile;
    fromFd(shape: Shape, fd: number): RingFile;
  };
  readonly Waits: new (over: (number: number) => void) => Waits;
  barrier(): boolean;
  yieldNow(): void;
  processors(): number;
}

let loaded: Addon | undefined;

/** Loads the addon when the first ring in a file is opened. */
export function addon(): Addon {
  if (loaded !== undefined) return loaded;
  const platform = `${process.platform}-${process.arch}`;
  if (platform !== "linux-x64") {
    // What orders memory here is x86-64's; elsewhere it would be hoped for.
    throw new RingError("Unsupported", `rings in files need linux-x64, and this is ${platform}`);
  }
  try {
    loaded = createRequire(import.meta.url)("../ringgen.linux-x64-gnu.node") as Addon;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new RingError("Unsupported", `the native part of ringgen cannot be loaded: ${reason}`, { cause });
  }
  return loaded;
}
