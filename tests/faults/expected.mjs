// What a verifier must make of a fault: `cold` with no keys yet, `warm` with keys that are due for a refresh.

const ACCEPTED = "accepted";
const OUTAGE = "503 JWKS_UNAVAILABLE";
const NO_SUCH_KEY = "401 UNKNOWN_KEY (no_such_kid)";
const NO_SIGNING_KEY = "401 UNKNOWN_KEY (issuer_has_no_signing_key)";

// What ends a fault: the next fetch, which a token brings once it is due; or, in a set that is new and lacks the key,
// the fetch for an unknown key.
const NEXT_FETCH = { by: "due", from: 1, to: 1 };
const UNKNOWN_KEY_FETCH = { by: "unknown key", from: 3, to: 3 };

/**
 * No keys come. `first` is what a token gets, `again` the same token after the fetch has ended, `other` a token of a key
 * that nobody published. `fetches` counts documents; `seen` those that reached the server. `retryAfter` are the bounds of
 * what callers are told, `recovery` those of how long, by its clock, the verifier waits until it asks again.
 */
export function outage(reason, given = {}) {
  const same = {
    reasons: [reason],
    fetches: 1,
    retryAfter: [1, 1],
    recovery: NEXT_FETCH,
  };
  const cold = {
    first: OUTAGE,
    again: OUTAGE,
    other: OUTAGE,
    state: "empty",
    health: "not_ready",
    ...same,
  };
  const warm = {
    first: ACCEPTED,
    again: ACCEPTED,
    other: OUTAGE,
    state: "aging",
    health: "ready",
    ...same,
  };
  return {
    cold: { ...cold, ...given.both, ...given.cold },
    warm: { ...warm, ...given.both, ...given.warm },
  };
}

/** No request reaches the server. */
export const UNSEEN = { both: { seen: 0 } };

/** Keys come all the same. */
export function harmless(given = {}) {
  const same = {
    first: ACCEPTED,
    again: ACCEPTED,
    other: NO_SUCH_KEY,
    state: "fresh",
    health: "ready",
    reasons: [],
    fetches: 1,
    ...given,
  };
  return { cold: same, warm: same };
}

/** A set without keys is taken at its word. */
export function withdrawn() {
  const [cold, warm] = [NO_SIGNING_KEY, ACCEPTED].map((first) => ({
    first,
    again: NO_SIGNING_KEY,
    other: NO_SIGNING_KEY,
    state: "fresh",
    health: "degraded",
    reasons: [],
    fetches: 1,
    recovery: UNKNOWN_KEY_FETCH,
  }));
  return { cold, warm };
}
