// Rings without a name: made here, inherited by others. What is refused is in tests/surroundings of the repository.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { ftruncateSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { Ring, RingError } from "ringgen";
import { Trades } from "../../../generated/typescript/market.js";
import { scratch, trade } from "./helpers.js";

test("a ring without a name goes on from one handle to another, and its roles have one holder", async () => {
  const ring = Ring.createAnonymous(Trades, { capacity: 4, instance: "7" });
  assert.equal(ring.path, "memfd:market.trades.7");
  const other = Ring.fromFd(Trades, ring.fd!);
  using producer = ring.producer();
  using consumer = other.consumer();
  assert.throws(() => other.producer(), { code: "RoleTaken" });
  await producer.push(trade(0));
  assert.deepEqual(await consumer.pop(), trade(0));
  assert.equal(ring.unlink(), false);
});

test("nobody changes its size", () => {
  const ring = Ring.createAnonymous(Trades, { capacity: 4 });
  assert.throws(() => ftruncateSync(ring.fd!, 0), { code: "EPERM" });
  assert.throws(() => ftruncateSync(ring.fd!, 1 << 20), { code: "EPERM" });
});

test("a descriptor of anything else is refused", () => {
  const file = Ring.create(Trades, { dir: scratch(), capacity: 4 });
  for (const fd of [file.fd!, openSync("/dev/null", "r+")]) {
    assert.throws(() => Ring.fromFd(Trades, fd), { code: "Refused", message: /the descriptor is of no memfd/ });
  }
  assert.throws(() => Ring.fromFd(Trades, 9999), { code: "Io" });
  for (const fd of [-1, 1.5, NaN]) assert.throws(() => Ring.fromFd(Trades, fd), RingError);
  assert.equal(Ring.allocate(Trades, { capacity: 4 }).fd, undefined);
});

const CHILD = `
  const { Ring } = await import(process.argv[1]);
  const { Trades } = await import(process.argv[2]);
  const consumer = Ring.fromFd(Trades, 3).consumer();
  for await (const trade of consumer) console.log(String(trade.id));
`;

test("a child inherits it, and gets what is pushed here", async () => {
  const ring = Ring.createAnonymous(Trades, { capacity: 4 });
  const modules = ["ringgen", "../../../generated/typescript/market.js"].map((name) => import.meta.resolve(name));
  const child = spawn(process.execPath, ["--input-type=module", "-e", CHILD, "--", ...modules], {
    stdio: ["ignore", "pipe", "inherit", ring.fd!],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => lines.push(line));
  const producer = ring.producer();
  for (let id = 0; id < 20; id++) await producer.push(trade(id), { timeout: 60_000 });
  producer.close();
  const [status] = (await once(child, "close")) as [number];
  assert.equal(status, 0);
  assert.deepEqual(lines, Array.from({ length: 20 }, (_, id) => String(id)));
});
