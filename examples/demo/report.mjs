// What a run shows: the table, the module and the policies, the addresses. Each part that can be
// wrong returns its faults as sentences.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { CLIENTS } from './accounts.mjs';
import { aboutApp, APPS, refusedStart } from './apps.mjs';
import { CASES } from './cases.mjs';
import { judge, words } from './judge.mjs';
import { head, line, painter } from './table.mjs';

const MODULE = new URL('../../pkg/authn.wasm', import.meta.url);
const NAMES = Object.keys(CLIENTS);
const paint = painter(process.stdout);

/** What can be wrong in the settings of an app, and the word that its refusal must contain. */
const BAD_SETTINGS = [
  { name: 'started without an audience', change: { OIDC_AUDIENCE: '' }, word: 'OIDC_AUDIENCE' },
  { name: 'started with a broken issuer', change: { OIDC_ISSUER: 'id.example' }, word: 'PolicyError' },
];

/** One line to the reader. */
export function say(text = '') {
  console.log(text);
}

/** One line about what is going on. */
export function progress(text) {
  say(paint('dim', `demo: ${text}`));
}

/** Runs every case, and prints each as a line of the table. Returns the faults. */
export async function showTable(world) {
  const faults = [];
  const show = (name, cells, judged) => {
    const last = judged.same ? (judged.faults.length ? 'wrong' : 'same') : 'NOT';
    say(line([name, ...cells, last], judged.faults.length === 0, paint));
    faults.push(...judged.faults);
  };
  say(`\n${head(['case', ...NAMES.map((name) => APPS[name].title), 'same'], paint)}`);
  for (const row of CASES) {
    const judged = await judge(row, world);
    show(row.name, judged.outcomes.map(words), judged);
  }
  for (const bad of BAD_SETTINGS) {
    const judged = await judgeStart(bad, world.settings);
    show(bad.name, judged.cells, judged);
  }
  say(paint('dim', 'same: status, code, message, challenge, and whatever identity came out of it'));
  return faults;
}

async function judgeStart({ change, name, word }, settings) {
  const outcomes = await Promise.all(
    NAMES.map((app) => refusedStart(app, { ...settings(app), ...change })),
  );
  const faults = outcomes.flatMap(({ said, status }, i) =>
    status === 1 && said.includes(word) ? [] : [`${name}: ${NAMES[i]} gave ${status} and said\n${said}`],
  );
  const cells = outcomes.map(({ status }) => (status === 1 ? 'exit 1, will not start' : `${status}`));
  return { cells, faults, same: cells[0] === cells[1] };
}

/** The module and the policies, as each process reports them. Returns the faults. */
export async function showProofs({ own, shared }) {
  const committed = createHash('sha256').update(readFileSync(MODULE)).digest('hex');
  const about = await Promise.all([...Object.values(own), ...Object.values(shared)].map(aboutApp));
  const [front, keys, frontShared, keysShared] = about;
  say(`\n${paint('strong', 'SHA-256 of the module')}`);
  proof('pkg/authn.wasm', committed);
  for (const it of [front, keys]) proof(`${APPS[it.app].title}, ${it.runtime}`, it.module);
  say(`\n${paint('strong', 'fingerprint of the policy')}`);
  for (const it of [front, keys]) proof(`${APPS[it.app].title}, own audience`, it.policy);
  for (const it of [frontShared, keysShared]) proof(`${APPS[it.app].title}, both audiences`, it.policy);
  const faults = [];
  if (about.some(({ module }) => module !== committed)) faults.push('the module is not the same everywhere');
  if (frontShared.policy !== keysShared.policy) faults.push('one policy has two fingerprints');
  if (new Set(about.map(({ policy }) => policy)).size !== 3) faults.push('two policies share a fingerprint');
  return faults;
}

function proof(label, digest) {
  say(`  ${label.padEnd(32)}${digest}`);
}

/** The last word on a run. */
export function showVerdict(faults) {
  say();
  for (const fault of faults) say(paint('bad', `✗ ${fault}`));
  const cases = CASES.length + BAD_SETTINGS.length;
  if (faults.length) say(paint('bad', `${cases} cases: ${faults.length} faults`));
  else say(paint('good', `${cases} cases: no difference between the apps, each as expected`));
}

/** Where everything listens, and a call of each app to try. */
export function showAddresses({ apps, provider, tokens }) {
  say(`\n${paint('strong', 'still running')}`);
  address('provider', `${provider.issuer}/.well-known/openid-configuration`);
  for (const { name, url } of Object.values(apps.own)) address(`${APPS[name].title}, own audience`, `${url}/about`);
  for (const { name, url } of Object.values(apps.shared)) address(`${APPS[name].title}, both audiences`, `${url}/about`);
  for (const { name, url } of Object.values(apps.own)) {
    say(`\n${APPS[name].title}, with a token of ada that is good for an hour:\n`);
    say(`curl -i -H 'Authorization: Bearer ${tokens[name].user}' ${url}${APPS[name].paths.session}`);
  }
  say('\nCtrl-C stops everything.');
}

function address(label, url) {
  say(`  ${label.padEnd(32)}${url}`);
}
