import { constants } from "node:buffer";
import { addon } from "./addon.js";
import type { Role as NativeRole, RingFile, Shape, Waits, Where } from "./addon.js";
import { Closed, Corrupt, LayoutMismatch, NotFound, RingError, RoleTaken } from "./errors.js";
import type { RingErrorCode } from "./errors.js";
import type { Role } from "./format.js";
import type { Contents } from "./header.js";
import type { RingShape } from "./message.js";
import type { Backing, CreateOptions, Port } from "./port.js";
import type { Native } from "./ring.js";

/** Gives an error of the addon its class. */
function translate(cause: unknown): unknown {
  if (!(cause instanceof Error) || !("code" in cause) || cause instanceof RingError) return cause;
  const options = { cause };
  switch (cause.code) {
    case "LayoutMismatch":
      return new LayoutMismatch(cause.message, options);
    case "NotFound":
      return new NotFound(cause.message, options);
    case "Closed":
      return new Closed(cause.message);
    case "Corrupt":
      return new Corrupt(cause.message);
    default:
      return new RingError(cause.code as RingErrorCode, cause.message, options);
  }
}

function attempt<V>(verb: () => V): V {
  try {
    return verb();
  } catch (error) {
    throw translate(error);
  }
}

const shapeOf = ({ MESSAGE }: RingShape): Shape => ({
  name: MESSAGE.NAME,
  size: MESSAGE.SIZE,
  align: MESSAGE.ALIGN,
  version: MESSAGE.VERSION,
  layoutHash: MESSAGE.LAYOUT_HASH,
  schema: MESSAGE.SCHEMA,
});

const whereOf = (type: RingShape, options: CreateOptions): Where => ({
  name: options.name ?? type.NAME,
  capacity: options.capacity ?? type.CAPACITY,
  firstPosition: options.firstPosition ?? 0n,
  ...(options.dir !== undefined && { dir: options.dir }),
  ...(options.instance !== undefined && { instance: options.instance }),
});

/** Rings in files, by the addon. */
export const files: Native = {
  create: (type, options) => open("create", type, options),
  attach: (type, options) => open("attach", type, options),
  openOrCreate: (type, options) => open("openOrCreate", type, options),
  createAnonymous: (type, options) => open("createAnonymous", type, options),
  fromFd: (type, fd) => opened(type.NAME, attempt(() => addon().RingFile.fromFd(shapeOf(type), fd))),
};

function open(
  verb: "create" | "attach" | "openOrCreate" | "createAnonymous",
  type: RingShape,
  options: CreateOptions,
): Backing {
  const file = attempt(() => addon().RingFile[verb](shapeOf(type), whereOf(type, options)));
  return opened(options.name ?? type.NAME, file);
}

function opened(name: string, file: RingFile): Backing {
  for (const warning of file.warnings) process.emitWarning(warning, { type: "RinggenWarning", code: "RINGGEN_SCHEMA" });
  return new FileBacking(name, file);
}

class FileBacking implements Backing {
  readonly contents: Contents;
  readonly name: string;
  readonly path: string;
  readonly shared: undefined = undefined;
  readonly warnings: readonly string[];
  readonly #file: RingFile;

  constructor(name: string, file: RingFile) {
    this.name = name;
    this.#file = file;
    this.contents = { geometry: file.geometry, schema: file.schema };
    this.path = file.path;
    this.warnings = file.warnings;
  }

  claim(role: Role): Port {
    const isProducer = role === "producer";
    const { fileLength } = this.contents.geometry;
    if (fileLength > constants.MAX_LENGTH) {
      const most = constants.MAX_LENGTH;
      throw new RingError("Unsupported", `the ring has ${fileLength} bytes, and here a buffer has ${most} at most`);
    }
    try {
      const claimed = this.#file.claim(isProducer);
      return new FilePort(claimed);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "RoleTaken") {
        throw new RoleTaken(error.message, this.#file.holder(isProducer));
      }
      throw translate(error);
    }
  }

  get fd(): number {
    return this.#file.fd;
  }

  unlink(): boolean {
    return attempt(() => this.#file.unlink());
  }
}

class FilePort implements Port {
  readonly isMapped = true;
  readonly buffer: ArrayBuffer;
  readonly epoch: bigint;
  readonly canSpin: boolean;
  readonly #role: NativeRole;

  constructor(role: NativeRole) {
    this.#role = role;
    this.epoch = role.epoch;
    this.canSpin = addon().processors() > 1;
    try {
      this.buffer = role.buffer();
    } catch (error) {
      role.end(false);
      throw error;
    }
  }

  peerAlive(): boolean {
    return attempt(() => this.#role.peerAlive());
  }

  barrier(): boolean {
    return addon().barrier();
  }

  wait(word: number, expected: number, milliseconds: number): void {
    this.#role.wait(word, expected, milliseconds);
  }

  waitAsync(word: number, expected: number, milliseconds: number): Promise<void> {
    return sleep(this.#role, word, expected, milliseconds);
  }

  wake(word: number): void {
    this.#role.wake(word);
  }

  yieldNow(): void {
    addon().yieldNow();
  }

  end(closes: boolean): void {
    this.#role.end(closes);
  }
}

/** Those who sleep, by the numbers that they were given. */
const sleepers: Map<number, () => void> = new Map();
let waits: Waits | undefined;
let last = 0;

function sleep(role: NativeRole, word: number, expected: number, milliseconds: number): Promise<void> {
  waits ??= new (addon().Waits)((number) => {
    const wake = sleepers.get(number);
    sleepers.delete(number);
    wake?.();
  });
  const number = (last = (last + 1) >>> 0);
  return new Promise((resolve) => {
    sleepers.set(number, resolve);
    waits!.wait(role, word, expected, milliseconds, number);
  });
}
