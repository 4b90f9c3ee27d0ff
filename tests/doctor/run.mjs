// The doctor's command in both hosts, before four broken issuers: both have to print the same, exit with 1 and find what is
// wrong, and docs/doctor.md has to show just that.
// Usage: node tests/doctor/run.mjs [--write]. AUTHN_PYTHON names the Python that has the host.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

import { ISSUERS, serve } from "./issuers.mjs";
import { isWritten, write } from "./page.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HOSTS = {
  node: [process.execPath, "pkg/esm/cli.js"],
  python: [process.env.AUTHN_PYTHON ?? "python3", "-m", "fuzefront_authn"],
};
// What no run repeats, as the page has it. Five digits, as free ports have, so that lines break alike.
const PORT = "49200";
// A busy machine makes a healthy endpoint slow, which the doctor says; such an answer is asked for again.
const SLOW = /endpoint_(slow|too_slow|timeout)/;
const TRIES = 5;

const seen = [];
for (const issuer of ISSUERS) seen.push(await examine(issuer));
const checks = seen.flatMap(checksOf);
// The page never takes what is wrong.
if (
  process.argv.includes("--write") &&
  checks.every(({ fault }) => fault === undefined)
)
  write(seen);
checks.push({ name: "docs/doctor.md", fault: pageFault() });
const faults = checks.filter(({ fault }) => fault !== undefined);
for (const { name, fault } of faults) console.log(`failed: ${name}: ${fault}`);
console.log(
  `doctor: ${checks.length - faults.length} passed, ${faults.length} failed, 0 skipped`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

/** What both hosts say of an issuer: for people, and as JSON. */
async function examine(issuer) {
  const server = await serve(issuer);
  const options = [
    "doctor",
    "--issuer",
    issuer.issuer(server.origin),
    "--audience",
    "shop",
  ];
  const token = issuer.token(server.origin);
  const ask = (host, more) =>
    call(
      HOSTS[host],
      [...options, ...more],
      token,
      new URL(server.origin).port,
    );
  try {
    const [node, python] = await Promise.all([
      ask("node", []),
      ask("python", []),
    ]);
    const [json, otherJson] = await Promise.all([
      ask("node", ["--json"]),
      ask("python", ["--json"]),
    ]);
    return {
      issuer,
      command: settled(options.join(" "), new URL(server.origin).port),
      node,
      python,
      json,
      otherJson,
    };
  } finally {
    server.stop();
  }
}

function checksOf({ issuer, node, python, json, otherJson }) {
  const found = idsOf(json);
  const statuses = [node, python, json, otherJson].map(({ status }) => status);
  const check = (what, fault) => ({ name: `${issuer.name}: ${what}`, fault });
  const differ = (one, other) =>
    one === other ? undefined : `Node\n${one}\nPython\n${other}`;
  return [
    check("both hosts alike", differ(node.said, python.said)),
    check("both hosts alike, JSON", differ(json.said, otherJson.said)),
    check(
      "exit status",
      statuses.every((status) => status === 1) ? undefined : `${statuses}`,
    ),
    check(
      "findings",
      found.join() === issuer.findings.join()
        ? undefined
        : `${found}; expected ${issuer.findings}`,
    ),
  ];
}

/** Errors and warnings; what is only worth knowing is not why it fails. */
function idsOf({ said }) {
  const findings = said.startsWith("{") ? JSON.parse(said).findings : [];
  return findings
    .filter(({ severity }) => severity !== "info")
    .map(({ id }) => id);
}

async function call(command, argv, token, port) {
  for (let tries = 1; ; tries++) {
    const answer = await callOnce(command, argv, token, port);
    if (tries === TRIES || !SLOW.test(answer.said)) return answer;
  }
}

function callOnce([command, ...words], argv, token, port) {
  const env = {
    ...process.env,
    AUTHN_TOKEN: token,
    NO_PROXY: "127.0.0.1",
    no_proxy: "127.0.0.1",
  };
  return new Promise((resolve) => {
    execFile(
      command,
      [...words, ...argv],
      { cwd: ROOT, env, timeout: 60_000 },
      (error, stdout, stderr) => {
        resolve({
          said: settled(stdout + stderr, port),
          status: error === null ? 0 : (error.code ?? "killed"),
        });
      },
    );
  });
}

/** Without what no run repeats: the port, and how long an answer took. */
function settled(text, port) {
  return text
    .replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${PORT}`)
    .replace(/("elapsed":|elapsed +)[0-9.e-]+/g, "$10.001");
}

function pageFault() {
  return isWritten(seen)
    ? undefined
    : "it shows another output; run `node tests/doctor/run.mjs --write`";
}
