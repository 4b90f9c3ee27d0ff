// The rows of the table: what happens to the issuer, what is asked meanwhile, and what is counted. All of it in virtual
// time; each scenario has a verifier with an empty cache.

import {
  Bench,
  NEW,
  OLD,
  accepted,
  kinds,
  longest,
  range,
  times,
} from "./bench.mjs";
import {
  LONGEST_AGE,
  answers,
  fewer,
  laterButEnded,
  of,
  pace,
  sooner,
  wait,
} from "./figure.mjs";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

// Then by the hour, then by the day.
const coarse = [
  ...range(2 * HOUR, DAY, HOUR),
  ...range(2 * DAY, LONGEST_AGE, DAY),
];
const minutes = [...range(MINUTE, 2 * HOUR - 1, MINUTE), ...coarse];

export const SCENARIOS = [
  {
    id: "cold",
    title: "cold start, 50 at once",
    detail:
      "50 good tokens at once, no keys yet, and an issuer that takes 0.1 s. Shortest wait of three tries, as machines stutter.",
    figures: { fetches: fewer, accepted: of(50), "longest wait": wait },
    async run(driver, issuer) {
      const tries = [];
      for (const _ of range(1, 3, 1))
        tries.push(await coldStart(driver, issuer));
      return {
        fetches: Math.max(...tries.map(({ fetches }) => fetches)),
        accepted: Math.min(...tries.map(({ got }) => accepted(got))),
        "longest wait": Math.min(...tries.map(({ got }) => longest(got))),
      };
    },
  },
  {
    id: "unknown-burst",
    title: "50 unknown keys at once",
    detail:
      "Keys 1 min old; 50 tokens that name keys nobody published, within one moment, a good token after each.",
    figures: { fetches: fewer, "good tokens accepted": of(50) },
    run: (driver, issuer) => unknownKeys(driver, issuer, 0),
  },
  {
    id: "unknown-spread",
    title: "50 unknown keys, one a second",
    detail: "The same, one a second.",
    figures: { fetches: fewer, "good tokens accepted": of(50) },
    run: (driver, issuer) => unknownKeys(driver, issuer, 1),
  },
  {
    id: "down",
    title: "down (503), no keys",
    detail:
      "The issuer answers 503; 20 good tokens one after another within one moment.",
    figures: { fetches: fewer, answers, "longest wait": wait },
    run: (driver, issuer) => down(driver, issuer, "unavailable"),
  },
  {
    id: "reset",
    title: "down (reset), no keys",
    detail: "The same, and the issuer resets every connection.",
    figures: { fetches: fewer, answers, "longest wait": wait },
    run: (driver, issuer) => down(driver, issuer, "reset"),
  },
  {
    id: "failed-refresh",
    title: "good token after a failed refresh",
    detail:
      "Keys 1 min old and the issuer answers 503: a token that names an unknown key, then a good one.",
    figures: { "the unknown key's token": answers, "the good token": answers },
    async run(driver, issuer) {
      const bench = await Bench.loaded(driver, issuer);
      bench.realm.mode = "unavailable";
      await bench.advance(MINUTE);
      const unknown = await bench.verify(OLD.unknown());
      const good = await bench.verify(OLD.token());
      return {
        "the unknown key's token": kinds([unknown]),
        "the good token": kinds([good]),
      };
    },
  },
  {
    id: "outage",
    title: "down for an hour, keys loaded",
    detail:
      "The issuer answers 503 for an hour; a good token every 10 s. Then the issuer is back, and a good token comes every second. Who makes no fetch at all never lets go of a withdrawn key (rows “key withdrawn”).",
    figures: { accepted: of(360), fetches: pace(60), "back after": sooner },
    async run(driver, issuer) {
      const bench = await Bench.loaded(driver, issuer);
      bench.realm.mode = "unavailable";
      const got = [];
      for (const _ of range(1, 360, 1)) {
        await bench.advance(10);
        got.push(await bench.verify(OLD.token()));
      }
      const fetches = bench.realm.requests - 1;
      bench.realm.mode = "ok";
      const back = await bench.first(
        true,
        OLD.token(),
        range(0, 10 * MINUTE, 1),
      );
      return { accepted: accepted(got), fetches, "back after": back };
    },
  },
  {
    id: "lapsed",
    title: "down for good, keys loaded",
    detail:
      "The issuer answers 503 from now on; a good token every 5 min: from which age of the keys is it refused? Accepting for more than a day counts as worst: a withdrawn key would live as long.",
    figures: { "refused from": laterButEnded },
    async run(driver, issuer) {
      const bench = await Bench.loaded(driver, issuer, { jitter: 0 });
      bench.realm.mode = "unavailable";
      const ages = [...range(5 * MINUTE, 2 * HOUR - 1, 5 * MINUTE), ...coarse];
      return { "refused from": await bench.first(false, OLD.token(), ages) };
    },
  },
  {
    id: "recovery",
    title: "recovery, no keys",
    detail:
      "The issuer answers 503; a good token every 7 s for 10 min and on until one more fetch failed; then the issuer is back, and from the next second on a good token comes every second.",
    figures: { "fetches in 86 requests": fewer, "accepted after": sooner },
    async run(driver, issuer) {
      const bench = await Bench.open(driver, issuer, { jitter: 0.99 });
      bench.realm.mode = "unavailable";
      await bench.first(true, OLD.token(), range(0, 10 * MINUTE, 7));
      const fetches = bench.realm.requests;
      // The worst moment for the issuer to come back is just after it was asked in vain.
      while (bench.realm.requests === fetches)
        await bench.first(true, OLD.token(), [7]);
      bench.realm.mode = "ok";
      const after = await bench.first(
        true,
        OLD.token(),
        range(1, 10 * MINUTE, 1),
      );
      return { "fetches in 86 requests": fetches, "accepted after": after };
    },
  },
  {
    id: "new-key",
    title: "key added",
    detail:
      "A key is added 5 s after the keys were fetched; a token of it every 5 s.",
    figures: { "accepted after": sooner },
    async run(driver, issuer) {
      const bench = await Bench.loaded(driver, issuer);
      await bench.advance(5);
      bench.realm.keys = [OLD.jwk, NEW.jwk];
      return {
        "accepted after": await bench.first(
          true,
          NEW.token(),
          range(0, 10 * MINUTE, 5),
        ),
      };
    },
  },
  {
    id: "new-key-after-stray",
    title: "key added after a stray token",
    detail:
      "Keys 1 min old; a token that names a key nobody published, and 10 s later a key is added; a token of it every second.",
    figures: { "accepted after": sooner },
    async run(driver, issuer) {
      const bench = await Bench.loaded(driver, issuer);
      await bench.advance(MINUTE);
      await bench.verify(OLD.unknown());
      await bench.advance(10);
      bench.realm.keys = [OLD.jwk, NEW.jwk];
      return {
        "accepted after": await bench.first(
          true,
          NEW.token(),
          range(0, 10 * MINUTE, 1),
        ),
      };
    },
  },
  {
    id: "rotated-down",
    title: "key replaced while down",
    detail:
      "Keys 10 s old; the key is replaced and the issuer answers 503; 15 tokens of the new key, one a second; then the issuer is back, and they go on.",
    figures: { "answers while down": answers, "accepted after": sooner },
    async run(driver, issuer) {
      const bench = await Bench.loaded(driver, issuer, { jitter: 0.99 });
      await bench.advance(10);
      bench.realm.keys = [NEW.jwk];
      bench.realm.mode = "unavailable";
      const down = await each(bench, 15, NEW.token());
      bench.realm.mode = "ok";
      return {
        "answers while down": kinds(down),
        "accepted after": await bench.first(
          true,
          NEW.token(),
          range(1, 10 * MINUTE, 1),
        ),
      };
    },
  },
  {
    id: "no-keys",
    title: "`{}` for a while",
    detail:
      "The issuer answers `{}` when the keys have lapsed, and a good token comes every second for 10 s; then the keys are back, and they go on. What they get meanwhile is in [faults.md](faults.md): the issuer says that it has no key.",
    figures: { "accepted after": sooner },
    async run(driver, issuer) {
      const bench = await Bench.loaded(driver, issuer, { jitter: 0.99 });
      bench.realm.mode = (_realm, response) => response.end("{}");
      await bench.advance(11 * MINUTE);
      await each(bench, 10, OLD.token());
      bench.realm.mode = "ok";
      return {
        "accepted after": await bench.first(
          true,
          OLD.token(),
          range(1, 10 * MINUTE, 1),
        ),
      };
    },
  },
  {
    id: "rotated",
    title: "key replaced",
    detail:
      "A key is replaced by another, without overlap; each minute a token of the new one, then one of the old one.",
    figures: {
      "new key's first token": answers,
      "old key refused from": sooner,
    },
    async run(driver, issuer) {
      const bench = await Bench.loaded(driver, issuer, { jitter: 0 });
      bench.realm.keys = [NEW.jwk];
      await bench.advance(MINUTE);
      const fresh = await bench.verify(NEW.token());
      const each = async () => void (await bench.verify(NEW.token()));
      const age = await bench.first(
        false,
        OLD.token(),
        [0, ...minutes.map((minute) => minute - MINUTE).slice(1)],
        each,
      );
      return {
        "new key's first token": kinds([fresh]),
        "old key refused from": age + MINUTE,
      };
    },
  },
  {
    id: "withdrawn-busy",
    title: "key withdrawn, busy",
    detail: "A key is withdrawn and only tokens of it come, one a minute.",
    figures: { "refused from": sooner },
    async run(driver, issuer) {
      const bench = await Bench.loaded(driver, issuer, { jitter: 0 });
      bench.realm.keys = [NEW.jwk];
      return { "refused from": await bench.first(false, OLD.token(), minutes) };
    },
  },
  {
    id: "withdrawn-idle",
    title: "key withdrawn, idle",
    detail:
      "A key is withdrawn, nothing is asked for a while, then comes one token of it: from which pause on is it refused?",
    figures: { "refused from": sooner },
    run: (driver, issuer) => withdrawnIdle(driver, issuer, {}),
  },
  {
    id: "withdrawn-max-age",
    title: "key withdrawn, idle, max-age=60",
    detail:
      "The same, and the issuer sends `Cache-Control: max-age=60` with its keys.",
    figures: { "refused from": sooner },
    run: (driver, issuer) => withdrawnIdle(driver, issuer, { maxAge: 60 }),
  },
];

async function coldStart(driver, issuer) {
  const bench = await Bench.open(driver, issuer);
  bench.realm.milliseconds = 100;
  const got = await bench.all(times(50, () => OLD.token()));
  return { fetches: bench.realm.requests, got };
}

async function unknownKeys(driver, issuer, seconds) {
  const bench = await Bench.loaded(driver, issuer);
  await bench.advance(MINUTE);
  const good = [];
  for (const _ of range(1, 50, 1)) {
    await bench.verify(OLD.unknown());
    good.push(await bench.verify(OLD.token()));
    await bench.advance(seconds);
  }
  return {
    fetches: bench.realm.requests - 1,
    "good tokens accepted": accepted(good),
  };
}

/** Asks `count` times, a second apart. */
async function each(bench, count, token) {
  const got = [];
  for (const second of range(1, count, 1)) {
    await bench.advance(second === 1 ? 0 : 1);
    got.push(await bench.verify(token));
  }
  return got;
}

async function down(driver, issuer, mode) {
  const bench = await Bench.open(driver, issuer);
  bench.realm.mode = mode;
  const got = [];
  for (const _ of range(1, 20, 1)) got.push(await bench.verify(OLD.token()));
  return {
    fetches: bench.realm.requests,
    answers: kinds(got),
    "longest wait": longest(got),
  };
}

async function withdrawnIdle(driver, issuer, { maxAge }) {
  const pauses = [
    ...[1, 2, 3, 4, 5, 10, 15, 20, 25, 30].map((minutes) => minutes * MINUTE),
    HOUR,
    DAY,
    LONGEST_AGE,
  ];
  for (const pause of pauses) {
    const bench = await Bench.loaded(driver, issuer, { jitter: 0, maxAge });
    bench.realm.keys = [NEW.jwk];
    await bench.advance(pause);
    if (!(await bench.verify(OLD.token())).ok) return { "refused from": pause };
  }
  return { "refused from": Infinity };
}
