// jose: `jwtVerify` with `createRemoteJWKSet`, all options as they are by default.

import { createRemoteJWKSet, errors, jwtVerify } from "jose";

import { fake } from "./clock.mjs";
import { serve } from "./serve.mjs";
import { versionOf } from "./version.mjs";

fake();

// What jose throws for a token. A failed fetch is a TypeError, a timeout, or a plain JOSEError.
const TOKEN_ERRORS = [
  errors.JWKSMultipleMatchingKeys,
  errors.JWKSNoMatchingKey,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
];

serve({
  versions: versionOf("jose"),
  kindOf: (error) =>
    TOKEN_ERRORS.some((kind) => error instanceof kind)
      ? "invalid token"
      : "outage",
  open({ audience, issuer, url }) {
    const keys = createRemoteJWKSet(new URL(url));
    return { verify: (token) => jwtVerify(token, keys, { audience, issuer }) };
  },
});
