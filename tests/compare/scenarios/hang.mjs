// The rows about an issuer that takes requests and never answers. They last as long as the longest time limit of a
// library, so they run side by side, in a process of their own, and its virtual time runs with the real one.

import { Bench, OLD, accepted, kinds, longest, times } from "./bench.mjs";
import { LONGEST_WAIT, answers, of, wait } from "./figure.mjs";

const CALLERS = 10;
const MINUTE = 60;

const figures = { answers, accepted: of(CALLERS), "longest wait": wait };

export const HANGS = [
  {
    id: "hang-empty",
    title: "hanging, no keys",
    detail:
      "The issuer takes the request and never answers; 10 good tokens at once.",
    figures,
  },
  {
    id: "hang-lapsed",
    title: "hanging for 11 min, keys loaded",
    detail:
      "The issuer hangs from when the keys were fetched, and nothing is asked for 11 min; then the same.",
    figures,
  },
  {
    id: "hang-idle",
    title: "hanging for 25 min, keys loaded",
    detail: "The same after 25 min.",
    figures,
  },
];

/** The figures of all rows, by id. */
export async function runHangs(driver, issuer) {
  const idle = await loaded(driver, issuer);
  await pass([idle], 14 * MINUTE);
  const lapsed = await loaded(driver, issuer);
  await pass([idle, lapsed], 11 * MINUTE);
  const benches = [
    await Bench.open(driver, issuer, { jitter: 0 }),
    lapsed,
    idle,
  ];
  await idle.run();
  const got = await Promise.all(benches.map(hung));
  return Object.fromEntries(HANGS.map(({ id }, index) => [id, got[index]]));
}

async function loaded(driver, issuer) {
  const bench = await Bench.loaded(driver, issuer, { jitter: 0 });
  bench.realm.mode = "hang";
  return bench;
}

/** In two steps, as time goes on while a library waits in the background; whatever it does there then ends. */
async function pass(benches, seconds) {
  for (const step of [5 * MINUTE, seconds - 5 * MINUTE]) {
    await benches[0].advance(step);
    for (const bench of benches) await bench.settle();
  }
}

async function hung(bench) {
  bench.realm.mode = "hang";
  const got = await bench.all(
    times(CALLERS, () => OLD.token()),
    LONGEST_WAIT,
  );
  return {
    answers: kinds(got),
    accepted: accepted(got),
    "longest wait": longest(got),
  };
}
