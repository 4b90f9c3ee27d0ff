// Two certificate authorities that live as long as the run, each with a certificate for 127.0.0.1 and id.example,
// made by openssl.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

// What a strict reader asks of a certificate (RFC 5280 sections 4.2.1.1 to 4.2.1.3, 4.2.1.6, 4.2.1.9).
const EXTENSIONS = `basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = IP:127.0.0.1, DNS:id.example
`;

/**
 * `{ trusted, known, unknown, remove }`: the file of the one authority, and what a server shows that has a certificate
 * of it, or of the other. Throws where there is no openssl.
 */
export function authorities() {
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  try {
    return {
      known: made(folder, "known"),
      unknown: made(folder, "unknown"),
      trusted: join(folder, "known-ca.pem"),
      remove: () => rmSync(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error.code === "ENOENT"
      ? new Error("there is no `openssl` on the path: install it")
      : error;
  }
}

function made(folder, name) {
  const openssl = (...args) =>
    execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const [ca, caKey, key, request, pem] = [
    `${name}-ca.pem`,
    `${name}-ca.key`,
    `${name}.key`,
    `${name}.csr`,
    `${name}.pem`,
  ];
  const authority = ["-x509", "-days", "2", "-subj", `/CN=${name} authority`];
  const may = [
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign",
  ];
  const added = may.flatMap((extension) => ["-addext", extension]);
  openssl(
    "req",
    ...KEY,
    "-nodes",
    "-keyout",
    caKey,
    "-out",
    ca,
    ...authority,
    ...added,
  );
  const subject = ["-subj", "/CN=127.0.0.1"];
  openssl("req", ...KEY, "-nodes", "-keyout", key, "-out", request, ...subject);
  writeFileSync(join(folder, "extensions"), EXTENSIONS);
  const signer = ["-CA", ca, "-CAkey", caKey, "-CAcreateserial", "-days", "2"];
  openssl(
    "x509",
    "-req",
    "-in",
    request,
    ...signer,
    "-extfile",
    "extensions",
    "-out",
    pem,
  );
  const read = (file) => readFileSync(join(folder, file));
  return { cert: read(pem), key: read(key) };
}
