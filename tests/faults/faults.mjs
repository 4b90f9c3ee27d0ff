// The faults, as data: how the server behaves, and what a verifier must make of it.

import * as answers from "./answers.mjs";
import { UNSEEN, harmless, outage, withdrawn } from "./expected.mjs";
import {
  DiscoverySite,
  LostSite,
  MovedSite,
  Site,
  SwallowedSite,
  TlsSite,
} from "./site.mjs";

const DAY = 24 * 3600;

/** A key that cannot be read, beside the good one. */
export const BROKEN = { kty: "RSA", kid: "broken", alg: "RS256", e: "AQAB" };
const MOST_KEYS = 64;

export const FAULTS = [
  {
    id: "refused",
    title: "connection refused",
    how: "Nobody listens on the port.",
    site: ({ jwks }) => LostSite.open(jwks),
    ...outage("refused", UNSEEN),
  },
  {
    id: "black-hole",
    title: "black hole",
    how: "The port gives no answer to a connection, as behind a firewall that drops packets.",
    needs: "hole",
    site: ({ jwks }) => SwallowedSite.open(jwks),
    slow: true,
    ...outage("timeout", UNSEEN),
  },
  {
    id: "slow-headers",
    title: "slow headers",
    how: "A status line, and then a header every 0.25 s for 15 s.",
    site: answer(answers.slowHeaders),
    slow: true,
    ...outage("timeout"),
  },
  {
    id: "slow-body",
    title: "slow drip body",
    how: "Good headers, and then a byte every 0.25 s for 15 s.",
    site: answer(answers.slowBody),
    slow: true,
    ...outage("timeout"),
  },
  {
    id: "500",
    title: "500",
    how: "Status 500.",
    site: answer(answers.status(500)),
    ...outage("http_500"),
  },
  {
    id: "429",
    title: "429 with `Retry-After`",
    how: "Status 429 and `Retry-After: 120`.",
    site: answer(answers.status(429, { "retry-after": "120" })),
    ...outage("http_429", {
      both: {
        retryAfter: [120, 120],
        recovery: { by: "due", from: 120, to: 120 },
      },
    }),
  },
  {
    id: "503-date",
    title: "503 with a date in `Retry-After`",
    how: "Status 503 and a date that is 2 minutes after the server's own `Date`; its clock is an hour ahead.",
    site: answer(answers.postponed(120)),
    ...outage("http_503", {
      both: {
        retryAfter: [120, 120],
        recovery: { by: "due", from: 120, to: 120 },
      },
    }),
  },
  {
    id: "301",
    title: "301",
    how: "A redirect to another URL of the same server, where the good key set is.",
    site: ({ issuer, jwks }) => new MovedSite(issuer, jwks, 301),
    ...outage("redirect"),
  },
  {
    id: "html",
    title: "HTML with 200",
    how: "A log-in page with status 200.",
    site: answer(
      answers.text("<!doctype html><title>Log in</title>", {
        "content-type": "text/html",
      }),
    ),
    ...outage("not_json"),
  },
  {
    id: "truncated",
    title: "truncated JSON",
    how: "The first half of the good key set, as if it were all of it.",
    site: answer(answers.truncated),
    ...outage("not_json"),
  },
  {
    id: "huge",
    title: "10 MB body",
    how: "10 MiB of spaces.",
    site: answer(answers.huge),
    ...outage("too_large"),
  },
  {
    id: "gzip-bomb",
    title: "gzip bomb",
    how: "64 KiB of gzip, asked for or not, that unpack to 64 MiB of spaces.",
    site: answer(answers.gzipBomb),
    ...outage("too_large"),
  },
  {
    id: "empty-object",
    title: "`{}`",
    how: "A JSON object without `keys`.",
    site: answer(answers.text("{}")),
    ...withdrawn(),
  },
  {
    id: "no-keys",
    title: '`{"keys":[]}`',
    how: "A key set without keys.",
    site: answer(answers.text('{"keys":[]}')),
    ...withdrawn(),
  },
  {
    id: "broken-key",
    title: "one broken key among good ones",
    how: "The good key, and before it an RSA key without `n`. A token that names the broken key is refused.",
    site: answer(answers.keys((keys) => [BROKEN, ...keys])),
    ...harmless({ broken: "401 UNSUITABLE_KEY (missing_member)" }),
  },
  {
    id: "65-keys",
    title: "65 keys",
    how: "The good key, and 64 more.",
    site: answer(
      answers.keys(([key]) => [
        key,
        ...Array.from({ length: MOST_KEYS }, (_, index) => ({
          ...key,
          kid: `more-${index}`,
        })),
      ]),
    ),
    ...outage("too_many_keys"),
  },
  {
    id: "duplicate-kid",
    title: "duplicate kids",
    how: "Another key under the same `kid`, and then the good one.",
    site: ({ issuer, jwks, stranger }) =>
      new Site(
        issuer,
        jwks,
        answers.keys(([key]) => [{ ...stranger, kid: key.kid }, key]),
      ),
    ...harmless(),
  },
  {
    id: "content-type",
    title: "wrong content type",
    how: "The good key set as `text/plain`.",
    site: answer(answers.typed("text/plain")),
    ...harmless(),
  },
  {
    id: "gzip",
    title: "gzip that nobody asked for",
    how: "The good key set with `Content-Encoding: gzip`, whatever the client accepts.",
    site: answer(answers.gzipped),
    ...harmless(),
  },
  {
    id: "unknown-ca",
    title: "TLS with unknown CA",
    how: "A certificate of an authority that the client does not trust, in place of one that it does.",
    needs: "certificates",
    site: ({ jwks, certificates }) => TlsSite.open(jwks, certificates),
    ...outage("tls", UNSEEN),
  },
  {
    id: "changed-issuer",
    title: "changed issuer in discovery",
    how: "The discovery document names another issuer. Warm, the key set's address answers 500 first, or nobody would ask for the document again.",
    site: document((right) => ({ ...right, issuer: `${right.issuer}other/` })),
    ...outage("issuer_mismatch", {
      cold: { back: 2 },
      warm: {
        prelude: true,
        back: 2,
        retryAfter: [1, 2],
        recovery: { by: "due", from: 1, to: 2 },
      },
    }),
  },
  {
    id: "reset",
    title: "connection reset midway",
    how: "Half of the announced body, and then a reset.",
    site: answer(answers.resetMidway),
    ...outage("network"),
  },
  {
    id: "dns",
    title: "DNS failure",
    how: "The discovery document names a host that does not exist (`keys.invalid`). Warm, the old address answers 500 first.",
    needs: "resolver",
    site: document((right) => ({
      ...right,
      jwks_uri: "https://keys.invalid/keys",
    })),
    ...outage("dns", {
      cold: { fetches: 2, seen: 1, back: 2 },
      warm: {
        prelude: true,
        fetches: 2,
        seen: 1,
        back: 2,
        retryAfter: [1, 2],
        recovery: { by: "due", from: 1, to: 2 },
      },
    }),
  },
  {
    id: "clock-forward",
    title: "clock jumps a day forward",
    how: "A good server. Cold, the clock jumps while the first fetch is under way; warm, between two tokens.",
    site: answer(answers.good),
    jump: DAY,
    ...harmless(),
  },
  {
    id: "clock-back",
    title: "clock jumps a day back",
    how: "The same in the other direction.",
    site: answer(answers.good),
    jump: -DAY,
    ...harmless(),
  },
];

/** The fault is what the server answers. */
function answer(mode) {
  return ({ issuer, jwks }) => new Site(issuer, jwks, mode);
}

/** The fault is what the discovery document says. */
function document(wrong) {
  return ({ issuer, jwks }) => new DiscoverySite(issuer, jwks, wrong);
}
