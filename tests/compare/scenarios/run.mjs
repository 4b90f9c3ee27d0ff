// Runs every scenario over our hosts and five other libraries, prints the table, and judges it.
// Usage: node tests/compare/scenarios/run.mjs [--write]. Exits 1 where another library is better and that is not conceded, where
// our hosts differ, and where docs/scenarios.md counts otherwise.

import { abreast } from "./abreast.mjs";
import { CONCEDED } from "./conceded.mjs";
import { Driver } from "./driver.mjs";
import { HANGS, runHangs } from "./hang.mjs";
import { Issuer } from "./issuer.mjs";
import { judge } from "./judge.mjs";
import { LIBRARIES } from "./libraries.mjs";
import { checkPage, writePage } from "./page.mjs";
import { SCENARIOS } from "./scenarios.mjs";
import { tableLines } from "./table.mjs";

// Side by side, where waits are measured and processes are started: two cores are what CI has.
const ABREAST = 2;

const ROWS = [...SCENARIOS, ...HANGS];

const issuer = new Issuer();
await issuer.start();
const results = await everyLibrary().finally(() => issuer.stop());

console.log(
  `${tableLines(ROWS, results)
    .map(({ text }) => text)
    .join("\n")}\n`,
);
for (const { library, versions } of results)
  console.log(`${library.name}: ${words(versions)}`);
if (process.argv.includes("--write")) writePage(ROWS, results, CONCEDED);
const checks = [...judge(ROWS, results, CONCEDED), checkPage(ROWS, results)];
const failed = checks.filter(({ fault }) => fault !== undefined);
for (const { name, to, why } of conceded(checks))
  console.log(`conceded: ${name}: better is ${to.join(", ")}. ${why}`);
for (const { name, fault } of failed) console.log(`failed: ${name}: ${fault}`);
console.log(
  `scenarios: ${checks.length - failed.length} passed, ${failed.length} failed, 0 skipped`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** What passed only because it is on the list. */
function conceded(checks) {
  const named = CONCEDED.map((entry) => ({
    name: `${entry.row}: ${entry.figure}`,
    ...entry,
  }));
  return named.filter(({ name }) =>
    checks.some((check) => check.name === name && check.fault === undefined),
  );
}

/** `{ library, versions, figures }` of each library, `figures` by row. */
async function everyLibrary() {
  const drivers = [];
  const start = async ({ command }) => {
    const driver = new Driver(command);
    drivers.push(driver);
    return { driver, versions: await driver.ask("about") };
  };
  try {
    const hung = await abreast(ABREAST, LIBRARIES, start);
    const hangs = Promise.all(
      hung.map(({ driver }) => runHangs(driver, issuer)),
    );
    const quick = abreast(ABREAST, LIBRARIES, async (library) =>
      quickOf((await start(library)).driver),
    );
    const [last, first] = await Promise.all([hangs, quick]);
    return LIBRARIES.map((library, index) => ({
      library,
      versions: hung[index].versions,
      figures: { ...first[index], ...last[index] },
    }));
  } finally {
    await Promise.all(drivers.map((driver) => driver.end()));
  }
}

async function quickOf(driver) {
  const figures = {};
  for (const { id, run } of SCENARIOS) {
    figures[id] = await run(driver, issuer);
    await driver.ask("close");
  }
  return figures;
}

function words(versions) {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(", ");
}
