// The end of the demo: shows the rider's figures as they arrive, and compares each with its own computation.
//
// Usage: watch.js RIDE.csv BATCH REPORT.json [live]

import { readFileSync, writeFileSync } from "node:fs";
import { type Summary, Summaries, NP_WINDOW } from "./telemetry.js";

const PATIENCE = 60_000; // milliseconds

interface Expected {
  elapsed: number;
  power: number;
  powerMean: number;
  normalisedPower: number;
  work: number;
  ascent: number;
  distance: number;
}

/** What a rider would see after each second of the recorded file, computed without the other processes. */
function expectedOf(path: string): Expected[] {
  const rows = readFileSync(path, "utf8").trim().split("\n").slice(1).map((line) => line.split(","));
  const powers: number[] = [];
  let sum = 0;
  let fourthPowers = 0;
  let ascent = 0;
  let before: number | undefined;
  return rows.map((row) => {
    const [, , , altitude = "", power = "", , distance = "", , clock = ""] = row;
    powers.push(Number(power));
    const window = powers.slice(-NP_WINDOW);
    const rolling = window.reduce((total, watts) => total + watts, 0) / window.length;
    fourthPowers += rolling ** 4;
    sum += Number(power);
    // Altitudes travel as 32-bit floats.
    const height = Math.fround(Number(altitude));
    ascent += Math.max(0, height - (before ?? height));
    before = height;
    const [hours = 0, minutes = 0, seconds = 0] = (clock.split(" ").at(-1) ?? "").split(":").map(Number);
    return {
      elapsed: hours * 3600 + minutes * 60 + seconds,
      power: Number(power),
      powerMean: sum / powers.length,
      normalisedPower: (fourthPowers / powers.length) ** 0.25,
      work: sum / 1000,
      ascent,
      distance: Number(distance),
    };
  });
}

/** Whether two figures are the same but for the order in which they were summed. */
function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
}

/** Throws unless every figure is the one computed here. No object is made for it: this runs for every message. */
function check(summary: Summary, expected: Expected | undefined): void {
  const same =
    expected !== undefined &&
    summary.elapsed === expected.elapsed &&
    summary.power === expected.power &&
    close(summary.powerMean, expected.powerMean) &&
    close(summary.normalisedPower, expected.normalisedPower) &&
    close(summary.work, expected.work) &&
    close(summary.ascent, expected.ascent) &&
    close(summary.distance, expected.distance);
  if (!same) {
    const received = { ...summary, sent: undefined };
    throw new Error(`received ${JSON.stringify(received)}, computed here ${JSON.stringify(expected)}`);
  }
}

function show(summary: Summary): void {
  const minutes = Math.floor(summary.elapsed / 60);
  const bar = "█".repeat(Math.round(summary.power / 12)).padEnd(36);
  const figures = [
    `${String(minutes).padStart(3)}:${String(summary.elapsed % 60).padStart(2, "0")}`,
    `${(summary.distance / 1000).toFixed(1).padStart(5)} km`,
    `${(summary.speed * 3.6).toFixed(1).padStart(4)} km/h`,
    `↑${summary.ascent.toFixed(0).padStart(4)} m`,
    `NP ${summary.normalisedPower.toFixed(0).padStart(3)} W`,
    `${String(summary.power).padStart(3)} W ${bar}`,
  ];
  console.log("   " + figures.join("  ").trimEnd());
}

const [path = "", batchSize = "1", report = "", live] = process.argv.slice(2);
const batch = Number(batchSize);
const expected = expectedOf(path);
const ages: number[] = [];
let first = 0n;
let last = 0n;
let index = 0;
let shown = 0n;
let latest: Summary | undefined;

function take(summary: Summary, now: bigint): void {
  if (first === 0n) first = now;
  last = now;
  ages.push(Number(now - summary.sent));
  if (summary.elapsed === 0) index = 0;
  check(summary, expected[index]);
  index += 1;
  latest = summary;
  if (live !== undefined && now - shown > 400_000_000n) {
    shown = now;
    show(summary);
  }
}

const ring = await Summaries.openOrCreate();
using consumer = ring.consumer();
for (;;) {
  // Wait for one, then take what else is there: a full batch under load, one at a time when it trickles.
  const next = await consumer.pop({ timeout: PATIENCE });
  if (next === null) break;
  take(next, process.hrtime.bigint());
  if (batch > 1) {
    const more = consumer.popMany(batch - 1);
    const now = process.hrtime.bigint();
    for (const summary of more) take(summary, now);
  }
}
if (live !== undefined && latest !== undefined) show(latest);

ages.sort((a, b) => a - b);
const at = (share: number): number => ages[Math.floor((ages.length - 1) * share)] ?? 0;
writeFileSync(
  report,
  JSON.stringify({
    hop: "Rust → Node",
    batch,
    messages: ages.length,
    seconds: Number(last - first) / 1e9,
    p50_ns: at(0.5),
    p99_ns: at(0.99),
  }),
);
