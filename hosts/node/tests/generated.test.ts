import { deepStrictEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import * as audio from "../../../generated/typescript/audio.js";
import * as kitchen from "../../../generated/typescript/kitchen_sink.js";
import * as market from "../../../generated/typescript/market.js";
import * as telemetry from "../../../generated/typescript/telemetry.js";
import {
  Everything,
  EverythingFields,
  EverythingView,
  Giant,
  Level,
  Options,
  nameOfLevel,
  namesOfOptions,
} from "../../../generated/typescript/kitchen_sink.js";
import type { EverythingReader } from "../../../generated/typescript/kitchen_sink.js";
import { Closed, Ring } from "ringgen";
import type { RingType } from "ringgen";
import { scratch } from "./helpers.js";

/** A value in every field, no two bytes alike where that can be. */
function full(): Everything {
  const inner = (tag: number) => ({ tag, text: `t${tag}`, flag: tag % 2 === 1 });
  const outer = (tag: number) => ({ inner: inner(tag), pair: [inner(tag + 1), inner(tag + 2)], value: tag / 3 });
  return {
    ...Everything.zero(),
    u8: 0xff,
    i8: -0x80,
    u16: 0xffff,
    u32: 0xffff_ffff,
    i16: -0x8000,
    i32: -0x8000_0000,
    u64: 2n ** 64n - 1n,
    i64: -(2n ** 63n),
    f32: Math.fround(0.1),
    f64: 0.1,
    yes: true,
    counter: Number.MAX_SAFE_INTEGER,
    level: Level.Low,
    giant: Giant.All,
    options: Options.First | Options.Last,
    small: 0x81,
    text: "naïve 😀",
    raw: Uint8Array.of(1, 0, 255, 3, 4, 5),
    outer: outer(1),
    words: Uint16Array.of(1, 2, 0xffff),
    grid: [Float32Array.of(1, 2, 3), Float32Array.of(4, 5, 6)],
    longs: BigInt64Array.of(-1n, 2n ** 62n),
    bools: [true, false, true],
    levels: [Level.High, 12345],
    masks: [1, 0x7f],
    names: ["a", "", "äö"],
    blobs: [Uint8Array.of(1, 2), Uint8Array.of(3, 4)],
    outers: [outer(10), outer(20)],
  };
}

test("every field comes back as it went in", () => {
  const bytes = Everything.encode(full());
  equal(bytes.length, Everything.SIZE);
  deepStrictEqual(Everything.decode(bytes), full());
  const view = new EverythingView().assign(full());
  deepStrictEqual(view.toObject(), full());
  deepStrictEqual(Everything.encode(view), bytes, "a view is a plain object too");
  throws(() => Everything.decode(bytes.subarray(1)), RangeError);
  deepStrictEqual(Everything.decode(new Uint8Array([0, ...bytes]).subarray(1)), full(), "at any offset");
});

test("every field travels through a ring", async () => {
  const type: RingType<Everything, EverythingReader, EverythingView> = {
    NAME: "kitchen_sink.whole",
    CAPACITY: 4,
    KIND: "spsc",
    WAIT: "hybrid",
    MESSAGE: Everything,
  };
  for (const ring of [Ring.create(type, { dir: scratch() }), Ring.allocate(type)]) {
    using producer = ring.producer();
    using consumer = ring.consumer();
    for (let round = 0; round < 10; round++) {
      await producer.push(full());
      deepStrictEqual(await consumer.pop(), full());
      const view = new EverythingView().assign(full());
      const claim = producer.claim()!;
      claim.at(0).assign(view);
      claim.at(0).outersAt(1).pairAt(0).tag = round;
      claim.commit();
      const peek = consumer.peek()!;
      const outer = peek.at(0).outersAt(1);
      equal(outer.pairAt(0).tag, round);
      peek.release();
      throws(() => outer.value, Closed, "views of a view die with it");
      throws(() => outer.inner.tag, Closed);
    }
  }
});

test("every byte lies where the layout says", () => {
  // Setting one field changes the bytes of that field alone.
  const zero = Everything.encode(Everything.zero());
  ok(zero.every((byte) => byte === 0));
  let covered = 0;
  for (const [key, { offset, size, name }] of Object.entries(EverythingFields)) {
    covered += size;
    if (name.startsWith("_")) continue;
    const bytes = Everything.encode({ ...Everything.zero(), [key]: full()[key as keyof Everything] });
    const changed = [...bytes.keys()].filter((at) => bytes[at] !== 0);
    ok(changed.length > 0, name);
    ok(changed.every((at) => at >= offset && at < offset + size), `${name}: ${changed.join()} of ${offset}+${size}`);
  }
  equal(covered, Everything.SIZE);
});

test("little-endian, always", () => {
  const bytes = Everything.encode({ ...Everything.zero(), u32: 0x0403_0201, u64: 0x0807_0605_0403_0201n });
  deepStrictEqual([...bytes.subarray(EverythingFields.u32.offset).subarray(0, 4)], [1, 2, 3, 4]);
  deepStrictEqual([...bytes.subarray(EverythingFields.u64.offset).subarray(0, 8)], [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("padding and reserved bytes are written as zero, whatever was there", () => {
  const bytes = new Uint8Array(Everything.SIZE).fill(0xaa);
  Everything.write(new DataView(bytes.buffer), 0, Everything.zero());
  ok(bytes.every((byte) => byte === 0));
});

test("what does not fit is refused, and names its field", () => {
  const view = new EverythingView();
  const refused: readonly [keyof Everything, readonly unknown[], typeof RangeError | typeof TypeError][] = [
    ["u8", [-1, 256, 0.5, NaN, Infinity], RangeError],
    ["i8", [-129, 128], RangeError],
    ["u16", [-1, 65536], RangeError],
    ["i16", [-32769, 32768], RangeError],
    ["u32", [-1, 2 ** 32], RangeError],
    ["i32", [-(2 ** 31) - 1, 2 ** 31], RangeError],
    ["u64", [-1n, 2n ** 64n], RangeError],
    ["i64", [-(2n ** 63n) - 1n, 2n ** 63n], RangeError],
    ["counter", [-1, 2 ** 53, 0.5], RangeError],
    ["level", [32768], RangeError],
    ["giant", [-1n, 2n ** 64n], RangeError],
    ["small", [256], RangeError],
    ["text", ["thirteen bytes", "ääääääq", "a\0b", "\ud800"], RangeError],
    ["raw", [Uint8Array.of(1), [1, 2, 3, 4, 5, 256]], RangeError],
    ["words", [[1, 2], [1, 2, 65536], Uint16Array.of(1)], RangeError],
    ["grid", [[[1, 2, 3]], [[1], [2]]], RangeError],
    ["longs", [[1n, 2n ** 63n]], RangeError],
    ["names", [["a", "b"], ["a", "b", "ccccc"]], RangeError],
    ["u8", ["1", undefined, null, true, 1n], TypeError],
    ["f32", ["1", undefined, {}], TypeError],
    ["f64", ["1", undefined], TypeError],
    ["yes", [1, "true", undefined], TypeError],
    ["text", [1, undefined], TypeError],
    ["u64", [undefined, "1", 1], TypeError],
  ];
  for (const [key, values, type] of refused) {
    for (const value of values) {
      const check = (error: unknown): boolean => error instanceof type && error.message.includes(`Everything.${key}`);
      throws(() => Object.assign(view, { [key]: value }), check, `${key} = ${String(value)}`);
      throws(() => Everything.encode({ ...Everything.zero(), [key]: value }), check, `${key}: ${String(value)}`);
    }
  }
  const [{ names: _, ...left }, { names: __, ...zero }] = [view.toObject(), Everything.zero()];
  deepStrictEqual(left, zero, "nothing of it was written, but for texts in front of one that was refused");
});

test("any list of numbers that fit can be written", () => {
  const view = new EverythingView();
  Object.assign(view, { words: [1, 2, 3], grid: [[1, 2, 3], Float32Array.of(4, 5, 6)], raw: [1, 2, 3, 4, 5, 6] });
  deepStrictEqual(view.words, Uint16Array.of(1, 2, 3));
  deepStrictEqual(view.grid[1], Float32Array.of(4, 5, 6));
  deepStrictEqual(view.raw, Uint8Array.of(1, 2, 3, 4, 5, 6));
});

test("single elements are read and written in place", () => {
  const view = new EverythingView().assign(full());
  view.setWordsAt(1, 77);
  view.setGridAt(1, 2, 0.5);
  view.setNamesAt(0, "zz");
  view.outersAt(1).value = 9;
  view.outersAt(1).pair[0]!.tag = 3;
  view.outer.inner.flag = false;
  equal(view.wordsAt(1), 77);
  equal(view.gridAt(1, 2), 0.5);
  equal(view.names[0], "zz");
  equal(view.outers[1]!.value, 9);
  equal(view.outers[1]!.pairAt(0).tag, 3);
  equal(view.outer.inner.flag, false);
  for (const index of [-1, 3, 0.5, NaN]) throws(() => view.wordsAt(index), RangeError);
  throws(() => view.setGridAt(0, 3, 1), RangeError);
  throws(() => view.outersAt(2), RangeError);
});

test("what a view shows of an array is a copy", () => {
  const view = new EverythingView().assign(full());
  const [words, raw] = [view.words, view.raw];
  words[0] = 9;
  raw[0] = 9;
  equal(view.wordsAt(0), 1);
  equal(view.raw[0], 1);
});

test("enums and flags are open: what has no name is kept", () => {
  const bytes = Everything.encode({ ...Everything.zero(), level: 77, giant: 5n, options: 6n, small: 0xff });
  const back = Everything.decode(bytes);
  deepStrictEqual([back.level, back.giant, back.options, back.small], [77, 5n, 6n, 0xff]);
  equal(nameOfLevel(77), undefined);
  equal(nameOfLevel(Level.Low), "Low");
  deepStrictEqual(namesOfOptions(Options.First | Options.Last | 8n), ["First", "Last"]);
});

test("floats keep every bit that they can have", () => {
  for (const value of [NaN, Infinity, -Infinity, -0, Number.MIN_VALUE, Number.MAX_VALUE]) {
    ok(Object.is(Everything.decode(Everything.encode({ ...Everything.zero(), f64: value })).f64, value));
  }
  equal(Everything.decode(Everything.encode({ ...Everything.zero(), f32: 0.1 })).f32, Math.fround(0.1));
});

test("a number past 2^53 is refused where a number was asked for", () => {
  const bytes = Everything.encode(Everything.zero());
  new DataView(bytes.buffer).setBigUint64(EverythingFields.counter.offset, 2n ** 53n, true);
  throws(() => Everything.decode(bytes), { name: "RangeError", message: /Everything\.counter.*9007199254740992/ });
  new DataView(bytes.buffer).setBigUint64(EverythingFields.counter.offset, 2n ** 53n - 1n, true);
  equal(Everything.decode(bytes).counter, Number.MAX_SAFE_INTEGER);
});

test("texts: cut by nobody, ended by the first NUL, and refused if they are no UTF-8", () => {
  const bytes = Everything.encode({ ...Everything.zero(), text: "twelve bytes" });
  equal(Everything.decode(bytes).text, "twelve bytes");
  const at = EverythingFields.text.offset;
  bytes.set([0x61, 0, 0x62], at);
  equal(Everything.decode(bytes).text, "a");
  bytes.set([0xc3], at + 11);
  equal(Everything.decode(bytes).text, "a", "what lies behind is not looked at");
  bytes.set([0x61, 0xc3, 0x28], at);
  throws(() => Everything.decode(bytes), { name: "TypeError", message: /Everything\.text/ });
  const bom = Everything.decode(Everything.encode({ ...Everything.zero(), text: "\ufeffa" }));
  equal(bom.text, "\ufeffa", "a byte order mark is a character");
});

test("JSON survives bigints, and views print as themselves", () => {
  const view = new EverythingView().assign(full());
  const parsed = JSON.parse(JSON.stringify(view)) as Record<string, unknown>;
  equal(parsed["u64"], "18446744073709551615");
  equal(parsed["i64"], "-9223372036854775808");
  deepStrictEqual(parsed["words"], [1, 2, 65535]);
  deepStrictEqual(parsed["longs"], ["-1", "4611686018427387904"]);
  deepStrictEqual(parsed["grid"], [[1, 2, 3], [4, 5, 6]]);
  deepStrictEqual(parsed, JSON.parse(JSON.stringify(Everything.toJSON(full()))));
});

test("fields that JavaScript reserves have their names", () => {
  const words = { ...kitchen.ReservedWords.zero(), type: 1, class: 2, function: 3, twoWords: 4, inTypeScript: 5 };
  deepStrictEqual(kitchen.ReservedWords.decode(kitchen.ReservedWords.encode(words)), words);
  equal(kitchen.ReservedWordsFields.twoWords.name, "two_words");
});

test("constants are what the schema says", () => {
  equal(kitchen.GREATEST, 2n ** 64n - 1n);
  equal(kitchen.LEAST, -(2n ** 63n));
  equal(kitchen.RATIO, 0.1);
  equal(kitchen.ENABLED, true);
  equal(market.DEPTH, 5);
});

/** What a function throws. */
function refused(action: () => void): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}

test("every message of every package goes out and in", () => {
  const modules: readonly object[] = [audio, kitchen, market, telemetry];
  let count = 0;
  for (const module of modules) {
    for (const part of Object.values(module) as unknown[]) {
      if (typeof part !== "object" || part === null || !("SCHEMA" in part)) continue;
      const type = part as typeof Everything;
      const zero = type.zero();
      deepStrictEqual(type.decode(new Uint8Array(type.SIZE)), zero);
      const refusal = refused(() => type.validate(zero));
      if (refusal === undefined) deepStrictEqual(type.encode(zero), new Uint8Array(type.SIZE));
      else ok(refusal instanceof RangeError && type.SCHEMA.includes("\n#range "), "zero is in every range there is");
      const [kind, name, size, align] = type.SCHEMA.split(/\s/);
      deepStrictEqual([name, size, align], [type.NAME, String(type.SIZE), String(type.ALIGN)]);
      ok(["message", "struct", "variant"].includes(kind!));
      count++;
    }
  }
  ok(count >= 10);
});
