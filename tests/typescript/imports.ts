// What types of a sibling module are good for, in one that imports them: `node imports.js`. See tests/typescript.rs.
import { deepStrictEqual, equal, ok, throws } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Closed } from "ringgen";
import { Event, Events, Ticks, Trade, TradeView } from "./example.js";
import { Point } from "./geometry.js";
import { Side, Turn } from "./sides.js";
import { Tick, TickReader, TickView, Timestamp, TimestampReader } from "./time_of_day.js";

// Each package has its own options: this one's fields keep their names.
const at: Timestamp = { unix_ns: 2n ** 63n };
const trade: Trade = {
  at,
  side: Side.Sell,
  depths: Uint16Array.of(1, 2, 3),
  corners: [{ x: 1, y: 2 }, { x: 3, y: 4 }],
};
const events: readonly Event[] = [
  { kind: "Trade", value: trade },
  { kind: "Tick", value: { at } },
  { kind: undefined, tag: 3, bytes: new Uint8Array(32).fill(7) },
];

deepStrictEqual(Trade.decode(Trade.encode(trade)), trade);
deepStrictEqual(Turn.decode(Turn.encode({ at, side: Side.Buy })), { at, side: Side.Buy });
for (const event of events) deepStrictEqual(Event.decode(Event.encode(event)), event);
throws(() => Trade.encode({ ...trade, at: { unix_ns: -1n } }), { name: "RangeError", message: /Timestamp\.unix_ns/ });

const view = new TradeView().assign(trade);
view.at.unix_ns += 1n;
view.side = null;
view.cornersAt(1).x = 9;
view.setCornersAt(0, { x: 8, y: 8 });
deepStrictEqual(view.corners.map((corner) => corner.toObject()), [{ x: 8, y: 8 }, { x: 9, y: 4 }]);
equal(view.toObject().at.unix_ns, 2n ** 63n + 1n);
equal(view.side, null);
deepStrictEqual(Point.decode(Trade.encode(view).subarray(24)), { x: 9, y: 4 });

equal(Ticks.MESSAGE, Tick, "the layout of the sibling, and no copy");
const ring = await Events.allocate();
const [producer, consumer] = [ring.producer(), ring.consumer()];
for (const event of events) producer.pushSync(event);
const peek = consumer.peek(3)!;
const tick = peek.at(1).asTick()!;
ok(tick instanceof TickReader && tick.at instanceof TimestampReader);
equal(tick.at.unix_ns, at.unix_ns);
peek.giveUp();
throws(() => tick.at.unix_ns, Closed, "views of another module die like one's own");
producer.close();
const seen: Event[] = [];
for await (const event of consumer) seen.push(event);
deepStrictEqual(seen, events);

const ticks = await Ticks.allocate();
ticks.producer().pushSync({ at });
const taken = new TickView();
ok(ticks.consumer().popInto(taken));
equal(taken.at.unix_ns, at.unix_ns);

const script = readFileSync(new URL("example.js", import.meta.url), "utf8");
ok(script.includes('from "./time_of_day.js"') && !script.includes("./sides.js"), "types alone are not loaded");
console.log("all of it");
