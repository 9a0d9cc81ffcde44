/** Why a verb did not do what it says. The same names in every host. */
export type RingErrorCode =
  | "InvalidArgument"
  | "NotFound"
  | "AlreadyExists"
  | "LayoutMismatch"
  | "NotARing"
  | "UnsupportedFormat"
  | "Stale"
  | "Refused"
  | "Io"
  | "RoleTaken"
  | "Closed"
  | "Corrupt"
  | "Forked"
  | "Timeout"
  | "PeerDied"
  | "Detached"
  | "Unsupported";

/** What every verb of a ring throws. Tell errors apart by `code`, or by `instanceof` a subclass. */
export class RingError extends Error {
  /** Which error this is. */
  readonly code: RingErrorCode;

  constructor(code: RingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  override get name(): string {
    return this.code === this.constructor.name ? this.code : `RingError [${this.code}]`;
  }
}

/** The ring carries messages of another layout; the text names the first field that differs. */
export class LayoutMismatch extends RingError {
  constructor(message: string, options?: ErrorOptions) {
    super("LayoutMismatch", message, options);
  }
}

/** There is no ring of that name; the text names the path. */
export class NotFound extends RingError {
  constructor(message: string, options?: ErrorOptions) {
    super("NotFound", message, options);
  }
}

/** Somebody holds the role already. */
export class RoleTaken extends RingError {
  /** The process that claimed it last, as its block says. */
  readonly pid: bigint;

  constructor(message: string, pid: bigint) {
    super("RoleTaken", message);
    this.pid = pid;
  }
}

/** The stream has ended for good, or this handle was closed. */
export class Closed extends RingError {
  constructor(message: string) {
    super("Closed", message);
  }
}

/** The other side wrote something that no side that follows the protocol writes. The handle stays unusable. */
export class Corrupt extends RingError {
  constructor(message: string) {
    super("Corrupt", message);
  }
}

/** The time was up. The verb had no effect and may be repeated. */
export class Timeout extends RingError {
  constructor(message: string) {
    super("Timeout", message);
  }
}

/** The other side's process is gone without a word. Not sticky: when a new one comes, the verb goes on. */
export class PeerDied extends RingError {
  constructor(message: string) {
    super("PeerDied", message);
  }
}

/** The ring is full and its consumer gave the role back. Not sticky. */
export class Detached extends RingError {
  constructor(message: string) {
    super("Detached", message);
  }
}
