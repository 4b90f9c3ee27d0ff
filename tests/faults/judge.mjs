// Whether what a host made of a fault is what the list says.

/** What is wrong, as lines; none if all is well. */
export function faultsIn(fault, expected, found) {
  const { first, again, other, broken, recovery } = found;
  const { fetches, reasons, retryAfter = [0, 0], seen = fetches } = expected;
  return [
    same("a token gets", expected.first, first.gets),
    same("the token once more gets", expected.again, again.gets),
    same("a token of an unknown key gets", expected.other, other.gets),
    same("a token of the broken key gets", expected.broken, broken?.gets),
    ...[first, again, other].map((verdict) => retryBounds(verdict, retryAfter)),
    same("fetches", fetches, found.fetches),
    same("requests at the server", seen, found.seen),
    same("reasons", reasons.join(), found.reasons.join()),
    same("the error in health", reasons.at(-1), found.error),
    same("state of the keys", expected.state, found.state),
    same("health", expected.health, found.health),
    // No length of time: a busy machine stretches them all. What counts is that a token does not wait for a fetch that hangs.
    ...(fault.slow
      ? [before("a token is answered", first.ms / 1000, found.seconds)]
      : []),
    ...(expected.recovery ? recovered(expected, recovery) : []),
  ].filter((line) => line !== undefined);
}

function recovered({ recovery: { from, to }, back = 1 }, found) {
  return [
    same("mended, a token gets", "accepted", found.gets),
    same("mended, fetches", back, found.fetches),
    same("mended, requests at the server", back, found.seen),
    same("mended, reasons", "", found.reasons.join()),
    same("mended, the error in health", undefined, found.error),
    same("mended, state of the keys", "fresh", found.state),
    same("mended, health", "ready", found.health),
    within("mended, asked after", found.after, [from, to]),
  ];
}

function retryBounds({ gets, retryAfter }, bounds) {
  if (!gets.startsWith("503"))
    return same("Retry-After", undefined, retryAfter);
  return within("Retry-After", retryAfter, bounds);
}

function same(what, expected, found) {
  return expected === found ? undefined : `${what}: ${found}, not ${expected}`;
}

function within(what, found, [from, to]) {
  return found >= from && found <= to
    ? undefined
    : `${what}: ${found} s, not ${from} to ${to} s`;
}

function before(what, found, end) {
  return found < end
    ? undefined
    : `${what} after ${found.toFixed(1)} s, when the fetch had ended (${end.toFixed(1)} s)`;
}
