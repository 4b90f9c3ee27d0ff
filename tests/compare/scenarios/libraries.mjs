// The columns of the table: how each library is started, and what must be known to read its figures.

// The Python in which ours and the other library are installed; `cargo xtask scenarios` gives it.
const interpreter = process.env.AUTHN_PYTHON ?? "python3";

const node = (script) => [process.execPath, script];
const python = (...args) => [interpreter, "-B", ...args];

const OURS =
  "the clock is its `clock` option, and what wakes it follows that; the random jitter is pinned per row, at its worst where it matters";
const FAKED_NODE =
  "`Date.now`, `performance.now` and `setTimeout` are replaced by ones that follow the virtual clock";

/** `ours` are held to the others. */
export const LIBRARIES = [
  {
    name: "Node",
    ours: true,
    command: node("ours.mjs"),
    notes: [
      `\`createVerifier({ issuer, audience, jwksUri, clock })\` of \`pkg/\`; ${OURS}`,
    ],
  },
  {
    name: "Python",
    ours: true,
    command: python("ours.py"),
    notes: [
      `\`Verifier(issuer, audience, jwks_uri, clock)\`, one thread a request; ${OURS}`,
    ],
  },
  {
    name: "asyncio",
    ours: true,
    command: python("ours.py", "asyncio"),
    notes: [
      `\`AsyncVerifier\` with the same options, all requests in one loop; ${OURS}`,
    ],
  },
  {
    name: "jose",
    command: node("jose.mjs"),
    notes: [
      "`jwtVerify` with `createRemoteJWKSet(url)`: set kept 10 min, 30 s between fetches for unknown keys, 5 s for a fetch",
      `${FAKED_NODE}; the time limit of a fetch is real`,
      "an app tells an outage from a bad token by the error's class: a `TypeError`, `JWKSTimeout`, or `JOSEError` itself",
    ],
  },
  {
    name: "aws-jwt-verify",
    command: node("aws-jwt-verify.mjs"),
    notes: [
      "`JwtVerifier` with its default cache, penalty box (10 s) and fetcher (3 s for an answer, one retry)",
      "it fetches over https alone: the fetcher got an `http.Agent`, nothing else",
      `it keeps a set for ever, until a token names a key that is not in it`,
      FAKED_NODE,
    ],
  },
  {
    name: "express-oauth2",
    command: node("express-oauth2-jwt-bearer.mjs"),
    notes: [
      "`auth({ issuer, audience, jwksUri })`: set kept 10 min, 30 s between fetches for unknown keys, 5 s for a fetch",
      `${FAKED_NODE}; the time limit of a fetch is real`,
      "every failure, an outage too, is an `InvalidTokenError` with status 401",
    ],
  },
  {
    name: "jwks-rsa",
    command: node("jwks-rsa.mjs"),
    notes: [
      "`jwksClient({ jwksUri })` in the `getKey` callback of jsonwebtoken: each key kept 10 min, at most 5, 30 s for a fetch",
      "`rateLimit` and `cacheMaxAgeFallback` are off by default, so they are off here",
      `${FAKED_NODE}; the time limit of a fetch is real`,
      "in the callback every failure becomes a `JsonWebTokenError`; who awaits `getSigningKey` apart can tell an outage",
    ],
  },
  {
    name: "PyJWT",
    command: python("pyjwt.py"),
    notes: [
      "`PyJWKClient(url)` and `jwt.decode`, one thread a request: set kept 5 min, 30 s between fetches for unknown keys, 30 s for a fetch",
      "`time.time` and `time.monotonic` are replaced by ones that follow the virtual clock; the time limit of a fetch is real",
      "requests that need a fetch stand in line for one lock, and each fetches for itself when the one before it failed",
    ],
  },
];
