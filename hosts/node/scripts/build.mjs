// Builds the package: dist/ by tsc, the addon by cargo, copied beside it.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: "inherit" });

rmSync(join(root, "dist"), { recursive: true, force: true });
run(process.execPath, join(root, "node_modules/typescript/bin/tsc"), "--project", root);

run("cargo", "build", "--release", "--quiet", "--package", "ringgen-node");
const metadata = execFileSync("cargo", ["metadata", "--format-version", "1", "--no-deps"], {
  cwd: root,
  maxBuffer: 1 << 28,
  encoding: "utf8",
});
const { target_directory: target } = JSON.parse(metadata);
// By another name first: a Node that runs has the old one mapped.
const addon = join(root, `ringgen.${process.platform}-${process.arch}-gnu.node`);
const built = join(target, "release", "libringgen_node.so");
const stripped = spawnSync("strip", ["--strip-debug", "-o", `${addon}.new`, built]);
if (stripped.status !== 0) copyFileSync(built, `${addon}.new`);
renameSync(`${addon}.new`, addon);
