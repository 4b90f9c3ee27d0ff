// Asks both apps, and compares: with what was expected, and with each other.
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { CLIENTS } from './accounts.mjs';
import { callApp } from './apps.mjs';

// As long as a key set may count as proof that a key is unknown, and a little more.
const PATIENCE_SECONDS = 40;

/** Runs one case. Returns both outcomes, whether they are the same, and every fault as a sentence. Where the contract has
 *  another rule for an app (`rule`), each must do as told, and nothing else may be compared. */
export async function judge(row, world) {
  await row.before?.(world);
  const names = Object.keys(CLIENTS);
  const outcomes = await Promise.all(names.map((name) => outcomeOf(row, name, world)));
  const [one, other] = outcomes.map((outcome) => comparable(outcome, world.provider));
  const same = isDeepStrictEqual(one, other);
  const faults = outcomes.flatMap((outcome, i) => faultsOf(row, outcome, names[i]));
  if (!same && !row.rule) faults.push(`${row.name}: the apps differ in ${differences(one, other).join(', ')}`);
  return { faults, outcomes, same };
}

/** What a person reads of an outcome. */
export function words({ body, status }) {
  return `${status} ${status === 200 ? 'accepted' : (body.code ?? 'without a code')}`;
}

/** The answer of one app. Where the case has patience, a passing refusal is waited for to pass. */
async function outcomeOf(row, name, world) {
  const app = world.apps[row.pair ?? 'own'][name];
  const token = row.token(name, world);
  const until = Date.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    const outcome = await callApp(app, row.endpoint ?? 'session', token);
    if (outcome.body.code !== row.passing || !row.passing || Date.now() > until) return outcome;
    await wait(1000 * Math.max(1, Number(outcome.retryAfter) || 1));
  }
}

function faultsOf(row, { body, challenge, retryAfter, status }, name) {
  const faults = [];
  const expected = row.rule?.[name] ?? row;
  const code = body.code ?? null;
  const fault = (what) => faults.push(`${row.name}: ${name} ${what}`);
  if (status !== expected.status || code !== expected.code) {
    fault(`answered ${status} ${code}, expected ${expected.status} ${expected.code}`);
  }
  // RFC 9110 §11.6.1: a 401 says how to authenticate. §10.2.3: a 503 says when to come back.
  if (status === 401 && !challenge?.startsWith('Bearer')) fault('sent no Bearer challenge');
  if (status === 503 && !/^[1-9][0-9]*$/.test(retryAfter ?? '')) fault('sent no Retry-After');
  const keys = Object.keys(body).sort().join();
  if (status >= 400 && keys !== 'code,error') fault(`sent a body with \`${keys}\``);
  return faults;
}

function differences(one, other) {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((name) => !isDeepStrictEqual(one[name], other[name]))
    .map((name) => (name === 'identity' ? name : `${name} (${one[name]} and ${other[name]})`));
}

/** An outcome without what rightly differs: the clients' ids and issuers, one token's times and number. */
function comparable({ body, challenge, retryAfter, status }, { issuers }) {
  const refusal = { challenge, code: body.code, error: body.error, retry: retryAfter !== null, status };
  if (!body.identity) return refusal;
  const { claims, expiresAt, issuedAt, ...identity } = body.identity;
  const { exp, iat, jti, ...rest } = claims;
  let text = JSON.stringify({ ...identity, claims: rest });
  for (const { id } of Object.values(CLIENTS)) text = text.replaceAll(id, '(client)');
  for (const issuer of Object.values(issuers)) text = text.replaceAll(`"${issuer}"`, '"(issuer)"');
  return { ...refusal, identity: JSON.parse(text), lifetime: expiresAt - issuedAt };
}
