// `@fuzefront/authn` as built in pkg/, in the line protocol of tests/compare/scenarios. Nothing is faked: each verifier has a
// clock of its own, which stands still unless it is moved.

import { createVerifier } from "../../../pkg/esm/index.js";
import { realMilliseconds } from "../../compare/scenarios/drivers/clock.mjs";
import { answerLines } from "../../compare/scenarios/drivers/serve.mjs";

// Tokens are made now: a clock that jumps back a day must not go behind that.
const DAY = 24 * 3600;
const LONGEST = 2 * DAY;
const POLL = 5;

class Host {
  fetches = [];
  #now = Math.floor(Date.now() / 1000) + 2 * DAY;
  #verifier;

  constructor({ audience, issuer, url }) {
    this.#verifier = createVerifier({
      audience,
      issuer,
      jwksUri: url,
      clock: () => this.#now,
      onEvent: (event) =>
        event.type === "keys.fetch" && this.fetches.push(event),
    });
  }

  advance(seconds) {
    this.#now += seconds;
  }

  /** Moves the clock to when the keys are in a state, or a fetch is `due`. */
  until(state) {
    let seconds = 0;
    for (; !this.#is(state) && seconds < LONGEST; seconds++) this.advance(1);
    return { seconds };
  }

  /** Until the fetch that a check began has ended, and has been told of. */
  async settle() {
    while (this.#is("due"))
      await new Promise((resolve) => setTimeout(resolve, POLL));
    // Nothing is due, so `ready` begins nothing: it waits for what is under way.
    await this.#verifier.ready().catch(() => undefined);
  }

  facts() {
    const fetches = this.fetches.map(({ reason, duration }) => ({
      reason,
      duration,
    }));
    // Looking at the health would begin a fetch that is due.
    if (this.#is("due")) return { fetches };
    const { issuers, status } = this.#verifier.health();
    const [{ error, state }] = issuers;
    return { error, fetches, health: status, state };
  }

  async verify(token) {
    const started = realMilliseconds();
    const result = await this.#verifier.check(token);
    const ms = realMilliseconds() - started;
    return result.ok ? { gets: "accepted", ms } : { ...told(result.error), ms };
  }

  #is(state) {
    return state === "due" ? this.#keys.fetch : this.#keys.state === state;
  }

  get #keys() {
    return this.#verifier.status()[0];
  }
}

function told({ code, details, retryAfter, status }) {
  const reason = details.reason === undefined ? "" : ` (${details.reason})`;
  return { gets: `${status} ${code}${reason}`, retryAfter };
}

const hosts = new Map();
const on =
  (work) =>
  ({ verifier, ...rest }) =>
    work(hosts.get(verifier), rest);

answerLines({
  open: ({ verifier, ...options }) =>
    void hosts.set(verifier, new Host(options)),
  advance: on((host, { seconds }) => host.advance(seconds)),
  facts: on((host) => host.facts()),
  settle: on((host) => host.settle()),
  until: on((host, { state }) => host.until(state)),
  verify: on((host, { token }) => host.verify(token)),
});
