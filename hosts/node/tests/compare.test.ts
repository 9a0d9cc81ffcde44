// Which layouts can share a ring: the pairs of tests/compatible, which every host reads; and what attach makes of it.
import { deepStrictEqual, equal, ok, throws } from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { LayoutMismatch, Ring, RingError } from "ringgen";
import type { RingType } from "ringgen";
import type * as compare from "../src/compare.js";
import { Trade, Trades } from "../../../generated/typescript/market.js";
import type { TradeReader, TradeView } from "../../../generated/typescript/market.js";
import { scratch } from "./helpers.js";

// Not exported: what is tested is what is published, in dist/.
const { compareLayouts } = (await import(
  new URL("../../../../dist/compare.js", import.meta.url).href
)) as typeof compare;

interface Case {
  readonly name: string;
  readonly mine: string;
  readonly theirs: string;
  readonly verdict: string;
  readonly differences: readonly string[];
}

const folder = new URL("../../../../../../tests/compatible/", import.meta.url);
const cases: readonly Case[] = readdirSync(folder)
  .filter((file) => file.endsWith(".txt"))
  .sort()
  .map((file) => {
    const sections = readFileSync(new URL(file, folder), "utf8").split(/^=== /m);
    const [, mine, theirs, verdict] = sections;
    ok(sections.length === 4 && mine!.startsWith("mine\n") && theirs!.startsWith("theirs\n"), file);
    const [word, ...differences] = verdict!.trimEnd().split("\n");
    return { name: file.slice(0, -4), mine: mine!.slice(5), theirs: theirs!.slice(7), verdict: word!, differences };
  });

const words = ({ type, member, mine, theirs }: compare.Difference): string =>
  `${type}${member && `.${member}`}: here \`${mine}\`, in the ring \`${theirs}\``;

function verdict(mine: string, theirs: string): readonly [string, readonly string[]] {
  const found = compareLayouts(mine, theirs);
  switch (found.verdict) {
    case "same":
      return ["same", []];
    case "compatible":
      return ["compatible", found.differences.map(words)];
    case "different":
      return ["different", [words(found.difference)]];
  }
}

test("each pair of layouts has the verdict of its file, whoever attaches", () => {
  deepStrictEqual(new Set(cases.map((of) => of.verdict)), new Set(["compatible", "different", "same"]));
  for (const { name, mine, theirs, verdict: expected, differences } of cases) {
    deepStrictEqual(verdict(mine, theirs), [expected, differences], name);
    equal(verdict(theirs, mine)[0], expected, `${name}, the other way round`);
  }
});

test("any text has a verdict", () => {
  let state = 1;
  const random = (below: number): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % below;
  const lines = cases.flatMap((of) => [...of.mine.split("\n"), ...of.theirs.split("\n")]);
  const seen = new Set<string>();
  for (let round = 0; round < 5000; round++) {
    const { mine, theirs } = cases[random(cases.length)]!;
    const changed = theirs.split("\n");
    for (let change = random(3); change >= 0; change--) {
      const line = lines[random(lines.length)]!;
      const added = [[], [line], [line.slice(0, random(line.length + 1))]][random(3)]!;
      changed.splice(random(changed.length + 1), random(2), ...added);
    }
    const [word, differences] = verdict(mine, changed.join("\n"));
    seen.add(word);
    ok(word !== "different" || differences.length === 1);
  }
  equal(seen.size, 3);
});

/** `trades` of a message of 40 bytes that is an id and what lies behind it. */
function trades(version: number, ...lines: readonly string[]): RingType<Trade, TradeReader, TradeView> {
  const notes = ["#ringgen 1", `#package market ${version}`, ""];
  const SCHEMA = ["message Trade 40 8", "0 8 u64 - id", ...lines, ...notes].join("\n");
  // A layout hash may be any number that no other layout has.
  const [LAYOUT_HASH, SCHEMA_HASH] = [fnv1a128(lines.join()), fnv1a128(SCHEMA)];
  return { ...Trades, MESSAGE: { ...Trade, VERSION: version, SCHEMA, LAYOUT_HASH, SCHEMA_HASH } };
}

function fnv1a128(text: string): string {
  const prime = (1n << 88n) + 0x13bn;
  const step = (hash: bigint, byte: number): bigint => ((hash ^ BigInt(byte)) * prime) & ((1n << 128n) - 1n);
  return Buffer.from(text).reduce(step, 0x6c62272e07bb014262b821756295c58dn).toString(16).padStart(32, "0");
}

const older = trades(1, "8 32 reserved - _later");
const newer = trades(2, "8 4 u32 - venue", "12 28 reserved - _later");

/** What is said to who expects `mine` and finds a ring of `theirs`: in a file, which is the addon's, and in memory. */
function* attach(mine: typeof older, theirs: typeof older): Iterable<readonly string[]> {
  const dir = scratch();
  Ring.create(theirs, { dir, capacity: 8 });
  for (const ring of [Ring.attach(mine, { dir }), Ring.over(mine, Ring.allocate(theirs, { capacity: 8 }).buffer!)]) {
    using producer = ring.producer();
    using consumer = ring.consumer();
    deepStrictEqual(producer.warnings(), ring.warnings());
    deepStrictEqual(consumer.warnings(), ring.warnings());
    yield ring.warnings();
  }
}

test("a field in reserved bytes is attached to, with a warning that names it", async () => {
  const start = 'ring "market.trades": Trade has another layout than the one expected here, and a compatible one: ';
  const emitted = new Promise<Error>((resolve) => process.once("warning", resolve));
  for (const warnings of attach(newer, older)) {
    deepStrictEqual(warnings, [`${start}Trade.venue is here \`venue: u32 at 8\`, in the ring \`reserved\``]);
  }
  equal((await emitted).name, "RinggenWarning");
  for (const warnings of attach(older, newer)) {
    deepStrictEqual(warnings, [`${start}Trade.venue is here \`reserved\`, in the ring \`venue: u32 at 8\``]);
  }
  for (const warnings of attach(newer, newer)) deepStrictEqual(warnings, []);
});

test("a warning names some of many differences, and lines where nothing has a name", () => {
  const lines = Array.from("abcdefghijklmnopqrstuvwxyzABCDEF", (name, at) => `${8 + at} 1 u8 - ${name}`);
  const letters = trades(3, ...lines);
  for (const [warning] of attach(letters, older)) {
    equal(warning!.split("in the ring `reserved`").length - 1, 8);
    ok(warning!.endsWith("in the ring `reserved`; and 24 more"), warning);
  }
  const halves = trades(1, "8 16 reserved - _a", "24 16 reserved - _b");
  for (const [warning] of attach(halves, older)) {
    ok(warning!.endsWith(": here `8 16 reserved - _a`, in the ring `8 32 reserved - _later`"), warning);
  }
});

test("a contradiction is named, and not what may differ", () => {
  const theirs = trades(2, "8 4 i32 - venue", "12 28 reserved - _later");
  const refused = (error: unknown): boolean => {
    ok(error instanceof LayoutMismatch);
    const difference = "Trade.venue differs: here `venue: u32 at 8`, in the ring `venue: i32 at 8`";
    equal(error.message, `ring "market.trades": ${difference}`);
    return true;
  };
  const dir = scratch();
  Ring.create(theirs, { dir, capacity: 8 });
  throws(() => Ring.attach(newer, { dir }), refused);
  throws(() => Ring.over(newer, Ring.allocate(theirs, { capacity: 8 }).buffer!), refused);
});

test("a ring that contradicts itself is refused", () => {
  const liar = { ...older, MESSAGE: { ...older.MESSAGE, LAYOUT_HASH: "0".repeat(32) } };
  const hashes = new RegExp(`layout ${older.MESSAGE.LAYOUT_HASH}.*layout 0{32}`);
  const dir = scratch();
  Ring.create(liar, { dir, capacity: 8 });
  throws(() => Ring.attach(older, { dir }), hashes);
  throws(() => Ring.over(older, Ring.allocate(liar, { capacity: 8 }).buffer!), hashes);

  const longer = { ...older, MESSAGE: { ...older.MESSAGE, SIZE: 48 } };
  const notARing = (error: unknown): boolean => error instanceof RingError && error.code === "NotARing";
  const other = scratch();
  Ring.create(longer, { dir: other, capacity: 8 });
  throws(() => Ring.attach(newer, { dir: other }), notARing);
  throws(() => Ring.over(newer, Ring.allocate(longer, { capacity: 8 }).buffer!), notARing);
});
