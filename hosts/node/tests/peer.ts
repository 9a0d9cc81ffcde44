// The other process of the tests: opens a ring, claims a role, and does what it is told, line by line.
//
//   node peer.js DIR producer|consumer|sleeper
//   A sleeper pops one message, and nothing else keeps it alive.
//   push N         pushes the next N messages          -> pushed POSITION
//   pop N          pops N messages and checks each     -> popped POSITION
//   drain          pops until the end of the stream    -> ended POSITION
//   claim N        claims N slots and holds them       -> claimed N
//   peek N         peeks at N slots and holds them     -> peeked N FIRST-ID
//   take           pops one, blocking, and says so     -> took ID
//   close, detach, quit                                -> done
import { createInterface } from "node:readline";
import { deepStrictEqual } from "node:assert";
import { Trades } from "../../../generated/typescript/market.js";
import { trade } from "./helpers.js";

const [dir = "", role = ""] = process.argv.slice(2);
const ring = await Trades.attach({ dir });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function produce(): Promise<void> {
  const producer = ring.producer();
  say(`ready ${producer.position()} ${producer.epoch()}`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, count = "0"] = line.split(" ");
    if (verb === "push") {
      for (let done = 0; done < Number(count); done++) await producer.push(trade(producer.position()));
      say(`pushed ${producer.position()}`);
    } else if (verb === "claim") {
      const claim = producer.claim(Number(count))!;
      for (const [index, view] of [...claim].entries()) view.assign(trade(producer.position() + BigInt(index)));
      say(`claimed ${claim.length}`);
    } else {
      if (verb === "close") producer.close();
      if (verb === "detach") producer.detach();
      say("done");
      if (verb === "quit") process.exit(0);
    }
  }
}

async function consume(): Promise<void> {
  const consumer = ring.consumer();
  say(`ready ${consumer.position()} ${consumer.epoch()}`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, count = "0"] = line.split(" ");
    if (verb === "pop") {
      for (let done = 0; done < Number(count); done++) {
        const expected = trade(consumer.position());
        deepStrictEqual(await consumer.pop(), expected);
      }
      say(`popped ${consumer.position()}`);
    } else if (verb === "drain") {
      let expected = consumer.position();
      for await (const message of consumer) deepStrictEqual(message, trade(expected++));
      say(`ended ${expected}`);
    } else if (verb === "peek") {
      const peek = consumer.peek(Number(count))!;
      say(`peeked ${peek.length} ${peek.at(0).id}`);
    } else if (verb === "take") {
      say("taking");
      say(`took ${consumer.popSync()?.id}`);
    } else {
      if (verb === "close") consumer.close();
      if (verb === "detach") consumer.detach();
      say("done");
      if (verb === "quit") process.exit(0);
    }
  }
}

async function sleep(): Promise<void> {
  const consumer = ring.consumer();
  say("ready");
  say(`took ${(await consumer.pop())?.id}`);
  consumer.close();
}

await (role === "sleeper" ? sleep() : role === "producer" ? produce() : consume());
