// Measures what Node does instead of sharing memory: `run.mjs EXTENSION`, then lines of `what size messages`.
import { createInterface } from "node:readline";
import process from "node:process";

/** Messages as bytes, made before the clock starts: a ring's are too. */
function packed(size, messages) {
  return Array.from({ length: messages }, (_, number) => {
    const message = new Uint8Array(size);
    new DataView(message.buffer).setBigUint64(0, BigInt(number), true);
    return message;
  });
}

function call(addon, size, messages) {
  const batch = packed(size, messages);
  const { take } = addon;
  const start = process.hrtime.bigint();
  for (const message of batch) take(message);
  const elapsed = process.hrtime.bigint() - start;
  if (addon.total() !== (messages * (messages - 1)) / 2) throw new Error("messages were lost or changed");
  return Number(elapsed) / messages;
}

try {
  const addon = { exports: {} };
  process.dlopen(addon, process.argv[2]);
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) {
    const [, size, messages] = line.split(" ");
    console.log(call(addon.exports, Number(size), Number(messages)));
  }
} catch (error) {
  console.log(String(error));
  process.exitCode = 1;
}
