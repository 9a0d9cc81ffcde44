// Lints the TypeScript of projects with ESLint: `node lint.mjs TSCONFIG…`. Every file of theirs, generated ones too, by
// what ESLint and typescript-eslint recommend, types looked at, and nothing deprecated may be used.
import { dirname, parse, resolve } from "node:path";
import eslint from "@eslint/js";
import { ESLint } from "eslint";
import { defineConfig } from "eslint/config";
import typescript from "typescript";
import tseslint from "typescript-eslint";

const projects = process.argv.slice(2).map((path) => resolve(path));
if (projects.length === 0) throw new Error("node lint.mjs TSCONFIG…");

/** The files that a tsconfig.json is about. */
function filesOf(project) {
  const { config, error } = typescript.readConfigFile(project, typescript.sys.readFile);
  const { fileNames, errors } = typescript.parseJsonConfigFileContent(config, typescript.sys, dirname(project));
  const wrong = error ?? errors[0];
  if (wrong !== undefined) throw new Error(typescript.flattenDiagnosticMessageText(wrong.messageText, "\n"));
  return fileNames;
}

const config = defineConfig(
  eslint.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: projects } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { "@typescript-eslint/no-deprecated": "error" },
  },
  {
    // What people wrote.
    files: ["**/hosts/node/{src,tests}/**"],
    rules: {
      "@typescript-eslint/no-floating-promises": [
        "error",
        { allowForKnownSafeCalls: [{ from: "package", name: "test", package: "node:test" }] },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_" }],
      // What was caught is handed on, whatever it is.
      "@typescript-eslint/prefer-promise-reject-errors": ["error", { allowThrowingUnknown: true }],
    },
  },
);

// Files of a project may lie anywhere, and ESLint looks at none outside of its folder.
const linter = new ESLint({ cwd: parse(projects[0]).root, overrideConfigFile: true, overrideConfig: config });
const results = await linter.lintFiles([...new Set(projects.flatMap(filesOf))]);
const count = results.reduce((sum, { errorCount, warningCount }) => sum + errorCount + warningCount, 0);
const formatter = await linter.loadFormatter("stylish");
process.stdout.write(await formatter.format(results));
process.exitCode = count === 0 ? 0 : 1;
