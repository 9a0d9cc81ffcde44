// What Node counts, and what it says of the counters of a ring: `node count.js RING`; see tests/stats.rs.
import { Ring } from "ringgen";
import type { Stats } from "ringgen";

import { Trade, Trades } from "./market.js";

const line = ({ stalls, parks, wakes, dropped, highWater }: Stats): string =>
  `{"stalls":${stalls},"parks":${parks},"wakes":${wakes},"dropped":${dropped},"high_water":${highWater}}`;

const ring = Ring.attach(Trades, { name: process.argv[2]! });
using tx = ring.producer();
using rx = ring.consumer();
console.log(`[${line(tx.stats())},${line(rx.stats())}]`);
const zero = Trade.read(new DataView(new ArrayBuffer(Trade.SIZE)), 0);
rx.tryPop();
for (let id = 0n; id < 3n; id++) tx.pushSync({ ...zero, id });
while (rx.tryPop() !== null);
for (let id = 0n; id < 8n; id++) tx.pushSync({ ...zero, id });
tx.tryPush(zero);
console.log(`[${line(tx.stats())},${line(rx.stats())}]`);
tx.detach();
