/** The bytes that views look at. When the views die, `data` is replaced by an empty one, so every access throws. */
export interface Window {
  data: DataView;
}

/** A view that can take over the bytes of a message: what `popInto` fills. */
export interface Loadable {
  load(source: DataView, at: number): void;
}

/** What identifies a message. */
export interface MessageShape {
  readonly NAME: string;
  /** In bytes, padding at the end included. */
  readonly SIZE: number;
  readonly ALIGN: number;
  /** The version of its package. */
  readonly VERSION: number;
  /** 32 hexadecimal digits. Must be equal to attach. */
  readonly LAYOUT_HASH: string;
  /** 32 hexadecimal digits: the hash of `SCHEMA`. A difference is a warning. */
  readonly SCHEMA_HASH: string;
  /** The canonical schema, which every ring carries. */
  readonly SCHEMA: string;
}

/**
 * What a generated module knows of a message. `T` is its plain object, `R` the view that can only read,
 * `W` the view that can write too.
 */
export interface MessageType<T, R, W> extends MessageShape {
  /** The message that starts at this byte, as a plain object that shares nothing with it. */
  read(this: void, data: DataView, at: number): T;
  /** Writes every byte of a message, padding included; throws, with nothing published, if a value does not fit. */
  write(this: void, data: DataView, at: number, value: T): void;
  /** Views whose bytes the views die with. */
  reader(this: void, window: Window, at: number): R;
  view(this: void, window: Window, at: number): W;
}

/** How a side waits: never gives the processor away, gives it to others but never sleeps, or sleeps in the end. */
export type Wait = "spin" | "yield" | "hybrid";

/** What identifies a ring. */
export interface RingShape {
  /** `<package>.<ring>`. */
  readonly NAME: string;
  /** How many messages it holds unless its creator chooses otherwise. */
  readonly CAPACITY: number;
  readonly KIND: "spsc";
  readonly WAIT: Wait;
  readonly MESSAGE: MessageShape;
}

/** What a generated module knows of a ring. */
export interface RingType<T, R, W extends Loadable> extends RingShape {
  readonly MESSAGE: MessageType<T, R, W>;
}
