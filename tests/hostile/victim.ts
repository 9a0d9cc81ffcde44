// The victim in TypeScript, for Node; see tests/hostile.rs. A real side of a ring that somebody scribbles over: what it
// meets is reported by name, and anything that has no name there ends it.
import { createInterface } from "node:readline";

import { Corrupt, RingError } from "ringgen";
import type { Consumer, Loadable, Producer, Ring, RingModule } from "ringgen";

import { AllArrays, AllEvents, AllFrames, AllKinds, AllPlaces, AllTexts } from "./kitchen_sink.js";

interface Whole {
  toObject(): unknown;
  toJSON(): unknown;
  validate(): void;
}
type Module = RingModule<unknown, Whole, Loadable & Whole>;
const RINGS: Readonly<Record<string, Module>> = {
  all_kinds: AllKinds as unknown as Module,
  all_events: AllEvents as unknown as Module,
  all_frames: AllFrames as unknown as Module,
  all_arrays: AllArrays as unknown as Module,
  all_texts: AllTexts as unknown as Module,
  all_places: AllPlaces as unknown as Module,
};

/** How many refusals in a row end an attack: the ring is as it is, and nobody mends it. */
const REFUSALS = 50;

/** Something that must not be. */
class Wrong extends Error {}

/** xorshift32: the same numbers in every run of one seed. */
class Random {
  #state: number;

  constructor(seed: bigint) {
    this.#state = Number(BigInt.asUintN(32, (seed + 1n) * 0x9e37_79b9n)) | 1;
  }

  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return ((this.#state >>> 0) >>> 4) % limit;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

/** What a field that can't be read says: no text, or a number that JavaScript has no room for. */
function isUnreadable(error: unknown): boolean {
  return (
    (error instanceof TypeError && error.message.endsWith("is no UTF-8")) ||
    (error instanceof RangeError && /is no safe integer/.test(error.message))
  );
}

/** How often each thing happened in an attack, by its name. */
let outcomes: Record<string, number> = {};
const count = (name: string): void => void (outcomes[name] = (outcomes[name] ?? 0) + 1);

/** Counts what can't be read; whatever else is thrown is thrown on. */
function unreadable(error: unknown): void {
  if (!isUnreadable(error)) throw error;
  count("unreadable");
}

/** Reads every field in place: each getter of a reader, of what it gives, and so on. */
function readAll(value: unknown): void {
  if (Array.isArray(value)) value.forEach(readAll);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Array.isArray(value)) return;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || prototype === Object.prototype) {
    Object.values(value).forEach(readAll);
    return;
  }
  for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    const isCase = /^as[A-Z]/.test(name);
    if (get === undefined && !isCase) continue;
    try {
      const member = value as Record<string, unknown>;
      readAll(isCase ? (member[name] as () => unknown).call(value) : member[name]);
    } catch (error) {
      unreadable(error);
    }
  }
  const whole = value as Partial<Whole>;
  for (const verb of ["toObject", "toJSON"] as const) {
    try {
      whole[verb]?.();
    } catch (error) {
      unreadable(error);
    }
  }
  try {
    whole.validate?.();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
  }
}

class Victim {
  readonly #type: Module;
  readonly #path: string;
  readonly #produces: boolean;
  #ring: Ring<unknown, Whole, Loadable & Whole> | undefined;
  #tx: Producer<unknown, Loadable & Whole> | undefined;
  #rx: Consumer<unknown, Whole, Loadable & Whole> | undefined;

  constructor(ring: string, path: string, produces: boolean) {
    this.#type = RINGS[ring]!;
    this.#path = path;
    this.#produces = produces;
  }

  async attacked(turns: number, seed: bigint, attaching: boolean): Promise<void> {
    outcomes = {};
    const random = new Random(seed);
    let refusals = 0;
    for (let turn = 0; turn < turns && refusals < REFUSALS; turn++) {
      if (this.#tx === undefined && this.#rx === undefined) {
        if (refusals++ > 0) await new Promise((resolve) => setTimeout(resolve, 1));
        try {
          await this.#claim(random, attaching);
        } catch (error) {
          if (!(error instanceof RingError)) throw error;
          const what = this.#ring === undefined ? "attach" : "claim";
          count(error instanceof Corrupt ? `${what} Corrupt: ${error.message}` : `${what} ${error.code}`);
          continue;
        }
        count("claim");
        refusals = 0;
      }
      try {
        count(await this.#verb(random));
      } catch (error) {
        if (!(error instanceof RingError)) throw error;
        if (error instanceof Corrupt) {
          count(`verb Corrupt: ${error.message}`);
          for (let again = 0; again < 3; again++) await this.#staysCorrupt(random, error);
          this.leave(random);
        } else {
          count(`verb ${error.code}`);
        }
      }
      if (random.below(attaching ? 4 : 60) === 0) this.leave(random);
    }
  }

  async #staysCorrupt(random: Random, first: Corrupt): Promise<void> {
    try {
      await this.#verb(random);
    } catch (error) {
      if (error instanceof Corrupt && error.message === first.message) return;
      throw new Wrong(`${first.message}; and then`, { cause: error });
    }
    throw new Wrong(`${first.message}; and then it goes on`);
  }

  leave(random: Random): void {
    if (random.below(4) === 0) this.#tx?.close();
    else this.#tx?.detach();
    this.#rx?.close();
    this.#tx = this.#rx = undefined;
  }

  async #claim(random: Random, attaching: boolean): Promise<void> {
    if (this.#ring === undefined || attaching || random.below(12) === 0) {
      this.#ring = undefined;
      const wait = random.pick(["hybrid", "hybrid", "yield", "spin"] as const);
      this.#ring = await this.#type.attach({ name: this.#path, wait });
    }
    if (this.#produces) this.#tx = this.#ring.producer();
    else this.#rx = this.#ring.consumer();
  }

  async #verb(random: Random): Promise<string> {
    const side = this.#tx ?? this.#rx!;
    const done = this.#tx !== undefined ? await this.#push(this.#tx, random) : await this.#pop(this.#rx!, random);
    side.position();
    side.epoch();
    side.stats();
    return done;
  }

  async #push(tx: Producer<unknown, Loadable & Whole>, random: Random): Promise<string> {
    const { MESSAGE } = this.#type;
    const value = MESSAGE.read(new DataView(new ArrayBuffer(MESSAGE.SIZE)), 0);
    const timeout = random.pick([0, 0.02, 0.3, 2]);
    const many = 1 + random.below(80);
    switch (random.below(6)) {
      case 0:
        return tx.tryPush(value) ? "pushed" : "nothing";
      case 1:
        await tx.push(value, { timeout });
        return "pushed";
      case 2:
        tx.pushSync(value, { timeout });
        return "pushed";
      case 3:
        return tx.pushMany(new Array<unknown>(many).fill(value)) > 0 ? "pushed" : "nothing";
      default: {
        const claim = tx.claim(many);
        if (claim === null) return "nothing";
        for (const view of claim) readAll(view);
        const some = random.below(claim.length + 1);
        claim.commit(some);
        return some > 0 ? "pushed" : "nothing";
      }
    }
  }

  async #pop(rx: Consumer<unknown, Whole, Loadable & Whole>, random: Random): Promise<string> {
    const timeout = random.pick([0, 0.02, 0.3, 2]);
    const many = 1 + random.below(80);
    const popped = (value: unknown): string => (value === null ? "nothing" : "popped");
    try {
      switch (random.below(8)) {
        case 0:
          return popped(rx.tryPop());
        case 1:
          return popped(await rx.pop({ timeout }));
        case 2:
          return popped(rx.popSync({ timeout }));
        case 3:
          return rx.popMany(many).length > 0 ? "popped" : "nothing";
        case 4: {
          const { MESSAGE } = this.#type;
          const view = MESSAGE.view({ data: new DataView(new ArrayBuffer(MESSAGE.SIZE)) }, 0);
          if (!rx.popInto(view)) return "nothing";
          readAll(view);
          return "popped";
        }
        case 5:
          return rx.ended ? "end" : "nothing";
        default: {
          const peek = rx.peek(many);
          if (peek === null) return "nothing";
          for (const reader of peek) readAll(reader);
          const some = random.below(peek.length + 1);
          peek.release(some);
          return some > 0 ? "popped" : "nothing";
        }
      }
    } catch (error) {
      // A whole message of which a part can't be read; it was taken.
      unreadable(error);
      return "popped";
    }
  }
}

let victim: Victim | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Record<string, string>;
  if (command["do"] === "ring") {
    victim?.leave(new Random(0n));
    victim = new Victim(command["ring"]!, command["path"]!, command["role"] === "producer");
    process.stdout.write("{}\n");
  } else {
    const attaching = (command["attaching"] as unknown) === true;
    await victim!.attacked(Number(command["turns"]), BigInt(command["seed"]!), attaching);
    process.stdout.write(`${JSON.stringify({ outcomes })}\n`);
  }
}
process.exit(0);
