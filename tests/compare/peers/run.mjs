// Puts the shared vectors to jsonwebtoken, jose, PyJWT and python-jose, and compares what they say with docs/migration.md and
// docs/migration-verdicts.md. With --write it writes the measured parts of both instead.
// Usage: node tests/compare/peers/run.mjs [--write]. AUTHN_PYTHON names a Python that has tests/compare/peers/requirements.txt installed.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readCases } from "./cases.mjs";
import { NODE_PEERS, nodeVersions } from "./node.mjs";
import { summaryOf, verdictsPage } from "./table.mjs";

const PAGE = fileURLToPath(new URL("../../../docs/migration-verdicts.md", import.meta.url));
const GUIDE = fileURLToPath(new URL("../../../docs/migration.md", import.meta.url));
const MARKED = /(<!-- measured: node tests\/peers\/run\.mjs --write -->\n).*?(<!-- end -->)/s;

const RUNTIMES = /Node \d+, Python [\d.]+, cryptography \S+/;

const measured = await measure();
const page = verdictsPage(measured);
const guide = readFileSync(GUIDE, "utf8").replace(MARKED, `$1${summaryOf(measured)}\n$2`);
if (process.argv.includes("--write")) {
  writeFileSync(PAGE, page);
  writeFileSync(GUIDE, guide);
}

const tally = { passed: 0, failed: 0, skipped: 0 };
compare("docs/migration-verdicts.md", readFileSync(PAGE, "utf8"), page);
compare("docs/migration.md", readFileSync(GUIDE, "utf8"), guide);
check("docs/migration.md has a place for the table", MARKED.test(guide));
for (const peer of Object.keys(measured.answers[0])) checkPeer(peer);
console.log(`peers: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exitCode = tally.failed === 0 ? 0 : 1;

async function measure() {
  const { cases, left } = readCases();
  const python = askPython(cases);
  const answers = [];
  for (const [index, one] of cases.entries()) {
    const answer = { ...python.answers[index] };
    for (const [name, ask] of Object.entries(NODE_PEERS)) answer[name] = await ask(one);
    answers.push(answer);
  }
  return { cases, left, answers, versions: { ...python.versions, ...nodeVersions() } };
}

function askPython(cases) {
  const script = fileURLToPath(new URL("peers.py", import.meta.url));
  const options = { input: JSON.stringify(cases), encoding: "utf8", maxBuffer: 2 ** 26, timeout: 60_000 };
  const ran = spawnSync(process.env.AUTHN_PYTHON ?? "python3", [script], options);
  if (ran.status !== 0) throw new Error(`tests/compare/peers/peers.py: ${ran.stderr || ran.error}`);
  return JSON.parse(ran.stdout);
}

// What JSON.parse, Python's recursion and OpenSSL let pass is part of what was measured: where another runtime answers
// otherwise than the one named on the page, the page is not wrong.
function compare(what, written, wanted) {
  const equal = written.replace(RUNTIMES, "") === wanted.replace(RUNTIMES, "");
  const elsewhere = readFileSync(PAGE, "utf8").match(RUNTIMES)?.[0] !== page.match(RUNTIMES)[0];
  if (equal || !elsewhere) return check(`${what} is what was measured`, equal);
  tally.skipped += 1;
  console.log(`skipped: ${what} was measured under other versions of Node, Python or OpenSSL`);
}

// A library that accepts everything, or nothing, was not set up as its users do.
function checkPeer(peer) {
  const agreed = (verdict) =>
    measured.cases.filter(({ ours }, index) => ours === verdict && measured.answers[index][peer] === verdict).length;
  check(`${peer} accepts good tokens`, agreed("accepted") > 100);
  check(`${peer} refuses bad ones`, agreed("refused") > 100);
}

function check(what, passed) {
  tally[passed ? "passed" : "failed"] += 1;
  if (!passed) console.error(`FAILED ${what}: see \`node tests/compare/peers/run.mjs --write\` and \`git diff docs\``);
}
