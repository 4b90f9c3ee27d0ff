// Figures in which another library is better than ours, each with the reason. The page shows them; an entry that is not
// needed, and a better library that is not named, fail the run.

const TEN_MINUTES = ["jose", "express-oauth2", "jwks-rsa", "PyJWT"];

const FRESHNESS =
  "Our keys are fetched anew in the background once they are 10 min old, and before the next verdict once they are 20 min old, so " +
  "that no request waits while there is traffic. The others throw theirs away after 5 or 10 min, and the next request waits. A token of " +
  "the new key ends the old one at once (row “key replaced”), and an issuer that sends `Cache-Control` decides for itself " +
  "(row “max-age=60”), which the others do not read.";

const NEVER =
  "aws-jwt-verify never looks at the issuer again while it finds the key (rows “key withdrawn”).";

export const CONCEDED = [
  {
    row: "unknown-spread",
    figure: "fetches",
    to: ["jose", "express-oauth2", "PyJWT"],
    why:
      "They fetch for an unknown key once in 30 s, so a key that was just added waits for up to 30 s (row “key added”). " +
      "Ours may fetch twice in a burst, and then once in 30 s.",
  },
  { row: "outage", figure: "fetches", to: ["aws-jwt-verify"], why: NEVER },
  {
    row: "recovery",
    figure: "accepted after",
    to: ["jose", "aws-jwt-verify", "express-oauth2", "jwks-rsa", "PyJWT"],
    why:
      "They ask the issuer for every request while it is down. Ours backs off, to 60 s at most: at worst that is how long " +
      "a service without keys takes to notice that the issuer is back. With keys loaded nobody notices (row “down for an hour”).",
  },
  {
    row: "withdrawn-busy",
    figure: "refused from",
    to: TEN_MINUTES,
    why: FRESHNESS,
  },
  {
    row: "withdrawn-idle",
    figure: "refused from",
    to: TEN_MINUTES,
    why: FRESHNESS,
  },
  { row: "hang-idle", figure: "accepted", to: ["aws-jwt-verify"], why: NEVER },
  { row: "hang-idle", figure: "answers", to: ["aws-jwt-verify"], why: NEVER },
  {
    row: "hang-idle",
    figure: "longest wait",
    to: ["aws-jwt-verify"],
    why: NEVER,
  },
];
