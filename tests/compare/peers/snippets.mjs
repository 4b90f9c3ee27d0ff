// Runs the examples of docs/migration.md as they stand, before and after: each block behind `<!-- run: KIND with TOKEN, … -->`
// gets every token it names. A script gets it as its argument and prints the user; an app is asked for GET /me.
// Usage: node tests/compare/peers/snippets.mjs. AUTHN_PYTHON names a Python with the package and tests/compare/peers/requirements.txt.

import { execFile } from "node:child_process";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const SECRET = "a shared secret of more than 32 bytes";
const BLOCK = /^<!-- run: (\w+) with ([\w, ]+) -->\n```(js|python)\n(.*?)^```/gms;
// Every way to write the moment of the sunset: with an offset, with `Z`, and a day alone.
const FORMS = ["T00:00:00+00:00", "T00:00:00Z", ""];
const [LATER, EARLIER] = ["2999-01-01", "2001-01-01"];

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const issuer = await serveKeys();
const tokens = mintAll();
const folder = makeProject();
const tally = { passed: 0, failed: 0 };

const text = readFileSync(join(root, "docs/migration.md"), "utf8");
const blocks = [...text.matchAll(BLOCK)].map(([, kind, names, language, code]) => ({
  ...{ kind, language, code },
  names: names.split(", "),
}));
const all = text.match(/^```(js|python)$/gm).length;
count(`every example is run: ${blocks.length} of ${all}`, blocks.length === all && all >= 8);
for (const block of blocks) await runBlock(block);

issuer.server.close();
rmSync(folder, { recursive: true });
console.log(`migration examples: ${tally.passed} passed, ${tally.failed} failed, 0 skipped`);
process.exitCode = tally.failed === 0 ? 0 : 1;

async function runBlock({ kind, language, code, names }) {
  const title = `${language} ${kind}: ${code.match(/^(?:import|from) .*(?:jose|jwt|fuzefront).*$/m)?.[0]}`;
  for (const name of names) {
    count(`${title}, ${name} token`, (await run({ kind, language, code }, tokens[name])) === "user-1");
  }
  const bad = await run({ kind, language, code }, `${tokens[names[0]].slice(0, -4)}AAAA`);
  count(`${title}, a changed signature`, kind === "app" ? bad === "401" : bad.startsWith("failed"));
  if (code.includes("LEGACY_UNTIL")) {
    for (const form of FORMS) {
      for (const [day, expected] of [[EARLIER, "401 REVOKED,user-1"], [LATER, "user-1,user-1"]]) {
        const answers = [];
        for (const name of names) answers.push(await run({ kind, language, code }, tokens[name], day + form));
        count(`${title}, sunset ${day}${form}: ${answers}`, answers.join() === expected);
      }
    }
  }
}

function run({ kind, language, code }, token, until = LATER + FORMS[0]) {
  const [suffix, command] = language === "js" ? ["mjs", process.execPath] : ["py", process.env.AUTHN_PYTHON ?? "python3"];
  writeFileSync(join(folder, `example.${suffix}`), code);
  const env = { ...process.env, ISSUER: issuer.url, JWT_SECRET: SECRET, SECRET_KEY: SECRET, LEGACY_UNTIL: until };
  const file = kind === "app" ? `ask.${suffix}` : `example.${suffix}`;
  return new Promise((resolve) => {
    execFile(command, [file, token], { cwd: folder, env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve(error ? `failed: ${stderr.trim().split("\n").at(-1)}` : stdout.trim());
    });
  });
}

// A folder in which the examples find what they import.
function makeProject() {
  const made = mkdtempSync(join(tmpdir(), "authn-migration-"));
  mkdirSync(join(made, "node_modules/@fuzefront"), { recursive: true });
  symlinkSync(join(root, "pkg"), join(made, "node_modules/@fuzefront/authn"));
  for (const name of ["express", "jose", "jsonwebtoken"]) {
    symlinkSync(join(here, "node_modules", name), join(made, "node_modules", name));
  }
  for (const name of ["ask.mjs", "ask.py"]) cpSync(join(here, name), join(made, name));
  return made;
}

async function serveKeys() {
  const server = createServer((request, response) => {
    const body = request.url.startsWith("/.well-known/")
      ? { issuer: url(), jwks_uri: `${url()}jwks/` }
      : { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: "RS256" }] };
    response.setHeader("content-type", "application/json").end(JSON.stringify(body));
  });
  const url = () => `http://127.0.0.1:${server.address().port}/`;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: url() };
}

function mintAll() {
  const iat = Math.floor(Date.now() / 1000);
  const life = { iat, exp: iat + 600 };
  const audience = ["fuzefront-oidc-client", "fuzekeys-oidc-client"];
  const hs256 = (input) => createHmac("sha256", SECRET).update(input).digest();
  const rs256 = (input) => sign("sha256", Buffer.from(input), privateKey);
  return {
    session: mint({ alg: "HS256" }, { userId: "user-1", sessionId: "s1", tid: "fuzefront", ...life }, hs256),
    fuzekeys: mint({ alg: "HS256" }, { sub: "user-1", exp: life.exp }, hs256),
    federated: mint({ alg: "RS256", kid: "k1" }, { iss: issuer.url, aud: audience, sub: "user-1", ...life }, rs256),
  };
}

function mint(header, claims, signer) {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${input}.${signer(input).toString("base64url")}`;
}

function count(what, passed) {
  tally[passed ? "passed" : "failed"] += 1;
  if (!passed) console.error(`FAILED ${what}`);
}
