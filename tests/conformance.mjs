// Runs tests/vectors/*.json through the engine of the built npm package: same policies, offers, tokens and times,
// and the verdicts must be the same bytes as in every other runtime. Then tests/vectors/calls/*.json, the calls that need
// no verifier.
// Usage: node tests/conformance.mjs [folder of vectors]. Exits 1 on a failure, and when there is nothing to run.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { Engine, FORM, instantiate, moduleDigest } from "../pkg/esm/engine.js";

const SCHEMA = "fuzefront-authn-vectors-v1";
const CALLS_SCHEMA = "fuzefront-authn-calls-v1";
// What lies in the folder and holds no cases.
const BESIDE = ["jwt-simple-deviations.json", "schema.json"];

const folder =
  process.argv[2] ?? fileURLToPath(new URL("vectors", import.meta.url));
const tally = { passed: 0, failed: 0 };
const verdicts = createHash("sha256");
const door = instantiate();
const engine = new Engine(door);

for (const file of read(folder, SCHEMA)) file.groups.forEach(runGroup);
for (const file of read(join(folder, "calls"), CALLS_SCHEMA))
  file.cases.forEach(runCall);

if (tally.passed + tally.failed === 0)
  count(false, "conformance", "there are no vectors");
console.log(`module ${moduleDigest()}`);
const counts = `${tally.passed} passed, ${tally.failed} failed, 0 skipped`;
console.log(`conformance node: ${counts}, verdicts ${verdicts.digest("hex")}`);
process.exitCode = tally.failed === 0 ? 0 : 1;

// The vector files of a folder, sorted by name.
function read(folder, schema) {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith(".json") && !BESIDE.includes(name))
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))])
    .filter(([name, file]) => {
      if (file.schema === schema) return true;
      count(false, name, `the schema is not \`${schema}\``);
      return false;
    })
    .map(([, file]) => file);
}

function runGroup({
  id,
  policy,
  offers = [],
  cases = [],
  open_error: refusal,
}) {
  const opened = engine.open(JSON.stringify(policy));
  if (refusal !== undefined)
    return count(isDeepStrictEqual(opened, refusal), id, opened);
  if ("error" in opened) return count(false, id, opened);
  for (const offer of offers) makeOffer(opened.verifier, id, offer);
  for (const one of cases) runCase(opened.verifier, one);
  engine.close(opened.verifier);
}

function makeOffer(
  verifier,
  id,
  { issuer, what, now, max_age: maxAge, answer: expected, ...input },
) {
  const answer = engine.offer(verifier, {
    issuer,
    what,
    body: bytesOf("body", input),
    now,
    maxAge: maxAge ?? -1,
    jitter: 0,
  });
  if (!isDeepStrictEqual(answer, expected))
    count(false, `${id}: an offer`, answer);
}

function runCase(
  verifier,
  {
    id,
    form,
    now,
    verdict_sha256: expected,
    explain_sha256: expectedTrace,
    ...input
  },
) {
  const bytes = bytesOf("input", input);
  const verdict = engine.verifyBytes(verifier, FORM[form], now, bytes);
  const digests = [digested(engine.lastAnswer())];
  const trace = cross("authn_explain", bytes, verifier, FORM[form], 1, now);
  digests.push(digested(trace));
  const same = isDeepStrictEqual(digests, [expected, expectedTrace]);
  count(same, id, digests[0] === expected ? trace.toString() : verdict);
}

// One crossing by docs/abi.md, whatever of it the engine wraps.
function runCall({ id, call, answer_sha256: expected, ...input }) {
  const answer = cross(call, bytesOf("input", input));
  count(digested(answer) === expected, id, answer.toString());
}

function cross(name, bytes, ...numbers) {
  const at = door.authn_buffer();
  new Uint8Array(door.memory.buffer, at).set(bytes);
  const length = door[name](...numbers, bytes.length);
  return Buffer.from(new Uint8Array(door.memory.buffer, at, length));
}

// Adds an answer to the figure over all of them.
function digested(answer) {
  verdicts.update(answer);
  return createHash("sha256").update(answer).digest("hex");
}

// Text, or bytes that are none in base64.
function bytesOf(name, input) {
  const base64 = input[`${name}_base64`];
  return base64 === undefined
    ? Buffer.from(input[name], "utf8")
    : Buffer.from(base64, "base64");
}

function count(passed, id, answer) {
  tally[passed ? "passed" : "failed"]++;
  if (!passed)
    console.error(
      `FAILED ${id}: answered ${typeof answer === "string" ? answer : JSON.stringify(answer)}`,
    );
}
