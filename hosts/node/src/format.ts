// The numbers of docs/memory-format.md, format 1. Offsets are in bytes, all integers little-endian.

export const MAGIC = 0x31_4e_45_47_47_4e_49_52n; // "RINGGEN1"
export const FORMAT_MAJOR = 1;
export const FORMAT_MINOR = 0;
export const ENDIAN_TAG = 0x0102_0304;
export const OTHER_ENDIAN_TAG = 0x0403_0201;
export const HEADER_SIZE = 512;
export const MIN_PAGE = 4096;
export const MAX_POSITION: bigint = 1n << 62n;
export const MAX_SCHEMA: number = 1 << 20;
export const MAX_NAME = 63;
export const MAX_ALIGN = 128;
export const EDITION = 1;
export const KIND_SPSC = 1;

export const HEADER = {
  MAGIC: 0x000,
  FORMAT_MAJOR: 0x008,
  FORMAT_MINOR: 0x00c,
  HEADER_LENGTH: 0x010,
  ENDIAN_TAG: 0x014,
  FILE_LENGTH: 0x018,
  LAYOUT_HASH: 0x020,
  SCHEMA_HASH: 0x030,
  KIND: 0x040,
  FEATURES: 0x044,
  CAPACITY: 0x048,
  STRIDE: 0x050,
  PAYLOAD_SIZE: 0x054,
  PAYLOAD_ALIGN: 0x058,
  MAX_READERS: 0x05c,
  PRODUCER_BLOCK: 0x060,
  CONSUMER_BLOCKS: 0x068,
  SLOTS: 0x070,
  SLAB: 0x078,
  SLAB_SIZE: 0x080,
  SCHEMA_OFFSET: 0x088,
  SCHEMA_LENGTH: 0x090,
  INSTANCE_ID: 0x098,
  BOOT_ID: 0x0a0,
  CREATOR_PID: 0x0b0,
  CREATOR_UID: 0x0b8,
  CREATOR_START: 0x0c0,
  CREATED_AT: 0x0c8,
  RING_NAME: 0x0d0,
  MESSAGE_NAME: 0x110,
  PAYLOAD_OFFSET: 0x150,
  TRAILER_OFFSET: 0x154,
  PAGE_SIZE: 0x158,
  BLOCK_STRIDE: 0x15c,
  PACKAGE_VERSION: 0x160,
  SCHEMA_EDITION: 0x164,
  ZERO: 0x168,
  CHECKSUM: 0x1f8,
} as const;

export const BLOCK = {
  CURSOR: 0x000,
  EVENT: 0x080,
  TICKET: 0x100,
  FENCE_MODE: 0x104,
  WANT: 0x108,
  STATE: 0x180,
  EPOCH: 0x188,
  PID: 0x190,
  START: 0x198,
  STALLS: 0x200,
  PARKS: 0x208,
  WAKES: 0x210,
  DROPPED: 0x218,
  HIGH_WATER: 0x220,
  SIZE: 0x280,
} as const;

export const STATE_NEW = 0;
export const STATE_ACTIVE = 1;
export const STATE_CLOSED = 2;
export const STATE_DETACHED = 3;

export const FENCE_ASYMMETRIC = 1;
export const FENCE_FULL = 2;

/** Which side of a ring. */
export type Role = "producer" | "consumer";

/** Where everything in a ring lies, in bytes. */
export interface Geometry {
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
}
