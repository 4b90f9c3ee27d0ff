// The keys and tokens of the scenarios: RS256, which every library of the table reads. Tokens live for a year, so that
// only keys decide.

import { generateKeyPairSync, randomUUID, sign } from "node:crypto";

export const ISSUER = "https://issuer.example/";
export const AUDIENCE = "scenarios";

const YEAR = 365 * 24 * 3600;

/** One signing key of the issuer. */
export class SigningKey {
  #pair = generateKeyPairSync("rsa", { modulusLength: 2048 });

  constructor(kid) {
    this.kid = kid;
  }

  /** As the key set shows it. */
  get jwk() {
    const { kty, n, e } = this.#pair.publicKey.export({ format: "jwk" });
    return { kty, n, e, kid: this.kid, alg: "RS256", use: "sig" };
  }

  /** A good token; with another `kid` it names a key that nobody published. */
  token(kid = this.kid) {
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: "RS256", kid, typ: "JWT" };
    const claims = {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: "user",
      iat: now,
      exp: now + YEAR,
    };
    const signed = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const signature = sign(
      "RSA-SHA256",
      Buffer.from(signed),
      this.#pair.privateKey,
    );
    return `${signed}.${signature.toString("base64url")}`;
  }

  /** Names a key that nobody published. */
  unknown() {
    return this.token(randomUUID());
  }
}
