// Packs pkg/, installs the tarball into empty projects, and verifies a real token in each: as ES module, CommonJS,
// TypeScript in every resolution mode, jest 29 without transforms, and bundles. Projects live outside the repository
// and contain nothing but the package; tools are run on them from this folder.
// Usage: node tests/packaging/node/run.mjs

import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const pkg = fileURLToPath(new URL("../../../pkg/", import.meta.url));
const work = mkdtempSync(join(tmpdir(), "authn-packaging-"));
const env = { ...process.env, ...tokenAndOptions() };
const tally = { passed: 0, failed: 0, skipped: 0 };
const noTools = installTools();

try {
  const tarball = pack();
  cpSync(join(here, "projects"), work, { recursive: true });
  writeFileSync(join(work, "package.json"), '{ "private": true }\n');
  npm(["install", "--offline", "--no-audit", "--no-fund", tarball], work);

  check("the tarball holds what is shipped and nothing else", checkFiles);
  check("ES module", () => expectUser(node("esm", "main.mjs")));
  check("CommonJS", () => expectUser(node("cjs", "main.cjs")));
  check("the family contract, as ES module", () =>
    expectUser(node("esm", "contract.mjs")),
  );
  check("the family contract, as CommonJS", () =>
    expectUser(node("cjs", "contract.cjs")),
  );
  check("the command line", checkCommand);
  for (const [name, options] of Object.entries(TYPESCRIPT())) {
    checkWithTools(`TypeScript, ${name}`, () => checkTypeScript(options));
  }
  checkWithTools("jest 29 without transforms", () =>
    tool("jest/bin/jest.js", "jest", "--ci", "--colors=false"),
  );
  for (const [name, options] of Object.entries(BUNDLES())) {
    checkWithTools(`bundle, ${name}`, () => checkBundle(options));
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(
  `packaging node: ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`,
);
process.exitCode = tally.failed === 0 ? 0 : 1;

function TYPESCRIPT() {
  return {
    "node16 as ES module": { module: "node16", type: "module" },
    "node16 as CommonJS": { module: "node16", type: "commonjs" },
    bundler: { module: "es2022", moduleResolution: "bundler", type: "module" },
    "node10 as CommonJS": {
      module: "commonjs",
      moduleResolution: "node10",
      type: "commonjs",
    },
    "node16 with TypeScript 5.1": {
      module: "node16",
      type: "commonjs",
      compiler: "typescript-5.1",
    },
  };
}

function BUNDLES() {
  return {
    "for browsers": { format: "iife", platform: "browser" },
    "for browsers as ES module": {
      format: "esm",
      platform: "browser",
      minify: true,
    },
    "for Node as CommonJS": { format: "cjs", platform: "node" },
  };
}

function checkFiles() {
  const files = readdirSync(join(work, "node_modules/@fuzefront/authn")).sort();
  const expected = [
    "LICENSE",
    "NOTICES",
    "README.md",
    "authn-tools.wasm",
    "authn-tools.wasm.sha256",
    "authn.wasm",
    "authn.wasm.sha256",
    "cjs",
    "contracts",
    "esm",
    "package.json",
  ];
  if (files.join() !== expected.join()) throw new Error(files.join(", "));
}

function checkCommand() {
  writeFileSync(
    join(work, "keys.json"),
    JSON.stringify(JSON.parse(env.OPTIONS).keys),
  );
  const contract = ["--contract", "family", "--app", "fuzekeys"];
  const said = npm(
    [
      ...["exec", "--offline", "--", "@fuzefront/authn", "verify", "--json"],
      ...[...contract, "--environment", "production", "--keys", "keys.json"],
    ],
    work,
    { env: { ...env, AUTHN_TOKEN: env.FAMILY_TOKEN } },
  );
  expectUser(JSON.parse(said).identity.userId);
}

function checkTypeScript({ type, compiler = "typescript", ...options }) {
  const folder = join(work, "typescript");
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ private: true, type }),
  );
  const compilerOptions = {
    target: "es2022",
    lib: ["es2022"],
    types: [],
    strict: true,
    outDir: "out",
    ...options,
  };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions, files: ["main.ts"] }),
  );
  tool(`${compiler}/lib/tsc.js`, "typescript");
  // A bundler's resolution says nothing on how the output runs by itself, but here it does.
  expectUser(node("typescript", "out/main.js"));
  rmSync(join(folder, "out"), { recursive: true });
}

function checkBundle(options) {
  // Away from node_modules: the bundle must stand alone.
  const alone = mkdtempSync(join(tmpdir(), "authn-bundle-"));
  const outfile = join(alone, options.format === "esm" ? "out.mjs" : "out.cjs");
  const banner = {
    js: "globalThis.OPTIONS=process.env.OPTIONS;globalThis.TOKEN=process.env.TOKEN;",
  };
  try {
    const entryPoints = [join(work, "bundle", "main.js")];
    createRequire(import.meta.url)("esbuild").buildSync({
      entryPoints,
      bundle: true,
      outfile,
      banner,
      ...options,
    });
    expectUser(run(process.execPath, [outfile], alone));
  } finally {
    rmSync(alone, { recursive: true });
  }
}

function check(name, body) {
  try {
    body();
    tally.passed++;
    console.log(`ok      ${name}`);
  } catch (error) {
    tally.failed++;
    console.log(`FAILED  ${name}\n${error.message}`);
  }
}

function checkWithTools(name, body) {
  if (noTools === undefined) return check(name, body);
  tally.skipped++;
  console.log(`skipped ${name}: ${noTools}`);
}

function pack() {
  const [{ filename }] = JSON.parse(
    npm(["pack", "--json", "--pack-destination", work], pkg),
  );
  return join(work, filename);
}

// Why there are no tools, or undefined. Installed once; again only when the lock file has changed.
function installTools() {
  const installed = join(here, "node_modules", ".package-lock.json");
  const lock = join(here, "package-lock.json");
  if (
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(lock).mtimeMs
  )
    return undefined;
  try {
    npm(["ci", "--prefer-offline", "--no-audit", "--no-fund"], here);
  } catch {
    return "the tools could not be installed (`npm ci` failed; no network?)";
  }
}

function npm(args, cwd, options = {}) {
  // npm is a script beside node on some systems and a command on others; a shell finds either.
  const shell = process.platform === "win32";
  return run("npm", args, cwd, { shell, ...options });
}

function node(project, file) {
  return run(process.execPath, [file], join(work, project));
}

function tool(script, project, ...args) {
  return run(
    process.execPath,
    [join(here, "node_modules", script), ...args],
    join(work, project),
  );
}

function run(command, args, cwd, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env,
    encoding: "utf8",
    ...options,
  });
  if (status !== 0)
    throw new Error(
      `${command} ${args.join(" ")} failed\n${error ?? ""}${stdout}${stderr}`,
    );
  return stdout;
}

function expectUser(output) {
  if (output.trim() !== "user-1") throw new Error(`printed ${output}`);
}

function tokenAndOptions() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
  });
  const jwk = {
    ...publicKey.export({ format: "jwk" }),
    kid: "k1",
    use: "sig",
    alg: "RS256",
  };
  const [issuer, audience] = ["https://id.example/", "app"];
  const now = Math.floor(Date.now() / 1000);
  const encode = (value) =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const mint = (claims) => {
    const times = { iat: now, exp: now + 600 };
    const payload = { sub: "user-1", ...times, ...claims };
    const input = `${encode({ alg: "RS256", kid: "k1" })}.${encode(payload)}`;
    return `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
  };
  const client = "fuzekeys-oidc-client";
  return {
    TOKEN: mint({ iss: issuer, aud: audience }),
    FAMILY_TOKEN: mint({
      iss: "https://app.fuzefront.com/application/o/fuzekeys/",
      aud: client,
      azp: client,
    }),
    OPTIONS: JSON.stringify({ issuer, audience, keys: { keys: [jwk] } }),
  };
}
