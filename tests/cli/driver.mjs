// The command line of the Node host, many times in one process: a JSON object {argv, env, stdin, now} a line on
// standard input, {code, stdout, stderr} a line on standard output. `stdin_base64` stands for bytes that are no text;
// `tty` makes the output a terminal. Files and network are real.

import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { main } from "../../pkg/esm/cli/main.js";

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await run(JSON.parse(line))));
}

async function run({
  argv,
  env = {},
  stdin,
  stdin_base64: base64,
  now,
  tty = false,
}) {
  const output = { stdout: "", stderr: "" };
  const input =
    base64 === undefined
      ? Buffer.from(stdin ?? "")
      : Buffer.from(base64, "base64");
  const code = await main({
    argv,
    env,
    stdin: async () => input,
    stdinIsTTY: stdin === undefined && base64 === undefined,
    stdout: (text) => (output.stdout += text),
    stderr: (text) => (output.stderr += text),
    isTTY: tty,
    now: () => now ?? Date.now() / 1000,
    fetch: globalThis.fetch,
    readFile,
  });
  return { code, ...output };
}
