import { RingError } from "./errors.js";
import { Consumer } from "./consumer.js";
import { allocate, MemoryBacking } from "./memory.js";
import type { Loadable, RingShape, RingType, Wait } from "./message.js";
import type { AttachOptions, Backing, CreateOptions } from "./port.js";
import { Producer } from "./producer.js";
import { Side } from "./side.js";

/** What opens rings that are files; there is none in a browser. */
export interface Native {
  create(type: RingShape, options: CreateOptions): Backing;
  attach(type: RingShape, options: AttachOptions): Backing;
  openOrCreate(type: RingShape, options: CreateOptions): Backing;
  createAnonymous(type: RingShape, options: AnonymousOptions): Backing;
  fromFd(type: RingShape, fd: number): Backing;
}

let native: Native | undefined;

/** @internal Called by the entry for Node. */
export function useNative(implementation: Native): void {
  native = implementation;
}

function files(): Native {
  if (native !== undefined) return native;
  throw new RingError("Unsupported", "a browser has no rings in files: allocate() and over()");
}

/** Options of `createAnonymous`. */
export type AnonymousOptions = Omit<CreateOptions, "dir">;

/** Options of `allocate`. */
export type MemoryOptions = Pick<CreateOptions, "capacity" | "firstPosition" | "wait">;

/** Options of `producer` and `consumer`. */
export interface ClaimOptions {
  /**
   * Takes a role of a `SharedArrayBuffer` ring from a worker that is known to be gone. Nobody else may do that. Rings
   * in files need no such thing: there the kernel knows.
   */
  readonly takeOver?: boolean;
}

/** An attached ring. Its roles are claimed one by one, each by one process or thread at a time. */
export class Ring<T, R, W extends Loadable> {
  readonly #backing: Backing;
  readonly #type: RingType<T, R, W>;
  readonly #wait: Wait;

  private constructor(type: RingType<T, R, W>, backing: Backing, wait: Wait | undefined) {
    this.#backing = backing;
    this.#type = type;
    this.#wait = wait ?? type.WAIT;
  }

  /** Makes a new ring in a file. Throws `AlreadyExists` if there is one of that name. */
  static create<T, R, W extends Loadable>(type: RingType<T, R, W>, options: CreateOptions = {}): Ring<T, R, W> {
    return new Ring(type, files().create(type, options), options.wait);
  }

  /** Opens a ring. Throws `NotFound`, `LayoutMismatch`, …. */
  static attach<T, R, W extends Loadable>(type: RingType<T, R, W>, options: AttachOptions = {}): Ring<T, R, W> {
    return new Ring(type, files().attach(type, options), options.wait);
  }

  /** Opens a ring, or makes it if there is none. */
  static openOrCreate<T, R, W extends Loadable>(type: RingType<T, R, W>, options: CreateOptions = {}): Ring<T, R, W> {
    return new Ring(type, files().openOrCreate(type, options), options.wait);
  }

  /**
   * Makes a ring that has no file: memory that only who is given a descriptor of it can reach, and whose size nobody can
   * change any more. It lasts as long as anybody has it open. Hand it to a child by `spawn(…, { stdio: [0, 1, 2, ring.fd] })`,
   * where it is number 3.
   */
  static createAnonymous<T, R, W extends Loadable>(
    type: RingType<T, R, W>,
    options: AnonymousOptions = {},
  ): Ring<T, R, W> {
    return new Ring(type, files().createAnonymous(type, options), options.wait);
  }

  /**
   * Opens the ring without a file that this descriptor is of, as the process inherited it. It is opened anew: the
   * descriptor stays the caller's, to be closed. Throws `Refused` if it is of anything but a memfd whose size is sealed
   * for good and that can be written to.
   */
  static fromFd<T, R, W extends Loadable>(
    type: RingType<T, R, W>,
    fd: number,
    options: Pick<AttachOptions, "wait"> = {},
  ): Ring<T, R, W> {
    return new Ring(type, files().fromFd(type, fd), options.wait);
  }

  /** Makes a ring in a `SharedArrayBuffer`, for worker threads: post them `ring.buffer`, and they `over()` it. */
  static allocate<T, R, W extends Loadable>(
    type: RingType<T, R, W>,
    options: MemoryOptions = {},
  ): Ring<T, R, W> {
    const { capacity = type.CAPACITY, firstPosition = 0n, wait } = options;
    return Ring.over(type, allocate(type, capacity, firstPosition), wait === undefined ? {} : { wait });
  }

  /** Opens the ring in some memory. Throws `NotARing`, `LayoutMismatch`, …. */
  static over<T, R, W extends Loadable>(
    type: RingType<T, R, W>,
    buffer: ArrayBuffer | SharedArrayBuffer,
    options: Pick<AttachOptions, "wait"> = {},
  ): Ring<T, R, W> {
    return new Ring(type, new MemoryBacking(type, buffer), options.wait);
  }

  /** `<package>.<ring>`. */
  get name(): string {
    return this.#type.NAME;
  }

  /** The file, or `memfd:` and the name of one that is nowhere; `undefined` where there is no file at all. */
  get path(): string | undefined {
    return this.#backing.path;
  }

  /** A descriptor of the file, to be inherited by a child; it holds no lock. `undefined` where there is no file. */
  get fd(): number | undefined {
    return this.#backing.fd;
  }

  /** How many messages it holds. */
  get capacity(): number {
    return this.#backing.contents.geometry.capacity;
  }

  /** The memory of a ring made by `allocate()`; `undefined` for a file, which each thread attaches for itself. */
  get buffer(): ArrayBuffer | SharedArrayBuffer | undefined {
    return this.#backing.shared;
  }

  /** The canonical schema that the ring carries. */
  get schema(): string {
    return this.#backing.contents.schema;
  }

  /** What is different here and in the ring, though not in the layout. */
  warnings(): readonly string[] {
    return this.#backing.warnings;
  }

  /** Becomes its producer. Throws `RoleTaken`, `Closed`, `Corrupt`. */
  producer(options: ClaimOptions = {}): Producer<T, W> {
    const side = this.#claim("producer", options);
    return new Producer(side, this.#type.MESSAGE, this.#backing.contents.geometry, this.#backing.warnings);
  }

  /** Becomes its consumer. Throws `RoleTaken`, `Corrupt`. */
  consumer(options: ClaimOptions = {}): Consumer<T, R, W> {
    const side = this.#claim("consumer", options);
    return new Consumer(side, this.#type.MESSAGE, this.#backing.contents.geometry, this.#backing.warnings);
  }

  #claim(role: "producer" | "consumer", { takeOver = false }: ClaimOptions): Side {
    const port = this.#backing.claim(role, takeOver);
    try {
      return new Side(port, role, this.name, this.#wait, this.#backing.contents.geometry);
    } catch (error) {
      port.end(false);
      throw error;
    }
  }

  /** Removes the file's name, if it is still this ring; who is attached stays so. `false`: it was not. */
  unlink(): boolean {
    return this.#backing.unlink();
  }
}

/** A ring in a generated module, which loads this package when a ring is opened and not before. */
export interface RingModule<T, R, W extends Loadable> extends RingType<T, R, W> {
  /** Makes a new ring in a file. Rejects with `AlreadyExists` if there is one of that name. */
  create(options?: CreateOptions): Promise<Ring<T, R, W>>;
  /** Opens a ring. Rejects with `NotFound`, `LayoutMismatch`, …. */
  attach(options?: AttachOptions): Promise<Ring<T, R, W>>;
  /** Opens a ring, or makes it if there is none. */
  openOrCreate(options?: CreateOptions): Promise<Ring<T, R, W>>;
  /** Makes a ring in a `SharedArrayBuffer`, for worker threads. */
  allocate(options?: MemoryOptions): Promise<Ring<T, R, W>>;
  /** Opens the ring in some memory. */
  over(buffer: ArrayBuffer | SharedArrayBuffer, options?: Pick<AttachOptions, "wait">): Promise<Ring<T, R, W>>;
}
