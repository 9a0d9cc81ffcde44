export { Consumer } from "./consumer.js";
export {
  Closed,
  Corrupt,
  Detached,
  LayoutMismatch,
  NotFound,
  PeerDied,
  RingError,
  RoleTaken,
  Timeout,
} from "./errors.js";
export type { RingErrorCode } from "./errors.js";
export { Claim, Lease, Peek } from "./lease.js";
export type { Loadable, MessageShape, MessageType, RingShape, RingType, Wait, Window } from "./message.js";
export type { AttachOptions, CreateOptions } from "./port.js";
export { Producer } from "./producer.js";
export { Ring } from "./ring.js";
export type { AnonymousOptions, ClaimOptions, MemoryOptions, RingModule } from "./ring.js";
export type { AsyncWaitOptions, Stats, WaitOptions } from "./side.js";
