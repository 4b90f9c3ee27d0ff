// The cases of tests/vectors/ that another library can be asked as well: one issuer, a key set or secret that is known,
// a token by itself, and a policy that is made of what every JWT library calls an option.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../vectors", import.meta.url));
// When keys may be fetched and how long they serve is no property of a token; docs/migration.md treats it in words.
const NOT_ABOUT_TOKENS = ["keyring.json", "policy.json"];
const COMMON_OPTIONS = [
  "algorithms",
  "audience",
  "issuer",
  "jwks_uri",
  "keys",
  "leeway",
  "max_age",
  "mode",
  "required_claims",
  "secret",
];
export const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA"],
];

export function readCases() {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const files = names
    .filter((name) => !NOT_ABOUT_TOKENS.includes(name))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  const left = { groups: 0, cases: 0 };
  const cases = files.flatMap(({ groups = [] }) => groups.flatMap((group) => casesOf(group, left)));
  return { cases, left };
}

function casesOf(group, left) {
  const cases = (group.cases ?? []).filter(
    ({ form, verdict }) => form === "token" && verdict.verdict !== "keys_needed",
  );
  const options = isComparable(group) ? optionsOf(group) : undefined;
  if (options === undefined) {
    left.groups += 1;
    left.cases += group.cases?.length ?? 0;
    return [];
  }
  left.cases += group.cases.length - cases.length;
  return cases.map(({ id, now, comment, ...one }) => ({
    ...{ id, now, comment, options },
    token: tokenOf(one),
    ...oursOf(one),
  }));
}

function isComparable({ policy, calls = [], cases }) {
  const entries = policy.issuers;
  return (
    cases !== undefined &&
    entries.length === 1 &&
    calls.every(({ operation, answer }) => operation === "fetch" || answer.outcome === "stored") &&
    Object.keys(entries[0]).every((name) => COMMON_OPTIONS.includes(name))
  );
}

function optionsOf({ policy, calls = [] }) {
  const [entry] = policy.issuers;
  const legacy = entry.mode === "legacy-hs256";
  const jwks = entry.keys ?? keySet(calls.at(-1));
  if (!legacy && jwks === undefined) return undefined;
  return {
    jwks,
    secret: entry.secret,
    issuer: entry.issuer,
    audience: entry.audience,
    algorithms: entry.algorithms ?? (legacy ? ["HS256"] : ALGORITHMS),
    leeway: entry.leeway ?? (legacy ? 0 : 60),
    maxAge: entry.max_age,
    requiredClaims: entry.required_claims,
  };
}

// As each peer would read it: with the JSON parser of its language, which in both takes the last of two names.
function keySet(told) {
  // Facts, a line feed, the body.
  return told?.payload === undefined ? undefined : JSON.parse(told.payload.slice(told.payload.indexOf("\n")));
}

// Bytes that are no UTF-8 reach an app as Latin-1: so do HTTP headers in Node and ASGI.
function tokenOf({ input, input_base64: base64 }) {
  return base64 === undefined ? input : Buffer.from(base64, "base64").toString("latin1");
}

function oursOf({ verdict }) {
  if (verdict.verdict === "accepted") return { ours: "accepted" };
  const { code, details = {} } = verdict;
  return { ours: "refused", code, reason: details.reason, claim: details.claim };
}
