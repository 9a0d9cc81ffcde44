import { deepStrictEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, workerData } from "node:worker_threads";
import { Closed, Ring } from "ringgen";
import {
  Book,
  BookReader,
  Event,
  EventFields,
  EventReader,
  EventTag,
  EventView,
  Events,
  Frame,
  FrameView,
  Wide,
  WideTag,
} from "../../../ringgen-schema/tests/cases/variants/out.js";
import type { EventsRing } from "../../../ringgen-schema/tests/cases/variants/out.js";
import { poke, scratch } from "./helpers.js";

const book = (first: bigint): Event => ({
  kind: "Book",
  value: { levels: [{ price: first, quantity: 1 }, { price: -first, quantity: 0xffff_ffff }] },
});
const heartbeat = (count: number): Event => ({ kind: "Heartbeat", value: { count } });
const worst = (price: bigint): Event => ({ kind: "Worst", value: { price, quantity: 7 } });
const unknown = (tag: number): Event => ({
  kind: undefined,
  tag,
  bytes: Uint8Array.from({ length: 64 }, (_, at) => at),
});

/** One of each case, and one of none. */
const all: readonly Event[] = [
  book(2n ** 62n),
  heartbeat(255),
  { kind: "Best", value: { price: 5n, quantity: 6 } },
  worst(-1n),
  unknown(9),
];

/** What narrows: that it is all of them is looked at by the compiler. */
function told(event: Event): string {
  switch (event.kind) {
    case "Book":
      return `book of ${event.value.levels.length}`;
    case "Heartbeat":
      return `beat ${event.value.count}`;
    case "Best":
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- it is, and that is seen
      return `best ${event.value.price}`;
    case "Worst":
      return `worst ${event.value.price}`;
    case undefined:
      return `${event.tag} of ${event.bytes.length} bytes`;
    default: {
      const none: never = event;
      return none;
    }
  }
}

/** What another process or thread does: pushes every event, round after round. */
async function produce(ring: EventsRing, rounds: number): Promise<void> {
  using producer = ring.producer();
  for (let round = 0; round < rounds; round++) for (const event of all) await producer.push(event);
}

if (process.argv[2] === "produce") {
  await produce(await Events.attach({ dir: process.argv[3]! }), 200);
} else if (!isMainThread) {
  await produce(await Events.over(workerData as SharedArrayBuffer), 200);
} else {
  test("every case comes back as it went in, and narrows by its kind", () => {
    for (const event of all) deepStrictEqual(Event.decode(Event.encode(event)), event);
    deepStrictEqual(all.map(told), ["book of 2", "beat 255", "best 5", "worst -1", "9 of 64 bytes"]);
  });

  test("the tag lies in front, the value at its place, and the rest is zero, whatever was there", () => {
    const { tag, payload } = EventFields;
    for (const event of all) {
      const bytes = new Uint8Array(Event.SIZE).fill(0xaa);
      const data = new DataView(bytes.buffer);
      Event.write(data, 0, event);
      const kept = event.kind === undefined ? 64 : { Book: 32, Heartbeat: 1, Best: 12, Worst: 12 }[event.kind];
      equal(data.getUint16(tag.offset, true), event.kind === undefined ? event.tag : EventTag[event.kind]);
      ok(bytes.subarray(tag.size, payload.offset).every((byte) => byte === 0));
      ok(bytes.subarray(payload.offset + kept).every((byte) => byte === 0));
    }
    const encoded = Event.encode(book(3n)).subarray(payload.offset).subarray(0, Book.SIZE);
    deepStrictEqual({ kind: "Book", value: Book.decode(encoded) }, book(3n));
    const wide = Wide.encode({ kind: "Heartbeat", value: { count: 3 } });
    deepStrictEqual([...wide], [255, 255, 255, 255, 255, 255, 255, 255, 3, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("a tag without a name is kept with its bytes, and written again as it came", () => {
    const bytes = Uint8Array.from({ length: Event.SIZE }, (_, at) => (at >= 2 && at < 64 ? 0 : at % 251));
    const event = Event.decode(bytes);
    ok(event.kind === undefined);
    equal(event.tag, 0x0100);
    deepStrictEqual(Event.encode(event), bytes);
    deepStrictEqual(Event.decode(Event.encode({ kind: undefined, tag: 5, bytes: [1, 2] as unknown as Uint8Array })), {
      kind: undefined,
      tag: 5,
      bytes: Uint8Array.of(1, 2, ...new Array<number>(62).fill(0)),
    });
    deepStrictEqual(Wide.zero(), { kind: undefined, tag: 0n, bytes: new Uint8Array(8) });
  });

  test("what is no case, or does not fit, is refused and named", () => {
    const none = new Uint8Array(0);
    const refused: readonly [unknown, typeof RangeError | typeof TypeError, RegExp][] = [
      [{ kind: "Boook", value: {} }, TypeError, /Event: "Boook" is none of its kinds/],
      [{ kind: null, tag: 1, bytes: none }, TypeError, /Event: null is none/],
      [{ kind: undefined, tag: 65536, bytes: none }, RangeError, /Event\.tag: 65536 is no u16/],
      [{ kind: undefined, tag: 1n, bytes: none }, TypeError, /Event\.tag: bigint is no u16/],
      [{ kind: undefined, tag: 1, bytes: new Uint8Array(65) }, RangeError, /Event\.bytes: 65 elements, 64 at most/],
      [{ kind: "Heartbeat", value: { count: 256 } }, RangeError, /Heartbeat\.count: 256 is no u8/],
      [{ kind: "Book", value: { levels: [] } }, RangeError, /Book\.levels: 0 elements, 2 expected/],
    ];
    for (const [event, type, message] of refused) {
      throws(() => Event.encode(event as Event), { name: type.name, message });
      throws(() => Event.validate(event as Event), { name: type.name, message });
      throws(() => new EventView().assign(event as Event), { name: type.name, message });
    }
  });

  test("views show the case that the bytes are then, and make it another", () => {
    const view = new EventView();
    equal(view.kind, "Heartbeat", "whose tag is 0");
    view.makeBook().setLevelsAt(1, { price: 8n, quantity: 9 });
    equal(view.tag, EventTag.Book);
    const kind: "Book" | "Heartbeat" | "Best" | "Worst" | undefined = view.kind;
    equal(kind, "Book");
    equal(view.asBook()?.levelsAt(1).price, 8n);
    equal(view.asHeartbeat(), undefined);
    equal(view.asWorst(), undefined);
    view.makeWorst().quantity = 3;
    deepStrictEqual(view.toObject(), { kind: "Worst", value: { price: 0n, quantity: 3 } }, "nothing of the book");
    for (const event of all) {
      deepStrictEqual(view.assign(event).toObject(), event);
      const reader = new EventReader(new DataView(Event.encode(event).buffer));
      deepStrictEqual([reader.kind, reader.toObject()], [event.kind, event]);
      equal(reader.value === undefined, event.kind === undefined);
    }
    view.assign(book(1n));
    const read = Event.reader(new DataView(Event.encode(view.toObject()).buffer), 0).value;
    ok(read instanceof BookReader && read.levelsAt(0).price === 1n, "one look that tells what it is");
    view.assign(unknown(77));
    deepStrictEqual([view.kind, view.tag, view.value, view.bytes[63]], [undefined, 77, undefined, 63]);
    view.load(new DataView(Event.encode(heartbeat(4)).buffer));
    equal(view.asHeartbeat()?.count, 4);
    equal(WideTag.Heartbeat, 2n ** 64n - 1n);
  });

  test("variants in a field, an array and a list", () => {
    const beat = (count: number): Wide => ({ kind: "Heartbeat", value: { count } });
    const frame: Frame = { first: worst(4n), rest: [beat(1), Wide.zero()], more: [beat(2)] };
    deepStrictEqual(Frame.decode(Frame.encode(frame)), frame);
    const view = new FrameView().assign(frame);
    equal(view.first.asWorst()?.price, 4n);
    view.first.makeHeartbeat().count = 5;
    view.first = heartbeat(6);
    equal(view.restAt(0).asHeartbeat()?.count, 1);
    view.setRestAt(1, beat(9));
    view.moreLen = 2;
    deepStrictEqual(view.toObject(), {
      first: heartbeat(6),
      rest: [beat(1), beat(9)],
      more: [beat(2), { kind: undefined, tag: 0n, bytes: new Uint8Array(8) }],
    });
    throws(() => view.setRestAt(2, beat(1)), RangeError);
  });

  test("JSON keeps the case, its tag if it has no name, and every digit", () => {
    deepStrictEqual(JSON.parse(JSON.stringify(Event.toJSON(worst(2n ** 60n)))), {
      kind: "Worst",
      value: { price: "1152921504606846976", quantity: 7 },
    });
    const json = JSON.stringify(new EventView().assign(unknown(9)));
    deepStrictEqual(JSON.parse(json), { tag: 9, bytes: Array.from({ length: 64 }, (_, at) => at) });
  });

  for (const kind of ["a file", "a SharedArrayBuffer"]) {
    test(`${kind}: every verb takes and gives events`, async () => {
      const dir = scratch();
      const ring = kind === "a file" ? await Events.create({ dir }) : await Events.allocate();
      using producer = ring.producer();
      using consumer = ring.consumer();
      for (let round = 0; round < 40; round++) {
        for (const event of all) await producer.push(event);
        for (const event of all) deepStrictEqual(await consumer.pop(), event);
      }
      equal(producer.pushMany(all), all.length);
      deepStrictEqual(consumer.popMany(10), all);

      const view = new EventView();
      ok(producer.tryPush(book(7n)) && consumer.popInto(view));
      deepStrictEqual(view.toObject(), book(7n));

      const claim = producer.claim(3)!;
      const heart = claim.at(0).makeHeartbeat();
      heart.count = 1;
      claim.at(1).makeBook().levelsAt(0).price = 2n;
      claim.at(2).assign(unknown(3));
      claim.commit();
      throws(() => heart.count, Closed, "a view of a view dies with it");
      const peek = consumer.peek(3)!;
      const [beat, full, other] = peek;
      deepStrictEqual([beat?.asHeartbeat()?.count, full?.asBook()?.levelsAt(0).price, other?.tag], [1, 2n, 3]);
      const first = peek.at(0);
      peek.release();
      throws(() => first.kind, Closed);

      const bad = { kind: "Heartbeat", value: { count: -1 } } as const;
      await rejects(producer.push(bad), RangeError);
      equal(consumer.tryPop(), null, "nothing of it was published");
      producer.pushMany(all);
      producer.close();
      const seen: Event[] = [];
      for await (const event of consumer) seen.push(event);
      deepStrictEqual(seen, all);
    });
  }

  test("another process sends every case, and one that has no name here", async () => {
    const dir = scratch();
    const ring = await Events.create({ dir, capacity: 8 });
    using consumer = ring.consumer();
    const peer = fork(fileURLToPath(import.meta.url), ["produce", dir]);
    let count = 0;
    for await (const event of consumer) deepStrictEqual(event, all[count++ % all.length]);
    equal(count, 200 * all.length);
    deepStrictEqual(await once(peer, "exit"), [0, null]);
  });

  test("another thread does", async () => {
    const ring = await Events.allocate({ capacity: 4 });
    using consumer = ring.consumer();
    const worker = new Worker(new URL(import.meta.url), { workerData: ring.buffer });
    let count = 0;
    for await (const event of consumer) deepStrictEqual(event, all[count++ % all.length]);
    equal(count, 200 * all.length);
    await once(worker, "exit");
  });

  test("a peer may write any tag at any time", async () => {
    const dir = scratch();
    const ring = await Events.create({ dir, capacity: 1 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    producer.tryPush(heartbeat(1));
    const peek = consumer.peek()!;
    const [event, beat] = [peek.at(0), peek.at(0).asHeartbeat()!];
    // The one slot ends with the file.
    const slot = statSync(ring.path!).size - 4096;
    poke(ring.path!, slot, 0xffff_1234n, 4);
    deepStrictEqual([event.kind, event.tag, event.asHeartbeat()], [undefined, 0x1234, undefined]);
    equal(beat.count, 1, "a view that there is looks at the same bytes still");
    peek.giveUp();
    const popped = consumer.tryPop();
    ok(popped !== null && popped.kind === undefined && popped.bytes[0] === 1);
  });

  test("a ring of another variant is refused", () => {
    const dir = scratch();
    Ring.create(Events, { dir });
    const SCHEMA = Event.SCHEMA.replace("7 message:Book Book", "8 message:Book Book");
    const other = { ...Event, LAYOUT_HASH: "0".repeat(32), SCHEMA };
    throws(() => Ring.attach({ ...Events, MESSAGE: other }, { dir }), /Event\.Book/);
  });
}
