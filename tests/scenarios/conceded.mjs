// Figures in which another library is better than ours, each with the reason. The page shows them; an entry that is not
// needed, and a better library that is not named, fail the run.

const NEVER =
  "aws-jwt-verify never looks at the issuer again while it finds the key, so it cannot notice that the issuer is down, and a " +
  "withdrawn key is accepted for ever (rows “key withdrawn”).";

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
      "They ask the issuer for every request while it is down, however many there are (rows “down”). Ours backs off, to 5 s at most " +
      "while there are no keys: that is how long it may take to notice that the issuer is back. With keys loaded nobody notices " +
      "(row “down for an hour”).",
  },
  {
    row: "hang-lapsed",
    figure: "longest wait",
    to: ["aws-jwt-verify"],
    why: NEVER,
  },
  {
    row: "hang-idle",
    figure: "longest wait",
    to: ["aws-jwt-verify"],
    why: NEVER,
  },
];
