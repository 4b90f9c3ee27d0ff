// The shared vectors in headless Chromium: the messages that the run in Node sent are sent to the same module in a page, and
// every answer must be the same bytes. Usage: node tests/conformance/browser/run.mjs. Exits 1 on a failure; skipped where there
// is no browser.

import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytes, run, vectors } from "../runner.mjs";

const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];
const FLAGS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--no-first-run",
];
// Far longer than a busy machine needs: only a browser that never answers gets here.
const PATIENCE = 300_000;

const browser = BROWSERS.find((name) => {
  try {
    return execFileSync(name, ["--version"], { stdio: "pipe" });
  } catch {
    return false;
  }
});
if (browser === undefined) {
  console.log("conformance chromium: 0 passed, 0 failed, 1 skipped");
  console.log(
    `skipped: conformance chromium: there is none of ${BROWSERS.join(", ")}`,
  );
  process.exit(0);
}
const { log, failed } = run(vectors);
const answers = unpack(
  await inBrowser(pack(log.map(({ message }) => message))),
);
const figure = createHash("sha256");
let differing = answers.length === log.length ? failed : log.length;
log.forEach(({ answer, counted }, index) => {
  const found = answers[index] ?? Buffer.alloc(0);
  if (counted) figure.update(found);
  if (found.equals(answer)) return;
  differing++;
  console.error(
    `FAILED message ${index}\n  expected ${answer}\n  found    ${found}`.slice(
      0,
      700,
    ),
  );
});
const passed = log.length - differing;
console.log(
  `conformance chromium: ${passed} passed, ${differing} failed, 0 skipped, verdicts ${figure.digest("hex")}`,
);
process.exitCode = differing === 0 ? 0 : 1;

/** What the page answers to the messages. */
async function inBrowser(messages) {
  const profile = mkdtempSync(join(tmpdir(), "authn-browser-"));
  let child;
  try {
    return await new Promise((resolve, reject) => {
      const pages = {
        "/": ["text/html", readFileSync(new URL("page.html", import.meta.url))],
        "/authn.wasm": ["application/wasm", bytes],
        "/messages": ["application/octet-stream", messages],
      };
      const server = createServer((request, response) => {
        if (request.method === "POST") {
          const chunks = [];
          request.on("data", (chunk) => chunks.push(chunk));
          request.on("end", () => {
            response.end();
            const body = Buffer.concat(chunks);
            request.url === "/answers"
              ? resolve(body)
              : reject(new Error(body.toString()));
          });
          return;
        }
        const [type, body] = pages[request.url] ?? ["text/plain", ""];
        response
          .writeHead(body === "" ? 404 : 200, { "content-type": type })
          .end(body);
      });
      server.unref();
      server.listen(0, "127.0.0.1", () => {
        const url = `http://127.0.0.1:${server.address().port}/`;
        child = spawn(browser, [...FLAGS, `--user-data-dir=${profile}`, url], {
          stdio: "ignore",
        });
        child.on("error", reject);
        child.on("exit", (code) =>
          reject(new Error(`the browser ended with ${code}`)),
        );
        setTimeout(
          () => reject(new Error("the page does not answer")),
          PATIENCE,
        ).unref();
      });
    });
  } finally {
    child?.removeAllListeners("exit");
    if (child?.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Each with its length before it, four bytes, little endian. */
function pack(parts) {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(part.length);
      return [length, part];
    }),
  );
}

function unpack(packed) {
  const parts = [];
  for (let at = 0; at < packed.length;) {
    const length = packed.readUInt32LE(at);
    parts.push(packed.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}
