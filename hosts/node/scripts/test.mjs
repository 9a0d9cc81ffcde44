// Compiles the tests, and the generated modules with them, then runs them on the package as it was built.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
if (!existsSync(join(root, "dist/index.js"))) throw new Error("build the package first: npm run build");

const build = join(root, "build");
rmSync(build, { recursive: true, force: true });
const tsc = join(root, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "--project", join(root, "tests")], { cwd: root, stdio: "inherit" });

const tests = join(build, "hosts/node/tests");
const chosen = process.argv.slice(2);
const files = readdirSync(tests).filter((file) => file.endsWith(".test.js"));
const wanted = files.filter((file) => chosen.length === 0 || chosen.some((name) => file.startsWith(name)));
const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", ...wanted.map((file) => join(tests, file))], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
