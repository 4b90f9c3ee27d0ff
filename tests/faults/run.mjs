// Runs every fault against our hosts, cold and warm, prints the table and judges it.
// Usage: node tests/faults/run.mjs [--write] [--only ID,ID]. Exits 1 where a host differs from the list in faults.mjs, or
// docs/faults.md from what was found.

import { lookup } from "node:dns/promises";

import { abreast } from "../compare/scenarios/abreast.mjs";
import { Driver } from "../compare/scenarios/driver.mjs";
import { Issuer } from "../compare/scenarios/issuer.mjs";
import { SigningKey } from "../compare/scenarios/token.mjs";
import { authorities } from "./certificate.mjs";
import { FAULTS } from "./faults.mjs";
import { dig } from "./hole.mjs";
import { HOSTS } from "./hosts.mjs";
import { faultsIn } from "./judge.mjs";
import { differencesFromPage, tableLines, writePage } from "./page.mjs";
import { watch } from "./watch.mjs";

const SITUATIONS = ["cold", "warm"];
// Side by side, where waits are measured. Those that take as long as a time limit all run at once.
const ABREAST = 2;
const RESOLVER_PATIENCE = 2000;

const write = process.argv.includes("--write");
const only = process.argv[process.argv.indexOf("--only") + 1]?.split(",");
const whole = !process.argv.includes("--only");
const chosen = FAULTS.filter(({ id }) => whole || only.includes(id));

const { bench, lacking, end } = await prepare();
const skipped = chosen.filter(({ needs }) => needs in lacking);
const results = await everyHost(
  chosen.filter((fault) => !skipped.includes(fault)),
).finally(end);
report(results);

function report(results) {
  console.log(`${tableLines(results).join("\n")}\n`);
  const failures = results.flatMap(({ fault, situation, found }) =>
    found.map(({ host, lines }) => ({
      name: `${fault.id} ${situation}: ${host}`,
      lines,
    })),
  );
  const complete = whole && skipped.length === 0;
  if (write && complete) writePage(results);
  const differences = differencesFromPage(results, complete);
  const remedy =
    differences.length > 0 ? ["run `cargo xtask faults --write`"] : [];
  const checks = [
    ...failures,
    { name: "docs/faults.md", lines: [...remedy, ...differences] },
  ];
  const failed = checks.filter(({ lines }) => lines.length > 0);
  for (const { name, lines } of failed)
    console.log(`failed: ${name}: ${lines.join("\n  ")}`);
  for (const { id, needs } of skipped)
    console.log(`skipped: fault ${id}: ${lacking[needs]}`);
  const left = skipped.length * SITUATIONS.length * HOSTS.length;
  console.log(
    `faults: ${checks.length - failed.length} passed, ${failed.length} failed, ${left} skipped`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}

/** What all share, and what this machine lacks, with the reason. */
async function prepare() {
  const lacking = {};
  const missing = (what) => (error) =>
    void (lacking[what] = error.message.split("\n")[0]);
  const certificates = await Promise.resolve()
    .then(authorities)
    .catch(missing("certificates"));
  await unresolved().catch(missing("resolver"));
  await dig(0).then((end) => end(), missing("hole"));
  // Node adds the file to what it trusts, httpx takes it instead of that.
  if (certificates !== undefined)
    for (const name of ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"])
      process.env[name] = certificates.trusted;
  const issuer = new Issuer();
  await issuer.start();
  const [key, stranger] = [new SigningKey("known"), new SigningKey("stranger")];
  const end = async () => {
    await issuer.stop();
    certificates?.remove();
  };
  return { bench: { certificates, issuer, key, stranger }, lacking, end };
}

/** Throws unless the resolver says at once that there is no such name. */
async function unresolved() {
  const timer = AbortSignal.timeout(RESOLVER_PATIENCE);
  const late = new Promise((_, reject) =>
    timer.addEventListener("abort", () =>
      reject(
        new Error(
          "the resolver takes more than 2 s for a name that does not exist",
        ),
      ),
    ),
  );
  const asked = lookup("keys.invalid").then(
    () =>
      Promise.reject(
        new Error(
          "the resolver knows `keys.invalid`, which does not exist (RFC 6761 section 6.4)",
        ),
      ),
    () => undefined,
  );
  await Promise.race([asked, late]);
}

/** `{ fault, situation, found }` in the order of the list. */
async function everyHost(faults) {
  const rows = faults.flatMap((fault) =>
    SITUATIONS.map((situation) => ({ fault, situation })),
  );
  const columns = await Promise.all(
    HOSTS.map((host) => everyFault(host, rows)),
  );
  return rows.map((row, index) => ({
    ...row,
    found: columns.map((column) => column[index]),
  }));
}

async function everyFault({ name, command }, rows) {
  const driver = new Driver(command);
  const one = async ({ fault, situation }) => {
    const found = await watch({ ...bench, driver }, fault, situation);
    return {
      ...found,
      host: name,
      lines: faultsIn(fault, fault[situation], found),
    };
  };
  const slow = rows.filter(({ fault }) => fault.slow);
  const quick = rows.filter(({ fault }) => !fault.slow);
  try {
    const [late, soon] = await Promise.all([
      Promise.all(slow.map(one)),
      abreast(ABREAST, quick, one),
    ]);
    return rows.map((row) =>
      row.fault.slow ? late[slow.indexOf(row)] : soon[quick.indexOf(row)],
    );
  } finally {
    await driver.end();
  }
}
