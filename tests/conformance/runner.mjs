// Runs tests/vectors/*.json by docs/abi.md: same policies, calls, tokens and times, and the answers must be the same bytes in
// every runtime. Then tests/vectors/calls/*.json.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SCHEMA = "fuzefront-authn-vectors-v2";
const CALLS_SCHEMA = "fuzefront-authn-calls-v2";
// What lies in the folder and holds no cases.
const BESIDE = ["jwt-simple-deviations.json", "schema.json"];

export const vectors = fileURLToPath(new URL("../vectors", import.meta.url));
export const bytes = readFileSync(
  new URL("../../pkg/authn.wasm", import.meta.url),
);

let tally;
let verdicts;
// Every message of a run, its answer, and whether the answer is one of those that the figure is over.
let log;

const { exports: wasm } = new WebAssembly.Instance(
  new WebAssembly.Module(bytes),
);
const numbers = Object.fromEntries(
  parse(cross(0, {})).operations.map((row) => [row.operation, row.number]),
);

/** Runs a folder of vectors; what came of it, and the messages. */
export function run(folder) {
  tally = { passed: 0, failed: 0 };
  verdicts = createHash("sha256");
  log = [];
  for (const file of read(folder, SCHEMA)) file.groups.forEach(runGroup);
  for (const file of read(join(folder, "calls"), CALLS_SCHEMA))
    file.cases.forEach(runCall);
  if (tally.passed + tally.failed === 0)
    fail("conformance: there are no vectors");
  return { ...tally, verdicts: verdicts.digest("hex"), log };
}

// The vector files of a folder, sorted by name.
function read(folder, schema) {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith(".json") && !BESIDE.includes(name))
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(join(folder, name), "utf8"))])
    .filter(([name, file]) => {
      if (file.schema !== schema) fail(`${name}: the schema is not ${schema}`);
      return file.schema === schema;
    })
    .map(([, file]) => file);
}

function runGroup({ id, policy, calls = [], cases = [], open_error: refusal }) {
  const opened = parse(
    cross(numbers.open, { payload: Buffer.from(JSON.stringify(policy)) }),
  );
  if (refusal !== undefined) return compare(id, refusal, opened);
  const { verifier } = opened;
  if (verifier === undefined) return fail(`${id}: ${JSON.stringify(opened)}`);
  for (const { operation, issuer, now, answer, ...input } of calls) {
    const payload = bytesOf("payload", input);
    const found = parse(
      cross(numbers[operation], { verifier, issuer, now, payload }),
    );
    const fault = difference(answer, found);
    if (fault !== undefined) fail(`${id}, ${operation}: ${fault}`);
  }
  for (const one of cases) runCase(verifier, one);
  cross(numbers.close, { verifier });
}

function runCase(verifier, { id, form, now, verdict, ...one }) {
  const flags = form === "authorization" ? 1 : 0;
  const call = { verifier, flags, now, payload: bytesOf("input", one) };
  const answer = cross(numbers.verify, call);
  const trace = cross(numbers.explain, { ...call, flags: flags | 2 });
  counted(answer);
  counted(trace);
  if (digest(answer) !== one.verdict_sha256)
    return compare(id, verdict, parse(answer), answer);
  if (digest(trace) !== one.explain_sha256)
    return fail(`${id}: the verdict is right, the trace another: ${trace}`);
  tally.passed++;
}

function runCall({ id, operation, answer: expected, ...one }) {
  const payload = bytesOf("input", one);
  const answer = cross(numbers[operation], { payload });
  counted(answer);
  if (digest(answer) === one.answer_sha256) tally.passed++;
  else compare(id, expected, parse(answer), answer);
}

function counted(answer) {
  verdicts.update(answer);
  log.findLast((entry) => entry.answer === answer).counted = true;
}

// One call by docs/abi.md, "Calls".
function cross(operation, { payload = Buffer.alloc(0), ...head }) {
  const { verifier = 0, issuer = 0, flags = 0, now = 0 } = head;
  const message = Buffer.alloc(40 + payload.length);
  [operation, verifier, issuer, flags].forEach((word, index) =>
    message.writeUInt32LE(word, index * 4),
  );
  message.writeDoubleLE(now, 16);
  message.writeUInt32LE(payload.length, 36);
  payload.copy(message, 40);
  const at = wasm.authn_buffer();
  new Uint8Array(wasm.memory.buffer, at).set(message);
  const length = wasm.authn_call();
  const answer = Buffer.from(new Uint8Array(wasm.memory.buffer, at, length));
  log?.push({ message, answer, counted: false });
  return answer;
}

// Text, or bytes that are none in base64.
function bytesOf(name, input) {
  const base64 = input[`${name}_base64`];
  return base64 === undefined
    ? Buffer.from(input[name], "utf8")
    : Buffer.from(base64, "base64");
}

function parse(answer) {
  return JSON.parse(answer.toString());
}

export function digest(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

// Passed if both are equal, unless their bytes were found to differ already.
function compare(id, expected, found, bytes) {
  const fault = difference(expected, found);
  if (fault !== undefined) return fail(`${id}: ${fault}`);
  if (bytes !== undefined)
    return fail(`${id}: its spelling or order differs: ${bytes}`);
  tally.passed++;
}

// The first member that differs, by its JSON Pointer.
function difference(expected, found, at = "") {
  if (expected === found) return undefined;
  const nested = [expected, found].every(
    (value) => typeof value === "object" && value !== null,
  );
  if (!nested || Array.isArray(expected) !== Array.isArray(found))
    return `at \`${at}\`\n  expected ${shown(expected)}\n  found    ${shown(found)}`;
  for (const name of new Set([
    ...Object.keys(expected),
    ...Object.keys(found),
  ])) {
    const fault = difference(expected[name], found[name], `${at}/${name}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function shown(value) {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

function fail(fault) {
  tally.failed++;
  console.error(`FAILED ${fault}`);
}
