// One library in one scenario: a verifier with an empty cache, and a key set of its own at the issuer.

import { AUDIENCE, ISSUER, SigningKey } from "./token.mjs";

// What every key set begins with, and what it may be rotated to.
export const OLD = new SigningKey("old");
export const NEW = new SigningKey("new");

let verifiers = 0;

export class Bench {
  #driver;
  #verifier = `v${verifiers++}`;
  /** The key set at the issuer: its mode is switched, its requests are counted. */
  realm;

  constructor(driver, issuer) {
    this.#driver = driver;
    this.realm = issuer.realm([OLD.jwk]);
  }

  /**
   * `jitter`, 0 to 1, is what the random numbers of our hosts are pinned to; `maxAge` is what the issuer says in
   * `Cache-Control`.
   */
  static async open(driver, issuer, { jitter = 0.5, maxAge } = {}) {
    const bench = new Bench(driver, issuer);
    bench.realm.maxAge = maxAge;
    const options = {
      audience: AUDIENCE,
      issuer: ISSUER,
      jitter,
      url: bench.realm.url,
    };
    await driver.ask("open", { verifier: bench.#verifier, ...options });
    return bench;
  }

  /** As `open`, with the keys fetched. */
  static async loaded(driver, issuer, options) {
    const bench = await Bench.open(driver, issuer, options);
    const { ok, error } = await bench.verify(OLD.token());
    if (!ok)
      throw new Error(`a good token is refused while all is well: ${error}`);
    return bench;
  }

  /** `{ ok, kind, error, ms }`. What it began in the background has ended when the answer is there. */
  async verify(token) {
    const answer = await this.#driver.ask("verify", {
      verifier: this.#verifier,
      token,
    });
    await this.settle();
    return answer;
  }

  /** Until what goes on in the background has ended. */
  async settle() {
    await this.#driver.ask("settle", { verifier: this.#verifier });
  }

  /** As `verify` for all at once, without waiting for what is begun in the background. */
  all(tokens, seconds = 60) {
    const late = { ok: false, kind: "no answer", ms: Infinity };
    return Promise.all(
      tokens.map((token) => {
        const answer = this.#driver.ask("verify", {
          verifier: this.#verifier,
          token,
        });
        return within(seconds, answer, late);
      }),
    );
  }

  async advance(seconds) {
    await this.#driver.ask("advance", { seconds });
    await this.settle();
  }

  /** From now on time passes by itself as well: for rows that last. */
  async run() {
    await this.#driver.ask("run");
  }

  /** Asks with `token` at each age in seconds, rising, after `before`; the first at which the answer is `ok`, or Infinity. */
  async first(ok, token, ages, before = () => undefined) {
    let age = 0;
    for (const next of ages) {
      await this.advance(next - age);
      age = next;
      await before();
      if ((await this.verify(token)).ok === ok) return age;
    }
    return Infinity;
  }
}

/** `count` values of `make`. */
export const times = (count, make) => Array.from({ length: count }, make);

/** `from`, `from + step` … `to`. */
export const range = (from, to, step) =>
  times(Math.floor((to - from) / step) + 1, (_, index) => from + index * step);

export const accepted = (answers) => answers.filter(({ ok }) => ok).length;

export const longest = (answers) =>
  Math.max(...answers.map(({ ms }) => ms)) / 1000;

/** `accepted`, `outage`, `invalid token`, `no answer`, or several of them. */
export const kinds = (answers) =>
  [...new Set(answers.map(({ ok, kind }) => (ok ? "accepted" : kind)))]
    .sort()
    .join(", ");

function within(seconds, promise, late) {
  let timer;
  const limit = new Promise((resolve) => {
    timer = setTimeout(() => resolve(late), seconds * 1000);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
