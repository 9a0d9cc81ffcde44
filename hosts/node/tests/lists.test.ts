import { deepStrictEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { Scan, ScanFields, ScanReader, ScanView } from "../../../ringgen-schema/tests/cases/lists/out.js";

/** Something in every list, and as much as there is room for in some. */
function full(): Scan {
  return {
    ranges: Float32Array.of(0, 1.5, 30.5),
    wide: BigUint64Array.of(1n, 2n ** 64n - 1n),
    colors: [1, 200, 3],
    points: [{ x: 1, y: 2 }],
    names: ["six by", "ä"],
    keys: [Uint8Array.of(1, 2, 3, 4)],
    rows: [Uint16Array.of(1, 2, 3), Uint16Array.of(4, 5, 6)],
    flags: [true],
    kindOf: Uint8Array.of(9),
  };
}

const lists = ["ranges", "wide", "colors", "points", "names", "keys", "rows", "flags", "kindOf"] as const;
const most = { ranges: 8, wide: 5, colors: 3, points: 2, names: 2, keys: 2, rows: 2, flags: 1, kindOf: 1 } as const;

test("what counts comes back as it went in", () => {
  deepStrictEqual(Scan.decode(Scan.encode(full())), full());
  const empty: Scan = Scan.zero();
  for (const list of lists) equal(empty[list].length, 0);
  deepStrictEqual(Scan.decode(Scan.encode(empty)), empty);
  deepStrictEqual(new ScanView().assign(full()).toObject(), full());
  deepStrictEqual(Scan.encode(new ScanView().assign(full())), Scan.encode(full()), "a view is a plain object too");
  const json = JSON.parse(JSON.stringify(new ScanView().assign(full()))) as Record<string, unknown>;
  deepStrictEqual([json["ranges"], json["wide"]], [[0, 1.5, 30.5], ["1", "18446744073709551615"]]);
});

test("the length lies in its own field, and what does not count is zero, whatever was there", () => {
  const bytes = new Uint8Array(Scan.SIZE).fill(0xaa);
  const data = new DataView(bytes.buffer);
  Scan.write(data, 0, full());
  for (const list of lists) {
    const [length, items] = [ScanFields[`${list}Len`], ScanFields[list]];
    equal(length.type, "u32");
    equal(data.getUint32(length.offset, true), full()[list].length, list);
    const one = items.size / most[list];
    const rest = bytes.subarray(items.offset + one * full()[list].length, items.offset + items.size);
    ok(rest.every((byte) => byte === 0), list);
  }
});

test("more than there is room for is refused, and the limit named", () => {
  const view = new ScanView().assign(full());
  for (const list of lists) {
    const one = full()[list][0]!;
    const message = `Scan.${list}: ${most[list] + 1} elements, ${most[list]} at most`;
    const value = { [list]: new Array(most[list] + 1).fill(one) };
    throws(() => Object.assign(view, value), { name: "RangeError", message });
    throws(() => Scan.encode({ ...full(), ...value }), { name: "RangeError", message });
    throws(() => Object.assign(view, { [`${list}Len`]: most[list] + 1 }), { name: "RangeError", message });
  }
  deepStrictEqual(view.toObject(), full(), "and nothing of it is written");
  for (const length of [-1, 0.5, NaN, 2 ** 32]) throws(() => (view.rangesLen = length), RangeError);
  throws(() => Object.assign(view, { rangesLen: 1n }), TypeError);
  throws(() => (view.ranges = [1, 31]), { name: "RangeError", message: "Scan.ranges: 31 is not from 0 to 30.5" });
});

test("single elements are those that count", () => {
  const view = new ScanView().assign(full());
  equal(view.rangesAt(2), 30.5);
  view.setRangesAt(2, 3);
  equal(view.ranges[2], 3);
  for (const index of [3, 7, 8, -1, 0.5]) {
    const message = `Scan.ranges: there is no element ${index} of 3`;
    throws(() => view.rangesAt(index), { name: "RangeError", message });
    throws(() => view.setRangesAt(index, 1), RangeError);
  }
  equal(view.rowsAt(1, 2), 6);
  throws(() => view.rowsAt(2, 0), RangeError);
  equal(view.pointsAt(0).y, 2);
  throws(() => view.pointsAt(1), RangeError);
  deepStrictEqual(view.namesBytesAt(1), Uint8Array.of(0xc3, 0xa4, 0, 0, 0, 0));
  throws(() => view.setRangesAt(0, 30.6), RangeError);
});

test("a list is made longer and shorter in place; what comes to count is zero", () => {
  // As a slot that others wrote to.
  const bytes = new Uint8Array(Scan.SIZE).fill(0xaa);
  const view = new ScanView(new DataView(bytes.buffer));
  view.pointsLen = 0;
  view.pointsLen = 2;
  deepStrictEqual(view.points.map((point) => point.toObject()), [{ x: 0, y: 0 }, { x: 0, y: 0 }]);
  view.pointsAt(1).x = 7;
  view.pointsAt(0).x = 6;
  view.pointsLen = 1;
  view.pointsLen = 2;
  deepStrictEqual(view.points.map((point) => point.x), [6, 0]);
  view.ranges = [1, 2, 3];
  view.rangesLen = 2;
  deepStrictEqual(view.ranges, Float32Array.of(1, 2));
  const { offset, size } = ScanFields.ranges;
  ok(bytes.subarray(offset + 8, offset + size).every((byte) => byte === 0));
});

test("whatever a peer says, nothing behind the end is looked at, and who asks is told", () => {
  for (const said of [9, 0x7fff_ffff, 0xffff_ffff]) {
    for (const list of lists) {
      const bytes = Scan.encode(full());
      const data = new DataView(bytes.buffer);
      data.setUint32(ScanFields[`${list}Len`].offset, said, true);
      const reader = new ScanReader(data);
      equal(reader[list].length, most[list]);
      equal(reader[`${list}Len`], most[list]);
      equal(Scan.decode(bytes)[list].length, most[list]);
      const message = `Scan.${list}: ${said} elements, ${most[list]} at most`;
      throws(() => reader.validate(), { name: "RangeError", message });
      throws(() => Scan.check(data, 0), { name: "RangeError", message });
    }
    const data = new DataView(Scan.encode(full()).buffer);
    data.setUint32(ScanFields.rangesLen.offset, said, true);
    throws(() => Scan.view(data, 0).rangesAt(8), { message: "Scan.ranges: there is no element 8 of 8" });
    equal(Scan.view(data, 0).rangesAt(7), 0);
  }
});

test("elements that could not be written are told from those that don't count", () => {
  const bytes = Scan.encode(full());
  const data = new DataView(bytes.buffer);
  const { ranges, names } = ScanFields;
  data.setFloat32(ranges.offset + 3 * 4, 99, true);
  data.setUint8(names.offset + 11, 0xff);
  Scan.check(data, 0);
  data.setFloat32(ranges.offset + 2 * 4, 99, true);
  throws(() => Scan.check(data, 0), { name: "RangeError", message: "Scan.ranges: 99 is not from 0 to 30.5" });
  equal(Scan.decode(bytes).ranges[2], 99, "which are read as they are");
  throws(() => Scan.validate(Scan.decode(bytes)), /Scan\.ranges: 99/);
  data.setFloat32(ranges.offset + 2 * 4, 2, true);
  Scan.validate(Scan.decode(bytes));
  data.setUint8(names.offset, 0xff);
  throws(() => Scan.check(data, 0), { name: "TypeError", message: /Scan\.names/ });
});
