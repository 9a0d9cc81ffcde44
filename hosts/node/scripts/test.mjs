// Runs the tests, all of them or those whose names are given, on the package as it was built.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root, tests } from "./compile-tests.mjs";

const chosen = process.argv.slice(2);
const files = readdirSync(tests).filter((file) => file.endsWith(".test.js"));
const wanted = files.filter((file) => chosen.length === 0 || chosen.some((name) => file.startsWith(name)));
const options = ["--test", "--test-reporter=spec", "--test-reporter-destination=stdout"];
const run = spawnSync(process.execPath, [...options, ...wanted.map((file) => join(tests, file))], {
  cwd: root,
  stdio: "inherit",
});
process.exit(run.status ?? 1);
