// Numbers that may be absent, numbers that have a range, and what lies in no plain object.
import { deepStrictEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { Side, Quote, QuoteFields, QuoteView } from "../../../ringgen-schema/tests/cases/nulls-and-ranges/out.js";
import { Conditions, Trade, TradeFields } from "../../../ringgen-schema/tests/cases/history-of-members/out.js";
import { Note, NoteFields, NoteView, Pair } from "../../../ringgen-schema/tests/cases/text-and-blob/out.js";
import * as without from "../../../ringgen-schema/tests/cases/structs-without-data/out.js";
import {
  Numbers,
  NumbersFields,
  NumbersView,
} from "../../../ringgen-schema/tests/cases/typescript-numbers-with-nulls-and-ranges/out.js";

const quote: Quote = {
  order: 1n,
  maker: 2n,
  mid: 0.25,
  mid32: -0,
  worst: Math.fround(0.1),
  side: Side.Sell,
  small: -5,
  depths: Uint16Array.of(1, 2, 3, 5),
};
const nothing: Quote = { ...quote, order: null, maker: null, mid: null, mid32: null, worst: null, side: null };

const numbers: Numbers = {
  order: 0,
  maker: 1000,
  change: 5,
  taker: Number.MAX_SAFE_INTEGER,
  delta: -2,
  limit: 10,
  big: 9n,
  kind: 1n,
  limits: [10, 20],
  grid: [Float32Array.of(0.1, 0.2), Float32Array.of(0.3, 0.1)],
  deltas: [-1],
  pairs: [Int16Array.of(-1, 1)],
};
const noNumbers: Numbers = {
  ...numbers,
  order: null,
  maker: null,
  change: null,
  taker: null,
  delta: null,
  big: null,
  kind: null,
};

test("null is null on both sides, and a value that stands for it in between", () => {
  for (const value of [quote, nothing]) deepStrictEqual(Quote.decode(Quote.encode(value)), value);
  for (const value of [numbers, noNumbers]) deepStrictEqual(Numbers.decode(Numbers.encode(value)), value);
  const data = new DataView(Quote.encode(nothing).buffer);
  const at = (name: keyof typeof QuoteFields): number => QuoteFields[name].offset;
  equal(data.getBigUint64(at("order"), true), QuoteFields.order.null);
  equal(data.getBigUint64(at("maker"), true), QuoteFields.maker.null);
  equal(data.getBigUint64(at("mid"), true), 0x7ff8_0000_0000_0000n);
  ok(Number.isNaN(QuoteFields.mid.null) && Number.isNaN(QuoteFields.mid32.null));
  equal(data.getUint32(at("mid32"), true), 0x7fc0_0000);
  equal(data.getFloat32(at("worst"), true), QuoteFields.worst.null);
  equal(data.getInt8(at("side")), QuoteFields.side.null);
  const words = new DataView(Numbers.encode(noNumbers).buffer);
  for (const name of ["order", "maker", "taker", "kind"] as const) {
    equal(words.getBigUint64(NumbersFields[name].offset, true), NumbersFields[name].null);
  }
  for (const name of ["change", "delta", "big"] as const) {
    equal(words.getBigInt64(NumbersFields[name].offset, true), NumbersFields[name].null);
  }
});

test("views read and write null", () => {
  const view = new QuoteView().assign(quote);
  for (const name of ["order", "maker", "mid", "mid32", "worst", "side"] as const) {
    equal(view[name], quote[name]);
    view[name] = null;
    equal(view[name], null);
  }
  const all = new NumbersView().assign(numbers);
  for (const name of ["order", "maker", "change", "taker", "delta", "big", "kind"] as const) {
    all[name] = null;
    equal(all[name], null);
  }
  deepStrictEqual(all.toObject(), noNumbers);
  deepStrictEqual((JSON.parse(JSON.stringify(view)) as Quote).mid, null);
});

test("any NaN is null where NaN stands for it, and nothing else is", () => {
  const data = new DataView(Quote.encode(quote).buffer);
  for (const bits of [0x7ff8_0000_0000_0001n, 0xfff0_0000_0000_0001n, 0x7fff_ffff_ffff_ffffn]) {
    data.setBigUint64(QuoteFields.mid.offset, bits, true);
    equal(Quote.read(data, 0).mid, null);
    Quote.check(data, 0);
  }
  data.setBigUint64(QuoteFields.mid.offset, 0x7ff0_0000_0000_0000n, true);
  equal(Quote.read(data, 0).mid, Infinity);
  // A value that stands for null may also be written as itself, though it lies outside of the range.
  const written = { ...quote, order: 2n ** 64n - 1n, maker: 0n, mid: NaN, mid32: NaN, worst: -1, side: -128 };
  deepStrictEqual(Quote.decode(Quote.encode(written)), nothing);
});

test("what is out of its range is refused and named, wherever it is set", () => {
  const refused: readonly [keyof Quote, unknown, string][] = [
    ["mid", 0.2499, "0.2499 is not from 0.25 to Infinity"],
    ["mid", -Infinity, "-Infinity is not from 0.25 to Infinity"],
    ["worst", 0.09, `${Math.fround(0.09)} is not from ${Math.fround(0.1)} to ${Math.fround(99.9)}`],
    ["worst", 100, `100 is not from ${Math.fround(0.1)} to ${Math.fround(99.9)}`],
    ["worst", NaN, `NaN is not from ${Math.fround(0.1)} to ${Math.fround(99.9)}`],
    ["small", 6, "6 is not from -5 to 5"],
    ["small", -6, "-6 is not from -5 to 5"],
    ["depths", [1, 2, 3, 0], "0 is not from 1 to 5"],
    ["depths", Uint16Array.of(6, 1, 1, 1), "6 is not from 1 to 5"],
    ["maker", 2n ** 64n, `${2n ** 64n} is not from 1 to ${2n ** 64n - 1n}`],
    ["small", 0.5, "0.5 is no i8"],
  ];
  for (const [name, value, text] of refused) {
    const error = { name: "RangeError", message: `Quote.${name}: ${text}` };
    throws(() => Quote.encode({ ...quote, [name]: value }), error);
    throws(() => Quote.validate({ ...quote, [name]: value }), error);
    throws(() => Object.assign(new QuoteView(), { [name]: value }), error);
  }
  const view = new QuoteView().assign(quote);
  throws(() => view.setDepthsAt(0, 6), { name: "RangeError", message: "Quote.depths: 6 is not from 1 to 5" });
  const wrong = {
    maker: 1001,
    change: 6,
    taker: -1,
    limit: 21,
    big: 10n,
    limits: [10, 9],
    grid: [[0.1, 0.2], [0.3, 0.4]],
    deltas: [0, -2],
    pairs: [Int16Array.of(0, 2)],
  };
  for (const [name, value] of Object.entries(wrong)) {
    const error = { name: "RangeError", message: new RegExp(`^Numbers\\.${name}: .* is not from `) };
    throws(() => Numbers.encode({ ...numbers, [name]: value }), error);
  }
});

test("what is rounded into the range is in it", () => {
  // Neither end is a float of 32 bits; the nearest one is what the range ends at.
  for (const worst of [0.1, 99.9]) equal(Quote.decode(Quote.encode({ ...quote, worst })).worst, Math.fround(worst));
  const view = new NumbersView();
  view.grid = [[0.1, 0.3], [0.3, 0.1]];
  equal(view.gridAt(0, 1), Math.fround(0.3));
});

test("what has another type is refused as such", () => {
  const refused: readonly [keyof Quote, readonly unknown[]][] = [
    ["order", [1, undefined]],
    ["maker", ["1", 5]],
    ["mid", ["1", undefined]],
    ["worst", ["1"]],
    ["side", [undefined]],
    ["small", ["1", null]],
    ["depths", [["1", 1, 1, 1]]],
  ];
  for (const [name, values] of refused) {
    for (const value of values) {
      const error = { name: "TypeError", message: new RegExp(`^Quote\\.${name}: `) };
      throws(() => Quote.encode({ ...quote, [name]: value }), error);
    }
  }
  for (const [name, value] of Object.entries({ order: 1n, maker: "5", taker: 1n, big: 1, limit: null })) {
    throws(() => Numbers.encode({ ...numbers, [name]: value }), { name: "TypeError", message: new RegExp(name) });
  }
});

test("what a peer writes is read as it is, and whoever asks is told", () => {
  const data = new DataView(Quote.encode(nothing).buffer);
  Quote.check(data, 0);
  data.setInt8(QuoteFields.small.offset, 100);
  equal(Quote.read(data, 0).small, 100);
  const message = "Quote.small: 100 is not from -5 to 5";
  throws(() => Quote.reader(data, 0).validate(), { name: "RangeError", message });
  throws(() => Quote.validate(Quote.read(data, 0)), RangeError);
  const words = new DataView(Numbers.encode(noNumbers).buffer);
  Numbers.check(words, 0);
  words.setBigUint64(NumbersFields.maker.offset, 1001n, true);
  throws(() => Numbers.check(words, 0), { name: "RangeError", message: "Numbers.maker: 1001 is not from 1 to 1000" });
  words.setBigUint64(NumbersFields.maker.offset, 2n ** 64n - 2n, true);
  throws(() => Numbers.check(words, 0), { name: "RangeError", message: /Numbers\.maker: .* read it as a bigint/ });
  throws(() => Numbers.read(words, 0), RangeError);
});

test("the table says what stands for null, ranges, and history", () => {
  deepStrictEqual(QuoteFields.maker.range, [1n, 2n ** 64n - 1n]);
  deepStrictEqual(QuoteFields.mid.range, [0.25, Infinity]);
  deepStrictEqual(QuoteFields.depths.range, [1, 5]);
  deepStrictEqual([TradeFields.id.deprecated, TradeFields.venue.since], [3, 2]);
  equal(TradeFields.price.name, "price");
  ok(Trade.SCHEMA.includes("8 8 f64 - px\n"), "rings know it by its first name");
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is, and that is seen
  equal(Conditions.Odd, 1);
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- so is this
  equal(Trade.zero().id, 0n);
});

test("references into a slab are in the table and in no object, and written as zero", () => {
  deepStrictEqual(NoteFields.body, { name: "body", type: "text[4096]", offset: 8, size: 16 });
  deepStrictEqual(Note.zero(), { ts: 0 });
  const bytes = new Uint8Array(Note.SIZE).fill(0xaa);
  Note.write(new DataView(bytes.buffer), 0, { ts: 0 });
  ok(bytes.every((byte) => byte === 0));
  ok(!("body" in new NoteView()));
  deepStrictEqual(Pair.decode(Pair.encode({ notes: [{ ts: 1 }, { ts: 2 }] })), { notes: [{ ts: 1 }, { ts: 2 }] });
});

test("messages without data are empty objects of zeros", async () => {
  const { Event, Heartbeat, Heartbeats, Pair: Pairs } = without;
  deepStrictEqual(Heartbeat.decode(Heartbeat.encode({})), {});
  const pair: without.Pair = { first: {}, rest: [{}, {}], more: [{}], event: { kind: "Remark", value: {} } };
  deepStrictEqual(Pairs.decode(Pairs.encode(pair)), pair);
  deepStrictEqual(new without.PairView().assign(pair).toObject(), pair);
  const bytes = new Uint8Array(Event.SIZE).fill(0xaa);
  Event.write(new DataView(bytes.buffer), 0, { kind: "Heartbeat", value: {} });
  deepStrictEqual(bytes, Uint8Array.of(1, ...new Array<number>(Event.SIZE - 1).fill(0)));
  const ring = await Heartbeats.allocate();
  using producer = ring.producer();
  using consumer = ring.consumer();
  producer.tryPush({});
  deepStrictEqual(consumer.tryPop(), {});
});
