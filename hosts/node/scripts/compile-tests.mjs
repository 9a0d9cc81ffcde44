// Compiles the tests, and the generated modules with them, into build/.
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
export const tests = join(root, "build/hosts/node/tests");

if (!existsSync(join(root, "dist/index.js"))) throw new Error("build the package first: npm run build");
rmSync(join(root, "build"), { recursive: true, force: true });
const tsc = join(root, "node_modules/typescript/bin/tsc");
execFileSync(process.execPath, [tsc, "--project", join(root, "tests")], { cwd: root, stdio: "inherit" });
