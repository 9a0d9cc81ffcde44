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

const notARing = (what: string): RingError => new RingError("NotARing", `this memory is no usable ring: ${what}`);
const unsupported = (what: string): RingError =>
  new RingError("UnsupportedFormat", `this memory can't be used here: ${what}`);
const REGIONS = "its regions overlap or lie outside of the file";

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

/** The words of a header in private memory: what is checked there is what is used. */
class Words {
  readonly #bytes: Uint8Array;
  readonly #data: DataView;

  constructor(buffer: ArrayBuffer | SharedArrayBuffer) {
    this.#bytes = new Uint8Array(buffer, 0, f.HEADER_SIZE).slice();
    this.#data = new DataView(this.#bytes.buffer);
  }

  u32(at: number): number {
    return this.#data.getUint32(at, true);
  }

  u64(at: number): bigint {
    return this.#data.getBigUint64(at, true);
  }

  hash(at: number): string {
    return getHash(this.#bytes, at);
  }

  name(at: number, what: string): string {
    const field = this.#bytes.subarray(at, at + f.MAX_NAME + 1);
    const end = field.indexOf(0);
    const isPadded = end > 0 && field.subarray(end).every((byte) => byte === 0);
    const name = isPadded ? utf8(field.subarray(0, end)) : undefined;
    if (name === undefined) throw notARing(`its ${what} is no NUL-padded UTF-8`);
    return name;
  }

  /** A number of 32 bits that has to be possible. */
  half(at: number, what: string, isPossible: (value: number) => boolean): number {
    const value = this.u32(at);
    if (!isPossible(value)) throw notARing(`its header states ${what} = ${value}`);
    return value;
  }

  /** A number of 64 bits that has to be possible. */
  word(at: number, what: string, isPossible: (value: bigint) => boolean): bigint {
    const value = this.u64(at);
    if (!isPossible(value)) throw notARing(`its header states ${what} = ${value}`);
    return value;
  }

  checksum(): number {
    return crc32(this.#bytes.subarray(0, H.CHECKSUM));
  }
}

/** Reads and checks a header as one that a stranger wrote. */
export function readHeader(buffer: ArrayBuffer | SharedArrayBuffer): Header {
  if (buffer.byteLength < f.HEADER_SIZE) {
    throw notARing(`it has ${buffer.byteLength} bytes and its header states ${f.HEADER_SIZE}`);
  }
  const words = new Words(buffer);
  checkFormat(words);
  const geometry = readGeometry(words, buffer.byteLength);
  const [ringName, messageName] = [words.name(H.RING_NAME, "ring name"), words.name(H.MESSAGE_NAME, "message name")];
  const bytes = new Uint8Array(buffer, f.HEADER_SIZE, geometry.schemaLength).slice();
  const schemaHash = words.hash(H.SCHEMA_HASH);
  if (fnv1a128(bytes) !== schemaHash) {
    throw notARing("its canonical schema is not the one its header states the hash of");
  }
  const schema = utf8(bytes);
  if (schema === undefined) throw notARing("its canonical schema is no UTF-8");
  return { geometry, layoutHash: words.hash(H.LAYOUT_HASH), schemaHash, schema, ringName, messageName };
}

/** Whether it is a header, and one of this format. */
function checkFormat(words: Words): void {
  if (words.u64(H.MAGIC) !== f.MAGIC) throw notARing("it does not begin with RINGGEN1");
  // In front of the checksum, which another byte order or format would have elsewhere.
  const endianTag = words.u32(H.ENDIAN_TAG);
  if (endianTag === f.OTHER_ENDIAN_TAG) throw unsupported("it was made on a machine of the other byte order");
  const major = words.u32(H.FORMAT_MAJOR);
  if (endianTag === f.ENDIAN_TAG && major !== f.FORMAT_MAJOR) {
    const older = major > f.FORMAT_MAJOR ? "this program" : "the one that creates it";
    throw unsupported(`it has format ${major}, and this is ringgen for format ${f.FORMAT_MAJOR}: update ${older}`);
  }
  const [stated, computed] = [words.u32(H.CHECKSUM), words.checksum()];
  if (stated !== computed) {
    const hex = (value: number): string => value.toString(16).padStart(8, "0");
    throw notARing(`its header has the checksum ${hex(computed)} and states ${hex(stated)}`);
  }
  words.half(H.ENDIAN_TAG, "endian tag", (tag) => tag === f.ENDIAN_TAG);
  const kind = words.u32(H.KIND);
  if (kind !== f.KIND_SPSC) throw unsupported(`it is a ring of kind ${kind}, and only spsc (1) is known here`);
  const features = words.u32(H.FEATURES) & 0xffff;
  if (features !== 0) throw unsupported(`it needs the unknown features 0x${features.toString(16)}`);
}

/** The geometry, checked: after this no offset that is computed from it can leave the memory. */
function readGeometry(words: Words, length: number): Geometry {
  const fileLength = words.u64(H.FILE_LENGTH);
  if (fileLength !== BigInt(length)) throw notARing(`it has ${length} bytes and its header states ${fileLength}`);
  const isZero = (value: number): boolean => value === 0;
  words.half(H.HEADER_LENGTH, "header length", (size) => size === f.HEADER_SIZE);
  const capacity = words.word(H.CAPACITY, "capacity", (value) => value > 0n && (value & (value - 1n)) === 0n);
  const isAlignment = (value: number): boolean => isPowerOfTwo(value) && value <= f.MAX_ALIGN;
  const payloadAlign = words.half(H.PAYLOAD_ALIGN, "payload alignment", isAlignment);
  const isSize = (value: number): boolean => value > 0 && value % payloadAlign === 0;
  const payloadSize = words.half(H.PAYLOAD_SIZE, "payload size", isSize);
  const stride = words.half(H.STRIDE, "stride", (value) => value === payloadSize);
  words.half(H.PAYLOAD_OFFSET, "payload offset", isZero);
  words.half(H.TRAILER_OFFSET, "trailer offset", isZero);
  words.half(H.MAX_READERS, "max readers", (readers) => readers === 1);
  words.word(H.SLAB, "slab offset", (offset) => offset === 0n);
  words.word(H.SLAB_SIZE, "slab size", (size) => size === 0n);
  const pageSize = words.half(H.PAGE_SIZE, "page size", (size) => isPowerOfTwo(size) && size >= f.MIN_PAGE);
  const isStride = (value: number): boolean => value >= f.BLOCK.SIZE && value % pageSize === 0;
  const blockStride = words.half(H.BLOCK_STRIDE, "block stride", isStride);
  const isOnPage = (offset: bigint): boolean => offset % BigInt(pageSize) === 0n;
  const producerBlock = words.word(H.PRODUCER_BLOCK, "producer block", isOnPage);
  const consumerBlock = words.word(H.CONSUMER_BLOCKS, "consumer blocks", isOnPage);
  const slots = words.word(H.SLOTS, "slots", isOnPage);
  words.word(H.SCHEMA_OFFSET, "schema offset", (offset) => offset === BigInt(f.HEADER_SIZE));
  const schemaLength = words.word(H.SCHEMA_LENGTH, "schema length", (size) => size <= BigInt(f.MAX_SCHEMA));
  checkRegions(fileLength, [
    [0n, BigInt(f.HEADER_SIZE)],
    [BigInt(f.HEADER_SIZE), schemaLength],
    [consumerBlock, BigInt(blockStride)],
    [producerBlock, BigInt(blockStride)],
    [slots, capacity * BigInt(stride)],
  ]);
  // All of them are below the length of the memory, which is a safe integer.
  return {
    fileLength: length,
    capacity: Number(capacity),
    stride,
    payloadSize,
    payloadAlign,
    producerBlock: Number(producerBlock),
    consumerBlock: Number(consumerBlock),
    slots: Number(slots),
    schemaLength: Number(schemaLength),
    pageSize,
    blockStride,
  };
}

/** Regions, of an offset and a length each: disjoint, and inside of the memory. */
function checkRegions(length: bigint, regions: (readonly [bigint, bigint])[]): void {
  const inOrder = regions.sort(([one, size], [other, otherSize]) =>
    one === other ? Number(size > otherSize) - Number(size < otherSize) : one < other ? -1 : 1,
  );
  let end = 0n;
  for (const [start, size] of inOrder) {
    if (start < end) throw notARing(REGIONS);
    end = start + size;
  }
  if (end > length) throw notARing(REGIONS);
}

/** How many differences of a compatible layout a warning names. */
const NAMED_DIFFERENCES = 8;

/** Throws `LayoutMismatch` unless the ring carries this message or a compatible one; otherwise returns the warnings. */
export function compare(name: string, message: MessageShape, header: Header): string[] {
  const { geometry, schema } = header;
  const hasLayout = header.layoutHash === message.LAYOUT_HASH;
  const differences = hasLayout ? [] : compatibleDifferences(name, message, header);
  for (const [what, found, expected] of [
    ["payload size", geometry.payloadSize, message.SIZE],
    ["payload alignment", geometry.payloadAlign, message.ALIGN],
  ] as const) {
    if (found !== expected) throw notARing(`its header states ${what} = ${found}`);
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

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
