// jwks-rsa with jsonwebtoken: the `getKey` callback of jsonwebtoken's README over `jwksClient`, all options as they are
// by default (its cache is on, its rate limit is off), but passing the error on, without which a failure would crash.

import jwt from "jsonwebtoken";
import jwksClient from "jwks-rsa";

import { fake } from "./clock.mjs";
import { serve } from "./serve.mjs";
import { versionOf } from "./version.mjs";

fake();

serve({
  versions: versionOf("jwks-rsa", "jsonwebtoken"),
  kindOf: (error) =>
    error instanceof jwt.JsonWebTokenError ? "invalid token" : "outage",
  open({ audience, issuer, url }) {
    const client = jwksClient({ jwksUri: url });
    const getKey = (header, done) =>
      client.getSigningKey(header.kid, (error, key) =>
        done(error, key?.getPublicKey()),
      );
    const options = { algorithms: ["RS256"], audience, issuer };
    return { verify: (token) => verified(token, getKey, options) };
  },
});

function verified(token, getKey, options) {
  return new Promise((resolve, reject) => {
    jwt.verify(token, getKey, options, (error, claims) =>
      error ? reject(error) : resolve(claims),
    );
  });
}
