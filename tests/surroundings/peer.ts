// The peer in TypeScript, for Node: it does what lines of JSON on its standard input say (surroundings.rs).
import { ftruncateSync, readdirSync, statSync, fstatSync } from "node:fs";
import { createInterface } from "node:readline";

import { Ring, RingError } from "ringgen";

import { Trade, Trades } from "./market.js";
import type { TradesConsumer, TradesProducer, TradesRing } from "./market.js";

interface Command {
  readonly do: string;
  readonly name: string;
  readonly dir?: string;
  readonly capacity: number;
  readonly fd: number;
  readonly from: number;
  readonly count: number;
  readonly rounds: number;
}

const timeout = 120_000;
let ring: TradesRing;
let producer: TradesProducer;
let consumer: TradesConsumer;

async function obey(command: Command): Promise<object> {
  const { name, capacity, fd } = command;
  const where = { name, ...(command.dir !== undefined && { dir: command.dir }) };
  switch (command.do) {
    case "attach":
      ring = Ring.attach(Trades, where);
      break;
    case "create":
      ring = Ring.create(Trades, { ...where, capacity });
      break;
    case "create anonymous":
      ring = Ring.createAnonymous(Trades, { name, capacity });
      return { path: ring.path, fd: ring.fd };
    case "from descriptor":
      ring = Ring.fromFd(Trades, fd);
      break;
    case "unlink":
      ring.unlink();
      break;
    case "list":
      return { files: readdirSync(command.dir!).sort() };
    case "truncate":
      ftruncateSync(ring.fd!, 0);
      break;
    case "claim producer":
      producer = ring.producer();
      break;
    case "claim consumer":
      consumer = ring.consumer();
      break;
    case "detach producer":
      producer.detach();
      break;
    case "detach consumer":
      consumer.detach();
      break;
    case "produce":
      for (let id = command.from; id < command.from + command.count; id++) {
        await producer.push({ ...Trade.zero(), id: BigInt(id) }, { timeout });
      }
      break;
    case "close":
      producer.close();
      break;
    case "consume": {
      const ids: number[] = [];
      while (ids.length < command.count) {
        const trade = await consumer.pop({ timeout });
        if (trade === null) break;
        ids.push(Number(trade.id));
      }
      return { ids };
    }
    case "use":
      return use(command);
    default:
      throw new Error(`no such verb: ${command.do}`);
  }
  return { path: ring.path };
}

/** Opens a ring, takes a role and gives it back, many times, beside collectors. */
function use({ name, dir, rounds }: Command): object {
  let held = 0;
  let gone = 0;
  for (let round = 0; round < rounds; round++) {
    const ring = Ring.openOrCreate(Trades, { name, dir: dir!, capacity: 1 });
    try {
      const role = ring.consumer();
      const [there, mine] = [statSync(ring.path!), fstatSync(ring.fd!)];
      if (there.ino !== mine.ino) throw new Error(`${ring.path} has lost its name while its role is held`);
      held++;
      role.detach();
    } catch (error) {
      if (!(error instanceof RingError && error.code === "NotFound")) throw error;
      gone++;
    }
  }
  return { held, gone };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer: object;
  try {
    answer = await obey(JSON.parse(line) as Command);
  } catch (error) {
    if (error instanceof RingError) answer = { error: error.code, text: error.message };
    else if (error instanceof Error && "errno" in error) answer = { error: "Io", text: error.message };
    else throw error;
  }
  console.log(JSON.stringify(answer));
}
