// What one host makes of one fault, cold or warm: everything that `judge` compares.

import { ISSUER, AUDIENCE } from "../compare/scenarios/token.mjs";
import { gate } from "./answers.mjs";
import { BROKEN } from "./faults.mjs";

/** `bench`: the driver, the server that all share, the signing keys, certificates. */
export async function watch(bench, fault, situation) {
  const expected = fault[situation];
  const jwks = [bench.key.jwk];
  const site = await fault.site({
    ...bench,
    jwks,
    stranger: bench.stranger.jwk,
  });
  const host = new Watched(bench.driver, `${fault.id} ${situation}`);
  try {
    await host.open(site.options);
    if (situation === "warm") await load(host, bench);
    if (expected.prelude) await refreshInVain(host, site, bench);
    const began = await count(host, site);
    const first = await meet(host, site, fault, situation, bench);
    await host.ask("settle");
    const again = await host.verify(bench.key.token());
    const other = await host.verify(bench.key.unknown());
    const broken =
      expected.broken && (await host.verify(bench.key.token(BROKEN.kid)));
    const met = await count(host, site);
    const recovery =
      expected.recovery && (await recover(host, site, bench, expected));
    return { first, again, other, broken, recovery, ...difference(began, met) };
  } finally {
    await site.stop();
  }
}

/** One verifier of a driver. */
class Watched {
  #driver;
  #verifier;

  constructor(driver, verifier) {
    this.#driver = driver;
    this.#verifier = verifier;
  }

  ask(op, rest = {}) {
    return this.#driver.ask(op, { verifier: this.#verifier, ...rest });
  }

  /** The first name is where discovery starts; tokens have the second. */
  open({ name, url }) {
    const issuer = name === undefined ? ISSUER : [name, ISSUER];
    return this.ask("open", { audience: AUDIENCE, issuer, url });
  }

  verify(token) {
    return this.ask("verify", { token });
  }
}

async function load(host, { key }) {
  const { gets } = await host.verify(key.token());
  if (gets !== "accepted")
    throw new Error(`a good server, and a token got ${gets}`);
  await host.ask("until", { state: "aging" });
}

/** The address of the key set ends: the next fetch starts at the discovery document. */
async function refreshInVain(host, site, { key }) {
  site.break();
  await host.verify(key.token());
  await host.ask("settle");
  await host.ask("until", { state: "due" });
}

async function meet(host, site, { jump }, situation, { key }) {
  if (jump === undefined) {
    await site.break();
    return host.verify(key.token());
  }
  if (situation === "warm") {
    await host.ask("advance", { seconds: jump });
    return host.verify(key.token());
  }
  const { arrived, mode, open } = gate();
  site.mode = mode;
  site.break();
  const asked = host.verify(key.token());
  await arrived;
  await host.ask("advance", { seconds: jump });
  open();
  return asked;
}

async function recover(host, site, { key }, { recovery }) {
  await site.mend();
  const began = await count(host, site);
  const after = await ripen(host, recovery);
  const { gets } = await host.verify(key.token());
  await host.ask("settle");
  return { after, gets, ...difference(began, await count(host, site)) };
}

async function ripen(host, { by, from }) {
  if (by === "due") return (await host.ask("until", { state: "due" })).seconds;
  await host.ask("advance", { seconds: from });
  return from;
}

async function count(host, site) {
  return { ...(await host.ask("facts")), seen: site.requests };
}

function difference(before, after) {
  const fetches = after.fetches.slice(before.fetches.length);
  const reasons = fetches.map(({ reason }) => reason).filter(Boolean);
  return {
    fetches: fetches.length,
    seen: after.seen - before.seen,
    reasons: [...new Set(reasons)],
    seconds: Math.max(0, ...fetches.map(({ duration }) => duration)),
    error: after.error,
    health: after.health,
    state: after.state,
  };
}
