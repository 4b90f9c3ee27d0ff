// docs/scenarios.md: written by the command, and compared with what a run finds.

import { readFileSync, writeFileSync } from "node:fs";
import { release, type } from "node:os";

import { BETTER, tableLines } from "./table.mjs";

const PATH = new URL("../../../docs/scenarios.md", import.meta.url);

export function writePage(rows, results, conceded) {
  writeFileSync(PATH, page(rows, results, conceded));
}

/** A check as `judge` gives them: the page counts what this run counted, and names the same versions of the others. */
export function checkPage(rows, results) {
  const squeeze = (text) => text.replace(/ +/g, " ");
  const written = new Set(readFileSync(PATH, "utf8").split("\n").map(squeeze));
  const counted = tableLines(rows, results).filter(({ kind }) => kind?.counted);
  const others = results.filter(({ library }) => !library.ours).map(versionOf);
  const missing = [
    ...counted.map(({ text }) => text),
    ...rows.map(detailOf),
    ...results.flatMap(({ library }) => library.notes.map(noteOf)),
    ...others,
  ].filter((text) => !written.has(squeeze(text)));
  const fault =
    missing.length === 0
      ? undefined
      : `run \`cargo xtask scenarios --write\`; it lacks:\n${missing.join("\n")}`;
  return { name: "docs/scenarios.md", fault };
}

function page(rows, results, conceded) {
  const table = tableLines(rows, results).map(({ text }) => text);
  return `# When the issuer fails

Written by \`cargo xtask scenarios --write\` on ${new Date().toISOString().slice(0, 10)}; do not edit. ${machine(results)}

One run over our hosts (Node, Python with threads, Python with asyncio) and five other libraries, against a real HTTP
issuer on loopback that is switched between modes and counts its requests. Ages are virtual time, waits are real time.
\`${BETTER}\` marks a figure that is better than ours.

${table.join("\n")}

The command exits 1 where another library is better and that is not listed below, and where our hosts differ in a
figure that is not a wait. Waits are compared by the bound they keep (2, 4.5, 8, 16, 33 s), requests during an hour's
outage by their pace (at most 2 a minute, at most 10, more). Of answers to good tokens,
“outage” (an app can tell it by class, code or status, and keep the session) is better than “invalid token” (it cannot,
and logs the user out). “never” was watched for 7 days.

## Where another library is better

${concessions(rows, conceded).join("\n")}

Not in the table: ours alone obey \`Retry-After\`, up to 5 min: where an issuer sends it, they come back when it said, and others sooner.
While unknown key ids come all the time, a key that is added meanwhile is found after 50 s at most with ours, after 30 s
with jose, express-oauth2-jwt-bearer and PyJWT, after 10 s with aws-jwt-verify, and at once with jwks-rsa, which has no limit.

## What is done in each row

${rows.map(detailOf).join("\n")}

## The libraries

Each with its documented defaults, its cache on and the URL of the key set given, in a process of its own. The issuer
sends no \`Cache-Control\` but in the row that says so.

${results.map(described).join("\n")}
`;
}

function machine(results) {
  const versions = results.map((result) => result.versions);
  const { runtime } =
    versions.find((words) => words.runtime?.startsWith("Python")) ?? {};
  return `Node ${process.versions.node}, ${runtime}, ${type()} ${release().split("-")[0]}.`;
}

function concessions(rows, conceded) {
  const titleOf = (id) => rows.find((row) => row.id === id).title;
  const reasons = new Map();
  for (const { figure, row, to, why } of conceded) {
    const item = `“${titleOf(row)}”, ${figure} (${to.join(", ")})`;
    reasons.set(why, [...(reasons.get(why) ?? []), item]);
  }
  if (reasons.size === 0) return ["In the table: nowhere."];
  return [...reasons].map(([why, items]) => `- ${items.join("; ")}: ${why}`);
}

function described(result) {
  const notes = result.library.notes.map(noteOf);
  return [versionOf(result), ...notes].join("\n");
}

const detailOf = ({ detail, title }) => `- **${title}**: ${detail}`;

const noteOf = (note) => `  - ${note}`;

function versionOf({ library, versions: { runtime, ...packages } }) {
  const names = Object.entries(packages).map((words) => words.join(" "));
  return `- **${library.name}** (${names.join(", ")})`;
}
