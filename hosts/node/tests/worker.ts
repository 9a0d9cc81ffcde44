// The other thread of the tests: pops from one ring and pushes each message, doubled, into another.
import { workerData } from "node:worker_threads";
import { Trades } from "../../../generated/typescript/market.js";

const { input, output, dir, hold } = workerData as {
  readonly input?: SharedArrayBuffer;
  readonly output?: SharedArrayBuffer;
  readonly dir?: string;
  /** Claims the role and does nothing with it. */
  readonly hold?: boolean;
};

const open = (buffer: SharedArrayBuffer | undefined, instance: string) =>
  buffer === undefined ? Trades.attach({ dir: dir!, instance }) : Trades.over(buffer);

const from = await open(input, "in");
const to = await open(output, "out");
const [consumer, producer] = [from.consumer(), to.producer()];
if (hold === true) {
  setInterval(() => {}, 1000);
} else {
  for (;;) {
    // Blocking, as a worker may.
    const message = consumer.popSync();
    if (message === null) break;
    producer.pushSync({ ...message, quantity: message.quantity * 2 });
  }
  producer.close();
  consumer.close();
}
