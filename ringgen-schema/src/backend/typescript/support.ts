//// Window_
/** The bytes that views look at; whoever lent them takes them away by replacing `data`. */
interface Window_ {
  data: DataView;
}

//// Layout_
/** What this module knows of a struct, message or variant. */
interface Layout_<T, R, V> {
  readonly NAME: string;
  /** Bytes, padding at the end included. */
  readonly SIZE: number;
  readonly ALIGN: number;
  /** The version of the package. */
  readonly VERSION: number;
  /** 32 hexadecimal digits: equal layouts have equal hashes. */
  readonly LAYOUT_HASH: string;
  /** 32 hexadecimal digits: the hash of `SCHEMA`. */
  readonly SCHEMA_HASH: string;
  /** The canonical schema, as rings carry it. */
  readonly SCHEMA: string;
  /** All zero. */
  zero(this: void): T;
  /** A new array of `SIZE` bytes. Throws `RangeError` or `TypeError` if a value does not fit. */
  encode(this: void, value: T): Uint8Array;
  /** Throws `RangeError` unless there are `SIZE` bytes. What they hold need not be what `encode` takes: see `check`. */
  decode(this: void, bytes: Uint8Array): T;
  /** The one that starts at byte `at`. */
  read(this: void, data: DataView, at: number): T;
  /** Writes every byte of it, padding included. */
  write(this: void, data: DataView, at: number, value: T): void;
  /** Throws `RangeError` or `TypeError` if `encode` would. */
  validate(this: void, value: T): void;
  /**
   * Throws `RangeError` or `TypeError` if the bytes at `at` hold what can't be written: a number out of its range, a
   * longer list than there is room for, text that is no UTF-8. A peer may send such bytes, and numbers are read as they
   * are, lists as far as there is room.
   */
  check(this: void, data: DataView, at: number): void;
  /** A view that can only read. */
  reader(this: void, source: DataView | Window_, at: number): R;
  /** A view that can write too. */
  view(this: void, source: DataView | Window_, at: number): V;
  /** For `JSON.stringify`: bigints become decimal strings, arrays of numbers plain arrays. */
  toJSON(this: void, value: T): Record<string, unknown>;
}

//// lend_
const lend_ = (source: DataView | Window_): Window_ => (source instanceof DataView ? { data: source } : source);

//// own_
const own_ = (size: number): DataView => new DataView(new ArrayBuffer(size));

//// encode_
function encode_<T>(size: number, write: (data: DataView, at: number, value: T) => void, value: T): Uint8Array {
  const data = own_(size);
  write(data, 0, value);
  return new Uint8Array(data.buffer);
}

//// decode_
function decode_<T>(name: string, size: number, read: (data: DataView, at: number) => T, bytes: Uint8Array): T {
  if (bytes.byteLength !== size) throw new RangeError(`${name} has ${size} bytes, not ${bytes.byteLength}`);
  return read(new DataView(bytes.buffer, bytes.byteOffset, size), 0);
}

//// json_
function json_(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(json_);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, json_);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, json_(member)]));
}

//// load_
/** Copies `size` bytes, all of which lie in `source`. */
function load_(target: DataView, to: number, source: DataView, from: number, size: number): void {
  if (size > 256) {
    const bytes = new Uint8Array(source.buffer, source.byteOffset + from, size);
    new Uint8Array(target.buffer, target.byteOffset + to, size).set(bytes);
    return;
  }
  // Views of bytes are slow to make: below a few hundred bytes, words are faster.
  const words = size & ~3;
  for (let at = 0; at < words; at += 4) target.setInt32(to + at, source.getInt32(from + at));
  for (let at = words; at < size; at++) target.setUint8(to + at, source.getUint8(from + at));
}

//// refuse_
/** A value of the right kind is out of range. */
function refuse_(value: unknown, what: string, type: string, kind: "number" | "bigint" | "string" | "boolean"): never {
  if (typeof value !== kind) throw new TypeError(`${what}: ${typeof value} is no ${type}`);
  throw new RangeError(`${what}: ${String(value)} is no ${type}`);
}

//// u8_
function u8_(value: number, what: string): number {
  return typeof value === "number" && (value & 0xff) === value ? value : refuse_(value, what, "u8", "number");
}

//// u16_
function u16_(value: number, what: string): number {
  return typeof value === "number" && (value & 0xffff) === value ? value : refuse_(value, what, "u16", "number");
}

//// u32_
function u32_(value: number, what: string): number {
  return typeof value === "number" && (value >>> 0) === value ? value : refuse_(value, what, "u32", "number");
}

//// i8_
function i8_(value: number, what: string): number {
  return typeof value === "number" && ((value << 24) >> 24) === value ? value : refuse_(value, what, "i8", "number");
}

//// i16_
function i16_(value: number, what: string): number {
  return typeof value === "number" && ((value << 16) >> 16) === value ? value : refuse_(value, what, "i16", "number");
}

//// i32_
function i32_(value: number, what: string): number {
  return typeof value === "number" && (value | 0) === value ? value : refuse_(value, what, "i32", "number");
}

//// refuseRange_
/** A value of the right kind is out of its range. */
function refuseRange_(value: unknown, least: number | bigint, most: number | bigint, what: string): never {
  if (typeof value !== typeof least) throw new TypeError(`${what}: ${typeof value} is no ${typeof least}`);
  throw new RangeError(`${what}: ${String(value)} is not from ${least} to ${most}`);
}

//// range_
function range_(value: number, least: number, most: number, what: string): number {
  return value >= least && value <= most ? value : refuseRange_(value, least, most, what);
}

//// rangeBig_
// One function for both would compare whatever it is given, which takes longer.
function rangeBig_(value: bigint, least: bigint, most: bigint, what: string): bigint {
  return value >= least && value <= most ? value : refuseRange_(value, least, most, what);
}

//// rangeOr_
function rangeOr_(value: number, none: number, least: number, most: number, what: string): number {
  return value === none ? value : range_(value, least, most, what);
}

//// rangeOrBig_
function rangeOrBig_(value: bigint, none: bigint, least: bigint, most: bigint, what: string): bigint {
  return value === none ? value : rangeBig_(value, least, most, what);
}

//// rangeOrNaN_
function rangeOrNaN_(value: number, least: number, most: number, what: string): number {
  return Number.isNaN(value) ? value : range_(value, least, most, what);
}

//// rangeOrNull_
function rangeOrNull_(value: number | null, least: number, most: number, what: string): number | null {
  return value === null ? null : range_(value, least, most, what);
}

//// filled_
/** What is stored for a value: `none` for `null`. */
function filled_<V>(value: V | null, none: V): V {
  return value === null ? none : value;
}

//// orNull_
function orNull_(value: number, none: number): number | null {
  return value === none ? null : value;
}

//// orNaN_
function orNaN_(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

//// isWord_
/** Whether the 64 bits at a place are these. */
function isWord_(data: DataView, at: number, low: number, high: number): boolean {
  return data.getUint32(at, true) === low && data.getUint32(at + 4, true) === high;
}

//// setOr_
/** Writes a number, or for `null` the 64 bits that stand for it. */
function setOr_(
  data: DataView,
  at: number,
  value: number | null,
  none: bigint,
  set: (data: DataView, at: number, value: number, what: string) => void,
  what: string,
): void {
  if (value === null) data.setBigUint64(at, none, true);
  else set(data, at, value, what);
}

//// wide_
// `setBigUint64` takes four times as long as two halves through these arrays, and `getBigUint64` half as long again
// (Node 20).
const wide_: {
  readonly u64: BigUint64Array;
  readonly i64: BigInt64Array;
  readonly half: Uint32Array;
} = ((u64: BigUint64Array) => ({
  u64,
  i64: new BigInt64Array(u64.buffer),
  half: new Uint32Array(u64.buffer),
}))(new BigUint64Array(1));

//// getWide_
function getWide_(data: DataView, at: number): void {
  wide_.half[little_ ? 0 : 1] = data.getUint32(at, true);
  wide_.half[little_ ? 1 : 0] = data.getUint32(at + 4, true);
}

//// setWide_
function setWide_(data: DataView, at: number): void {
  data.setUint32(at, wide_.half[little_ ? 0 : 1]!, true);
  data.setUint32(at + 4, wide_.half[little_ ? 1 : 0]!, true);
}

//// u64_
function u64_(value: bigint, what: string): bigint {
  const fits = typeof value === "bigint" && BigInt.asUintN(64, value) === value;
  return fits ? value : refuse_(value, what, "u64", "bigint");
}

//// i64_
function i64_(value: bigint, what: string): bigint {
  const fits = typeof value === "bigint" && BigInt.asIntN(64, value) === value;
  return fits ? value : refuse_(value, what, "i64", "bigint");
}

//// getU64_
function getU64_(data: DataView, at: number): bigint {
  getWide_(data, at);
  return wide_.u64[0]!;
}

//// getI64_
function getI64_(data: DataView, at: number): bigint {
  getWide_(data, at);
  return wide_.i64[0]!;
}

//// setU64_
function setU64_(data: DataView, at: number, value: bigint, what: string): void {
  wide_.u64[0] = u64_(value, what);
  setWide_(data, at);
}

//// setI64_
function setI64_(data: DataView, at: number, value: bigint, what: string): void {
  wide_.i64[0] = i64_(value, what);
  setWide_(data, at);
}

//// f32_
function f32_(value: number, what: string): number {
  return typeof value === "number" ? value : refuse_(value, what, "f32", "number");
}

//// f64_
function f64_(value: number, what: string): number {
  return typeof value === "number" ? value : refuse_(value, what, "f64", "number");
}

//// bool_
function bool_(value: boolean, what: string): number {
  return typeof value === "boolean" ? +value : refuse_(value, what, "boolean", "boolean");
}

//// getU64Number_
/** A `u64` as a number. */
function getU64Number_(data: DataView, at: number, what: string): number {
  const value = data.getUint32(at + 4, true) * 0x1_0000_0000 + data.getUint32(at, true);
  return Number.isSafeInteger(value) ? value : refuse_(value, what, "safe integer, so read it as a bigint", "number");
}

//// setU64Number_
function setU64Number_(data: DataView, at: number, value: number, what: string): void {
  if (!Number.isSafeInteger(value) || value < 0) refuse_(value, what, "safe u64", "number");
  data.setUint32(at, value, true);
  data.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
}

//// getI64Number_
/** An `i64` as a number. */
function getI64Number_(data: DataView, at: number, what: string): number {
  const value = data.getInt32(at + 4, true) * 0x1_0000_0000 + data.getUint32(at, true);
  return Number.isSafeInteger(value) ? value : refuse_(value, what, "safe integer, so read it as a bigint", "number");
}

//// setI64Number_
function setI64Number_(data: DataView, at: number, value: number, what: string): void {
  if (!Number.isSafeInteger(value)) refuse_(value, what, "safe i64", "number");
  data.setUint32(at, value, true);
  data.setInt32(at + 4, Math.floor(value / 0x1_0000_0000), true);
}

//// utf8_
const utf8_: {
  readonly decode: InstanceType<typeof TextDecoder>;
  readonly encode: InstanceType<typeof TextEncoder>;
} = {
  decode: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }),
  encode: new TextEncoder(),
};

//// getText_
/** The text up to the first NUL. Throws `TypeError` if it is no UTF-8. */
function getText_(data: DataView, at: number, size: number, what: string): string {
  let text = "";
  for (let index = 0; index < size; index++) {
    const byte = data.getUint8(at + index);
    if (byte === 0) return text;
    if (byte > 0x7f) return getUtf8_(data, at, size, what);
    text += String.fromCharCode(byte);
  }
  return text;
}

//// getUtf8_
function getUtf8_(data: DataView, at: number, size: number, what: string): string {
  const bytes = getBytes_(data, at, size);
  const end = bytes.indexOf(0);
  try {
    return utf8_.decode.decode(end < 0 ? bytes : bytes.subarray(0, end));
  } catch (cause) {
    throw new TypeError(`${what}: [${bytes.join(", ")}] is no UTF-8`, { cause });
  }
}

//// setText_
function setText_(data: DataView, at: number, size: number, value: string, what: string): void {
  if (typeof value !== "string") refuse_(value, what, "string", "string");
  const length = value.length;
  if (length > size) refuseText_(value, size, what);
  for (let index = 0; index < length; index++) {
    const unit = value.charCodeAt(index);
    if (unit === 0 || unit > 0x7f) return setUtf8_(data, at, size, value, what);
  }
  for (let index = 0; index < length; index++) data.setUint8(at + index, value.charCodeAt(index));
  for (let index = length; index < size; index++) data.setUint8(at + index, 0);
}

//// setUtf8_
function setUtf8_(data: DataView, at: number, size: number, value: string, what: string): void {
  const bytes = utf8_.encode.encode(value);
  if (bytes.length > size || value.includes("\0") || /\p{Surrogate}/u.test(value)) refuseText_(value, size, what);
  const target = new Uint8Array(data.buffer, data.byteOffset + at, size);
  target.fill(0, bytes.length);
  target.set(bytes);
}

//// refuseText_
function refuseText_(value: string, size: number, what: string): never {
  const text = JSON.stringify(value);
  if (value.includes("\0")) throw new RangeError(`${what}: ${text} holds a NUL`);
  if (/\p{Surrogate}/u.test(value)) throw new RangeError(`${what}: ${text} holds half a character`);
  const length = utf8_.encode.encode(value).length;
  throw new RangeError(`${what}: ${text} is ${length} bytes of UTF-8; there is room for ${size}`);
}

//// getBytes_
function getBytes_(data: DataView, at: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  load_(new DataView(bytes.buffer), 0, data, at, size);
  return bytes;
}

//// setBytes_
function setBytes_(data: DataView, at: number, size: number, value: ArrayLike<number>, what: string): void {
  if (value.length !== size) refuseLength_(value.length, size, what);
  const fit = value instanceof Uint8Array ? value : Uint8Array.from(value, (byte) => u8_(byte, what));
  new Uint8Array(data.buffer, data.byteOffset + at, size).set(fit);
}

//// setUpTo_
/** Writes as many bytes as there are, and zeros behind them. */
function setUpTo_(data: DataView, at: number, size: number, value: ArrayLike<number>, what: string): void {
  const count = atMost_(value.length, size, what);
  setBytes_(data, at, count, value, what);
  zero_(data, at + count, size - count);
}

//// zero_
function zero_(data: DataView, at: number, size: number): void {
  if (size > 256) {
    new Uint8Array(data.buffer, data.byteOffset + at, size).fill(0);
    return;
  }
  // As in `load_`.
  const words = size & ~3;
  for (let offset = 0; offset < words; offset += 4) data.setInt32(at + offset, 0);
  for (let offset = words; offset < size; offset++) data.setUint8(at + offset, 0);
}

//// refuseKind_
/** The name of a case is none: only where types were not looked at. */
function refuseKind_(value: { readonly kind: unknown }, what: string): never {
  throw new TypeError(`${what}: ${JSON.stringify(value.kind)} is none of its kinds`);
}

//// refuseLength_
function refuseLength_(length: number, expected: number, what: string): never {
  throw new RangeError(`${what}: ${length} elements, ${expected} expected`);
}

//// atMost_
function atMost_(length: number, most: number, what: string): number {
  if (length <= most) return length;
  throw new RangeError(`${what}: ${length} elements, ${most} at most`);
}

//// count_
/** How many elements of a list count, whatever a peer says: no more than there is room for. */
function count_(data: DataView, at: number, most: number): number {
  return Math.min(data.getUint32(at, true), most);
}

//// length_
/** The same, unless it is more. */
function length_(data: DataView, at: number, most: number, what: string): number {
  return atMost_(data.getUint32(at, true), most, what);
}

//// resize_
/** Changes how many elements of a list count. What comes to count is zero, and so is what no longer does. */
function resize_(
  data: DataView,
  at: number,
  items: number,
  length: number,
  most: number,
  size: number,
  what: string,
): void {
  const count = atMost_(u32_(length, what), most, what);
  const kept = Math.min(count_(data, at, most), count);
  zero_(data, items + kept * size, (most - kept) * size);
  data.setUint32(at, count, true);
}

//// index_
function index_(index: number, length: number, what: string): number {
  if (index >= 0 && index < length && Number.isInteger(index)) return index;
  throw new RangeError(`${what}: there is no element ${index} of ${length}`);
}

//// many_
function many_<V>(count: number, make: (index: number) => V): V[] {
  const values = new Array<V>(count);
  for (let index = 0; index < count; index++) values[index] = make(index);
  return values;
}

//// each_
function each_<V>(values: ArrayLike<V>, count: number, what: string, put: (value: V, index: number) => void): void {
  if (values.length !== count) refuseLength_(values.length, count, what);
  for (let index = 0; index < count; index++) put(values[index]!, index);
}

//// Numbers_
type Numbers_<V> = ArrayBufferView & ArrayLike<V> & { readonly BYTES_PER_ELEMENT: number };

//// NumbersType_
interface NumbersType_<V> {
  new (length: number): Numbers_<V>;
  from(values: ArrayLike<V>, map: (value: V) => V): Numbers_<V>;
}

//// numbers_
/** Fills an array of numbers from where it lies. */
function numbers_<A extends Numbers_<number> | Numbers_<bigint>>(data: DataView, at: number, into: A): A {
  const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset + at, bytes.length));
  if (!little_) swap_(bytes, into.BYTES_PER_ELEMENT);
  return into;
}

//// setNumbers_
/** Writes an array of numbers. What lies in an array of that very type fits; anything else is checked. */
function setNumbers_<V>(
  data: DataView,
  at: number,
  values: ArrayLike<V>,
  type: NumbersType_<V>,
  length: number,
  what: string,
  check: (value: V, what: string) => V,
): void {
  if (values.length !== length) refuseLength_(values.length, length, what);
  const fit = values instanceof type ? values : type.from(values, (value) => check(value, what));
  const bytes = new Uint8Array(data.buffer, data.byteOffset + at, fit.byteLength);
  bytes.set(new Uint8Array(fit.buffer, fit.byteOffset, fit.byteLength));
  if (!little_) swap_(bytes, fit.BYTES_PER_ELEMENT);
}

//// setNumbersIn_
/** The same, of numbers that have a range. They are looked at as they are stored: what is rounded into it is in it. */
function setNumbersIn_<V extends number | bigint>(
  data: DataView,
  at: number,
  values: ArrayLike<V>,
  type: NumbersType_<V>,
  length: number,
  what: string,
  check: (value: V, what: string) => V,
  least: V,
  most: V,
): void {
  const fit = values instanceof type ? values : type.from(values, (value) => check(value, what));
  for (let index = 0; index < fit.length; index++) {
    const value = fit[index]!;
    if (!(value >= least && value <= most)) refuseRange_(value, least, most, what);
  }
  setNumbers_(data, at, fit, type, length, what, check);
}

//// little_
/** Whether this machine's byte order is the layout's. */
const little_: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

//// swap_
function swap_(bytes: Uint8Array, size: number): void {
  for (let start = 0; start < bytes.length; start += size) bytes.subarray(start, start + size).reverse();
}

//// ringgen_
/** The package that rings need; nothing else in this module does. */
const ringgen_ = (): Promise<typeof import("ringgen")> => import("ringgen");
