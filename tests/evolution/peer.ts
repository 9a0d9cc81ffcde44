// The peer in TypeScript, for Node: `node peer.js VERSION`; see tests/evolution.rs.
import { createInterface } from "node:readline";

import { RingError } from "ringgen";

import * as v1 from "./v1.js";
import * as v2 from "./v2.js";

/** How many milliseconds a verb waits at most: longer than the test does. */
const timeout = 300_000;

// The same program for both versions: each module looks at the fields that it has, and no others.
const rings = (process.argv[2] === "v1" ? v1 : v2) as typeof v2;

type Json = Record<string, unknown>;
type Message = v2.Order | v2.Event;

/** Numbers of 64 bits are strings in JSON. */
const WIDE = new Set(["id", "fee"]);

function fields(of: Json): Json {
  const entries = Object.entries(of).map(([name, value]) => [name, WIDE.has(name) ? BigInt(String(value)) : value]);
  return Object.fromEntries(entries) as Json;
}

function shownFields(of: object): Json {
  const entries = Object.entries(of).map(([name, value]) => [name, typeof value === "bigint" ? `${value}` : value]);
  return Object.fromEntries(entries) as Json;
}

/** The message of a JSON object: an Order, or an Event. */
function built(of: Json): Message {
  const { case: kind, tag, bytes, value } = of;
  if (kind === undefined) return fields(of) as unknown as v2.Order;
  if (kind === "Unknown") {
    return { kind: undefined, tag: Number(tag), bytes: Uint8Array.from(Buffer.from(String(bytes), "hex")) };
  }
  return { kind, value: fields(value as Json) } as unknown as v2.Event;
}

function shown(message: Message): Json {
  if (!("kind" in message)) return shownFields(message);
  if (message.kind === undefined) {
    return { case: "Unknown", tag: message.tag, bytes: Buffer.from(message.bytes).toString("hex") };
  }
  return { case: message.kind, value: shownFields(message.value) };
}

// Either ring's; whatever is pushed here is what the other side was told to expect.
type Opened = v2.OrdersRing;
let ring: Opened | undefined;
let producer: v2.OrdersProducer | undefined;
let consumer: v2.OrdersConsumer | undefined;

async function push(verb: string, messages: readonly v2.Order[]): Promise<void> {
  if (producer === undefined) throw new Error("it is not the producer");
  let next = 0;
  while (next < messages.length) {
    const rest = messages.slice(next);
    let done = 0;
    if (verb === "claim") {
      const claim = producer.claim(rest.length);
      done = claim?.length ?? 0;
      // Field by field: what is not written here is what the ring has put there.
      for (let index = 0; index < done; index++) Object.assign(claim!.at(index), rest[index]);
      claim?.commit();
    } else if (verb === "many") {
      done = producer.pushMany(rest);
    } else if (verb !== "push") {
      throw new Error(`there is no verb ${verb}`);
    }
    if (done === 0) await producer.push(rest[0]!, { timeout });
    next += Math.max(done, 1);
  }
}

async function obey(command: Json): Promise<Json> {
  const instance = String(command["instance"]);
  const opener = rings[command["ring"] as "Orders"];
  switch (command["do"]) {
    case "create":
      ring = await opener.create({ instance });
      return {};
    case "attach":
      ring = await opener.attach({ instance });
      return { warnings: ring.warnings() };
    case "producer":
      producer = ring!.producer();
      return {};
    case "consumer":
      consumer = ring!.consumer();
      return {};
    case "push":
      await push(String(command["verb"]), (command["messages"] as Json[]).map(built) as v2.Order[]);
      return {};
    case "pop": {
      const messages: Json[] = [];
      for (let left = Number(command["count"]); left > 0; left--) {
        const message = await consumer!.pop({ timeout });
        if (message === null) throw new Error("the stream has not ended");
        messages.push(shown(message));
      }
      return { messages };
    }
    case "detach":
      (producer ?? consumer)!.detach();
      producer = consumer = undefined;
      return {};
    default:
      throw new Error(`there is no command ${String(command["do"])}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer: Json;
  try {
    answer = await obey(JSON.parse(line) as Json);
  } catch (error) {
    if (!(error instanceof RingError)) throw error;
    answer = { error: error.code, text: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
// A role that is still held ends with the process.
process.exit(0);
