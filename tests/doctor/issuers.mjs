// Four issuers on loopback, each with one setting wrong, laid out as Authentik lays its providers out. Each entry says
// what the service believes (its options), which token it is sent, and what the doctor has to find.

import {
  constants,
  createCipheriv,
  createHmac,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  sign,
} from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

const APP = "/application/o/shop/";
const DISCOVERY = ".well-known/openid-configuration";
const signing = generateKeyPairSync("rsa", { modulusLength: 2048 });
const encryption = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = (pair, members) => ({
  ...pair.publicKey.export({ format: "jwk" }),
  ...members,
});
const SIG = jwk(signing, { kid: "sig-1", use: "sig", alg: "RS256" });
const ENC = jwk(encryption, { kid: "enc-1", use: "enc", alg: "RSA-OAEP-256" });

/** Each: its name, how it comes about, what it publishes, what the service is set to, its token, and the findings. */
export const ISSUERS = [
  {
    name: "No signing key",
    story:
      "The provider has no *Signing Key*. It signs with its client secret, and publishes no key.",
    discovery: (origin) =>
      document(origin, origin + APP, {
        id_token_signing_alg_values_supported: ["HS256"],
      }),
    keySet: {},
    issuer: (origin) => origin + APP,
    token: (origin) => signedWithSecret(claims(origin + APP)),
    findings: [
      "no_signing_key",
      "token_algorithm_not_allowed",
      "token_rejected",
    ],
  },
  {
    name: "The slash",
    story:
      "The issuer is healthy. The service names it without the slash at the end.",
    discovery: (origin) => document(origin, origin + APP),
    keySet: { keys: [SIG] },
    issuer: (origin) => origin + APP.slice(0, -1),
    token: (origin) => signed(claims(origin + APP)),
    findings: [
      "issuer_slash_differs",
      "issuer_slash_differs",
      "token_rejected",
    ],
  },
  {
    name: "Global issuer mode",
    story:
      "The provider calls itself by the root of its host, where there is no discovery document.",
    discovery: (origin) => document(origin, `${origin}/`),
    keySet: { keys: [SIG] },
    issuer: (origin) => `${origin}/`,
    token: (origin) => signed(claims(`${origin}/`)),
    findings: ["global_issuer_mode", "token_rejected"],
  },
  {
    name: "Encrypted tokens",
    story:
      "The provider has an *Encryption Key* as well. Its tokens come in five parts, which only their receiver can read.",
    discovery: (origin) =>
      document(origin, origin + APP, {
        id_token_encryption_alg_values_supported: ["RSA-OAEP-256"],
        id_token_encryption_enc_values_supported: ["A256CBC-HS512"],
      }),
    keySet: { keys: [SIG, ENC] },
    issuer: (origin) => origin + APP,
    token: (origin) => encrypted(signed(claims(origin + APP))),
    findings: ["token_encrypted", "token_rejected", "encryption_offered"],
  },
];

/** Serves one of them on a free port. `origin` is where; `stop()` ends it. */
export async function serve({ discovery, keySet }) {
  const server = createServer((request, response) => {
    const bodies = {
      [APP + DISCOVERY]: discovery(origin),
      [`${APP}jwks/`]: keySet,
    };
    const found = Object.hasOwn(bodies, request.url);
    response.statusCode = found ? 200 : 404;
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify(found ? bodies[request.url] : { detail: "not found" }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    origin,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function document(origin, issuer, more) {
  return {
    issuer,
    jwks_uri: `${origin}${APP}jwks/`,
    id_token_signing_alg_values_supported: ["RS256"],
    ...more,
  };
}

function claims(iss) {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss,
    aud: "shop",
    sub: "6f1c2d1e-6a3b-4f0e-9a57-0d2c5b7e8a11",
    azp: "shop",
    uid: "u",
    iat: now,
    exp: now + 600,
  };
}

function signed(payload) {
  const input = `${encoded({ alg: "RS256", kid: "sig-1", typ: "JWT" })}.${encoded(payload)}`;
  return `${input}.${sign("sha256", Buffer.from(input), signing.privateKey).toString("base64url")}`;
}

/** Authentik names no key in such a token. */
function signedWithSecret(payload) {
  const input = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(payload)}`;
  return `${input}.${createHmac("sha256", randomBytes(64)).update(input).digest("base64url")}`;
}

/** RFC 7516 with RSA-OAEP-256 and A256CBC-HS512 (RFC 7518 section 5.2.5): a real one, not five words with dots. */
function encrypted(text) {
  const header = encoded({
    alg: "RSA-OAEP-256",
    enc: "A256CBC-HS512",
    kid: "enc-1",
    cty: "JWT",
  });
  const key = randomBytes(64);
  const wrap = {
    key: encryption.publicKey,
    oaepHash: "sha256",
    padding: constants.RSA_PKCS1_OAEP_PADDING,
  };
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", key.subarray(32), iv);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64BE(BigInt(header.length * 8));
  const mac = createHmac("sha512", key.subarray(0, 32))
    .update(header)
    .update(iv)
    .update(body)
    .update(bits)
    .digest();
  const parts = [publicEncrypt(wrap, key), iv, body, mac.subarray(0, 32)];
  return [header, ...parts.map((part) => part.toString("base64url"))].join(".");
}

function encoded(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
