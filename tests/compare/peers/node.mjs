// jose and jsonwebtoken (with jwks-rsa), configured as their documentation shows, asked about one case.

import { readFileSync } from "node:fs";
import * as jose from "jose";
import jwt from "jsonwebtoken";
import jwksClient from "jwks-rsa";

export const NODE_PEERS = { jsonwebtoken: askJsonwebtoken, jose: askJose };

export function nodeVersions() {
  const versionOf = (name) => {
    const manifest = new URL(`node_modules/${name}/package.json`, import.meta.url);
    return [name, JSON.parse(readFileSync(manifest, "utf8")).version];
  };
  const libraries = Object.fromEntries(["jose", "jsonwebtoken", "jwks-rsa"].map(versionOf));
  return { ...libraries, node: process.versions.node.split(".")[0] };
}

// The list in jsonwebtoken's README; it knows no EdDSA.
const JSONWEBTOKEN_ALGORITHMS = /^(HS|RS|PS|ES)(256|384|512)$/;

async function askJose({ token, now, options }) {
  // As with `createRemoteJWKSet`: a key set that it refuses is an error of the verification.
  const key = () =>
    options.secret ? Buffer.from(options.secret, "base64url") : jose.createLocalJWKSet(options.jwks);
  const wanted = defined({
    issuer: options.issuer,
    audience: options.audience,
    algorithms: options.algorithms,
    clockTolerance: options.leeway,
    currentDate: new Date(now * 1000),
    maxTokenAge: options.maxAge,
    requiredClaims: options.requiredClaims,
  });
  return answer(() => jose.jwtVerify(token, key(), wanted), jose.errors.JOSEError);
}

async function askJsonwebtoken({ token, now, options }) {
  if (options.requiredClaims) return "not asked";
  const client = jwksClient({ jwksUri: "https://id.example/jwks/", fetcher: async () => options.jwks });
  const wanted = defined({
    issuer: options.issuer,
    audience: options.audience,
    algorithms: options.algorithms.filter((name) => JSONWEBTOKEN_ALGORITHMS.test(name)),
    clockTolerance: options.leeway,
    clockTimestamp: now,
    maxAge: options.maxAge,
  });
  const verify = () =>
    new Promise((resolve, reject) => {
      // What is thrown inside the call for the key ends the process in an app; here it is an answer.
      const getKey = (header, callback) =>
        client
          .getSigningKey(header.kid)
          .then((key) => callback(null, key.getPublicKey()), callback)
          .catch(reject);
      const key = options.secret ? Buffer.from(options.secret, "base64url") : getKey;
      jwt.verify(token, key, wanted, (error, claims) => (error ? reject(error) : resolve(claims)));
    });
  return answer(verify, jwt.JsonWebTokenError);
}

// "broke": an error that is not of the library's documented family, which an app answers with a 500.
async function answer(verify, Refusal) {
  try {
    await verify();
    return "accepted";
  } catch (error) {
    return error instanceof Refusal ? "refused" : "broke";
  }
}

function defined(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}
