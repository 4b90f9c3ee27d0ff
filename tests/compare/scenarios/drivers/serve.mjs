// A driver's half of the protocol: one JSON object a line on standard input, each answered by one with the same `id`.
// Lines are worked on side by side, so fifty of them are fifty concurrent requests.

import { createInterface } from "node:readline";

import { advance, realMilliseconds, run } from "./clock.mjs";

/**
 * `open(options)` answers `{ verify, settle?, close? }`. `verify` resolves for a token that is accepted and rejects for any
 * other; `kindOf(error)` then says `outage` or `invalid token`, as an app can tell by class, code or status.
 */
export function serve({ open, kindOf, versions }) {
  const verifiers = new Map();
  answerLines({
    about: () => versions,
    advance: ({ seconds }) => void advance(seconds),
    open: ({ verifier, ...options }) =>
      void verifiers.set(verifier, open(options)),
    close: () => {
      for (const { close } of verifiers.values()) close?.();
      verifiers.clear();
    },
    run: () => void run(),
    settle: ({ verifier }) => verifiers.get(verifier).settle?.(),
    verify: ({ verifier, token }) =>
      verdict(verifiers.get(verifier), token, kindOf),
  });
}

/** Answers each line by the function of `work` that its `op` names. */
export function answerLines(work) {
  createInterface({ input: process.stdin }).on("line", async (line) => {
    const { id, op, ...rest } = JSON.parse(line);
    const answer = await work[op](rest);
    process.stdout.write(`${JSON.stringify({ id, ...answer })}\n`);
  });
}

async function verdict(verifier, token, kindOf) {
  const started = realMilliseconds();
  const after = () => realMilliseconds() - started;
  try {
    await verifier.verify(token);
    return { ok: true, ms: after() };
  } catch (error) {
    return {
      ok: false,
      kind: kindOf(error),
      error: nameOf(error),
      ms: after(),
    };
  }
}

function nameOf(error) {
  return [error?.constructor?.name ?? typeof error, error?.code]
    .filter((part) => part !== undefined)
    .join(" ");
}
