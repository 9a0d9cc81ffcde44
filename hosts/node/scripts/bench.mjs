// Prints what a message costs.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { tests } from "./compile-tests.mjs";

await import(pathToFileURL(join(tests, "bench.js")).href);
