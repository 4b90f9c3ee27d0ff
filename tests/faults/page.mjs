// The table of the faults as Markdown, on a terminal and in docs/faults.md.

import { readFileSync, writeFileSync } from "node:fs";

import { FAULTS } from "./faults.mjs";
import { HOSTS } from "./hosts.mjs";

const PATH = new URL("../../docs/faults.md", import.meta.url);
const HEAD = [
  "fault",
  "keys",
  "a token gets",
  "of an unknown key",
  "fetches",
  "reason",
  "health",
  "recovers by",
  "waited",
];

/** The lines of the table; `results` are `{ fault, situation, expected, found: [{ host, ... }] }`. */
export function tableLines(results) {
  const rows = [HEAD, ...results.map(cellsOf)];
  const widths = HEAD.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column].length)),
  );
  const line = (cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  const [head, ...body] = rows.map(line);
  return [head, rule, ...body];
}

export function writePage(results) {
  writeFileSync(PATH, page(results));
}

/** What the page lacks, or says although it is not so, but for the waits; with some of the results, what it lacks. */
export function differencesFromPage(results, whole) {
  const written = read(readFileSync(PATH, "utf8"));
  const wanted = read(whole ? page(results) : tableLines(results).join("\n"));
  const lacks = wanted.filter((line) => !written.includes(line));
  const lies = written.filter((line) => !wanted.includes(line));
  return [
    ...lacks.map((line) => `it lacks: ${line}`),
    ...(whole ? lies.map((line) => `it says: ${line}`) : []),
  ];
}

/** The lines of a page without what may differ: its date, the widths of columns, and the waits. */
function read(text) {
  return text
    .replace(/ on \d{4}-\d\d-\d\d;/, ";")
    .split("\n")
    .map((line) => line.replace(/-{3,}/g, "-").replace(/ +/g, " "))
    .map((line) => line.replace(/ \|[^|]*\|$/, " |"));
}

function cellsOf({ fault, situation, found }) {
  const [{ first, again, other, broken, fetches, reasons, recovery }] = found;
  const later = again.gets === first.gets ? [] : [`then ${again.gets}`];
  return [
    fault.title,
    situation,
    [withRetry(first), ...later].join(", "),
    broken === undefined
      ? other.gets
      : `${other.gets}; of the broken key ${broken.gets}`,
    String(fetches),
    reasons.join(", ") || "–",
    found[0].health,
    recoveryOf(fault[situation].recovery, recovery),
    `${seconds(Math.max(...found.map((one) => one.first.ms)))}`,
  ];
}

function withRetry({ gets, retryAfter }) {
  return retryAfter === undefined
    ? gets
    : `${gets}, \`Retry-After: ${retryAfter}\``;
}

function recoveryOf(expected, recovery) {
  if (recovery === undefined) return "nothing to recover";
  const { by, from, to } = expected;
  const then = `then ${recovery.gets}`;
  if (by === "unknown key") return `a token after more than 2 s, ${then}`;
  return `the next fetch, after ${from === to ? from : `${from} to ${to}`} s, ${then}`;
}

function seconds(ms) {
  return ms < 500 ? "< 0.5 s" : `${(ms / 1000).toFixed(1)} s`;
}

function page(results) {
  const day = new Date().toISOString().slice(0, 10);
  return `# Faults of the issuer

Written by \`cargo xtask faults --write\` on ${day}; do not edit. Each fault is a real HTTP server on loopback that
misbehaves, met by the hosts ${HOSTS.map(({ name }) => name).join(", ")} with their own time limits. All of them must
give the same answers, fetches, reasons and recovery; a wait is the longest of theirs.

${tableLines(results).join("\n")}

- **keys**: \`cold\`, the verifier has none yet; \`warm\`, it has the issuer's keys, and they are due for a refresh.
- **a token gets**: a good token. It is sent again when the fetch has ended: without a further fetch it
  gets the same, but where a row says otherwise. A caller waits for at most 3 s, a fetch takes at most 5 s: a token is answered
  before a fetch that hangs has ended.
- **of an unknown key**: a token that names a key nobody published, after that. While the server fails it is never a 401.
- **fetches**: documents that were asked for until then. None of them follows a redirect.
- **reason**: the word in the event \`keys.fetch\`, and in \`health()\` beside the issuer.
- **health**: what \`health()\` says of the verifier until the server is mended; \`ready\` after that.
- **recovers by**: what brings keys once the server is good again. Unless the issuer says otherwise, the first back-off is
  0.5 to 1 s, at random; while there are keys to use it doubles with each failure. Ages and back-off go by the verifier's clock.

What is refused whole leaves the keys in force as they are. An empty key set, and any other JSON object without \`keys\`, is
not a fault of the server but its word that there is no key: tokens are refused from then on, and a token asks for a newer
set once this one is a second old.

## How the server behaves

${FAULTS.map(({ title, how }) => `- **${title}**: ${how}`).join("\n")}
`;
}
