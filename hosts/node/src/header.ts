import { LayoutMismatch, RingError } from "./errors.js";
import { compareLayouts } from "./compare.js";
import type { Difference } from "./compare.js";
import * as f from "./format.js";
import { HEADER as H } from "./format.js";
import type { Geometry } from "./format.js";
import { crc32, fnv1a128 } from "./hash.js";
import type { MessageShape, RingShape } from "./message.js";

/** What is known of an attached ring. */
export interface Contents {
  readonly geometry: Geometry;
  /** The canonical schema. */
  readonly schema: string;
}

/** What the static header of a ring says. */
export interface Header extends Contents {
  readonly layoutHash: string;
  readonly schemaHash: string;
  readonly ringName: string;
  readonly messageName: string;
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

const notARing = (what: string): RingError => new RingError("NotARing", `not a ring: ${what}`);

/** Lays out an spsc ring. */
export function geometryOf(
  capacity: number,
  message: { readonly SIZE: number; readonly ALIGN: number },
  schemaLength: number,
): Geometry {
  if (!isPowerOfTwo(capacity)) {
    throw new RingError("InvalidArgument", `a capacity of ${capacity} messages is no power of two`);
  }
  const consumerBlock = roundUp(f.HEADER_SIZE + schemaLength, f.MIN_PAGE);
  const blockStride = roundUp(f.BLOCK.SIZE, f.MIN_PAGE);
  const producerBlock = consumerBlock + blockStride;
  const slots = producerBlock + blockStride;
  return {
    fileLength: slots + roundUp(capacity * message.SIZE, f.MIN_PAGE),
    capacity,
    stride: message.SIZE,
    payloadSize: message.SIZE,
    payloadAlign: message.ALIGN,
    producerBlock,
    consumerBlock,
    slots,
    schemaLength,
    pageSize: f.MIN_PAGE,
    blockStride,
  };
}

function isPowerOfTwo(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0 && (BigInt(value) & (BigInt(value) - 1n)) === 0n;
}

/** Fills a new ring's header, schema and first position; all other bytes are zero already. */
export function writeHeader(
  buffer: ArrayBuffer | SharedArrayBuffer,
  geometry: Geometry,
  type: RingShape,
  schema: Uint8Array,
  firstPosition: bigint,
): void {
  const data = new DataView(buffer);
  const message = type.MESSAGE;
  const u32 = (at: number, value: number): void => data.setUint32(at, value, true);
  const u64 = (at: number, value: number): void => data.setBigUint64(at, BigInt(value), true);
  data.setBigUint64(H.MAGIC, f.MAGIC, true);
  u32(H.FORMAT_MAJOR, f.FORMAT_MAJOR);
  u32(H.FORMAT_MINOR, f.FORMAT_MINOR);
  u32(H.HEADER_LENGTH, f.HEADER_SIZE);
  u32(H.ENDIAN_TAG, f.ENDIAN_TAG);
  u64(H.FILE_LENGTH, geometry.fileLength);
  putHash(data, H.LAYOUT_HASH, message.LAYOUT_HASH);
  putHash(data, H.SCHEMA_HASH, message.SCHEMA_HASH);
  u32(H.KIND, f.KIND_SPSC);
  u64(H.CAPACITY, geometry.capacity);
  u32(H.STRIDE, geometry.stride);
  u32(H.PAYLOAD_SIZE, geometry.payloadSize);
  u32(H.PAYLOAD_ALIGN, geometry.payloadAlign);
  u32(H.MAX_READERS, 1);
  u64(H.PRODUCER_BLOCK, geometry.producerBlock);
  u64(H.CONSUMER_BLOCKS, geometry.consumerBlock);
  u64(H.SLOTS, geometry.slots);
  u64(H.SCHEMA_OFFSET, f.HEADER_SIZE);
  u64(H.SCHEMA_LENGTH, schema.length);
  data.setBigUint64(H.INSTANCE_ID, crypto.getRandomValues(new BigUint64Array(1))[0]!, true);
  data.setBigUint64(H.CREATED_AT, BigInt(Date.now()) * 1_000_000n, true);
  putName(data, H.RING_NAME, type.NAME.split(".")[1] ?? type.NAME);
  putName(data, H.MESSAGE_NAME, message.NAME);
  u32(H.PAGE_SIZE, geometry.pageSize);
  u32(H.BLOCK_STRIDE, geometry.blockStride);
  u32(H.PACKAGE_VERSION, message.VERSION);
  u32(H.SCHEMA_EDITION, f.EDITION);
  u32(H.CHECKSUM, crc32(new Uint8Array(buffer, 0, H.CHECKSUM)));
  new Uint8Array(buffer, f.HEADER_SIZE, schema.length).set(schema);
  data.setBigUint64(geometry.consumerBlock + f.BLOCK.CURSOR, firstPosition, true);
  data.setBigUint64(geometry.producerBlock + f.BLOCK.CURSOR, firstPosition, true);
}

/** Reads and checks a header as one that a stranger wrote. */
export function readHeader(buffer: ArrayBuffer | SharedArrayBuffer): Header {
  if (buffer.byteLength < f.HEADER_SIZE) throw notARing(`${buffer.byteLength} bytes are no header`);
  // A private copy: what is checked here is what is used.
  const bytes = new Uint8Array(buffer, 0, f.HEADER_SIZE).slice();
  const data = new DataView(bytes.buffer);
  const u32 = (at: number): number => data.getUint32(at, true);
  const u64 = (at: number): number => {
    const value = data.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw notARing(`the number at ${at} is out of range`);
    return Number(value);
  };
  if (data.getBigUint64(H.MAGIC, true) !== f.MAGIC) throw notARing("it does not start with RINGGEN1");
  if (u32(H.FORMAT_MAJOR) !== f.FORMAT_MAJOR) {
    throw new RingError("UnsupportedFormat", `format ${u32(H.FORMAT_MAJOR)}; this package reads ${f.FORMAT_MAJOR}`);
  }
  if (u32(H.CHECKSUM) !== crc32(bytes.subarray(0, H.CHECKSUM))) throw notARing("the header's checksum is wrong");
  if (u32(H.ENDIAN_TAG) !== f.ENDIAN_TAG) throw notARing("it is of another byte order");
  if ((u32(H.FEATURES) & 0xffff) !== 0 || u32(H.KIND) !== f.KIND_SPSC) {
    throw new RingError("UnsupportedFormat", `kind ${u32(H.KIND)}, features ${u32(H.FEATURES)}`);
  }
  const message = { SIZE: u32(H.PAYLOAD_SIZE), ALIGN: u32(H.PAYLOAD_ALIGN) };
  const [capacity, schemaLength, pageSize] = [u64(H.CAPACITY), u64(H.SCHEMA_LENGTH), u32(H.PAGE_SIZE)];
  if (!isPowerOfTwo(capacity)) throw notARing(`a capacity of ${capacity}`);
  if (!isPowerOfTwo(message.ALIGN) || message.ALIGN > f.MAX_ALIGN || message.SIZE === 0) throw notARing("its message");
  if (message.SIZE % message.ALIGN !== 0) throw notARing("its message's size is no multiple of its alignment");
  if (!isPowerOfTwo(pageSize) || pageSize < f.MIN_PAGE) throw notARing(`a page size of ${pageSize}`);
  if (schemaLength > f.MAX_SCHEMA) throw notARing("its schema is too long");
  const geometry: Geometry = {
    fileLength: u64(H.FILE_LENGTH),
    capacity,
    stride: u32(H.STRIDE),
    payloadSize: message.SIZE,
    payloadAlign: message.ALIGN,
    producerBlock: u64(H.PRODUCER_BLOCK),
    consumerBlock: u64(H.CONSUMER_BLOCKS),
    slots: u64(H.SLOTS),
    schemaLength,
    pageSize,
    blockStride: u32(H.BLOCK_STRIDE),
  };
  checkRegions(geometry, buffer.byteLength);
  if (u32(H.PAYLOAD_OFFSET) !== 0 || u32(H.TRAILER_OFFSET) !== 0 || u64(H.SLAB) !== 0) throw notARing("its slots");
  if (u64(H.SCHEMA_OFFSET) !== f.HEADER_SIZE) throw notARing("its schema lies elsewhere");
  const text = new Uint8Array(buffer, f.HEADER_SIZE, schemaLength).slice();
  const schemaHash = getHash(bytes, H.SCHEMA_HASH);
  if (fnv1a128(text) !== schemaHash) throw notARing("its schema's hash is wrong");
  return {
    geometry,
    layoutHash: getHash(bytes, H.LAYOUT_HASH),
    schemaHash,
    schema: utf8(text, "its schema"),
    ringName: getName(bytes, H.RING_NAME),
    messageName: getName(bytes, H.MESSAGE_NAME),
  };
}

/** Consumer block, producer block and slots: aligned, in this order, disjoint, inside the buffer. */
function checkRegions(geometry: Geometry, length: number): void {
  const { blockStride, consumerBlock, producerBlock, slots, pageSize, capacity, stride, fileLength } = geometry;
  if (fileLength !== length) throw notARing(`it should have ${fileLength} bytes and has ${length}`);
  if (blockStride < f.BLOCK.SIZE || stride !== geometry.payloadSize) throw notARing("its strides");
  for (const offset of [blockStride, consumerBlock, producerBlock, slots]) {
    if (offset % pageSize !== 0) throw notARing("its regions are not aligned to pages");
  }
  const inOrder =
    f.HEADER_SIZE + geometry.schemaLength <= consumerBlock &&
    consumerBlock + blockStride <= producerBlock &&
    producerBlock + blockStride <= slots &&
    slots + capacity * stride <= fileLength;
  if (!inOrder) throw notARing("its regions overlap or reach behind its end");
}

/** How many differences of a compatible layout a warning names. */
const NAMED_DIFFERENCES = 8;

/** Throws `LayoutMismatch` unless the ring carries this message or a compatible one; otherwise returns the warnings. */
export function compare(name: string, message: MessageShape, header: Header): string[] {
  const { geometry, schema } = header;
  const hasLayout = header.layoutHash === message.LAYOUT_HASH;
  const differences = hasLayout ? [] : compatibleDifferences(name, message, header);
  if (geometry.payloadSize !== message.SIZE || geometry.payloadAlign !== message.ALIGN) {
    throw notARing(`its messages have ${geometry.payloadSize} bytes, aligned to ${geometry.payloadAlign}`);
  }
  if (header.schemaHash === message.SCHEMA_HASH) return [];
  const what = hasLayout
    ? "has the layout expected here, but units, docs or the version of the package differ"
    : "has another layout than the one expected here, and a compatible one";
  return [`ring "${name}": ${message.NAME} ${what}: ${named(differences, message.SCHEMA, schema)}`];
}

/** What differs between two layouts that are not the same but compatible. */
function compatibleDifferences(name: string, message: MessageShape, header: Header): readonly Difference[] {
  const comparison = compareLayouts(message.SCHEMA, header.schema);
  if (comparison.verdict === "compatible") return comparison.differences;
  const { type, member, mine, theirs } =
    comparison.verdict === "different"
      ? comparison.difference
      : // The texts say the same and the hashes do not: one of the two is not what it says.
        {
          type: message.NAME,
          member: "",
          mine: `layout ${message.LAYOUT_HASH}`,
          theirs: `layout ${header.layoutHash}`,
        };
  const place = member === "" ? type : `${type}.${member}`;
  throw new LayoutMismatch(`ring "${name}": ${place} differs: here \`${mine}\`, in the ring \`${theirs}\``);
}

/** The differences that have a name; where none has, the first line of each text that the other has not. */
function named(differences: readonly Difference[], mine: string, theirs: string): string {
  if (differences.length === 0) {
    const [here, there] = [mine.split("\n"), theirs.split("\n")];
    const firstOther = (lines: readonly string[], others: Set<string>): string =>
      lines.find((line) => line !== "" && !others.has(line)) ?? "nothing";
    return `here \`${firstOther(here, new Set(there))}\`, in the ring \`${firstOther(there, new Set(here))}\``;
  }
  const parts = differences
    .slice(0, NAMED_DIFFERENCES)
    .map(({ type, member, mine, theirs }) => `${type}.${member} is here \`${mine}\`, in the ring \`${theirs}\``);
  const more = differences.length - NAMED_DIFFERENCES;
  if (more > 0) parts.push(`and ${more} more`);
  return parts.join("; ");
}

function putHash(data: DataView, at: number, hex: string): void {
  data.setBigUint64(at, BigInt(`0x${hex.slice(0, 16)}`), false);
  data.setBigUint64(at + 8, BigInt(`0x${hex.slice(16)}`), false);
}

function getHash(bytes: Uint8Array, at: number): string {
  return Array.from(bytes.subarray(at, at + 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function putName(data: DataView, at: number, name: string): void {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length > f.MAX_NAME) throw new RangeError(`"${name}" has ${bytes.length} bytes, ${f.MAX_NAME} at most`);
  for (const [index, byte] of bytes.entries()) data.setUint8(at + index, byte);
}

function getName(bytes: Uint8Array, at: number): string {
  const field = bytes.subarray(at, at + f.MAX_NAME + 1);
  const end = field.indexOf(0);
  if (end < 0) throw notARing("a name has no end");
  return utf8(field.subarray(0, end), "a name");
}

function utf8(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw notARing(`${what} is not UTF-8`);
  }
}
