// The virtual clock of a driver. `fake()` puts it under a library that takes no clock: `Date.now`, `performance.now`
// and `setTimeout` then follow `advance`. Timers inside Node (sockets, `AbortSignal.timeout`) keep the real time.

const now = Date.now;
const monotonic = performance.now.bind(performance);
const setTimer = globalThis.setTimeout;
const clearTimer = globalThis.clearTimeout;

let ahead = 0;
const timers = new Map();

/** `setTimeout` in real time, whatever is faked. */
export const realTimer = setTimer;

/** Milliseconds that really passed, whatever is faked. */
export const realMilliseconds = () => monotonic();

/**
 * Where the clock stands, in seconds since the epoch. It moves by `advance` alone, until `run`. Whole seconds: a fraction
 * is rounded anew at each sum, and an age of exactly 300 s would sometimes be a little less.
 */
const started = Math.floor(now() / 1000);
let runningSince;
export const virtualSeconds = () => {
  const real = runningSince === undefined ? 0 : monotonic() - runningSince;
  return started + (ahead + real) / 1000;
};

/** From now on the clock moves with the real one too, as a faked one does anyway. */
export function run() {
  runningSince ??= monotonic();
}

/** Moves the clock. Faked timers that fall due by it fire. */
export function advance(seconds) {
  ahead += seconds * 1000;
  const due = [...timers].filter(([, { at }]) => at <= now() + ahead);
  for (const [timer, { fire }] of due.sort(([, a], [, b]) => a.at - b.at)) {
    clearTimer(timer);
    fire();
  }
}

/** From now on this process lives in virtual time, as far as its own code can tell. */
export function fake() {
  Date.now = () => now() + ahead;
  performance.now = () => monotonic() + ahead;
  globalThis.setTimeout = (work, milliseconds, ...rest) => {
    const fire = () => {
      timers.delete(timer);
      work(...rest);
    };
    const timer = setTimer(fire, milliseconds);
    timers.set(timer, { at: Date.now() + (milliseconds ?? 0), fire });
    return timer;
  };
  globalThis.clearTimeout = (timer) => {
    timers.delete(timer);
    clearTimer(timer);
  };
}
