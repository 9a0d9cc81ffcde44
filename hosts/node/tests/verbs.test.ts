import { deepStrictEqual, equal, ok, rejects, throws } from "node:assert/strict";
import { test } from "node:test";
import { Closed, Ring, RingError } from "ringgen";
import { TradeView, Trades } from "../../../generated/typescript/market.js";
import { kinds, scratch, starts, trade, until } from "./helpers.js";

for (const { kind, make } of kinds) {
  for (const first of starts) {
    test(`${kind} from ${first}: messages come out as they went in, over many laps`, () => {
      const ring = make({ capacity: 4, firstPosition: first });
      using producer = ring.producer();
      using consumer = ring.consumer();
      equal(producer.position(), first);
      for (let lap = 0; lap < 10; lap++) {
        for (let slot = 0; slot < 4; slot++) equal(producer.tryPush(trade(producer.position())), true);
        equal(producer.tryPush(trade(0)), false, "full is a value");
        for (let slot = 0; slot < 4; slot++) {
          const expected = trade(consumer.position());
          deepStrictEqual(consumer.tryPop(), expected);
        }
        equal(consumer.tryPop(), null, "empty is a value");
        equal(consumer.ended, false);
      }
      equal(producer.position(), first + 40n);
      equal(consumer.position(), first + 40n);
    });

    test(`${kind} from ${first}: batches wrap, and claims stop at the end of the memory`, () => {
      const ring = make({ capacity: 8, firstPosition: first });
      using producer = ring.producer();
      using consumer = ring.consumer();
      let [next, expected] = [first, first];
      for (let round = 0; round < 50; round++) {
        const values = Array.from({ length: (round % 11) + 1 }, (_, index) => trade(next + BigInt(index)));
        const pushed = producer.pushMany(values);
        equal(pushed, Math.min(values.length, 8));
        next += BigInt(pushed);
        for (const value of consumer.popMany(100)) deepStrictEqual(value, trade(expected++));
        equal(expected, next);

        const claim = producer.claim(5)!;
        const room = 8 - Number(next & 7n);
        equal(claim.length, Math.min(5, room), "contiguous slots alone");
        for (let index = 0; index < claim.length; index++) claim.at(index).assign(trade(next + BigInt(index)));
        const kept = Math.min(3, claim.length);
        claim.commit(kept);
        next += BigInt(kept);

        let left = kept;
        while (left > 0) {
          const peek = consumer.peek(2)!;
          for (const view of peek) deepStrictEqual(view.toObject(), trade(expected++));
          left -= peek.length;
          peek.release();
        }
        equal(consumer.peek(1), null);
      }
      equal(consumer.position(), next);
    });
  }

  test(`${kind} of one message works`, async () => {
    const ring = make({ capacity: 1 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    for (let id = 0n; id < 20n; id++) {
      await producer.push(trade(id));
      equal(producer.tryPush(trade(0)), false);
      deepStrictEqual(await consumer.pop(), trade(id));
    }
  });

  test(`${kind}: what was peeked at and not released comes again`, () => {
    const ring = make({ capacity: 8 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    producer.pushMany([0, 1, 2, 3].map(trade));
    const peek = consumer.peek(4)!;
    peek.release(1);
    equal(consumer.position(), 1n);
    consumer.peek(3)!.giveUp();
    deepStrictEqual(consumer.popMany(9), [1, 2, 3].map(trade));
  });

  test(`${kind}: views die with the commit, the release, and any other verb`, () => {
    const ring = make({ capacity: 8 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    const isDead = (access: () => unknown): void => throws(access, Closed);

    const claim = producer.claim(2)!;
    const view = claim.at(0).assign(trade(7));
    claim.commit();
    isDead(() => (view.quantity = 1));
    isDead(() => view.id);
    isDead(() => view.symbol);
    isDead(() => claim.at(1));
    isDead(() => claim.commit());

    const abandoned = producer.claim(1)!;
    const other = abandoned.at(0);
    equal(producer.tryPush(trade(9)), true);
    isDead(() => other.price);
    isDead(() => abandoned.commit());
    equal(producer.position(), 3n);

    const peek = consumer.peek(3)!;
    const seen = peek.at(0);
    equal(seen.id, 7n);
    peek.release();
    isDead(() => seen.id);
    isDead(() => seen.toObject());
    isDead(() => JSON.stringify(seen));
    isDead(() => peek.at(0));
  });

  test(`${kind}: a claim is zeroed, so a forgotten field holds nothing of the lap before`, () => {
    const ring = make({ capacity: 1 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    producer.tryPush({ ...trade(5), symbol: "OLDOLDOL" });
    consumer.tryPop();
    const claim = producer.claim()!;
    claim.at(0).id = 1n;
    claim.commit();
    deepStrictEqual(consumer.tryPop(), { ...trade(0), id: 1n, price: 0, symbol: "" });
  });

  test(`${kind}: a value that does not fit publishes nothing`, () => {
    const ring = make({ capacity: 8 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    throws(() => producer.tryPush({ ...trade(0), quantity: 2 ** 32 }), RangeError);
    throws(() => producer.tryPush({ ...trade(0), id: -1n }), RangeError);
    throws(() => producer.pushMany([trade(0), { ...trade(1), symbol: "NINEBYTES" }]), RangeError);
    equal(producer.position(), 0n);
    equal(consumer.tryPop(), null);
    producer.tryPush(trade(0));
    deepStrictEqual(consumer.tryPop(), trade(0));
  });

  test(`${kind}: popInto fills one view again and again`, () => {
    const ring = make({ capacity: 4 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    const view = new TradeView();
    for (let id = 0; id < 9; id++) {
      producer.tryPush(trade(id));
      equal(consumer.popInto(view), true);
      deepStrictEqual(view.toObject(), trade(id));
    }
    equal(consumer.popInto(view), false);
    equal(view.id, 8n, "and leaves it as it was");
  });

  test(`${kind}: a consumer's views cannot be written to`, () => {
    const ring = make();
    using producer = ring.producer();
    using consumer = ring.consumer();
    producer.tryPush(trade(3));
    const view = consumer.peek()!.at(0);
    throws(() => Object.assign(view, { quantity: 9 }), TypeError);
    ok(!("assign" in view) && !("load" in view));
    equal(view.quantity, 3);
  });

  test(`${kind}: closed is the end, once everything is taken`, async () => {
    const ring = make();
    const producer = ring.producer();
    using consumer = ring.consumer();
    producer.pushMany([trade(0), trade(1)]);
    producer.close();
    producer.close();
    equal(consumer.ended, false);
    deepStrictEqual(await consumer.pop(), trade(0));
    deepStrictEqual(consumer.popSync(), trade(1));
    equal(consumer.ended, true);
    equal(consumer.tryPop(), null);
    equal(await consumer.pop(), null);
    equal(consumer.popSync(), null);
    throws(() => producer.tryPush(trade(2)), Closed);
    await rejects(producer.push(trade(2)), Closed);
    throws(() => ring.producer(), (error: RingError) => error.code === "Closed", "it is final");
  });

  test(`${kind}: detached sides go on where they were`, () => {
    const ring = make({ capacity: 4 });
    const [producer, consumer] = [ring.producer(), ring.consumer()];
    producer.pushMany([0, 1, 2].map(trade));
    consumer.tryPop();
    producer.detach();
    consumer.detach();
    throws(() => consumer.tryPop(), Closed, "a handle that was given back is closed");

    using again = ring.producer();
    using taker = ring.consumer();
    equal(again.epoch(), 2n);
    equal(again.position(), 3n);
    equal(taker.position(), 1n);
    again.tryPush(trade(3));
    deepStrictEqual(taker.popMany(4), [1, 2, 3].map(trade));
  });

  test(`${kind}: a role is held once`, () => {
    const ring = make();
    using _producer = ring.producer();
    using _consumer = ring.consumer();
    for (const claim of [() => ring.producer(), () => ring.consumer()]) {
      throws(claim, (error: unknown) => error instanceof RingError && error.code === "RoleTaken");
    }
  });

  test(`${kind}: what a side does is counted`, async () => {
    const ring = make({ capacity: 4 });
    using producer = ring.producer();
    using consumer = ring.consumer();
    equal(consumer.tryPop(), null);
    producer.pushMany([0, 1, 2].map(trade));
    consumer.tryPop();
    const [pushed, popped] = [producer.stats(), consumer.stats()];
    equal(popped.stalls, 1n);
    equal(popped.highWater, 3n);
    equal(pushed.dropped, 0n);
    consumer.popMany(9);
    const next = consumer.pop();
    await until(() => consumer.stats().parks > 0n);
    producer.tryPush(trade(3));
    deepStrictEqual(await next, trade(3));
    equal(producer.stats().wakes, 1n);
  });
}

test("a ring in a file is found by name, instance and path", () => {
  const dir = scratch();
  const ring = Ring.create(Trades, { dir });
  equal(ring.path, `${dir}/market.trades`);
  equal(ring.capacity, Trades.CAPACITY);
  equal(ring.name, "market.trades");
  equal(ring.buffer, undefined);
  equal(ring.schema, Trades.MESSAGE.SCHEMA);
  throws(() => Ring.create(Trades, { dir }), { code: "AlreadyExists" });
  equal(Ring.openOrCreate(Trades, { dir, capacity: 2 }).capacity, Trades.CAPACITY, "what is there is taken");

  equal(Ring.create(Trades, { dir, instance: "eu", capacity: 2 }).path, `${dir}/market.trades.eu`);
  equal(Ring.attach(Trades, { dir, instance: "eu" }).capacity, 2);
  equal(Ring.attach(Trades, { name: `${dir}/market.trades.eu` }).capacity, 2);
  throws(() => Ring.attach(Trades, { dir, instance: "us" }), (error: RingError) => {
    equal(error.code, "NotFound");
    ok(error.message.includes(`${dir}/market.trades.us`), "the path is named");
    return true;
  });
});

test("an unlinked ring goes on for those who have it", () => {
  const dir = scratch();
  const ring = Ring.create(Trades, { dir });
  using producer = ring.producer();
  using consumer = ring.consumer();
  equal(ring.unlink(), true);
  equal(ring.unlink(), false);
  producer.tryPush(trade(1));
  deepStrictEqual(consumer.tryPop(), trade(1));
  equal(Ring.create(Trades, { dir }).unlink(), true);
});

test("impossible rings are refused", () => {
  const dir = scratch();
  for (const capacity of [0, 3, -1, 1.5, NaN, 2 ** 60]) {
    throws(() => Ring.create(Trades, { dir, capacity }), RingError, `${capacity}`);
    throws(() => Ring.allocate(Trades, { capacity }), Error, `${capacity}`);
  }
  throws(() => Ring.create(Trades, { dir, name: "a b" }), { code: "InvalidArgument" });
});
