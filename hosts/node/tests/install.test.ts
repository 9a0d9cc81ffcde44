// The package as a user gets it: packed, installed into a new project without a network, and used from there.
import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { scratch } from "./helpers.js";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const modules = join(root, "../../generated/typescript");
const tsc = join(root, "node_modules/typescript/bin/tsc");

const run = (cwd: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

const MAIN = `
import { Ring, PeerDied } from "ringgen";
import { Side, Trade, TradeView, Trades } from "./market.js";
import type { TradesConsumer, TradesProducer } from "./market.js";

const dir: string = process.argv[2]!;
const ring = await Trades.create({ dir, capacity: 8 });
{
  using producer: TradesProducer = ring.producer();
  using consumer: TradesConsumer = ring.consumer();
  await producer.push({ ...Trade.zero(), id: 1n, price: 2.5, symbol: "ACME", side: Side.Buy });
  const claim = producer.claim(2);
  if (claim !== null) {
    claim.at(0).id = 2n;
    claim.commit(1);
  }
  const first: Trade | null = await consumer.pop({ timeout: 1000, signal: new AbortController().signal });
  const view = new TradeView();
  const filled: boolean = consumer.popInto(view);
  console.log(first?.symbol, first?.side === Side.Buy, filled, view.id);
  producer.close();
  for await (const message of consumer) throw new Error(String(message.id));
  console.log(consumer.ended, PeerDied.name, Ring.attach(Trades, { dir }).capacity);
}
`;

test("the packed package works in a project of its own, in JavaScript and in TypeScript", () => {
  const dir = scratch();
  const packed = JSON.parse(run(root, "npm", "pack", "--json", "--pack-destination", dir)) as unknown;
  // An array up to npm 11, an object by package name from 12 on.
  const [{ filename, files }] = Object.values(packed as object) as [
    { readonly filename: string; readonly files: readonly { readonly path: string }[] },
  ];
  const names = files.map(({ path }) => path);
  for (const name of ["package.json", "README.md", "dist/index.js", "dist/index.d.ts", "ringgen.linux-x64-gnu.node"]) {
    ok(names.includes(name), `${name} is packed`);
  }
  ok(names.every((name) => !/^(src|tests|build|addon|node_modules)\//.test(name)), "and nothing that it is built from");

  const project = join(dir, "project");
  mkdirSync(join(project, "src"), { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", private: true, type: "module" }));
  run(project, "npm", "install", "--offline", "--no-audit", "--no-fund", join(dir, filename));
  const installed = JSON.parse(readFileSync(join(project, "node_modules/ringgen/package.json"), "utf8")) as {
    readonly dependencies?: object;
    readonly scripts: Readonly<Record<string, string>>;
  };
  equal(installed.dependencies, undefined, "no runtime dependency");
  deepStrictEqual(Object.keys(installed.scripts).filter((name) => /install|prepare/.test(name)), []);

  copyFileSync(join(modules, "market.ts"), join(project, "src/market.ts"));
  writeFileSync(join(project, "src/main.ts"), MAIN);
  writeFileSync(join(project, "src/globals.d.ts"), "declare const process: { readonly argv: string[] };\n");
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022", "dom", "esnext.disposable"],
    module: "nodenext",
    types: [],
    rootDir: "src",
    outDir: "out",
    declaration: true,
    strict: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    isolatedDeclarations: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    skipLibCheck: false,
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
  run(project, process.execPath, tsc, "--project", project);
  equal(run(project, process.execPath, "out/main.js", dir), "ACME true true 2n\ntrue PeerDied 8\n");

  // Plain JavaScript, in which the layouts need no package at all.
  writeFileSync(
    join(project, "plain.mjs"),
    `import { Trade, Trades } from "./out/market.js";
     console.log(Trade.decode(Trade.encode({ ...Trade.zero(), id: 7n })).id);
     console.log(await Trades.attach({ dir: "/nowhere" }).catch((error) => error.code));`,
  );
  equal(run(project, process.execPath, "plain.mjs"), "7n\nNotFound\n");
  run(project, "npm", "uninstall", "--offline", "--no-audit", "--no-fund", "ringgen");
  equal(run(project, process.execPath, "plain.mjs"), "7n\nERR_MODULE_NOT_FOUND\n");
});
