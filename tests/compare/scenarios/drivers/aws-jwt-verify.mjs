// aws-jwt-verify: `JwtVerifier` with its default cache, penalty box and fetcher. The fetcher speaks https alone; an
// agent for plain http is the one option given, and leaves its time limits and its retry as they are.

import { Agent } from "node:http";

import { JwtVerifier } from "aws-jwt-verify";
import {
  FetchError,
  WaitPeriodNotYetEndedJwkError,
} from "aws-jwt-verify/error";
import { SimpleFetcher } from "aws-jwt-verify/https";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";

import { fake } from "./clock.mjs";
import { serve } from "./serve.mjs";
import { versionOf } from "./version.mjs";

fake();

const OUTAGES = [FetchError, WaitPeriodNotYetEndedJwkError];

serve({
  versions: versionOf("aws-jwt-verify"),
  kindOf: (error) =>
    OUTAGES.some((kind) => error instanceof kind) ? "outage" : "invalid token",
  open({ audience, issuer, url }) {
    const fetcher = new SimpleFetcher({
      defaultRequestOptions: { agent: new Agent({ keepAlive: true }) },
    });
    const verifier = JwtVerifier.create(
      { audience, issuer, jwksUri: url },
      { jwksCache: new SimpleJwksCache({ fetcher }) },
    );
    return { verify: (token) => verifier.verify(token) };
  },
});
