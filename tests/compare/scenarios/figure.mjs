// The kinds of figures: how each is written, and which of two is better.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** As long as anything is watched in virtual time. */
export const LONGEST_AGE = 7 * DAY;

/** As long as anything is watched in real time: a little longer than the longest time limit of a library. */
export const LONGEST_WAIT = 33;

// The longest stale time our policy may ask for. Who accepts for longer without the issuer hardly ends at all.
const ENDLESS = DAY;

// Bounds of waits in real time, seconds: waits are compared by the bound they keep, as machines differ in speed.
const BOUNDS = [2, 4.5, 8, 16, LONGEST_WAIT];

// Bounds of what an issuer is asked for, requests a minute: the lowest is one that it does not feel.
const PACES = [2, 10];

const ANSWERS = ["accepted", "outage", "invalid token", "no answer"];

/**
 * `rank` gives a number, the lower the better. `counted` figures must be equal in our hosts.
 */
const kind = (write, rank, counted = true) => ({ counted, rank, write });

/** A number, the fewer the better. */
export const fewer = kind(String, (value) => value);

/** A number of requests within so many minutes, by the bound their pace keeps. */
export const pace = (minutes) =>
  kind(
    String,
    (value) => PACES.filter((bound) => value / minutes > bound).length,
  );

/** How many of `total`, the more the better. */
export const of = (total) =>
  kind(
    (value) => `${value}/${total}`,
    (value) => -value,
  );

/** An age in virtual time, the sooner the better. */
export const sooner = kind(age, (value) => value);

/** An age in virtual time, the later the better; but what never ends is the worst. */
export const laterButEnded = kind(age, (value) =>
  value > ENDLESS ? Infinity : -value,
);

/** A wait in real time, by the bound it keeps. */
export const wait = kind(
  seconds,
  (value) => BOUNDS.filter((bound) => value >= bound).length,
  false,
);

/** Kinds of answers: as bad as the worst of them. */
export const answers = kind(String, (value) =>
  Math.max(...value.split(", ").map((word) => ANSWERS.indexOf(word))),
);

function age(value) {
  if (value === Infinity) return "never";
  if (value >= DAY) return `${value / DAY} d`;
  if (value >= 2 * HOUR) return `${value / HOUR} h`;
  return value >= 2 * MINUTE ? `${value / MINUTE} min` : `${value} s`;
}

function seconds(value) {
  if (value === Infinity) return `> ${LONGEST_WAIT} s`;
  return value < 0.5 ? "< 0.5 s" : `${value.toFixed(1)} s`;
}
